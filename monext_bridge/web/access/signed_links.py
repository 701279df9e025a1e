"""Signs and checks links to the payment of a cart, for buyers who have to prove more than its id.

A link of version 1 signs cart and expiry. One of version 2 signs all that it says, so that nobody changes its method
or its landing pages on the way.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from pydantic import SecretStr
from werkzeug.datastructures import MultiDict

from monext_bridge.errors import Forbidden, LinkExpired, Malformed
from monext_bridge.logs import event

log = logging.getLogger(__name__)

EXPIRES = re.compile(r"0|[1-9][0-9]{0,11}")
"""The one way to write a number, so that what is signed and what is read are the same text."""
SIGNATURE = re.compile(r"[0-9a-f]{64}")
LONGEST_LINK = 366 * 24 * 3600
"""How far in the future a signed link may expire, in seconds."""

NEWEST = "2"
"""The value of `v` that says how a link is signed. Links of version 1 have no `v`."""

LINK_PARAMETERS = (
    "cancelUrl",
    "expires",
    "lang",
    "method",
    "mode",
    "ref",
    "returnUrl",
    "session",
    "signature",
    "v",
)
"""All parameters that `/checkout` reads. Others, which campaigns add to links, are neither signed nor looked at."""


def signed_query(cart_id: str, said: Mapping[str, str | None], *, key: SecretStr) -> str:
    """Return the query of a link of version 2 that says this; what is None or empty is left out."""
    given = {name: value for name, value in said.items() if value} | {"v": NEWEST}
    return form_encoded({**given, "signature": _signature(_text_of_version_2(cart_id, given), key=key)})


def check_link(cart_id: str, given: MultiDict[str, str], *, keys: Sequence[SecretStr], now: float) -> int:
    """Return when a link expires, in Unix seconds, after a check of its signature, by any of the keys.

    Raises Malformed for an unknown version, an `expires` of the wrong form, or what version 2 says twice;
    LinkExpired; and Forbidden for a link that is not valid for another reason.
    """
    version, expires, signature = given.get("v"), given.get("expires"), given.get("signature")
    if version not in (None, NEWEST):
        raise Malformed(f"a signed link has no version, or {NEWEST}", field="v")
    if expires is None or signature is None:
        raise Forbidden("the link is not signed", field="signature")
    if not EXPIRES.fullmatch(expires):
        raise Malformed("Unix seconds are needed", field="expires")
    if not SIGNATURE.fullmatch(signature):
        raise Forbidden("the link's signature is not one", field="signature")
    text = _text_of_version_2(cart_id, _once(given)) if version else f"{cart_id}.{expires}"
    good = [hmac.compare_digest(_signature(text, key=key), signature) for key in keys]
    if not any(good):
        raise Forbidden("the link's signature does not verify", field="signature")
    if not good[0]:
        event(log, "old_secret_used", setting="LINK_SECRET", place=good.index(True) + 1)
    return _still_good(int(expires), now=now)


def form_encoded(said: Mapping[str, str]) -> str:
    """Return `application/x-www-form-urlencoded` text as `URLSearchParams` writes it.

    Letters and digits of ASCII and `*-._` stay, a space becomes `+`, each other byte of UTF-8 `%` and two upper-case
    hex digits (https://url.spec.whatwg.org/#urlencoded-serializing).
    """
    return urlencode(said, safe="*").replace("~", "%7E")  # Python leaves `~` as it is, whatever is safe


def _text_of_version_2(cart_id: str, given: Mapping[str, str]) -> str:
    """Return what version 2 signs: the parameters that we read, but for the signature, sorted by name."""
    read = sorted((set(LINK_PARAMETERS) - {"signature"}).intersection(given))
    return f"{NEWEST}.{cart_id}.{form_encoded({name: given[name] for name in read})}"


def _once(given: MultiDict[str, str]) -> Mapping[str, str]:
    """Return the parameters that we read. Raises Malformed where one of them is there twice."""
    for name in LINK_PARAMETERS:
        if len(given.getlist(name)) > 1:
            raise Malformed("a signed link says it once", field=name)
    return given.to_dict()


def _still_good(expires: int, *, now: float) -> int:
    if expires < now:
        raise LinkExpired("the link has expired", field="expires")
    if expires > now + LONGEST_LINK:
        raise Forbidden("the link expires too far ahead", field="expires")
    return expires


def _signature(text: str, *, key: SecretStr) -> str:
    """Return the lower-case hex of HMAC-SHA256."""
    return hmac.new(key.get_secret_value().encode(), text.encode(), hashlib.sha256).hexdigest()
