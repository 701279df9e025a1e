"""What a log shows of texts that come from anybody: bounded, and never half of what must not be seen."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from monext_bridge.cleaning import EXAMINED, LONGEST_LOGGED, cleaned_for_log
from monext_bridge.logs import JsonFormatter, correlation_id, event
from tests.log_lines import LogLines, captured_logs

log = logging.getLogger("tests.cleaning")
HUGE = 20_000
TEXTS = (
    "a@" * HUGE,
    "a" * HUGE,
    "Basic " * HUGE,
    "?" * HUGE,
    "/return/" * HUGE,
    "%25" * HUGE,
    "a b, " * HUGE,
)
LONGEST_LINE = 6000
"""Characters: some fields, and eight frames of a stack."""


@pytest.fixture
def lines() -> Iterator[LogLines]:
    with captured_logs() as lines:
        yield lines


@contextmanager
def caused_by(correlation: str) -> Iterator[None]:
    token = correlation_id.set(correlation)
    try:
        yield
    finally:
        correlation_id.reset(token)


def raising(text: str, *, depth: int = 20) -> None:
    if depth:
        raising(text, depth=depth - 1)
    kind = type(text, (ValueError,), {})
    raise kind(text)


class TestAddresses:
    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("to <jean@example.com>", "to <[redacted]>"),
            ("to (jean@example.com)", "to [redacted]"),
            ("mailto:jean.dupont+shop@mail.example.co.uk, sent", "mailto:[redacted], sent"),
            ("login=jean%40example.com&x", "login=[redacted]"),
            ("/customers/email=jean%2540example.com/x", "/customers/email=[redacted]/x"),
            ("jean@bücher.example is no ASCII", "[redacted] is no ASCII"),
            ("a@b@c@example.com", "[redacted]"),
            ("https://user:password@example.com/x", "https://user:[redacted]/x"),
            ("redis://:password@localhost:6379", "redis://:[redacted]:6379"),
            ("jean@localhost", "[redacted]"),
        ],
    )
    def test_a_token_that_holds_an_address_is_hidden_whole(self, text: str, shown: str) -> None:
        assert cleaned_for_log(text) == shown

    @pytest.mark.parametrize("text", ["@", "@media", "5 @ 2.00", "100%", "%40", "at 40%", "a@ b"])
    def test_a_sign_that_joins_nothing_hides_nothing(self, text: str) -> None:
        assert cleaned_for_log(text) == text


class TestCut:
    SECRETS = (
        "customer jean.dupont@example.com",
        "customer jean.dupont%40example.com",
        "Authorization: Bearer abc/def/ghi+jkl_mno=pqr",
        "Authorization: Basic   bTE6a2V5LW9uZQ==",
        "url /return/eyJwIjoiMSJ9.abc-_d",
        "url /v1/checkout/payments/sessions/13fChMDzWfyVw6d2",
        "url /x?paylinetoken=1abc/def&email=jean:dupont",
    )
    PARTS = (
        *("jean", "dupont", "exam", "abc", "def", "ghi", "jkl", "bTE", "a2V", "eyJ"),
        *("13f", "Wfy", "w6d2", "paylinetoken"),
    )

    @pytest.mark.parametrize("secret", SECRETS)
    def test_no_part_of_a_secret_is_shown_wherever_a_text_is_cut(self, secret: str) -> None:
        """Before it comes a query, which goes: what follows it is then near enough to the beginning to be shown."""
        for place in range(EXAMINED - len(secret) - 5, EXAMINED + 5):
            shown = cleaned_for_log(f"GET /?{'q' * (place - 7)} {secret} and on {'x' * 100}")
            assert [part for part in self.PARTS if part in shown] == []

    def test_the_beginning_of_a_text_that_was_cut_is_shown_and_says_so(self) -> None:
        assert cleaned_for_log(f"not done, {'because ' * 1000}").startswith("not done, because")
        assert cleaned_for_log("x " * 1000 + "y " * 1000).endswith("…")
        assert cleaned_for_log(f"GET /?{'q' * HUGE}") == "GET /…"

    def test_a_text_without_an_end_in_sight_is_left_out(self) -> None:
        assert cleaned_for_log(f"/{'a@' * HUGE}") == "/…"


class TestBounds:
    @pytest.mark.parametrize("text", TEXTS, ids=lambda text: text[:8])
    def test_a_text_is_never_longer_than_the_longest(self, text: str) -> None:
        assert len(cleaned_for_log(text)) <= LONGEST_LOGGED

    @pytest.mark.parametrize("text", TEXTS, ids=lambda text: text[:8])
    def test_every_field_of_a_line_is_bounded(self, text: str, lines: LogLines) -> None:
        with caused_by(text):
            event(logging.getLogger(text), text, level=logging.INFO, **{text: text, "why": text})
            logging.getLogger(text).warning("%s and %s", text, [text])
            try:
                raising(text)
            except ValueError:
                log.exception(text)
        shown = lines.text.splitlines()
        assert len(shown) == 3
        assert max(len(line) for line in shown) < LONGEST_LINE

    def test_the_stack_names_the_innermost_frames(self, lines: LogLines) -> None:
        try:
            raising("x")
        except ValueError:
            log.exception("could not")
        (line,) = lines.all()
        assert line["stack"].count(" > ") == 7
        assert line["stack"].endswith(" raising")

    @pytest.mark.parametrize(
        "number", [2**64, -(2**64), 10**5000], ids=["64 bits", "negative", "5000 digits"]
    )
    def test_a_number_that_is_too_long_to_write_is_refused(self, lines: LogLines, number: int) -> None:
        event(log, "odd", sum=number)
        (line,) = lines.all()
        assert line["sum"] == "[int refused]"


class Unspeakable:
    def __str__(self) -> str:
        raise RuntimeError("a secret")

    __repr__ = __str__


class UnspeakableError(Exception):
    __str__ = Unspeakable.__str__


def test_an_object_that_can_not_say_what_it_is_leaves_its_type() -> None:
    record = logging.makeLogRecord({"msg": Unspeakable(), "args": ()})
    assert json.loads(JsonFormatter().format(record))["message"] == "[Unspeakable refused]"


def test_an_argument_that_can_not_be_written_leaves_the_message() -> None:
    record = logging.makeLogRecord({"msg": "read %s", "args": (Unspeakable(),)})
    assert json.loads(JsonFormatter().format(record))["message"] == "read %s"


def test_an_error_that_can_not_say_what_it_is_leaves_its_type(lines: LogLines) -> None:
    try:
        raise UnspeakableError
    except UnspeakableError:
        log.exception("could not")
    (line,) = lines.all()
    assert (line["error_type"], line["error"]) == ("UnspeakableError", "[UnspeakableError refused]")
