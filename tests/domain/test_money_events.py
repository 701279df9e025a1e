"""Money that comes, goes or is edited around the payment, in any order: in the end the books agree.

Orders are edited, cancelled, shipped and refused. Banks take money back, payments are taken off their carts, other
payments come beside them, and sessions are paid in parts. All that `test_any_events.py` plays happens as well.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import hypothesis
from hypothesis import HealthCheck
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test

from monext_bridge.domain.ids import PaymentId, RecordTransactionId
from monext_bridge.domain.monext import MoneyMovement
from monext_bridge.domain.money import Money
from monext_bridge.domain.operations.by_key import operations_of_key
from monext_bridge.domain.operations.open_amounts import open_amounts
from monext_bridge.domain.outcome.decide import needs_order
from monext_bridge.domain.outcome.order_refusals import KEPT_REFUSING, MOST_UNCERTAIN, RefusalKind
from monext_bridge.domain.record.attempt_status import ReversalReason, holds_money, reversal_reason
from monext_bridge.domain.record.parts import accepted_transaction
from monext_bridge.domain.record.payment import Payment, Transaction, TransactionState, TransactionType
from tests.builders import a_payment, a_transaction, eur
from tests.domain.commercetools_in_memory import Refusal
from tests.domain.concurrent_flows import Conditions
from tests.domain.concurrent_flows.outcome import ORDER_REFUSED_AFTER, REFUSED_FOR_GOOD
from tests.domain.concurrent_flows.shipment import SHIPPED
from tests.domain.stage import CHARGE, FAILURE, INITIAL, PENDING, SUCCESS
from tests.domain.test_any_events import BEGINNINGS, CONDITIONS, SECONDS, WHICH, Events

CHARGEBACK = TransactionType.CHARGEBACK
AUTHORIZED, CAPTURED, COMPLEMENT = MoneyMovement
PARTS = st.sampled_from(
    [
        ((AUTHORIZED, 4000), (AUTHORIZED, 7100)),
        ((CAPTURED, 4000), (AUTHORIZED, 7100)),
        ((CAPTURED, 1100), (COMPLEMENT, 10000)),
        ((AUTHORIZED, 1000), (CAPTURED, 100), (AUTHORIZED, 10000)),
        ((CAPTURED, 100), (CAPTURED, 4000), (COMPLEMENT, 7000)),
        ((AUTHORIZED, 4000), (AUTHORIZED, 7000)),
        ((CAPTURED, 7100), (AUTHORIZED, 4100)),
        ((AUTHORIZED, 11100), (AUTHORIZED, 11100)),
        ((CAPTURED, 11100), (AUTHORIZED, 11100)),
    ]
)
"""Sums that match the usual amount, sums that don't, and sessions that were paid twice."""

REFUSALS = {
    "certain": [Refusal(400, "PriceChanged", RefusalKind.CERTAIN)],
    "about the cart": [Refusal(400, "InvalidOperation", RefusalKind.UNCERTAIN)],
    "about us": [
        Refusal(400, "ExtensionNoResponse", RefusalKind.OURS),
        Refusal(403, "insufficient_scope", RefusalKind.OURS),
        Refusal(503, "", RefusalKind.OURS),
    ],
}
CLOCKS_DIFFER = timedelta(minutes=2)
TOTALS = st.sampled_from([4000, 8100, 11100, 15000])
Shares = tuple[tuple[MoneyMovement, int], ...]


class MoneyEvents(Events):
    """`shares`: by which parts a buyer pays who pays in parts; `foreign`: the last of them in another currency.

    `refused`: commercetools refuses orders from the beginning. `edited`: an order that is there at the beginning is
    shipped, at another total.
    """

    shares: Shares | None = None
    foreign = False
    refused: str | None = None
    cancelled_at: datetime | None = None

    @initialize(
        shares=st.one_of(st.none(), PARTS),
        foreign=st.sampled_from([False] * 7 + [True]),
        refused=st.sampled_from([None, None, None, "about us", *REFUSALS]),
        edited=st.one_of(st.none(), TOTALS),
        beginning=BEGINNINGS,
    )
    def begin(
        self,
        shares: Shares | None,
        foreign: bool,
        refused: str | None,
        edited: int | None,
        beginning: dict[str, Any],
    ) -> None:
        self.shares, self.foreign, self.refused = shares, foreign, refused
        self.begins(**beginning)
        if edited and self.shop.made_order:
            self.order_changes(edited, None, shipped=True, conditions=Conditions(), skew=0)

    def is_set(self) -> None:
        self.commercetools_refuses_orders(self.refused, 0, 0)

    def is_paid(self, payment: Payment, *, captured: bool, less: bool = False) -> None:
        if self.shares is None or less:
            super().is_paid(payment, captured=captured, less=less)
        else:
            self.is_paid_in_parts(payment, self.shares, foreign=self.foreign)

    def is_paid_in_parts(self, payment: Payment, shares: Shares, *, foreign: bool) -> None:
        of_eur = [(move, eur(amount)) for move, amount in shares]
        if foreign:
            of_eur[-1] = of_eur[-1][0], Money(of_eur[-1][1].cent_amount, "USD")
        if foreign or sum(amount for _, amount in shares) != payment.planned.cent_amount:
            self.troubled = True
        self.pays(payment, *of_eur)

    @precondition(
        lambda self: (
            not (self.shop.made_order or self.shop.merged) and (self.unruly or not self.shop.makes_orders)
        )
    )
    @rule()
    def shop_orders_the_cart_itself(self) -> None:
        if self.shop.makes_orders:
            self.troubled = True
        self.shop.has_our_number = False
        self.shop.orders_the_cart()

    @precondition(lambda self: self.shop.made_order)
    @rule(
        total=TOTALS,
        state=st.sampled_from([None, None, None, "Cancelled"]),
        shipped=st.booleans(),
        conditions=CONDITIONS,
        skew=SECONDS,
    )
    def order_changes(
        self, total: int, state: str | None, shipped: bool, conditions: Conditions, skew: int
    ) -> None:
        """Somebody edits it, cancels it or ships it, and the message of that comes."""
        order = self.shop.made_order
        assert order
        if state == "Cancelled":
            self.troubled, self.cancelled_at = True, self.cancelled_at or self.now
        self.shop.changes_order(
            total=eur(total),
            state=state or order.state,
            shipment_state=SHIPPED if shipped else order.shipment_state,
        )
        if not self.monext.staff:
            self.calls(self.bridge.follows_order(conditions=conditions), skew=skew)

    @precondition(lambda self: self.shop.made_order and not self.monext.staff)
    @rule(conditions=CONDITIONS, skew=SECONDS, releases=st.booleans())
    def message_of_the_order_comes(self, conditions: Conditions, skew: int, releases: bool) -> None:
        self.shop.releases |= releases
        self.calls(self.bridge.follows_order(conditions=conditions), skew=skew)

    @precondition(lambda self: self.charged())
    @rule(
        which=WHICH,
        amount=st.sampled_from([100, 4000, 11100]),
        state=st.sampled_from([INITIAL, PENDING, SUCCESS, FAILURE]),
    )
    def bank_takes_back(self, which: int, amount: int, state: TransactionState) -> None:
        """Finance writes a chargeback. It names no part, and is not of Monext's ledger."""
        charge = self.charged()[which % len(self.charged())]
        payment, self.troubled = charge[0], True
        if amount <= charge[1].amount.cent_amount:
            taken = a_transaction(
                id=RecordTransactionId(f"chargeback-{len(payment.transactions)}"),
                type=CHARGEBACK,
                state=state,
                amount=charge[1].amount.with_amount(amount),
                interaction_id=None,
                timestamp=self.now,
            )
            self.changes(payment, (*payment.transactions, taken))

    @precondition(lambda self: self.shop.payments)
    @rule(which=WHICH, state=st.sampled_from([SUCCESS, FAILURE]))
    def bank_decides(self, which: int, state: TransactionState) -> None:
        for payment in list(self.shop.payments.values())[which % 3 :]:
            decided = tuple(
                replace(t, state=state) if t.type is CHARGEBACK and t.state in (INITIAL, PENDING) else t
                for t in payment.transactions
            )
            self.changes(payment, decided)

    @rule(which=WHICH, elsewhere=st.sampled_from([False, False, True]))
    def payment_is_taken_off(self, which: int, elsewhere: bool) -> None:
        """Somebody takes it off its cart, or off the order; perhaps another cart takes it."""
        payment = self.payment(which)
        if elsewhere and len(self.shop.payments) > 1:
            return
        self.shop.loses(payment.id)
        if elsewhere:
            self.troubled = True
            self.shop.elsewhere.add(payment.id)

    @rule(amount=st.sampled_from([Money(3000, "JPY"), eur(3000), eur(11100)]), gone=st.booleans())
    def another_payment(self, amount: Money, gone: bool) -> None:
        """Points or a gift card pay a part beside the session, or are given back."""
        id_ = PaymentId(f"points-{amount.currency}-{amount.cent_amount}")
        self.troubled |= amount.currency == "EUR"
        if gone and id_ in self.shop.others:
            points = self.shop.others[id_]
            back = a_transaction(
                type=TransactionType.REFUND, state=SUCCESS, amount=amount, interaction_id="x"
            )
            self.shop.others[id_] = replace(points, transactions=(points.transactions[0], back))
        elif not gone and id_ not in self.shop.others and not self.shop.made_order:
            charge = a_transaction(state=SUCCESS, amount=amount, interaction_id=None)
            points = a_payment(id=id_, key=None, interface="points", planned=amount, transactions=(charge,))
            self.shop.others[id_] = points
            self.shop.on_cart.append(id_)
        self.shop.cart_version += 1

    @precondition(lambda self: not self.shop.made_order)
    @rule(kind=st.sampled_from([None, *REFUSALS]), which=WHICH, went_back=st.integers(0, MOST_UNCERTAIN))
    def commercetools_refuses_orders(self, kind: str | None, which: int, went_back: int) -> None:
        self.troubled |= kind in ("certain", "about the cart")
        self.shop.refusal = REFUSALS[kind][which % len(REFUSALS[kind])] if kind else None
        self.shop.refused_elsewhere += [self.now] * went_back

    def check_write(self, before: Payment, after: Payment) -> None:
        super().check_write(before, after)
        if reversal_reason(before) is None and reversal_reason(after) is ReversalReason.ORDER_REFUSED:
            self.check_refusal(after)

    def check_refusal(self, payment: Payment) -> None:
        """Check that money goes back for a refusal only where that is about the cart, and not too early."""
        text, accepted, refusal = payment.status_text or "", accepted_transaction(payment), self.shop.refusal
        assert accepted
        assert accepted.timestamp
        if text.startswith(KEPT_REFUSING):
            assert self.now - accepted.timestamp >= ORDER_REFUSED_AFTER - CLOCKS_DIFFER
        if refusal and text.endswith(f": {refusal.code}"):
            certain = text.startswith(REFUSED_FOR_GOOD)
            assert refusal.about is (RefusalKind.CERTAIN if certain else RefusalKind.UNCERTAIN)

    def ends(self) -> None:
        self.bank_decides_all()

    def resolve_all(self) -> None:
        super().resolve_all()
        if not self.monext.staff:
            self.run(self.bridge.follows_order())
            super().resolve_all()

    def compare(self) -> None:
        super().compare()
        kept = [p for p in self.shop.payments.values() if holds_money(p)]
        for payment in kept:
            self.compare_with_refusal(payment)
            self.compare_with_shipment(payment)
            self.compare_with_cancellation(payment)

    def compare_with_refusal(self, kept: Payment) -> None:
        """Check that a refusal of the cart has given the money back by now, and one about us has kept it."""
        if needs_order(self.shop.context(kept.id)) and self.shop.has_our_number:
            assert self.shop.refusal
            assert self.shop.refusal.about is RefusalKind.OURS

    def compare_with_cancellation(self, kept: Payment) -> None:
        """Check that no money is kept which came some minutes after its order was cancelled."""
        order, accepted = self.shop.made_order, accepted_transaction(kept)
        if order is None or self.cancelled_at is None or not accepted or not accepted.timestamp:
            return
        if kept.id in order.payment_ids or (self.shop.makes_orders and self.shop.has_our_number):
            assert accepted.timestamp - self.cancelled_at <= CLOCKS_DIFFER

    def compare_with_shipment(self, kept: Payment) -> None:
        """Check that a shipped order has all that it owes and is there, and a cancelled one holds nothing open."""
        order = self.shop.order
        if order is None or self.monext.staff or kept.id in self.shop.elsewhere:
            return
        left = open_amounts(kept).capturable
        if order.is_cancelled:
            release = operations_of_key(kept, f"cancel-{order.id}").operations
            assert not self.shop.releases or left.is_zero or any(t.state is FAILURE for t in release)
        elif order.shipment_state == SHIPPED:
            captured = sum(
                t.amount.cent_amount for t in kept.transactions if t.type is CHARGE and t.state is SUCCESS
            )
            others = sum(p.transactions[0].amount.cent_amount for p in order.payments if _pays(p))
            assert left.is_zero or captured >= order.total.cent_amount - others

    def changes(self, payment: Payment, transactions: tuple[Transaction, ...]) -> None:
        """Somebody else writes to a payment."""
        if transactions != payment.transactions:
            self.shop.payments[payment.id] = replace(
                payment, version=payment.version + 1, transactions=transactions
            )

    def charged(self) -> list[tuple[Payment, Transaction]]:
        own = self.shop.payments.values()
        return [(p, t) for p in own for t in p.transactions if t.type is CHARGE and t.state is SUCCESS]

    def bank_decides_all(self) -> None:
        for payment in list(self.shop.payments.values()):
            decided = tuple(
                replace(t, state=SUCCESS) if t.type is CHARGEBACK and t.state in (INITIAL, PENDING) else t
                for t in payment.transactions
            )
            self.changes(payment, decided)


def _pays(other: Payment) -> bool:
    """Whether points in the order's currency pay for it still."""
    own, *back = other.transactions
    return other.interface == "points" and own.amount.currency == "EUR" and not back


def test_whatever_becomes_of_the_order_and_other_money_the_books_agree_in_the_end() -> None:
    run_state_machine_as_test(
        MoneyEvents,
        settings=hypothesis.settings(
            max_examples=130,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
