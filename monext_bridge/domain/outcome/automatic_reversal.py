"""Money on its way back to the buyer: what has to go, and where that stands, read from the record alone."""

from __future__ import annotations

from datetime import datetime

from monext_bridge.domain.operations import (
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
    own_money,
    reversal_reason,
    taken_or_planned,
)


def reversal_operations(payment: Payment) -> KeyedOperations:
    """The acts that give the money back; none where it is kept."""
    return operations_of_key(payment, f"{REVERSAL_PREFIX}{payment.interface_id}")


def reversal_announcements(payment: Payment, *, now: datetime) -> tuple[AddTransaction, ...]:
    """Cancel what is not captured, refund what is; two acts where a part was captured.

    What another act has under way is left to it: should it turn out never to have happened, that is still owed.
    """
    key, money = f"{REVERSAL_PREFIX}{payment.interface_id}", taken_or_planned(payment)
    return tuple(
        AddTransaction(
            kind,
            TransactionState.INITIAL,
            money.with_amount(amount),
            str(OperationName(key, request_digest({kind.value: amount}))),
            now,
        )
        for kind, amount in _owed(payment)
    )


def owes_more(payment: Payment) -> bool:
    """A flagged payment that still holds what nobody is giving back, and that Monext has not refused to."""
    operations = reversal_operations(payment)
    failed = bool(operations) and operations.worst().state in (
        TransactionState.INITIAL,
        TransactionState.FAILURE,
    )
    return reversal_reason(payment) is not None and not failed and bool(_owed(payment))


def is_reversal_open(payment: Payment) -> bool:
    """Whether the money's way back is unknown, ended at a cancel that came too late, or is not begun for all."""
    operations = reversal_operations(payment)
    initial = any(t.state is TransactionState.INITIAL for t in operations.sent)
    late = operations.late_cancel is not None and operations.instead is None
    return initial or late or owes_more(payment)


def is_reversed(payment: Payment) -> bool:
    """Also where others have given all of it back."""
    operations = reversal_operations(payment)
    done = operations.worst().state is TransactionState.SUCCESS if operations else True
    return reversal_reason(payment) is not None and done and own_money(payment).held == 0


def is_reversal_rejected(payment: Payment) -> bool:
    """Monext will not give the money back: somebody has to look into it."""
    operations = reversal_operations(payment)
    return (
        bool(operations)
        and not is_reversal_open(payment)
        and operations.worst().state is TransactionState.FAILURE
    )


def _owed(payment: Payment) -> tuple[tuple[TransactionType, int], ...]:
    """Where a cancel came too late, nothing is left to cancel: others have captured it, and a refund stands in."""
    left, captured_since = open_amounts(payment), reversal_operations(payment).late_cancel is not None
    amounts = (
        (TransactionType.CANCEL_AUTHORIZATION, 0 if captured_since else left.cancellable),
        (TransactionType.REFUND, left.refundable),
    )
    return tuple((kind, amount) for kind, amount in amounts if amount)
