"""What a browser loads for an image, a script or a foreign frame starts and cancels nothing."""

from __future__ import annotations

import pytest

from sandbox.runner import Sandbox
from tests.bridges import Buyer, InProcess
from tests.world import World

DOCUMENT = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
FROM_ELSEWHERE = {"Sec-Fetch-Site": "cross-site"}
OUR_FRAME = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "same-origin"}
FOREIGN_FRAME = OUR_FRAME | FROM_ELSEWHERE

A_PERSON = [
    {},
    DOCUMENT,
    DOCUMENT | FROM_ELSEWHERE,
    {"Sec-Fetch-Mode": "navigate"},
    {"Sec-Fetch-Dest": "document"},
]
NOBODY = [
    {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
    {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"},
    {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"},
    {"Sec-Fetch-Mode": "same-origin", "Sec-Fetch-Dest": "empty"},
    {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "object"},
    {"Sec-Fetch-Mode": "nested-navigate"},
    {"Sec-Fetch-Dest": "image"},
    OUR_FRAME,
    FOREIGN_FRAME,
]


@pytest.fixture(scope="module")
def framed(sandbox: Sandbox) -> Buyer:
    """A bridge whose pages a shop may frame."""
    return Buyer(InProcess(sandbox, FRAME_ANCESTORS=sandbox.shop_url))


@pytest.mark.parametrize("headers", A_PERSON, ids=str)
def test_a_person_cancels(headers: dict[str, str], buyer: Buyer, world: World) -> None:
    cart = world.cart()
    page = buyer.start(cart)
    assert "status=cancelled" in buyer.get(f"/cancel/{page.ref}", headers=headers).location
    assert world.transactions(cart)[0][1] == "Failure"


@pytest.mark.parametrize("headers", NOBODY, ids=str)
def test_nobody_cancels_without_being_led_there(headers: dict[str, str], buyer: Buyer, world: World) -> None:
    cart = world.cart()
    page = buyer.start(cart)
    world.forget_calls()
    answer = buyer.get(f"/cancel/{page.ref}", headers=headers)
    assert (answer.status, answer.location) == (303, f"/result/{page.ref}")
    assert world.calls("commercetools") == world.calls("monext") == []
    assert world.transactions(cart)[0][1] == "Initial"


def test_a_frame_cancels_from_our_own_page_in_it_alone(framed: Buyer, world: World) -> None:
    cart = world.cart()
    page = framed.start(cart)
    framed.get(f"/cancel/{page.ref}", headers=FOREIGN_FRAME)
    assert world.transactions(cart)[0][1] == "Initial"
    framed.get(f"/cancel/{page.ref}", headers=OUR_FRAME)
    assert world.transactions(cart)[0][1] == "Failure"


@pytest.mark.parametrize("headers", A_PERSON, ids=str)
def test_a_person_starts(headers: dict[str, str], buyer: Buyer, world: World) -> None:
    assert buyer.get(f"/checkout/{world.cart()}", headers=headers).status == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("headers", NOBODY, ids=str)
def test_nothing_starts_that_nobody_was_led_to(
    headers: dict[str, str], method: str, buyer: Buyer, world: World
) -> None:
    cart = world.cart()
    world.forget_calls()
    assert buyer.bridge.call(method, f"/checkout/{cart}", headers=headers).status == 403
    assert world.calls("commercetools") == []


@pytest.mark.parametrize("headers", [OUR_FRAME, FOREIGN_FRAME], ids=str)
def test_a_start_in_a_frame_needs_somebody_who_may_frame(
    headers: dict[str, str], framed: Buyer, world: World
) -> None:
    assert framed.get(f"/checkout/{world.cart()}", headers=headers).status == 200


def test_even_where_pages_may_be_framed_an_image_starts_nothing(framed: Buyer, world: World) -> None:
    answer = framed.get(f"/checkout/{world.cart()}", headers=NOBODY[0])
    assert answer.status == 403


@pytest.mark.parametrize("headers", NOBODY, ids=str)
def test_a_buyer_who_returns_is_settled_in_whatever_way_the_browser_came(
    headers: dict[str, str], buyer: Buyer, world: World
) -> None:
    cart = world.cart()
    page = buyer.start(cart)
    world.pay(page.token, outcome="accepted")
    assert "status=paid" in buyer.get(f"/return/{page.ref}", headers=headers).location
