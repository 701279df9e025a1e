"""Walks the table of codes whole: each code with every title, status and kind of operation."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from monext_bridge.domain.monext import (
    OperationAnswerKind,
    OperationKind,
    OutcomeKind,
)
from monext_bridge.mapping.monext import codes
from monext_bridge.mapping.monext.answers import read_outcome, read_unlisted_code
from monext_bridge.mapping.monext.codes import CODES, GROUPS, KINDS, Meaning, Source
from monext_bridge.mapping.monext.operations import read_operation_answer
from tests.mapping.monext.monext_json import a_result, a_session_answer, an_operation_answer

TITLES = (*KINDS, "Bad Request", "SOMETHING", "")
SUCCESSES = (200, 201, 202)
DECIDED = (*SUCCESSES, *sorted(codes.REFUSING_STATUSES), 405, 410, 412, 415)
UNDECIDED = (*sorted(codes.UNDECIDED_STATUSES), 301, 302, 307, 500, 502, 503, 504, 599)
UNSAID = ("", codes.UNAUTHORIZED)
"""Beside these titles no code tells anything."""

FAILED_TITLES = frozenset(title for title, kind in KINDS.items() if kind is OutcomeKind.FAILED)
Json = dict[str, Any]


def session_answers(code: str) -> Iterator[tuple[str, int, Json, bool]]:
    """Every answer about a session that has the code: title, status, body, and whether the session is over."""
    listed: tuple[list[Json] | None, ...] = (None, [])
    for title, status, transactions, over in product(TITLES, DECIDED, listed, (False, True)):
        changes = {} if transactions is None else {"transactions": transactions}
        yield title, status, a_session_answer(**{"result": a_result(title, code), **changes}), over


def sessions(code: str) -> Iterator[tuple[str, OutcomeKind]]:
    return (
        (title, read_outcome(status, body, session_over=over).kind)
        for title, status, body, over in session_answers(code)
    )


def operations(code: str) -> Iterator[tuple[str, int, OperationKind, OperationAnswerKind]]:
    for title, status, kind in product(TITLES, DECIDED, OperationKind):
        found = read_operation_answer(status, an_operation_answer(title, code), kind=kind)
        yield title, status, kind, found.kind


def meaning(of: str, meaning: Meaning) -> list[str]:
    """The codes that mean this for a session or an operation."""
    return sorted(code for code, found in CODES.items() if getattr(found, of) is meaning)


@pytest.mark.parametrize("title", sorted(FAILED_TITLES))
def test_every_title_of_a_failure_has_a_reason(title: str) -> None:
    assert title in codes.REASONS


def test_only_titles_of_a_failure_have_a_reason() -> None:
    assert FAILED_TITLES.issuperset(codes.REASONS)


def test_a_code_has_five_digits_and_stands_in_the_table_once() -> None:
    listed = Counter(code for _, group in GROUPS for code in group.split())
    assert [code for code, times in listed.items() if times > 1 or not re.fullmatch("[0-9]{5}", code)] == []


@pytest.mark.parametrize("source", Source)
def test_every_source_has_codes(source: Source) -> None:
    assert any(found.source is source for found in CODES.values())


@pytest.mark.parametrize("meant", Meaning)
def test_every_meaning_has_codes(meant: Meaning) -> None:
    assert meaning("session", meant) or meaning("operation", meant)


def test_the_codes_of_monexts_pages_that_do_not_say_whether_the_bank_acted_stay_unsure() -> None:
    unsure = {
        *("01196", "01197", "01199", "02002", "02003", "02011"),
        *("02013", "02101", "02102", "02103", "02106"),
    }
    assert unsure - codes.UNSURE_OPERATION_CODES == set()


def test_the_codes_that_plugins_call_under_way_stay_so_for_sessions_and_operations() -> None:
    under_way = {"02000", "02005", "02006", "02015", "02016", "02533"}
    assert under_way - codes.PENDING_CODES == set()
    assert under_way - set(meaning("operation", Meaning.UNDER_WAY)) == set()


@pytest.mark.parametrize("code", CODES)
def test_an_operation_is_under_way_or_perhaps_done_where_a_session_is_under_way(code: str) -> None:
    """The operations read PENDING_CODES as well, which are those of sessions."""
    if CODES[code].session is Meaning.UNDER_WAY:
        assert CODES[code].operation in (Meaning.UNDER_WAY, Meaning.UNSURE)
    else:
        assert CODES[code].operation is not Meaning.UNDER_WAY


def test_one_code_means_not_begun_and_two_that_a_cancel_went_through() -> None:
    assert meaning("session", Meaning.NOT_BEGUN) == [codes.BUYER_ON_THE_PAGE] == ["02306"]
    assert meaning("operation", Meaning.RESET) == ["02601", "02602"]
    assert meaning("operation", Meaning.TOO_LATE) == [codes.CANCEL_TOO_LATE]


@pytest.mark.parametrize("code", meaning("session", Meaning.UNDER_WAY))
def test_a_session_under_way_is_pending_whatever_stands_beside_its_code(code: str) -> None:
    assert {kind for title, kind in sessions(code) if title not in UNSAID} == {OutcomeKind.PENDING}


@pytest.mark.parametrize("code", CODES)
def test_a_session_is_accepted_by_the_title_and_a_code_that_goes_with_it_alone(code: str) -> None:
    approved = CODES[code].session is Meaning.APPROVED
    accepted = {title for title, kind in sessions(code) if kind is OutcomeKind.ACCEPTED}
    assert accepted == ({codes.ACCEPTED} if approved else set())


@pytest.mark.parametrize("code", CODES)
def test_a_session_is_not_begun_by_the_title_in_progress_alone(code: str) -> None:
    not_begun = {title for title, kind in sessions(code) if kind is OutcomeKind.NOT_BEGUN}
    never = CODES[code].session is Meaning.UNDER_WAY or code == codes.NO_TRANSACTION
    assert not_begun == (set() if never else {codes.IN_PROGRESS})


@pytest.mark.parametrize("code", CODES)
def test_a_session_fails_by_a_title_of_failure_unless_monext_has_no_transaction(code: str) -> None:
    failed = {title for title, kind in sessions(code) if kind is OutcomeKind.FAILED}
    if code == codes.NO_TRANSACTION:
        assert failed == set(TITLES) - {codes.ACCEPTED, *UNSAID}
    else:
        under_way = CODES[code].session is Meaning.UNDER_WAY
        assert failed == (set() if under_way else FAILED_TITLES)


@pytest.mark.parametrize("code", meaning("operation", Meaning.UNSURE))
def test_an_operation_that_the_bank_may_have_done_is_unknown_whatever_stands_beside_its_code(
    code: str,
) -> None:
    assert {kind for *_, kind in operations(code)} == {OperationAnswerKind.UNKNOWN}


@pytest.mark.parametrize("code", meaning("operation", Meaning.UNDER_WAY))
def test_an_operation_under_way_is_pending_whatever_stands_beside_its_code(code: str) -> None:
    assert {kind for title, _, _, kind in operations(code) if title not in UNSAID} == {
        OperationAnswerKind.PENDING
    }


@pytest.mark.parametrize("code", CODES)
def test_an_operation_is_done_by_accepted_or_by_the_code_of_a_reset_alone(code: str) -> None:
    done = {
        (title, status, kind)
        for title, status, kind, answer in operations(code)
        if answer is OperationAnswerKind.DONE
    }
    by_title = set(product([codes.ACCEPTED], (200, 201), OperationKind))
    waits = {title for title, kind in KINDS.items() if kind is OutcomeKind.PENDING}
    says_so = set(TITLES) - waits - set(UNSAID)
    by_reset = set(product(says_so, set(DECIDED) - {202}, [OperationKind.CANCEL]))
    expected = {Meaning.APPROVED: by_title, Meaning.RESET: by_reset}
    assert done == expected.get(CODES[code].operation, set())


@pytest.mark.parametrize("code", CODES)
def test_an_operation_is_refused_by_nothing_that_may_have_moved_money(code: str) -> None:
    refused = {title for title, _, _, answer in operations(code) if answer is OperationAnswerKind.REFUSED}
    assert not refused & {codes.ACCEPTED, *UNSAID, "INPROGRESS", "ONHOLD_PARTNER", "PENDING_RISK"}


@pytest.mark.parametrize("status", UNDECIDED)
def test_a_status_that_decides_nothing_beats_every_code(status: int) -> None:
    for title, code in product(TITLES, CODES):
        found = read_outcome(status, a_session_answer(result=a_result(title, code)), session_over=True)
        assert found.kind is OutcomeKind.UNKNOWN
        for kind in OperationKind:
            answer = read_operation_answer(status, an_operation_answer(title, code), kind=kind)
            assert answer.kind is OperationAnswerKind.UNKNOWN


@pytest.mark.parametrize("code", ["01100", "02319", "02304", "03003", "04003", "01999", "02999"])
def test_codes_of_refusals_contradict_an_approval_also_where_the_table_lacks_them(code: str) -> None:
    assert codes.contradicts_acceptance(code)


@pytest.mark.parametrize("code", ["", "34231", "A1"])
def test_codes_of_partners_do_not(code: str) -> None:
    assert not codes.contradicts_acceptance(code)


@pytest.mark.parametrize("status", DECIDED)
def test_the_body_tells_with_these_statuses(status: int) -> None:
    assert not codes.undecided(status)


@pytest.mark.parametrize("title", [title for title in TITLES if title not in UNSAID])
@pytest.mark.parametrize("status", DECIDED)
def test_a_code_that_the_table_lacks_is_told(status: int, title: str) -> None:
    found = read_unlisted_code(status, an_operation_answer(title, "02999"))
    assert found is not None
    assert (found.code, found.title) == ("02999", title.upper())


@pytest.mark.parametrize("code", [*CODES, ""])
def test_a_code_of_the_table_is_not_told(code: str) -> None:
    assert read_unlisted_code(200, a_result("ERROR", code)) is None


@pytest.mark.parametrize(
    ("status", "body"),
    [
        *((status, a_result("ERROR", "02999")) for status in UNDECIDED),
        (200, {"title": "Unauthorized", "code": "401"}),
        (200, {"code": "02999"}),
        (404, {"message": "no Route matched"}),
        (200, None),
    ],
)
def test_an_answer_that_says_nothing_about_a_payment_has_no_code_to_tell(status: int, body: object) -> None:
    assert read_unlisted_code(status, body) is None
