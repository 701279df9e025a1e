from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

from monext_bridge.domain.monext import LedgerRow, OperationAnswerKind, OperationKind
from monext_bridge.domain.operations import OwnedKey
from monext_bridge.mapping.monext.codes import (
    ACCEPTED_CODES,
    CANCELLED_CODES,
    KINDS,
    REASONS,
    REFUSING_STATUSES,
    UNDECIDED_STATUSES,
)
from monext_bridge.mapping.monext.operations import (
    MONEY_ROWS,
    ROW_SYNONYMS,
    read_echoed_key,
    read_ledger,
    read_operation_answer,
)
from monext_bridge.mapping.monext.requests import BRIDGE_KEY, BRIDGE_PRINCIPAL
from tests.mapping.monext.monext_json import a_result, a_row, an_operation_answer


def sorted_as(
    status: int, body: object, *, kind: OperationKind = OperationKind.CAPTURE
) -> OperationAnswerKind:
    return read_operation_answer(status, body, kind=kind).kind


def test_an_answer_is_read_with_the_id_that_monext_gave_the_act() -> None:
    found = read_operation_answer(201, an_operation_answer(), kind=OperationKind.CAPTURE)
    assert (found.kind, found.title, found.code, found.transaction_id) == (
        OperationAnswerKind.DONE,
        "ACCEPTED",
        "00000",
        "12345678901234",
    )


@pytest.mark.parametrize("kind", list(OperationKind))
def test_accepted_is_done(kind: OperationKind) -> None:
    found = {c: sorted_as(201, an_operation_answer("ACCEPTED", c), kind=kind) for c in ACCEPTED_CODES}
    assert found == dict.fromkeys(ACCEPTED_CODES, OperationAnswerKind.DONE)


def test_202_is_taken_but_not_done() -> None:
    assert sorted_as(202, an_operation_answer()) is OperationAnswerKind.PENDING


@pytest.mark.parametrize("title", ["ONHOLD_PARTNER", "INPROGRESS", "PENDING_RISK", "SOMETHING"])
def test_a_title_that_is_not_final_is_pending(title: str) -> None:
    assert sorted_as(201, an_operation_answer(title, "02000")) is OperationAnswerKind.PENDING


@pytest.mark.parametrize("title", list(REASONS))
@pytest.mark.parametrize("status", [200, 201, 202])
def test_a_refusal_comes_with_any_status_of_success(status: int, title: str) -> None:
    assert sorted_as(status, an_operation_answer(title, "02110")) is OperationAnswerKind.REFUSED


@pytest.mark.parametrize("title", ["ERROR", "Bad Request"])
@pytest.mark.parametrize("status", sorted(REFUSING_STATUSES))
def test_a_readable_error_is_a_refusal(status: int, title: str) -> None:
    assert sorted_as(status, a_result(title, "02301")) is OperationAnswerKind.REFUSED


@pytest.mark.parametrize("status", [302, 405, 410, 412, 415])
def test_an_error_of_another_kind_is_unknown(status: int) -> None:
    assert sorted_as(status, a_result("ERROR", "02301")) is OperationAnswerKind.UNKNOWN


@pytest.mark.parametrize("status", [*sorted(UNDECIDED_STATUSES), 500, 502, 503, 504])
def test_a_status_that_decides_nothing_is_unknown_whatever_the_body(status: int) -> None:
    found = {title: sorted_as(status, an_operation_answer(title)) for title in KINDS}
    assert found == dict.fromkeys(KINDS, OperationAnswerKind.UNKNOWN)


@pytest.mark.parametrize("status", [200, 201, 202, 400, 404])
def test_unauthorized_is_unknown_whatever_the_status(status: int) -> None:
    assert sorted_as(status, {"title": "Unauthorized"}) is OperationAnswerKind.UNKNOWN


@pytest.mark.parametrize("status", [200, 201, 202, 400, 404])
def test_an_unreadable_answer_is_unknown(status: int) -> None:
    bodies: list[object] = [None, "", "<html>", [], {}, {"result": None}]
    assert [b for b in bodies if sorted_as(status, b) is not OperationAnswerKind.UNKNOWN] == []


@pytest.mark.parametrize("status", sorted(REFUSING_STATUSES))
def test_accepted_beside_an_error_status_is_unknown(status: int) -> None:
    assert sorted_as(status, an_operation_answer()) is OperationAnswerKind.UNKNOWN


def test_accepted_with_the_code_of_a_refusal_is_unknown() -> None:
    assert sorted_as(201, an_operation_answer("ACCEPTED", "01100")) is OperationAnswerKind.UNKNOWN


@pytest.mark.parametrize("title", ["ACCEPTED", "ERROR", "REFUSED", "CANCELLED", "Bad Request", "SOMETHING"])
@pytest.mark.parametrize("code", sorted(CANCELLED_CODES))
def test_a_cancel_that_went_through_and_is_only_received_yet_is_pending(code: str, title: str) -> None:
    body = an_operation_answer(title, code)
    assert sorted_as(202, body, kind=OperationKind.CANCEL) is OperationAnswerKind.PENDING


@pytest.mark.parametrize("code", sorted(CANCELLED_CODES))
def test_a_code_of_success_beside_unauthorized_is_unknown(code: str) -> None:
    assert (
        sorted_as(200, a_result("Unauthorized", code), kind=OperationKind.CANCEL)
        is OperationAnswerKind.UNKNOWN
    )


def test_a_cancel_that_comes_too_late_says_so() -> None:
    found = read_operation_answer(201, an_operation_answer("ERROR", "02105"), kind=OperationKind.CANCEL)
    assert (found.kind, found.code) == (OperationAnswerKind.REFUSED, "02105")


def test_the_ledger_is_read_row_by_row() -> None:
    capture = a_row(id="t-2", type="CAPTURE", amount=5000, status="KO")
    ledger = read_ledger(200, {"result": a_result(), "associatedTransactions": [a_row(), capture]})
    assert ledger.readable
    assert ledger.rows[1] == LedgerRow(
        "t-2",  # type: ignore[arg-type]
        "CAPTURE",
        5000,
        False,
        datetime(2026, 11, 23, 10, 1, 33, tzinfo=UTC),
        "28d1a4f0112233",  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("name", [*ROW_SYNONYMS, "CANCEL", "reset"])
def test_a_cancel_is_called_cancel_by_whichever_name(name: str) -> None:
    ledger = read_ledger(200, {"associatedTransactions": [a_row(type=name)]})
    assert ledger.rows[0].type == "CANCEL"


@pytest.mark.parametrize(
    ("status", "ok"), [("OK", True), ("KO", False), ("ok", True), (None, None), ("?", None)]
)
def test_a_row_without_a_final_status_is_neither_done_nor_refused(
    status: str | None, ok: bool | None
) -> None:
    assert read_ledger(200, {"associatedTransactions": [a_row(status=status)]}).rows[0].ok is ok


@pytest.mark.parametrize("rows", [None, [], "none", {}])
def test_a_ledger_that_lists_nothing_tells_nothing(rows: object) -> None:
    found = read_ledger(200, {"result": a_result(), "associatedTransactions": rows})
    assert (found.readable, found.why_unreadable) == (False, "Monext lists no associatedTransactions")


@pytest.mark.parametrize("status", [302, 401, 404, 500])
def test_a_ledger_beside_an_error_tells_nothing(status: int) -> None:
    found = read_ledger(status, {**a_result("ERROR", "02301"), "associatedTransactions": [a_row()]})
    assert not found.readable
    assert found.why_unreadable == f"Monext gives no ledger (HTTP {status} ERROR 02301)"


@pytest.mark.parametrize("body", [None, "<html>", [], {}, {"title": "Unauthorized"}])
def test_an_answer_without_a_ledger_tells_nothing(body: object) -> None:
    assert not read_ledger(200, body).readable


@pytest.mark.parametrize("amount", [None, 0, -1, ""])
def test_a_row_of_money_without_an_amount_makes_the_ledger_unreadable(amount: Any) -> None:
    for kind, status in product(sorted(MONEY_ROWS), ("OK", None)):
        row = a_row(id="t-2", type=kind, amount=amount, status=status)
        ledger = read_ledger(200, {"associatedTransactions": [a_row(), row]})
        assert (ledger.readable, len(ledger.rows)) == (False, 1), (kind, status)
        assert ledger.why_unreadable == "Monext lists associatedTransactions that can't be read"


@pytest.mark.parametrize("amount", [None, 0])
def test_a_row_that_moved_no_money_since_it_was_refused_needs_no_amount(amount: int | None) -> None:
    refused = a_row(id="t-2", type="REFUND", amount=amount, status="KO")
    ledger = read_ledger(200, {"associatedTransactions": [a_row(), refused]})
    assert ledger.readable
    assert ledger.rows[1].ok is False


@pytest.mark.parametrize(
    "row", [None, "row", {}, {"id": "t-2", "amount": 1}, {"type": "CAPTURE", "amount": 1}]
)
def test_a_row_that_can_not_be_read_makes_the_ledger_unreadable(row: Any) -> None:
    assert not read_ledger(200, {"associatedTransactions": [a_row(), row]}).readable


@pytest.mark.parametrize("amount", [{}, {"amount": 0}])
def test_a_row_that_moves_no_money_needs_no_amount(amount: dict[str, int]) -> None:
    check = {"id": "t-2", "type": "ACCOUNT_VERIFICATION", **amount}
    ledger = read_ledger(200, {"associatedTransactions": [a_row(), check]})
    assert (ledger.readable, len(ledger.rows)) == (True, 1)


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({"privateData": {BRIDGE_KEY: "k-1", BRIDGE_PRINCIPAL: "erp"}}, OwnedKey("k-1", "erp")),
        ({"privateData": {BRIDGE_KEY: "ship-42-0"}}, OwnedKey("ship-42-0")),
        ({"privateData": {BRIDGE_PRINCIPAL: "erp"}}, None),
        ({"privateData": {}}, None),
        ({"privateData": None}, None),
        (None, None),
    ],
)
def test_our_key_and_its_principal_are_read_where_monext_echoes_them(
    body: object, key: OwnedKey | None
) -> None:
    assert read_echoed_key(body) == key


@pytest.mark.parametrize("id_", ["x" * 201, "one~two", "a b", "\x00"])
def test_an_id_that_no_record_can_hold_is_none(id_: str) -> None:
    answer = an_operation_answer()
    answer["transaction"]["id"] = id_
    found = read_operation_answer(201, answer, kind=OperationKind.REFUND)
    assert (found.kind, found.transaction_id) == (OperationAnswerKind.DONE, None)


@pytest.mark.parametrize("name", ["id", "originTransactionId"])
def test_a_ledger_with_an_id_that_can_not_be_used_is_not_readable(name: str) -> None:
    rows = [a_row(), a_row(**{name: "x" * 201})]
    assert not read_ledger(200, {"associatedTransactions": rows}).readable
