"""The back office's pages, on a bridge that answers what the test wants."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from bs4 import BeautifulSoup, Tag

from sandbox.faults import OBSERVER
from sandbox.shop.intents import action_of
from tests.sandbox.shop.bridge import Bridge, serving
from tests.sandbox.shop.conftest import BRIDGE, Browser, paid

UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def bridge(browser: Browser) -> Iterator[Bridge]:
    with serving(Bridge()) as bridge:
        browser.sandbox.bridge_url = bridge.url
        yield bridge
    browser.sandbox.bridge_url = BRIDGE


@pytest.fixture
def payment(browser: Browser, guest_cart: str) -> dict[str, Any]:
    document, _ = paid(browser, cart=guest_cart)
    return document


def form(page: BeautifulSoup, label: str) -> Tag:
    found = page.select_one(f"form[aria-label='{label}']")
    assert found is not None
    return found


def fields(page: BeautifulSoup, label: str) -> dict[str, str]:
    """What a browser would send of a form that nobody has touched."""
    inputs = form(page, label).select("input:not([type=checkbox])")
    return {str(each["name"]): str(each.get("value", "")) for each in inputs}


def press(browser: Browser, payment: dict[str, Any], label: str, **changes: str) -> BeautifulSoup:
    """The page after a form was sent, with changes."""
    path = f"/back-office/{payment['id']}"
    response = browser.post(path, **(fields(browser.page(path), label) | changes))
    assert response.status_code == 200, response.text
    return BeautifulSoup(response.text, "html.parser")


def test_the_open_amounts_are_shown(browser: Browser, bridge: Bridge, payment: dict[str, Any]) -> None:
    shown = browser.page(f"/back-office/{payment['id']}").select(".amounts div")
    amounts = {div.dt.get_text(): div.dd.get_text() for div in shown if div.dt and div.dd}
    assert amounts["capturable"] == "100.00 EUR"
    assert amounts["refundable"] == "24.90 EUR"


def test_amounts_and_acts_are_in_the_currency_that_the_bridge_says(
    browser: Browser, bridge: Bridge, payment: dict[str, Any]
) -> None:
    assert bridge.intent is not None
    taken = {"type": "Charge", "state": "Success", "amount": {"centAmount": 13490, "currencyCode": "JPY"}}
    action = {"action": "addTransaction", "transaction": taken}
    browser.project(f"payments/{payment['id']}", json={"version": payment["version"], "actions": [action]})
    row = {"type": "Charge", "state": "Success", "amount": 13490, "currencyCode": "JPY"}
    bridge.intent |= {"currencyCode": "JPY", "transactions": [row]}
    page = browser.page(f"/back-office/{payment['id']}")
    shown = {div.dt.get_text(): div.dd.get_text() for div in page.select(".amounts div") if div.dt and div.dd}
    assert shown["refundable"] == "2,490 JPY"
    assert "13,490 JPY" in page.select_one("[aria-label='Its transactions']").get_text()  # type: ignore[union-attr]
    press(browser, payment, "Refund")
    assert bridge.asked[0]["actions"][0]["amount"] == {"centAmount": 2490, "currencyCode": "JPY"}


def test_forms_are_filled_with_what_is_open(
    browser: Browser, bridge: Bridge, payment: dict[str, Any]
) -> None:
    page = browser.page(f"/back-office/{payment['id']}")
    assert fields(page, "Capture")["amount"] == "10000"
    assert fields(page, "Refund")["amount"] == "2490"


def test_a_capture_goes_to_the_bridge_as_its_api_has_it(
    browser: Browser, bridge: Bridge, payment: dict[str, Any]
) -> None:
    press(browser, payment, "Capture", amount="4000", key="mine", final="on")
    amount = {"centAmount": 4000, "currencyCode": "EUR"}
    action = {"action": "capturePayment", "amount": amount, "final": True}
    assert bridge.asked == [{"payment": payment["id"], "actions": [action]}]
    assert bridge.keys == ["mine"]


@pytest.mark.parametrize(
    ("label", "action"), [("Cancel what is not captured", "cancelPayment"), ("Reverse all", "reversePayment")]
)
def test_a_cancel_and_a_reverse_have_no_amount(
    browser: Browser, bridge: Bridge, payment: dict[str, Any], label: str, action: str
) -> None:
    press(browser, payment, label)
    assert bridge.asked[0]["actions"] == [{"action": action}]


def test_a_refund_may_name_a_charge(browser: Browser, bridge: Bridge, payment: dict[str, Any]) -> None:
    charge = payment["transactions"][0]["id"]
    page = browser.page(f"/back-office/{payment['id']}")
    assert form(page, "Refund").select_one(f"option[value='{charge}']")
    press(browser, payment, "Refund", transactionId=charge)
    assert bridge.asked[0]["actions"][0]["transactionId"] == charge


def test_each_form_has_a_new_key(browser: Browser, bridge: Bridge, payment: dict[str, Any]) -> None:
    keys = {
        str(each["value"])
        for _ in range(2)
        for each in browser.page(f"/back-office/{payment['id']}").select("input[name=key]")
    }
    assert len(keys) == 8


def test_the_key_that_was_sent_stays_in_its_form(
    browser: Browser, bridge: Bridge, payment: dict[str, Any]
) -> None:
    page = press(browser, payment, "Refund", key="mine")
    assert fields(page, "Refund")["key"] == "mine"
    assert fields(page, "Capture")["key"] != "mine"


def test_an_empty_key_sends_none(browser: Browser, bridge: Bridge, payment: dict[str, Any]) -> None:
    press(browser, payment, "Capture", key="")
    assert bridge.keys == [None]


def test_the_token_is_one_that_may_only_order_payment_intents(
    browser: Browser, bridge: Bridge, payment: dict[str, Any]
) -> None:
    press(browser, payment, "Capture")
    introspection = requests.post(
        f"{browser.sandbox.commercetools_url}/oauth/introspect",
        data={"token": bridge.tokens[0]},
        auth=("bridge", "bridge-secret"),
        headers={OBSERVER: "test"},
        timeout=60,
    ).json()
    assert introspection["scope"] == "manage_checkout_payment_intents:sandbox"


def test_a_good_answer_is_shown_with_its_json(
    browser: Browser, bridge: Bridge, payment: dict[str, Any]
) -> None:
    bridge.body = {"outcome": "received", "interfaceId": "monext-7"}
    answer = press(browser, payment, "Capture").select_one("#answer")
    assert answer is not None
    assert answer.select_one(".verdict.good").get_text(strip=True) == "200 received"  # type: ignore[union-attr]
    assert '"interfaceId": "monext-7"' in answer.get_text()


@pytest.mark.parametrize("status", [400, 409, 422, 503])
def test_a_refusal_is_shown_in_its_own_words(
    browser: Browser, bridge: Bridge, payment: dict[str, Any], status: int
) -> None:
    bridge.status, bridge.body = status, {"message": "Not so", "statusCode": status}
    page = press(browser, payment, "Capture")
    verdict = page.select_one("#answer .verdict.bad")
    assert verdict is not None
    assert verdict.get_text(strip=True) == f"{status} Not so"


def test_an_answer_that_is_no_json_is_shown_as_text(
    browser: Browser, bridge: Bridge, payment: dict[str, Any]
) -> None:
    bridge.status, bridge.body = 502, "<b>proxy</b>"
    page = press(browser, payment, "Capture")
    assert "<b>proxy</b>" in page.select("#answer pre")[1].get_text()
    assert not page.select("#answer b")


def test_a_bridge_that_is_down_is_told(browser: Browser, payment: dict[str, Any]) -> None:
    browser.sandbox.bridge_url = "http://127.0.0.1:1"
    page = browser.page(f"/back-office/{payment['id']}")
    browser.sandbox.bridge_url = BRIDGE
    verdict = page.select_one(".verdict.bad")
    assert verdict is not None
    assert "No answer" in verdict.get_text()


def test_a_payment_that_the_bridge_does_not_know_is_told(
    browser: Browser, bridge: Bridge, payment: dict[str, Any]
) -> None:
    bridge.intent = None
    assert "404 No such payment" in browser.page(f"/back-office/{payment['id']}").get_text()


def test_monexts_ledger_stands_beside(browser: Browser, bridge: Bridge, payment: dict[str, Any]) -> None:
    session = monext_payment(browser)
    version = payment["version"]
    action = {"action": "setInterfaceId", "interfaceId": session}
    other = browser.project(
        "payments",
        json={
            "amountPlanned": {"centAmount": 2499, "currencyCode": "EUR"},
            "paymentMethodInfo": {"paymentInterface": "monext"},
        },
    )
    browser.project(f"payments/{other['id']}", json={"version": version, "actions": [action]})
    page = browser.page(f"/back-office/{other['id']}")
    row = [cell.get_text(strip=True) for cell in page.select("[aria-label=Ledger] tbody tr:first-child td")]
    assert row[:3] == ["AUTHORIZATION", "ACCEPTED 00000", "24.99 EUR"]


def monext_payment(browser: Browser) -> str:
    """The token of a Monext session of 24.99 EUR that the buyer has paid."""
    url = browser.sandbox.monext_url
    body = {
        "pointOfSaleReference": "POS_FR",
        "order": {"reference": "order-1", "amount": 2499, "currency": "EUR"},
        "payment": {"paymentType": "ONE_OFF", "capture": "MANUAL"},
        "returnURL": "https://shop.example/return",
    }
    made = requests.post(
        f"{url}/v1/checkout/payments/sessions", json=body, auth=("sandbox", "sandbox-key"), timeout=60
    ).json()
    token = str(made["sessionId"])
    requests.post(f"{url}/_control/sessions/{token}/pay", json={}, timeout=60).raise_for_status()
    return token


def test_the_list_shows_payments_with_their_orders(browser: Browser, payment: dict[str, Any]) -> None:
    page = browser.page("/back-office")
    assert page.select_one(f"a[href='/back-office/{payment['id']}']")
    assert "MTEST1" in page.get_text()


def test_payments_of_others_are_not_in_the_list(browser: Browser) -> None:
    assert "None yet" in browser.page("/back-office").get_text()


@pytest.mark.parametrize(
    "where", ["/payments/{payment}", "/orders/{order}", "/thanks?paymentReference={payment}"]
)
def test_every_page_about_a_payment_leads_to_its_back_office(
    browser: Browser, guest_cart: str, where: str
) -> None:
    payment, order = paid(browser, cart=guest_cart)
    page = browser.page(where.format(payment=payment["id"], order=order["id"]))
    assert page.select_one(f"a[href='/back-office/{payment['id']}']")


def test_an_unknown_payment_is_not_found(browser: Browser) -> None:
    assert browser.get(f"/back-office/{UNKNOWN}").status_code == 404


def test_an_unknown_action_is_refused(browser: Browser, bridge: Bridge, payment: dict[str, Any]) -> None:
    assert browser.post(f"/back-office/{payment['id']}", action="steal", key="k").status_code == 400
    assert bridge.asked == []


@pytest.mark.parametrize(("typed", "sent"), [("12.5", 12.5), ("ten", "ten"), ("", ""), ("-1", -1)])
def test_what_is_no_amount_is_sent_all_the_same(typed: str, sent: object) -> None:
    action = action_of({"action": "capturePayment", "amount": typed, "currency": "EUR"})
    assert action["amount"]["centAmount"] == sent
