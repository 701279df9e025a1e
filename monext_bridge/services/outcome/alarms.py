"""Logs alarms about a session's outcome, and writes the updates that raise one.

Their causes are money that must not be kept, and a session of another payment.
"""

from __future__ import annotations

import logging
from contextlib import nullcontext

from monext_bridge.domain.monext import Outcome, OutcomeKind
from monext_bridge.domain.operations import BRIDGE
from monext_bridge.domain.outcome import PaymentContext, announces_reversal
from monext_bridge.domain.record import Payment, Update, reversal_reason, surplus_parts, with_updates
from monext_bridge.errors import RemoteUnavailable, RemoteUnreachable
from monext_bridge.gateways.commercetools import acting_as, acting_principal
from monext_bridge.logs import event
from monext_bridge.services.outcome.context import store_key_of
from monext_bridge.services.remotes import CommercetoolsRecords
from monext_bridge.services.results import PaymentReference

log = logging.getLogger(__name__)

SURPLUS = "SURPLUS_PART"


def write_and_alarm(
    records: CommercetoolsRecords,
    reference: PaymentReference,
    context: PaymentContext,
    updates: tuple[Update, ...],
) -> Payment:
    """Write the updates and return the payment as it then reads.

    Only the call whose write sets a reversal reason logs the alarm. A call whose answer was lost logs it as
    well: the reason may have been written, and the next call then finds it already set. Raises RemoteError,
    VersionConflict.
    """
    before = context.payment
    acting = acting_as(reversing_principal()) if announces_reversal(updates) else nullcontext()
    try:
        with acting:
            after = records.write(before, updates)
    except RemoteUnavailable as error:
        if not isinstance(error, RemoteUnreachable):
            alarm_reversal(reference, context, with_updates(before, updates))
        raise
    alarm_reversal(reference, context, after)
    return after


def reversing_principal() -> str:
    """Return who reverses what is not kept: whoever acts now, else the bridge itself, for a buyer or Monext."""
    return acting_principal() or BRIDGE


def alarm_reversal(reference: PaymentReference, before: PaymentContext, after: Payment) -> None:
    """Log that the money of a payment, or of surplus parts of it, is not kept, unless that was decided before."""
    reason = reversal_reason(after)
    if reason is not None and reversal_reason(before.payment) is None:
        _not_kept(reference, before, after, flag=reason.value, why=after.status_text)
    elif reason is None and surplus_parts(after) and not surplus_parts(before.payment):
        why = "the session was paid more than once: the first payment is kept, the others go back"
        _not_kept(reference, before, after, flag=SURPLUS, why=why)


def _not_kept(
    reference: PaymentReference, before: PaymentContext, after: Payment, *, flag: str, why: str | None
) -> None:
    event(
        log,
        "not_kept",
        level=logging.ERROR,
        payment=after.id,
        cart=reference.cart_id,
        store=store_key_of(before),
        order=before.order.number if before.order else reference.order_number,
        flag=flag,
        why=why,
    )


def own_outcome(payment: Payment, outcome: Outcome | None) -> Outcome | None:
    """Return the outcome, but UNKNOWN where its private data names another payment.

    Such an outcome tells nothing about this payment.
    """
    if outcome is None or outcome.payment_id in (None, payment.id):
        return outcome
    event(log, "foreign_session", level=logging.ERROR, payment=payment.id, names=outcome.payment_id)
    return Outcome(OutcomeKind.UNKNOWN, detail="the session names another payment")
