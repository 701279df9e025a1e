"""Reads the ids that Monext gives: only those that a record can hold, and that the names in it can be made of.

The name of an operation in the record is made of ids with `~` between them (`OperationName`), so no id has one.
Monext's OpenAPI description bounds ids of sessions at 50 characters, those by which transactions are named at 200.
"""

from __future__ import annotations

import re

from monext_bridge.domain.ids import MonextTransactionId, SessionToken
from monext_bridge.mapping.json_object import JsonObject

SESSION_ID = re.compile(r"[!-}]{1,50}")
TRANSACTION_ID = re.compile(r"[!-}]{1,200}")
"""Both match visible ASCII without `~`, its last character: Monext publishes no other rule for them."""


def read_session_token(answer: JsonObject) -> SessionToken | None:
    """Returns the token of a session that was made, None where it has none that can be used."""
    found = answer.text("sessionId")
    return SessionToken(found) if found and SESSION_ID.fullmatch(found) else None


def read_transaction_id(holder: JsonObject, *, name: str = "id") -> MonextTransactionId | None:
    """Returns the id of a transaction, None where there is none that can be used."""
    found = holder.text(name)
    return MonextTransactionId(found) if found and TRANSACTION_ID.fullmatch(found) else None
