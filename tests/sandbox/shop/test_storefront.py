import hashlib
import hmac
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from bs4 import BeautifulSoup

from sandbox.commercetools.seed import SITUATIONS, cart_id
from sandbox.monext.cards import ACCEPTED_CARD
from sandbox.shop.situations import KINDS, situation_of
from tests.sandbox.shop.conftest import BRIDGE, Browser, paid


def query_of(response: requests.Response) -> dict[str, str]:
    assert response.status_code == 303, response.text
    return {
        name: values[0] for name, values in parse_qs(urlsplit(response.headers["Location"]).query).items()
    }


def copied_id(response: requests.Response) -> str:
    assert response.status_code == 303, response.text
    return response.headers["Location"].rpartition("/")[2]


def titles(page: BeautifulSoup) -> list[str]:
    return [heading.get_text(strip=True) for heading in page.select("article h2")]


def test_one_cart_is_there_to_begin_with(browser: Browser, guest_cart: str) -> None:
    page = browser.page("/")
    [link] = page.select("a.main")
    assert (link.get_text(), link["href"]) == ("Pay this cart", f"{BRIDGE}/checkout/{guest_cart}?mode=widget")
    assert titles(page) == []


def test_the_footer_leads_to_a_page_that_the_bridge_has(browser: Browser) -> None:
    [link] = browser.page("/").select("footer a")
    assert link["href"] == f"{BRIDGE}/docs"


def test_the_cart_to_begin_with_names_a_card(browser: Browser) -> None:
    [first] = browser.page("/").select(".first")
    assert ACCEPTED_CARD in first.get_text()


def test_a_first_cart_that_is_paid_can_be_filled_again(browser: Browser, guest_cart: str) -> None:
    paid(browser, cart=guest_cart)
    page = browser.page("/")
    assert page.select_one("h1").get_text() == "This cart is paid"  # type: ignore[union-attr]
    assert page.select("a.main") == []
    [again] = page.select(f".first > div > form[action='/carts/{guest_cart}/copy']")
    copy = copied_id(browser.post(str(again["action"])))
    assert browser.project(f"carts/{copy}")["cartState"] == "Active"


def test_every_cart_of_the_seed_is_on_the_page_in_its_order(browser: Browser) -> None:
    assert titles(browser.page("/?show=all")) == [situation_of(cart_id(name)).title for name in SITUATIONS]


@pytest.mark.parametrize("kind", KINDS)
def test_a_filter_shows_as_many_carts_as_it_says(browser: Browser, kind: str) -> None:
    page = browser.page(f"/?show={kind}")
    shown = [situation_of(cart_id(name)) for name in SITUATIONS if kind in situation_of(cart_id(name)).kinds]
    assert titles(page) == [situation.title for situation in shown]
    [chip] = page.select(".chip[aria-current]")
    assert chip.get_text(" ", strip=True) == f"{KINDS[kind]} {len(shown)}"


def test_a_filter_that_there_is_not_shows_nothing(browser: Browser) -> None:
    assert titles(browser.page("/?show=nothing-of-the-kind")) == []


def test_a_cart_that_the_seed_does_not_describe_is_among_all(browser: Browser) -> None:
    made = browser.project("carts", json={"currency": "EUR"})["id"]
    assert browser.page("/?show=all").select(f"#t-{made}")


def test_every_situation_says_what_to_try_and_of_what_it_is_an_example() -> None:
    situations = [situation_of(cart_id(name)) for name in SITUATIONS]
    assert [each.title for each in situations if not each.sentence.endswith(".")] == []
    assert [each.title for each in situations if not each.kinds or set(each.kinds) - set(KINDS)] == []


def test_a_total_is_what_commercetools_says(browser: Browser, guest_cart: str) -> None:
    gross = browser.project(f"carts/{guest_cart}")["taxedPrice"]["totalGross"]["centAmount"]
    total = browser.page(f"/carts/{guest_cart}").select_one("tfoot tr:last-child .amount")
    assert total is not None
    assert total.get_text() == f"{gross / 100:.2f}\N{NO-BREAK SPACE}€".replace(".", ",")


@pytest.mark.parametrize(
    ("name", "tag", "total", "first"),
    [
        ("guest", "fr", "Total TTC", "1 × Chaise en chêne"),
        ("german-store", "de", "Summe mit Mehrwertsteuer", "1 × Nussbaumtisch"),
        ("yen", "en", "Total with tax", "1 × Oak chair"),
    ],
)
def test_a_cart_is_read_in_its_own_language(
    browser: Browser, name: str, tag: str, total: str, first: str
) -> None:
    [table] = browser.page(f"/carts/{cart_id(name)}").select(".contents")
    assert table["lang"] == tag
    assert table.select_one("tfoot tr:last-child th").get_text() == total  # type: ignore[union-attr]
    assert table.select_one("tbody td").get_text(strip=True) == first  # type: ignore[union-attr]


def test_each_line_has_the_picture_that_its_variant_names(browser: Browser, guest_cart: str) -> None:
    [line] = browser.project(f"carts/{guest_cart}")["lineItems"]
    [picture] = browser.page(f"/carts/{guest_cart}").select(".contents img")
    assert picture["src"] == line["variant"]["images"][0]["url"]


def test_the_buttons_lead_to_the_bridge(browser: Browser, guest_cart: str) -> None:
    links = [str(link["href"]) for link in browser.page(f"/carts/{guest_cart}").select(".buttons a")]
    base = f"{BRIDGE}/checkout/{guest_cart}"
    assert links == [f"{base}?mode=widget", f"{base}?mode=redirect", f"{base}?mode=direct"]


def test_method_and_language_are_handed_on_and_empty_ones_are_not(browser: Browser, guest_cart: str) -> None:
    response = browser.get(f"/carts/{guest_cart}/pay", mode="direct", method="IDEAL", lang="")
    assert query_of(response) == {"mode": "direct", "method": "IDEAL"}


def test_a_signed_link_carries_what_the_bridge_checks(browser: Browser, guest_cart: str) -> None:
    query = query_of(browser.get(f"/carts/{guest_cart}/pay", proof="signed"))
    text = f"{guest_cart}.{query['expires']}".encode()
    assert query["signature"] == hmac.new(b"link-secret", text, hashlib.sha256).hexdigest()


def test_a_session_link_names_a_session_of_the_cart(browser: Browser, guest_cart: str) -> None:
    query = query_of(browser.get(f"/carts/{guest_cart}/pay", proof="session"))
    session = browser.project(f"sessions/{query['session']}")
    assert (session["state"], session["activeCart"]["cartRef"]["id"]) == ("Active", guest_cart)


@pytest.mark.parametrize("proof", ["open", "signed", "session"])
def test_a_form_says_what_a_link_would(proof: str, browser: Browser, guest_cart: str) -> None:
    response = browser.get(f"/carts/{guest_cart}/pay", sent="form", proof=proof, mode="direct", lang="")
    form = BeautifulSoup(response.text, "html.parser").select_one("#to-the-payment")
    assert form is not None
    assert (form["method"], form["action"]) == ("post", f"{BRIDGE}/checkout/{guest_cart}")
    link = query_of(browser.get(f"/carts/{guest_cart}/pay", proof=proof, mode="direct"))
    assert [str(field["name"]) for field in form.select("input")] == list(link)


@pytest.mark.parametrize("name", SITUATIONS)
def test_a_copy_is_payable_like_its_original(browser: Browser, name: str) -> None:
    original = browser.project(f"carts/{cart_id(name)}")
    copy = browser.project(f"carts/{copied_id(browser.post(f'/carts/{cart_id(name)}/copy'))}")
    assert copy["id"] != original["id"]
    for member in (
        "totalPrice",
        "taxedPrice",
        "cartState",
        "lock",
        "store",
        "billingAddress",
        "shippingInfo",
    ):
        assert copy.get(member) == original.get(member), member


def test_a_copy_is_shown_with_the_situation_of_its_original(browser: Browser, guest_cart: str) -> None:
    first = copied_id(browser.post(f"/carts/{guest_cart}/copy"))
    second = copied_id(browser.post(f"/carts/{first}/copy"))
    heading = browser.page(f"/carts/{second}").h1
    assert heading is not None
    assert situation_of(guest_cart).title in heading.get_text()
    copies = [str(link["href"]) for link in browser.page("/").select(".copies a")]
    assert sorted(copies) == sorted([f"/carts/{first}", f"/carts/{second}"])


def test_a_copy_of_a_paid_cart_can_be_paid_again(browser: Browser, guest_cart: str) -> None:
    paid(browser, cart=guest_cart)
    copy = browser.project(f"carts/{copied_id(browser.post(f'/carts/{guest_cart}/copy'))}")
    assert copy["cartState"] == "Active"
    assert "paymentInfo" not in copy


def test_a_copy_keeps_what_a_gift_card_holds_on_a_payment_of_its_own(browser: Browser) -> None:
    original = browser.project(f"carts/{cart_id('gift-card')}")
    copy = browser.project(f"carts/{copied_id(browser.post('/carts/' + cart_id('gift-card') + '/copy'))}")
    held = [
        browser.project(f"payments/{cart['paymentInfo']['payments'][0]['id']}") for cart in (original, copy)
    ]
    assert held[0]["id"] != held[1]["id"]
    assert held[0]["transactions"][0]["amount"] == held[1]["transactions"][0]["amount"]
    assert held[1]["transactions"][0]["state"] == "Success"


def test_changing_the_cart_raises_a_quantity_and_the_total(browser: Browser, guest_cart: str) -> None:
    before = browser.project(f"carts/{guest_cart}")
    assert browser.post(f"/carts/{guest_cart}/raise").status_code == 303
    after = browser.project(f"carts/{guest_cart}")
    assert after["lineItems"][0]["quantity"] == before["lineItems"][0]["quantity"] + 1
    assert after["totalPrice"]["centAmount"] > before["totalPrice"]["centAmount"]


def test_an_empty_cart_cannot_be_changed(browser: Browser) -> None:
    assert browser.post(f"/carts/{cart_id('empty')}/raise").status_code == 409


def test_a_refusal_of_commercetools_is_shown_in_its_own_words(browser: Browser) -> None:
    response = browser.post(f"/carts/{cart_id('locked')}/raise")
    assert response.status_code in (400, 403, 409)
    assert "refused" in response.text


def test_a_cart_is_frozen_and_thawed(browser: Browser, guest_cart: str) -> None:
    browser.post(f"/carts/{guest_cart}/freeze")
    assert browser.project(f"carts/{guest_cart}")["cartState"] == "Frozen"
    browser.post(f"/carts/{guest_cart}/unfreeze")
    assert browser.project(f"carts/{guest_cart}")["cartState"] == "Active"


def test_the_shop_goes_on_when_its_token_is_revoked(browser: Browser) -> None:
    browser.page("/")
    requests.post(f"{browser.sandbox.commercetools_url}/_control/revoke-tokens", timeout=60)
    browser.page("/")
