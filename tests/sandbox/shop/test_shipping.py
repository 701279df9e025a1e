"""Shipping from the order's page, and what becomes of the message."""

from collections.abc import Iterator

import pytest
import requests

from tests.sandbox.shop.conftest import Browser, paid


def shipped(browser: Browser, cart: str, state: str = "Shipped") -> str:
    """The path of an order whose shipment state was set by its button."""
    _, order = paid(browser, cart=cart)
    path = f"/orders/{order['id']}"
    assert browser.post(f"{path}/shipment", state=state).status_code == 303
    return path


@pytest.mark.parametrize("state", ["Shipped", "Delivered"])
def test_a_button_sets_the_shipment_state(browser: Browser, guest_cart: str, state: str) -> None:
    path = shipped(browser, guest_cart, state)
    assert browser.project(path.removeprefix("/"))["shipmentState"] == state
    assert browser.page(path).select_one(f"input[value={state}] ~ button")["disabled"] == ""  # type: ignore[index]


def test_another_state_is_refused(browser: Browser, guest_cart: str) -> None:
    _, order = paid(browser, cart=guest_cart)
    assert browser.post(f"/orders/{order['id']}/shipment", state="Lost").status_code == 400


@pytest.fixture
def unheard(browser: Browser) -> Iterator[None]:
    """Messages have a target, and none arrives."""
    push = f"{browser.sandbox.commercetools_url}/_control/push"
    target = {"url": "http://127.0.0.1:1/events", "mode": "lost"}
    requests.post(push, json=target, timeout=60).raise_for_status()
    yield
    requests.post(push, json={"url": None}, timeout=60).raise_for_status()


@pytest.mark.usefixtures("unheard")
def test_the_message_is_shown_with_its_state(browser: Browser, guest_cart: str) -> None:
    page = browser.page(shipped(browser, guest_cart))
    rows = [row.get_text(" ", strip=True) for row in page.select("[aria-label^=Messages] tbody tr")]
    assert [row.split(" lost")[0] for row in rows] == [
        "OrderCreated",
        "OrderShipmentStateChanged: none → Shipped",
    ]


@pytest.mark.usefixtures("unheard")
def test_a_message_can_be_sent_again(browser: Browser, guest_cart: str) -> None:
    path = shipped(browser, guest_cart)
    again = browser.page(path).select("form[action*=again]")[-1]["action"]
    assert browser.post(str(again)).status_code == 303
    assert len(browser.page(path).select("form[action*=again]")) == 3


def test_the_mode_of_messages_is_set_and_shown(browser: Browser) -> None:
    assert browser.post("/faults/messages", mode="reversed", late="3", interval="0.5").status_code == 303
    form = browser.page("/faults").select_one("form[action='/faults/messages']")
    assert form is not None
    assert form.select_one("option[selected]").get_text() == "reversed"  # type: ignore[union-attr]
    assert form.select_one("input[name=interval]")["value"] == "0.5"  # type: ignore[index]


def test_waiting_messages_can_be_sent(browser: Browser) -> None:
    assert browser.post("/faults/messages/flush").status_code == 303
