"""Decides what may still be captured, cancelled and refunded, and announces the operations that do it.

Amounts are minor units of the currency that Monext took, and no operation is in another. An operation under
way counts as done for every limit, so that two principals can't both take the same money.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monext_bridge.domain.ids import RecordTransactionId
from monext_bridge.domain.monext import Ledger
from monext_bridge.domain.money import Money
from monext_bridge.domain.operations.pending import (
    REMAINDER,
    OperationName,
    is_unsent,
    operation_name,
    request_digest,
    unresolved_operations,
)
from monext_bridge.domain.record import (
    AddTransaction,
    Payment,
    Transaction,
    TransactionState,
    TransactionType,
    accepted_or_planned_amount,
    accepted_transaction,
    own_money,
)

AUTHORIZATION_LASTS = timedelta(days=7)
"""Monext lets an authorisation be captured for this long (monext/doAuthorization); later only by LATE_DELIVERY."""

COUNTED_STATES = (TransactionState.SUCCESS, TransactionState.PENDING, TransactionState.INITIAL)
RELEASING = (TransactionType.CHARGE, TransactionType.CANCEL_AUTHORIZATION)
REFUNDING = (TransactionType.REFUND,)


class OperationNotAllowed(Exception):
    """The money rules forbid the operation. The text says which rule, and is meant for the principal."""


@dataclass(frozen=True, slots=True)
class Capture:
    """Captures an amount. `final` releases what is left of the authorisation."""

    amount: Money
    final: bool = False


@dataclass(frozen=True, slots=True)
class Refund:
    """Refunds an amount. `transaction_id` is a Charge of the payment that the refund may not exceed."""

    amount: Money
    transaction_id: RecordTransactionId | None = None


@dataclass(frozen=True, slots=True)
class Cancel:
    """Cancels all that is not captured."""


@dataclass(frozen=True, slots=True)
class Reverse:
    """Cancels what is not captured, and refunds what is captured and not refunded."""


Operation = Capture | Refund | Cancel | Reverse


@dataclass(frozen=True, slots=True)
class OpenAmounts:
    """Holds what may still be done, in minor units, never below zero."""

    capturable: int
    cancellable: int
    refundable: int


def open_amounts(payment: Payment) -> OpenAmounts:
    """Returns what the record leaves, with every operation under way counted as done.

    An unsent operation is not under way.
    """
    own = [t for t in own_money(payment).transactions if not is_unsent(t)]
    authorized = _sum(own, TransactionType.AUTHORIZATION, (TransactionState.SUCCESS,))
    captured = _sum(own, TransactionType.CHARGE, (TransactionState.SUCCESS,))
    left = (
        authorized
        - _sum(own, TransactionType.CHARGE, COUNTED_STATES)
        - _sum(own, TransactionType.CANCEL_AUTHORIZATION, COUNTED_STATES)
    )
    return OpenAmounts(
        capturable=max(left, 0),
        cancellable=max(left, 0),
        refundable=max(captured - _sum(own, TransactionType.REFUND, COUNTED_STATES), 0),
    )


def announcements(
    payment: Payment, operation: Operation, *, name: OperationName, now: datetime
) -> tuple[AddTransaction, ...]:
    """Returns the `Initial` transactions that announce an operation.

    Raises OperationNotAllowed where the record forbids it.
    """
    _check_currency(payment, operation)
    if isinstance(operation, Refund) and operation.transaction_id:
        name = replace(name, charge=operation.transaction_id)
    amounts = _amounts(payment, operation)
    if not amounts:
        raise OperationNotAllowed("nothing is left that could be reversed")
    return tuple(
        _announcement(payment, kind, amount, str(name), now) for kind, amount in amounts
    ) + _remainder(payment, operation, name=name, now=now)


def has_room_for(payment: Payment, operations: Iterable[Transaction]) -> bool:
    """Tells whether the record leaves enough for unsent operations that are to be taken up again."""
    left, own = open_amounts(payment), tuple(operations)
    releasing = sum(t.amount.cent_amount for t in own if t.type in RELEASING)
    refunding = sum(t.amount.cent_amount for t in own if t.type in REFUNDING)
    return releasing <= left.capturable and refunding <= left.refundable


def operation_digest(operation: Operation, *, merchant_reference: str | None) -> str:
    """Returns 8 hex digits: equal for equal requests, so that a key is never used for two different ones."""
    body: dict[str, object] = {"act": type(operation).__name__, "merchantReference": merchant_reference}
    match operation:
        case Capture(amount, final):
            body |= {"amount": amount.cent_amount, "currency": amount.currency, "final": final}
        case Refund(amount, transaction_id):
            body |= {"amount": amount.cent_amount, "currency": amount.currency, "charge": transaction_id}
        case _:
            pass
    return request_digest(body)


def is_authorization_over(payment: Payment, *, now: datetime, ledger: Ledger | None = None) -> bool:
    """Tells whether the authorisation is older than Monext lets it be captured, by the record or by the ledger."""
    accepted = accepted_transaction(payment)
    if accepted is None or accepted.type is not TransactionType.AUTHORIZATION:
        return False
    dates = [accepted.timestamp] + [
        r.date for r in (ledger.rows if ledger else ()) if r.type == "AUTHORIZATION"
    ]
    return any(date is not None and now - date >= AUTHORIZATION_LASTS for date in dates)


def _amounts(payment: Payment, operation: Operation) -> tuple[tuple[TransactionType, int], ...]:
    left = open_amounts(payment)
    match operation:
        case Capture(amount):
            _check_room(amount.cent_amount, left.capturable, what="captured")
            return ((TransactionType.CHARGE, amount.cent_amount),)
        case Refund(amount, charge):
            _check_room(amount.cent_amount, left.refundable, what="refunded")
            _check_charge(payment, charge, amount)
            return ((TransactionType.REFUND, amount.cent_amount),)
        case Cancel():
            if left.cancellable == 0:
                raise OperationNotAllowed(
                    "nothing is left that could be cancelled: what is captured can be refunded"
                )
            return ((TransactionType.CANCEL_AUTHORIZATION, left.cancellable),)
        case Reverse():
            both = (
                (TransactionType.CANCEL_AUTHORIZATION, left.cancellable),
                (TransactionType.REFUND, left.refundable),
            )
            return tuple((kind, amount) for kind, amount in both if amount)


def _remainder(
    payment: Payment, operation: Operation, *, name: OperationName, now: datetime
) -> tuple[AddTransaction, ...]:
    """Announces what a final capture releases.

    Raises OperationNotAllowed while another operation could change how much that is.
    """
    if not isinstance(operation, Capture) or not operation.final:
        return ()
    if unresolved_operations(payment) or _has_pending_operation(payment):
        raise OperationNotAllowed(
            "another act of this payment is under way: a final capture has to wait for it"
        )
    remainder = open_amounts(payment).capturable - operation.amount.cent_amount
    if remainder == 0:
        return ()
    return (
        _announcement(
            payment, TransactionType.CANCEL_AUTHORIZATION, remainder, f"{name.key}~{REMAINDER}", now
        ),
    )


def _announcement(
    payment: Payment, kind: TransactionType, amount: int, name: str, now: datetime
) -> AddTransaction:
    money = accepted_or_planned_amount(payment).with_amount(amount)
    return AddTransaction(kind, TransactionState.INITIAL, money, name, now)


def _check_currency(payment: Payment, operation: Operation) -> None:
    currency = accepted_or_planned_amount(payment).currency
    if isinstance(operation, Capture | Refund) and operation.amount.currency != currency:
        raise OperationNotAllowed(f"the payment is in {currency}")


def _check_room(amount: int, room: int, *, what: str) -> None:
    if amount <= 0:
        raise OperationNotAllowed(f"an amount to be {what} is above zero")
    if amount > room:
        raise OperationNotAllowed(f"{room} can still be {what}, in minor units")


def _check_charge(payment: Payment, charge: RecordTransactionId | None, amount: Money) -> None:
    """Checks that a refund of one Charge, with all refunds of it before, is not more than that Charge."""
    if charge is None:
        return
    own = own_money(payment).transactions
    found = next((t for t in own if t.id == charge), None)
    if (
        found is None
        or found.type is not TransactionType.CHARGE
        or found.state is not TransactionState.SUCCESS
    ):
        raise OperationNotAllowed("transactionId is not a Charge of this payment that went through")
    before = [t for t in own if t.type is TransactionType.REFUND and _refunds_charge(t, charge)]
    room = found.amount.cent_amount - sum(t.amount.cent_amount for t in before if t.state in COUNTED_STATES)
    if amount.cent_amount > room:
        raise OperationNotAllowed(f"{room} of the Charge can still be refunded, in minor units")


def _refunds_charge(refund: Transaction, charge: RecordTransactionId) -> bool:
    name = operation_name(refund)
    return name is not None and name.charge == charge and not is_unsent(refund)


def _has_pending_operation(payment: Payment) -> bool:
    pending = [t for t in payment.transactions if t.state is TransactionState.PENDING]
    return any(operation_name(t) for t in pending)


def _sum(
    transactions: Iterable[Transaction], kind: TransactionType, states: tuple[TransactionState, ...]
) -> int:
    return sum(t.amount.cent_amount for t in transactions if t.type is kind and t.state in states)
