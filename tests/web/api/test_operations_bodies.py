"""Requests that the operations API can't serve: which code and which field each is answered with."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.bridges import InProcess
from tests.web.back_office import UNKNOWN_ID, BackOfficeClient, amount, capture, error_detail
from tests.world import World

LARGEST = 10**18
AMOUNT, CENTS, CURRENCY = (
    "actions.0.amount",
    "actions.0.amount.centAmount",
    "actions.0.amount.currencyCode",
)


@pytest.fixture
def office(in_process: InProcess, world: World) -> BackOfficeClient:
    return BackOfficeClient(in_process, world.back_office_token())


IN_UTF_16 = '{"actions": [{"action": "cancelPayment"}]}'.encode("utf-16")
NOT_JSON = [b"", b"{", b"amount=1", b"\xff\xfe\x00", IN_UTF_16, b'{"actions": [' * 4_000, b"[" * 60_000]


@pytest.mark.parametrize("content", NOT_JSON, ids=lambda content: repr(content[:12]))
def test_what_is_not_json_is_invalid_json(content: bytes, office: BackOfficeClient) -> None:
    answer = office.send(UNKNOWN_ID, content)
    assert (answer.status, error_detail(answer)["code"]) == (400, "InvalidJsonInput")


SAID_TWICE = [
    b'{"actions": [{"action": "refundPayment", "action": "cancelPayment"}]}',
    b'{"actions": [{"action": "refundPayment", "amount": {"centAmount": 1, "centAmount": 100}}]}',
    b'{"actions": [], "actions": []}',
]


@pytest.mark.parametrize("content", SAID_TWICE)
def test_what_is_said_twice_is_invalid_json(content: bytes, office: BackOfficeClient) -> None:
    """A gate before us may have read the first, and we would act on the last."""
    answer = office.send(UNKNOWN_ID, content)
    assert (answer.status, error_detail(answer)["code"]) == (400, "InvalidJsonInput")


MALFORMED: dict[str, tuple[Any, str, str]] = {
    "an array": ([], "InvalidField", "body"),
    "a text": ("capturePayment", "InvalidField", "body"),
    "null": (None, "InvalidField", "body"),
    "no actions": ({}, "RequiredField", "actions"),
    "an object of actions": ({"actions": capture()}, "InvalidField", "actions"),
    "none at all": ({"actions": []}, "InvalidField", "actions"),
    "two": ({"actions": [capture(), capture()]}, "InvalidField", "actions"),
    "unknown member": ({"actions": [capture()], "version": 1}, "InvalidField", "version"),
}


@pytest.mark.parametrize(("body", "code", "field"), MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_body_is_refused(body: Any, code: str, field: str, office: BackOfficeClient) -> None:
    answer = office.send(UNKNOWN_ID, json.dumps(body))
    detail = error_detail(answer)
    assert (answer.status, detail["code"], detail["field"]) == (400, code, field)


ACTIONS: dict[str, tuple[Any, str, str]] = {
    "a text": ("capturePayment", "InvalidField", "actions.0"),
    "no kind": (capture(action=None), "RequiredField", "actions.0.action"),
    "unknown kind": (capture(action="chargePayment"), "InvalidField", "actions.0.action"),
    "number as kind": (capture(action=1), "InvalidField", "actions.0.action"),
    "no amount": (capture(amount=None), "RequiredField", AMOUNT),
    "bare amount": (capture(amount=1000), "InvalidField", AMOUNT),
    "no cents": (capture(amount={"currencyCode": "EUR"}), "RequiredField", CENTS),
    "no currency": (capture(amount={"centAmount": 1000}), "RequiredField", CURRENCY),
    "zero": (amount(0), "InvalidField", CENTS),
    "negative": (amount(-1), "InvalidField", CENTS),
    "too large": (amount(LARGEST + 1), "InvalidField", CENTS),
    "huge": (amount(10**4000), "InvalidField", CENTS),
    "fraction": (amount(10.5), "InvalidField", CENTS),
    "whole float": (amount(1000.0), "InvalidField", CENTS),
    "text": (amount("1000"), "InvalidField", CENTS),
    "true": (amount(True), "InvalidField", CENTS),
    "null": (amount(None), "InvalidField", CENTS),
    "infinite": (amount(float("inf")), "InvalidField", CENTS),
    "not a number": (amount(float("nan")), "InvalidField", CENTS),
    "lower-case currency": (amount(1000, "eur"), "InvalidField", CURRENCY),
    "long currency": (amount(1000, "EURO"), "InvalidField", CURRENCY),
    "line end after currency": (amount(1000, "EUR\n"), "InvalidField", CURRENCY),
    "unknown member": (capture(comment="x"), "InvalidField", "actions.0.comment"),
    "member of another action": (
        capture(transactionId=UNKNOWN_ID),
        "InvalidField",
        "actions.0.transactionId",
    ),
    "amount of a cancel": (capture(action="cancelPayment"), "InvalidField", AMOUNT),
    "text as final": (capture(final="yes"), "InvalidField", "actions.0.final"),
    "empty reference": (capture(merchantReference=""), "InvalidField", "actions.0.merchantReference"),
    "long reference": (capture(merchantReference="x" * 51), "InvalidField", "actions.0.merchantReference"),
    "markup in reference": (capture(merchantReference="<b>"), "InvalidField", "actions.0.merchantReference"),
    "half a character": (capture(merchantReference="\ud800"), "InvalidField", "actions.0.merchantReference"),
    "long name": (capture(**{"x" * 5000: 1}), "InvalidField", f"actions.0.{'x' * 64}"),
}


@pytest.mark.parametrize(("action", "code", "field"), ACTIONS.values(), ids=ACTIONS)
def test_a_malformed_action_is_refused_and_nothing_is_asked(
    action: Any, code: str, field: str, office: BackOfficeClient, world: World
) -> None:
    office.send_actions(UNKNOWN_ID, capture())
    world.forget_calls()
    answer = office.send_actions(UNKNOWN_ID, action)
    detail = error_detail(answer)
    assert (answer.status, detail["code"], detail["field"]) == (400, code, field)
    assert world.calls("commercetools") == world.calls("monext") == []


MISSPELT: dict[str, tuple[Any, list[tuple[str, str]]]] = {
    "the amount": (
        capture(amount=None, amout={"centAmount": 1, "currencyCode": "EUR"}),
        [("RequiredField", AMOUNT), ("InvalidField", "actions.0.amout")],
    ),
    "of the amount": (
        capture(amount={"centAmout": 1, "currencyCode": "EUR"}),
        [("RequiredField", CENTS), ("InvalidField", f"{AMOUNT}.centAmout")],
    ),
    "the kind": (capture(action=None, acton="capturePayment"), [("RequiredField", "actions.0.action")]),
}


@pytest.mark.parametrize(("action", "faults"), MISSPELT.values(), ids=MISSPELT)
def test_a_misspelt_member_is_named_beside_what_is_missing(
    action: Any, faults: list[tuple[str, str]], office: BackOfficeClient
) -> None:
    body = json.loads(office.send_actions(UNKNOWN_ID, action).text)
    assert [(detail["code"], detail["field"]) for detail in body["errors"]] == faults
    assert all(detail["message"] in body["message"] for detail in body["errors"])


def test_an_answer_names_ten_faults_at_most(office: BackOfficeClient) -> None:
    body = json.loads(office.send_actions(UNKNOWN_ID, capture(**{f"m{n}": 1 for n in range(500)})).text)
    assert len(body["errors"]) == 10


def test_each_misspelt_member_of_a_link_is_named(office: BackOfficeClient) -> None:
    answer = office.call("POST", "checkout-links", data=json.dumps({"cartID": UNKNOWN_ID, "lang": "fr"}))
    fields = [detail["field"] for detail in json.loads(answer.text)["errors"]]
    assert fields == ["cartId", "cartID", "lang"]


def test_an_error_never_repeats_what_was_sent(office: BackOfficeClient) -> None:
    secret = "4970-1012-3456-7890"
    for action in (
        capture(action=secret),
        amount(secret),
        amount(1, secret),
        capture(merchantReference=[secret]),
    ):
        assert secret not in office.send_actions(UNKNOWN_ID, action).text


@pytest.mark.parametrize("key", ["", "x" * 129, "a b", "a~b", "a/b", "é"])
def test_a_key_of_the_wrong_form_is_refused(key: str, office: BackOfficeClient) -> None:
    detail = error_detail(office.send_actions(UNKNOWN_ID, capture(), key=key))
    assert (detail["code"], detail["field"]) == ("InvalidField", "Idempotency-Key")


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "id_", ["x", UNKNOWN_ID.upper().replace("0", "A"), f"{UNKNOWN_ID}0", f"{UNKNOWN_ID}%0A"]
)
def test_an_id_of_the_wrong_form_is_refused(id_: str, method: str, office: BackOfficeClient) -> None:
    content = json.dumps({"actions": [capture()]})
    answer = office.call(method, f"payment-intents/{id_}", data=content)
    assert (answer.status, error_detail(answer)["code"]) == (400, "InvalidField")


def test_a_body_beyond_the_limit_is_refused(office: BackOfficeClient) -> None:
    answer = office.send(UNKNOWN_ID, b" " * (64 * 1024 + 1))
    assert (answer.status, error_detail(answer)["code"]) == (413, "General")


@pytest.mark.parametrize("path", ["payment-intents/x", "checkout-links", "config"])
def test_another_method_is_refused_as_json(path: str, office: BackOfficeClient) -> None:
    answer = office.call("DELETE", path)
    assert (answer.status, error_detail(answer)["code"]) == (405, "InvalidOperation")
    assert answer.headers["Allow"]


@pytest.mark.parametrize("path", ["nothing", "payment-intents", "payment-intents/a/b"])
def test_another_address_is_not_found_as_json(path: str, office: BackOfficeClient) -> None:
    answer = office.call("GET", path)
    assert (answer.status, error_detail(answer)["code"]) == (404, "ResourceNotFound")
