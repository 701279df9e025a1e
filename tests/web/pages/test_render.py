"""The two pages of a checkout: the widget's and the forward to the hosted page, each with the order."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from bs4 import BeautifulSoup

from monext_bridge.config import PaymentMethod
from monext_bridge.domain.money import Money
from monext_bridge.domain.record.cart import Address, CartLine, Delivery
from monext_bridge.services.results import BuyerStatus, StartedSession
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


def test_hosted_page_is_offered_below_the_form_and_not_as_the_secure_one() -> None:
    page = widget_page()
    ids = [str(tag["id"]) for tag in page.select("#PaylineWidget, #hosted")]

    assert ids == ["PaylineWidget", "hosted"]
    assert "secure" not in str(page).lower()


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
        == f"0; url={started_session().redirect_url}"
    )
    assert only_element(page, "a#continue")["href"] == started_session().redirect_url
    assert not page.select("script")
    assert "passing" in only_element(page, "body")["class"], "what can't be read is not shown"


# --- the order


def test_summary_shows_lines_deliveries_discount_taxes_and_total() -> None:
    shown = visible_text(widget_page())

    for expected in (
        "Merino jumper Quantity: 2 €120.00",
        "Delivery Colissimo €5.00",
        "Discount −€10.00",
        "Taxes included €19.17",
        "To pay €115.00",
    ):
        assert expected in shown
    assert shown.count("€115.00") == 1


def test_free_delivery_is_said_in_words() -> None:
    page = widget_page(started_session(cart=cart(deliveries=(Delivery("Pick-up", eur(0)),))))

    assert "Delivery Pick-up Free" in visible_text(page)


def test_part_that_another_payment_holds_is_said() -> None:
    shown = visible_text(widget_page(started_session(due=eur(10000))))

    assert "To pay €100.00" in shown
    assert "Total €115.00 Taxes included €19.17 Already covered by another payment −€15.00" in shown


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
    assert visible_text(page).count(HOSTILE) == 6


def test_amounts_on_the_payment_page_are_not_translated() -> None:
    for page in (widget_page(), redirect_page(), widget_page(started_session(due=eur(10000)))):
        amounts = page.find_all(string=re.compile("€"))
        assert len(amounts) >= 4
        assert [text for text in amounts if text.find_parent(translate="no") is None] == []


# --- pictures

PICTURE = "https://images.example.com/jumper.jpg"
TWO_LINES = cart(
    lines=(CartLine("jumper", "Merino jumper", 2, eur(12000)), CartLine("scarf", "Scarf", 1, eur(0)))
)


def test_picture_stands_beside_its_name_in_a_room_of_its_own() -> None:
    page = widget_page(started_session(cart=TWO_LINES), pictures=(PICTURE, None))
    wanted = {"alt": "", "width": "56", "height": "56", "loading": "lazy", "referrerpolicy": "no-referrer"}

    first, second = page.select(".lines li")
    picture = only_element(BeautifulSoup(str(first), "html.parser"), "img")
    assert wanted.items() <= picture.attrs.items()
    assert picture["src"] == PICTURE
    assert not second.select("img"), "and the name of the other stands below the first"
    assert second.select("span.picture.parcel"), "a room that looks meant, and not empty"


def test_folded_order_shows_its_first_pictures_and_names() -> None:
    page = widget_page(started_session(cart=TWO_LINES), pictures=(PICTURE, PICTURE))

    assert [(img["src"], img["width"]) for img in page.select("summary img")] == [(PICTURE, "40")] * 2
    assert only_element(page, "summary .names").get_text() == "Merino jumper, Scarf"
    assert only_element(page, "summary .names")["aria-hidden"] == "true", "they are read in the list"


def test_order_without_pictures_keeps_no_room_for_them() -> None:
    page = widget_page(started_session(cart=TWO_LINES))

    assert not page.select("img, .picture, .pictured")


# --- where it goes, and how it can be paid

PARIS = Address(
    first_name="Jeanne", street_name="rue des Lilas", postal_code="75011", city="Paris", country="FR"
)


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ({"shipping_address": PARIS, "billing_address": PARIS}, ["Paris"]),
        ({"shipping_address": replace(PARIS, country="DE"), "billing_address": PARIS}, ["Paris, Germany"]),
        ({"shipping_address": PARIS}, ["Paris, France"]),
        ({"shipping_address": replace(PARIS, city=None), "billing_address": PARIS}, []),
        ({"shipping_address": replace(PARIS, country="QQ"), "billing_address": PARIS}, ["Paris, QQ"]),
        ({"shipping_address": replace(PARIS, city=HOSTILE, country=None)}, [HOSTILE]),
        ({}, []),
        (
            {
                "deliveries": (
                    Delivery("Post", eur(500), replace(PARIS, city="Lyon")),
                    Delivery("Post", eur(500), replace(PARIS, city="Lyon", street_name="rue Verte")),
                    Delivery("Post", eur(500), PARIS),
                ),
                "billing_address": PARIS,
            },
            ["Lyon", "Paris"],
        ),
    ],
)
def test_order_says_to_which_town_it_goes_and_to_whom_it_does_not(
    changes: dict[str, Any], places: list[str]
) -> None:
    page = widget_page(started_session(cart=cart(**changes)))

    said = [
        dd.get_text()
        for dt in page.select("dt")
        if dt.get_text() == "Delivered to"
        for dd in dt.find_next_siblings("dd")
    ]
    assert said == places
    assert not any(each in str(page) for each in ("Jeanne", "Lilas", "75011"))


@pytest.mark.parametrize("page", [widget_page, redirect_page])
def test_methods_are_named_in_their_order_where_the_settings_name_them(
    page: Callable[[StartedSession], BeautifulSoup],
) -> None:
    named = page(started_session(methods=(PaymentMethod.IDEAL, PaymentMethod.CB)))

    assert [mark.get_text() for mark in named.select(".methods li")] == ["iDEAL", "CB"]
    assert not page(started_session()).select(".methods")


def test_every_method_has_a_name_for_buyers() -> None:
    assert len({method.label for method in PaymentMethod}) == len(PaymentMethod)
