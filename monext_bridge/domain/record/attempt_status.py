"""Where an attempt stands, read from its record alone."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from monext_bridge.domain.money import Money
from monext_bridge.domain.record.payment import Payment, Transaction, TransactionState, TransactionType

SESSION_TYPES = (TransactionType.AUTHORIZATION, TransactionType.CHARGE)


SESSION_OVER = " (session over)"
"""Behind the status text of a failed attempt that was read after its session's end, and need not be read again."""


class ReversalReason(StrEnum):
    """Why an accepted payment is given back; written into `paymentStatus.interfaceCode`."""

    AMOUNT_MISMATCH = "AMOUNT_MISMATCH"
    SECOND_PAYMENT = "SECOND_PAYMENT"
    ORDER_REFUSED = "ORDER_REFUSED"


class AttemptStatus(StrEnum):
    """EMPTY has no session yet; OPEN waits for the buyer; RETURNED is flagged as to be given back."""

    EMPTY = "empty"
    OPEN = "open"
    PENDING = "pending"
    AUTHORIZED = "authorized"
    PAID = "paid"
    FAILED = "failed"
    RETURNED = "returned"


def attempt_status(payment: Payment) -> AttemptStatus:
    """The first that holds, strongest first: what happened to the money beats what was planned."""
    main, own = session_transactions(payment), own_money(payment)
    states = {t.state for t in main}
    checks = (
        (reversal_reason(payment) is not None, AttemptStatus.RETURNED),
        (own.charged > 0, AttemptStatus.PAID),
        (TransactionState.SUCCESS in states, AttemptStatus.AUTHORIZED),
        (TransactionState.PENDING in states, AttemptStatus.PENDING),
        (TransactionState.INITIAL in states, AttemptStatus.OPEN),
        (TransactionState.FAILURE in states, AttemptStatus.FAILED),
    )
    found = next((name for holds, name in checks if holds), AttemptStatus.EMPTY)
    return AttemptStatus.FAILED if found is AttemptStatus.AUTHORIZED and is_released(payment) else found


def is_released(payment: Payment) -> bool:
    """Authorised, nothing captured, and all of it cancelled: the buyer was never charged."""
    own = own_money(payment)
    return own.charged == 0 and 0 < own.authorized <= own.cancelled


def session_transactions(payment: Payment) -> tuple[Transaction, ...]:
    """The transactions of the buyer's session: correlated by its token, not by the key of an act."""
    return tuple(
        t
        for t in payment.transactions
        if t.type in SESSION_TYPES
        and t.interaction_id is not None
        and t.interaction_id == payment.interface_id
    )


def accepted_transaction(payment: Payment) -> Transaction | None:
    """The transaction of the session that succeeded, where there is one."""
    return next((t for t in session_transactions(payment) if t.state is TransactionState.SUCCESS), None)


def taken_or_planned(payment: Payment) -> Money:
    """What Monext took, else what is asked for. Every act on the payment is in the currency of this."""
    taken = accepted_transaction(payment)
    return taken.amount if taken else payment.planned


def own_money(payment: Payment) -> Payment:
    """The payment with its transactions of the currency that Monext took, which is not always the planned one."""
    return payment.in_currency(taken_or_planned(payment).currency)


def is_closed(payment: Payment) -> bool:
    """Failed, and read once more after the session's end: nobody can pay it any more."""
    return attempt_status(payment) is AttemptStatus.FAILED and (payment.status_text or "").endswith(
        SESSION_OVER
    )


def session_opened_at(payment: Payment) -> datetime | None:
    """When the session was opened: the time of the planned transaction, written with it."""
    times = [t.timestamp for t in session_transactions(payment) if t.timestamp is not None]
    return min(times) if times else payment.created_at


def reversal_reason(payment: Payment) -> ReversalReason | None:
    return ReversalReason(payment.status_code) if payment.status_code in set(ReversalReason) else None


def holds_money(payment: Payment) -> bool:
    """An accepted payment whose money counts: not flagged, and not wholly cancelled or refunded."""
    return (
        accepted_transaction(payment) is not None
        and reversal_reason(payment) is None
        and own_money(payment).held > 0
    )
