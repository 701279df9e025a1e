"""The bank: what it asks for, what it refuses, and what it says in the end."""

from __future__ import annotations

import socket
import ssl
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from sandbox.bank import (
    CARDS,
    Answer,
    Bank,
    Outcome,
    Request,
    Scenario,
    create_app,
    read,
    tls_context,
    written,
)
from sandbox.monext.cards import luhn_valid
from sandbox.serving import Server
from tests.sandbox.monext.merchant import found, page_of

SERVER_ID = str(uuid4())
BACK = "https://monext.example/3ds/return?token=t"
CRES = ("threeDSServerTransID", "acsTransID", "messageType", "messageVersion", "transStatus")
METHOD: dict[str, Any] = {
    "threeDSServerTransID": SERVER_ID,
    "threeDSMethodNotificationURL": "https://monext.example/3ds/method-notification",
}


@pytest.fixture
def bank() -> Bank:
    return Bank()


def asked(bank: Bank, scenario: Scenario = Scenario.CHALLENGE, *, completed: bool | None = True) -> Answer:
    return bank.authenticate(Request(SERVER_ID, scenario, BACK, completed))


def creq(answer: Answer, **changes: Any) -> dict[str, str]:
    message = {
        "threeDSServerTransID": SERVER_ID,
        "acsTransID": answer.acs_trans_id,
        "messageType": "CReq",
        "messageVersion": "2.2.0",
        "challengeWindowSize": "05",
    }
    return {
        "creq": written({name: value for name, value in (message | changes).items() if value is not None})
    }


def post(bank: Bank, path: str, **form: str) -> TestResponse:
    return create_app(bank).test_client().post(path, data=form)


def press(bank: Bank, answer: Answer, button: str) -> TestResponse:
    return post(bank, "/acs/answer", transaction=answer.acs_trans_id, answer=button)


def refusal(answer: TestResponse) -> str:
    assert answer.status_code == 400
    return str(found(page_of(answer), "#refusal")["data-code"])


def sent_on(answer: TestResponse, field: str) -> tuple[str, str]:
    """Where the page sends the browser, and a field of its form."""
    page = page_of(answer)
    return str(found(page, "#send-on")["action"]), str(found(page, f"input[name={field}]")["value"])


def test_every_magic_card_is_one_and_no_two_are_the_same() -> None:
    assert all(luhn_valid(number) and number.startswith("4970") for number in CARDS.values())
    assert (set(CARDS), len(set(CARDS.values()))) == (set(Scenario), len(Scenario))


def test_the_method_reports_to_the_merchants_server(bank: Bank) -> None:
    url, message = sent_on(
        post(bank, "/acs/3ds-method", threeDSMethodData=written(METHOD)), "threeDSMethodData"
    )
    assert url == METHOD["threeDSMethodNotificationURL"]
    assert read(message, members=("threeDSServerTransID",)) == {"threeDSServerTransID": SERVER_ID}


def test_a_silent_method_reports_nothing(bank: Bank) -> None:
    path = bank.method_url(Scenario.SILENT_METHOD).removeprefix(bank.url)
    assert not page_of(post(bank, path, threeDSMethodData=written(METHOD))).select("form, script")


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({}, "201"),
        ({"threeDSMethodData": "{}"}, "203"),
        ({"threeDSMethodData": written(METHOD), "token": "t"}, "203"),
        ({"threeDSMethodData": written(METHOD | {"more": "1"})}, "203"),
        ({"threeDSMethodData": written({"threeDSServerTransID": SERVER_ID})}, "201"),
        ({"threeDSMethodData": written(METHOD | {"threeDSServerTransID": "1"})}, "203"),
        ({"threeDSMethodData": written(METHOD | {"threeDSMethodNotificationURL": "javascript:1"})}, "305"),
        ({"threeDSMethodData": written(METHOD), "3DSMethodData": "other"}, "305"),
    ],
)
@pytest.mark.parametrize("path", ["/acs/3ds-method", "/silent-acs/3ds-method"])
def test_a_wrong_form_of_the_method_is_refused(
    bank: Bank, path: str, form: dict[str, str], code: str
) -> None:
    assert refusal(post(bank, path, **form)) == code


@pytest.mark.parametrize(
    "path", ["/acs/3ds-method", "/silent-acs/3ds-method", "/acs/challenge", "/acs/answer"]
)
def test_nothing_is_to_be_had_by_get(bank: Bank, path: str) -> None:
    assert create_app(bank).test_client().get(path).status_code == 405


@pytest.mark.parametrize(
    ("scenario", "completed", "status"),
    [
        (Scenario.FRICTIONLESS, True, "Y"),
        (Scenario.FRICTIONLESS, None, "Y"),
        (Scenario.FRICTIONLESS, False, "C"),
        *((each, True, "C") for each in Scenario if each is not Scenario.FRICTIONLESS),
    ],
)
def test_whom_the_bank_asks(bank: Bank, scenario: Scenario, completed: bool | None, status: str) -> None:
    answer = asked(bank, scenario, completed=completed)
    assert (answer.trans_status, answer.acs_url) == (status, "https://bank.example/acs/challenge")
    assert bank.outcome(answer.acs_trans_id) is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"acsTransID": str(uuid4())}, "301"),
        ({"threeDSServerTransID": str(uuid4())}, "301"),
        ({"acsTransID": "1"}, "203"),
        ({"acsTransID": None}, "201"),
        ({"challengeWindowSize": None}, "201"),
        ({"messageType": "CRes"}, "305"),
        ({"messageVersion": "1.0.2"}, "305"),
        ({"transStatus": "Y"}, "203"),
    ],
)
def test_a_wrong_request_for_a_challenge_is_refused(bank: Bank, changes: dict[str, Any], code: str) -> None:
    answer = asked(bank)
    assert refusal(post(bank, "/acs/challenge", **creq(answer, **changes))) == code
    assert post(bank, "/acs/challenge", **creq(answer)).status_code == 200


@pytest.mark.parametrize("form", [{"PaReq": "x"}, {"creq": "%"}, {"creq": "", "TermUrl": BACK}])
def test_a_form_without_a_message_is_refused(bank: Bank, form: dict[str, str]) -> None:
    assert refusal(post(bank, "/acs/challenge", **form)) in ("201", "203")


def test_a_challenge_that_was_shown_is_refused(bank: Bank) -> None:
    form = creq(asked(bank))
    assert post(bank, "/acs/challenge", **form).status_code == 200
    assert refusal(post(bank, "/acs/challenge", **form)) == "305"


@pytest.mark.parametrize(
    ("scenario", "button", "outcome"),
    [
        (Scenario.CHALLENGE, "authenticate", Outcome("Y")),
        (Scenario.CHALLENGE, "fail", Outcome("N")),
        (Scenario.CHALLENGE, "cancel", Outcome("N", "01")),
        (Scenario.CHALLENGE_REFUSED, "authenticate", Outcome("N")),
        (Scenario.SILENT_METHOD, "authenticate", Outcome("Y")),
    ],
)
def test_the_buyers_answer_goes_back_with_the_browser(
    bank: Bank, scenario: Scenario, button: str, outcome: Outcome
) -> None:
    answer = asked(bank, scenario)
    post(bank, "/acs/challenge", threeDSSessionData="kept", **creq(answer))
    page = press(bank, answer, button)
    url, cres = sent_on(page, "cres")
    message = read(cres, members=CRES)
    assert (url, message["transStatus"]) == (BACK, outcome.trans_status)
    assert (message["threeDSServerTransID"], message["acsTransID"]) == (SERVER_ID, answer.acs_trans_id)
    assert sent_on(page, "threeDSSessionData")[1] == "kept"
    assert bank.outcome(answer.acs_trans_id) == outcome


def test_the_bank_does_not_wait_for_ever(bank: Bank) -> None:
    answer = asked(bank, Scenario.CHALLENGE_ABANDONED)
    _, cres = sent_on(post(bank, "/acs/challenge", **creq(answer)), "cres")
    assert read(cres, members=CRES)["transStatus"] == "N"
    assert bank.outcome(answer.acs_trans_id) == Outcome("N", "04")


@pytest.mark.parametrize("before", ["nothing", "answered"])
def test_an_answer_that_nobody_waits_for_is_refused(bank: Bank, before: str) -> None:
    answer = asked(bank)
    if before == "answered":
        post(bank, "/acs/challenge", **creq(answer))
        press(bank, answer, "fail")
    told = bank.outcome(answer.acs_trans_id)
    assert refusal(press(bank, answer, "authenticate")) == "305"
    assert bank.outcome(answer.acs_trans_id) == told


def test_an_answer_that_is_no_button_is_refused(bank: Bank) -> None:
    answer = asked(bank)
    post(bank, "/acs/challenge", **creq(answer))
    assert refusal(press(bank, answer, "maybe")) == "305"
    assert bank.outcome(answer.acs_trans_id) is None


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_bank_speaks_tls_with_a_certificate_of_its_own_name_that_nobody_has_signed(host: str) -> None:
    server = Server(create_app(), host=host, tls=tls_context(host))
    server.start()
    try:
        with pytest.raises(ssl.SSLCertVerificationError, match="self-signed"):
            ssl.get_server_certificate((host, server.port), ca_certs=ssl.get_default_verify_paths().cafile)
        trusting = ssl.create_default_context(cadata=ssl.get_server_certificate((host, server.port)))
        with (
            socket.create_connection((host, server.port), timeout=60) as plain,
            trusting.wrap_socket(plain, server_hostname=host) as connection,
        ):
            connection.sendall(b"GET / HTTP/1.1\r\nHost: bank\r\nConnection: close\r\n\r\n")
            assert connection.recv(100).startswith(b"HTTP/1.1 200")
    finally:
        server.stop()
