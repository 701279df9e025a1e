"""A session that was paid in parts: the order is made where they add up, else all of them go back."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.bridges import Buyer, Page
from tests.services.parts import (
    AT_ONCE,
    AUTHORIZED,
    COMPLEMENT,
    VOUCHER,
    begun,
    due_at_monext,
    pay_in_two,
    rows_of,
)
from tests.world import World


def recorded(world: World, cart: str) -> list[tuple[str, str, int]]:
    """What happened, without the planned transaction that came to nothing."""
    return [
        row
        for row in world.transactions(cart)
        if row[:2] not in (("Charge", "Failure"), ("Authorization", "Failure"))
    ]


def flag(world: World, cart: str) -> str:
    return str(world.payment(cart)["paymentStatus"]["interfaceCode"])


@pytest.mark.parametrize(
    ("kinds", "types", "state"),
    [
        ((AT_ONCE, COMPLEMENT), ("Charge", "Charge"), "Paid"),
        ((AT_ONCE, AT_ONCE), ("Charge", "Charge"), "Paid"),
        ((AUTHORIZED, AUTHORIZED), ("Authorization", "Authorization"), "Pending"),
        ((AT_ONCE, AUTHORIZED), ("Charge", "Authorization"), "BalanceDue"),
        ((AUTHORIZED, COMPLEMENT), ("Authorization", "Charge"), "BalanceDue"),
    ],
)
def test_parts_that_add_up_make_the_order(
    kinds: tuple[str, str], types: tuple[str, str], state: str, buyer: Buyer, world: World
) -> None:
    cart, page = begun(buyer.bridge, world)
    card = due_at_monext(world, page.token) - VOUCHER
    parts = pay_in_two(world, page.token, kinds=kinds)
    assert buyer.comes_back(page).status == 303
    assert recorded(world, cart) == [(types[0], "Success", VOUCHER), (types[1], "Success", card)]
    assert [order["paymentState"] for order in world.orders(cart)] == [state]
    accepted = [t for t in world.payment(cart)["transactions"] if t["state"] == "Success"]
    assert [t["interfaceId"] for t in accepted] == parts
    assert [t["interactionId"] for t in accepted] == [page.token, f"{page.token}~on-{parts[1]}"]


def test_three_parts_make_the_order(buyer: Buyer, world: World) -> None:
    cart, page = begun(buyer.bridge, world)
    due = due_at_monext(world, page.token)
    parts = [{"amount": due - 300, "ago": 20}, {"amount": 200, "ago": 10}, {"amount": 100, "ago": 30}]
    world.pay(page.token, parts=parts)
    buyer.comes_back(page)
    assert [amount for *_, amount in recorded(world, cart)] == [100, due - 300, 200]
    assert len(world.orders(cart)) == 1


def test_the_buyer_reads_the_whole_amount_though_only_the_voucher_is_debited(
    buyer: Buyer, world: World
) -> None:
    _, page = begun(buyer.bridge, world)
    pay_in_two(world, page.token, kinds=(AT_ONCE, AUTHORIZED))
    buyer.comes_back(page)
    whole = f"{due_at_monext(world, page.token) / 100:.2f}"
    assert whole in buyer.opens_result(page, lang="en").visible_text


def test_the_same_notice_again_writes_nothing(buyer: Buyer, world: World) -> None:
    cart, page = begun(buyer.bridge, world)
    pay_in_two(world, page.token)
    buyer.comes_back(page)
    before = world.payment(cart)
    assert buyer.notification_arrives(page).status == 200
    assert buyer.comes_back(page).status == 303
    assert world.payment(cart) == before


@pytest.mark.parametrize("wrong", [-1, 1, 100000])
@pytest.mark.parametrize(
    ("kinds", "back"),
    [
        ((AT_ONCE, COMPLEMENT), (("REFUND", "Refund"), ("REFUND", "Refund"))),
        ((AT_ONCE, AUTHORIZED), (("REFUND", "Refund"), ("CANCEL", "CancelAuthorization"))),
    ],
)
def test_parts_that_do_not_add_up_go_back_every_one(
    wrong: int, kinds: tuple[str, str], back: Any, buyer: Buyer, world: World
) -> None:
    cart, page = begun(buyer.bridge, world)
    card = due_at_monext(world, page.token) - VOUCHER + wrong
    parts = pay_in_two(world, page.token, kinds=kinds, card=card)
    assert buyer.comes_back(page).location == f"/result/{page.ref}"
    assert flag(world, cart) == "AMOUNT_MISMATCH"
    amounts = (VOUCHER, card)
    assert recorded(world, cart)[2:] == [
        (name, "Success", amount) for (_, name), amount in zip(back, amounts, strict=True)
    ]
    for part, (row, _), amount in zip(parts, back, amounts, strict=True):
        assert rows_of(world, part) == [(row, amount, "OK")]
    assert world.orders(cart) == []


def test_the_buyer_of_parts_that_do_not_add_up_reads_that_the_money_comes_back(
    buyer: Buyer, world: World
) -> None:
    _, page = begun(buyer.bridge, world)
    pay_in_two(world, page.token, card=5)
    buyer.comes_back(page)
    assert "has been returned" in buyer.opens_result(page, lang="en").visible_text


def test_a_part_that_is_ko_in_its_own_ledger_was_not_paid(buyer: Buyer, world: World) -> None:
    cart, page = begun(buyer.bridge, world)
    whole = due_at_monext(world, page.token)
    pay_in_two(world, page.token, card=whole, outcome="refused")
    buyer.comes_back(page)
    assert recorded(world, cart) == [("Charge", "Success", whole)]
    assert len(world.orders(cart)) == 1


@pytest.mark.parametrize(
    ("kinds", "back", "state"),
    [
        ((AT_ONCE, AT_ONCE), "REFUND", "Paid"),
        ((AUTHORIZED, AUTHORIZED), "CANCEL", "Pending"),
        ((AUTHORIZED, AT_ONCE), "REFUND", "Pending"),
        ((AT_ONCE, AUTHORIZED), "CANCEL", "Paid"),
    ],
)
def test_of_two_parts_that_bring_the_whole_the_older_is_kept(
    kinds: tuple[str, str],
    back: str,
    state: str,
    buyer: Buyer,
    world: World,
    caplog: pytest.LogCaptureFixture,
) -> None:
    cart, page = begun(buyer.bridge, world)
    whole = due_at_monext(world, page.token)
    parts = pay_in_two(world, page.token, kinds=kinds, voucher=whole, card=whole)
    assert buyer.comes_back(page).status == 303
    assert [rows_of(world, part) for part in parts] == [[], [(back, whole, "OK")]]
    assert [record.getMessage() for record in caplog.records].count("not_kept") == 1
    assert [order["paymentState"] for order in world.orders(cart)] == [state]
    assert "interfaceCode" not in world.payment(cart)["paymentStatus"] or flag(world, cart) == "00000"
    told = buyer.opens_result(page, lang="en").visible_text
    assert f"{whole / 100:.2f}" in told
    assert f"{2 * whole / 100:.2f}" not in told
    assert "refund" not in told.lower()


def test_a_surplus_part_whose_return_is_refused_leaves_the_order(buyer: Buyer, world: World) -> None:
    cart, page = begun(buyer.bridge, world, "german-store")
    whole = due_at_monext(world, page.token)
    pay_in_two(world, page.token, kinds=(AUTHORIZED, AUTHORIZED), voucher=whole, card=whole)
    world.script_operation(act="cancels", outcome="refused")
    buyer.comes_back(page)
    assert recorded(world, cart)[:2] == [("Authorization", "Success", whole)] * 2
    assert len(world.orders(cart)) == 1


def unreadable(world: World, part: str) -> None:
    world.fault("monext", action="status", code=500, method="GET", path=f"/transactions/{part}$", times=100)


@pytest.mark.parametrize("which", [0, 1])
def test_with_one_ledger_unreadable_nothing_is_written_and_later_it_ends_well(
    which: int, buyer: Buyer, world: World
) -> None:
    cart, page = begun(buyer.bridge, world)
    before = world.payment(cart)
    parts = pay_in_two(world, page.token)
    unreadable(world, parts[which])
    assert buyer.notification_arrives(page).status == 503
    assert world.payment(cart) == before
    world.reset()
    assert buyer.notification_arrives(page).status == 200
    assert len(world.orders(cart)) == 1


def test_a_part_without_an_end_is_waited_for(buyer: Buyer, world: World) -> None:
    cart, page = begun(buyer.bridge, world)
    pay_in_two(world, page.token, outcome="pending")
    assert buyer.notification_arrives(page).status == 503
    assert [state for _, state, _ in world.transactions(cart)] == ["Initial"]
    world.resolve(page.token, "accepted")
    assert buyer.notification_arrives(page).status == 200
    assert len(world.orders(cart)) == 1


def test_parts_that_do_not_add_up_and_whose_first_refund_is_lost_go_back_once(
    buyer: Buyer, world: World
) -> None:
    cart, page = begun(buyer.bridge, world)
    parts = pay_in_two(world, page.token, card=5)
    world.fault("monext", action="drop_after", method="POST", path="/refunds$", times=1)
    buyer.comes_back(page)
    buyer.notification_arrives(page)
    assert [rows_of(world, part) for part in parts] == [[("REFUND", VOUCHER, "OK")], [("REFUND", 5, "OK")]]
    assert recorded(world, cart)[2:] == [("Refund", "Success", VOUCHER), ("Refund", "Success", 5)]


def test_a_card_of_the_sandbox_pays_in_parts(buyer: Buyer, world: World) -> None:
    cart, page = begun(buyer.bridge, world)
    half = due_at_monext(world, page.token) // 2
    pay_by_voucher_card(world, page)
    buyer.comes_back(page)
    assert recorded(world, cart)[0] == ("Charge", "Success", half)
    assert [order["paymentState"] for order in world.orders(cart)] == ["Paid"]


def pay_by_voucher_card(world: World, page: Page) -> None:
    form = {"contractNumber": "CB_FR", "number": "4970106666666667", "expiry": "12/35", "cvv": "123"}
    url = f"{world.sandbox.monext_url}/services/token/{page.token}/securedPaymentRequest"
    assert requests.post(url, json=form, timeout=60).json()["type"] == "PAYMENT_SUCCESS"
