"""Both remotes in memory, as far as money goes: records under versions, and Monext's sessions and ledgers.

This Monext does whatever it is asked, also what its books don't allow, so that it is the bridge that has to keep the
bounds; only where the merchant's staff is at work in its back office as well it checks, as nobody else could.
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
from monext_bridge.domain.operations.pending import REVERSAL_PREFIX, OperationName
from monext_bridge.domain.outcome.decide import PaymentContext
from monext_bridge.domain.record.apply_updates import with_updates
from monext_bridge.domain.record.cart import Cart, CartState, Order
from monext_bridge.domain.record.payment import Payment, Transaction, TransactionType
from monext_bridge.domain.record.updates import Update
from tests.builders import a_cart, an_order, eur

LIFE = timedelta(minutes=30)
ROW_OF = {
    TransactionType.CHARGE: "CAPTURE",
    TransactionType.CANCEL_AUTHORIZATION: "CANCEL",
    TransactionType.REFUND: "REFUND",
}


class Conflict(Exception):
    """Another writer was first."""


@dataclass
class Shop:
    """commercetools: one cart, its payments, and one order at most."""

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

    def place(self, cart_version: int) -> str:
        """placed, conflict, or refused for good."""
        if self.order or cart_version != self.cart_version:
            return "conflict"
        assert not self.merged, "an order of a cart that is merged into another"
        if self.out_of_stock:
            return "refused"
        self.order = an_order(total=eur(self.total), payment_ids=tuple(self.payments))
        return "placed"


@dataclass
class Session:
    """`took` is the transaction by which it was paid."""

    begun: datetime
    title: str = "INPROGRESS"
    took: AcceptedTransaction | None = None


@dataclass
class Monext:
    """`echoes`: GET of a transaction tells our key. `lag`: how long a row is carried out before it is listed.

    `skew` is that of the dates it writes; `now` is the time itself. `carried_out` counts by the caller's key, and by
    the intent where money goes back, which may take several of one amount.
    """

    echoes: bool
    staff: bool
    lag: timedelta
    skew: timedelta
    now: datetime
    sessions: dict[SessionToken, Session] = field(default_factory=dict)
    rows: dict[MonextTransactionId, list[LedgerRow]] = field(default_factory=dict)
    keys: dict[MonextTransactionId, str] = field(default_factory=dict)
    carried_out: Counter[tuple[MonextTransactionId, str]] = field(default_factory=Counter)

    def pay(self, token: SessionToken, move: MoneyMovement, amount: int) -> None:
        id_ = MonextTransactionId(f"tx-{token}")
        session = self.sessions[token]
        session.title, session.took = "ACCEPTED", AcceptedTransaction(id_, move, eur(amount), "CB")
        self.rows[id_] = [LedgerRow(id_, move.value, amount, True, self.now + self.skew)]

    def ask(self, token: SessionToken) -> tuple[Outcome, AcceptedTransaction | None]:
        session = self.sessions[token]
        over = self.now >= session.begun + LIFE
        match session.title:
            case "ACCEPTED":
                return Outcome(OutcomeKind.ACCEPTED, "ACCEPTED", "00000"), session.took
            case "REFUSED":
                return Outcome(OutcomeKind.FAILED, "REFUSED", "01100", reason=FailureReason.REFUSED), None
            case "ONHOLD_PARTNER" if not over:
                return Outcome(OutcomeKind.PENDING, "ONHOLD_PARTNER", "02016"), None
            case _ if over:
                session_gone = Outcome(
                    OutcomeKind.FAILED, "ERROR", "02304", reason=FailureReason.EXPIRED, session_gone=True
                )
                return session_gone, None
            case _:
                return Outcome(OutcomeKind.NOT_BEGUN, "INPROGRESS", "02306"), None

    def ledger(self, taken: MonextTransactionId) -> Ledger:
        first, *others = self.rows[taken]
        listed = [row for row in others if row.date and row.date - self.skew + self.lag <= self.now]
        return Ledger((first, *listed))

    def echoed(self, row: MonextTransactionId) -> str | None:
        return self.keys.get(row) if self.echoes else None

    def act(
        self,
        taken: MonextTransactionId,
        intent: Transaction,
        *,
        pending: bool,
        refused: bool,
        final: bool,
    ) -> OperationAnswer:
        """Carry it out, or refuse it, and list it as that."""
        name = OperationName.parse(intent.interaction_id)
        assert name is not None
        if refused or (self.staff and not self._has_room(taken, intent)):
            late = intent.type is TransactionType.CANCEL_AUTHORIZATION and not refused
            return OperationAnswer(OperationAnswerKind.REFUSED, "ERROR", "02105" if late else "01100")
        back = name.key.startswith(REVERSAL_PREFIX)
        self.carried_out[taken, intent.id if back else f"{intent.type}~{name.key}~{name.digest}"] += 1
        row = self.book(taken, ROW_OF[intent.type], intent.amount.cent_amount, ok=None if pending else True)
        self.keys[row.id] = name.key
        if final:
            self._release(taken, ok=row.ok)
        kind = OperationAnswerKind.PENDING if pending else OperationAnswerKind.DONE
        return OperationAnswer(kind, "ACCEPTED", "00000", transaction_id=row.id)

    def book(
        self,
        taken: MonextTransactionId,
        kind: str,
        amount: int,
        *,
        ok: bool | None = True,
        origin: MonextTransactionId | None = None,
    ) -> LedgerRow:
        rows = self.rows[taken]
        id_ = MonextTransactionId(f"{taken}-{len(rows)}")
        rows.append(LedgerRow(id_, kind, amount, ok, self.now + self.skew, origin or taken))
        return rows[-1]

    def finish(self, taken: MonextTransactionId, *, ok: bool) -> None:
        """What is not final of this payment ends."""
        rows = self.rows[taken]
        rows[:] = [row if row.ok is not None else replace(row, ok=ok) for row in rows]

    def left(self, taken: MonextTransactionId) -> tuple[int, int]:
        """To capture or cancel, and to refund: all that was carried out counts, captures that may yet fail don't.

        Below zero where it was too much.
        """
        sums: Counter[tuple[str, bool]] = Counter()
        for row in self.rows[taken]:
            sums[row.type, bool(row.ok)] += row.amount if row.ok is not False else 0
        done = {kind: sums[kind, True] + sums[kind, False] for kind in ("CAPTURE", "CANCEL", "REFUND")}
        captured = sums["CAPTURE", True] + sums["AUTHORIZATION_AND_CAPTURE", True]
        uncaptured = sums["AUTHORIZATION", True] - done["CAPTURE"] - done["CANCEL"]
        return uncaptured, captured - done["REFUND"]

    def _has_room(self, taken: MonextTransactionId, intent: Transaction) -> bool:
        left = open_amounts_at_monext(Ledger(tuple(self.rows[taken])))
        room = left.refundable if intent.type is TransactionType.REFUND else left.capturable
        return intent.amount.cent_amount <= room

    def _release(self, taken: MonextTransactionId, *, ok: bool | None) -> None:
        """The rest of a final capture, of which no request tells the amount; it ends as the capture does."""
        rest = max(self.left(taken)[0], 0)
        if rest:
            self.book(taken, "CANCEL", rest, ok=ok)
