"""Where a payment stands: each state with its sentence, its reference, its ways on and its refresh."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup

from monext_bridge.domain.operations import RefundsUnderWay
from monext_bridge.services.results import BuyerStatus
from monext_bridge.web.pages.branding import PLAIN, Link, PageBranding
from monext_bridge.web.pages.render import REFRESHING, RETRYABLE
from tests.web.rendered_pages import (
    NEXT_POLL,
    REFRESH,
    RETRY,
    SHOP,
    eur,
    only_element,
    order,
    payment_result,
    result_page,
    visible_text,
)

ORDER = order("M3K9QX27TB4WZ")
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
    BuyerStatus.RETURNED: "Your payment of €115.00 went through and is being returned.",
    BuyerStatus.REFUNDED: "You had paid €115.00. All of it has been refunded.",
}


def test_every_status_has_its_verdict() -> None:
    assert set(VERDICTS) == set(BuyerStatus)


@pytest.mark.parametrize("status", BuyerStatus)
def test_result_says_what_is_certain(status: BuyerStatus) -> None:
    page = result_page(payment_result(status))

    assert visible_text(BeautifulSoup(str(only_element(page, ".verdict")), "html.parser")) == VERDICTS[status]


@pytest.mark.parametrize("status", BuyerStatus)
def test_result_has_a_reference_to_quote_and_names_its_state(status: BuyerStatus) -> None:
    page = result_page(payment_result(status))

    assert only_element(page, "#reference").get_text() == "7d0a2f4e-90c1-4b8e-9f63-5f3c1f1a7b10"
    assert only_element(page, "main [data-status]")["data-status"] == status.value


def test_order_number_is_shown_once_there_is_one() -> None:
    with_order = result_page(payment_result(BuyerStatus.PAID, order=order("M3K9QX27TB4WZ")))

    assert only_element(with_order, "#order-number").get_text() == "M3K9QX27TB4WZ"
    assert not result_page(payment_result(BuyerStatus.PAID)).select("#order-number")


@pytest.mark.parametrize("status", BuyerStatus)
def test_result_has_one_number_to_quote_with_a_button_that_a_script_shows(status: BuyerStatus) -> None:
    for made, quoted, name in (
        (None, "reference", "payment reference"),
        (ORDER, "order-number", "order number"),
    ):
        page = result_page(payment_result(status, order=made))

        button = only_element(page, "button")
        assert (button["data-copies"], button["type"], button.has_attr("hidden")) == (quoted, "button", True)
        assert f"Please quote the {name} if you contact the shop." in visible_text(page)


def test_order_without_a_number_leaves_the_payment_reference_to_quote() -> None:
    page = result_page(payment_result(BuyerStatus.PAID, order=replace(ORDER, number=None)))

    assert only_element(page, "button")["data-copies"] == "reference"


@pytest.mark.parametrize("status", BuyerStatus)
def test_what_must_not_be_translated_says_so(status: BuyerStatus) -> None:
    page = result_page(payment_result(status, order=ORDER, refunded=eur(1000)))

    kept = [only_element(page, f"#{id_}") for id_ in ("order-number", "amount", "refunded", "reference")]
    assert [tag["id"] for tag in kept if tag.get("translate") != "no"] == []
    named = [
        text for text in page.find_all(string=re.compile("€")) if text.find_parent(translate="no") is None
    ]
    assert named == []


def test_result_says_how_much_was_refunded_and_when() -> None:
    at = datetime(2026, 7, 31, 22, 5, tzinfo=UTC)
    for status in (BuyerStatus.PAID, BuyerStatus.REFUNDED, BuyerStatus.RETURNED):
        page = result_page(payment_result(status, refunded=eur(1000), given_back_at=at))

        assert "Refunded €10.00 Refunded on 1 August 2026, 00:05 (UTC+2)" in visible_text(page)


def test_result_says_what_is_on_its_way_back_and_since_when() -> None:
    since = datetime(2026, 7, 31, 22, 5, tzinfo=UTC)
    for status in (BuyerStatus.PAID, BuyerStatus.RETURNED):
        page = result_page(payment_result(status, refunding=RefundsUnderWay(eur(1200), since)))

        assert "Refund under way €12.00 Refund started on 1 August 2026, 00:05 (UTC+2)" in visible_text(page)
        assert only_element(page, "#refunding")["translate"] == "no"
        assert not page.select("#refunded")


def test_result_says_of_a_refund_under_way_whose_beginning_nobody_knows_the_amount_alone() -> None:
    page = result_page(payment_result(BuyerStatus.PAID, refunding=RefundsUnderWay(eur(1200), None)))

    assert "Refund under way €12.00 Payment reference" in visible_text(page)
    assert not page.select("#refunding-since")


def test_a_payment_that_the_shop_has_cancelled_is_called_released_and_not_abandoned() -> None:
    page = result_page(payment_result(BuyerStatus.CANCELLED, released=True))
    heading = page.select_one("h1")
    assert heading is not None
    assert heading.get_text(strip=True) == "The reserved amount has been released"


def test_result_of_a_reservation_says_when_it_was_released_and_of_no_refund() -> None:
    at = datetime(2026, 7, 31, 22, 5, tzinfo=UTC)
    page = result_page(payment_result(BuyerStatus.RETURNED, released=True, refunded=eur(0), given_back_at=at))

    assert "Released on 1 August 2026, 00:05 (UTC+2)" in visible_text(page)
    assert not page.select("#refunded")


@pytest.mark.parametrize("given", [{"refunded": eur(0)}, {"refunded": None}, {}])
def test_result_says_nothing_of_refunds_where_there_are_none(given: dict[str, Any]) -> None:
    assert not result_page(payment_result(BuyerStatus.PAID, **given)).select("#refunded, #given-back-at")


@pytest.mark.parametrize("status", BuyerStatus)
def test_result_of_a_shop_without_pages_leads_to_its_contact(status: BuyerStatus) -> None:
    branding = PageBranding(name="Shop", contact=Link("Contact us", "mailto:help@shop.example.com"))
    page = result_page(payment_result(status), shop_url=None, branding=branding)

    assert only_element(page, "#contact")["href"] == "mailto:help@shop.example.com"
    assert not result_page(payment_result(status), branding=branding).select("#contact")


@pytest.mark.parametrize("status", BuyerStatus)
def test_way_back_to_the_payment_is_shown_only_where_nothing_was_taken(status: BuyerStatus) -> None:
    links = [link["href"] for link in result_page(payment_result(status)).select("#retry")]

    assert links == ([RETRY] if status in RETRYABLE else [])
    assert (status in RETRYABLE) == (VERDICTS[status] == NOTHING)


@pytest.mark.parametrize("status", BuyerStatus)
def test_result_leads_back_to_the_shop(status: BuyerStatus) -> None:
    assert only_element(result_page(payment_result(status)), "#shop")["href"] == SHOP


@pytest.mark.parametrize("status", BuyerStatus)
def test_result_without_any_link_is_still_a_page(status: BuyerStatus) -> None:
    page = result_page(payment_result(status), retry_url=None, shop_url=None, branding=PLAIN)

    assert not page.select("#shop, #retry")
    assert only_element(page, "title").get_text() == only_element(page, "h1").get_text()


@pytest.mark.parametrize("status", BuyerStatus)
def test_states_that_end_soon_look_again_by_themselves(status: BuyerStatus) -> None:
    page = result_page(payment_result(status))
    refreshes = status in REFRESHING

    by_meta = page.select("head noscript meta[http-equiv=refresh]")
    assert [tag["content"] for tag in by_meta] == ([f"10; url={NEXT_POLL}"] if refreshes else [])
    assert [tag["data-refresh"] for tag in page.select("[data-refresh]")] == ([REFRESH] if refreshes else [])
    assert only_element(page, "script")["nonce"] == "n0nce"


@pytest.mark.parametrize("status", BuyerStatus)
def test_browser_without_script_that_has_looked_long_enough_is_left_with_a_button(
    status: BuyerStatus,
) -> None:
    page = result_page(payment_result(status), next_poll_url=None)

    assert not page.select("head noscript, meta[http-equiv=refresh]")
    by_hand = [link["href"] for link in page.select("main noscript a.button")]
    assert by_hand == ([REFRESH] if status in REFRESHING else [])
    assert [tag["data-refresh"] for tag in page.select("[data-refresh]")] == by_hand


def test_result_says_when_the_money_was_taken() -> None:
    taken = datetime(2026, 7, 31, 22, 5, tzinfo=UTC)
    page = result_page(
        payment_result(BuyerStatus.PAID, begun=taken - timedelta(minutes=4), taken=taken, language="fr")
    )

    assert only_element(page, "#moment").get_text() == "1 août 2026, 00:05 (UTC+2)"
    assert only_element(page, "#moment time")["datetime"] == "2026-07-31T22:05:00+00:00"
    assert "Date et heure 1 août" in visible_text(page)


def test_result_of_what_was_not_taken_says_when_it_was_begun() -> None:
    page = result_page(payment_result(BuyerStatus.REFUSED, begun=datetime(2026, 1, 5, 9, 30, tzinfo=UTC)))

    assert "Payment started 5 January 2026, 10:30 (UTC+1)" in visible_text(page)


def test_result_without_a_known_time_says_none() -> None:
    assert not result_page(payment_result(BuyerStatus.PAID)).select("#moment, time")


def test_review_is_looked_at_again_by_hand() -> None:
    assert only_element(result_page(payment_result(BuyerStatus.REVIEW)), "#again")["href"] == REFRESH


def test_money_already_given_back_is_said_to_be_back() -> None:
    page = result_page(payment_result(BuyerStatus.RETURNED, given_back=True))

    assert "has been returned" in only_element(page, ".verdict").get_text()
    assert only_element(page, "h1").get_text() == "Your money has been returned"


@pytest.mark.parametrize("status", [BuyerStatus.PAID, BuyerStatus.AUTHORIZED])
def test_result_speaks_of_an_order_only_where_there_is_one(status: BuyerStatus) -> None:
    said = [
        visible_text(result_page(payment_result(status, order=made)))
        for made in (None, order("M3K9QX27TB4WZ"))
    ]
    assert [("nothing more for you to do" in text, "recorded with the shop" in text) for text in said] == [
        (False, True),
        (True, False),
    ]


def test_result_of_a_missing_order_promises_none() -> None:
    text = visible_text(result_page(payment_result(BuyerStatus.RECORDING)))
    assert "has not confirmed your order yet" in text
    assert "will be recorded" not in text


def test_shop_name_is_in_the_title() -> None:
    assert (
        only_element(result_page(payment_result(BuyerStatus.PAID)), "title").get_text()
        == "Payment received – Shop"
    )


@pytest.mark.parametrize(
    ("language", "written"), [(None, "€11,500.00"), ("en-GB", "€11,500.00"), ("en-ZA", "€11 500,00")]
)
def test_amounts_follow_the_region_of_the_cart(language: str | None, written: str) -> None:
    page = result_page(payment_result(BuyerStatus.PAID, amount=eur(1150000), language=language))

    assert visible_text(BeautifulSoup(str(only_element(page, "#amount")), "html.parser")) == written


def test_page_without_a_catalogue_for_its_language_says_that_it_is_english() -> None:
    html = only_element(result_page(payment_result(BuyerStatus.PAID, language="ja-JP")), "html")

    assert (html["lang"], html["dir"]) == ("en", "ltr")
