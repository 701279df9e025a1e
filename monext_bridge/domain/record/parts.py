"""Tells the parts of a payment apart: a session may be paid in parts, such as a meal voucher and a card.

Each accepted transaction of the session is a part. Captures, cancels and refunds are made on one part each, and
what is left to do is counted for each part by itself. The first part's transactions are named as those of a payment
in one piece; the names of a further part's have `~on-<its id>`.
"""

from __future__ import annotations

from dataclasses import replace

from monext_bridge.domain.ids import MonextTransactionId
from monext_bridge.domain.money import Money
from monext_bridge.domain.record.derived import derived_once
from monext_bridge.domain.record.payment import Payment, Transaction, TransactionState, TransactionType

SESSION_TYPES = (TransactionType.AUTHORIZATION, TransactionType.CHARGE)
ON_PART = "on-"
"""Begins the segment of an `interactionId` that names a further part by Monext's id of it."""


def part_interaction_id(token: str, part: MonextTransactionId) -> str:
    """Returns the `interactionId` of a further part of a session."""
    return f"{token}~{ON_PART}{part}"


def named_part(transaction: Transaction) -> MonextTransactionId | None:
    """Returns the further part that a transaction's name has, None where it names none."""
    segments = (transaction.interaction_id or "").split("~")[1:]
    found = next((s.removeprefix(ON_PART) for s in segments if s.startswith(ON_PART)), None)
    return MonextTransactionId(found) if found else None


@derived_once
def session_transactions(payment: Payment) -> tuple[Transaction, ...]:
    """Returns the transactions of the buyer's session.

    Their `interactionId` is the session token, perhaps with a part, and not an operation name.
    """
    token = payment.interface_id
    return tuple(t for t in payment.transactions if token is not None and _is_of_session(t, token))


@derived_once
def accepted_transactions(payment: Payment) -> tuple[Transaction, ...]:
    """Returns the transactions of the session that succeeded, in the record's order, which is oldest first."""
    return tuple(t for t in session_transactions(payment) if t.state is TransactionState.SUCCESS)


def accepted_transaction(payment: Payment) -> Transaction | None:
    """Returns the first transaction of the session that succeeded, None where there is none."""
    return next(iter(accepted_transactions(payment)), None)


def parts(payment: Payment) -> tuple[Payment, ...]:
    """Returns the payment once for each part, as if its session had been paid by that part alone.

    Each has the part's transaction and the operations on it. The first also has whatever names no part. A payment
    in one piece is its only part, and so is one that nothing was accepted for.
    """
    accepted = accepted_transactions(payment)
    if len(accepted) < 2:
        return (payment,)
    return tuple(_part(payment, own, accepted=accepted) for own in accepted)


def part_with(payment: Payment, transaction: Transaction) -> Payment:
    """Returns the part that a transaction belongs to: the first one where its name has no other."""
    own = parts(payment)
    return next((part for part in own if any(t.id == transaction.id for t in part.transactions)), own[0])


def further_part(part: Payment) -> MonextTransactionId | None:
    """Returns the id by which names have this part, None for the first part."""
    accepted = accepted_transaction(part)
    return named_part(accepted) if accepted else None


def surplus_parts(payment: Payment) -> tuple[Payment, ...]:
    """Returns the parts to be given back while the first is kept: each of them brings the whole amount again."""
    own = parts(payment)
    if len(own) == 1:
        return ()
    return own[1:] if all(_accepted_amount(part) == payment.planned for part in own) else ()


def kept_parts(payment: Payment) -> tuple[Payment, ...]:
    """Returns the parts beside the surplus ones."""
    surplus = {further_part(part) for part in surplus_parts(payment)}
    own = parts(payment)
    return tuple(part for part in own if further_part(part) not in surplus) if surplus else own


def without_surplus(payment: Payment) -> Payment:
    """Returns the payment as if its surplus parts had never been paid: what of it pays for something."""
    gone = {t.id for part in surplus_parts(payment) for t in part.transactions}
    if not gone:
        return payment
    return replace(payment, transactions=tuple(t for t in payment.transactions if t.id not in gone))


@derived_once
def taken(payment: Payment) -> Money | None:
    """Returns what Monext took for the payment, without surplus parts.

    None where nothing was accepted, or parts of two currencies were.
    """
    amounts = [amount for part in kept_parts(payment) if (amount := _accepted_amount(part))]
    if len({amount.currency for amount in amounts}) != 1:
        return None
    return amounts[0].plus_all(amounts[1:])


def accepted_or_planned_amount(payment: Payment) -> Money:
    """Returns the amount that Monext took, else the planned one.

    Every operation of the payment, or of a part of it, is in the currency of this amount.
    """
    accepted = accepted_transaction(payment)
    return taken(payment) or (accepted.amount if accepted else payment.planned)


def _is_of_session(transaction: Transaction, token: str) -> bool:
    id_ = transaction.interaction_id or ""
    return transaction.type in SESSION_TYPES and (id_ == token or id_.startswith(f"{token}~{ON_PART}"))


def _part(payment: Payment, own: Transaction, *, accepted: tuple[Transaction, ...]) -> Payment:
    further = {t.interface_id for t in accepted[1:]}
    mine = named_part(own)

    def belongs(transaction: Transaction) -> bool:
        if transaction in accepted:
            return transaction.id == own.id
        named = named_part(transaction)
        return (named if named in further else None) == mine

    return replace(payment, transactions=tuple(t for t in payment.transactions if belongs(t)))


def _accepted_amount(part: Payment) -> Money | None:
    accepted = accepted_transaction(part)
    return accepted.amount if accepted else None
