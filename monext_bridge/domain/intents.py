"""Intent before act: how a capture, cancel or refund is named in the record, and how its fate is found out.

`interactionId` of an act's transaction is `<key>~<8 hex of the canonical request body>`; `~` can't occur in a
key. Behind it may stand a mark: `~free` where the act certainly never reached Monext, so that the next call
with the key acts under the same intent, and `~late` where Monext said that a cancel came too late.
`<key>~rest` is what a final capture released; `<key>~void` is an intent that was closed before it reached
Monext: its key is free for a new one.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monext_bridge.domain.ids import MonextTransactionId
from monext_bridge.domain.outcome import ActKind, Ledger, LedgerRow
from monext_bridge.domain.payment import Payment, Transaction, TransactionState, TransactionType

KEY = re.compile(r"[A-Za-z0-9_.:-]{1,128}")
FREE, LATE, REST, VOID = "free", "late", "rest", "void"
GIVE_BACK_PREFIX = "giveback-"

UNSETTLED_FOR = timedelta(minutes=5)
"""How long an intent without a row in the ledger may still be on its way."""

ROW_TYPES: Mapping[TransactionType, frozenset[str]] = {
    TransactionType.CHARGE: frozenset({"CAPTURE"}),
    TransactionType.CANCEL_AUTHORIZATION: frozenset({"CANCEL"}),
    TransactionType.REFUND: frozenset({"REFUND"}),
}
ACTS: Mapping[TransactionType, ActKind] = {
    TransactionType.CHARGE: ActKind.CAPTURE,
    TransactionType.CANCEL_AUTHORIZATION: ActKind.CANCEL,
    TransactionType.REFUND: ActKind.REFUND,
}


@dataclass(frozen=True, slots=True)
class IntentName:
    """A parsed `interactionId` of an act."""

    key: str
    digest: str
    mark: str | None = None

    def __str__(self) -> str:
        return "~".join(part for part in (self.key, self.digest, self.mark) if part)

    @classmethod
    def parse(cls, interaction_id: str | None) -> IntentName | None:
        """None for an id that names no act, as the session token of the first transaction."""
        parts = (interaction_id or "").split("~")
        if len(parts) not in (2, 3) or not KEY.fullmatch(parts[0]):
            return None
        return cls(parts[0], parts[1], parts[2] if len(parts) == 3 else None)

    def marked(self, mark: str | None) -> IntentName:
        return IntentName(self.key, self.digest, mark)

    def voided(self) -> IntentName:
        """The name of an intent whose key is free again."""
        return IntentName(self.key, VOID)


def request_digest(body: Mapping[str, object]) -> str:
    """8 hex digits over the canonical form of the request: equal for equal requests, whatever their order."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def open_intents(payment: Payment) -> tuple[Transaction, ...]:
    """Acts whose outcome is not known, oldest first."""
    found = [t for t in payment.transactions if t.state is TransactionState.INITIAL and _is_act(t)]
    return tuple(sorted(found, key=lambda t: (t.timestamp is not None, t.timestamp, t.id)))


def rows_for(intent: Transaction, *, payment: Payment, ledger: Ledger) -> tuple[LedgerRow, ...]:
    """Rows that may be this intent: its type and amount, not older, and named by no transaction of ours."""
    named = {t.interface_id for t in payment.transactions if t.interface_id}
    types = ROW_TYPES.get(intent.type, frozenset())
    return tuple(
        row
        for row in ledger.rows
        if row.type in types
        and row.amount == intent.amount.cent_amount
        and row.id not in named
        and not _older(row, intent)
    )


def match(
    intent: Transaction,
    *,
    payment: Payment,
    ledger: Ledger,
    keys: Mapping[MonextTransactionId, str | None],
) -> LedgerRow | None:
    """The row of the ledger that this intent became, None where there is none (yet).

    `keys` are what Monext echoes for the rows of `rows_for`, where it does. A row that echoes another key is
    never taken; without an echo, equal open intents are interchangeable and take the rows in their order.
    """
    name = IntentName.parse(intent.interaction_id)
    rows = rows_for(intent, payment=payment, ledger=ledger)
    by_key = next((row for row in rows if name and keys.get(row.id) == name.key), None)
    if by_key:
        return by_key
    silent = [row for row in rows if keys.get(row.id) is None]
    place = _place_among_equals(intent, open_intents(payment))
    return silent[place] if place < len(silent) else None


def given_up(intent: Transaction, *, now: datetime) -> bool:
    """Whether an intent without a row is old enough to be sure that it never happened."""
    return intent.timestamp is None or now - intent.timestamp >= UNSETTLED_FOR


def _place_among_equals(intent: Transaction, intents: Iterable[Transaction]) -> int:
    equals = [t.id for t in intents if t.type is intent.type and t.amount == intent.amount]
    return equals.index(intent.id) if intent.id in equals else 0


def _is_act(transaction: Transaction) -> bool:
    name = IntentName.parse(transaction.interaction_id)
    return name is not None and transaction.type in ACTS


def _older(row: LedgerRow, intent: Transaction) -> bool:
    """A row from before the intent can't be it; clocks of two companies may differ by some seconds."""
    if row.date is None or intent.timestamp is None:
        return False
    return row.date < intent.timestamp - timedelta(seconds=30)
