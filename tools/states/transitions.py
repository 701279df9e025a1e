"""The states as data: what moves an attempt, and an act, from one state to the next, and why.

Nothing here decides. `decide` does, with the acts and the books; the tests walk these tables over them, so that no
edge stands here that they don't have, and they have none that does not stand here. What is not listed leaves a state
as it is.

A correction is an edge that undoes what the record had said. There are few, and each says who knew better.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from monext_bridge.domain.operations.pending import FREE, LATE, VOID
from monext_bridge.domain.record.attempt_status import Standing
from monext_bridge.domain.record.payment import TransactionState

State = TypeVar("State", bound=StrEnum)
What = TypeVar("What", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Edge(Generic[State, What]):
    """From `begin` to `end` by `event`; `reason` is for people."""

    begin: State
    event: What
    end: State
    reason: str


class SessionEvent(StrEnum):
    """What is heard of the buyer's session, by an attempt whose money was not taken yet."""

    OPENED = "session opened"
    AUTHORIZED = "accepted, authorised"
    CAPTURED = "accepted, captured"
    UNWANTED = "accepted, must not be kept"
    PENDING = "pending"
    FAILED = "failed"
    GONE = "session gone"
    NOT_BEGUN = "not begun"
    UNKNOWN = "unknown"
    GIVEN_UP = "given up, not begun"


class MoneyEvent(StrEnum):
    """What happens to an attempt that was accepted. An act moves it only once Monext has carried it out."""

    CAPTURED = "captured"
    CANCELLED = "all cancelled"
    REFUNDED = "refunded"
    MUST_GO_BACK = "must not be kept"
    SESSION_SPEAKS = "its session answers again"
    FOUND_CAPTURED = "capture found in Monext's ledger"
    FOUND_CANCELLED = "cancel of all found in Monext's ledger"
    FOUND_REFUNDED = "refund found in Monext's ledger"


class ActState(StrEnum):
    """States of the transaction that stands for a capture, cancel or refund."""

    NONE = "none"
    UNDER_WAY = "under way"
    FREE = "free"
    RECEIVED = "received"
    DONE = "done"
    FAILED = "failed"
    LATE = "late"
    VOID = "void"


class ActEvent(StrEnum):
    ANNOUNCED = "announced"
    LEDGER_FORBIDS = "the ledger forbids it"
    LEDGER_UNREADABLE = "the ledger can't be read"
    NOT_SENT = "Monext not reached"
    ANSWERED_DONE = "Monext: done"
    ANSWERED_RECEIVED = "Monext: received"
    ANSWERED_REFUSED = "Monext: refused"
    ANSWERED_TOO_LATE = "Monext: too late to cancel"
    NO_ANSWER = "no answer"
    ROW_OK = "listed, OK"
    ROW_KO = "listed, KO"
    ROW_OPEN = "listed, not final"
    NOT_LISTED = "not listed after five minutes"
    TAKEN_UP = "taken up again"
    NO_ROOM = "no room any more"
    CLOSED_UNSENT = "closed by reconciliation"
    FOUND = "found in Monext's ledger, OK"
    FOUND_OPEN = "found in Monext's ledger, not final"
    TAKEN_BACK = "a refund taken back in Monext's back office"


SessionEdges = tuple[Edge[Standing, SessionEvent], ...]
MoneyEdges = tuple[Edge[Standing, MoneyEvent], ...]
ActEdges = tuple[Edge[ActState, ActEvent], ...]

STANDINGS: Mapping[Standing, str] = {
    Standing.EMPTY: "The Payment exists and has no session; the next start gives it one.",
    Standing.OPEN: "A session waits for the buyer.",
    Standing.PENDING: "The buyer has paid, and a bank, a partner or a reviewer has yet to decide. Don't pay again.",
    Standing.AUTHORIZED: "The money is reserved, and nothing of it is captured.",
    Standing.PAID: "Something is captured; also where it has been refunded since.",
    Standing.FAILED: "Nothing was taken; or it was authorised, and all of that is cancelled.",
    Standing.RETURNED: "Accepted, and must not be kept: flagged, and on its way back, given back, or refused to be.",
}

ACT_STATES: Mapping[ActState, str] = {
    ActState.NONE: "No transaction stands for it.",
    ActState.UNDER_WAY: "About to be sent, or sent and not known how it ended. Counts as done for every bound.",
    ActState.FREE: "Certainly never sent. Bounds nothing; the next call with its key acts under it.",
    ActState.RECEIVED: "Monext has taken it and not finished it. Counts as done for every bound.",
    ActState.DONE: "Monext has done it.",
    ActState.FAILED: "Monext has refused it, or it never happened. Its key is used up.",
    ActState.LATE: "A cancel that came after the capture was sent for settlement. A refund may stand in for it.",
    ActState.VOID: "Closed before it was sent. Its key is free for a new act.",
}

READ_AS: Mapping[ActState, tuple[TransactionState, str | None]] = {
    ActState.UNDER_WAY: (TransactionState.INITIAL, None),
    ActState.FREE: (TransactionState.INITIAL, FREE),
    ActState.RECEIVED: (TransactionState.PENDING, None),
    ActState.DONE: (TransactionState.SUCCESS, None),
    ActState.FAILED: (TransactionState.FAILURE, None),
    ActState.LATE: (TransactionState.FAILURE, LATE),
    ActState.VOID: (TransactionState.FAILURE, VOID),
}
"""How the record tells each of them: the transaction's state, and what `interactionId` ends with."""

SESSION_EDGES: SessionEdges = (
    Edge(
        Standing.EMPTY, SessionEvent.OPENED, Standing.OPEN, "session and planned transaction, in one update"
    ),
    Edge(Standing.OPEN, SessionEvent.AUTHORIZED, Standing.AUTHORIZED, "Monext has reserved the money"),
    Edge(Standing.OPEN, SessionEvent.CAPTURED, Standing.PAID, "Monext has taken the money"),
    Edge(Standing.OPEN, SessionEvent.UNWANTED, Standing.RETURNED, "success, flag and intent, in one update"),
    Edge(Standing.OPEN, SessionEvent.PENDING, Standing.PENDING, "somebody else has yet to decide"),
    Edge(Standing.OPEN, SessionEvent.FAILED, Standing.FAILED, "refused, cancelled or expired"),
    Edge(Standing.OPEN, SessionEvent.GONE, Standing.FAILED, "not found after its life: nobody paid in it"),
    Edge(
        Standing.OPEN,
        SessionEvent.GIVEN_UP,
        Standing.FAILED,
        "the buyer cancels, and Monext knows of no payment",
    ),
    Edge(Standing.PENDING, SessionEvent.AUTHORIZED, Standing.AUTHORIZED, "decided: reserved"),
    Edge(Standing.PENDING, SessionEvent.CAPTURED, Standing.PAID, "decided: taken"),
    Edge(
        Standing.PENDING, SessionEvent.UNWANTED, Standing.RETURNED, "success, flag and intent, in one update"
    ),
    Edge(
        Standing.PENDING,
        SessionEvent.FAILED,
        Standing.FAILED,
        "decided: refused. A session that is gone decides nothing",
    ),
)

SESSION_CORRECTIONS: SessionEdges = (
    Edge(
        Standing.FAILED,
        SessionEvent.AUTHORIZED,
        Standing.AUTHORIZED,
        "another card, or another tab: Monext cancels no session",
    ),
    Edge(Standing.FAILED, SessionEvent.CAPTURED, Standing.PAID, "likewise"),
    Edge(
        Standing.FAILED,
        SessionEvent.UNWANTED,
        Standing.RETURNED,
        "likewise, and the cart was paid or has changed meanwhile",
    ),
    Edge(Standing.FAILED, SessionEvent.PENDING, Standing.PENDING, "the buyer went on in the same session"),
)

MONEY_EDGES: MoneyEdges = (
    Edge(Standing.AUTHORIZED, MoneyEvent.CAPTURED, Standing.PAID, "a part is enough"),
    Edge(Standing.AUTHORIZED, MoneyEvent.CANCELLED, Standing.FAILED, "all of it released, nothing captured"),
    Edge(
        Standing.AUTHORIZED,
        MoneyEvent.MUST_GO_BACK,
        Standing.RETURNED,
        "no order can be made, or another payment counts",
    ),
    Edge(Standing.PAID, MoneyEvent.MUST_GO_BACK, Standing.RETURNED, "likewise"),
)

MONEY_CORRECTIONS: MoneyEdges = (
    Edge(Standing.AUTHORIZED, MoneyEvent.FOUND_CAPTURED, Standing.PAID, "captured in Monext's back office"),
    Edge(
        Standing.AUTHORIZED, MoneyEvent.FOUND_CANCELLED, Standing.FAILED, "cancelled in Monext's back office"
    ),
    Edge(
        Standing.FAILED,
        MoneyEvent.FOUND_CAPTURED,
        Standing.PAID,
        "captured, whatever the record says was released",
    ),
)

ACT_EDGES: ActEdges = (
    Edge(
        ActState.NONE,
        ActEvent.ANNOUNCED,
        ActState.UNDER_WAY,
        "the intent, under the payment's version: one caller can write it",
    ),
    Edge(ActState.UNDER_WAY, ActEvent.LEDGER_FORBIDS, ActState.VOID, "Monext has less left than the record"),
    Edge(ActState.UNDER_WAY, ActEvent.LEDGER_UNREADABLE, ActState.FREE, "nothing is sent on a guess"),
    Edge(ActState.UNDER_WAY, ActEvent.NOT_SENT, ActState.FREE, "no connection, so certainly not carried out"),
    Edge(ActState.UNDER_WAY, ActEvent.ANSWERED_DONE, ActState.DONE, "a final yes"),
    Edge(
        ActState.UNDER_WAY, ActEvent.ANSWERED_RECEIVED, ActState.RECEIVED, "202, or a pending title or code"
    ),
    Edge(ActState.UNDER_WAY, ActEvent.ANSWERED_REFUSED, ActState.FAILED, "a readable no"),
    Edge(ActState.UNDER_WAY, ActEvent.ANSWERED_TOO_LATE, ActState.LATE, "02105: it can only be refunded now"),
    Edge(ActState.UNDER_WAY, ActEvent.ROW_OK, ActState.DONE, "the answer was lost; the ledger tells"),
    Edge(ActState.UNDER_WAY, ActEvent.ROW_KO, ActState.FAILED, "likewise"),
    Edge(ActState.UNDER_WAY, ActEvent.ROW_OPEN, ActState.RECEIVED, "likewise"),
    Edge(
        ActState.UNDER_WAY,
        ActEvent.NOT_LISTED,
        ActState.FAILED,
        "it never happened; whether it is still wanted, its caller knows",
    ),
    Edge(ActState.RECEIVED, ActEvent.ROW_OK, ActState.DONE, "Monext has finished it"),
    Edge(ActState.RECEIVED, ActEvent.FOUND, ActState.DONE, "likewise, where Monext had told no id"),
    Edge(ActState.RECEIVED, ActEvent.ROW_KO, ActState.FAILED, "Monext has refused it after all"),
    Edge(ActState.FREE, ActEvent.TAKEN_UP, ActState.UNDER_WAY, "its key has come again"),
    Edge(ActState.FREE, ActEvent.NO_ROOM, ActState.VOID, "others have taken the money meanwhile"),
    Edge(ActState.FREE, ActEvent.CLOSED_UNSENT, ActState.VOID, "nobody came back with its key"),
)

ACT_CORRECTIONS: ActEdges = (
    Edge(ActState.NONE, ActEvent.FOUND, ActState.DONE, "done in Monext's back office"),
    Edge(ActState.NONE, ActEvent.FOUND_OPEN, ActState.RECEIVED, "likewise, and not finished"),
    Edge(ActState.FAILED, ActEvent.FOUND, ActState.DONE, "given up too early: the ledger listed it late"),
    Edge(ActState.FAILED, ActEvent.FOUND_OPEN, ActState.RECEIVED, "likewise, and not finished"),
    Edge(ActState.DONE, ActEvent.TAKEN_BACK, ActState.FAILED, "Monext cancelled the whole refund"),
)
