"""Messages of 3-D Secure 2 as they travel through the browser: JSON in base64url, in a field of a form.

Names, codes and formats are those of EMV 3-D Secure, Protocol and Core Functions Specification 2.2.0.
"""

import base64
import binascii
import json
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

VERSION = "2.2.0"

MISSING = "201"
MALFORMED = "203"
UNKNOWN = "301"
NOT_VALID = "305"
"""Error codes of the protocol: an element is missing or malformed, a transaction is unknown or not to be had now."""


class Refusal(Exception):
    """What the bank does not take, with the protocol's error code."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


def written(message: Mapping[str, str]) -> str:
    """The text of a form's field: base64url without padding."""
    text = json.dumps(dict(message), separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(text: str, *, members: Collection[str]) -> dict[str, str]:
    """The message of a form's field, which has these members and only these, all of them text.

    Raises Refusal.
    """
    message = _object(text)
    if missing := [name for name in members if name not in message]:
        raise Refusal(MISSING, f"{', '.join(missing)} missing")
    if not all(isinstance(value, str) for value in message.values()) or message.keys() - set(members):
        raise Refusal(MALFORMED, "the message has other members than it should")
    return message


def read_form(form: Mapping[str, str], *, field: str, allowed: Collection[str]) -> str:
    """The field of a form that may have `allowed` fields beside it. Raises Refusal."""
    if not form.get(field):
        raise Refusal(MISSING, f"{field} missing")
    if others := form.keys() - {field, *allowed}:
        raise Refusal(MALFORMED, f"{', '.join(sorted(others))}: no such field")
    return form[field]


def transaction_id(text: str) -> str:
    """An id as the protocol has it, a UUID in its canonical form. Raises Refusal."""
    try:
        found = str(UUID(text))
    except ValueError as error:
        raise Refusal(MALFORMED, "a transaction id is a UUID") from error
    if found != text:
        raise Refusal(MALFORMED, "a transaction id is a UUID")
    return found


def _object(text: str) -> dict[str, Any]:
    try:
        padded = text + "=" * (-len(text) % 4)
        message = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError) as error:
        raise Refusal(MALFORMED, "this is not a message in base64url") from error
    if not isinstance(message, dict):
        raise Refusal(MALFORMED, "the message is not an object")
    return message
