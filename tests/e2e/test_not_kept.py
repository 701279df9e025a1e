"""The alarm that money is not kept: said once for each payment, whoever finds out and however."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from monext_bridge.domain.ids import CartId
from monext_bridge.domain.outcome.order_rules import order_number
from monext_bridge.runtime import utc_now
from monext_bridge.services.reconciliation.report import Scope
from sandbox.runner import Sandbox
from tests.bridges import Buyer, InProcess, Page
from tests.log_lines import LogLines, captured_logs
from tests.world import World


def paid(buyer: Buyer, world: World, cart: str) -> Page:
    page = buyer.start(cart)
    world.pay(page.token, outcome="accepted")
    return page


def more_in_the_cart(buyer: Buyer, world: World, cart: str) -> Page:
    page = buyer.start(cart)
    world.add_one_item(cart)
    world.pay(page.token, outcome="accepted")
    return page


def another_currency(buyer: Buyer, world: World, cart: str) -> Page:
    page = buyer.start(cart)
    world.pay(page.token, outcome="accepted", currency="USD")
    return page


def paid_twice(buyer: Buyer, world: World, cart: str) -> Page:
    """Two sessions are paid, and nobody has looked at either."""
    first, second = buyer.start(cart), buyer.start(cart, lang="de")
    world.pay(first.token, outcome="accepted")
    world.pay(second.token, outcome="accepted")
    return second


def paid_before(buyer: Buyer, world: World, cart: str) -> Page:
    """Two sessions are paid, and the first of them has its order."""
    first, second = buyer.start(cart), buyer.start(cart, lang="de")
    world.pay(first.token, outcome="accepted")
    buyer.notification_arrives(first)
    world.pay(second.token, outcome="accepted")
    return second


def no_order(buyer: Buyer, world: World, cart: str) -> Page:
    page = buyer.start(cart)
    world.refuse_orders(cart, "OutOfStock")
    world.pay(page.token, outcome="accepted")
    return page


Story = Callable[[Buyer, World, str], Page]


@dataclass(frozen=True, slots=True)
class Visit:
    """What a buyer did with a new cart, and since when: its payments are all that a pass has to read."""

    buyer: Buyer
    cart: str
    page: Page
    began: datetime


def visit(story: Story, buyer: Buyer, world: World) -> Visit:
    began = utc_now()
    cart = world.cart()
    return Visit(buyer, cart, story(buyer, world, cart), began)


def returns(visit: Visit) -> None:
    visit.buyer.comes_back(visit.page)


def is_notified(visit: Visit) -> None:
    visit.buyer.notification_arrives(visit.page)


def starts_again(visit: Visit) -> None:
    visit.buyer.checkout(visit.cart, lang="it")


def reconciles(visit: Visit) -> None:
    bridge = visit.buyer.bridge
    assert isinstance(bridge, InProcess)
    since = utc_now() - visit.began + timedelta(seconds=2)  # the records' clock is right to half a second
    bridge.services.reconcile.run(Scope(older_than=timedelta(0), since=since), tell=lambda _: None)


Path = Callable[[Visit], None]
STORIES: dict[Story, tuple[str, str]] = {
    more_in_the_cart: ("AMOUNT_MISMATCH", "The cart costs"),
    another_currency: ("AMOUNT_MISMATCH", "Planned 13490 EUR, Monext took 13490 USD"),
    paid_twice: ("SECOND_PAYMENT", "Another payment of the cart"),
    paid_before: ("SECOND_PAYMENT", "Another payment of the cart was there first"),
    no_order: ("ORDER_REFUSED", "commercetools refuses the order: OutOfStock"),
}
PATHS: tuple[Path, ...] = (returns, is_notified, starts_again, reconciles)
FOUND_OUT = [
    *((story, path) for story in (more_in_the_cart, another_currency, no_order) for path in PATHS),
    *((paid_before, path) for path in (returns, is_notified, reconciles)),
    *((paid_twice, path) for path in (starts_again, reconciles)),
]
"""A cart that is paid and ordered begins no payment; of two that nobody looked at, whoever looks at one keeps it."""


def not_kept(lines: LogLines, cart_id: str) -> list[dict[str, Any]]:
    return [line for line in lines.of("not_kept") if line["cart"] == cart_id]


@pytest.mark.parametrize(("story", "path"), FOUND_OUT, ids=lambda each: each.__name__)
def test_money_that_goes_back_is_told_once_by_whoever_finds_out(
    story: Story, path: Path, buyer: Buyer, world: World
) -> None:
    flag, why = STORIES[story]
    made = visit(story, buyer, world)
    cart = made.cart
    with captured_logs() as lines:
        path(made)
        (told,) = not_kept(lines, cart)
        for again in PATHS:
            again(made)
        assert len(not_kept(lines, cart)) == 1
    flagged = [p["id"] for p in world.payments(cart) if p["paymentStatus"].get("interfaceCode") == flag]
    assert flagged == [told["payment"]]
    assert (told["level"], told["flag"]) == ("ERROR", flag)
    assert told["why"].startswith(why)
    assert (told["store"], told["order"]) == ("fr-store", order_number(CartId(cart)))


def test_a_second_payment_is_told_with_the_number_of_the_order_that_the_first_has(
    buyer: Buyer, world: World
) -> None:
    made = visit(paid_twice, buyer, world)
    with captured_logs() as lines:
        reconciles(made)
        (told,) = not_kept(lines, made.cart)
    assert [order["orderNumber"] for order in world.orders(made.cart)] == [told["order"]]


def test_so_it_is_where_the_shop_makes_the_orders(sandbox: Sandbox, world: World) -> None:
    buyer = Buyer(InProcess(sandbox, ORDER_CREATION="off"))
    page = paid_before(buyer, world, cart := world.cart())
    with captured_logs() as lines:
        buyer.notification_arrives(page)
        buyer.notification_arrives(page)
        assert [told["flag"] for told in not_kept(lines, cart)] == ["SECOND_PAYMENT"]


def test_many_at_once_tell_it_once(buyer: Buyer, world: World) -> None:
    page = more_in_the_cart(buyer, world, cart := world.cart())
    with captured_logs() as lines, ThreadPoolExecutor(8) as everybody:
        list(everybody.map(buyer.notification_arrives, [page] * 8))
        assert len(not_kept(lines, cart)) == 1


@pytest.mark.parametrize("story", [more_in_the_cart, no_order], ids=lambda each: each.__name__)
def test_it_is_told_where_commercetools_answer_to_the_flag_was_lost(
    story: Story, buyer: Buyer, world: World
) -> None:
    page = story(buyer, world, cart := world.cart())
    skip = 0 if story is more_in_the_cart else 1
    world.fault("commercetools", action="drop_after", method="POST", path="/payments/", skip=skip)
    with captured_logs() as lines:
        assert buyer.notification_arrives(page).status == 503
        buyer.notification_arrives(page)
        assert len(not_kept(lines, cart)) == 1
    assert world.payment(cart)["paymentStatus"]["interfaceCode"] == STORIES[story][0]


def test_money_that_is_kept_is_not_told(buyer: Buyer, world: World) -> None:
    made = visit(paid, buyer, world)
    with captured_logs() as lines:
        for path in PATHS:
            path(made)
        assert not_kept(lines, made.cart) == []
