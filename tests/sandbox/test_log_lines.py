import json

import pytest

from sandbox.log_lines import readable


def test_a_json_line_is_time_level_message_and_the_rest() -> None:
    line = '{"time": "2026-11-23T09:05:07.123Z", "level": "info", "message": "settled", "id": "p1", "ms": 12}'
    assert readable(line) == "09:05:07 INFO    settled id=p1 ms=12"


def test_a_value_with_spaces_is_quoted() -> None:
    assert readable('{"message": "m", "why": "two words"}').endswith('m why="two words"')


def test_what_says_nothing_is_left_out() -> None:
    assert readable('{"event": "m", "logger": "a.b", "failure": null}').split() == ["m"]


@pytest.mark.parametrize("line", ["plain text", "", "[1, 2]", '"quoted"', "{broken"])
def test_any_other_line_stays_as_it_is(line: str) -> None:
    assert readable(line) == line


def test_no_member_can_begin_another_line_or_steer_the_terminal() -> None:
    shown = readable(
        json.dumps({"level": "INFO", "event": "access", "path": "/a\n21:40 CRITICAL\tfake\x1b[31m\x00\u00a0"})
    )
    assert shown.isprintable()
    assert len(shown.splitlines()) == 1
