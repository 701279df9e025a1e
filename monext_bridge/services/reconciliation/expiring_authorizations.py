"""Handles authorisations in the last of their seven days: reports, captures or releases them, as a setting says."""

from __future__ import annotations

from dataclasses import dataclass

from monext_bridge.config import Expiring, Settings
from monext_bridge.domain.operations import (
    RECONCILIATION,
    Cancel,
    Capture,
    Operation,
    open_amounts,
    owed,
)
from monext_bridge.domain.reconciliation import authorization_ends_at
from monext_bridge.domain.record import Payment
from monext_bridge.errors import Conflict, KeyReused
from monext_bridge.runtime import RecordClock
from monext_bridge.services.operations import Actor, OperationOutcome, PaymentOperations

EXPIRY_KEY_PREFIX = "expiry-"
"""Stands before the payment's id in the operation key of the capture or release.

So there is only one operation, whoever finds the payment first.
"""

BY_RECONCILIATION = Actor(RECONCILIATION)


@dataclass(frozen=True, slots=True)
class ExpiryHandled:
    """`done` is the outcome of the operation; None where none was to be made, or the money rules forbid it."""

    done: OperationOutcome | None
    why: str


@dataclass(frozen=True, slots=True)
class ExpiringAuthorizations:
    settings: Settings
    operations: PaymentOperations
    clock: RecordClock

    def meet(self, payment: Payment) -> ExpiryHandled:
        """Capture or release what is open, once, before the authorisation ends; or only report when that is.

        Raises what `PaymentOperations.perform` raises, except Conflict.
        """
        ends, left = authorization_ends_at(payment), open_amounts(payment).capturable
        operation = self._operation(payment)
        if ends is None or operation is None or self.clock.now() >= ends:
            when = f"{ends:%Y-%m-%d %H:%M} UTC" if ends else "soon"
            return ExpiryHandled(
                None,
                f"{left.cent_amount} {left.currency} in minor units, not captured; it ends {when}",
            )
        try:
            performed = self.operations.perform(
                payment.id,
                operation,
                by=BY_RECONCILIATION,
                key=f"{EXPIRY_KEY_PREFIX}{payment.id}",
                still_due=lambda reading: self._operation(reading) == operation,
            )
        except (Conflict, KeyReused) as error:
            return ExpiryHandled(None, str(error))
        done = operation.amount if isinstance(operation, Capture) else left
        return ExpiryHandled(
            performed.outcome,
            f"{type(operation).__name__.lower()} of {done.cent_amount}: {performed.outcome.value}",
        )

    def _operation(self, payment: Payment) -> Operation | None:
        """Return what the setting asks for. No more is captured than the order owes now.

        The order is read for it, also once more on the reading on which the operation is announced: a shipment may
        have captured meanwhile, or somebody have edited the order. Raises RemoteError.
        """
        match self.settings.expiring:
            case Expiring.CAPTURE:
                left, order = open_amounts(payment).capturable, self.operations.order_of(payment.id)
                due = min(left, owed(payment, order)) if order else left
                return None if due.is_zero else Capture(due)
            case Expiring.RELEASE:
                return Cancel()
            case Expiring.WARN:
                return None
