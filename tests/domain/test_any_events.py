"""Any order of events, duplicates and crashes, decided by the domain alone: in the end the books agree.

Several attempts of one cart, flows whose steps interleave, answers that are lost or come late, and the merchant's
staff at Monext. `tests/e2e/test_any_order.py` plays the same
over the real services; here nothing is called, so that many more orders are tried.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import hypothesis
from hypothesis import HealthCheck
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from monext_bridge.domain.ids import MonextTransactionId, PaymentId, SessionToken
from monext_bridge.domain.monext import MoneyMovement
from monext_bridge.domain.operations.pending import REPLACEMENT, TOO_LATE, is_unsent, operation_name
from monext_bridge.domain.operations.rules import Cancel, Capture, Operation, Refund, Reverse
from monext_bridge.domain.outcome.automatic_reversal import is_reversal_rejected, reversal_operations
from monext_bridge.domain.reconciliation.compare_ledger import disagreement
from monext_bridge.domain.record.amounts import own_amounts
from monext_bridge.domain.record.attempt_status import attempt_status, holds_money, reversal_reason
from monext_bridge.domain.record.parts import accepted_transaction
from monext_bridge.domain.record.payment import Payment, TransactionState, TransactionType
from monext_bridge.services.checkout.start import RESULT_FIRST
from tests.builders import BEGUN, PAYMENT_KEY, a_payment, a_transaction, eur
from tests.domain.concurrent_flows import Bridge, Conditions, Steps
from tests.domain.remotes_in_memory import SESSION_LIFETIME, Monext, Session, Shop
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
TITLES = ("REFUSED", "ONHOLD_PARTNER")
STATUS_EDGES = {
    (edge.begin, edge.end)
    for table in (SESSION_EDGES, SESSION_CORRECTIONS, MONEY_EDGES, MONEY_CORRECTIONS)
    for edge in table
}
OPERATION_MOVES = {(edge.begin, edge.end) for edge in ACT_EDGES + ACT_CORRECTIONS}

KEYS = st.sampled_from(["a", "b", "c", "d"])
WHICH = st.integers(min_value=0, max_value=5)
AMOUNTS = st.sampled_from([100, 4000, 7100, 11000, 11100])
CONDITIONS = st.sampled_from(
    [
        Conditions(),
        Conditions(),
        Conditions(ledger_first=True),
        Conditions(answered=False),
        Conditions(reached=False),
        Conditions(readable=False),
        Conditions(refused=True),
        Conditions(pending=True),
        Conditions(pending=True, answered=False),
        Conditions(refused=True, answered=False),
    ]
)
CAPTURES = st.builds(Capture, AMOUNTS.map(eur), st.booleans())
OTHERS = st.sampled_from([Cancel(), Reverse(), *(Refund(eur(amount)) for amount in (100, 4000, 7100, 11100))])
SECONDS = st.sampled_from([-30, 0, 30])
"""By how much the clocks of machines differ."""


class Events(RuleBasedStateMachine):
    """One cart, and everybody who has to do with it. A caller is the next step of what it does, and its clock."""

    @initialize(
        echoes=st.booleans(),
        staff=st.booleans(),
        makes_orders=st.booleans(),
        slow=st.booleans(),
        skew=SECONDS,
        unruly=st.sampled_from([False, False, True]),
        bought=st.sampled_from([None, AUTHORIZATION, AUTHORIZATION, CHARGE]),
        sessions=st.integers(min_value=1, max_value=MOST_ATTEMPTS),
        rush=st.lists(CONDITIONS, max_size=MOST_ATTEMPTS),
    )
    def begin(
        self,
        echoes: bool,
        staff: bool,
        makes_orders: bool,
        slow: bool,
        skew: int,
        unruly: bool,
        bought: TransactionType | None,
        sessions: int,
        rush: list[Conditions],
    ) -> None:
        """`unruly`: the cart changes, and Monext takes other amounts. `bought`: one attempt is settled already.

        `rush`: so many sessions are paid at once, and everybody is about to settle them.
        """
        self.now, self.unruly, self.meddled = BEGUN, unruly, False
        self.shop = Shop(self.check_write, makes_orders=makes_orders)
        lag = timedelta(minutes=2 if slow else 0)
        self.monext = Monext(echoes=echoes, staff=staff, lag=lag, skew=timedelta(seconds=skew), now=self.now)
        self.bridge = Bridge(self.shop, self.monext, self.now)
        self.callers: list[tuple[Steps, timedelta]] = []
        self.asked: dict[tuple[PaymentId, str], Operation] = {}
        for _ in range(sessions):
            self.open_session(bought or AUTHORIZATION)
        if bought:
            self.is_paid(self.payment(0), captured=bought is CHARGE)
            self.run(self.bridge.records_outcome(PaymentId("payment-1")))
        for payment, conditions in zip(list(self.shop.payments.values()), rush, strict=False):
            self.is_paid(payment, captured=bought is CHARGE)
            self.calls(self.bridge.records_outcome(payment.id, conditions=conditions), skew=0)

    @rule(
        which=WHICH,
        conditions=CONDITIONS,
        does=st.sampled_from(["pays", "pays and it is captured", "another", *TITLES]),
    )
    def buyer(self, which: int, conditions: Conditions, does: str) -> None:
        """Goes to Monext with one of the sessions, and comes back."""
        if does == "another":
            self.starts_again(AUTHORIZATION if which % 2 else CHARGE)
        elif does in TITLES:
            self.is_tried(self.payment(which), title=does)
        else:
            self.is_paid(self.payment(which), captured="captured" in does, less=self.unruly and which > 3)
        self.calls(self.bridge.records_outcome(self.payment(which).id, conditions=conditions), skew=0)

    @rule(which=WHICH, cancelled_by_buyer=st.booleans(), conditions=CONDITIONS, skew=SECONDS)
    def somebody_records_the_outcome(
        self, which: int, cancelled_by_buyer: bool, conditions: Conditions, skew: int
    ) -> None:
        self.calls(
            self.bridge.records_outcome(
                self.payment(which).id, cancelled_by_buyer=cancelled_by_buyer, conditions=conditions
            ),
            skew=skew,
        )

    @precondition(lambda self: self.taken())
    @rule(which=WHICH, key=KEYS, operation=CAPTURES, conditions=CONDITIONS, skew=SECONDS)
    def somebody_captures(
        self, which: int, key: str, operation: Operation, conditions: Conditions, skew: int
    ) -> None:
        """Not as the last where staff is at Monext too: nobody can tell then how much a final capture releases."""
        payment = self.taken()[which % len(self.taken())]
        if isinstance(operation, Capture) and self.monext.staff:
            operation = replace(operation, final=False)
        operation, self.meddled = self.asked.setdefault((payment.id, key), operation), True
        self.calls(self.bridge.operates(payment.id, operation, key, conditions=conditions), skew=skew)

    @precondition(lambda self: self.taken())
    @rule(which=WHICH, key=KEYS, operation=OTHERS, conditions=CONDITIONS, skew=SECONDS)
    def somebody_gives_back(
        self, which: int, key: str, operation: Operation, conditions: Conditions, skew: int
    ) -> None:
        self.somebody_captures(which, key, operation, conditions, skew)

    @precondition(lambda self: self.taken())
    @rule(which=WHICH, ledgers=st.booleans(), skew=SECONDS)
    def somebody_reconciles(self, which: int, ledgers: bool, skew: int) -> None:
        payment = self.taken()[which % len(self.taken())]
        self.calls(
            (self.bridge.imports_ledger if ledgers else self.bridge.resolves_unknown)(payment.id), skew=skew
        )

    @precondition(lambda self: self.callers)
    @rule(turns=st.binary(min_size=4, max_size=40))
    def they_take_turns(self, turns: bytes) -> None:
        for turn in turns:
            if self.callers:
                self.goes_on(self.callers[turn % len(self.callers)])

    @precondition(lambda self: self.callers)
    @rule()
    def they_come_to_their_ends(self) -> None:
        while self.callers:
            for caller in list(self.callers):
                self.goes_on(caller)

    @precondition(lambda self: self.callers)
    @rule(which=WHICH)
    def one_is_killed(self, which: int) -> None:
        del self.callers[which % len(self.callers)]

    @rule(minutes=st.sampled_from([1, 3, 6, 31]))
    def minutes_pass(self, minutes: int) -> None:
        """No request lives that long; what is asked within a minute is asked at once."""
        self.callers.clear()
        self.passes(timedelta(minutes=minutes))

    @rule(which=WHICH, ok=st.booleans())
    def monext_finishes(self, which: int, ok: bool) -> None:
        for payment in self.taken()[which % MOST_ATTEMPTS :]:
            self.monext.resolve_pending(self.origin(payment), ok=ok)

    @precondition(lambda self: self.monext.staff and self.taken())
    @rule(which=WHICH, kind=st.sampled_from(["CAPTURE", "CANCEL", "REFUND"]), share=st.sampled_from([1, 2]))
    def staff_acts_at_monext(self, which: int, kind: str, share: int) -> None:
        taken = self.origin(self.taken()[which % len(self.taken())])
        uncaptured, refundable = self.monext.open_amounts(taken)
        amount = (refundable if kind == "REFUND" else uncaptured) // share
        if amount > 0:
            self.meddled = True
            self.monext.add_row(taken, kind, amount)

    @precondition(lambda self: self.unruly)
    @rule(what=st.sampled_from(["grows", "is merged", "is out of stock"]))
    def cart(self, what: str) -> None:
        if self.shop.order:
            return
        self.shop.cart_version += 1
        self.shop.total += 500 if what == "grows" else 0
        self.shop.merged |= what == "is merged"
        self.shop.out_of_stock |= what == "is out of stock"

    @invariant()
    def nothing_is_carried_out_twice(self) -> None:
        if hasattr(self, "monext"):
            assert all(times == 1 for times in self.monext.executed.values())

    @invariant()
    def no_more_is_taken_or_given_than_there_is(self) -> None:
        if hasattr(self, "monext"):
            assert all(min(self.monext.open_amounts(taken)) >= 0 for taken in self.monext.rows)

    def teardown(self) -> None:
        if not hasattr(self, "monext"):
            return
        self.callers.clear()
        self.passes(SESSION_LIFETIME + timedelta(hours=1))
        for _ in range(4):
            self.passes(timedelta(minutes=10))
            for payment in list(self.shop.payments.values()):
                self.resolve(payment.id)
        self.compare()

    def resolve(self, payment_id: PaymentId) -> None:
        """What happens to a payment of which nobody forgets anything any more."""
        self.run(self.bridge.records_outcome(payment_id))
        payment = self.shop.payments[payment_id]
        if accepted_transaction(payment):
            self.monext.resolve_pending(self.origin(payment), ok=True)
            for caller in (
                self.bridge.resolves_unknown,
                self.bridge.imports_ledger,
                self.bridge.records_outcome,
            ):
                self.run(caller(payment_id))

    def compare(self) -> None:
        payments = list(self.shop.payments.values())
        kept = [p for p in payments if holds_money(p)]
        assert len(kept) <= 1
        assert not kept or self.shop.order or not self.shop.makes_orders
        if self.taken() and not self.meddled and (self.shop.order or not self.unruly):
            assert len(kept) == 1
        if kept and self.shop.order:
            assert accepted_transaction(kept[0]).amount == self.shop.order.total  # type: ignore[union-attr]
        for payment in payments:
            assert bool(accepted_transaction(payment)) == bool(
                self.monext.sessions[self.token(payment)].accepted
            )
        for payment in self.taken():
            assert all(t.state in (SUCCESS, FAILURE) for t in payment.transactions)
            assert (
                reversal_reason(payment) is None
                or own_amounts(payment).held.is_zero
                or is_reversal_rejected(payment)
            )
            ends = {str(t.interaction_id).rpartition("~")[2] for t in reversal_operations(payment).all}
            assert TOO_LATE not in ends or REPLACEMENT in ends
            self.compare_books(payment)

    def compare_books(self, payment: Payment) -> None:
        ledger = self.monext.ledger(self.origin(payment))
        recorded, listed = Counter[str](), Counter[str]()
        for t in payment.transactions:
            recorded[t.type] += t.amount.cent_amount if operation_name(t) and t.state is SUCCESS else 0
        for row in ledger.rows[1:]:
            kind = {"CAPTURE": CHARGE, "CANCEL": CANCEL, "REFUND": REFUND}[row.type]
            listed[kind] += row.amount if row.ok else 0
        assert +recorded == +listed
        assert disagreement(payment, ledger) is None

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
        if not self.monext.staff:
            check_bounds(after)

    def starts_again(self, planned: TransactionType) -> None:
        """Another session, unless one of the earlier ones turns out to be paid, or may yet be."""
        if len(self.shop.payments) == MOST_ATTEMPTS or self.shop.order or self.shop.merged:
            return
        for payment in list(self.shop.payments.values()):
            if accepted_transaction(payment) is None:
                self.run(self.bridge.records_outcome(payment.id))
        if not any(attempt_status(p) in RESULT_FIRST for p in self.shop.payments.values()):
            self.open_session(planned)

    def open_session(self, planned: TransactionType) -> None:
        number = len(self.shop.payments) + 1
        token, amount = SessionToken(f"token-{number}"), eur(self.shop.total)
        first = a_transaction(type=planned, amount=amount, interaction_id=token, timestamp=self.now)
        payment = a_payment(
            id=PaymentId(f"payment-{number}"),
            key=PAYMENT_KEY.replace("-1-", f"-{number}-"),
            planned=amount,
            interface_id=token,
            transactions=(first,),
        )
        self.shop.payments[payment.id] = payment
        self.shop.cart_version += 1
        self.monext.sessions[token] = Session(self.now)

    def is_paid(self, payment: Payment, *, captured: bool, less: bool = False) -> None:
        session = self.monext.sessions[self.token(payment)]
        if session.accepted or (
            self.now >= session.begun + SESSION_LIFETIME and session.title != "ONHOLD_PARTNER"
        ):
            return
        move = MoneyMovement.CAPTURED if captured else MoneyMovement.AUTHORIZED
        amount = payment.planned.cent_amount - (100 if less else 0)
        self.monext.pay(self.token(payment), move, amount)

    def is_tried(self, payment: Payment, *, title: str) -> None:
        session = self.monext.sessions[self.token(payment)]
        if not session.accepted and self.now < session.begun + SESSION_LIFETIME:
            session.title = title

    def passes(self, time: timedelta) -> None:
        self.now += time
        self.monext.now = self.now

    def calls(self, caller: Steps, *, skew: int) -> None:
        self.callers.append((caller, timedelta(seconds=skew)))

    def goes_on(self, caller: tuple[Steps, timedelta]) -> None:
        steps, skew = caller
        self.bridge.now = self.now + skew
        if next(steps, "ended") == "ended":
            self.callers.remove(caller)

    def run(self, caller: Steps) -> None:
        self.bridge.now = self.now
        for _ in caller:
            pass

    def payment(self, which: int) -> Payment:
        payments = list(self.shop.payments.values())
        return payments[which % len(payments)]

    def taken(self) -> list[Payment]:
        return [p for p in self.shop.payments.values() if accepted_transaction(p)]

    def token(self, payment: Payment) -> SessionToken:
        assert payment.interface_id is not None
        return payment.interface_id

    def origin(self, payment: Payment) -> MonextTransactionId:
        taken = accepted_transaction(payment)
        assert taken is not None
        assert taken.interface_id is not None
        return taken.interface_id


def check_bounds(payment: Payment) -> None:
    """What may have been done, with what is under way, is never more than there is."""
    sums: Counter[tuple[TransactionType, bool]] = Counter()
    for t in payment.transactions:
        if not is_unsent(t) and t.state is not FAILURE:
            sums[t.type, t.state is SUCCESS] += t.amount.cent_amount
    captured, cancelled, refunded = (
        sums[kind, True] + sums[kind, False] for kind in (CHARGE, CANCEL, REFUND)
    )
    if sums[AUTHORIZATION, True]:
        assert captured + cancelled <= sums[AUTHORIZATION, True]
    assert refunded <= sums[CHARGE, True]


def test_in_any_order_of_events_the_books_agree_in_the_end() -> None:
    run_state_machine_as_test(
        Events,
        settings=hypothesis.settings(
            max_examples=400,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
