"""What a payment still needs when nobody comes back to it: read from its record, its order and the time.

Nothing here decides about money. A need says that somebody has to look; what is then written, `decide` and the
acts say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monext_bridge.domain.operations import AUTHORIZATION_LASTS, REVERSAL_PREFIX, open_amounts, operation_name
from monext_bridge.domain.outcome import (
    OrderPaymentState,
    is_reversal_open,
    is_reversal_rejected,
    order_payment_state,
    reversal_operations,
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
    attempt_status,
    holds_money,
    is_closed,
    less_held,
    own_money,
    reversal_reason,
    session_opened_at,
)

GRACE = timedelta(minutes=15)
"""After a session's life by our clock, until it is certain that it is over at Monext too."""

ENDS_SOON = timedelta(days=1)
"""Before the end of an authorisation's seven days."""


class FollowUp(StrEnum):
    """Why a payment is looked at. The order is that in which they are met: the money first, then the order."""

    NOT_FINISHED = "not_finished"
    PENDING = "pending"
    LAST_LOOK = "last_look"
    GIVE_BACK = "give_back"
    ACT = "act"
    RECEIVED = "received"
    LEDGER = "ledger"
    NO_ORDER = "no_order"
    SECOND_PAYMENT = "second_payment"
    ORDER_STATE = "order_state"
    EXPIRING = "expiring"
    RETURN_REFUSED = "return_refused"
    AMOUNTS = "amounts"


ANY_AGE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Age:
    """`now`, how old what is open must be, and the life of the store's sessions."""

    now: datetime
    older_than: timedelta
    session: timedelta

    def passed(self, moment: datetime | None, *, after: timedelta | None = None) -> bool:
        """Whether so long has passed since; of what has no time, yes."""
        return moment is None or self.now - moment >= (self.older_than if after is None else after)


def follow_ups(payment: Payment, age: Age) -> frozenset[FollowUp]:
    """What the record alone tells; the order is asked about with `order_follow_ups`."""
    return frozenset((*_of_session(payment, age), *_of_return(payment, age), *_of_acts(payment, age)))


def awaits_order(payment: Payment, age: Age) -> bool:
    """Accepted, kept, and old enough for its order to be there."""
    taken = accepted_transaction(payment)
    return taken is not None and reversal_reason(payment) is None and age.passed(taken.timestamp)


def order_follow_ups(
    payment: Payment, order: Order | None, *, interfaces: frozenset[str], makes_orders: bool
) -> frozenset[FollowUp]:
    """What the order of an accepted payment tells; `order` with its payments, None where none names the payment.

    Where the bridge makes no orders nothing is missing without one; but that an earlier attempt of the cart was
    accepted as well is then only seen from the cart.
    """
    if order is None and makes_orders:
        return frozenset({FollowUp.NO_ORDER} if holds_money(payment) else ())
    if order is None:
        return frozenset({FollowUp.SECOND_PAYMENT} if _is_repeated(payment) else ())
    own = [
        p for p in order.payments if p.interface in interfaces and accepted_transaction(p) and holds_money(p)
    ]
    found = (
        (FollowUp.SECOND_PAYMENT, len(own) > 1),
        (FollowUp.ORDER_STATE, is_payment_state_stale(order, payment)),
        (FollowUp.AMOUNTS, not _agrees(payment, order, interfaces=interfaces)),
    )
    return frozenset(need for need, holds in found if holds)


def is_payment_state_stale(order: Order, payment: Payment) -> bool:
    """Whether the order's payment state is one that its payments have left behind.

    A state that somebody wrote after the payment's last change is theirs, and stays. But one that the bridge writes
    while something is under way may have been left by the bridge itself, and any later change of the order, such as
    of its shipment, hides that.
    """
    wanted = order_payment_state(order.total, order.payments)
    if wanted is None or wanted.value == order.payment_state:
        return False
    if order.payment_state in _states_under_way(order):
        return True
    if order.modified_at is None or payment.modified_at is None:
        return False
    return payment.modified_at > order.modified_at


def _states_under_way(order: Order) -> frozenset[str | None]:
    """The states of an order that is not paid yet, and those that acts of its payments have led through."""
    kinds = {t.type for payment in order.payments for t in _operations(payment)}
    led_through = (
        (TransactionType.CHARGE, OrderPaymentState.BALANCE_DUE),
        (TransactionType.REFUND, OrderPaymentState.CREDIT_OWED),
    )
    states = (state.value for kind, state in led_through if kind in kinds)
    return frozenset((None, OrderPaymentState.PENDING.value, *states))


def open_operations(payment: Payment) -> tuple[Transaction, ...]:
    """Acts of callers without an outcome: sent or not, and what a final capture releases."""
    return tuple(t for t in _operations(payment) if t.state is TransactionState.INITIAL)


def received_operations(payment: Payment) -> tuple[Transaction, ...]:
    """Acts that Monext has taken and not finished, those that give money back included."""
    named = (t for t in payment.transactions if operation_name(t))
    return tuple(t for t in named if t.state is TransactionState.PENDING)


def authorization_ends_at(payment: Payment) -> datetime | None:
    """When what is authorised and not captured can be captured no more."""
    taken = accepted_transaction(payment)
    if taken is None or taken.timestamp is None or taken.type is not TransactionType.AUTHORIZATION:
        return None
    kept = reversal_reason(payment) is None and open_amounts(payment).capturable > 0
    return taken.timestamp + AUTHORIZATION_LASTS if kept else None


def _of_session(payment: Payment, age: Age) -> Iterator[FollowUp]:
    begun = session_opened_at(payment)
    match attempt_status(payment):
        case AttemptStatus.OPEN if age.passed(begun):
            yield FollowUp.NOT_FINISHED
        case AttemptStatus.PENDING if age.passed(begun):
            yield FollowUp.PENDING
        case AttemptStatus.FAILED if accepted_transaction(payment) is None and not is_closed(payment):
            if age.passed(begun, after=age.session + GRACE):
                yield FollowUp.LAST_LOOK
        case _:
            pass


def _of_return(payment: Payment, age: Age) -> Iterator[FollowUp]:
    if reversal_reason(payment) is None:
        return
    if is_reversal_open(payment):
        taken = accepted_transaction(payment)
        if _any_passed(reversal_operations(payment).sent or ((taken,) if taken else ()), age):
            yield FollowUp.GIVE_BACK
    elif is_reversal_rejected(payment) and own_money(payment).held > 0:
        yield FollowUp.RETURN_REFUSED


def _of_acts(payment: Payment, age: Age) -> Iterator[FollowUp]:
    if _any_passed(open_operations(payment), age):
        yield FollowUp.ACT
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


def _is_repeated(payment: Payment) -> bool:
    key = AttemptKey.parse(payment.key)
    return key is not None and key.attempt > 1


def _agrees(payment: Payment, order: Order, *, interfaces: frozenset[str]) -> bool:
    """What was taken, or what is left of it, is what the order costs besides the payments of others."""
    taken = accepted_transaction(payment)
    if taken is None or taken.amount.currency != order.total.currency:
        return taken is None
    wanted = less_held(order.total, (p for p in order.payments if p.interface not in interfaces))
    own = own_money(payment)
    left = taken.amount.cent_amount - own.cancelled - own.refunded
    return wanted.cent_amount in (taken.amount.cent_amount, left)
