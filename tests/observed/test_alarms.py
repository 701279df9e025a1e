"""Lines of the log at WARNING or above are counted by their events, and nothing of a line becomes a label."""

from __future__ import annotations

import logging

from monext_bridge.logs import event
from monext_bridge.observed.alarms import AlarmHandler
from tests.log_lines import captured_logs


def counted(tell: str, *arguments: object, level: int = logging.WARNING, **scalars: str) -> list[str]:
    found: list[str] = []
    logger = logging.Logger("of-this-test")
    logger.addHandler(AlarmHandler(found.append))
    if arguments:
        logger.log(level, tell, *arguments)
    else:
        event(logger, tell, level=level, **scalars)
    return found


def test_an_alarm_is_counted_by_its_event() -> None:
    assert counted("not_kept", level=logging.ERROR, payment="1") == ["not_kept"]


def test_an_alarm_says_where_the_runbook_explains_it_and_other_lines_do_not() -> None:
    with captured_logs() as lines:
        logger = logging.getLogger("of-this-test")
        event(logger, "not_kept", level=logging.ERROR)
        logger.error("unexpected error at %s, answered with 500", "checkout.start")
        event(logger, "reconciled", level=logging.INFO)
        event(logger, "of_nobody", level=logging.ERROR)
    entries = [line.get("runbook") for line in lines.all()]
    assert entries == ["docs/runbook.md#not_kept", "docs/runbook.md#unexpected-error-at", None, None]


def test_what_is_no_alarm_is_not_counted() -> None:
    assert counted("order_created", level=logging.INFO) == []


def test_a_line_of_a_library_is_other() -> None:
    assert counted("Retrying %s for jane.doe@example.com", "x") == ["other"]


def test_a_name_that_nobody_knows_is_other() -> None:
    assert counted("jane.doe@example.com") == ["other"]


def test_an_error_with_its_stack_is_counted_by_what_it_says() -> None:
    assert counted("unexpected error at %s", "checkout", level=logging.ERROR) == ["unexpected error at"]


def test_what_is_no_text_is_other() -> None:
    found: list[str] = []
    record = logging.LogRecord("x", logging.ERROR, "f", 1, "not_kept", (), None)
    record.msg = ValueError("x")
    AlarmHandler(found.append).handle(record)
    assert found == ["other"]
