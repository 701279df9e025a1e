"""Any order of events, duplicates and crashes, decided by the domain alone: in the end the books agree.

Several attempts of one cart, flows whose steps interleave, answers that are lost or come late, and the merchant's
staff at Monext. `tests/e2e/test_any_order.py` plays the same over the real services; here nothing is called, so that
many more orders are tried. `test_money_events.py` adds what happens around the payment.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import hypothesis
from hypothesis import HealthCheck
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from monext_bridge.domain.ids import PaymentId
from monext_bridge.domain.operations.rules import Cancel, Capture, Operation, Refund, Reverse
from monext_bridge.domain.outcome.order_refusals import RefusalKind
from monext_bridge.domain.record.parts import parts
from monext_bridge.domain.record.payment import TransactionType
from tests.builders import BEGUN, eur
from tests.domain.commercetools_in_memory import Refusal, Shop
from tests.domain.concurrent_flows import Bridge, Conditions
from tests.domain.concurrent_flows.process import origin
from tests.domain.monext_in_memory import Monext
from tests.domain.stage import AUTHORIZATION, CHARGE, MOST_ATTEMPTS, Stage

TITLES = ("REFUSED", "ONHOLD_PARTNER")
OUT_OF_STOCK = Refusal(400, "OutOfStock", RefusalKind.CERTAIN)

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
        Conditions(reached=False, spared=1),
        Conditions(answered=False, spared=1),
    ]
)
CAPTURES = st.builds(Capture, AMOUNTS.map(eur), st.booleans())
OTHERS = st.sampled_from([Cancel(), Reverse(), *(Refund(eur(amount)) for amount in (100, 4000, 7100, 11100))])
SECONDS = st.sampled_from([-30, 0, 30])
"""By how much the clocks of machines differ."""

BEGINNINGS = st.fixed_dictionaries(
    {
        "echoes": st.booleans(),
        "staff": st.booleans(),
        "makes_orders": st.booleans(),
        "slow": st.booleans(),
        "skew": SECONDS,
        "unruly": st.sampled_from([False, False, True]),
        "bought": st.sampled_from([None, AUTHORIZATION, AUTHORIZATION, CHARGE]),
        "sessions": st.integers(min_value=1, max_value=MOST_ATTEMPTS),
        "rush": st.lists(CONDITIONS, max_size=MOST_ATTEMPTS),
    }
)


class Events(Stage):
    """One cart, and everybody who has to do with it."""

    @initialize(beginning=BEGINNINGS)
    def begin(self, beginning: dict[str, Any]) -> None:
        self.begins(**beginning)

    def begins(
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
        """`bought`: one attempt is settled already. `rush`: so many sessions are paid at once."""
        self.now, self.unruly = BEGUN, unruly
        self.shop = Shop(self.check_write, makes_orders=makes_orders)
        lag = timedelta(minutes=2 if slow else 0)
        self.monext = Monext(echoes=echoes, staff=staff, lag=lag, skew=timedelta(seconds=skew), now=self.now)
        self.bridge = Bridge(self.shop, self.monext, self.now)
        self.is_set()
        self.callers = []
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
            self.finishes_at_monext(payment, ok=ok)

    @precondition(lambda self: self.monext.staff and self.taken())
    @rule(which=WHICH, kind=st.sampled_from(["CAPTURE", "CANCEL", "REFUND"]), share=st.sampled_from([1, 2]))
    def staff_acts_at_monext(self, which: int, kind: str, share: int) -> None:
        of_payment = parts(self.taken()[which % len(self.taken())])
        taken = origin(of_payment[which % len(of_payment)])
        uncaptured, refundable = self.monext.open_amounts(taken)
        amount = (refundable if kind == "REFUND" else uncaptured) // share
        if amount > 0:
            self.meddled = True
            self.monext.add_row(taken, kind, amount)

    @precondition(lambda self: self.unruly)
    @rule(what=st.sampled_from(["grows", "is merged", "is out of stock"]))
    def cart(self, what: str) -> None:
        if self.shop.made_order:
            return
        self.shop.cart_version += 1
        self.shop.total += 500 if what == "grows" else 0
        self.shop.merged |= what == "is merged"
        if what == "is out of stock":
            self.shop.refusal = OUT_OF_STOCK

    @invariant()
    def nothing_is_carried_out_twice(self) -> None:
        if hasattr(self, "monext"):
            assert all(times == 1 for times in self.monext.executed.values())

    @invariant()
    def no_more_is_taken_or_given_than_there_is(self) -> None:
        if hasattr(self, "monext"):
            assert all(min(self.monext.open_amounts(taken)) >= 0 for taken in self.monext.rows)


def test_in_any_order_of_events_the_books_agree_in_the_end() -> None:
    run_state_machine_as_test(
        Events,
        settings=hypothesis.settings(
            max_examples=220,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
