"""A cart keeps the id of a customer who was deleted. It is paid like a guest's."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bridges import Buyer
from tests.world import World

CUSTOMER = "c0ffee00-0000-4000-8000-000000000001"
REFUSALS: dict[str, tuple[int, dict[str, Any]]] = {
    "referenced": (400, {"code": "ReferencedResourceNotFound", "typeId": "customer", "id": CUSTOMER}),
    "not found": (404, {"code": "ResourceNotFound"}),
    "field": (400, {"code": "InvalidField", "field": "customer.id", "invalidValue": CUSTOMER}),
}
OTHERS: dict[str, tuple[int, dict[str, Any]]] = {
    "another reference": (400, {"code": "ReferencedResourceNotFound", "typeId": "type", "id": CUSTOMER}),
    "another field": (400, {"code": "InvalidField", "field": "key", "invalidValue": "x"}),
    "about us": (400, {"code": "InvalidJsonInput"}),
}


def refuse_once(world: World, refusal: tuple[int, dict[str, Any]], *, times: int = 1) -> None:
    status, error = refusal
    body = {"statusCode": status, "message": "no", "errors": [error | {"message": "no"}]}
    rule = {"action": "status", "code": status, "body": body, "times": times}
    world.fault("commercetools", method="POST", path="/payments$", **rule)


def drafts(world: World) -> int:
    return len(
        [c for c in world.calls("commercetools") if c["method"] == "POST" and c["path"].endswith("/payments")]
    )


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_a_payment_that_is_refused_for_its_customer_is_recorded_as_a_guests(
    refusal: tuple[int, dict[str, Any]], buyer: Buyer, world: World
) -> None:
    refuse_once(world, refusal)
    page = buyer.start(cart := world.cart("customer"))
    assert "customer" not in world.payment(cart)
    world.pay(page.token, outcome="accepted")
    assert buyer.notification_arrives(page).status == 200
    assert len(world.orders(cart)) == 1


def test_a_cart_of_a_deleted_customer_is_paid_and_ordered(buyer: Buyer, world: World) -> None:
    page = buyer.start(cart := world.cart("customer-gone"))
    assert "customer" not in world.payment(cart)
    world.pay(page.token, outcome="accepted")
    assert buyer.notification_arrives(page).status == 200
    assert len(world.orders(cart)) == 1


def test_it_is_tried_once_more_and_no_oftener(buyer: Buyer, world: World) -> None:
    refuse_once(world, REFUSALS["referenced"], times=0)
    assert buyer.checkout(world.cart("customer")).status == 502
    assert drafts(world) == 2


@pytest.mark.parametrize("refusal", OTHERS.values(), ids=OTHERS)
def test_any_other_refusal_is_no_reason_to_leave_the_customer_out(
    refusal: tuple[int, dict[str, Any]], buyer: Buyer, world: World
) -> None:
    refuse_once(world, refusal)
    assert buyer.checkout(world.cart("customer")).status == 502
    assert drafts(world) == 1


def test_a_guests_payment_is_not_tried_again(buyer: Buyer, world: World) -> None:
    refuse_once(world, REFUSALS["not found"])
    assert buyer.checkout(world.cart("guest")).status == 502
    assert drafts(world) == 1


def test_a_cart_whose_customer_is_gone_is_paid(buyer: Buyer, world: World) -> None:
    refuse_once(world, REFUSALS["referenced"])
    assert buyer.start(world.cart(customerId=CUSTOMER)).token
