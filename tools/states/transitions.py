"""Lists the states as data: what moves an attempt, and an operation, from one state to the next, and why.

Nothing here decides. `decide` does, with the operations and the ledger import. The tests walk these tables
over them, so that every edge here is one of theirs, and every edge of theirs is here. What is not listed
leaves a state as it is.

A correction is an edge that undoes what the record had said. There are few, and each says who knew better.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from monext_bridge.domain.operations import ABANDONED, TOO_LATE, UNSENT
from monext_bridge.domain.record import AttemptStatus, TransactionState

State = TypeVar("State", bound=StrEnum)
What = TypeVar("What", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Edge(Generic[State, What]):
    """Leads from `begin` to `end` by `event`. `reason` is for people."""

    begin: State
    event: What
    end: State
    reason: str


class SessionEvent(StrEnum):
    """Names what is heard of the session of an attempt that is not accepted yet."""

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
    """Names what happens to an attempt that was accepted. An operation moves it only once Monext has done it."""

    CAPTURED = "captured"
    CANCELLED = "all cancelled"
    REFUNDED = "refunded"
    MUST_GO_BACK = "must not be kept"
    SESSION_SPEAKS = "its session answers again"
    FOUND_CAPTURED = "capture found in Monext's ledger"
    FOUND_CANCELLED = "cancel of all found in Monext's ledger"
    FOUND_REFUNDED = "refund found in Monext's ledger"


class ActState(StrEnum):
    """Names the states of an operation: a transaction that stands for a capture, cancel or refund."""

    NONE = "none"
    UNDER_WAY = "under way"
    UNSENT = "free"
    RECEIVED = "received"
    DONE = "done"
    FAILED = "failed"
    TOO_LATE = "late"
    ABANDONED = "void"


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
    ROW_OK = "listed in the ledger, OK"
    ROW_KO = "listed in the ledger, KO"
    ROW_OPEN = "listed in the ledger, not final"
    NOT_LISTED = "overdue: not listed after five minutes"
    TAKEN_UP = "called again"
    NO_ROOM = "no longer allowed"
    CLOSED_UNSENT = "closed by reconciliation"
    CLOSED_IN_PART = "closed, another part was sent"
    FOUND = "found in Monext's ledger, OK"
    FOUND_OPEN = "found in Monext's ledger, not final"
    TAKEN_BACK = "refund cancelled in Monext's back office"


SessionEdges = tuple[Edge[AttemptStatus, SessionEvent], ...]
MoneyEdges = tuple[Edge[AttemptStatus, MoneyEvent], ...]
ActEdges = tuple[Edge[ActState, ActEvent], ...]

STANDINGS: Mapping[AttemptStatus, str] = {
    AttemptStatus.EMPTY: "The Payment exists and has no session; the next start gives it one.",
    AttemptStatus.OPEN: "A session waits for the buyer.",
    AttemptStatus.PENDING: "The buyer has paid; a bank, a partner or a reviewer must decide. Don't pay again.",
    AttemptStatus.AUTHORIZED: "The money is reserved, and nothing of it is captured.",
    AttemptStatus.PAID: "Something is captured, even if it has been refunded since.",
    AttemptStatus.FAILED: "No money was taken; or it was authorised, and all of it is cancelled.",
    AttemptStatus.RETURNED: "It was accepted and must not be kept; its reversal is under way, done or rejected.",
}

ACT_STATES: Mapping[ActState, str] = {
    ActState.NONE: "There is no transaction for it.",
    ActState.UNDER_WAY: "About to be sent, or unresolved: its outcome is not known. Every limit counts it as done.",
    ActState.UNSENT: "Unsent: it certainly never reached Monext. No limit counts it; a call with its key sends it.",
    ActState.RECEIVED: "Monext has received it and not finished it. Every limit counts it as done.",
    ActState.DONE: "Monext has done it.",
    ActState.FAILED: "Monext has rejected it, or it never happened. Its key is used up.",
    ActState.TOO_LATE: "A cancel came after the capture was sent for settlement. A refund may replace it.",
    ActState.ABANDONED: "Abandoned: closed before it was sent. Its key can be used for a new operation.",
}

READ_AS: Mapping[ActState, tuple[TransactionState, str | None]] = {
    ActState.UNDER_WAY: (TransactionState.INITIAL, None),
    ActState.UNSENT: (TransactionState.INITIAL, UNSENT),
    ActState.RECEIVED: (TransactionState.PENDING, None),
    ActState.DONE: (TransactionState.SUCCESS, None),
    ActState.FAILED: (TransactionState.FAILURE, None),
    ActState.TOO_LATE: (TransactionState.FAILURE, TOO_LATE),
    ActState.ABANDONED: (TransactionState.FAILURE, ABANDONED),
}
"""How the record tells each state: the transaction's state, and what `interactionId` ends with."""

SESSION_EDGES: SessionEdges = (
    Edge(
        AttemptStatus.EMPTY,
        SessionEvent.OPENED,
        AttemptStatus.OPEN,
        "session and planned transaction, in one update",
    ),
    Edge(
        AttemptStatus.OPEN, SessionEvent.AUTHORIZED, AttemptStatus.AUTHORIZED, "Monext has reserved the money"
    ),
    Edge(AttemptStatus.OPEN, SessionEvent.CAPTURED, AttemptStatus.PAID, "Monext has captured the money"),
    Edge(
        AttemptStatus.OPEN,
        SessionEvent.UNWANTED,
        AttemptStatus.RETURNED,
        "success, reversal reason and announced reversal, in one update",
    ),
    Edge(AttemptStatus.OPEN, SessionEvent.PENDING, AttemptStatus.PENDING, "somebody else has yet to decide"),
    Edge(AttemptStatus.OPEN, SessionEvent.FAILED, AttemptStatus.FAILED, "declined, cancelled or expired"),
    Edge(
        AttemptStatus.OPEN,
        SessionEvent.GONE,
        AttemptStatus.FAILED,
        "not found after its life: nobody paid in it",
    ),
    Edge(
        AttemptStatus.OPEN,
        SessionEvent.GIVEN_UP,
        AttemptStatus.FAILED,
        "the buyer cancels, and Monext knows of no payment",
    ),
    Edge(AttemptStatus.PENDING, SessionEvent.AUTHORIZED, AttemptStatus.AUTHORIZED, "decided: reserved"),
    Edge(AttemptStatus.PENDING, SessionEvent.CAPTURED, AttemptStatus.PAID, "decided: captured"),
    Edge(
        AttemptStatus.PENDING,
        SessionEvent.UNWANTED,
        AttemptStatus.RETURNED,
        "success, reversal reason and announced reversal, in one update",
    ),
    Edge(
        AttemptStatus.PENDING,
        SessionEvent.FAILED,
        AttemptStatus.FAILED,
        "decided: declined. A session that is gone decides nothing",
    ),
)

SESSION_CORRECTIONS: SessionEdges = (
    Edge(
        AttemptStatus.FAILED,
        SessionEvent.AUTHORIZED,
        AttemptStatus.AUTHORIZED,
        "another card, or another tab: Monext cancels no session",
    ),
    Edge(AttemptStatus.FAILED, SessionEvent.CAPTURED, AttemptStatus.PAID, "likewise"),
    Edge(
        AttemptStatus.FAILED,
        SessionEvent.UNWANTED,
        AttemptStatus.RETURNED,
        "likewise, and the cart was paid or has changed meanwhile",
    ),
    Edge(
        AttemptStatus.FAILED,
        SessionEvent.PENDING,
        AttemptStatus.PENDING,
        "the buyer went on in the same session",
    ),
)

MONEY_EDGES: MoneyEdges = (
    Edge(AttemptStatus.AUTHORIZED, MoneyEvent.CAPTURED, AttemptStatus.PAID, "a part is enough"),
    Edge(
        AttemptStatus.AUTHORIZED,
        MoneyEvent.CANCELLED,
        AttemptStatus.FAILED,
        "all of it released, nothing captured",
    ),
    Edge(
        AttemptStatus.AUTHORIZED,
        MoneyEvent.MUST_GO_BACK,
        AttemptStatus.RETURNED,
        "no order can be made, or another payment counts",
    ),
    Edge(AttemptStatus.PAID, MoneyEvent.MUST_GO_BACK, AttemptStatus.RETURNED, "likewise"),
)

MONEY_CORRECTIONS: MoneyEdges = (
    Edge(
        AttemptStatus.AUTHORIZED,
        MoneyEvent.FOUND_CAPTURED,
        AttemptStatus.PAID,
        "captured in Monext's back office",
    ),
    Edge(
        AttemptStatus.AUTHORIZED,
        MoneyEvent.FOUND_CANCELLED,
        AttemptStatus.FAILED,
        "cancelled in Monext's back office",
    ),
    Edge(
        AttemptStatus.FAILED,
        MoneyEvent.FOUND_CAPTURED,
        AttemptStatus.PAID,
        "captured, whatever the record says was released",
    ),
)

ACT_EDGES: ActEdges = (
    Edge(
        ActState.NONE,
        ActEvent.ANNOUNCED,
        ActState.UNDER_WAY,
        "written under the payment's version, so only one caller can write it",
    ),
    Edge(
        ActState.UNDER_WAY,
        ActEvent.LEDGER_FORBIDS,
        ActState.ABANDONED,
        "Monext has less left than the record",
    ),
    Edge(ActState.UNDER_WAY, ActEvent.LEDGER_UNREADABLE, ActState.UNSENT, "nothing is sent on a guess"),
    Edge(
        ActState.UNDER_WAY, ActEvent.NOT_SENT, ActState.UNSENT, "no connection, so certainly not carried out"
    ),
    Edge(ActState.UNDER_WAY, ActEvent.ANSWERED_DONE, ActState.DONE, "a final yes"),
    Edge(
        ActState.UNDER_WAY, ActEvent.ANSWERED_RECEIVED, ActState.RECEIVED, "202, or a pending title or code"
    ),
    Edge(ActState.UNDER_WAY, ActEvent.ANSWERED_REFUSED, ActState.FAILED, "a readable no: rejected"),
    Edge(
        ActState.UNDER_WAY,
        ActEvent.ANSWERED_TOO_LATE,
        ActState.TOO_LATE,
        "02105: it can only be refunded now",
    ),
    Edge(ActState.UNDER_WAY, ActEvent.ROW_OK, ActState.DONE, "the answer was lost; the ledger tells"),
    Edge(ActState.UNDER_WAY, ActEvent.ROW_KO, ActState.FAILED, "likewise"),
    Edge(ActState.UNDER_WAY, ActEvent.ROW_OPEN, ActState.RECEIVED, "likewise"),
    Edge(
        ActState.UNDER_WAY,
        ActEvent.NOT_LISTED,
        ActState.FAILED,
        "it never happened; only its caller knows whether it is still wanted",
    ),
    Edge(ActState.RECEIVED, ActEvent.ROW_OK, ActState.DONE, "Monext has finished it"),
    Edge(ActState.RECEIVED, ActEvent.FOUND, ActState.DONE, "likewise, where Monext had given no id"),
    Edge(ActState.RECEIVED, ActEvent.ROW_KO, ActState.FAILED, "Monext has rejected it after all"),
    Edge(ActState.UNSENT, ActEvent.TAKEN_UP, ActState.UNDER_WAY, "a call came with its key"),
    Edge(
        ActState.UNSENT,
        ActEvent.NO_ROOM,
        ActState.ABANDONED,
        "other operations have used up the money meanwhile",
    ),
    Edge(ActState.UNSENT, ActEvent.CLOSED_UNSENT, ActState.ABANDONED, "no call came with its key"),
    Edge(
        ActState.UNSENT,
        ActEvent.CLOSED_IN_PART,
        ActState.FAILED,
        "likewise; the key's answer tells that a part was not done",
    ),
)

ACT_CORRECTIONS: ActEdges = (
    Edge(ActState.NONE, ActEvent.FOUND, ActState.DONE, "done in Monext's back office"),
    Edge(ActState.NONE, ActEvent.FOUND_OPEN, ActState.RECEIVED, "likewise, and not finished"),
    Edge(ActState.FAILED, ActEvent.FOUND, ActState.DONE, "given up too early: the ledger listed it late"),
    Edge(ActState.FAILED, ActEvent.FOUND_OPEN, ActState.RECEIVED, "likewise, and not finished"),
    Edge(ActState.DONE, ActEvent.TAKEN_BACK, ActState.FAILED, "Monext cancelled the whole refund"),
)
