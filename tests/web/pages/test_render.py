"""The two pages of a checkout: the widget's and the forward to the hosted page, each with the order."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup

from monext_bridge.domain.money import Money
from monext_bridge.domain.record.cart import CartLine, Delivery
from monext_bridge.services.results import BuyerStatus
from monext_bridge.web.pages.branding import PageBranding
from tests.web.rendered_pages import (
    HOSTILE,
    LINKS,
    STATIC,
    cart,
    eur,
    only_element,
    payment_result,
    redirect_page,
    result_page,
    started_session,
    visible_text,
    widget_page,
)

# --- the widget's page


def test_widget_has_the_token_and_the_settings_that_monext_documents() -> None:
    widget = only_element(widget_page(), "div#PaylineWidget")

    assert widget["data-token"] == "1yuzCOL1GqS8wc2ckpKl"
    assert widget["data-template"] == "column"
    assert widget["data-embeddedredirectionallowed"] == "false"
    assert widget["data-cspnonce"] == "n0nce"
    assert widget["data-result"] == LINKS.result
    assert not widget.get_text(strip=True)


def test_widget_comes_from_the_host_of_the_payment() -> None:
    page = widget_page(started_session(widget_url="https://other.example.com"))

    script = only_element(page, "script#widget-script")
    assert script["src"] == "https://other.example.com/cdn/scripts/widget-min.js"
    assert only_element(page, 'link[href="https://other.example.com/cdn/styles/widget-min.css"]')


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
    assert not only_element(page, "main").select("script, link")


def test_every_script_carries_the_nonce_and_none_is_inline() -> None:
    for script in widget_page().select("script"):
        assert script["nonce"] == "n0nce"
        assert not script.get_text(strip=True)


def test_functions_that_the_widget_calls_exist_in_our_script() -> None:
    script = (STATIC / "bridge.js").read_text()
    widget = only_element(widget_page(), "#PaylineWidget")

    for name in (widget["data-event-didshowstate"], widget["data-event-finalstatehasbeenreached"]):
        assert f"window.{name} = " in script


def test_hosted_page_is_offered_with_script_without_and_when_the_widget_fails() -> None:
    page = widget_page()

    assert only_element(page, "#hosted")["href"] == LINKS.redirect_mode
    assert only_element(page, "noscript a")["href"] == LINKS.redirect_mode
    assert only_element(page, 'template[data-notice="failed"] a')["href"] == LINKS.redirect_mode


def test_every_notice_that_the_script_says_is_on_the_page() -> None:
    assert {t["data-notice"] for t in widget_page().select("template")} == {"loading", "failed", "leaving"}
    stopped = result_page(payment_result(BuyerStatus.PENDING)).select("template")
    assert [t["data-notice"] for t in stopped] == ["stopped"]


@pytest.mark.parametrize("page", [widget_page, redirect_page])
def test_cancel_is_a_plain_link(page: Callable[[], BeautifulSoup]) -> None:
    assert only_element(page(), "a#cancel")["href"] == LINKS.cancel


# --- the redirect page


def test_redirect_page_forwards_at_once_without_script() -> None:
    page = redirect_page()

    assert (
        only_element(page, "head meta[http-equiv=refresh]")["content"]
        == f"0;url={started_session().redirect_url}"
    )
    assert only_element(page, "a#continue")["href"] == started_session().redirect_url
    assert not page.select("script")


# --- the order


def test_summary_shows_lines_deliveries_discount_taxes_and_total() -> None:
    shown = visible_text(widget_page())

    for expected in (
        "Merino jumper Quantity: 2 €120.00",
        "Delivery Colissimo €5.00",
        "Discount −€10.00",
        "Total €115.00",
        "Taxes included €19.17",
        "To pay €115.00",
    ):
        assert expected in shown


def test_free_delivery_is_said_in_words() -> None:
    page = widget_page(started_session(cart=cart(deliveries=(Delivery("Pick-up", eur(0)),))))

    assert "Delivery Pick-up Free" in visible_text(page)


def test_part_that_another_payment_holds_is_said() -> None:
    shown = visible_text(widget_page(started_session(due=eur(10000))))

    assert "Already covered by another payment −€15.00 To pay now €100.00" in shown


def test_nothing_is_said_of_other_payments_when_all_is_due() -> None:
    assert "another payment" not in visible_text(widget_page())


def test_cart_without_discount_or_taxes_shows_neither() -> None:
    shown = visible_text(widget_page(started_session(cart=cart(discount=None, taxes=None))))

    assert "Discount" not in shown
    assert "Taxes" not in shown


def test_order_is_folded_and_the_amount_is_not() -> None:
    page = widget_page()

    assert not only_element(page, "details").has_attr("open")
    assert not page.select("details #due")


@pytest.mark.parametrize(
    ("money", "written"),
    [
        (Money(1234, "JPY", 0), "JP¥1,234"),
        (Money(1234567, "EUR"), "€12,345.67"),
        (Money(1500, "KWD", 3), "KWD 1.500"),
    ],
)
def test_amounts_have_the_digits_of_their_currency(money: Money, written: str) -> None:
    page = widget_page(started_session(cart=cart(total=money, taxes=None, discount=None), due=money))

    assert visible_text(BeautifulSoup(str(only_element(page, "#due")), "html.parser")) == written


def test_names_from_the_shop_are_text_not_html() -> None:
    hostile = cart(lines=(CartLine("x", HOSTILE, 1, eur(100)),), deliveries=(Delivery(HOSTILE, eur(100)),))
    page = widget_page(started_session(cart=hostile), branding=PageBranding(name=HOSTILE))

    assert len(page.select("script")) == 2
    assert visible_text(page).count(HOSTILE) == 5
