"""Shapes that every document shares on the wire: JSON objects, copies, timestamps, identifiers."""

import json
import re
import uuid
from datetime import UTC, datetime
from typing import Any, cast

Json = dict[str, Any]

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?")


def copied(document: Json) -> Json:
    """A deep copy. Stored documents are never changed in place, so answers can be written without a lock."""
    return cast(Json, json.loads(json.dumps(document)))


def new_id() -> str:
    """A fresh resource id."""
    return str(uuid.uuid4())


def is_uuid(text: str) -> bool:
    """Whether commercetools would take the text for a resource id."""
    return _UUID.fullmatch(text) is not None


def instant(moment: datetime) -> str:
    """A moment as commercetools writes it: UTC with milliseconds."""
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def read_instant(text: str) -> datetime | None:
    """The moment of an ISO 8601 text, UTC where it names no offset; None where it is not one."""
    if not _INSTANT.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def without_nulls(document: Json) -> Json:
    """The object without its null members: commercetools reads null as absent and never writes it."""
    return {name: value for name, value in document.items() if value is not None}
