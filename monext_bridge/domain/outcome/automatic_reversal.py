"""Money on its way back to the buyer: what has to go, and where that stands, read from the record alone."""

from __future__ import annotations

from datetime import datetime

from monext_bridge.domain.operations.by_key import Family, family
from monext_bridge.domain.operations.pending import GIVE_BACK_PREFIX, IntentName, request_digest
from monext_bridge.domain.operations.rules import open_amounts
from monext_bridge.domain.record.attempt_status import flag_of, own_money, taken_or_planned
from monext_bridge.domain.record.payment import Payment, TransactionState, TransactionType
from monext_bridge.domain.record.updates import AddTransaction


def returns(payment: Payment) -> Family:
    """The acts that give the money back; none where it is kept."""
    return family(payment, f"{GIVE_BACK_PREFIX}{payment.interface_id}")


def return_intents(payment: Payment, *, now: datetime) -> tuple[AddTransaction, ...]:
    """Cancel what is not captured, refund what is; two acts where a part was captured.

    What another act has under way is left to it: should it turn out never to have happened, that is still owed.
    """
    key, money = f"{GIVE_BACK_PREFIX}{payment.interface_id}", taken_or_planned(payment)
    return tuple(
        AddTransaction(
            kind,
            TransactionState.INITIAL,
            money.with_amount(amount),
            str(IntentName(key, request_digest({kind.value: amount}))),
            now,
        )
        for kind, amount in _owed(payment)
    )


def is_owed_more(payment: Payment) -> bool:
    """A flagged payment that still holds what nobody is giving back, and that Monext has not refused to."""
    acts = returns(payment)
    failed = bool(acts) and acts.worst().state in (TransactionState.INITIAL, TransactionState.FAILURE)
    return flag_of(payment) is not None and not failed and bool(_owed(payment))


def is_open(payment: Payment) -> bool:
    """Whether the money's way back is unknown, ended at a cancel that came too late, or is not begun for all."""
    acts = returns(payment)
    initial = any(t.state is TransactionState.INITIAL for t in acts.sent)
    late = acts.late_cancel is not None and acts.instead is None
    return initial or late or is_owed_more(payment)


def is_given_back(payment: Payment) -> bool:
    """Also where others have given all of it back."""
    acts = returns(payment)
    done = acts.worst().state is TransactionState.SUCCESS if acts else True
    return flag_of(payment) is not None and done and own_money(payment).held == 0


def is_refused(payment: Payment) -> bool:
    """Monext will not give the money back: somebody has to look into it."""
    acts = returns(payment)
    return bool(acts) and not is_open(payment) and acts.worst().state is TransactionState.FAILURE


def _owed(payment: Payment) -> tuple[tuple[TransactionType, int], ...]:
    """Where a cancel came too late, nothing is left to cancel: others have captured it, and a refund stands in."""
    left, captured_since = open_amounts(payment), returns(payment).late_cancel is not None
    amounts = (
        (TransactionType.CANCEL_AUTHORIZATION, 0 if captured_since else left.cancellable),
        (TransactionType.REFUND, left.refundable),
    )
    return tuple((kind, amount) for kind, amount in amounts if amount)
