"""Reads Monext's answers about captures, cancels and refunds, and its ledger of a transaction."""

from __future__ import annotations

from collections.abc import Mapping

from monext_bridge.domain.monext import (
    Ledger,
    LedgerRow,
    OperationAnswer,
    OperationAnswerKind,
    OperationKind,
    OutcomeKind,
)
from monext_bridge.domain.operations import OwnedKey
from monext_bridge.mapping.json_object import JsonObject
from monext_bridge.mapping.monext.codes import (
    CANCELLED_CODES,
    KINDS,
    PENDING_CODES,
    REFUSING_STATUSES,
    UNSURE_OPERATION_CODES,
    contradicts_acceptance,
    undecided,
)
from monext_bridge.mapping.monext.ids import read_transaction_id
from monext_bridge.mapping.monext.requests import BRIDGE_KEY, BRIDGE_PRINCIPAL
from monext_bridge.mapping.monext.result import Result, read_result

ROW_SYNONYMS: Mapping[str, str] = {"CANCEL_AUTHORIZATION": "CANCEL", "RESET": "CANCEL"}
MONEY_ROWS = frozenset(
    {
        "AUTHORIZATION",
        "AUTHORIZATION_AND_CAPTURE",
        "AUTHORIZATION_AND_CAPTURE_COMPLEMENT",
        "CAPTURE",
        "CANCEL",
        "REFUND",
    }
)
"""A payment is made of these rows: their amount is above 0, and a 0 says as little as no amount.

Rows of other types may have no amount, and are then passed over.
"""

ORIGIN = "originTransactionId"
ROW_STATUSES: Mapping[str, bool] = {"OK": True, "KO": False}


def read_operation_answer(status: int, body: object, *, kind: OperationKind) -> OperationAnswer:
    """Sorts the answer to an operation; raises nothing.

    A 2xx alone is never success, and no answer proves that nothing happened unless it says so. What is not
    clear is UNKNOWN, and the ledger has to tell.
    """
    result = read_result(body)
    return OperationAnswer(
        kind=_sort(status, result, kind=kind),
        title=result.title,
        code=result.code,
        detail=result.detail,
        transaction_id=read_transaction_id(JsonObject.of(body, what="answer").part("transaction")),
    )


def read_ledger(status: int, body: object) -> Ledger:
    """Returns the rows of GET transaction, or says what is missing.

    All cancels are called CANCEL, whichever of its three names Monext used. The ledger is not readable where
    the answer lists nothing (a ledger has at least the row of its own transaction), or where a row of money
    can't be read or has no amount. From such an answer nobody may conclude that an operation did not happen.
    A row that is KO moved no money, so it needs no amount.
    """
    if not 200 <= status < 300:
        result = read_result(body)
        said = " ".join(word for word in (f"HTTP {status}", result.title, result.code) if word)
        return Ledger(readable=False, why_unreadable=f"Monext gives no ledger ({said})")
    found = JsonObject.of(body, what="transaction").members.get("associatedTransactions")
    if not isinstance(found, list) or not found:
        return Ledger(readable=False, why_unreadable="Monext lists no associatedTransactions")
    listed = [JsonObject.of(element, what="ledger row") for element in found]
    rows = [_row(element) for element in listed if not _without_money(element)]
    readable = tuple(row for row in rows if row is not None)
    if len(readable) == len(rows):
        return Ledger(rows=readable)
    return Ledger(
        rows=readable, readable=False, why_unreadable="Monext lists associatedTransactions that can't be read"
    )


def read_echoed_key(body: object) -> OwnedKey | None:
    """Returns our key of the operation that made the transaction, where Monext echoes its `privateData`."""
    echoed = JsonObject.of(body, what="transaction").part("privateData")
    key = echoed.text(BRIDGE_KEY)
    return OwnedKey(key, echoed.text(BRIDGE_PRINCIPAL)) if key else None


def _sort(status: int, result: Result, *, kind: OperationKind) -> OperationAnswerKind:
    meaning = KINDS.get(result.title)
    if undecided(status) or not result.title or result.code in UNSURE_OPERATION_CODES:
        return OperationAnswerKind.UNKNOWN
    if meaning is OutcomeKind.UNKNOWN:
        return OperationAnswerKind.UNKNOWN
    if result.code in PENDING_CODES or meaning is OutcomeKind.PENDING:
        return OperationAnswerKind.PENDING
    if kind is OperationKind.CANCEL and result.code in CANCELLED_CODES:
        return OperationAnswerKind.PENDING if status == 202 else OperationAnswerKind.DONE
    if 200 <= status < 300:
        return _sort_success(status, result)
    if meaning is OutcomeKind.ACCEPTED:
        return OperationAnswerKind.UNKNOWN
    return OperationAnswerKind.REFUSED if status in REFUSING_STATUSES else OperationAnswerKind.UNKNOWN


def _sort_success(status: int, result: Result) -> OperationAnswerKind:
    """Sorts a 2xx: refusals come as such too. 202 says that the operation was received, not that it was done."""
    meaning = KINDS.get(result.title, OutcomeKind.PENDING)
    if meaning is OutcomeKind.PENDING:
        return OperationAnswerKind.PENDING
    if meaning is OutcomeKind.FAILED:
        return OperationAnswerKind.REFUSED
    if contradicts_acceptance(result.code):
        return OperationAnswerKind.UNKNOWN
    return OperationAnswerKind.PENDING if status == 202 else OperationAnswerKind.DONE


def _row_type(found: JsonObject) -> str:
    written = (found.text("type") or "").upper()
    return ROW_SYNONYMS.get(written, written)


def _without_money(found: JsonObject) -> bool:
    kind = _row_type(found)
    return bool(kind) and kind not in MONEY_ROWS and not found.whole("amount")


def _row(found: JsonObject) -> LedgerRow | None:
    id_, kind, amount = read_transaction_id(found), _row_type(found), found.whole("amount") or 0
    origin, ok = found.text(ORIGIN), ROW_STATUSES.get((found.text("status") or "").upper())
    origin_id = read_transaction_id(found, name=ORIGIN)
    if id_ is None or not kind or (amount <= 0 and ok is not False) or (origin and not origin_id):
        return None
    return LedgerRow(
        id=id_,
        type=kind,
        amount=amount,
        ok=ok,
        date=found.instant("date"),
        origin_id=origin_id,
    )
