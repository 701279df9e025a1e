from typing import Any

import pytest

from monext_bridge.domain.monext import FailureReason, MoneyMovement, Outcome, OutcomeKind
from monext_bridge.mapping.monext.answers import (
    CreatedSession,
    SessionRefused,
    read_created_session,
    read_outcome,
)
from monext_bridge.mapping.monext.codes import KINDS, PENDING_CODES, REASON_CODES, UNDECIDED_STATUSES
from tests.builders import PAYMENT_ID, TOKEN, eur
from tests.mapping.monext.monext_json import (
    a_monext_transaction,
    a_result,
    a_session_answer,
    a_session_created_answer,
)

ODD_BODIES: list[object] = [None, "", "<html>", [], [1], 7, True, {}, {"result": "ACCEPTED"}, {"result": {}}]


def outcome(
    title: str, code: str = "00000", *, status: int = 200, over: bool = False, **more: Any
) -> Outcome:
    body = a_session_answer(result=a_result(title, code), **more)
    return read_outcome(status, body, session_over=over)


def test_an_accepted_session_is_read_with_its_transaction() -> None:
    found = read_outcome(200, a_session_answer(), session_over=False)
    assert (found.kind, found.title, found.code, found.payment_id) == (
        OutcomeKind.ACCEPTED,
        "ACCEPTED",
        "00000",
        PAYMENT_ID,
    )
    assert [(c.id, c.move, c.amount, c.method) for c in found.candidates] == [
        ("28d1a4f0112233", MoneyMovement.CAPTURED, eur(11100), "CB")
    ]


@pytest.mark.parametrize("code", ["00000", "02400", "34230", "34231", ""])
def test_accepted_is_accepted_with_any_code_that_does_not_contradict_it(code: str) -> None:
    assert outcome("ACCEPTED", code).kind is OutcomeKind.ACCEPTED


@pytest.mark.parametrize("code", ["01100", "02319", "02304", "03100"])
@pytest.mark.parametrize("over", [True, False])
def test_accepted_with_the_code_of_a_refusal_is_unknown(code: str, over: bool) -> None:
    assert outcome("ACCEPTED", code, over=over).kind is OutcomeKind.UNKNOWN


@pytest.mark.parametrize(
    "transactions",
    [
        *(None, [], [{}], [a_monext_transaction(type="ORDER")], [a_monext_transaction(id=None)]),
        [a_monext_transaction(requestedAmount=0, authorizedAmount=0)],
    ],
)
def test_accepted_without_a_transaction_that_took_money_is_unknown(transactions: object) -> None:
    assert outcome("ACCEPTED", transactions=transactions).kind is OutcomeKind.UNKNOWN


@pytest.mark.parametrize(
    ("title", "reason"),
    [
        ("REFUSED", FailureReason.REFUSED),
        ("ERROR", FailureReason.REFUSED),
        ("CANCELLED", FailureReason.CANCELLED),
        ("ABORTED", FailureReason.CANCELLED),
        ("Cancelled", FailureReason.CANCELLED),
    ],
)
def test_a_final_no_is_a_failure_with_its_reason(title: str, reason: FailureReason) -> None:
    found = outcome(title, "01100")
    assert (found.kind, found.reason, found.candidates) == (OutcomeKind.FAILED, reason, ())


@pytest.mark.parametrize("code", list(REASON_CODES))
def test_a_code_knows_the_reason_better_than_any_title(code: str) -> None:
    found = [outcome(title, code, over=True) for title in ("ERROR", "CANCELLED", "REFUSED")]
    assert {(each.kind, each.reason) for each in found} == {(OutcomeKind.FAILED, REASON_CODES[code])}


@pytest.mark.parametrize("status", [200, 201, 400, 404, 409, 412, 422])
def test_a_final_title_counts_with_any_status_that_lets_the_body_tell(status: int) -> None:
    final = [title for title, kind in KINDS.items() if kind is OutcomeKind.FAILED]
    kinds = {title: outcome(title, "02319", status=status, over=True).kind for title in final}
    assert kinds == dict.fromkeys(final, OutcomeKind.FAILED)


def test_a_flat_result_is_read_as_a_nested_one() -> None:
    found = read_outcome(400, a_result("CANCELLED", "02319", "Cancelled by the buyer"), session_over=False)
    assert (found.kind, found.reason, found.detail) == (
        OutcomeKind.FAILED,
        FailureReason.CANCELLED,
        "Cancelled by the buyer",
    )


@pytest.mark.parametrize("title", ["ONHOLD_PARTNER", "PENDING_RISK", "onhold_partner"])
def test_what_waits_for_someone_else_is_pending(title: str) -> None:
    assert outcome(title, "04003").kind is OutcomeKind.PENDING


@pytest.mark.parametrize("code", sorted(PENDING_CODES))
def test_a_pending_code_is_pending_whatever_the_title(code: str) -> None:
    titles = ("REFUSED", "ERROR", "CANCELLED", "ONHOLD_PARTNER", "SOMETHING")
    kinds = {title: outcome(title, code).kind for title in titles}
    assert kinds == dict.fromkeys(titles, OutcomeKind.PENDING)


def test_a_title_nobody_knows_is_pending_and_never_paid() -> None:
    assert outcome("APPROVED").kind is OutcomeKind.PENDING


@pytest.mark.parametrize("status", [302, 400, 404, 409, 422])
def test_a_title_nobody_knows_beside_an_error_is_unknown(status: int) -> None:
    assert outcome("APPROVED", status=status, over=True).kind is OutcomeKind.UNKNOWN


@pytest.mark.parametrize("transactions", [None, []])
@pytest.mark.parametrize("code", ["", "02306", "02999"])
def test_in_progress_without_a_transaction_is_not_begun(code: str, transactions: object) -> None:
    assert outcome("INPROGRESS", code, transactions=transactions).kind is OutcomeKind.NOT_BEGUN


@pytest.mark.parametrize("transactions", [None, []])
@pytest.mark.parametrize("code", sorted(PENDING_CODES))
def test_in_progress_with_a_code_under_way_needs_no_transaction_to_be_pending(
    code: str, transactions: object
) -> None:
    assert outcome("INPROGRESS", code, transactions=transactions).kind is OutcomeKind.PENDING


def test_in_progress_with_the_buyer_on_the_page_is_not_begun() -> None:
    assert outcome("INPROGRESS", "02306").kind is OutcomeKind.NOT_BEGUN


@pytest.mark.parametrize("code", ["", "02000", "02999"])
def test_in_progress_with_a_transaction_is_pending(code: str) -> None:
    assert outcome("INPROGRESS", code).kind is OutcomeKind.PENDING


@pytest.mark.parametrize("status", [*sorted(UNDECIDED_STATUSES), 500, 502, 503, 504])
def test_a_status_that_decides_nothing_is_unknown_whatever_the_body(status: int) -> None:
    kinds = {(t, over): outcome(t, status=status, over=over).kind for t in KINDS for over in (True, False)}
    assert kinds == dict.fromkeys(kinds, OutcomeKind.UNKNOWN)


@pytest.mark.parametrize("status", [200, 201, 400, 401, 404])
@pytest.mark.parametrize("title", ["Unauthorized", "UNAUTHORIZED"])
def test_unauthorized_is_unknown_whatever_the_status(status: int, title: str) -> None:
    found = read_outcome(status, {"title": title}, session_over=True)
    assert found.kind is OutcomeKind.UNKNOWN


@pytest.mark.parametrize("status", [200, 201, 204, 301, 400])
def test_an_unreadable_answer_is_unknown(status: int) -> None:
    kinds = {repr(body): read_outcome(status, body, session_over=True).kind for body in ODD_BODIES}
    assert kinds == dict.fromkeys(kinds, OutcomeKind.UNKNOWN)


@pytest.mark.parametrize(
    ("status", "result"),
    [(404, a_result("ERROR", "02304")), (200, a_result("ERROR", "02304")), (404, a_result("ERROR", "02301"))],
)
def test_a_session_that_is_not_found_is_unknown_within_its_life_and_expired_after(
    status: int, result: dict[str, Any]
) -> None:
    within = read_outcome(status, result, session_over=False)
    after = read_outcome(status, result, session_over=True)
    assert (within.kind, after.kind) == (OutcomeKind.UNKNOWN, OutcomeKind.FAILED)
    assert after.reason is FailureReason.EXPIRED


def test_a_404_without_a_result_is_a_gateways_and_tells_nothing_at_any_age() -> None:
    for body in ({}, {"message": "no Route matched"}):
        assert read_outcome(404, body, session_over=True).kind is OutcomeKind.UNKNOWN


def test_a_session_that_monext_forgot_is_told_from_one_that_expired() -> None:
    assert read_outcome(404, a_result("ERROR", "02304"), session_over=True).session_gone
    assert not outcome("CANCELLED", "02324", over=True).session_gone


@pytest.mark.parametrize("body", [None, "<html>Not Found</html>"])
def test_a_404_that_is_no_json_is_not_of_monext(body: object) -> None:
    assert read_outcome(404, body, session_over=True).kind is OutcomeKind.UNKNOWN


def test_expired_is_said_by_monext_itself_at_any_time() -> None:
    found = outcome("CANCELLED", "02324", over=False)
    assert (found.kind, found.reason) == (OutcomeKind.FAILED, FailureReason.EXPIRED)


def test_the_method_of_a_pending_payment_is_read() -> None:
    paypal = a_monext_transaction(
        type="ORDER", paymentInstrumentData={"paymentInstrumentType": {"code": "PAYPAL"}}
    )
    found = outcome("ONHOLD_PARTNER", "02000", transactions=[paypal])
    assert (found.kind, found.method) == (OutcomeKind.PENDING, "PAYPAL")


@pytest.mark.parametrize("private", [None, {}, [], {"commercetoolsPaymentID": 7}])
def test_a_session_that_names_no_payment_has_none(private: object) -> None:
    assert outcome("ACCEPTED", privateData=private).payment_id is None


def test_the_words_of_an_answer_are_bounded_and_stand_on_one_line() -> None:
    body = {"result": a_result("X" * 5000, "0" * 5000, "a\r\n\x00b\u202ec" + "d" * 5000)}
    found = read_outcome(200, body, session_over=False)
    assert (len(found.title), len(found.code), len(found.detail)) == (50, 20, 255)
    assert found.detail.startswith("a   b cd")


@pytest.mark.parametrize("title", ["ACC\x00EPTED", "ACCEPTED" + "X" * 50])
def test_a_title_that_had_to_be_changed_is_not_taken_for_a_known_one(title: str) -> None:
    assert outcome(title).kind is OutcomeKind.PENDING


def test_no_code_is_cut_to_one_that_means_something() -> None:
    assert read_outcome(
        200, {"result": a_result("REFUSED", "02319" + "0" * 50)}, session_over=False
    ).reason is (FailureReason.REFUSED)


def test_members_that_no_page_mentions_change_nothing() -> None:
    plain = read_outcome(200, a_session_answer(), session_over=False)
    assert read_outcome(200, a_session_answer(_Tm1UZe="x"), session_over=False) == plain


def test_a_created_session_has_token_and_address() -> None:
    assert read_created_session(201, a_session_created_answer()) == CreatedSession(
        TOKEN, f"https://homologation-webpayment.payline.com/v2/?token={TOKEN}"
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"sessionId": None},
        {"redirectURL": None},
        {"redirectURL": "javascript:alert(1)"},
        {"redirectURL": "https://pay.example.com/" + "x" * 2040},
        {"sessionId": "x" * 51},
        {"sessionId": "session~1"},
        {"sessionId": "session one"},
        {"sessionId": "sessión"},
        {"result": a_result("INPROGRESS", "02306")},
        {"result": a_result("SOMETHING")},
    ],
)
def test_a_session_that_nobody_could_pay_is_none(changes: dict[str, object]) -> None:
    assert read_created_session(201, a_session_created_answer(**changes)) is None


def test_a_refusal_names_the_fields_that_monext_names() -> None:
    body = {
        **a_result("ERROR", "02305", "Invalid field format"),
        "invalidParams": [{"name": "order.currency", "reason": "size"}, {"reason": "?"}, None],
    }
    assert read_created_session(400, body) == SessionRefused(
        "ERROR", "02305", "Invalid field format", ("order.currency",)
    )


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (201, {"result": a_result("ERROR", "02303")}),
        (200, {"title": "Unauthorized"}),
        (401, a_result("ERROR", "02101")),
        (403, {"title": "Forbidden"}),
        (422, a_result("REFUSED", "02702")),
    ],
)
def test_a_readable_no_is_a_refusal_whatever_the_status(status: int, body: dict[str, Any]) -> None:
    assert isinstance(read_created_session(status, body), SessionRefused)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_an_overloaded_monext_has_neither_made_nor_refused_a_session(status: int) -> None:
    assert read_created_session(status, a_result("ERROR", "02101")) is None


@pytest.mark.parametrize("status", [200, 201, 400, 404, 500])
def test_an_unreadable_answer_about_a_new_session_is_none(status: int) -> None:
    assert [body for body in ODD_BODIES if read_created_session(status, body) is not None] == []


@pytest.mark.parametrize(("number", "kind"), [(50, OutcomeKind.ACCEPTED), (51, OutcomeKind.UNKNOWN)])
def test_so_many_transactions_that_nobody_made_them_decide_nothing(number: int, kind: OutcomeKind) -> None:
    several = [a_monext_transaction(id=f"transaction-{each}") for each in range(number)]
    assert read_outcome(200, a_session_answer(*several), session_over=False).kind is kind
