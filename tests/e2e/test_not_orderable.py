"""Carts that say themselves that no order can be made of them are refused before the money, page and API alike."""

from __future__ import annotations

import json

import pytest

from monext_bridge.domain.record.cart import NotPayable
from monext_bridge.web.pages.error_words import NOT_PAYABLE
from sandbox.runner import Sandbox
from tests.bridges import Buyer, InProcess
from tests.world import World

OBSTACLES = (
    NotPayable.DISCOUNT_CODE,
    NotPayable.SHIPPING_METHOD,
    NotPayable.SHIPPING_DETAILS,
    NotPayable.NO_SHIPPING_ADDRESS,
)


@pytest.mark.parametrize("reason", OBSTACLES)
def test_a_page_refuses_it_with_its_words_and_opens_nothing(
    reason: NotPayable, buyer: Buyer, world: World
) -> None:
    cart = world.cart_with(reason)
    answer = buyer.checkout(cart, lang="en")
    assert (answer.status, world.calls("monext"), world.payments(cart)) == (409, [], [])
    assert str(NOT_PAYABLE[reason].heading) in answer.visible_text


def test_a_code_that_was_used_too_often_is_said_before_the_money(buyer: Buyer, world: World) -> None:
    answer = buyer.checkout(world.cart("spent-code"), lang="en")
    assert answer.status == 409
    assert str(NOT_PAYABLE[NotPayable.DISCOUNT_CODE].heading) in answer.visible_text


@pytest.mark.parametrize("reason", OBSTACLES)
def test_the_api_refuses_it_with_the_reason_and_opens_nothing(
    reason: NotPayable, in_process: InProcess, world: World
) -> None:
    cart = world.cart_with(reason)
    answer = in_process.call("POST", "/payment", json={}, headers={"X-Session-Id": world.session(cart)})
    (error,) = json.loads(answer.text)["errors"]
    assert (answer.status, error["code"]) == (409, "InvalidOperation")
    assert error["message"] == f"the cart can't be paid: {reason.value}"
    assert (world.calls("monext"), world.payments(cart)) == ([], [])


def test_a_cart_that_becomes_so_during_the_start_is_never_shown(buyer: Buyer, world: World) -> None:
    cart, refused = world.cart(), world.cart_with(NotPayable.DISCOUNT_CODE)
    said = world.project.get(f"carts/{refused}") | {"id": cart}
    world.fault(
        "commercetools", action="status", code=200, body=said, path=f"/carts/{cart}$", skip=1, times=0
    )
    assert buyer.checkout(cart).status == 409


def test_a_missing_shipping_method_alone_is_paid(buyer: Buyer, world: World) -> None:
    assert buyer.start(world.cart(shippingInfo=None)).token


def test_digital_products_are_paid_and_ordered_without_a_delivery_address(buyer: Buyer, world: World) -> None:
    page = buyer.start(cart := world.cart("digital"))
    world.pay(page.token, outcome="accepted")
    assert buyer.notification_arrives(page).status == 200
    assert len(world.orders(cart)) == 1


@pytest.mark.parametrize("setting", ["furniture", ""])
def test_products_of_another_type_need_a_delivery_address(
    setting: str, sandbox: Sandbox, world: World
) -> None:
    buyer = Buyer(InProcess(sandbox, DIGITAL_PRODUCT_TYPES=setting))
    assert (buyer.checkout(world.cart("digital")).status, world.calls("monext")) == (409, [])


def test_a_chair_without_a_delivery_address_is_not_sold_as_digital(buyer: Buyer, world: World) -> None:
    answer = buyer.checkout(world.cart(shippingAddress=None, shippingInfo=None))
    assert (answer.status, world.calls("monext")) == (409, [])


@pytest.mark.parametrize(("setting", "expansions"), [("download", 2), ("", 1)])
def test_product_types_are_read_only_where_the_setting_names_some(
    setting: str, expansions: int, sandbox: Sandbox, world: World
) -> None:
    cart = world.cart()
    Buyer(InProcess(sandbox, DIGITAL_PRODUCT_TYPES=setting)).start(cart)
    calls = [call for call in world.calls("commercetools") if call["path"].endswith(f"/carts/{cart}")]
    assert {call["query"].count("expand") for call in calls} == {expansions}
