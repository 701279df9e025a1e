"""Decides what may still be captured, cancelled and refunded, and announces the operations that do it.

No operation is in another currency than what Monext took. An operation of a payment that was paid in parts is
split: the oldest part is filled first, so that a repeat splits alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monext_bridge.domain.ids import RecordTransactionId
from monext_bridge.domain.money import Money
from monext_bridge.domain.operations.open_amounts import COUNTED_STATES, open_amounts
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
    further_part,
    kept_parts,
    parts,
)


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
class Share:
    """Holds what an operation does on one part of a payment."""

    part: Payment
    kind: TransactionType
    amount: Money


def announcements(
    payment: Payment, operation: Operation, *, name: OperationName, now: datetime
) -> tuple[AddTransaction, ...]:
    """Returns the `Initial` transactions that announce an operation.

    Raises OperationNotAllowed where the record forbids it.
    """
    _check_currency(payment, operation)
    if isinstance(operation, Refund) and operation.transaction_id:
        name = replace(name, charge=operation.transaction_id)
    shares = _shares(payment, operation)
    if not shares:
        raise OperationNotAllowed("nothing is left that could be reversed")
    announced = [_announcement(share, name=name, now=now) for share in shares]
    return (*announced, *_remainders(payment, operation, shares=shares, name=name, now=now))


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


def _shares(payment: Payment, operation: Operation) -> tuple[Share, ...]:
    """Returns what is done on each part, the oldest part first, each filled before the next."""
    left = open_amounts(payment)
    match operation:
        case Capture(amount):
            _check_room(amount, left.capturable, what="captured")
            kept = [(part, open_amounts(part).capturable) for part in kept_parts(payment)]
            captures = _split(amount, kept, kind=TransactionType.CHARGE)
            return (*captures, *_releases(kept, captures)) if operation.final else captures
        case Refund(amount, charge):
            _check_room(amount, left.refundable, what="refunded")
            _check_charge(payment, charge, amount)
            return _split(amount, _refundable_parts(payment, charge), kind=TransactionType.REFUND)
        case Cancel():
            if left.cancellable.is_zero:
                raise OperationNotAllowed(
                    "nothing is left that could be cancelled: what is captured can be refunded"
                )
            return tuple(_cancels(payment))
        case Reverse():
            return (
                *_cancels(payment),
                *_split(left.refundable, _refundable_parts(payment, None), kind=TransactionType.REFUND),
            )


def _split(
    amount: Money, rooms: Iterable[tuple[Payment, Money]], *, kind: TransactionType
) -> tuple[Share, ...]:
    """Fills the rooms one after the other. A part that brought another currency is left alone."""
    shares: list[Share] = []
    for part, room in rooms:
        if room.currency != amount.currency:
            continue
        share = min(amount, room)
        if not share.is_zero:
            shares.append(Share(part, kind, share))
        amount -= share
    return tuple(shares)


def _releases(rooms: Iterable[tuple[Payment, Money]], captures: Sequence[Share]) -> Iterator[Share]:
    """Cancels what a final capture leaves on parts that it does not capture from."""
    captured = {further_part(share.part) for share in captures}
    for part, room in rooms:
        if further_part(part) not in captured and not room.is_zero:
            yield Share(part, TransactionType.CANCEL_AUTHORIZATION, room)


def _cancels(payment: Payment) -> Iterator[Share]:
    for part in parts(payment):
        room = open_amounts(part).cancellable
        if not room.is_zero:
            yield Share(part, TransactionType.CANCEL_AUTHORIZATION, room)


def _refundable_parts(
    payment: Payment, charge: RecordTransactionId | None
) -> tuple[tuple[Payment, Money], ...]:
    """Returns the parts with what each leaves to refund; of one Charge, only the part that it belongs to."""
    rooms = ((part, open_amounts(part).refundable) for part in parts(payment))
    return tuple(
        (part, room)
        for part, room in rooms
        if charge is None or any(t.id == charge for t in part.transactions)
    )


def _remainders(
    payment: Payment, operation: Operation, *, shares: Sequence[Share], name: OperationName, now: datetime
) -> Iterator[AddTransaction]:
    """Announces what a final capture releases of each part that it captures from.

    Raises OperationNotAllowed while another operation could change how much that is.
    """
    if not isinstance(operation, Capture) or not operation.final:
        return
    if unresolved_operations(payment) or _has_pending_operation(payment):
        raise OperationNotAllowed(
            "another operation of this payment is under way: a final capture has to wait for it"
        )
    remainder = OperationName(name.key, REMAINDER, principal=name.principal)
    for share in (share for share in shares if share.kind is TransactionType.CHARGE):
        rest = open_amounts(share.part).capturable - share.amount
        if not rest.is_zero:
            released = Share(share.part, TransactionType.CANCEL_AUTHORIZATION, rest)
            yield _announcement(released, name=remainder, now=now)


def _announcement(share: Share, *, name: OperationName, now: datetime) -> AddTransaction:
    named = str(replace(name, part=further_part(share.part)))
    return AddTransaction(share.kind, TransactionState.INITIAL, share.amount, named, now)


def _check_currency(payment: Payment, operation: Operation) -> None:
    currency = accepted_or_planned_amount(payment).currency
    if isinstance(operation, Capture | Refund) and operation.amount.currency != currency:
        raise OperationNotAllowed(f"the payment is in {currency}")


def _check_room(amount: Money, room: Money, *, what: str) -> None:
    if amount.cent_amount <= 0:
        raise OperationNotAllowed(f"an amount to be {what} is above zero")
    if amount > room:
        raise OperationNotAllowed(f"{room.cent_amount} can still be {what}, in minor units")


def _check_charge(payment: Payment, charge: RecordTransactionId | None, amount: Money) -> None:
    """Checks that a refund of one Charge, with all refunds of it before, is not more than that Charge.

    Of a part, no more than the part leaves can be refunded either.
    """
    if charge is None:
        return
    found = next((t for t in payment.transactions if t.id == charge), None)
    if (
        found is None
        or found.type is not TransactionType.CHARGE
        or found.state is not TransactionState.SUCCESS
        or found.amount.currency != amount.currency
    ):
        raise OperationNotAllowed("transactionId is not a Charge of this payment that went through")
    before = [
        t for t in payment.transactions if t.type is TransactionType.REFUND and _refunds_charge(t, charge)
    ]
    room = found.amount.less(
        amount.with_amount(0).plus_all(t.amount for t in before if t.state in COUNTED_STATES)
    )
    ((_, left),) = _refundable_parts(payment, charge)
    if amount > min(room, left):
        raise OperationNotAllowed(
            f"{min(room, left).cent_amount} of the Charge can still be refunded, in minor units"
        )


def _refunds_charge(refund: Transaction, charge: RecordTransactionId) -> bool:
    name = operation_name(refund)
    return name is not None and name.charge == charge and not is_unsent(refund)


def _has_pending_operation(payment: Payment) -> bool:
    pending = [t for t in payment.transactions if t.state is TransactionState.PENDING]
    return any(operation_name(t) for t in pending)
