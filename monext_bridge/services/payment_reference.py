"""Signs and reads the `<ref>` of a URL, which names one payment attempt.

The reference is URL-safe and made by itsdangerous: HMAC-SHA256 under a key derived from `SECRET_KEY`. Several
keys allow rotation: the first one signs, and all of them verify. The reference carries ids and landing URLs, no
credential and nothing about a person.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import astuple
from typing import Any

from itsdangerous import BadPayload, BadSignature, URLSafeSerializer
from pydantic import SecretStr, TypeAdapter, ValidationError

from monext_bridge.errors import Forbidden, Malformed
from monext_bridge.services.results import PaymentReference

REFERENCE_SHAPE = re.compile(r"\.?[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}")
LONGEST_REFERENCE = 2000
WITHOUT_LANGUAGE = 6

Fields = tuple[str, str, str | None, str, str | None, str | None, str | None]
_FIELDS: TypeAdapter[Fields] = TypeAdapter(Fields)


class ReferenceSigner:
    """Signs and reads references. Its only state is the keys."""

    def __init__(self, keys: Sequence[SecretStr]) -> None:
        self._serializer = URLSafeSerializer(
            [key.get_secret_value() for key in reversed(keys)],
            salt="monext-bridge.reference",
            signer_kwargs={"key_derivation": "hmac", "digest_method": _sha256},
        )

    def sign(self, reference: PaymentReference) -> str:
        """Return the text for a URL's path. Raises ValueError where it would be too long to be read back."""
        fields = astuple(reference)
        text = str(self._serializer.dumps(fields if reference.language else fields[:WITHOUT_LANGUAGE]))
        if len(text) > LONGEST_REFERENCE:
            raise ValueError(f"a reference of {len(text)} characters is longer than {LONGEST_REFERENCE}")
        return text

    def read(self, text: str) -> PaymentReference:
        """Return what the text names.

        Raises Malformed for what can't be a reference, Forbidden for a signature that does not verify.
        """
        if len(text) > LONGEST_REFERENCE or not REFERENCE_SHAPE.fullmatch(text):
            raise Malformed("not a reference of this bridge", field="ref")
        try:
            fields = _FIELDS.validate_python(_as_tuple(self._serializer.loads(text)))
        except BadPayload as error:
            raise Malformed("the reference can't be decoded", field="ref") from error
        except BadSignature as error:
            raise Forbidden("the signature of the reference does not verify", field="ref") from error
        except ValidationError as error:
            raise Malformed("the reference is of another shape", field="ref") from error
        return PaymentReference(*fields)  # type: ignore[arg-type]


def _as_tuple(value: Any) -> Any:
    """Return the fields as a tuple, with None for a missing language.

    A reference without a language is signed without that field, as all references once were. So two releases
    can read each other's references.
    """
    if not isinstance(value, list):
        return value
    return (*value, None) if len(value) == WITHOUT_LANGUAGE else tuple(value)


def _sha256(data: bytes = b"") -> Any:
    return hashlib.sha256(data)
