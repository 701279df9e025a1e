"""Plays Monext in memory, as far as money goes: its sessions and its ledgers, one for each part of a payment.

This Monext does whatever it is asked, even what its ledger does not allow, so that the bridge has to keep the bounds.
It checks the bounds itself only where the merchant's staff works in its back office as well: nobody else could.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monext_bridge.domain.ids import MonextTransactionId, SessionToken
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
from monext_bridge.domain.money import Money
from monext_bridge.domain.operations.ledger_limits import open_amounts_at_monext
from monext_bridge.domain.operations.pending import REVERSAL_PREFIX, OperationName, OwnedKey
from monext_bridge.domain.record.payment import Transaction, TransactionType
from monext_bridge.mapping.monext.accepted_transactions import choose_accepted

SESSION_LIFETIME = timedelta(minutes=30)
ROW_OF = {
    TransactionType.CHARGE: "CAPTURE",
    TransactionType.CANCEL_AUTHORIZATION: "CANCEL",
    TransactionType.REFUND: "REFUND",
}
CAPTURED_AT_ONCE = (MoneyMovement.CAPTURED.value, MoneyMovement.CAPTURED_COMPLEMENT.value)


@dataclass
class Session:
    """A payment session. `accepted` are the transactions that paid it, oldest first."""

    begun: datetime
    title: str = "INPROGRESS"
    accepted: tuple[AcceptedTransaction, ...] = ()


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

    def pay(self, token: SessionToken, *shares: tuple[MoneyMovement, Money]) -> None:
        """Accept the session by one transaction for each share, a second apart."""
        session = self.sessions[token]
        session.title, session.accepted = "ACCEPTED", ()
        for number, (move, amount) in enumerate(shares):
            id_ = MonextTransactionId(f"tx-{token}.{number}" if number else f"tx-{token}")
            date = self.now + self.skew + timedelta(seconds=number)
            session.accepted += (AcceptedTransaction(id_, move, amount, "CB", date),)
            self.rows[id_] = [LedgerRow(id_, move.value, amount.cent_amount, True, date)]

    def session_outcome(self, token: SessionToken) -> tuple[Outcome, tuple[AcceptedTransaction, ...]]:
        """Give the outcome, and which transactions were accepted, as the bridge reads both."""
        session = self.sessions[token]
        over = self.now >= session.begun + SESSION_LIFETIME
        match session.title:
            case "ACCEPTED":
                candidates = session.accepted[::-1]
                accepted = choose_accepted(candidates, {c.id: self.ledger(c.id) for c in candidates})
                return Outcome(OutcomeKind.ACCEPTED, "ACCEPTED", "00000"), accepted or ()
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

    def ledger(self, part: MonextTransactionId) -> Ledger:
        first, *others = self.rows[part]
        listed = [row for row in others if row.date and row.date - self.skew + self.lag <= self.now]
        return Ledger((first, *listed))

    def echoed_key(self, row: MonextTransactionId) -> OwnedKey | None:
        key = self.keys.get(row) if self.echoes else None
        return OwnedKey(key) if key else None

    def execute(
        self,
        part: MonextTransactionId,
        operation: Transaction,
        *,
        pending: bool,
        refused: bool,
        final: bool,
    ) -> OperationAnswer:
        """Execute an operation on a part, or reject it, and list it as executed."""
        name = OperationName.parse(operation.interaction_id)
        assert name is not None
        if refused or (self.staff and not self._has_room(part, operation)):
            late = operation.type is TransactionType.CANCEL_AUTHORIZATION and not refused
            return OperationAnswer(OperationAnswerKind.REFUSED, "ERROR", "02105" if late else "01100")
        is_reversal = name.key.startswith(REVERSAL_PREFIX)
        self.executed[
            part, operation.id if is_reversal else f"{operation.type}~{name.key}~{name.digest}"
        ] += 1
        row = self.add_row(
            part, ROW_OF[operation.type], operation.amount.cent_amount, ok=None if pending else True
        )
        self.keys[row.id] = name.key
        if final:
            self._release(part, ok=row.ok)
        kind = OperationAnswerKind.PENDING if pending else OperationAnswerKind.DONE
        return OperationAnswer(kind, "ACCEPTED", "00000", transaction_id=row.id)

    def add_row(
        self,
        part: MonextTransactionId,
        kind: str,
        amount: int,
        *,
        ok: bool | None = True,
    ) -> LedgerRow:
        rows = self.rows[part]
        id_ = MonextTransactionId(f"{part}-{len(rows)}")
        rows.append(LedgerRow(id_, kind, amount, ok, self.now + self.skew, part))
        return rows[-1]

    def resolve_pending(self, part: MonextTransactionId, *, ok: bool) -> None:
        """End all rows of this part that are not final."""
        rows = self.rows[part]
        rows[:] = [row if row.ok is not None else replace(row, ok=ok) for row in rows]

    def open_amounts(self, part: MonextTransactionId) -> tuple[int, int]:
        """Give what is left to capture or cancel, and what is left to refund.

        All that was executed counts, but captures that may still fail can't be refunded. Below zero where too much
        was done.
        """
        sums: Counter[tuple[str, bool]] = Counter()
        for row in self.rows[part]:
            sums[row.type, bool(row.ok)] += row.amount if row.ok is not False else 0
        done = {kind: sums[kind, True] + sums[kind, False] for kind in ("CAPTURE", "CANCEL", "REFUND")}
        captured = sums["CAPTURE", True] + sum(sums[kind, True] for kind in CAPTURED_AT_ONCE)
        uncaptured = sums["AUTHORIZATION", True] - done["CAPTURE"] - done["CANCEL"]
        return uncaptured, captured - done["REFUND"]

    def _has_room(self, part: MonextTransactionId, operation: Transaction) -> bool:
        left = open_amounts_at_monext(Ledger(tuple(self.rows[part])), like=operation.amount)
        room = left.refundable if operation.type is TransactionType.REFUND else left.capturable
        return operation.amount <= room

    def _release(self, part: MonextTransactionId, *, ok: bool | None) -> None:
        """Release the remainder of a final capture. No request tells its amount; it ends as the capture does."""
        remainder = max(self.open_amounts(part)[0], 0)
        if remainder:
            self.add_row(part, "CANCEL", remainder, ok=ok)
