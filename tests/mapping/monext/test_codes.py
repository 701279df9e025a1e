import re
from collections import Counter

import pytest

from monext_bridge.domain.monext import OutcomeKind
from monext_bridge.mapping.monext import codes

CODE_TABLES = (
    codes.REASON_CODES,
    codes.PENDING_CODES,
    codes.ACCEPTED_CODES,
    codes.UNSURE_OPERATION_CODES,
    codes.CANCELLED_CODES,
)


def test_every_title_of_a_failure_has_a_reason() -> None:
    failures = {title for title, kind in codes.KINDS.items() if kind is OutcomeKind.FAILED}
    assert failures <= set(codes.REASONS)


def test_only_titles_of_a_failure_have_a_reason() -> None:
    assert all(codes.KINDS[title] is OutcomeKind.FAILED for title in codes.REASONS)


def test_a_code_has_five_digits_and_one_meaning() -> None:
    every = Counter(code for table in CODE_TABLES for code in table)
    assert [code for code in every if not re.fullmatch("[0-9]{5}", code)] == []
    assert [code for code, meanings in every.items() if meanings > 1] == []


def test_the_codes_that_do_not_say_whether_the_bank_acted_are_those_of_monexts_pages() -> None:
    assert {
        *("01196", "01197", "01199", "02002", "02003", "02011"),
        *("02013", "02101", "02102", "02103", "02106"),
    } == codes.UNSURE_OPERATION_CODES


def test_no_code_of_an_approval_contradicts_it() -> None:
    assert [code for code in codes.ACCEPTED_CODES if codes.contradicts_acceptance(code)] == []


@pytest.mark.parametrize("code", ["01100", "02319", "02304", "03003", "04003"])
def test_codes_of_refusals_contradict_an_approval(code: str) -> None:
    assert codes.contradicts_acceptance(code)


@pytest.mark.parametrize("code", ["", "34231", "A1"])
def test_codes_of_partners_do_not(code: str) -> None:
    assert not codes.contradicts_acceptance(code)


def test_nothing_is_known_with_these_statuses() -> None:
    statuses = (*codes.UNDECIDED_STATUSES, 500, 502, 503, 504, 599)
    assert [status for status in statuses if not codes.undecided(status)] == []


def test_the_body_tells_with_these_statuses() -> None:
    statuses = (200, 201, 202, 400, 404, 409, 412, 422)
    assert [status for status in statuses if codes.undecided(status)] == []
