"""The log: JSON lines, scalars only, nothing that identifies a buyer or opens a door."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextvars import copy_context

import pytest

from monext_bridge.cleaning import without_reference
from monext_bridge.concerns import begin_concerns, concerning, end_concerns, now_concerns
from monext_bridge.logs import (
    JsonFormatter,
    access,
    configure,
    correlation_id,
    event,
    shortened,
)
from tests.log_lines import LogLines

log = logging.getLogger("tests.logs")


@pytest.fixture
def root_logger() -> Iterator[logging.Logger]:
    """The root logger, put back as it was."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    quiet = {name: logging.getLogger(name).level for name in ("urllib3", "werkzeug", "requests")}
    yield root
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    for name, before in quiet.items():
        logging.getLogger(name).setLevel(before)


def only(lines: LogLines) -> dict[str, object]:
    (line,) = lines.all()
    return line


def test_an_event_is_one_line_with_its_name_and_its_scalars(lines: LogLines) -> None:
    event(
        log, "outcome_recorded", level=logging.WARNING, payment="p-1", ms=12, share=0.5, paid=True, order=None
    )
    line = only(lines)
    assert line.pop("time", "").endswith("+00:00")  # type: ignore[attr-defined]
    assert line == {
        "level": "WARNING",
        "logger": "tests.logs",
        "event": "outcome_recorded",
        "payment": "p-1",
        "ms": 12,
        "share": 0.5,
        "paid": True,
        "order": None,
    }


def test_line_breaks_stay_inside_their_line(lines: LogLines) -> None:
    event(log, "refused", why='first\nsecond"}')
    assert only(lines)["why"] == 'first\nsecond"}'


@pytest.mark.parametrize("odd", ["\x7f", "\x80", "\x85", "\x9f", "\u2028", "\u2029"])
def test_nothing_that_a_reader_takes_for_an_end_or_an_order_stands_in_a_line(
    odd: str, lines: LogLines
) -> None:
    event(logging.getLogger("t"), "odd", level=logging.WARNING, why=f"é{odd}b")
    assert odd not in lines.text
    assert lines.of("odd")[0]["why"] == f"é{odd}b"


@pytest.mark.parametrize("value", [{"a": 1}, ["a"], b"bytes", object(), ("a",), {"a"}])
def test_what_is_no_scalar_is_refused_without_showing_it(lines: LogLines, value: object) -> None:
    event(log, "odd", what=value)  # type: ignore[arg-type]
    assert only(lines)["what"] == f"[{type(value).__name__} refused]"


def test_numbers_that_json_does_not_have_become_text(lines: LogLines) -> None:
    event(log, "odd", share=float("inf"), other=float("nan"))
    assert (only(lines)["share"], only(lines)["other"]) == ("inf", "nan")


def test_long_text_is_cut(lines: LogLines) -> None:
    event(log, "long", why="x" * 1000)
    assert len(str(only(lines)["why"])) == 300


@pytest.mark.parametrize(
    "name",
    [
        *("authorization", "token", "access_token", "client_secret", "api_key", "email", "first_name"),
        *("address", "phone", "buyer_email", "Cookie", "signature", "password"),
    ],
)
def test_the_value_under_a_suspicious_name_is_hidden(lines: LogLines, name: str) -> None:
    event(log, "careless", **{name: "the-value"})  # type: ignore[arg-type]
    assert "the-value" not in lines.text
    assert only(lines)[name] == "[redacted]"


@pytest.mark.parametrize("name", ["payment", "store_key", "order", "number", "monkey", "tokens_left"])
def test_other_names_are_shown(lines: LogLines, name: str) -> None:
    event(log, "fine", **{name: "the-value"})  # type: ignore[arg-type]
    assert only(lines)[name] == "the-value"


def test_the_beginning_of_a_session_token_may_be_shown_under_any_name(lines: LogLines) -> None:
    event(log, "seen", token=shortened("13fChMDzWfyVw6d2R2391553893852225"))
    assert only(lines)["token"] == "13fChM…"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("GET /orders?where=email%3Dx HTTP/1.1", "GET /orders HTTP/1.1"),
        (
            "https://shop.example.com/thanks?paylinetoken=1abc&x=y failed",
            "https://shop.example.com/thanks failed",
        ),
        ("sent Authorization: Basic bTE6a2V5LW9uZQ==", "sent Authorization: Basic [redacted]"),
        ("sent 'Bearer abc.def-ghi_jkl'", "sent 'Bearer [redacted]'"),
        ("customer jean.dupont@example.com exists", "customer [redacted] exists"),
        ("GET /return/eyJwIjoiMSJ9.abc-_d HTTP/1.1", "GET /return/… HTTP/1.1"),
        ("url: /v1/checkout/payments/sessions/13fChMDzWfyVw6d2", "url: /v1/checkout/payments/sessions/…"),
        ("route /v1/checkout/payments/sessions/{session}", "route /v1/checkout/payments/sessions/{session}"),
        ("paid? yes", "paid yes"),
    ],
)
def test_text_is_cleaned_wherever_it_comes_from(lines: LogLines, text: str, shown: str) -> None:
    event(log, "ours", why=text)
    logging.getLogger("some.library").warning("%s", text)
    ours, theirs = lines.all()
    assert (ours["why"], theirs["message"]) == (shown, shown)


def test_a_library_s_line_has_the_same_form(lines: LogLines) -> None:
    logging.getLogger("urllib3.connectionpool").warning("Connection pool is full, host %s", "api")
    line = only(lines)
    assert (line["event"], line["message"]) == ("message", "Connection pool is full, host api")
    assert line["logger"] == "urllib3.connectionpool"


def test_a_line_whose_arguments_do_not_fit_is_still_a_line() -> None:
    record = logging.makeLogRecord({"msg": "%d of %d", "args": ("x",)})
    assert json.loads(JsonFormatter().format(record))["message"] == "%d of %d"


def test_the_correlation_id_is_in_every_line_of_its_context(lines: LogLines) -> None:
    token = correlation_id.set("corr-12345678")
    try:
        event(log, "ours")
        logging.getLogger("some.library").warning("theirs")
    finally:
        correlation_id.reset(token)
    event(log, "after")
    assert [line.get("correlation_id") for line in lines.all()] == ["corr-12345678", "corr-12345678", None]


def fail_with(secret: str) -> None:
    raise ValueError(f"no such thing for {secret}@example.com")


def test_an_exception_is_type_message_and_stack_without_locals(lines: LogLines) -> None:
    try:
        fail_with("card-4970103469011001")
    except ValueError:
        log.exception("could not")
    line = only(lines)
    assert (line["error_type"], line["error"]) == ("ValueError", "no such thing for [redacted]")
    assert "fail_with" in str(line["stack"])
    assert "4970103469011001" not in lines.text


def test_an_exception_s_cause_is_named(lines: LogLines) -> None:
    try:
        try:
            fail_with("x")
        except ValueError as error:
            raise RuntimeError("outer") from error
    except RuntimeError:
        log.exception("could not")
    assert only(lines)["cause"] == "ValueError"


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/return/eyJ.sig", "/return/…"),
        ("/cancel/eyJ.sig/more", "/cancel/…"),
        ("//result/eyJ.sig", "/result/…"),
        ("/notification/eyJ.sig", "/notification/…"),
        ("/notification/", "/notification/"),
        ("/checkout/d4f6", "/checkout/d4f6"),
        ("/", "/"),
        ("", ""),
    ],
)
def test_a_reference_stays_out_of_the_access_log(path: str, shown: str) -> None:
    assert without_reference(path) == shown


def test_an_access_line_has_the_correlation_id_that_was_answered(lines: LogLines) -> None:
    """And not what an earlier request left behind in the thread."""
    headers = [("Content-Type", "text/html"), ("X-Correlation-ID", "corr-12345678")]
    token = correlation_id.set("of-another-request")
    try:
        access(log, method="GET", path="/return/eyJ.sig", status=303, ms=7, headers=headers)
    finally:
        correlation_id.reset(token)
    line = only(lines)
    assert (line["event"], line["method"], line["path"]) == ("access", "GET", "/return/…")
    assert (line["status"], line["ms"], line["correlation_id"]) == (303, 7, "corr-12345678")


def test_configuring_twice_does_not_double_the_lines(
    root_logger: logging.Logger, capfd: pytest.CaptureFixture[str]
) -> None:
    configure("INFO")
    configure("INFO")
    event(log, "once")
    assert capfd.readouterr().err.count('"event": "once"') == 1


def test_lines_below_the_level_are_left_out(
    root_logger: logging.Logger, capfd: pytest.CaptureFixture[str]
) -> None:
    configure("WARNING")
    event(log, "quiet")
    event(log, "loud", level=logging.WARNING)
    err = capfd.readouterr().err
    assert "loud" in err
    assert "quiet" not in err


def test_libraries_that_log_whole_urls_stay_quiet_even_when_debugging(root_logger: logging.Logger) -> None:
    configure("DEBUG")
    assert not logging.getLogger("urllib3.connectionpool").isEnabledFor(logging.INFO)
    assert not logging.getLogger("werkzeug").isEnabledFor(logging.INFO)


def test_a_line_names_what_another_call_of_the_same_hop_has_found_out(lines: LogLines) -> None:
    begin_concerns({})
    try:
        with concerning(store="fr-store"):
            this_call = copy_context()
        now_concerns(order="an-order")
        this_call.run(event, log, "answered")
    finally:
        end_concerns()
    assert (only(lines)["store"], only(lines)["order"]) == ("fr-store", "an-order")


def test_what_is_found_out_inside_is_forgotten_after_it(lines: LogLines) -> None:
    begin_concerns({})
    try:
        with concerning(store="fr-store"):
            now_concerns(order="an-order")
        event(log, "answered")
    finally:
        end_concerns()
    assert not {"store", "order"} & set(only(lines))
