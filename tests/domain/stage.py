"""The stage of the property tests: one cart, its sessions, the processes that work on them, and the last comparison.

A test adds the events. A caller is the next step of what a process does, and the clock of that process.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from datetime import datetime, timedelta
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine

from monext_bridge.domain.ids import MonextTransactionId, PaymentId, SessionToken
from monext_bridge.domain.monext import MoneyMovement
from monext_bridge.domain.money import Money
from monext_bridge.domain.operations.pending import REPLACEMENT, TOO_LATE, operation_name
from monext_bridge.domain.outcome.automatic_reversal import (
    is_reversal_rejected,
    reversal_operations,
    reversed_parts,
)
from monext_bridge.domain.outcome.decide import needs_order
from monext_bridge.domain.reconciliation.compare_ledger import disagreement
from monext_bridge.domain.record.attempt_status import attempt_status, holds_money, reversal_reason
from monext_bridge.domain.record.parts import accepted_transaction, parts, taken
from monext_bridge.domain.record.payment import Payment, TransactionState, TransactionType
from monext_bridge.services.checkout.start import RESULT_FIRST
from tests.builders import PAYMENT_KEY, a_payment, a_transaction, eur
from tests.domain.books import check_bounds, check_refund, check_shipment, held
from tests.domain.clocks import ProcessClock
from tests.domain.commercetools_in_memory import Shop
from tests.domain.concurrent_flows import Bridge
from tests.domain.concurrent_flows.process import origin
from tests.domain.monext_in_memory import SESSION_LIFETIME, Monext, Session
from tests.operation_states import operation_state
from tools.states.transitions import (
    ACT_CORRECTIONS,
    ACT_EDGES,
    MONEY_CORRECTIONS,
    MONEY_EDGES,
    SESSION_CORRECTIONS,
    SESSION_EDGES,
)

INITIAL, PENDING, SUCCESS, FAILURE = TransactionState
AUTHORIZATION, CANCEL, CHARGE, REFUND = (
    TransactionType.AUTHORIZATION,
    TransactionType.CANCEL_AUTHORIZATION,
    TransactionType.CHARGE,
    TransactionType.REFUND,
)
MOST_ATTEMPTS = 3
STATUS_EDGES = {
    (edge.begin, edge.end)
    for table in (SESSION_EDGES, SESSION_CORRECTIONS, MONEY_EDGES, MONEY_CORRECTIONS)
    for edge in table
}
OPERATION_MOVES = {(edge.begin, edge.end) for edge in ACT_EDGES + ACT_CORRECTIONS}
Caller = Generator[None, None, Any]


class Stage(RuleBasedStateMachine):
    """`unruly`: the cart changes, and Monext takes other amounts. `meddled`: somebody has asked for an operation.

    `troubled`: something has happened for which it may be right to keep no payment at all.
    """

    shop: Shop
    monext: Monext
    bridge: Bridge
    now: datetime
    callers: list[tuple[Caller, ProcessClock]]
    unruly = meddled = troubled = False

    def teardown(self) -> None:
        if not hasattr(self, "monext"):
            return
        self.callers.clear()
        self.passes(SESSION_LIFETIME + timedelta(hours=1))
        self.ends()
        for _ in range(4):
            self.passes(timedelta(minutes=30))
            self.resolve_all()
        self.compare()
        before = dict(self.shop.payments), self.shop.made_order, self.shop.cart_version
        self.resolve_all()
        assert (self.shop.payments, self.shop.made_order, self.shop.cart_version) == before

    def is_set(self) -> None:
        """Set what holds from the beginning."""

    def ends(self) -> None:
        """Come to an end with what others have begun."""

    def resolve_all(self) -> None:
        for payment_id in list(self.shop.payments):
            self.resolve(payment_id)

    def resolve(self, payment_id: PaymentId) -> None:
        """What happens to a payment of which nobody forgets anything any more."""
        self.run(self.bridge.records_outcome(payment_id))
        payment = self.shop.payments[payment_id]
        if accepted_transaction(payment):
            self.finishes_at_monext(payment, ok=True)
            for caller in (
                self.bridge.resolves_unknown,
                self.bridge.imports_ledger,
                self.bridge.records_outcome,
            ):
                self.run(caller(payment_id))

    def compare(self) -> None:
        payments = list(self.shop.payments.values())
        kept = [p for p in payments if holds_money(p)]
        assert len(kept) <= 1 or self.do_not_know_each_other(kept)
        if (
            self.taken()
            and not self.troubled
            and not self.meddled
            and (self.shop.made_order or not self.unruly)
        ):
            assert kept
        for payment in kept:
            self.compare_with_order(payment)
        for payment in payments:
            assert bool(accepted_transaction(payment)) == bool(
                self.monext.sessions[self.token(payment)].accepted
            )
        for payment in self.taken():
            assert all(t.state in (SUCCESS, FAILURE) for t in payment.transactions)
            if not is_reversal_rejected(payment):
                assert not any(held(part) for part in _going_back(payment))
            for part in parts(payment):
                ends = {str(t.interaction_id).rpartition("~")[2] for t in reversal_operations(part).all}
                assert TOO_LATE not in ends or _is_replaced(part)
                self.compare_books(part)

    def do_not_know_each_other(self, kept: list[Payment]) -> bool:
        """Tell whether payments are off their cart where the bridge makes no order that would bring them together."""
        order = self.shop.made_order
        named = {*self.shop.on_cart, *(order.payment_ids if order else ())}
        return not self.shop.makes_orders and any(p.id not in named for p in kept)

    def compare_with_order(self, kept: Payment) -> None:
        """Check that money which is kept has its order, or that reconciliation still asks for one."""
        if not self.shop.makes_orders:
            return
        order = self.shop.made_order
        named = order is not None and (kept.id in order.payment_ids or kept.id in self.shop.elsewhere)
        assert named or needs_order(self.shop.context(kept.id))
        if self.shop.due_when_ordered:
            assert taken(kept) == self.shop.due_when_ordered

    def compare_books(self, part: Payment) -> None:
        ledger = self.monext.ledger(origin(part))
        recorded, listed = Counter[str](), Counter[str]()
        for t in part.transactions:
            recorded[t.type] += t.amount.cent_amount if operation_name(t) and t.state is SUCCESS else 0
        for row in ledger.rows[1:]:
            kind = {"CAPTURE": CHARGE, "CANCEL": CANCEL, "REFUND": REFUND}[row.type]
            listed[kind] += row.amount if row.ok else 0
        assert +recorded == +listed
        assert disagreement(part, ledger) is None

    def check_write(self, before: Payment, after: Payment) -> None:
        """Each write by itself: what is true of every one of them."""
        moved = attempt_status(before), attempt_status(after)
        assert moved[0] is moved[1] or moved in STATUS_EDGES
        assert accepted_transaction(before) in (None, accepted_transaction(after))
        old = {t.id: t for t in before.transactions}
        for t in after.transactions:
            if operation_name(t):
                states = operation_state(old.get(t.id)), operation_state(t)
                assert states[0] is states[1] or states in OPERATION_MOVES
        check_shipment(before, after, self.shop.orders_read)
        if not self.monext.staff:
            check_bounds(after)
            check_refund(before, after)

    def starts_again(self, planned: TransactionType) -> None:
        """Another session, unless one of the earlier ones turns out to be paid, or may yet be.

        Only those that the cart names are known.
        """
        if len(self.shop.payments) == MOST_ATTEMPTS or self.shop.made_order or self.shop.merged:
            return
        for payment_id in self.own_on_cart():
            if accepted_transaction(self.shop.payments[payment_id]) is None:
                self.run(self.bridge.records_outcome(payment_id))
        if self.shop.made_order:
            return
        if not any(attempt_status(self.shop.payments[id_]) in RESULT_FIRST for id_ in self.own_on_cart()):
            self.open_session(planned)

    def open_session(self, planned: TransactionType) -> None:
        number = len(self.shop.payments) + 1
        token, amount = SessionToken(f"token-{number}"), self.due()
        if amount.is_zero:
            return
        first = a_transaction(type=planned, amount=amount, interaction_id=token, timestamp=self.now)
        payment = a_payment(
            id=PaymentId(f"payment-{number}"),
            key=PAYMENT_KEY.replace("-1-", f"-{number}-"),
            planned=amount,
            interface_id=token,
            transactions=(first,),
        )
        self.shop.payments[payment.id] = payment
        self.shop.on_cart.append(payment.id)
        self.shop.cart_version += 1
        self.monext.sessions[token] = Session(self.now)

    def pays(self, payment: Payment, *shares: tuple[MoneyMovement, Money]) -> None:
        """The buyer pays the session by these shares, unless it is over or paid already."""
        session = self.monext.sessions[self.token(payment)]
        over = self.now >= session.begun + SESSION_LIFETIME and session.title != "ONHOLD_PARTNER"
        if not session.accepted and not over:
            self.monext.pay(self.token(payment), *shares)

    def is_paid(self, payment: Payment, *, captured: bool, less: bool = False) -> None:
        move = MoneyMovement.CAPTURED if captured else MoneyMovement.AUTHORIZED
        self.pays(payment, (move, eur(payment.planned.cent_amount - (100 if less else 0))))

    def is_tried(self, payment: Payment, *, title: str) -> None:
        session = self.monext.sessions[self.token(payment)]
        if not session.accepted and self.now < session.begun + SESSION_LIFETIME:
            session.title = title

    def finishes_at_monext(self, payment: Payment, *, ok: bool) -> None:
        for part in parts(payment):
            self.monext.resolve_pending(origin(part), ok=ok)

    def passes(self, time: timedelta) -> None:
        self.now += time
        self.monext.now = self.now

    def calls(self, caller: Caller, *, skew: int) -> None:
        """A process begins. Its machine's clock is an hour wrong where that of commercetools' server is not exact."""
        clock = ProcessClock(machine=timedelta(hours=skew / 30), server=timedelta(seconds=skew))
        self.callers.append((caller, clock))

    def goes_on(self, caller: tuple[Caller, ProcessClock]) -> None:
        steps, clock = caller
        self.bridge.now = clock.now(self.now)
        if next(steps, "ended") == "ended":
            self.callers.remove(caller)

    def run(self, caller: Caller) -> None:
        self.bridge.now = self.now
        for _ in caller:
            pass

    def payment(self, which: int) -> Payment:
        payments = list(self.shop.payments.values())
        return payments[which % len(payments)]

    def taken(self) -> list[Payment]:
        return [p for p in self.shop.payments.values() if accepted_transaction(p)]

    def own_on_cart(self) -> list[PaymentId]:
        return [id_ for id_ in self.shop.on_cart if id_ in self.shop.payments]

    def due(self) -> Money:
        return self.shop.cart.due(interfaces=frozenset({"monext"}))

    def token(self, payment: Payment) -> SessionToken:
        assert payment.interface_id is not None
        return payment.interface_id

    def parts_at_monext(self) -> list[MonextTransactionId]:
        return list(self.monext.rows)


def _going_back(payment: Payment) -> tuple[Payment, ...]:
    """Give what goes back to the buyer: all of the payment together, or its surplus parts."""
    return (payment,) if reversal_reason(payment) else reversed_parts(payment)


def _is_replaced(part: Payment) -> bool:
    names = [name for t in part.transactions if (name := operation_name(t))]
    return any(name.digest == REPLACEMENT for name in names)
