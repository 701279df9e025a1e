"""What the summary of an order shows adds up to the amount to pay, for every cart of the sandbox that can be paid."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup, Tag

from monext_bridge.domain.money import Money
from monext_bridge.domain.record.cart import CartLine, Delivery
from sandbox.commercetools.seed.situations import SITUATIONS
from tests.bridges import Buyer
from tests.web.rendered_pages import cart, eur, only_element, started_session, visible_text, widget_page
from tests.world import World

NOT_PAID_HERE = {
    "empty",
    "free",
    "merged",
    "locked",
    "no-billing-address",
    "no-shipping-address",
    "no-store",
    "other-store",
    "spent-code",
}
DIFFERENCE = "Rounding and adjustments"


def minor_units(text: str) -> int:
    digits = int(re.sub(r"\D", "", text) or 0)
    return -digits if "\N{MINUS SIGN}" in text else digits


def shown_parts(page: BeautifulSoup) -> list[int]:
    """Give what each part of the order costs as the page says it: neither the total nor the taxes in it are parts."""
    rows = page.select(".totals div:not(.total, .taxes)")
    amounts = [tag for row in rows for tag in row.select("dd[translate=no]")]
    return [minor_units(tag.get_text()) for tag in (*page.select(".lines .amount"), *amounts)]


def due(page: BeautifulSoup) -> int:
    return minor_units(only_element(page, "#due").get_text())


@pytest.mark.parametrize("situation", sorted(set(SITUATIONS) - NOT_PAID_HERE))
def test_parts_of_every_cart_add_up_to_the_amount_to_pay(situation: str, buyer: Buyer, world: World) -> None:
    answer = buyer.checkout(world.cart(situation), lang="en")

    assert answer.status == 200
    assert len(shown_parts(answer.page)) > 0
    assert sum(shown_parts(answer.page)) == due(answer.page)
    assert DIFFERENCE not in answer.visible_text


@pytest.mark.parametrize("situation", sorted(NOT_PAID_HERE))
def test_no_cart_that_can_be_paid_is_left_out(situation: str, buyer: Buyer, world: World) -> None:
    assert buyer.checkout(world.cart(situation)).status >= 400


def test_what_a_gift_card_has_paid_is_a_part_beside_the_total(buyer: Buyer, world: World) -> None:
    page = buyer.checkout(world.cart("gift-card"), lang="en").page

    assert "Already covered by another payment −€30.00" in visible_text(page)
    assert minor_units(only_element(page, ".totals .total dd").get_text()) == due(page) + 3000


def test_a_gift_card_and_discounts_on_all_parts_of_several_deliveries_add_up(
    buyer: Buyer, world: World
) -> None:
    made = world.cart("several-shipping")
    off = [
        {"value": {"type": "relative", "permyriad": 333}, "target": target}
        for target in (
            {"type": "lineItems", "predicate": "1=1"},
            {"type": "shipping"},
            {"type": "totalPrice"},
        )
    ]
    world.change(made, action="setDirectDiscounts", discounts=off)
    world.hold_by_another_interface(made, amount=1234, currency="EUR")

    page = buyer.checkout(made, lang="en").page
    assert {"Discount", "Already covered by another payment"} <= set(map(Tag.get_text, page.select("dt")))
    assert sum(shown_parts(page)) == due(page)


@pytest.mark.parametrize(("total", "written"), [(11501, "€0.01"), (11497, "\N{MINUS SIGN}€0.03")])
def test_a_total_that_was_rounded_otherwise_than_its_parts_says_so(total: int, written: str) -> None:
    page = widget_page(started_session(cart=cart(total=eur(total)), due=eur(total)))

    assert f"{DIFFERENCE} {written}" in visible_text(page)
    assert sum(shown_parts(page)) == total


def test_difference_is_written_in_the_digits_of_the_currency() -> None:
    yen = {name: Money(amount, "JPY", 0) for name, amount in (("line", 1000), ("trip", 100), ("total", 1101))}
    rounded = cart(
        total=yen["total"],
        taxes=None,
        discount=None,
        lines=(CartLine("lamp", "Lamp", 1, yen["line"]),),
        deliveries=(Delivery("Post", yen["trip"]),),
    )

    assert f"{DIFFERENCE} JP¥1" in visible_text(widget_page(started_session(cart=rounded, due=yen["total"])))
