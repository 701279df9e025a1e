"""Reads commercetools' answers: a JSON object, or one of the bridge's errors."""

from __future__ import annotations

from typing import Any, NoReturn

from monext_bridge.errors import (
    DuplicateField,
    RemoteNotFound,
    RemoteRefused,
    RemoteUnavailable,
    VersionConflict,
)
from monext_bridge.gateways.http import HttpAnswer

Json = dict[str, Any]

PASSING_STATUSES = frozenset({408, 425, 429})


def document(answer: HttpAnswer, *, what: str) -> Json:
    """Returns the JSON object of a 2xx.

    `what` names the call in the error, whose text holds codes of the remote but none of its messages. Raises
    RemoteNotFound, VersionConflict, DuplicateField or RemoteRefused where commercetools says no with a JSON
    object. Raises RemoteUnavailable where it is busy, and where the answer has any other form.
    """
    body = answer.body
    refused = 400 <= answer.status < 500 and answer.status not in PASSING_STATUSES
    if isinstance(body, dict) and 200 <= answer.status < 300:
        return body
    if isinstance(body, dict) and refused:
        _refuse(answer.status, body, what=what)
    raise RemoteUnavailable(
        f"commercetools gave no usable answer to {what} ({answer.status})",
        remote="commercetools",
        retry_after=answer.retry_after,
    )


def _refuse(status: int, body: Json, *, what: str) -> NoReturn:
    listed = body.get("errors")
    errors = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    coded = [each for each in errors if each.get("code")]
    codes, about = tuple(str(each["code"]) for each in coded), tuple(_about(each) for each in coded)
    codes = codes or ((str(body["error"]),) if body.get("error") else ())
    text = f"commercetools refused {what}: {status} {', '.join(codes)}".strip()
    if status == 404:
        raise RemoteNotFound(text, remote="commercetools", status=status, codes=codes, about=about)
    if status == 409 and "ConcurrentModification" in codes:
        raise VersionConflict(text, remote="commercetools", status=status, codes=codes)
    duplicate = next((each for each in errors if each.get("code") == "DuplicateField"), None)
    if duplicate is not None:
        field = str(duplicate.get("field", ""))
        raise DuplicateField(text, remote="commercetools", status=status, field=field)
    raise RemoteRefused(text, remote="commercetools", status=status, codes=codes, about=about)


def _about(error: Json) -> str:
    """Returns what an error is about: the field of InvalidField, the type of ReferencedResourceNotFound."""
    return str(error.get("field") or error.get("typeId") or "")
