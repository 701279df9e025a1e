"""What the shop's pages do beside paying: orders that change, chargebacks, payments that come and go."""

import pytest
import requests
from bs4 import BeautifulSoup, Tag

from sandbox.commercetools.orders.troubles import TROUBLES
from sandbox.commercetools.seed import cart_id
from tests.sandbox.shop.conftest import Browser, paid


def press(browser: Browser, page: BeautifulSoup, words: str, **changes: str) -> requests.Response:
    """The form that has a button with these words, as a browser sends it, with changes."""
    button = next(button for button in page.select("button") if button.get_text(strip=True) == words)
    form = button.find_parent("form")
    assert isinstance(form, Tag)
    fields = {str(each["name"]): str(each.get("value", "")) for each in form.select("input[name]")}
    return browser.post(str(form["action"]), **(fields | changes))


@pytest.mark.parametrize("total", ["10000", "99900"])
def test_an_order_costs_what_staff_say(browser: Browser, guest_cart: str, total: str) -> None:
    _, order = paid(browser, cart=guest_cart)
    path = f"/orders/{order['id']}"

    assert press(browser, browser.page(path), "Lower or raise the total", total=total).status_code == 303

    now = browser.project(path.removeprefix("/"))
    assert now["taxedPrice"]["totalGross"]["centAmount"] == int(total)
    assert f"{int(total) / 100:,.2f} EUR" in browser.page(path).get_text()


def test_an_amount_that_is_none_is_refused_with_its_reason(browser: Browser, guest_cart: str) -> None:
    _, order = paid(browser, cart=guest_cart)
    page = browser.page(f"/orders/{order['id']}")
    answer = press(browser, page, "Lower or raise the total", total="much")
    assert answer.status_code == 400
    assert browser.project(f"orders/{order['id']}") == order


def test_an_order_is_cancelled_once(browser: Browser, guest_cart: str) -> None:
    _, order = paid(browser, cart=guest_cart)
    path = f"/orders/{order['id']}"
    assert press(browser, browser.page(path), "Cancel this order").status_code == 303
    assert browser.project(path.removeprefix("/"))["orderState"] == "Cancelled"
    assert browser.page(path).select_one("form[action$=cancel] button[disabled]") is not None


@pytest.mark.parametrize(("amount", "taken"), [("", 13490), ("990", 990)])
def test_a_chargeback_is_written_and_shown(
    browser: Browser, guest_cart: str, amount: str, taken: int
) -> None:
    payment, _ = paid(browser, cart=guest_cart)
    path = f"/back-office/{payment['id']}"

    answer = press(browser, browser.page(path), "Write the chargeback", amount=amount, state="Success")

    assert answer.headers["Location"] == path
    row = browser.project(f"payments/{payment['id']}")["transactions"][-1]
    assert (row["type"], row["state"], row["amount"]["centAmount"]) == ("Chargeback", "Success", taken)
    assert "Chargeback" in browser.page(path).get_text()


def test_a_payments_page_shows_what_its_order_has_become(browser: Browser, guest_cart: str) -> None:
    payment, order = paid(browser, cart=guest_cart)
    press(browser, browser.page(f"/orders/{order['id']}"), "Cancel this order")
    assert "Cancelled" in browser.page(f"/back-office/{payment['id']}").get_text()


def test_points_in_another_currency_come_to_a_cart_and_leave_it(browser: Browser, guest_cart: str) -> None:
    path = f"/carts/{guest_cart}"
    assert press(browser, browser.page(path), "Put it on the cart").status_code == 303
    (reference,) = browser.project(path.removeprefix("/"))["paymentInfo"]["payments"]
    points = browser.project(f"payments/{reference['id']}")
    assert points["paymentMethodInfo"]["paymentInterface"] == "points"
    assert points["amountPlanned"]["currencyCode"] == "JPY"
    assert "3,000 JPY" in browser.page(path).get_text()

    assert press(browser, browser.page(path), "Take this payment off the cart").status_code == 303

    assert "paymentInfo" not in browser.project(path.removeprefix("/"))


def test_an_ordered_carts_payments_stay(browser: Browser, guest_cart: str) -> None:
    payment, _ = paid(browser, cart=guest_cart)
    words = browser.page(f"/carts/{guest_cart}").get_text()
    assert "Take this payment off" not in words
    assert "Put it on the cart" not in words
    assert browser.post(f"/carts/{guest_cart}/payments/{payment['id']}/remove").status_code == 400


def test_the_next_orders_are_refused_from_the_page_of_faults(browser: Browser) -> None:
    page = browser.page("/faults")
    assert {str(option["value"]) for option in page.select("#order-codes option")} == set(TROUBLES)
    assert browser.post("/faults/orders", code="OutOfStock", times="2").status_code == 303
    assert "The next 2 are refused with OutOfStock" in browser.page("/faults").get_text()
    assert browser.post("/faults/orders", code="PriceChanged", times="").status_code == 303
    assert "All are refused with PriceChanged" in browser.page("/faults").get_text()
    assert browser.post("/faults/orders", code="").status_code == 303
    paid(browser, cart=cart_id("guest"))
