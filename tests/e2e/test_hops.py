"""Calls and hops of each path, counted at the remotes of a bridge that runs as in production.

A hop is one or more calls made at the same time. Every call of the remotes is held back a little: calls
that do not overlap were not made together.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.runner import Sandbox
from tests.bridges import Buyer, Gunicorn, Page
from tests.call_counts import hops, start_counting
from tests.world import World


@pytest.fixture
def slow(gunicorn: Gunicorn, world: World) -> Iterator[World]:
    """Both remotes slow; the bridge's workers have their tokens and connections already."""
    for _ in range(6):
        Buyer(gunicorn).start(world.cart())
    yield world
    world.reset()


CART, ORDER = "GET /sandbox/carts/*", "GET /sandbox/orders/order-number=*"
SESSION = "GET /v1/checkout/payments/sessions/*"
WRITE = "POST /sandbox/payments/*"


def test_a_new_start_takes_four_hops(gunicorn: Gunicorn, slow: World) -> None:
    cart = slow.cart("customer")
    start_counting(slow)
    Buyer(gunicorn).start(cart)
    assert hops(slow) == [
        [CART],
        ["GET /sandbox/customers/*", "POST /sandbox/payments"],
        ["POST /sandbox/carts/*", "POST /v1/checkout/payments/sessions"],
        [WRITE],
    ]


def test_a_reload_takes_one_hop(gunicorn: Gunicorn, slow: World) -> None:
    cart = slow.cart()
    Buyer(gunicorn).start(cart)
    start_counting(slow)
    Buyer(gunicorn).start(cart)
    assert hops(slow) == [[CART]]


def test_a_reload_with_the_same_landing_pages_takes_one_hop(
    gunicorn: Gunicorn, slow: World, sandbox: Sandbox
) -> None:
    cart, landing = slow.cart(), {"returnUrl": f"{sandbox.shop_url}/thanks-1"}
    Buyer(gunicorn).start(cart, **landing)
    start_counting(slow)
    Buyer(gunicorn).start(cart, **landing)
    assert hops(slow) == [[CART]]


def test_a_reload_with_other_landing_pages_takes_one_hop_more(
    gunicorn: Gunicorn, slow: World, sandbox: Sandbox
) -> None:
    cart = slow.cart()
    Buyer(gunicorn).start(cart)
    start_counting(slow)
    Buyer(gunicorn).start(cart, cancelUrl=f"{sandbox.shop_url}/basket-1")
    assert hops(slow) == [[CART], [WRITE]]


def test_a_new_start_that_names_landing_pages_takes_four_hops(
    gunicorn: Gunicorn, slow: World, sandbox: Sandbox
) -> None:
    cart = slow.cart()
    start_counting(slow)
    Buyer(gunicorn).start(cart, returnUrl=f"{sandbox.shop_url}/thanks-1")
    assert len(hops(slow)) == 4


def test_an_older_open_attempt_takes_one_hop_more(gunicorn: Gunicorn, slow: World) -> None:
    cart = slow.cart()
    Buyer(gunicorn).start(cart)
    slow.add_one_item(cart)
    start_counting(slow)
    Buyer(gunicorn).start(cart)
    assert [len(hop) for hop in hops(slow)] == [1, 1, 1, 2, 1]
    assert hops(slow)[1] == [SESSION]


def paid(bridge: Gunicorn, world: World) -> Page:
    page = Buyer(bridge).start(world.cart())
    world.pay(page.token, outcome="accepted")
    return page


def test_a_return_takes_three_hops(gunicorn: Gunicorn, slow: World) -> None:
    page = paid(gunicorn, slow)
    start_counting(slow)
    Buyer(gunicorn).comes_back(page)
    assert hops(slow) == [sorted([CART, ORDER, SESSION]), [WRITE], ["POST /sandbox/orders"]]


def test_a_notification_takes_four_hops(gunicorn: Gunicorn, slow: World) -> None:
    page = paid(gunicorn, slow)
    start_counting(slow)
    Buyer(gunicorn).notification_arrives(page)
    assert hops(slow) == [sorted([CART, ORDER]), [SESSION], [WRITE], ["POST /sandbox/orders"]]


def test_what_is_final_takes_one_hop_and_no_write(gunicorn: Gunicorn, slow: World) -> None:
    page = paid(gunicorn, slow)
    Buyer(gunicorn).comes_back(page)
    start_counting(slow)
    Buyer(gunicorn).notification_arrives(page)
    assert hops(slow) == [sorted([CART, ORDER])]
    slow.forget_calls()
    Buyer(gunicorn).comes_back(page)
    assert hops(slow) == [sorted([CART, ORDER, SESSION])]


def test_the_correlation_id_goes_through_every_call(gunicorn: Gunicorn, slow: World) -> None:
    cart = slow.cart()
    slow.forget_calls()
    Buyer(gunicorn).get(f"/checkout/{cart}", headers={"X-Correlation-ID": "from-the-shop-1"})
    calls = slow.calls("commercetools") + slow.calls("monext")
    assert {c["correlation_id"] for c in calls} == {"from-the-shop-1"}
