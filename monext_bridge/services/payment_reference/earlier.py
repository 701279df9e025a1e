"""Reads references as releases before the binary layout made them; none is made any more.

They are URL-safe texts of itsdangerous: JSON, and HMAC-SHA256 under a key derived from `SECRET_KEY`. They also carry
the landing pages, the whole store key and the whole tag of the language.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

from itsdangerous import BadPayload, BadSignature, URLSafeSerializer
from pydantic import SecretStr, TypeAdapter, ValidationError

from monext_bridge.domain.ids import CartId, OrderNumber, PaymentId
from monext_bridge.domain.record import LandingPages
from monext_bridge.errors import Forbidden, Malformed
from monext_bridge.services.results import PaymentReference, store_mark

EARLIER_SHAPE = re.compile(r"\.?[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}")
LONGEST_EARLIER = 2000
WITHOUT_LANGUAGE = 6

Fields = tuple[str, str, str | None, str, str | None, str | None, str | None]
_FIELDS: TypeAdapter[Fields] = TypeAdapter(Fields)


class EarlierReferences:
    """Reads references of earlier releases. Its only state is the keys."""

    def __init__(self, keys: Sequence[SecretStr]) -> None:
        self._serializer = URLSafeSerializer(
            [key.get_secret_value() for key in reversed(keys)],
            salt="monext-bridge.reference",
            signer_kwargs={"key_derivation": "hmac", "digest_method": _sha256},
        )

    def read(self, text: str) -> PaymentReference:
        """Return what the text names.

        Raises Malformed for what can't be a reference, Forbidden for a signature that does not verify.
        """
        if len(text) > LONGEST_EARLIER or not EARLIER_SHAPE.fullmatch(text):
            raise Malformed("not a reference of this bridge", field="ref")
        try:
            fields = _FIELDS.validate_python(_as_tuple(self._serializer.loads(text)))
        except BadPayload as error:
            raise Malformed("the reference can't be decoded", field="ref") from error
        except BadSignature as error:
            raise Forbidden("the signature of the reference does not verify", field="ref") from error
        except ValidationError as error:
            raise Malformed("the reference is of another shape", field="ref") from error
        return _reference(fields)


def _reference(fields: Fields) -> PaymentReference:
    payment_id, cart_id, store_key, number, return_url, cancel_url, language = fields
    return PaymentReference(
        payment_id=PaymentId(payment_id),
        cart_id=CartId(cart_id),
        store_mark=store_mark(store_key),
        order_number=OrderNumber(number),
        language=language,
        landing=LandingPages(return_url, cancel_url),
    )


def _as_tuple(value: Any) -> Any:
    """Return the fields as a tuple, with None for a missing language: the oldest references have none."""
    if not isinstance(value, list):
        return value
    return (*value, None) if len(value) == WITHOUT_LANGUAGE else tuple(value)


def _sha256(data: bytes = b"") -> Any:
    return hashlib.sha256(data)
