"""What Monext's answers and notifications can be made to say, for whoever tests a merchant."""

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from sandbox.monext.settings import LEDGERS, NOTIFICATION_METHODS
from tests.sandbox.monext.merchant import NOTIFICATION_URL, Inbox, Merchant

UNDER_WAY = ["02000", "02005", "02006", "02015", "02016", "02533"]


def last(inbox: Inbox) -> dict[str, str]:
    """What the last notification said, wherever it stood."""
    message = inbox.messages[-1]
    if not message.body:
        return dict(parse_qsl(urlsplit(message.url).query))
    return dict(parse_qsl(message.body) if "form" in message.content_type else json.loads(message.body))


def flush(merchant: Merchant) -> int:
    return int(merchant.control("notifications/flush")["sent"])


@pytest.mark.parametrize("code", UNDER_WAY)
@pytest.mark.parametrize("transactions", [True, False])
def test_session_says_any_title_and_code_with_and_without_transactions(
    merchant: Merchant, transactions: bool, code: str
) -> None:
    token = merchant.create()
    merchant.play(token)
    said = {"sessionTitle": "INPROGRESS", "sessionCode": code, "sessionTransactions": transactions}
    merchant.control("settings", **said)
    answer = merchant.read(token)
    assert (answer["result"]["title"], answer["result"]["code"]) == ("INPROGRESS", code)
    assert ("transactions" in answer) is transactions


@pytest.mark.parametrize(("code", "title"), [("02015", "REFUSED"), ("02999", "INPROGRESS")])
def test_code_alone_has_its_own_title_and_a_new_one_the_sessions(
    merchant: Merchant, code: str, title: str
) -> None:
    merchant.control("settings", sessionCode=code)
    said = merchant.read(merchant.create())["result"]
    assert (said["title"], said["code"]) == (title, code)


def test_result_that_is_said_to_be_pending_does_not_end_the_notifications(merchant: Merchant) -> None:
    token = merchant.create()
    merchant.play(token)
    merchant.control("settings", sessionTitle="INPROGRESS", sessionCode="02005")
    merchant.read(token)
    assert flush(merchant) == 1


def test_currencies_are_in_small_letters_where_that_is_set(merchant: Merchant) -> None:
    token = merchant.create()
    payment = merchant.play(token)["transactions"][0]
    merchant.control("settings", lowercaseCurrency=True)
    answer = merchant.read(token)
    assert (answer["transactions"][0]["currency"], answer["order"]["currency"]) == ("eur", "eur")
    shown = merchant.get(f"checkout/transactions/{payment}").get_json()
    assert shown["transaction"]["currency"] == "eur"


@pytest.mark.parametrize("ledger", LEDGERS)
def test_ledger_is_listed_empty_or_absent(merchant: Merchant, ledger: str) -> None:
    payment = merchant.paid()
    merchant.control("settings", ledger=ledger)
    shown = merchant.get(f"checkout/transactions/{payment}").get_json()
    rows = shown.get("associatedTransactions")
    assert (rows if rows is None else len(rows)) == {"listed": 1, "empty": 0, "absent": None}[ledger]
    assert shown["result"]["title"] == "ACCEPTED"


@pytest.mark.parametrize("method", NOTIFICATION_METHODS)
@pytest.mark.parametrize("kind", ["WEBTRS", "TRS", "ALERT", "SOMETHING"])
def test_notification_comes_with_any_type_by_any_method(
    merchant: Merchant, inbox: Inbox, kind: str, method: str
) -> None:
    merchant.control("settings", notificationType=kind, notificationMethod=method)
    token = merchant.create()
    merchant.play(token)
    flush(merchant)
    message = inbox.messages[-1]
    assert message.method == method.split()[0]
    assert last(inbox).items() >= {"notificationType": kind, "token": token}.items()
    assert (message.url == NOTIFICATION_URL) is (message.method == "POST")


NAMED = [
    ("", {"token"}),
    ("token", {"token"}),
    ("transactionId", {"transactionId"}),
    ("token and transactionId", {"token", "transactionId"}),
    ("nothing", set()),
]


@pytest.mark.parametrize(("names", "told"), NAMED)
def test_notification_names_what_is_set(merchant: Merchant, inbox: Inbox, names: str, told: set[str]) -> None:
    merchant.control("settings", notificationNames=names)
    merchant.play(merchant.create())
    flush(merchant)
    assert set(last(inbox)) & {"token", "transactionId"} == told


def test_decision_by_hand_is_told_by_the_transactions_id_until_it_is_read(
    merchant: Merchant, inbox: Inbox
) -> None:
    token = merchant.create()
    (payment,) = merchant.play(token, outcome="risk")["transactions"]
    flush(merchant)
    merchant.control(f"sessions/{token}/resolve", outcome="accepted")
    inbox.status = 503
    flush(merchant)
    assert last(inbox) == {"cart": "1", "notificationType": "TRS", "transactionId": payment}
    merchant.get(f"checkout/transactions/{payment}")
    merchant.advance(60)
    assert flush(merchant) == 0


@pytest.mark.parametrize("title", ["ERROR", "INPROGRESS", "SOMETHING"])
@pytest.mark.parametrize("status", [200, 201, 400, 404])
def test_answer_to_an_act_has_any_title_code_and_status(merchant: Merchant, status: int, title: str) -> None:
    payment = merchant.paid()
    merchant.control("acts", act="captures", says="02999", title=title, status=status)
    answer = merchant.act(payment, "captures", amount=100)
    said = answer.get("result", answer)
    assert (answer["status"], said["title"], said["code"]) == (status, title, "02999")
    assert len(merchant.rows(payment)) == 2


WRONG: list[dict[str, Any]] = [
    {"ledger": "lost"},
    {"notificationMethod": "PUT"},
    {"notificationNames": "id"},
    {"sessionIdParameterName": ""},
    {"sessionIdParameterName": "x" * 21},
    {"lowercaseCurrency": "yes"},
]


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_setting_is_refused_and_changes_nothing(merchant: Merchant, wrong: dict[str, Any]) -> None:
    before = merchant.client.get("/_control/settings").get_json()
    answer = merchant.client.post("/_control/settings", json={"flatResults": True, **wrong})
    assert answer.status_code == 400
    assert merchant.client.get("/_control/settings").get_json() == before


def test_settings_are_forgotten_at_once(merchant: Merchant) -> None:
    merchant.control("settings", ledger="absent", flatResults=True)
    assert merchant.client.delete("/_control/settings").status_code == 204
    settings = merchant.client.get("/_control/settings").get_json()
    assert (settings["ledger"], settings["flatResults"]) == ("listed", False)
