"""Where an attempt stands, read from its record alone."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from monext_bridge.domain.money import Money
from monext_bridge.domain.record.payment import Payment, Transaction, TransactionState, TransactionType

MAIN_TYPES = (TransactionType.AUTHORIZATION, TransactionType.CHARGE)


LAST_LOOK = " (session over)"
"""Behind the status text of a failed attempt that was read after its session's end, and need not be read again."""


class Flag(StrEnum):
    """Why an accepted payment is given back; written into `paymentStatus.interfaceCode`."""

    AMOUNT_MISMATCH = "AMOUNT_MISMATCH"
    SECOND_PAYMENT = "SECOND_PAYMENT"
    ORDER_REFUSED = "ORDER_REFUSED"


class Standing(StrEnum):
    """EMPTY has no session yet; OPEN waits for the buyer; RETURNED is flagged as to be given back."""

    EMPTY = "empty"
    OPEN = "open"
    PENDING = "pending"
    AUTHORIZED = "authorized"
    PAID = "paid"
    FAILED = "failed"
    RETURNED = "returned"


def standing(payment: Payment) -> Standing:
    """The first that holds, strongest first: what happened to the money beats what was planned."""
    main, own = main_transactions(payment), own_money(payment)
    states = {t.state for t in main}
    checks = (
        (flag_of(payment) is not None, Standing.RETURNED),
        (own.charged > 0, Standing.PAID),
        (TransactionState.SUCCESS in states, Standing.AUTHORIZED),
        (TransactionState.PENDING in states, Standing.PENDING),
        (TransactionState.INITIAL in states, Standing.OPEN),
        (TransactionState.FAILURE in states, Standing.FAILED),
    )
    found = next((name for holds, name in checks if holds), Standing.EMPTY)
    return Standing.FAILED if found is Standing.AUTHORIZED and is_released(payment) else found


def is_released(payment: Payment) -> bool:
    """Authorised, nothing captured, and all of it cancelled: the buyer was never charged."""
    own = own_money(payment)
    return own.charged == 0 and 0 < own.authorized <= own.cancelled


def main_transactions(payment: Payment) -> tuple[Transaction, ...]:
    """The transactions of the buyer's session: correlated by its token, not by the key of an act."""
    return tuple(
        t
        for t in payment.transactions
        if t.type in MAIN_TYPES and t.interaction_id is not None and t.interaction_id == payment.interface_id
    )


def accepted(payment: Payment) -> Transaction | None:
    """The transaction of the session that succeeded, where there is one."""
    return next((t for t in main_transactions(payment) if t.state is TransactionState.SUCCESS), None)


def taken_or_planned(payment: Payment) -> Money:
    """What Monext took, else what is asked for. Every act on the payment is in the currency of this."""
    taken = accepted(payment)
    return taken.amount if taken else payment.planned


def own_money(payment: Payment) -> Payment:
    """The payment with its transactions of the currency that Monext took, which is not always the planned one."""
    return payment.in_currency(taken_or_planned(payment).currency)


def is_closed(payment: Payment) -> bool:
    """Failed, and read once more after the session's end: nobody can pay it any more."""
    return standing(payment) is Standing.FAILED and (payment.status_text or "").endswith(LAST_LOOK)


def begun_at(payment: Payment) -> datetime | None:
    """When the session was opened: the time of the planned transaction, written with it."""
    times = [t.timestamp for t in main_transactions(payment) if t.timestamp is not None]
    return min(times) if times else payment.created_at


def flag_of(payment: Payment) -> Flag | None:
    return Flag(payment.status_code) if payment.status_code in set(Flag) else None


def holds_money(payment: Payment) -> bool:
    """An accepted payment whose money counts: not flagged, and not wholly cancelled or refunded."""
    return accepted(payment) is not None and flag_of(payment) is None and own_money(payment).held > 0
