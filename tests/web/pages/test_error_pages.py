"""Every error is an honest answer, as a page or as JSON."""

from __future__ import annotations

import logging

import pytest
from bs4 import BeautifulSoup
from flask import Flask, abort, redirect
from werkzeug.test import TestResponse
from werkzeug.wrappers import Response

from monext_bridge import errors
from monext_bridge.domain.record.cart import NotPayable
from monext_bridge.errors import (
    BridgeError,
    CartNotPayable,
    Conflict,
    EarlierAttemptUnknown,
    Forbidden,
    Malformed,
    NotFound,
    RemoteNotFound,
    RemoteRefused,
    RemoteTimeout,
    RemoteUnavailable,
    RemoteUnreachable,
    SchedulerBusy,
    StoreNotConfigured,
    Unauthenticated,
    VersionConflict,
)
from monext_bridge.logs import correlation_id
from monext_bridge.mapping.json_object import UnreadableResource
from monext_bridge.services.access import ApiClient, ScopeMissing
from monext_bridge.services.access.principals import PrincipalNotConfigured
from monext_bridge.services.checkout.open_session import Outdated
from monext_bridge.web.pages.error_pages import (
    LOOK_AGAIN,
    MOST_ERROR_POLLS,
    RETRY_AFTER_ERROR,
    init_error_pages,
)
from monext_bridge.web.pages.error_words import BY_STATUS, NOT_PAYABLE
from tests.web.declared_endpoints import ENDPOINTS
from tests.web.rendered_pages import HOSTILE, page_app

SECRET = "what monext really said"
NOTHING = "No new payment was started, so nothing was taken this time."
UNKNOWN = (
    "We do not know yet whether a payment went through. "
    "Do not pay again before you have checked with the shop."
)

ERRORS: list[tuple[Exception, int]] = [
    (Malformed(SECRET), 400),
    (Unauthenticated(SECRET), 401),
    (Forbidden(SECRET), 403),
    (errors.LinkExpired(SECRET), 403),
    (NotFound(SECRET), 404),
    (Conflict(SECRET), 409),
    (CartNotPayable("empty"), 409),
    (StoreNotConfigured(store_key="north", setting="MONEXT_API_KEY"), 503),
    (SchedulerBusy("another scheduler is at work"), 503),
    (errors.PageNotFetched(SECRET), 503),
    (RemoteRefused(SECRET, remote="monext", status=400), 502),
    (RemoteNotFound(SECRET, remote="commercetools", status=404), 502),
    (VersionConflict(SECRET, remote="commercetools", status=409), 502),
    (errors.DuplicateField(SECRET, remote="commercetools", status=400, field="key"), 502),
    (RemoteUnavailable(SECRET, remote="monext"), 503),
    (errors.RemoteTooLarge(SECRET, remote="monext"), 503),
    (RemoteUnreachable(SECRET, remote="monext"), 503),
    (RemoteTimeout(SECRET, remote="monext"), 504),
    (EarlierAttemptUnknown(SECRET, remote="monext"), 503),
    (errors.OrderRefusedForNow(SECRET, remote="commercetools"), 503),
    (errors.OperationUnknown(SECRET, remote="monext"), 503),
    (errors.InvalidJson(SECRET), 400),
    (errors.MissingField(SECRET), 400),
    (errors.KeyReused(SECRET), 422),
    (errors.TooMany(SECRET), 429),
    (UnreadableResource(SECRET), 503),
    (PrincipalNotConfigured(SECRET), 503),
    (ScopeMissing(SECRET, client=ApiClient("a-client")), 403),
    (RuntimeError(SECRET), 500),
    (BridgeError(SECRET), 500),
]


def app_raising(error: Exception) -> Flask:
    """An application whose every endpoint fails with this error."""

    def fail() -> str:
        correlation_id.set("correlation-0001")
        raise error

    app = page_app()
    for endpoint in ("checkout.start", "buyer.returned", "operations"):
        app.add_url_rule(f"/{endpoint}", endpoint=endpoint, view_func=fail)
    init_error_pages(app, is_json=lambda request: request.endpoint == "operations", endpoints=ENDPOINTS)
    return app


def answered(error: Exception, *, at: str = "checkout.start", query: str = "") -> TestResponse:
    return app_raising(error).test_client().get(f"/{at}{query}")


def page_of(answer: TestResponse) -> BeautifulSoup:
    return BeautifulSoup(answer.get_data(as_text=True), "html.parser")


def verdict(answer: TestResponse) -> str:
    (found,) = page_of(answer).select(".verdict")
    return found.get_text()


def test_every_error_of_the_tree_is_in_the_table() -> None:
    def below(kind: type[BridgeError]) -> set[type[BridgeError]]:
        return {kind}.union(*(below(child) for child in kind.__subclasses__()))

    abstract = {BridgeError, errors.RequestError, errors.RemoteError, errors.SettingsError}
    never_leave_a_service = {Outdated}
    assert {type(error) for error, _ in ERRORS} >= below(BridgeError) - abstract - never_leave_a_service


@pytest.mark.parametrize(("error", "status"), ERRORS, ids=lambda value: type(value).__name__)
def test_error_has_its_status_everywhere(error: Exception, status: int) -> None:
    everywhere = ("checkout.start", "buyer.returned", "operations")
    found = {at: answered(error, at=at).status_code for at in everywhere}
    assert found == dict.fromkeys(everywhere, status)


def test_pages_quote_the_correlation_id_and_nothing_of_the_error() -> None:
    answers = {repr(error): answered(error) for error, _ in ERRORS}

    assert {answer.content_type for answer in answers.values()} == {"text/html; charset=utf-8"}
    assert [name for name, answer in answers.items() if SECRET in answer.get_data(as_text=True)] == []
    quoted = {n: [tag.get_text() for tag in page_of(a).select("#reference")] for n, a in answers.items()}
    assert [name for name, said in quoted.items() if said != ["correlation-0001"]] == []


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 415, 429, 500, 502, 503, 504])
def test_number_to_quote_has_a_button_that_a_script_shows_on_every_error_page(status: int) -> None:
    error = errors.RequestError("no")
    error.status = status
    for at in ("checkout.start", "buyer.returned"):
        page = page_of(answered(error, at=at))

        (button,) = page.select("button")
        assert (button["data-copies"], button["type"], button.has_attr("hidden")) == (
            "reference",
            "button",
            True,
        )
        assert [script["src"] for script in page.select("script")] == ["/static/bridge.js"]


def test_at_the_start_nothing_was_taken_unless_an_earlier_payment_is_unknown() -> None:
    said = {repr(error): verdict(answered(error, at="checkout.start")) for error, _ in ERRORS}
    unknown = [repr(error) for error, _ in ERRORS if isinstance(error, EarlierAttemptUnknown)]
    assert said == dict.fromkeys(said, NOTHING) | dict.fromkeys(unknown, UNKNOWN)


def test_later_we_do_not_know() -> None:
    said = {repr(error): verdict(answered(error, at="buyer.returned")) for error, _ in ERRORS}
    assert said == dict.fromkeys(said, UNKNOWN)


@pytest.mark.parametrize("at", ["checkout.start", "operations"])
def test_who_asked_for_too_much_is_told_when_to_come_again(at: str) -> None:
    assert answered(errors.TooMany(SECRET), at=at).headers["Retry-After"] == "60"


def test_address_that_leads_nowhere_says_nothing_of_money() -> None:
    answer = app_raising(Malformed("")).test_client().get("/retrun")

    assert answer.status_code == 404
    assert page_of(answer).select(".verdict") == []


@pytest.mark.parametrize("reason", NotPayable)
def test_every_reason_not_to_pay_has_its_own_words(reason: NotPayable) -> None:
    page = page_of(answered(CartNotPayable(reason)))

    (heading,) = page.select("h1")
    assert heading.get_text() == str(NOT_PAYABLE[reason].heading)
    assert str(NOT_PAYABLE[reason].text) in page.get_text()


def test_reasons_are_told_apart_by_their_headings() -> None:
    assert set(NOT_PAYABLE) == set(NotPayable)
    assert len({str(words.heading) for words in NOT_PAYABLE.values()}) == len(NotPayable)


@pytest.mark.parametrize("status", [*sorted(BY_STATUS), 413, 418, 500, 501])
def test_every_status_has_words(status: int) -> None:
    app = page_app()
    app.add_url_rule("/", endpoint="buyer.result", view_func=lambda: abort(status))
    init_error_pages(app, is_json=lambda _: False, endpoints=ENDPOINTS)

    answer = app.test_client().get("/")
    assert answer.status_code == status
    assert page_of(answer).h1 is not None


@pytest.mark.parametrize(
    ("error", "offered"),
    [
        (RemoteTimeout("", remote="monext"), True),
        (RuntimeError(), True),
        (Malformed(""), False),
        (Conflict(""), False),
    ],
)
def test_trying_again_is_offered_where_it_may_help(error: Exception, offered: bool) -> None:
    assert bool(page_of(answered(error)).select("#retry")) is offered


def test_failure_at_the_start_warns_those_who_paid_before() -> None:
    warning = "If you have paid for this order before, check with the shop first."

    assert warning in page_of(answered(RemoteTimeout("", remote="monext"))).get_text()
    assert warning not in page_of(answered(Malformed(""))).get_text()


def test_words_of_the_request_are_not_echoed() -> None:
    body = answered(Malformed(HOSTILE, field=HOSTILE), query=f"?lang={HOSTILE}").get_data(as_text=True)

    assert "alert(" not in body


@pytest.mark.parametrize("at", ["buyer.returned", "operations"])
@pytest.mark.parametrize(("named", "said"), [(None, str(RETRY_AFTER_ERROR)), (3.2, "4"), (60, "60")])
def test_unavailable_remote_says_when_to_come_back(at: str, named: float | None, said: str) -> None:
    answer = answered(RemoteUnavailable("", remote="monext", retry_after=named), at=at)

    assert answer.headers["Retry-After"] == said


@pytest.mark.parametrize(
    ("query", "again"),
    [
        ("", "?waiting=1"),
        ("?waiting=7&lang=de&paylinetoken=abc&other=x", "?lang=de&paylinetoken=abc&waiting=8"),
        ("?waiting=x", "?waiting=1"),
    ],
)
def test_page_after_a_payment_looks_again_while_a_remote_is_down(query: str, again: str) -> None:
    answer = answered(RemoteUnavailable("", remote="monext"), at="buyer.returned", query=query)

    assert answer.headers["Refresh"] == f"{LOOK_AGAIN}; url=/buyer.returned{again}"


def test_page_after_a_payment_does_not_look_for_ever() -> None:
    for query in (f"?waiting={MOST_ERROR_POLLS}", "?waiting=999"):
        answer = answered(RemoteUnavailable("", remote="monext"), at="buyer.returned", query=query)
        assert "Refresh" not in answer.headers
        assert page_of(answer).select("#retry")


def test_headers_of_flasks_own_errors_are_kept() -> None:
    answer = app_raising(Malformed("")).test_client().post("/checkout.start")

    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert answer.content_type == "text/html; charset=utf-8"


@pytest.mark.parametrize("own", [redirect("/elsewhere", code=303), Response("own words", status=403)])
def test_answer_that_an_error_brings_along_is_given_as_it_is(own: Response) -> None:
    app = page_app()
    app.add_url_rule("/", endpoint="buyer.result", view_func=lambda: abort(own))
    app.add_url_rule("/coded", endpoint="buyer.cancel", view_func=lambda: abort(403, response=own))
    init_error_pages(app, is_json=lambda _: False, endpoints=ENDPOINTS)

    for path in ("/", "/coded"):
        answer = app.test_client().get(path)
        assert (answer.status_code, answer.get_data()) == (own.status_code, own.get_data())


# --- JSON


def test_json_error_names_code_message_and_field() -> None:
    body = answered(Malformed("a text is needed", field="mode"), at="operations").get_json()

    assert body == {
        "message": "a text is needed",
        "statusCode": 400,
        "errors": [{"code": "InvalidField", "message": "a text is needed", "field": "mode"}],
    }


@pytest.mark.parametrize(
    ("error", "code"),
    [(Unauthenticated("no token"), "invalid_token"), (Forbidden("no token"), "access_denied")],
)
def test_authentication_errors_have_the_members_of_oauth(error: Exception, code: str) -> None:
    body = answered(error, at="operations").get_json()

    assert (body["error"], body["error_description"]) == (code, "no token")


def test_missing_authentication_is_asked_for() -> None:
    assert answered(Unauthenticated(""), at="operations").headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NotFound(""), "ResourceNotFound"),
        (Conflict(""), "InvalidOperation"),
        (VersionConflict("", remote="commercetools", status=409), "ConcurrentModification"),
        (RemoteTimeout("", remote="monext"), "General"),
        (RuntimeError(), "General"),
    ],
)
def test_json_codes_are_those_of_the_connectors(error: Exception, code: str) -> None:
    assert answered(error, at="operations").get_json()["errors"][0]["code"] == code


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (RemoteRefused(SECRET, remote="monext", status=400), "monext refused the request"),
        (RemoteUnreachable(SECRET, remote="commercetools"), "commercetools could not be reached"),
        (RemoteTimeout(SECRET, remote="monext"), "monext did not answer: whether it acted is not known yet"),
        (RuntimeError(SECRET), "Internal Server Error: the log has the details"),
    ],
)
def test_json_does_not_repeat_what_a_remote_said(error: Exception, message: str) -> None:
    assert answered(error, at="operations").get_json()["message"] == message


def test_unknown_path_of_the_json_api_is_json() -> None:
    app = page_app()
    init_error_pages(app, is_json=lambda request: request.path.startswith("/operations"), endpoints=ENDPOINTS)

    answer = app.test_client().get("/operations/nothing")
    assert answer.status_code == 404
    assert answer.get_json()["errors"][0]["code"] == "ResourceNotFound"


# --- the log


def test_unexpected_error_is_logged_with_its_stack(caplog: pytest.LogCaptureFixture) -> None:
    answered(RuntimeError("broken"))

    (record,) = [r for r in caplog.records if r.name == "monext_bridge.web.pages.error_pages"]
    assert record.levelno == logging.ERROR
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], RuntimeError)


@pytest.mark.parametrize(
    ("error", "level"), [(RemoteTimeout("", remote="monext"), logging.ERROR), (Malformed(""), logging.INFO)]
)
def test_expected_error_is_one_line_by_its_weight(
    error: Exception, level: int, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        answered(error)

    (record,) = [r for r in caplog.records if r.name == "monext_bridge.web.pages.error_pages"]
    assert (record.levelno, record.exc_info) == (level, None)
