import pytest

from sandbox.commercetools.seed import cart_id
from tests.sandbox.shop.conftest import Browser, paid

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def test_a_payment_shows_its_transactions_and_its_order(browser: Browser, guest_cart: str) -> None:
    payment, order = paid(browser, cart=guest_cart)
    page = browser.page(f"/payments/{payment['id']}")
    row = [cell.get_text() for cell in page.select("tbody tr:first-child td")]
    assert row[:2] == ["Charge", "Success"]
    assert row[3:] == ["2026-11-23 09:05:07 UTC", "session-token", "monext-transaction"]
    assert page.select_one(f"a[href='/orders/{order['id']}']")


def test_a_payment_shows_for_whom_it_was_written_last(browser: Browser, guest_cart: str) -> None:
    payment, _ = paid(browser, cart=guest_cart)
    assert "Last written by" in browser.page(f"/payments/{payment['id']}").get_text()
    assert "for erp" not in browser.page(f"/payments/{payment['id']}").get_text()
    change = {
        "version": payment["version"],
        "actions": [{"action": "setStatusInterfaceCode", "interfaceCode": "1"}],
    }
    browser.project(f"payments/{payment['id']}", json=change, headers={"X-External-User-ID": "erp"})
    assert "for erp" in browser.page(f"/payments/{payment['id']}").get_text()


def test_an_order_shows_its_state_and_its_payments(browser: Browser, guest_cart: str) -> None:
    payment, order = paid(browser, cart=guest_cart)
    page = browser.page(f"/orders/{order['id']}")
    assert "MTEST1" in page.get_text()
    assert page.select_one("dd .state.paid")
    assert page.select_one(f"a[href='/payments/{payment['id']}']")


def test_an_ordered_cart_leads_to_its_order(browser: Browser, guest_cart: str) -> None:
    _, order = paid(browser, cart=guest_cart)
    assert browser.page(f"/carts/{guest_cart}").select_one(f"a[href='/orders/{order['id']}']")


def test_the_raw_document_is_there_folded(browser: Browser, guest_cart: str) -> None:
    raw = browser.page(f"/carts/{guest_cart}").select_one("details.raw:not([open]) pre")
    assert raw is not None
    assert f'"id": "{guest_cart}"' in raw.get_text()


@pytest.mark.parametrize("resource", ["carts", "payments", "orders"])
def test_what_commercetools_does_not_know_is_not_found(browser: Browser, resource: str) -> None:
    assert browser.get(f"/{resource}/{UNKNOWN}").status_code == 404
    assert browser.get(f"/{resource}/not-an-id").status_code == 404


@pytest.mark.parametrize(
    ("name", "path", "heading"),
    [
        ("guest", "/thanks", "Merci pour votre achat"),
        ("german-store", "/thanks", "Vielen Dank für Ihren Einkauf"),
        ("business-unit", "/thanks", "Thank you"),
        ("german-store", "/cancelled", "Ihre Bestellung ist nicht aufgegeben"),
    ],
)
def test_the_landing_page_speaks_the_language_of_the_cart(
    browser: Browser, name: str, path: str, heading: str
) -> None:
    payment, _ = paid(browser, cart=cart_id(name))
    [title] = browser.page(path, paymentReference=payment["id"]).select("h1")
    assert title.get_text() == heading


def test_the_landing_page_speaks_the_language_of_a_cart_without_an_order(browser: Browser) -> None:
    payment = browser.project("payments", json={"amountPlanned": {"centAmount": 1, "currencyCode": "EUR"}})
    cart = browser.project(f"carts/{cart_id('german-store')}")
    action = {"action": "addPayment", "payment": {"typeId": "payment", "id": payment["id"]}}
    browser.project(f"carts/{cart['id']}", json={"version": cart["version"], "actions": [action]})
    [title] = browser.page("/cancelled", paymentReference=payment["id"]).select("h1")
    assert (title["lang"], title.get_text()) == ("de", "Ihre Bestellung ist nicht aufgegeben")


def test_the_landing_page_bears_out_a_true_hint(browser: Browser, guest_cart: str) -> None:
    payment, order = paid(browser, cart=guest_cart)
    page = browser.page(
        "/thanks", status="paid", paymentReference=payment["id"], orderId=order["id"], orderNumber="MTEST1"
    )
    assert page.select_one(".verdict.good")
    assert page.select_one(f"a[href='/orders/{order['id']}']")


def test_the_landing_page_finds_an_order_that_the_address_does_not_name(
    browser: Browser, guest_cart: str
) -> None:
    payment, order = paid(browser, cart=guest_cart)
    page = browser.page("/thanks", status="paid", paymentReference=payment["id"])
    assert page.select_one(f"a[href='/orders/{order['id']}']")


def test_the_landing_page_contradicts_a_false_hint(browser: Browser, guest_cart: str) -> None:
    payment, _ = paid(browser, cart=guest_cart)
    page = browser.page("/cancelled", status="refused", paymentReference=payment["id"])
    assert page.select_one(".verdict.bad")


@pytest.mark.parametrize("reference", ["", UNKNOWN, "<script>alert(1)</script>", "../carts"])
def test_the_landing_page_survives_any_reference(browser: Browser, reference: str) -> None:
    response = browser.get("/thanks", status="paid", paymentReference=reference)
    assert response.status_code == 200
    assert "knows no such payment" in response.text
    assert "<script>" not in response.text


def test_parameters_of_the_shops_own_address_are_kept(browser: Browser) -> None:
    assert "campaign=summer" in browser.page("/thanks", status="paid", campaign="summer").get_text()
