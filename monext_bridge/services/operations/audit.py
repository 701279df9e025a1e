"""Tells in one line of the log who asked for which operation, and what became of it.

The line comes from whoever carries the act out, or from where it is refused, and never from both.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from monext_bridge import observed
from monext_bridge.domain.ids import PaymentId
from monext_bridge.domain.money import Money
from monext_bridge.domain.operations import (
    BRIDGE,
    KIND_OF_TYPE,
    OWN_PRINCIPALS,
    RECONCILIATION,
    REVERSAL_PREFIX,
    SHIPMENT,
    Cancel,
    Capture,
    KeyedOperations,
    Operation,
    Refund,
    Reverse,
    is_unsent,
    open_amounts,
    operation_name,
)
from monext_bridge.domain.record import AttemptKey, Order, Payment, Transaction, TransactionState
from monext_bridge.errors import (
    BridgeError,
    Conflict,
    Forbidden,
    KeyReused,
    Malformed,
    NotFound,
    OperationUnknown,
    RequestError,
)
from monext_bridge.logs import AUDIT, event, shortened
from monext_bridge.services.operations.actor import Actor

log = logging.getLogger(AUDIT)

CLIENT = "client"
"""Stands for all API clients in metrics."""

AUDIT_EVENT = "payment_act"
"""What to search the log for."""

KINDS: Mapping[type[Operation], str] = {
    Capture: "capture",
    Refund: "refund",
    Cancel: "cancel",
    Reverse: "reverse",
}


class AuditOutcome(StrEnum):
    """What became of an act.

    UNKNOWN: Monext may have carried it out. NOT_DONE: Monext has certainly not been asked, since a remote failed.
    """

    APPROVED = "approved"
    RECEIVED = "received"
    REJECTED = "rejected"
    MALFORMED = "malformed"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    NOT_ALLOWED = "not_allowed"
    KEY_REUSED = "key_reused"
    NOT_DONE = "not_done"
    UNKNOWN = "unknown"


SENT = tuple(
    AuditOutcome(name) for name in ("approved", "received", "rejected", "not_allowed", "not_done", "unknown")
)
"""Outcomes of what the bridge itself asks for: it makes no malformed request, and needs no rights."""

ACTS_OF_BRIDGE: Mapping[str, tuple[str, ...]] = {
    SHIPMENT: ("capture", "cancel"),
    RECONCILIATION: ("capture", "cancel", "refund"),
    BRIDGE: ("cancel", "refund"),
}
COUNTED_ACTS: tuple[tuple[str, str, str], ...] = (
    *((kind, outcome.value, CLIENT) for kind in KINDS.values() for outcome in AuditOutcome),
    *(
        (kind, outcome.value, by)
        for by, kinds in ACTS_OF_BRIDGE.items()
        for kind in kinds
        for outcome in SENT
    ),
)
"""Kinds, outcomes and principals that metrics count from the start. A terminal counts where nobody reads it."""

OUTCOME_OF_ERROR: tuple[tuple[type[BridgeError], AuditOutcome], ...] = (
    (Malformed, AuditOutcome.MALFORMED),
    (Forbidden, AuditOutcome.FORBIDDEN),
    (NotFound, AuditOutcome.NOT_FOUND),
    (Conflict, AuditOutcome.NOT_ALLOWED),
    (KeyReused, AuditOutcome.KEY_REUSED),
    (OperationUnknown, AuditOutcome.UNKNOWN),
    (BridgeError, AuditOutcome.NOT_DONE),
)
"""Outcome by error; the first match wins. An error that the bridge does not raise on purpose leaves it unknown."""

OUTCOME_OF_STATE: Mapping[TransactionState, AuditOutcome] = {
    TransactionState.INITIAL: AuditOutcome.UNKNOWN,
    TransactionState.PENDING: AuditOutcome.RECEIVED,
    TransactionState.SUCCESS: AuditOutcome.APPROVED,
    TransactionState.FAILURE: AuditOutcome.REJECTED,
}


@dataclass(slots=True)
class AuditedAct:
    """What is known of an act so far. What is not known when it ends, such as the order, is left out."""

    by: Actor
    kind: str | None = None
    key: str | None = None
    merchant_reference: str | None = None
    payment_id: PaymentId | None = None
    store_key: str | None = None
    order: str | None = None
    amount: Money | None = None
    outcome: AuditOutcome | None = None
    why: str | None = None

    def asks(self, operation: Operation, *, merchant_reference: str | None) -> None:
        """Take over what was asked for; the amount of a cancel or a reverse is known once the payment is read."""
        self.kind, self.merchant_reference = KINDS[type(operation)], merchant_reference
        self.amount = operation.amount if isinstance(operation, Capture | Refund) else None

    def reads(self, payment: Payment, operation: Operation, *, recorded: KeyedOperations) -> None:
        """Take over the payment's store, and the amount: what is asked for, else what it comes to."""
        key = AttemptKey.parse(payment.key)
        self.store_key = key.store_key if key else None
        self.amount = _amount(payment, operation, recorded=recorded)

    def names(self, order: Order | None) -> None:
        self.order = (order.number or order.id) if order else self.order

    def fails(self, error: Exception) -> None:
        """Take over what an error says about the act."""
        found = (outcome for kind, outcome in OUTCOME_OF_ERROR if isinstance(error, kind))
        self.outcome = next(found, AuditOutcome.UNKNOWN)
        self.why = str(error) if isinstance(error, RequestError) else type(error).__name__

    def tell(self) -> None:
        observed.act_ended(
            self.kind,
            outcome=(self.outcome or AuditOutcome.UNKNOWN).value,
            principal=self.by.principal if self.by.principal in OWN_PRINCIPALS else CLIENT,
        )
        event(
            log,
            AUDIT_EVENT,
            principal=self.by.principal,
            operation_key=_without_token(self.key),
            merchant_reference=self.merchant_reference,
            kind=self.kind,
            amount=self.amount.cent_amount if self.amount else None,
            currency=self.amount.currency if self.amount else None,
            payment=self.payment_id,
            order=self.order,
            store=self.store_key,
            client_address=self.by.client_address,
            login=self.by.login,
            outcome=self.outcome.value if self.outcome else None,
            why=self.why,
        )


@contextmanager
def audited(act: AuditedAct) -> Iterator[AuditedAct]:
    """Tell of the act once, when it has ended, however it ends. What is raised goes on."""
    try:
        yield act
    except Exception as error:
        act.fails(error)
        raise
    finally:
        act.tell()


@contextmanager
def audited_request(act: AuditedAct) -> Iterator[AuditedAct]:
    """Tell of an act that fails before it is carried out; who carries it out tells of it otherwise."""
    try:
        yield act
    except Exception as error:
        act.fails(error)
        act.tell()
        raise


@contextmanager
def audited_reversal(payment: Payment, operation: Transaction, *, by: Actor) -> Iterator[AuditedAct]:
    """Tell of one operation of an automatic reversal. Whoever sends it sets the outcome."""
    name, key = operation_name(operation), AttemptKey.parse(payment.key)
    act = AuditedAct(
        by,
        kind=KIND_OF_TYPE[operation.type].name.lower(),
        key=name.key if name else None,
        payment_id=payment.id,
        store_key=key.store_key if key else None,
        amount=operation.amount,
    )
    with audited(act):
        yield act


def outcome_of(operation: Transaction | None) -> AuditOutcome:
    """Return how an operation reads after it was sent, or could not be."""
    if operation is None:
        return AuditOutcome.UNKNOWN
    return AuditOutcome.NOT_DONE if is_unsent(operation) else OUTCOME_OF_STATE[operation.state]


def _amount(payment: Payment, operation: Operation, *, recorded: KeyedOperations) -> Money:
    """Return what is asked for; of a cancel or a reverse, what it releases and refunds, or would."""
    if isinstance(operation, Capture | Refund):
        return operation.amount
    left = open_amounts(payment)
    if recorded:
        return left.cancellable.with_amount(0).plus_all(t.amount for t in recorded.asked)
    return left.cancellable + left.refundable if isinstance(operation, Reverse) else left.cancellable


def _without_token(key: str | None) -> str | None:
    """Return the key; of a reversal's, which holds the session token, only the token's beginning."""
    if key is None or not key.startswith(REVERSAL_PREFIX):
        return key
    return f"{REVERSAL_PREFIX}{shortened(key.removeprefix(REVERSAL_PREFIX))}"
