"""What people type at a terminal: each argument of any text is taken, or refused in a sentence."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monext_bridge.domain.money import Money
from monext_bridge.web.cli.amounts import bare_amount, read_amount
from monext_bridge.web.cli.durations import Duration, written
from sandbox.runner import Sandbox
from tests.bridges import InProcess
from tests.fuzz.effort import effort
from tests.fuzz.mutations import TEXTS

AMOUNTS = (
    "1",
    "12.34",
    "12,34",
    "1,234",
    "٣.٤",
    "1e5",
    "+1",
    "-1",
    "0",
    "0.001",
    "9" * 15 + "." + "9" * 15,
    "9" * 40,
)
DURATIONS = ("90s", "15m", "36h", "30d", "999999d", "0s", "٣s", "1.5h", "1 h", "999999m", "-1s", "1w")
typed = st.sampled_from((*TEXTS, *AMOUNTS, *DURATIONS)) | st.text(max_size=12)
LIMITS = Duration(least=timedelta(0), most=timedelta(days=366))
COMMANDS = (
    ("payment", "show", "{}"),
    ("payment", "capture", "{}", "--yes", "--amount", "{}"),
    ("payment", "refund", "{}", "--yes", "--amount", "{}", "--key", "{}"),
    ("payment", "refund", "{}", "--yes", "--all", "--transaction", "{}", "--reference", "{}"),
    ("payment", "cancel", "{}", "--yes", "--json"),
    ("reconcile", "--dry-run", "--since", "{}", "--older-than", "{}"),
    ("reconcile", "--dry-run", "--since", "1m", "--after", "{}", "--store", "{}"),
    ("setup-subscription", "--dry-run", "--sns-topic-arn", "{}"),
    ("setup-subscription", "--dry-run", "--event-grid-uri", "{}", "--google-topic", "{}"),
)


@given(text=typed, digits=st.sampled_from((0, 2, 3)))
@effort(120)
def test_an_amount_of_any_text_is_read_or_refused(text: str, digits: int) -> None:
    like = Money(1, "XXX", digits)
    with suppress(ValueError):
        amount = read_amount(text, like=like)
        assert amount.cent_amount > 0
        assert read_amount(bare_amount(amount), like=like) == amount


@given(text=typed)
@effort(120)
def test_a_duration_of_any_text_is_read_or_refused(text: str) -> None:
    try:
        duration = LIMITS.convert(text, None, None)
    except click.BadParameter:
        return
    assert LIMITS.convert(written(duration), None, None) == duration


@pytest.fixture(scope="module")
def bridge(sandbox: Sandbox) -> InProcess:
    return InProcess(sandbox)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command[:2]))
@given(data=st.data())
@effort(6)
def test_a_command_with_arguments_of_any_text_ends_with_a_code(
    command: tuple[str, ...], bridge: InProcess, data: st.DataObject
) -> None:
    arguments = [part.replace("{}", data.draw(typed)) if "{}" in part else part for part in command]
    result = bridge.app.test_cli_runner().invoke(args=arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    assert "Traceback" not in result.output
