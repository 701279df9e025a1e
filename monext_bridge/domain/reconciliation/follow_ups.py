"""Finds what a payment still needs when nobody comes back to it, from its record, its order and the time.

Nothing here decides about money. A follow-up says that somebody has to look. `decide` and the operations say
what is then written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monext_bridge.domain.money import Money
from monext_bridge.domain.operations import AUTHORIZATION_LASTS, REVERSAL_PREFIX, open_amounts, operation_name
from monext_bridge.domain.outcome import (
    OrderPaymentState,
    is_reversal_open,
    is_reversal_rejected,
    order_payment_state,
    reversal_operations,
    reversed_parts,
)
from monext_bridge.domain.record import (
    AttemptKey,
    AttemptStatus,
    Order,
    Payment,
    Transaction,
    TransactionState,
    TransactionType,
    accepted_transaction,
    accepted_transactions,
    amounts,
    attempt_status,
    holds_money,
    is_closed,
    kept_amounts,
    less_held,
    own_amounts,
    reversal_reason,
    session_opened_at,
    taken,
)

GRACE = timedelta(minutes=15)
"""After a session's life by the records' clock, it takes so long until it is certainly over at Monext too."""

ENDS_SOON = timedelta(days=1)
"""An authorisation ends soon when this much is left of its seven days."""


class FollowUp(StrEnum):
    """Tells why a payment is looked at. They are met in this order: the money first, then the order."""

    NOT_FINISHED = "not_finished"
    PENDING = "pending"
    LAST_READ = "last_look"
    REVERSAL = "give_back"
    OPERATION = "act"
    RECEIVED = "received"
    LEDGER = "ledger"
    NO_ORDER = "no_order"
    SECOND_PAYMENT = "second_payment"
    ORDER_STATE = "order_state"
    EXPIRING = "expiring"
    REVERSAL_REJECTED = "return_refused"
    AMOUNTS = "amounts"


ANY_AGE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Age:
    """Holds `now`, how old what is open must be, and the life of the store's sessions."""

    now: datetime
    older_than: timedelta
    session: timedelta

    def passed(self, moment: datetime | None, *, after: timedelta | None = None) -> bool:
        """Tells whether so long has passed since the moment. Where there is no moment, it has.

        `after` takes the place of `older_than`. ANY_AGE has always passed: `now` is the least that the time can be,
        and what was written a second ago may be dated after it.
        """
        least = self.older_than if after is None else after
        return moment is None or least <= ANY_AGE or self.now - moment >= least


def follow_ups(payment: Payment, age: Age) -> frozenset[FollowUp]:
    """Returns what the record alone tells. `order_follow_ups` returns what the order tells."""
    return frozenset((*_of_session(payment, age), *_of_reversal(payment, age), *_of_operations(payment, age)))


def awaits_order(payment: Payment, age: Age) -> bool:
    """Tells whether a payment is accepted, kept, and old enough for its order to be there."""
    accepted = accepted_transaction(payment)
    return accepted is not None and reversal_reason(payment) is None and age.passed(accepted.timestamp)


def order_follow_ups(
    payment: Payment, order: Order | None, *, interfaces: frozenset[str], makes_orders: bool
) -> frozenset[FollowUp]:
    """Returns what the order of an accepted payment tells.

    `order` comes with its payments; it is None where none names the payment. Where the bridge makes no
    orders, nothing is missing without one. But that an earlier attempt of the cart was accepted as well is
    then only seen from the cart.
    """
    if order is None and makes_orders:
        return frozenset({FollowUp.NO_ORDER} if holds_money(payment) else ())
    if order is None:
        return frozenset({FollowUp.SECOND_PAYMENT} if _is_further_attempt(payment) else ())
    own = [
        p for p in order.payments if p.interface in interfaces and accepted_transaction(p) and holds_money(p)
    ]
    found = (
        (FollowUp.SECOND_PAYMENT, len(own) > 1),
        (FollowUp.ORDER_STATE, is_payment_state_stale(order, payment)),
        (FollowUp.AMOUNTS, not _amounts_agree(payment, order, interfaces=interfaces)),
    )
    return frozenset(follow_up for follow_up, holds in found if holds)


def is_payment_state_stale(order: Order, payment: Payment) -> bool:
    """Tells whether the order's payment state is one that its payments, or an edit of the order, have left behind.

    A state that somebody wrote after the payment's last change is theirs, and stays. But a state that the
    bridge writes while something is under way may have been left by the bridge itself. So it counts as stale
    even after a later change of the order, such as of its shipment, which hides that. So does the state that was
    right for what was taken, where an edit has since changed what the order costs.
    """
    expected = order_payment_state(order.total, order.payments)
    if expected is None or expected.value == order.payment_state:
        return False
    if order.payment_state in (*_states_under_way(order), _state_before_edits(order)):
        return True
    if order.modified_at is None or payment.modified_at is None:
        return False
    return payment.modified_at > order.modified_at


def _states_under_way(order: Order) -> frozenset[str | None]:
    """Returns the states that the bridge writes while something is under way.

    They are those of an order that is not wholly paid yet, and the one that a refund leads through.
    """
    kinds = {t.type for payment in order.payments for t in _operations(payment)}
    refunded = (OrderPaymentState.CREDIT_OWED.value,) if TransactionType.REFUND in kinds else ()
    return frozenset((None, OrderPaymentState.PENDING.value, OrderPaymentState.BALANCE_DUE.value, *refunded))


def _state_before_edits(order: Order) -> str | None:
    """Returns the state that its payments gave the order while it cost what was taken for it."""
    none, kept = order.total.with_amount(0), [p for p in order.payments if reversal_reason(p) is None]
    state = order_payment_state(none.plus_all(_brought(p, like=none) for p in kept), kept)
    return state.value if state else None


def _brought(payment: Payment, *, like: Money) -> Money:
    """Returns what a payment brought in the currency of `like`; one of others brought what it has charged."""
    sum_taken = taken(payment)
    if sum_taken is not None and sum_taken.currency == like.currency:
        return sum_taken
    return amounts(payment, like=like).charged


def open_operations(payment: Payment) -> tuple[Transaction, ...]:
    """Returns the operations without an outcome, automatic reversals left out.

    They may be sent or not. The remainder of a final capture is one too.
    """
    return tuple(t for t in _operations(payment) if t.state is TransactionState.INITIAL)


def received_operations(payment: Payment) -> tuple[Transaction, ...]:
    """Returns the operations that Monext has received and not finished, automatic reversals included."""
    named = (t for t in payment.transactions if operation_name(t))
    return tuple(t for t in named if t.state is TransactionState.PENDING)


def authorization_ends_at(payment: Payment) -> datetime | None:
    """Returns when what is authorised and not captured can no longer be captured."""
    authorizations = (t for t in accepted_transactions(payment) if t.type is TransactionType.AUTHORIZATION)
    accepted = next(authorizations, None)
    if accepted is None or accepted.timestamp is None:
        return None
    kept = reversal_reason(payment) is None and not open_amounts(payment).capturable.is_zero
    return accepted.timestamp + AUTHORIZATION_LASTS if kept else None


def _of_session(payment: Payment, age: Age) -> Iterator[FollowUp]:
    opened_at = session_opened_at(payment)
    match attempt_status(payment):
        case AttemptStatus.OPEN if age.passed(opened_at):
            yield FollowUp.NOT_FINISHED
        case AttemptStatus.PENDING if age.passed(opened_at):
            yield FollowUp.PENDING
        case AttemptStatus.FAILED if accepted_transaction(payment) is None and not is_closed(payment):
            if age.passed(opened_at, after=age.session + GRACE):
                yield FollowUp.LAST_READ
        case _:
            pass


def _of_reversal(payment: Payment, age: Age) -> Iterator[FollowUp]:
    if is_reversal_open(payment):
        accepted = accepted_transaction(payment)
        if _any_passed(reversal_operations(payment).operations or ((accepted,) if accepted else ()), age):
            yield FollowUp.REVERSAL
    elif is_reversal_rejected(payment) and any(
        not own_amounts(part).held.is_zero for part in reversed_parts(payment)
    ):
        yield FollowUp.REVERSAL_REJECTED


def _of_operations(payment: Payment, age: Age) -> Iterator[FollowUp]:
    if _any_passed(open_operations(payment), age):
        yield FollowUp.OPERATION
    if _any_passed(received_operations(payment), age):
        yield FollowUp.RECEIVED
    ends = authorization_ends_at(payment)
    if ends is not None and age.now >= ends - ENDS_SOON:
        yield FollowUp.EXPIRING


def _any_passed(transactions: Iterable[Transaction], age: Age) -> bool:
    return any(age.passed(t.timestamp) for t in transactions)


def _operations(payment: Payment) -> Iterator[Transaction]:
    for transaction in payment.transactions:
        name = operation_name(transaction)
        if name and not name.key.startswith(REVERSAL_PREFIX):
            yield transaction


def _is_further_attempt(payment: Payment) -> bool:
    key = AttemptKey.parse(payment.key)
    return key is not None and key.attempt > 1


def _amounts_agree(payment: Payment, order: Order, *, interfaces: frozenset[str]) -> bool:
    """Tells whether what was taken is enough for what the order costs now, and no more of it is kept.

    Nothing is refunded by itself. So an order that an edit made cheaper, or that was cancelled, is reported until
    somebody has refunded what was captured beyond its cost.
    """
    if accepted_transaction(payment) is None:
        return True
    sum_taken, own = taken(payment), kept_amounts(payment)
    if sum_taken is None or sum_taken.currency != order.total.currency:
        return False
    cost = less_held(order.cost, (p for p in order.payments if p.interface not in interfaces))
    return own.charged.less(own.refunded + own.charged_back) <= cost <= sum_taken
