"""A return code that our table lacks is logged by name, and seldom."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from monext_bridge.services.remotes.unknown_codes import (
    LONGEST_CODE,
    MOST_CODES,
    OTHERS,
    TOLD_EVERY,
    AnswerAbout,
    UnknownCodes,
)
from tests.log_lines import LogLines, captured_logs
from tests.manual_clock import ManualClock
from tests.mapping.monext.monext_json import a_result

SESSION, OPERATION = AnswerAbout.SESSION, AnswerAbout.OPERATION


def note(codes: UnknownCodes, code: str, *, about: AnswerAbout = SESSION, title: str = "REFUSED") -> None:
    codes.note(200, {"result": a_result(title, code)}, about=about)


def told(lines: LogLines) -> list[str]:
    return [line["code"] for line in lines.of("monext_code_unknown")]


@pytest.mark.parametrize("about", AnswerAbout)
def test_a_code_that_the_table_lacks_is_logged_with_its_title(about: AnswerAbout) -> None:
    with captured_logs() as lines:
        note(UnknownCodes(clock=ManualClock()), "02999", about=about, title="Refused")
    (line,) = lines.of("monext_code_unknown")
    assert (line["level"], line["code"], line["title"], line["about"]) == (
        "WARNING",
        "02999",
        "REFUSED",
        about.value,
    )


@pytest.mark.parametrize("code", ["00000", "01100", "02306", "02601", ""])
def test_a_code_of_the_table_is_not_logged(code: str) -> None:
    with captured_logs() as lines:
        note(UnknownCodes(clock=ManualClock()), code)
    assert told(lines) == []


def test_a_code_is_logged_once_an_hour() -> None:
    clock = ManualClock()
    codes = UnknownCodes(clock=clock)
    with captured_logs() as lines:
        for seconds in (0, 1, TOLD_EVERY - 2, 1):
            clock.advance(seconds)
            note(codes, "02999")
    assert told(lines) == ["02999", "02999"]


def test_a_code_of_a_session_and_of_an_operation_are_two() -> None:
    codes = UnknownCodes(clock=ManualClock())
    with captured_logs() as lines:
        for about in (SESSION, OPERATION, SESSION, OPERATION):
            note(codes, "02999", about=about)
    assert told(lines) == ["02999", "02999"]


def test_made_up_codes_are_told_together_and_do_not_fill_the_memory() -> None:
    clock = ManualClock()
    codes = UnknownCodes(clock=clock)
    with captured_logs() as lines:
        for number in range(20 * MOST_CODES):
            note(codes, f"9{number:06d}")
    assert len(told(lines)) == MOST_CODES + 1
    assert told(lines)[-1] == OTHERS
    clock.advance(TOLD_EVERY)
    with captured_logs() as lines:
        note(codes, "9999999")
    assert told(lines) == ["9999999"]


def test_codes_that_begin_alike_and_are_too_long_are_one() -> None:
    codes = UnknownCodes(clock=ManualClock())
    with captured_logs() as lines:
        for number in range(50):
            note(codes, "9" * LONGEST_CODE + str(number))
    assert told(lines) == ["9" * LONGEST_CODE]


def test_threads_that_hear_the_same_code_at_once_log_it_once() -> None:
    codes = UnknownCodes(clock=ManualClock())
    with captured_logs() as lines, ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: note(codes, "02999"), range(400)))
    assert told(lines) == ["02999"]
