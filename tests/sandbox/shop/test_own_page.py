import pytest

from sandbox.commercetools.seed import cart_id
from sandbox.runner import Sandbox
from tests.sandbox.shop.conftest import BRIDGE, Browser, paid


def own_page(cart: str) -> str:
    return f"/carts/{cart}/own-page"


def session_of(browser: Browser, cart: str, **query: str) -> str:
    place = browser.page(own_page(cart), **query).select_one("#payment")
    assert place is not None
    return str(place["data-session-id"])


def test_the_page_hands_the_module_the_bridge_and_a_session_of_the_cart(
    browser: Browser, guest_cart: str
) -> None:
    place = browser.page(own_page(guest_cart), kind="hpp", lang="de").select_one("#payment")
    assert place is not None
    assert place["data-processor-url"] == BRIDGE
    assert (place["data-kind"], place["data-locale"]) == ("hpp", "de")
    session = browser.project(f"sessions/{place['data-session-id']}")
    assert session["state"] == "Active"
    assert session["activeCart"]["cartRef"]["id"] == guest_cart


def test_each_view_has_a_session_of_its_own(browser: Browser, guest_cart: str) -> None:
    assert session_of(browser, guest_cart) != session_of(browser, guest_cart)


def test_a_session_that_is_over_can_be_tried(browser: Browser, guest_cart: str) -> None:
    session = browser.project(f"sessions/{session_of(browser, guest_cart, session='expired')}")
    assert session["state"] == "Expired"


@pytest.mark.parametrize(("choice", "boxes"), [("ask", 1), ("no", 0), ("", 0)])
def test_the_shop_asks_for_its_terms_where_that_is_chosen(
    choice: str, boxes: int, browser: Browser, guest_cart: str
) -> None:
    assert len(browser.page(own_page(guest_cart), terms=choice).select("#terms")) == boxes


def test_what_nobody_offers_is_taken_for_the_first_choice(browser: Browser, guest_cart: str) -> None:
    place = browser.page(own_page(guest_cart), kind="popup", lang="xx").select_one("#payment")
    assert place is not None
    assert (place["data-kind"], place["data-locale"]) == ("embedded", "")


def test_the_policy_lets_in_the_bridge_and_monext_and_nothing_inline(
    browser: Browser, running: Sandbox, guest_cart: str
) -> None:
    policy = browser.get(own_page(guest_cart)).headers["Content-Security-Policy"]
    assert f"script-src 'self' {BRIDGE} {running.monext_url};" in policy
    assert policy.startswith("default-src 'none';")
    assert f"frame-src {running.monext_url} https:; form-action 'self' {running.monext_url} https:;" in policy
    assert "unsafe" not in policy
    page = browser.page(own_page(guest_cart))
    assert [script for script in page.select("script") if not script.get("src")] == []
    assert page.select("[style], style, [onclick]") == []


@pytest.mark.parametrize("page", ["/", "/carts/{cart}"])
def test_the_way_there_is_on_the_carts(page: str, browser: Browser, guest_cart: str) -> None:
    links = [str(link["href"]) for link in browser.page(page.format(cart=guest_cart)).select("a")]
    assert own_page(guest_cart) in links


def test_every_cart_can_be_chosen(browser: Browser, guest_cart: str) -> None:
    options = browser.page(own_page(guest_cart)).select("#cart option")
    values = [str(option["value"]) for option in options]
    assert {own_page(guest_cart), own_page(cart_id("yen"))} <= set(values)
    assert [str(option["value"]) for option in options if option.has_attr("selected")] == [
        own_page(guest_cart)
    ]


def test_the_shop_asks_commercetools_what_is_true(browser: Browser, guest_cart: str) -> None:
    payment, order = paid(browser, cart=guest_cart)
    assert browser.get(f"/payments/{payment['id']}/says").json() == {
        "transactions": ["Charge Success"],
        "order": f"{order['orderNumber']}, Paid",
        "href": f"/payments/{payment['id']}",
    }


def test_an_unknown_payment_is_not_there(browser: Browser) -> None:
    assert browser.get("/payments/00000000-0000-4000-8000-000000000000/says").status_code == 404
