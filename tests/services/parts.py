"""Makes payments whose buyer paid in two parts, a voucher and a card, and reads both parts' ledgers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from monext_bridge.domain.ids import PaymentId
from tests.bridges import AnyBridge, Buyer, InProcess, Page
from tests.services.paid_payments import PaidPayment
from tests.world import World

AUTHORIZED, AT_ONCE = "AUTHORIZATION", "AUTHORIZATION_AND_CAPTURE"
COMPLEMENT = "AUTHORIZATION_AND_CAPTURE_COMPLEMENT"
VOUCHER = 1000
"""What the voucher pays, in cents."""

Row = tuple[str, int, str | None]


def due_at_monext(world: World, token: str) -> int:
    return int(world.session_request(token)["order"]["amount"])


def pay_in_two(
    world: World,
    token: str,
    *,
    kinds: tuple[str, str] = (AT_ONCE, COMPLEMENT),
    voucher: int = VOUCHER,
    card: int | None = None,
    **of_voucher: Any,
) -> list[str]:
    """Pay by a voucher and a card, which is listed first; gives the ids of voucher and card."""
    rest = due_at_monext(world, token) - voucher if card is None else card
    first = {"amount": voucher, "type": kinds[0], "ago": 30, **of_voucher}
    listed = world.pay(token, parts=[{"amount": rest, "type": kinds[1]}, first])["transactions"]
    return [str(id_) for id_ in reversed(listed)]


def rows_of(world: World, payment_id: str) -> list[Row]:
    """The operations in the ledger of one part: type, amount, status."""
    rows, known = world.monext()["transactions"], {payment_id}
    found = []
    for row in rows:
        if row["id"] != payment_id and row["originTransactionId"] in known:
            known.add(row["id"])
            found.append((row["type"], row["amount"], row.get("status")))
    return found


@dataclass(frozen=True, slots=True)
class PaidInTwo(PaidPayment):
    """A payment of two parts; `parts` are Monext's ids of voucher and card."""

    parts: tuple[str, ...] = ()

    @property
    def card(self) -> int:
        """What the card paid."""
        return self.total - VOUCHER

    def operations(self) -> list[tuple[str, str, int]]:
        payment = self.world.payment(self.cart)
        own = [t for t in payment["transactions"] if not str(t["interactionId"]).startswith(self.token)]
        return [(t["type"], t["state"], t["amount"]["centAmount"]) for t in own]

    def ledgers(self) -> tuple[list[Row], list[Row]]:
        voucher, card = (rows_of(self.world, part) for part in self.parts)
        return voucher, card

    def ledger(self) -> list[Row]:
        return [row for rows in self.ledgers() for row in rows]


def a_payment_in_two(
    bridge: InProcess, world: World, *, situation: str, kinds: tuple[str, str] = (AT_ONCE, COMPLEMENT)
) -> PaidInTwo:
    """Pay a new cart of this situation in two parts, and come back from Monext."""
    cart = world.cart(situation)
    page = Buyer(bridge).start(cart)
    parts = pay_in_two(world, page.token, kinds=kinds)
    Buyer(bridge).comes_back(page)
    payment = world.payment(cart)
    total = payment["amountPlanned"]["centAmount"]
    id_ = PaymentId(payment["id"])
    return PaidInTwo(bridge, world, cart, page.token, id_, total, tuple(parts))


def begun(bridge: AnyBridge, world: World, situation: str = "guest") -> tuple[str, Page]:
    """A new cart and its payment page."""
    cart = world.cart(situation)
    return cart, Buyer(bridge).start(cart)
