"""Plans automatic reversals: what has to go back to the buyer, and how far that is, read from the record alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from monext_bridge.domain.money import Money
from monext_bridge.domain.operations import (
    BRIDGE,
    REVERSAL_PREFIX,
    KeyedOperations,
    OperationName,
    open_amounts,
    operations_of_key,
    request_digest,
)
from monext_bridge.domain.record import (
    AddTransaction,
    Payment,
    TransactionState,
    TransactionType,
    Update,
    further_part,
    own_amounts,
    parts,
    reversal_reason,
    surplus_parts,
    taken,
)


def reversed_parts(payment: Payment) -> tuple[Payment, ...]:
    """Returns the parts that go back to the buyer: all where there is a reversal reason, else the surplus ones."""
    return parts(payment) if reversal_reason(payment) is not None else surplus_parts(payment)


def reversal_operations(payment: Payment) -> KeyedOperations:
    """Returns the operations that reverse the payment, or a part of it; none where its money is kept."""
    return operations_of_key(payment, reversal_key(payment))


def reversal_key(payment: Payment) -> str:
    return f"{REVERSAL_PREFIX}{payment.interface_id}"


def reversal_announcements(
    payment: Payment, *, now: datetime, principal: str = BRIDGE
) -> tuple[AddTransaction, ...]:
    """Announces a cancel of what is not captured and a refund of what is: both where a part was captured.

    What another operation has under way is left to it. If that turns out never to have happened, the amount
    is still owed.
    """
    return tuple(
        _announcement(part, kind, amount, now=now, principal=principal)
        for part, kind, amount in _owed(payment)
    )


def announces_reversal(updates: Iterable[Update]) -> bool:
    """Tells whether updates announce a reversal, or a part of one."""
    names = (OperationName.parse(u.interaction_id) for u in updates if isinstance(u, AddTransaction))
    return any(name is not None and name.key.startswith(REVERSAL_PREFIX) for name in names)


def owes_more(payment: Payment) -> bool:
    """Tells whether a part that goes back still has money that no operation is reversing.

    It is False while one of its reversals is `Initial`, and where Monext has rejected one.
    """
    return any(not _is_blocked(part) for part, _, _ in _owed(payment))


def is_reversal_open(payment: Payment) -> bool:
    """Tells whether a reversal is not finished.

    Its outcome is not known, it ended at a cancel that came too late, or it is not begun for all of the
    money.
    """
    return any(_is_unfinished(part) for part in reversed_parts(payment)) or owes_more(payment)


def is_reversed(payment: Payment) -> bool:
    """Tells whether all of the payment's money went back, also where others sent it back.

    A chargeback may have taken more than the part that it counts against, so the parts may also balance one another.
    """
    if reversal_reason(payment) is None or not all(_is_done(part) for part in parts(payment)):
        return False
    of_parts = all(own_amounts(part).held.is_zero for part in parts(payment))
    return of_parts or (taken(payment) is not None and own_amounts(payment).held.is_zero)


def is_reversal_rejected(payment: Payment) -> bool:
    """Tells whether Monext rejected a reversal: somebody has to look into it."""
    return any(_is_rejected(part) for part in reversed_parts(payment)) and not is_reversal_open(payment)


def _announcement(
    part: Payment, kind: TransactionType, amount: Money, *, now: datetime, principal: str
) -> AddTransaction:
    digest = request_digest({kind.value: amount.cent_amount})
    name = OperationName(reversal_key(part), digest, part=further_part(part), principal=principal)
    return AddTransaction(kind, TransactionState.INITIAL, amount, str(name), now)


def _is_blocked(part: Payment) -> bool:
    operations = reversal_operations(part)
    blocking = (TransactionState.INITIAL, TransactionState.FAILURE)
    return bool(operations) and operations.worst().state in blocking


def _is_unfinished(part: Payment) -> bool:
    operations = reversal_operations(part)
    initial = any(t.state is TransactionState.INITIAL for t in operations.operations)
    return initial or (operations.late_cancel is not None and operations.replacement is None)


def _is_done(part: Payment) -> bool:
    operations = reversal_operations(part)
    return operations.worst().state is TransactionState.SUCCESS if operations else True


def _is_rejected(part: Payment) -> bool:
    operations = reversal_operations(part)
    return bool(operations) and operations.worst().state is TransactionState.FAILURE


def _owed(payment: Payment) -> Iterator[tuple[Payment, TransactionType, Money]]:
    """Yields what to cancel and to refund of each part that goes back, without zeros.

    Where a cancel came too late, nothing is left to cancel: others have captured it, and a refund stands in. A
    chargeback may have taken more than the part that it counts against, so all refunds together leave what it took.
    """
    going_back = reversed_parts(payment)
    if not going_back:
        return
    refundable = open_amounts(payment).refundable
    for part in going_back:
        left = open_amounts(part)
        if not left.cancellable.is_zero and reversal_operations(part).late_cancel is None:
            yield part, TransactionType.CANCEL_AUTHORIZATION, left.cancellable
        refund = left.refundable
        if refund.currency == refundable.currency:
            refund = min(refund, refundable)
            refundable -= refund
        if not refund.is_zero:
            yield part, TransactionType.REFUND, refund
