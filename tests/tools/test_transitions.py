"""The tables of an attempt's states, walked whole: every standing, and everything that may happen to it.

What the code does with each is compared with the table, so that neither has an edge that the other has not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monext_bridge.domain.checkout.attempts import plan_attempt
from monext_bridge.domain.ids import MonextTransactionId, PaymentId, RecordTransactionId, SessionToken
from monext_bridge.domain.monext import (
    AcceptedTransaction,
    FailureReason,
    Ledger,
    LedgerRow,
    MoneyMovement,
    OperationAnswer,
    OperationAnswerKind,
    Outcome,
    OutcomeKind,
)
from monext_bridge.domain.operations.pending import OperationName
from monext_bridge.domain.operations.rules import (
    Cancel,
    Capture,
    Operation,
    OperationNotAllowed,
    Refund,
    Reverse,
    announcements,
)
from monext_bridge.domain.outcome.decide import PaymentContext, decide
from monext_bridge.domain.reconciliation.compare_ledger import posting_updates, unposted_rows
from monext_bridge.domain.record.amounts import own_amounts, total
from monext_bridge.domain.record.apply_updates import with_updates
from monext_bridge.domain.record.attempt_status import (
    SESSION_OVER,
    AttemptStatus,
    ReversalReason,
    attempt_status,
)
from monext_bridge.domain.record.cart import CartState
from monext_bridge.domain.record.parts import accepted_transaction
from monext_bridge.domain.record.payment import Payment, Transaction, TransactionState, TransactionType
from monext_bridge.domain.record.updates import AddTransaction, SetInterfaceId, SetStatusText
from monext_bridge.errors import RemoteUnreachable
from monext_bridge.services.results import PaymentReference
from tests.builders import (
    BEGUN,
    CART_ID,
    ORDER_NUMBER,
    PAYMENT_KEY,
    TOKEN,
    a_cart,
    a_payment,
    a_transaction,
    an_order,
    eur,
)
from tests.record_and_ledger import services_in_memory
from tools.states.transitions import (
    ACT_STATES,
    MONEY_CORRECTIONS,
    MONEY_EDGES,
    SESSION_CORRECTIONS,
    SESSION_EDGES,
    STANDINGS,
    ActState,
    Edge,
    MoneyEvent,
    SessionEvent,
)

NOW = BEGUN + timedelta(minutes=5)
INITIAL, PENDING, SUCCESS, FAILURE = TransactionState
AUTHORIZATION, CANCEL, CHARGE, REFUND = (
    TransactionType.AUTHORIZATION,
    TransactionType.CANCEL_AUTHORIZATION,
    TransactionType.CHARGE,
    TransactionType.REFUND,
)
TX = MonextTransactionId("tx-1")
DONE = OperationAnswer(OperationAnswerKind.DONE)

Happening = Callable[[Payment], Payment | None]
"""What becomes of a payment; None where it can't happen to it."""


def main(state: TransactionState, kind: TransactionType = CHARGE, **changes: Any) -> Transaction:
    """A transaction of the buyer's session; Monext's id where it succeeded."""
    named = {"interface_id": TX} if state is SUCCESS else {}
    return a_transaction(
        id=RecordTransactionId(f"main-{kind}-{state}"), type=kind, state=state, **(named | changes)
    )


def act(kind: TransactionType, amount: int, state: TransactionState = SUCCESS) -> Transaction:
    name = f"act-{kind}-{amount}"
    return a_transaction(
        id=RecordTransactionId(name),
        type=kind,
        amount=eur(amount),
        state=state,
        interaction_id=f"{name}~01234567",
    )


def returning(kind: TransactionType, state: TransactionState) -> Transaction:
    return replace(act(kind, 11100, state), interaction_id=f"giveback-{TOKEN}~01234567")


def holding(*transactions: Transaction, **changes: Any) -> Payment:
    values: dict[str, Any] = {"status_code": "00000", "status_text": "ACCEPTED: Transaction approved"}
    return a_payment(transactions=transactions, **(values | changes))


def flagged(*transactions: Transaction) -> Payment:
    return holding(
        *transactions, status_code=ReversalReason.AMOUNT_MISMATCH.value, status_text="Planned 11100 EUR"
    )


EMPTY = a_payment(interface_id=None, status_text=None, transactions=())
AUTHORISED = main(SUCCESS, AUTHORIZATION)
CHARGED = main(SUCCESS, CHARGE)

BEFORE: dict[AttemptStatus, tuple[Payment, ...]] = {
    AttemptStatus.EMPTY: (EMPTY, replace(EMPTY, version=7, planned=eur(900))),
    AttemptStatus.OPEN: (a_payment(), a_payment(transactions=(main(INITIAL, AUTHORIZATION),))),
    AttemptStatus.PENDING: (
        a_payment(transactions=(main(PENDING),)),
        a_payment(transactions=(main(PENDING, AUTHORIZATION),), status_text="PENDING_RISK: review"),
        a_payment(transactions=(main(FAILURE), main(PENDING, AUTHORIZATION))),
    ),
    AttemptStatus.FAILED: (
        a_payment(transactions=(main(FAILURE),), status_code="01100", status_text="REFUSED: no"),
        a_payment(transactions=(main(FAILURE, AUTHORIZATION),), status_text=f"ERROR: gone{SESSION_OVER}"),
    ),
}
"""Attempts whose money was not taken."""

AFTER: dict[AttemptStatus, tuple[Payment, ...]] = {
    AttemptStatus.AUTHORIZED: (
        holding(AUTHORISED),
        holding(main(FAILURE), AUTHORISED),
        holding(AUTHORISED, act(CHARGE, 11100, FAILURE)),
        holding(AUTHORISED, act(CHARGE, 100, PENDING)),
    ),
    AttemptStatus.PAID: (
        holding(CHARGED),
        holding(AUTHORISED, act(CHARGE, 11100)),
        holding(AUTHORISED, act(CHARGE, 100)),
        holding(AUTHORISED, act(CHARGE, 100), act(CANCEL, 11000)),
        holding(CHARGED, act(REFUND, 100)),
        holding(CHARGED, act(REFUND, 11100)),
    ),
    AttemptStatus.FAILED: (holding(AUTHORISED, act(CANCEL, 11100)),),
    AttemptStatus.RETURNED: (
        flagged(CHARGED, returning(REFUND, INITIAL)),
        flagged(CHARGED, returning(REFUND, SUCCESS)),
        flagged(CHARGED, returning(REFUND, FAILURE)),
        flagged(AUTHORISED, returning(CANCEL, PENDING)),
        flagged(AUTHORISED, returning(CANCEL, SUCCESS)),
        flagged(AUTHORISED, act(CHARGE, 100), returning(CANCEL, FAILURE)),
    ),
}
"""Attempts that were accepted."""


def paid(move: MoneyMovement, amount: int = 11100) -> AcceptedTransaction:
    return AcceptedTransaction(TX, move, eur(amount), "CB")


def said(kind: OutcomeKind, title: str, code: str, **more: Any) -> Outcome:
    return Outcome(kind, title, code, "said", **more)


ACCEPTED = said(OutcomeKind.ACCEPTED, "ACCEPTED", "00000")
REFUSED = said(OutcomeKind.FAILED, "REFUSED", "01100", reason=FailureReason.REFUSED)
CANCELLED = said(OutcomeKind.FAILED, "CANCELLED", "02319", reason=FailureReason.CANCELLED)
GONE = said(OutcomeKind.FAILED, "ERROR", "02304", reason=FailureReason.EXPIRED, session_gone=True)
WAITS = said(OutcomeKind.PENDING, "ONHOLD_PARTNER", "02016", method="PAYPAL")
NOT_BEGUN = said(OutcomeKind.NOT_BEGUN, "INPROGRESS", "02306")
NO_ANSWER = Outcome(OutcomeKind.UNKNOWN)


def holds(payment: Payment) -> bool:
    return not own_amounts(payment).held.is_zero


def situated(payment: Payment, **changes: Any) -> PaymentContext:
    values: dict[str, Any] = {
        "payment": payment,
        "cart": a_cart(payments=(payment,)),
        "order": None,
        "interfaces": frozenset({"monext"}),
        "makes_orders": True,
    }
    return PaymentContext(**(values | changes))


def decided(outcome: Outcome, took: AcceptedTransaction | None = None, **around: Any) -> Happening:
    def hear(payment: Payment) -> Payment:
        changes = decide(
            situated(payment, **around), outcome=outcome, accepted=(took,) if took else (), now=NOW
        )
        return with_updates(payment, changes)

    return hear


def accepted_as(move: MoneyMovement, amount: int = 11100, **around: Any) -> Happening:
    return decided(ACCEPTED, paid(move, amount), **around)


def gives_up(payment: Payment) -> Payment:
    """The buyer cancels, and Monext says that the payment was not begun."""
    services = services_in_memory(payment, now=NOW)
    services.outcome_recorder.record(
        REFERENCE, situated(payment, makes_orders=False), outcome=NOT_BEGUN, cancelled_by_buyer=True
    )
    return services.record.versions[-1]


def opens(payment: Payment) -> Payment:
    """A start of its cart, which gives a session to the attempt that its plan fills, and to no other."""
    todo = plan_attempt(
        a_cart(payments=(payment,)),
        attempts=(payment,),
        wanted="ffffffffffff",
        interface="monext",
        now=NOW,
        minutes=30,
    )
    planned = AddTransaction(CHARGE, INITIAL, eur(11100), "token-2", NOW)
    session = (SetInterfaceId(SessionToken("token-2")), SetStatusText("https://pay.example.com"), planned)
    return with_updates(payment, session) if todo.fill == payment else payment


REFERENCE = PaymentReference(a_payment().id, CART_ID, None, ORDER_NUMBER, None, None)
BEFORE_IT = a_payment(
    id=PaymentId("another"), key=PAYMENT_KEY.replace("-1-", "-2-"), transactions=(main(SUCCESS),)
)
BY_VOUCHER = a_payment(id=PaymentId("voucher"), key=None, interface="vouchers", transactions=(main(SUCCESS),))
UNWANTED = {
    "took less than planned": accepted_as(MoneyMovement.CAPTURED, 11000),
    "authorised more than planned": accepted_as(MoneyMovement.AUTHORIZED, 11200),
    "took what is due now, and was not planned": accepted_as(
        MoneyMovement.CAPTURED, 11600, cart=a_cart(total=eur(11600))
    ),
    "the cart costs more now": accepted_as(MoneyMovement.CAPTURED, cart=a_cart(total=eur(11600))),
    "the order costs less": accepted_as(MoneyMovement.CAPTURED, cart=None, order=an_order(total=eur(5000))),
    "paid by other means": accepted_as(MoneyMovement.CAPTURED, cart=a_cart(payments=(BY_VOUCHER,))),
    "another was first": accepted_as(MoneyMovement.AUTHORIZED, cart=a_cart(payments=(BEFORE_IT,))),
    "the cart is merged": accepted_as(MoneyMovement.CAPTURED, cart=a_cart(state=CartState.MERGED)),
}

HEARD: dict[SessionEvent, tuple[Happening, ...]] = {
    SessionEvent.OPENED: (opens,),
    SessionEvent.AUTHORIZED: (
        accepted_as(MoneyMovement.AUTHORIZED),
        accepted_as(MoneyMovement.AUTHORIZED, cart=None),
        accepted_as(MoneyMovement.AUTHORIZED, makes_orders=False),
    ),
    SessionEvent.CAPTURED: (
        accepted_as(MoneyMovement.CAPTURED),
        accepted_as(MoneyMovement.CAPTURED, order=an_order()),
    ),
    SessionEvent.UNWANTED: tuple(UNWANTED.values()),
    SessionEvent.PENDING: (decided(WAITS),),
    SessionEvent.FAILED: (decided(REFUSED), decided(CANCELLED), decided(replace(REFUSED, is_last_read=True))),
    SessionEvent.GONE: (decided(GONE), decided(replace(GONE, is_last_read=True))),
    SessionEvent.NOT_BEGUN: (decided(NOT_BEGUN),),
    SessionEvent.UNKNOWN: (decided(NO_ANSWER), decided(ACCEPTED)),
    SessionEvent.GIVEN_UP: (gives_up,),
}


def carried_out(act_: Operation, *, answer: Any = DONE) -> Happening:
    """The act, announced and sent; None where the record forbids it."""

    def perform(payment: Payment) -> Payment | None:
        try:
            intents = announcements(payment, act_, name=OperationName("k", "89abcdef"), now=NOW)
        except OperationNotAllowed:
            return None
        services = services_in_memory(with_updates(payment, intents), now=NOW, answer=answer)
        target = services.resolver.target(payment)
        for intent in services.record.versions[-1].transactions[len(payment.transactions) :]:
            services.executor.execute(services.record.versions[-1], intent, target=target)
        return services.record.versions[-1]

    return perform


def all_cancelled(act_: Operation) -> Happening:
    """None where a capture under way may yet take a part."""

    def perform(payment: Payment) -> Payment | None:
        under_way = total(payment, CHARGE, INITIAL, PENDING, like=payment.planned)
        return None if not under_way.is_zero else carried_out(act_)(payment)

    return perform


def must_go_back(payment: Payment) -> Payment | None:
    """Its cart can have no order any more; None where it holds nothing that could go back."""
    return settled_without_order(payment) if holds(payment) else None


def settled_without_order(payment: Payment) -> Payment:
    services = services_in_memory(payment, now=NOW)
    merged = a_cart(state=CartState.MERGED, payments=(payment,))
    services.outcome_recorder.record(REFERENCE, situated(payment, cart=merged), outcome=None)
    return services.record.versions[-1]


def found(kind: str, amount: int) -> Happening:
    def post(payment: Payment) -> Payment:
        origin = None if kind == "CAPTURE" else TX
        ledger = Ledger((LedgerRow(MonextTransactionId("row-9"), kind, amount, True, NOW, origin),))
        for row in unposted_rows(payment, ledger):
            payment = with_updates(payment, posting_updates(payment, row, ledger=ledger, key=None, now=NOW))
        return payment

    return post


HAPPENED: dict[MoneyEvent, tuple[Happening, ...]] = {
    MoneyEvent.CAPTURED: (
        carried_out(Capture(eur(1))),
        carried_out(Capture(eur(11100))),
        carried_out(Capture(eur(1), final=True)),
    ),
    MoneyEvent.CANCELLED: (all_cancelled(Cancel()), all_cancelled(Reverse())),
    MoneyEvent.REFUNDED: (carried_out(Refund(eur(1))), carried_out(Refund(eur(11100)))),
    MoneyEvent.MUST_GO_BACK: (must_go_back,),
    MoneyEvent.SESSION_SPEAKS: tuple(
        hear
        for event, heard in HEARD.items()
        if event not in (SessionEvent.OPENED, SessionEvent.GIVEN_UP)
        for hear in heard
    ),
    MoneyEvent.FOUND_CAPTURED: (found("CAPTURE", 123),),
    MoneyEvent.FOUND_CANCELLED: (found("CANCEL", 11100),),
    MoneyEvent.FOUND_REFUNDED: (found("REFUND", 123),),
}
UNDECIDED = [
    OperationAnswer(OperationAnswerKind.PENDING),
    OperationAnswer(OperationAnswerKind.REFUSED, code="01100"),
    OperationAnswer(OperationAnswerKind.REFUSED, code="02105"),
    OperationAnswer(OperationAnswerKind.UNKNOWN),
    RemoteUnreachable("no connection", remote="monext"),
]


def table(edges: Sequence[Edge[AttemptStatus, Any]]) -> dict[tuple[AttemptStatus, str], AttemptStatus]:
    return {(edge.begin, edge.event): edge.end for edge in edges}


def ends(payments: Sequence[Payment], happenings: Sequence[Happening]) -> set[AttemptStatus]:
    """Where the payments stand after each of these, as far as it can happen to them."""
    after = [happen(payment) for payment in payments for happen in happenings]
    return {attempt_status(payment) for payment in after if payment}


SESSION, MONEY = SESSION_EDGES + SESSION_CORRECTIONS, MONEY_EDGES + MONEY_CORRECTIONS


@pytest.mark.parametrize("event", SessionEvent)
def test_an_attempt_moves_by_its_session_as_the_table_says(event: SessionEvent) -> None:
    begins = (AttemptStatus.OPEN, AttemptStatus.PENDING, AttemptStatus.FAILED)
    found = {begin: ends(BEFORE[begin], HEARD[event]) for begin in begins}
    assert found == {begin: {table(SESSION).get((begin, event), begin)} for begin in begins}


def test_an_empty_attempt_has_no_session_to_hear_of_and_gets_one() -> None:
    assert all(payment.interface_id is None for payment in BEFORE[AttemptStatus.EMPTY])
    assert ends(BEFORE[AttemptStatus.EMPTY], (opens,)) == {AttemptStatus.OPEN}
    assert [e.event for e in SESSION if e.begin is AttemptStatus.EMPTY] == [SessionEvent.OPENED]


@pytest.mark.parametrize("event", MoneyEvent)
def test_an_accepted_attempt_moves_as_the_table_says(event: MoneyEvent) -> None:
    found = {begin: ends(payments, HAPPENED[event]) for begin, payments in AFTER.items()}
    wrong = {begin: end - {table(MONEY).get((begin, event), begin)} for begin, end in found.items()}
    assert wrong == {begin: set() for begin in AFTER}


@pytest.mark.parametrize("edge", MONEY, ids=lambda edge: f"{edge.begin}-{edge.event}")
def test_the_code_has_every_edge_of_accepted_money(edge: Edge[AttemptStatus, MoneyEvent]) -> None:
    assert ends(AFTER[edge.begin], HAPPENED[edge.event]) == {edge.end} != {edge.begin}


def test_no_start_gives_another_session_to_an_accepted_attempt() -> None:
    accepted = [payment for payments in AFTER.values() for payment in payments]
    assert [payment for payment in accepted if opens(payment) != payment] == []


@pytest.mark.parametrize("answer", UNDECIDED, ids=str)
def test_an_act_that_is_not_done_moves_no_attempt(answer: Any) -> None:
    acts = (Capture(eur(1)), Cancel(), Refund(eur(1)), Reverse())
    for begin, payments in AFTER.items():
        for payment in payments:
            tried = [carried_out(a, answer=answer)(payment) for a in acts]
            assert {attempt_status(after) for after in tried if after} <= {begin}


def test_what_holds_nothing_is_not_flagged_to_be_given_back() -> None:
    empty = [payment for payments in AFTER.values() for payment in payments if not holds(payment)]
    assert [p for p in empty if attempt_status(settled_without_order(p)) is not attempt_status(p)] == []


def test_no_event_is_forgotten() -> None:
    assert set(HEARD) == set(SessionEvent)
    assert set(HAPPENED) == set(MoneyEvent)


def test_every_standing_has_samples_and_a_meaning() -> None:
    assert set(BEFORE) | set(AFTER) == set(STANDINGS) == set(AttemptStatus)
    for samples, taken in ((BEFORE, False), (AFTER, True)):
        for name, payments in samples.items():
            assert {attempt_status(p) for p in payments} == {name}
            assert {accepted_transaction(p) is not None for p in payments} == {taken}


def test_every_state_of_an_act_has_a_meaning() -> None:
    assert set(ACT_STATES) == set(ActState)


@pytest.mark.parametrize("edges", [SESSION, MONEY], ids=["session", "money"])
def test_no_two_edges_contradict_each_other(edges: Sequence[Edge[AttemptStatus, Any]]) -> None:
    assert len(table(edges)) == len(edges)


def test_only_corrections_leave_a_failed_attempt() -> None:
    begins = {edge.begin for edge in SESSION_EDGES} | {edge.begin for edge in MONEY_EDGES}
    assert AttemptStatus.FAILED not in begins


def test_nothing_leaves_a_returned_attempt_and_only_a_return_leaves_a_paid_one() -> None:
    leaving = [(edge.begin, edge.end) for edge in SESSION] + [(edge.begin, edge.end) for edge in MONEY]
    assert all(begin is not AttemptStatus.RETURNED for begin, _ in leaving)
    assert {end for begin, end in leaving if begin is AttemptStatus.PAID} == {AttemptStatus.RETURNED}
