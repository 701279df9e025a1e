"""The buyer's pages: what they show, where they lead, and what each state of a payment says."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup, Tag

from monext_bridge.domain.cart import CartLine, Delivery
from monext_bridge.domain.money import Money
from monext_bridge.services.results import BuyerStatus
from monext_bridge.web.pages import REFRESHING, RETRYABLE
from tests.web.rendered import (
    HOSTILE,
    LINKS,
    REFRESH,
    RETRY,
    SHOP,
    STATIC,
    cart,
    eur,
    order,
    redirect_page,
    result_page,
    settled,
    started,
    widget_page,
    words,
)

NOTHING = "Nothing has been taken."
UNKNOWN = "We do not know yet whether this payment went through. Do not pay again."
VERDICTS = {
    BuyerStatus.PAID: "You have paid €115.00.",
    BuyerStatus.AUTHORIZED: "Your payment of €115.00 is authorised. Do not pay again.",
    BuyerStatus.RECORDING: "Your payment of €115.00 went through. Do not pay again.",
    BuyerStatus.PENDING: UNKNOWN,
    BuyerStatus.REVIEW: UNKNOWN,
    BuyerStatus.CHECKING: UNKNOWN,
    BuyerStatus.NOT_FINISHED: NOTHING,
    BuyerStatus.REFUSED: NOTHING,
    BuyerStatus.CANCELLED: NOTHING,
    BuyerStatus.EXPIRED: NOTHING,
    BuyerStatus.RETURNED: "Your payment of €115.00 went through and is being given back. "
    "Nothing was ordered with it.",
}


def one(page: BeautifulSoup, selector: str) -> Tag:
    found = page.select(selector)
    assert len(found) == 1, f"{selector}: {len(found)} of them"
    return found[0]


# --- the widget's page


def test_widget_has_the_token_and_the_settings_that_monext_documents() -> None:
    widget = one(widget_page(), "div#PaylineWidget")

    assert widget["data-token"] == "1yuzCOL1GqS8wc2ckpKl"
    assert widget["data-template"] == "column"
    assert widget["data-embeddedredirectionallowed"] == "false"
    assert widget["data-cspnonce"] == "n0nce"
    assert widget["data-result"] == LINKS.result
    assert not widget.get_text(strip=True)


def test_widget_comes_from_the_host_of_the_payment() -> None:
    page = widget_page(started(widget_url="https://other.example.com"))

    script = one(page, "script#widget-script")
    assert script["src"] == "https://other.example.com/cdn/scripts/widget-min.js"
    assert one(page, 'link[href="https://other.example.com/cdn/styles/widget-min.css"]')


def test_everything_readable_and_our_script_come_before_what_monext_serves() -> None:
    page = widget_page()

    order_of_loading = [
        tag.get("src") or tag.get("href") for tag in page.select("script, link[rel=stylesheet]")
    ]
    assert order_of_loading == [
        "/static/bridge.css",
        "/static/bridge.js",
        "https://widget.example.com/cdn/styles/widget-min.css",
        "https://widget.example.com/cdn/scripts/widget-min.js",
    ]
    assert not one(page, "main").select("script, link")


def test_every_script_carries_the_nonce_and_none_is_inline() -> None:
    for script in widget_page().select("script"):
        assert script["nonce"] == "n0nce"
        assert not script.get_text(strip=True)


def test_functions_that_the_widget_calls_exist_in_our_script() -> None:
    script = (STATIC / "bridge.js").read_text()
    widget = one(widget_page(), "#PaylineWidget")

    for name in (widget["data-event-didshowstate"], widget["data-event-finalstatehasbeenreached"]):
        assert f"window.{name} = " in script


def test_hosted_page_is_offered_with_script_without_and_when_the_widget_fails() -> None:
    page = widget_page()

    assert one(page, "#hosted")["href"] == LINKS.redirect_mode
    assert one(page, "noscript a")["href"] == LINKS.redirect_mode
    assert one(page, 'template[data-notice="failed"] a')["href"] == LINKS.redirect_mode


def test_every_notice_that_the_script_says_is_on_the_page() -> None:
    assert {t["data-notice"] for t in widget_page().select("template")} == {"loading", "failed", "leaving"}
    stopped = result_page(settled(BuyerStatus.PENDING)).select("template")
    assert [t["data-notice"] for t in stopped] == ["stopped"]


@pytest.mark.parametrize("page", [widget_page, redirect_page])
def test_cancel_is_a_plain_link(page: Callable[[], BeautifulSoup]) -> None:
    assert one(page(), "a#cancel")["href"] == LINKS.cancel


# --- the redirect page


def test_redirect_page_forwards_at_once_without_script() -> None:
    page = redirect_page()

    assert one(page, "head meta[http-equiv=refresh]")["content"] == f"0;url={started().redirect_url}"
    assert one(page, "a#continue")["href"] == started().redirect_url
    assert not page.select("script")


# --- the order


def test_summary_shows_lines_deliveries_discount_taxes_and_total() -> None:
    shown = words(widget_page())

    for expected in (
        "Merino jumper Quantity: 2 €120.00",
        "Delivery Colissimo €5.00",
        "Discount -€10.00",
        "Total €115.00",
        "Taxes included €19.17",
        "To pay €115.00",
    ):
        assert expected in shown


def test_free_delivery_is_said_in_words() -> None:
    page = widget_page(started(cart=cart(deliveries=(Delivery("Pick-up", eur(0)),))))

    assert "Delivery Pick-up Free" in words(page)


def test_part_that_another_payment_holds_is_said() -> None:
    shown = words(widget_page(started(due=eur(10000))))

    assert "Already covered by another payment -€15.00 To pay now €100.00" in shown


def test_nothing_is_said_of_other_payments_when_all_is_due() -> None:
    assert "another payment" not in words(widget_page())


def test_cart_without_discount_or_taxes_shows_neither() -> None:
    shown = words(widget_page(started(cart=cart(discount=None, taxes=None))))

    assert "Discount" not in shown
    assert "Taxes" not in shown


def test_long_cart_is_folded() -> None:
    line = CartLine("jumper", "Merino jumper", 1, eur(100))

    assert one(widget_page(started(cart=cart(lines=(line,) * 3))), "details").has_attr("open")
    assert not one(widget_page(started(cart=cart(lines=(line,) * 30))), "details").has_attr("open")


@pytest.mark.parametrize(
    ("money", "written"),
    [
        (Money(1234, "JPY", 0), "¥1,234"),
        (Money(1234567, "EUR"), "€12,345.67"),
        (Money(1500, "KWD", 3), "KWD 1.500"),
    ],
)
def test_amounts_have_the_digits_of_their_currency(money: Money, written: str) -> None:
    page = widget_page(started(cart=cart(total=money, taxes=None, discount=None), due=money))

    assert words(BeautifulSoup(str(one(page, "#due")), "html.parser")) == written


def test_names_from_the_shop_are_text_not_html() -> None:
    hostile = cart(lines=(CartLine("x", HOSTILE, 1, eur(100)),), deliveries=(Delivery(HOSTILE, eur(100)),))
    page = widget_page(started(cart=hostile), shop_name=HOSTILE)

    assert len(page.select("script")) == 2
    assert words(page).count(HOSTILE) == 4


# --- results


def test_every_status_has_its_verdict() -> None:
    assert set(VERDICTS) == set(BuyerStatus)


@pytest.mark.parametrize("status", BuyerStatus)
def test_result_says_what_is_certain(status: BuyerStatus) -> None:
    page = result_page(settled(status))

    assert words(BeautifulSoup(str(one(page, ".verdict")), "html.parser")) == VERDICTS[status]


def test_headings_tell_the_states_apart() -> None:
    headings = {one(result_page(settled(status)), "h1").get_text() for status in BuyerStatus}

    assert len(headings) == len(BuyerStatus)


@pytest.mark.parametrize("status", BuyerStatus)
def test_result_has_a_reference_to_quote_and_names_its_state(status: BuyerStatus) -> None:
    page = result_page(settled(status))

    assert one(page, "#reference").get_text() == "7d0a2f4e-90c1-4b8e-9f63-5f3c1f1a7b10"
    assert one(page, "main [data-status]")["data-status"] == status.value


def test_order_number_is_shown_once_there_is_one() -> None:
    with_order = result_page(settled(BuyerStatus.PAID, order=order("M3K9QX27TB4WZ")))

    assert one(with_order, "#order-number").get_text() == "M3K9QX27TB4WZ"
    assert not result_page(settled(BuyerStatus.PAID)).select("#order-number")


@pytest.mark.parametrize("status", BuyerStatus)
def test_way_back_to_the_payment_is_shown_only_where_nothing_was_taken(status: BuyerStatus) -> None:
    links = [link["href"] for link in result_page(settled(status)).select("#retry")]

    assert links == ([RETRY] if status in RETRYABLE else [])
    assert (status in RETRYABLE) == (VERDICTS[status] == NOTHING)


@pytest.mark.parametrize("status", BuyerStatus)
def test_result_leads_back_to_the_shop(status: BuyerStatus) -> None:
    assert one(result_page(settled(status)), "#shop")["href"] == SHOP


@pytest.mark.parametrize("status", BuyerStatus)
def test_result_without_any_link_is_still_a_page(status: BuyerStatus) -> None:
    page = result_page(settled(status), retry_url=None, shop_url=None, shop_name=None)

    assert not page.select("#shop, #retry")
    assert one(page, "title").get_text() == one(page, "h1").get_text()


@pytest.mark.parametrize("status", BuyerStatus)
def test_states_that_end_soon_look_again_by_themselves(status: BuyerStatus) -> None:
    page = result_page(settled(status))
    refreshes = status in REFRESHING

    by_meta = page.select("head noscript meta[http-equiv=refresh]")
    assert [tag["content"] for tag in by_meta] == ([f"10;url={REFRESH}"] if refreshes else [])
    assert [tag["data-refresh"] for tag in page.select("[data-refresh]")] == ([REFRESH] if refreshes else [])
    assert bool(page.select("script[nonce=n0nce]")) == refreshes


def test_review_is_looked_at_again_by_hand() -> None:
    assert one(result_page(settled(BuyerStatus.REVIEW)), "#again")["href"] == REFRESH


def test_money_already_given_back_is_said_to_be_back() -> None:
    page = result_page(settled(BuyerStatus.RETURNED, given_back=True))

    assert "has been given back" in one(page, ".verdict").get_text()
    assert one(page, "h1").get_text() == "Your money has been given back"


def test_shop_name_is_in_the_title() -> None:
    assert one(result_page(settled(BuyerStatus.PAID)), "title").get_text() == "Payment received – Shop"


# --- the language


@pytest.mark.parametrize(
    ("language", "written"), [(None, "€11,500.00"), ("en-GB", "€11,500.00"), ("en-ZA", "€11 500,00")]
)
def test_amounts_follow_the_region_of_the_cart(language: str | None, written: str) -> None:
    page = result_page(settled(BuyerStatus.PAID, amount=eur(1150000), language=language))

    assert words(BeautifulSoup(str(one(page, "#amount")), "html.parser")) == written


def test_page_without_a_catalogue_for_its_language_says_that_it_is_english() -> None:
    html = one(result_page(settled(BuyerStatus.PAID, language="ja-JP")), "html")

    assert (html["lang"], html["dir"]) == ("en", "ltr")
