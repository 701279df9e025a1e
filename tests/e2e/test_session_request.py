"""What Monext is asked for at a start, by the settings of the store and the contents of the cart."""

from __future__ import annotations

import pytest

from sandbox.runner import Sandbox
from tests.bridges import Buyer, InProcess
from tests.world import World

BILLING = {"country": "FR", "lastName": "Dupont", "email": "jean@plain.example.com"}


@pytest.fixture(scope="module")
def wishful(sandbox: Sandbox) -> Buyer:
    wishes = {
        "MONEXT_FALLBACK_METHOD_IDS": "AMEX_FR",
        "MONEXT_PAGE_CODE": "winter",
        "MONEXT_SOFT_DESCRIPTOR": "Chaises SA",
        "MONEXT_CHALLENGE": "CHALLENGE_REQUESTED",
    }
    return Buyer(InProcess(sandbox, variables=wishes))


def test_the_wishes_of_the_settings_reach_monext(wishful: Buyer, world: World) -> None:
    request = world.session_request(wishful.start(world.cart()).token)
    assert request["paymentMethod"]["fallbackPaymentMethodIDs"] == ["AMEX_FR"]
    assert request["customPaymentPageCode"] == "winter"
    assert request["payment"]["softDescriptor"] == "Chaises SA"
    assert request["threeDS"]["challengeInd"] == "CHALLENGE_REQUESTED"


def test_a_method_that_was_chosen_has_no_second_choice(wishful: Buyer, world: World) -> None:
    cart = world.cart()
    unrestricted = wishful.start(cart)
    chosen = wishful.start(cart, method="CB")
    assert chosen.token != unrestricted.token
    assert world.session_request(chosen.token)["paymentMethod"] == {"paymentMethodIDs": ["CB_FR"]}


def test_a_session_that_allows_some_methods_has_no_second_choice(sandbox: Sandbox, world: World) -> None:
    buyer = Buyer(InProcess(sandbox, CHECKOUT_ACCESS="session", MONEXT_FALLBACK_METHOD_IDS="AMEX_FR"))
    cart = world.cart()
    session = world.session(cart, metadata={"allowedPaymentMethods": ["CB"]})
    request = world.session_request(buyer.start(cart, session=session).token)
    assert request["paymentMethod"] == {"paymentMethodIDs": ["CB_FR"]}


def test_without_wishes_nothing_is_said_of_them(buyer: Buyer, world: World) -> None:
    request = world.session_request(buyer.start(world.cart()).token)
    assert request["threeDS"] == {"challengeInd": "NO_PREFERENCE"}
    assert "fallbackPaymentMethodIDs" not in request["paymentMethod"]
    assert "customPaymentPageCode" not in request
    assert "softDescriptor" not in request["payment"]


PAYABLE = [
    "customer",
    "discounted",
    "german-store",
    "several-shipping",
    "custom-line",
    "digital",
    "yen",
    "dinar",
    "frozen",
    "exotic",
    "gift-card",
    "tax-rates",
    "net-prices",
]


@pytest.mark.parametrize("situation", PAYABLE)
def test_items_and_delivery_less_discount_are_the_amount(situation: str, buyer: Buyer, world: World) -> None:
    request = world.session_request(buyer.start(world.cart(situation)).token)
    order = request["order"]
    parts = sum(item["price"] for item in order["items"]) + request["delivery"].get("charge", 0)
    assert parts - order.get("discount", 0) == order["amount"] == request["payment"]["amount"]


def test_what_a_gift_card_holds_is_a_discount(buyer: Buyer, world: World) -> None:
    assert world.session_request(buyer.start(world.cart("gift-card")).token)["order"]["discount"] == 3000


def test_an_email_that_monext_refuses_hides_no_good_one(buyer: Buyer, world: World) -> None:
    cart = world.cart("guest", customerEmail="info@b\u00fccher.example")
    world.change(cart, action="setBillingAddress", address=BILLING)
    assert world.session_request(buyer.start(cart).token)["buyer"]["email"] == "jean@plain.example.com"
