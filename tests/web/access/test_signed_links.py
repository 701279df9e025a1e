"""Signed links while their secret is changed."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from monext_bridge.errors import Forbidden
from monext_bridge.web.access.signed_links import check_link, sign_link
from tests.log_lines import LogLines

NEW, OLD = SecretStr("the-new-secret-of-links"), SecretStr("the-old-secret-of-links")
CART, EXPIRES = "c0000000-0000-4000-8000-000000000001", 2000


def check(signed_with: SecretStr, *keys: SecretStr) -> None:
    signature = sign_link(CART, EXPIRES, key=signed_with)
    check_link(CART, expires=str(EXPIRES), signature=signature, keys=keys, now=1000)


def test_every_secret_of_the_list_opens_a_link(lines: LogLines) -> None:
    check(NEW, NEW, OLD)
    assert lines.of("old_secret_used") == []
    check(OLD, NEW, OLD)
    (told,) = lines.of("old_secret_used")
    assert (told["level"], told["setting"], told["place"]) == ("INFO", "LINK_SECRET", 2)


def test_a_secret_that_was_taken_out_opens_none() -> None:
    with pytest.raises(Forbidden):
        check(OLD, NEW)
