"""Signs and checks links to the payment of a cart, for buyers who have to prove more than its id."""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
from collections.abc import Sequence

from pydantic import SecretStr

from monext_bridge.errors import Forbidden, Malformed
from monext_bridge.logs import event

log = logging.getLogger(__name__)

EXPIRES = re.compile(r"[0-9]{1,12}")
SIGNATURE = re.compile(r"[0-9a-f]{64}")
LONGEST_LINK = 366 * 24 * 3600
"""How far in the future a signed link may expire, in seconds."""


def sign_link(cart_id: str, expires: int, *, key: SecretStr) -> str:
    """Return the lower-case hex of HMAC-SHA256 over `<cart_id>.<expires>`; `expires` is in Unix seconds."""
    return hmac.new(
        key.get_secret_value().encode(), f"{cart_id}.{expires}".encode(), hashlib.sha256
    ).hexdigest()


def check_link(
    cart_id: str, *, expires: str | None, signature: str | None, keys: Sequence[SecretStr], now: float
) -> None:
    """Check the signature, by any of the keys, and the expiry of a link. The log says where it is not the first key.

    Raises Malformed where `expires` has the wrong form, and Forbidden for a link that is not valid (any more).
    """
    if expires is None or signature is None:
        raise Forbidden("the link is not signed", field="signature")
    if not EXPIRES.fullmatch(expires):
        raise Malformed("Unix seconds are needed", field="expires")
    if not SIGNATURE.fullmatch(signature):
        raise Forbidden("the link's signature is not one", field="signature")
    good = [hmac.compare_digest(sign_link(cart_id, int(expires), key=key), signature) for key in keys]
    if not any(good):
        raise Forbidden("the link's signature does not verify", field="signature")
    if not good[0]:
        event(log, "old_secret_used", setting="LINK_SECRET", place=good.index(True) + 1)
    if not now <= int(expires) <= now + LONGEST_LINK:
        raise Forbidden("the link has expired", field="expires")
