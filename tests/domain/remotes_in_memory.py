"""Plays both remotes in memory, as far as money goes: records with versions, and Monext's sessions and ledgers.

This Monext does whatever it is asked, even what its ledger does not allow, so that the bridge has to keep the bounds.
It checks the bounds itself only where the merchant's staff works in its back office as well: nobody else could.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monext_bridge.domain.ids import MonextTransactionId, PaymentId, SessionToken
from monext_bridge.domain.monext import (
    AcceptedTransaction,
    FailureReason,
    Ledger,
    LedgerRow,
    MoneyMovement,
    OperationAnswer,
    OperationAnswerKind,
    Outcome,
    OutcomeKind,
)
from monext_bridge.domain.operations.ledger_limits import open_amounts_at_monext
from monext_bridge.domain.operations.pending import REVERSAL_PREFIX, OperationName, OwnedKey
from monext_bridge.domain.outcome.decide import PaymentContext
from monext_bridge.domain.record.apply_updates import with_updates
from monext_bridge.domain.record.cart import Cart, CartState
from monext_bridge.domain.record.order import Order
from monext_bridge.domain.record.payment import Payment, Transaction, TransactionType
from monext_bridge.domain.record.updates import Update
from tests.builders import a_cart, an_order, eur

SESSION_LIFETIME = timedelta(minutes=30)
ROW_OF = {
    TransactionType.CHARGE: "CAPTURE",
    TransactionType.CANCEL_AUTHORIZATION: "CANCEL",
    TransactionType.REFUND: "REFUND",
}


class Conflict(Exception):
    """Another writer was first."""


@dataclass
class Shop:
    """commercetools with one cart, its payments, and one order at most. Each write is shown to `seen`."""

    seen: Callable[[Payment, Payment], None]
    payments: dict[PaymentId, Payment] = field(default_factory=dict)
    cart_version: int = 1
    total: int = 11100
    merged: bool = False
    out_of_stock: bool = False
    makes_orders: bool = True
    order: Order | None = None

    @property
    def cart(self) -> Cart:
        state = CartState.MERGED if self.merged else CartState.ACTIVE
        return a_cart(
            version=self.cart_version,
            state=CartState.ORDERED if self.order else state,
            total=eur(self.total),
            payments=tuple(self.payments.values()),
        )

    def context(self, payment_id: PaymentId) -> PaymentContext:
        order = replace(self.order, payments=tuple(self.payments.values())) if self.order else None
        return PaymentContext(
            self.payments[payment_id], self.cart, order, frozenset({"monext"}), self.makes_orders
        )

    def write(self, payment: Payment, changes: Sequence[Update]) -> Payment:
        """Raises Conflict where the payment was written since it was read."""
        if not changes:
            return payment
        now = self.payments[payment.id]
        if payment.version != now.version:
            raise Conflict
        written = replace(with_updates(payment, changes), version=payment.version + 1)
        self.payments[payment.id] = written
        self.seen(payment, written)
        return written

    def create_order(self, cart_version: int) -> str:
        """Make the order. Gives `created`, `conflict`, or `refused` for good."""
        if self.order or cart_version != self.cart_version:
            return "conflict"
        assert not self.merged, "an order of a cart that is merged into another"
        if self.out_of_stock:
            return "refused"
        self.order = an_order(total=eur(self.total), payment_ids=tuple(self.payments))
        return "created"


@dataclass
class Session:
    """A payment session. `accepted` is the transaction that paid it."""

    begun: datetime
    title: str = "INPROGRESS"
    accepted: AcceptedTransaction | None = None


@dataclass
class Monext:
    """Monext's sessions and ledgers.

    `echoes`: GET of a transaction gives our key. `lag`: how long after it was executed a row is listed. `skew`: by
    how much the dates that it writes are ahead; `now` is the true time. `executed` counts operations by the caller's
    key, and those of a reversal each by itself, since a reversal may need several of one amount.
    """

    echoes: bool
    staff: bool
    lag: timedelta
    skew: timedelta
    now: datetime
    sessions: dict[SessionToken, Session] = field(default_factory=dict)
    rows: dict[MonextTransactionId, list[LedgerRow]] = field(default_factory=dict)
    keys: dict[MonextTransactionId, str] = field(default_factory=dict)
    executed: Counter[tuple[MonextTransactionId, str]] = field(default_factory=Counter)

    def pay(self, token: SessionToken, move: MoneyMovement, amount: int) -> None:
        id_ = MonextTransactionId(f"tx-{token}")
        session = self.sessions[token]
        session.title, session.accepted = "ACCEPTED", AcceptedTransaction(id_, move, eur(amount), "CB")
        self.rows[id_] = [LedgerRow(id_, move.value, amount, True, self.now + self.skew)]

    def session_outcome(self, token: SessionToken) -> tuple[Outcome, tuple[AcceptedTransaction, ...]]:
        session = self.sessions[token]
        over = self.now >= session.begun + SESSION_LIFETIME
        match session.title:
            case "ACCEPTED":
                return Outcome(OutcomeKind.ACCEPTED, "ACCEPTED", "00000"), (
                    session.accepted,
                ) if session.accepted else ()
            case "REFUSED":
                return Outcome(OutcomeKind.FAILED, "REFUSED", "01100", reason=FailureReason.REFUSED), ()
            case "ONHOLD_PARTNER" if not over:
                return Outcome(OutcomeKind.PENDING, "ONHOLD_PARTNER", "02016"), ()
            case _ if over:
                session_gone = Outcome(
                    OutcomeKind.FAILED, "ERROR", "02304", reason=FailureReason.EXPIRED, session_gone=True
                )
                return session_gone, ()
            case _:
                return Outcome(OutcomeKind.NOT_BEGUN, "INPROGRESS", "02306"), ()

    def ledger(self, accepted: MonextTransactionId) -> Ledger:
        first, *others = self.rows[accepted]
        listed = [row for row in others if row.date and row.date - self.skew + self.lag <= self.now]
        return Ledger((first, *listed))

    def echoed_key(self, row: MonextTransactionId) -> OwnedKey | None:
        key = self.keys.get(row) if self.echoes else None
        return OwnedKey(key) if key else None

    def execute(
        self,
        accepted: MonextTransactionId,
        operation: Transaction,
        *,
        pending: bool,
        refused: bool,
        final: bool,
    ) -> OperationAnswer:
        """Execute an operation, or reject it, and list it as executed."""
        name = OperationName.parse(operation.interaction_id)
        assert name is not None
        if refused or (self.staff and not self._has_room(accepted, operation)):
            late = operation.type is TransactionType.CANCEL_AUTHORIZATION and not refused
            return OperationAnswer(OperationAnswerKind.REFUSED, "ERROR", "02105" if late else "01100")
        is_reversal = name.key.startswith(REVERSAL_PREFIX)
        self.executed[
            accepted, operation.id if is_reversal else f"{operation.type}~{name.key}~{name.digest}"
        ] += 1
        row = self.add_row(
            accepted, ROW_OF[operation.type], operation.amount.cent_amount, ok=None if pending else True
        )
        self.keys[row.id] = name.key
        if final:
            self._release(accepted, ok=row.ok)
        kind = OperationAnswerKind.PENDING if pending else OperationAnswerKind.DONE
        return OperationAnswer(kind, "ACCEPTED", "00000", transaction_id=row.id)

    def add_row(
        self,
        accepted: MonextTransactionId,
        kind: str,
        amount: int,
        *,
        ok: bool | None = True,
        origin: MonextTransactionId | None = None,
    ) -> LedgerRow:
        rows = self.rows[accepted]
        id_ = MonextTransactionId(f"{accepted}-{len(rows)}")
        rows.append(LedgerRow(id_, kind, amount, ok, self.now + self.skew, origin or accepted))
        return rows[-1]

    def resolve_pending(self, accepted: MonextTransactionId, *, ok: bool) -> None:
        """End all rows of this payment that are not final."""
        rows = self.rows[accepted]
        rows[:] = [row if row.ok is not None else replace(row, ok=ok) for row in rows]

    def open_amounts(self, accepted: MonextTransactionId) -> tuple[int, int]:
        """Give what is left to capture or cancel, and what is left to refund.

        All that was executed counts, but captures that may still fail can't be refunded. Below zero where too much
        was done.
        """
        sums: Counter[tuple[str, bool]] = Counter()
        for row in self.rows[accepted]:
            sums[row.type, bool(row.ok)] += row.amount if row.ok is not False else 0
        done = {kind: sums[kind, True] + sums[kind, False] for kind in ("CAPTURE", "CANCEL", "REFUND")}
        captured = sums["CAPTURE", True] + sums["AUTHORIZATION_AND_CAPTURE", True]
        uncaptured = sums["AUTHORIZATION", True] - done["CAPTURE"] - done["CANCEL"]
        return uncaptured, captured - done["REFUND"]

    def _has_room(self, accepted: MonextTransactionId, operation: Transaction) -> bool:
        left = open_amounts_at_monext(Ledger(tuple(self.rows[accepted])), like=operation.amount)
        room = left.refundable if operation.type is TransactionType.REFUND else left.capturable
        return operation.amount <= room

    def _release(self, accepted: MonextTransactionId, *, ok: bool | None) -> None:
        """Release the remainder of a final capture. No request tells its amount; it ends as the capture does."""
        remainder = max(self.open_amounts(accepted)[0], 0)
        if remainder:
            self.add_row(accepted, "CANCEL", remainder, ok=ok)
