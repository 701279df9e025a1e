"""Signs and reads the `<ref>` of a URL: bytes of a fixed layout and a signature, as base64url without padding.

The signature is the first 16 bytes of HMAC-SHA256 under a key derived from `SECRET_KEY`. Several keys allow
rotation: the first one signs, and all of them verify. A reference holds ids and the rules of a start, no credential
and nothing about a person.
"""

from __future__ import annotations

import base64
import hmac
import logging
import re
from collections.abc import Sequence

from pydantic import SecretStr

from monext_bridge.errors import Forbidden, Malformed
from monext_bridge.logs import event
from monext_bridge.services.payment_reference.earlier import EarlierReferences
from monext_bridge.services.payment_reference.layout import LARGEST, SMALLEST, VERSION, from_bytes, to_bytes
from monext_bridge.services.results import PaymentReference

log = logging.getLogger(__name__)

SIGNATURE_SIZE = 16
"""Bytes, so 128 bits."""

SHORTEST_REFERENCE = -(-(SMALLEST + SIGNATURE_SIZE) * 8 // 6)
LONGEST_REFERENCE = -(-(LARGEST + SIGNATURE_SIZE) * 8 // 6)
REFERENCE_SHAPE = re.compile(rf"[A-Za-z0-9_-]{{{SHORTEST_REFERENCE},{LONGEST_REFERENCE}}}")
PURPOSE = b"monext-bridge.reference.binary"


class ReferenceSigner:
    """Signs and reads references. Its only state is the keys."""

    def __init__(self, keys: Sequence[SecretStr]) -> None:
        self._keys = [hmac.digest(key.get_secret_value().encode(), PURPOSE, "sha256") for key in keys]
        self._earlier = EarlierReferences(keys)

    def sign(self, reference: PaymentReference) -> str:
        """Return the text for a URL's path: 80 to 142 characters.

        Raises ValueError or OverflowError for what the layout has no room for.
        """
        layout = to_bytes(reference)
        return _text(layout + self._signature(self._keys[0], layout))

    def read(self, text: str) -> PaymentReference:
        """Return what the text names, which may be of an earlier release. The log says where it is not the first key.

        Raises Malformed for what can't be a reference, Forbidden for a signature that does not verify.
        """
        if "." in text:
            return self._earlier.read(text)
        layout, signature = _split(text)
        good = [hmac.compare_digest(signature, self._signature(key, layout)) for key in self._keys]
        if not any(good):
            raise Forbidden("the signature of the reference does not verify", field="ref")
        if not good[0]:
            event(log, "old_secret_used", setting="SECRET_KEY", place=good.index(True) + 1)
        try:
            return from_bytes(layout)
        except ValueError as error:
            raise Malformed("the reference is of another shape", field="ref") from error

    def _signature(self, key: bytes, layout: bytes) -> bytes:
        return hmac.digest(key, layout, "sha256")[:SIGNATURE_SIZE]


def _split(text: str) -> tuple[bytes, bytes]:
    """Return layout and signature. Raises Malformed for a text that `sign` does not make."""
    if not REFERENCE_SHAPE.fullmatch(text) or len(text) % 4 == 1:
        raise Malformed("not a reference of this bridge", field="ref")
    signed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if _text(signed) != text or signed[0] != VERSION:
        raise Malformed("the reference can't be decoded", field="ref")
    return signed[:-SIGNATURE_SIZE], signed[-SIGNATURE_SIZE:]


def _text(signed: bytes) -> str:
    return base64.urlsafe_b64encode(signed).decode().rstrip("=")
