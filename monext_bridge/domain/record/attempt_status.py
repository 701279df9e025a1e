"""Derives the status of a payment attempt from its record alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from monext_bridge.domain.record.amounts import kept_amounts
from monext_bridge.domain.record.derived import derived_once
from monext_bridge.domain.record.parts import accepted_transaction, session_transactions, without_surplus
from monext_bridge.domain.record.payment import Payment, TransactionState, TransactionType

SESSION_OVER = " (session over)"
"""Ends the status text of a failed attempt that was read after its session's end and need not be read again."""


class ReversalReason(StrEnum):
    """Tells why an accepted payment is reversed. It is written into `paymentStatus.interfaceCode`."""

    AMOUNT_MISMATCH = "AMOUNT_MISMATCH"
    SECOND_PAYMENT = "SECOND_PAYMENT"
    ORDER_REFUSED = "ORDER_REFUSED"


REVERSAL_REASONS: Mapping[str, ReversalReason] = {reason.value: reason for reason in ReversalReason}


class AttemptStatus(StrEnum):
    """Names the status of an attempt.

    EMPTY has no session yet, OPEN waits for the buyer, and RETURNED has a reversal reason.
    """

    EMPTY = "empty"
    OPEN = "open"
    PENDING = "pending"
    AUTHORIZED = "authorized"
    PAID = "paid"
    FAILED = "failed"
    RETURNED = "returned"


@derived_once
def attempt_status(payment: Payment) -> AttemptStatus:
    """Returns the first status that holds, strongest first: what happened to the money beats what was planned."""
    transactions = session_transactions(payment)
    states = {t.state for t in transactions}
    checks = (
        (reversal_reason(payment) is not None, AttemptStatus.RETURNED),
        (kept_amounts(payment).charged.cent_amount > 0, AttemptStatus.PAID),
        (TransactionState.SUCCESS in states, AttemptStatus.AUTHORIZED),
        (TransactionState.PENDING in states, AttemptStatus.PENDING),
        (TransactionState.INITIAL in states, AttemptStatus.OPEN),
        (TransactionState.FAILURE in states, AttemptStatus.FAILED),
    )
    found = next((name for holds, name in checks if holds), AttemptStatus.EMPTY)
    return AttemptStatus.FAILED if found is AttemptStatus.AUTHORIZED and is_released(payment) else found


def is_released(payment: Payment) -> bool:
    """Tells whether the buyer was never charged: authorised, nothing captured, and all of it cancelled."""
    own = kept_amounts(payment)
    return own.charged.is_zero and own.uncaptured.is_zero and not own.authorized.is_zero


def is_refunded(payment: Payment) -> bool:
    """Tells whether refunds gave back all that was captured, and nothing is left to capture.

    What a bank took back by a chargeback is no refund: the buyer had it from the bank, and the payment stays paid.
    """
    own = kept_amounts(payment)
    return not own.charged.is_zero and own.uncaptured.is_zero and own.refunded >= own.charged


def last_given_back_at(payment: Payment) -> datetime | None:
    """Returns when the last refund succeeded, or when the last of a payment that was only reserved was released.

    None where nothing has gone back, or no transaction says when. Surplus parts don't count.
    """
    kind = TransactionType.CANCEL_AUTHORIZATION if is_released(payment) else TransactionType.REFUND
    kept = without_surplus(payment).transactions
    done = (t for t in kept if t.type is kind and t.state is TransactionState.SUCCESS)
    return max((t.timestamp for t in done if t.timestamp), default=None)


def is_closed(payment: Payment) -> bool:
    """Tells whether an attempt failed and was read once more after its session's end: nobody can pay it any more."""
    return attempt_status(payment) is AttemptStatus.FAILED and (payment.status_text or "").endswith(
        SESSION_OVER
    )


def session_opened_at(payment: Payment) -> datetime | None:
    """Returns when the session was opened.

    That is the time of the planned transaction, which is written with the session; without it, the time at
    which the payment was created.
    """
    times = [t.timestamp for t in session_transactions(payment) if t.timestamp is not None]
    return min(times) if times else payment.created_at


def reversal_reason(payment: Payment) -> ReversalReason | None:
    return REVERSAL_REASONS.get(payment.status_code or "")


def holds_money(payment: Payment) -> bool:
    """Tells whether an accepted payment's money counts.

    It counts where there is no reversal reason and not all of it was cancelled or refunded.
    """
    return (
        accepted_transaction(payment) is not None
        and reversal_reason(payment) is None
        and not kept_amounts(payment).held.is_zero
    )
