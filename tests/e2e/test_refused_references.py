"""A reference that does not verify, or is of another store than its payment, is refused and writes nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monext_bridge.services.results import store_mark
from sandbox.runner import Sandbox
from tests.bridges import Buyer, InProcess, Page
from tests.world import World

KEY = "a-secret-key-of-the-store-tests"


@pytest.mark.parametrize("way", ["return", "notification", "cancel", "result"])
def test_a_reference_of_another_store_than_the_payments_writes_nothing(
    way: str, sandbox: Sandbox, world: World
) -> None:
    bridge = InProcess(sandbox, SECRET_KEY=KEY)
    buyer, cart = Buyer(bridge), world.cart()
    page = buyer.start(cart)
    world.pay(page.token, outcome="accepted")
    references = bridge.services.references
    other = references.sign(replace(references.read(page.ref), store_mark=store_mark("de-store")))
    version = world.payment(cart)["version"]
    world.forget_calls()
    ways = {
        "return": buyer.comes_back,
        "notification": buyer.notification_arrives,
        "cancel": buyer.cancels,
        "result": buyer.opens_result,
    }
    assert ways[way](Page(page.token, other, page.answer)).status == 403
    assert {c["method"] for c in world.calls("commercetools")} == {"GET"}
    assert world.payment(cart)["version"] == version


@pytest.mark.parametrize(
    "path", ["/return/{}?token=t", "/notification/{}?token=t", "/cancel/{}", "/result/{}"]
)
def test_a_reference_that_is_none_causes_no_call(path: str, buyer: Buyer, world: World) -> None:
    page = buyer.start(world.cart())
    forged = page.ref[:-10] + ("A" * 10 if page.ref[-10:] != "A" * 10 else "B" * 10)
    world.forget_calls()
    for reference, status in ((forged, 403), ("A" * 80, 400), (page.ref[:-1], 400), (page.ref * 2, 400)):
        assert buyer.get(path.format(reference)).status == status
    assert world.calls("commercetools") == world.calls("monext") == []
