"""Ids stay one part of a path, whatever they hold."""

from __future__ import annotations

import pytest

from monext_bridge.errors import Malformed
from monext_bridge.gateways.http.paths import segment


@pytest.mark.parametrize(
    ("value", "quoted"),
    [
        ("a-1_b.c~", "a-1_b.c~"),
        ("a/b", "a%2Fb"),
        ("a?b#c", "a%3Fb%23c"),
        ("../x", "..%2Fx"),
        ("é %", "%C3%A9%20%25"),
    ],
)
def test_what_has_a_meaning_in_urls_is_quoted(value: str, quoted: str) -> None:
    assert segment(value) == quoted


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_what_no_quoting_protects_is_refused(value: str) -> None:
    with pytest.raises(Malformed):
        segment(value)
