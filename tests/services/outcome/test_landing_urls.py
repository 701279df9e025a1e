"""Hints on the landing page: ours alone have their names, and all else stays as the shop wrote it."""

from __future__ import annotations

import pytest

from monext_bridge.domain.record import NO_LANDING_PAGES, LandingPages
from monext_bridge.services.outcome import shop_front, with_hints
from monext_bridge.services.results import BuyerStatus
from tests.web.rendered_pages import order, payment_result

PAID = payment_result(BuyerStatus.PAID)
HINTS = f"paymentReference={PAID.payment_id}&status=paid"
SHOP = "https://shop.example.com/thanks"


@pytest.mark.parametrize(
    ("own", "sent_to"),
    [
        ("", f"?{HINTS}"),
        ("?", f"?{HINTS}"),
        ("#", f"?{HINTS}#"),
        ("?step=4", f"?step=4&{HINTS}"),
        ("?step=4#pay?status=1", f"?step=4&{HINTS}#pay?status=1"),
        ("#/thanks?step=4", f"?{HINTS}#/thanks?step=4"),
        ("?a=b+c%20%c3%A9&&d&e=&=f", f"?a=b+c%20%c3%A9&&d&e=&=f&{HINTS}"),
        ("?q=status=refused&Status=1&statuses=2", f"?q=status=refused&Status=1&statuses=2&{HINTS}"),
        ("?a;b=1:2@3/?4", f"?a;b=1:2@3/?4&{HINTS}"),
    ],
)
def test_what_the_landing_page_has_of_its_own_stays_as_it_is(own: str, sent_to: str) -> None:
    assert with_hints(SHOP + own, PAID) == SHOP + sent_to


@pytest.mark.parametrize(
    "shadow",
    ["status=paid", "status", "status=", "paymentReference=1", "orderId=1", "orderNumber=1", "%73tatus=paid"],
)
def test_a_hint_is_replaced_and_not_repeated(shadow: str) -> None:
    for own in (f"?{shadow}", f"?{shadow}&{shadow}"):
        assert with_hints(SHOP + own, PAID) == f"{SHOP}?{HINTS}"
    assert with_hints(f"{SHOP}?a=1&{shadow}&b=2#x", PAID) == f"{SHOP}?a=1&b=2&{HINTS}#x"


def test_the_order_of_the_landing_page_is_the_payments() -> None:
    paid = payment_result(BuyerStatus.PAID, order=order("M1"))
    sent_to = with_hints(f"{SHOP}?orderNumber=M2&orderId=x", paid)
    assert sent_to == f"{SHOP}?{HINTS}&orderId=o&orderNumber=M1"


@pytest.mark.parametrize(
    ("landing", "front"),
    [
        (LandingPages("https://shop.example.com/thanks?a=1", None), "https://shop.example.com/"),
        (LandingPages(None, "https://shop.example.com:8443/cart#x"), "https://shop.example.com:8443/"),
        (LandingPages("https://one.example/", "https://two.example/back"), "https://two.example/"),
        (NO_LANDING_PAGES, None),
    ],
)
def test_the_front_of_a_shop_is_the_first_page_of_its_host(landing: LandingPages, front: str | None) -> None:
    assert shop_front(landing) == front
