"""Money on its way back to the buyer: where that stands, read from the record alone."""

from __future__ import annotations

from monext_bridge.domain.families import Family, family
from monext_bridge.domain.intents import GIVE_BACK_PREFIX
from monext_bridge.domain.payment import Payment, TransactionState


def returns(payment: Payment) -> Family:
    """The acts that give the money back; none where it is kept."""
    return family(payment, f"{GIVE_BACK_PREFIX}{payment.interface_id}")


def is_open(payment: Payment) -> bool:
    """Whether the money's way back is still unknown, or ended at a cancel that came too late."""
    acts = returns(payment)
    initial = any(t.state is TransactionState.INITIAL for t in acts.sent)
    return initial or (acts.late_cancel is not None and acts.instead is None)


def is_given_back(payment: Payment) -> bool:
    acts = returns(payment)
    return bool(acts) and acts.worst().state is TransactionState.SUCCESS


def is_refused(payment: Payment) -> bool:
    """Monext will not give the money back: somebody has to look into it."""
    acts = returns(payment)
    return bool(acts) and not is_open(payment) and acts.worst().state is TransactionState.FAILURE
