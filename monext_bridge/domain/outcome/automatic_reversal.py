"""Plans automatic reversals: what has to go back to the buyer, and how far that is, read from the record alone."""

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
    accepted_or_planned_amount,
    own_money,
    reversal_reason,
)


def reversal_operations(payment: Payment) -> KeyedOperations:
    """Returns the operations that reverse the payment; none where its money is kept."""
    return operations_of_key(payment, f"{REVERSAL_PREFIX}{payment.interface_id}")


def reversal_announcements(payment: Payment, *, now: datetime) -> tuple[AddTransaction, ...]:
    """Announces a cancel of what is not captured and a refund of what is: both where a part was captured.

    What another operation has under way is left to it. If that turns out never to have happened, the amount
    is still owed.
    """
    key, money = f"{REVERSAL_PREFIX}{payment.interface_id}", accepted_or_planned_amount(payment)
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
    """Tells whether a payment with a reversal reason still holds money that no operation is reversing.

    It is False while one of its reversals is `Initial`, and where Monext has rejected one.
    """
    operations = reversal_operations(payment)
    blocked = bool(operations) and operations.worst().state in (
        TransactionState.INITIAL,
        TransactionState.FAILURE,
    )
    return reversal_reason(payment) is not None and not blocked and bool(_owed(payment))


def is_reversal_open(payment: Payment) -> bool:
    """Tells whether a reversal is not finished.

    Its outcome is not known, it ended at a cancel that came too late, or it is not begun for all of the
    money.
    """
    operations = reversal_operations(payment)
    initial = any(t.state is TransactionState.INITIAL for t in operations.operations)
    late = operations.late_cancel is not None and operations.replacement is None
    return initial or late or owes_more(payment)


def is_reversed(payment: Payment) -> bool:
    """Tells whether all of the money went back, also where others sent it back."""
    operations = reversal_operations(payment)
    done = operations.worst().state is TransactionState.SUCCESS if operations else True
    return reversal_reason(payment) is not None and done and own_money(payment).held == 0


def is_reversal_rejected(payment: Payment) -> bool:
    """Tells whether Monext rejected the reversal: somebody has to look into it."""
    operations = reversal_operations(payment)
    return (
        bool(operations)
        and not is_reversal_open(payment)
        and operations.worst().state is TransactionState.FAILURE
    )


def _owed(payment: Payment) -> tuple[tuple[TransactionType, int], ...]:
    """Returns the amounts to cancel and to refund, without zeros.

    Where a cancel came too late, nothing is left to cancel: others have captured it, and a refund stands in.
    """
    left, captured_since = open_amounts(payment), reversal_operations(payment).late_cancel is not None
    amounts = (
        (TransactionType.CANCEL_AUTHORIZATION, 0 if captured_since else left.cancellable),
        (TransactionType.REFUND, left.refundable),
    )
    return tuple((kind, amount) for kind, amount in amounts if amount)
