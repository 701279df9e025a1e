"""Defines what reconciliation is asked for (scope, task) and what it reports (finding, summary)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from monext_bridge.domain.ids import CartId, OrderNumber, PaymentId
from monext_bridge.domain.reconciliation import FollowUp


class FindingStatus(StrEnum):
    """What became of a follow-up.

    FINISHED: nothing is left of it. FOUND: it was seen and left alone, as was asked for (`--dry-run`). WARNED:
    somebody should know. WAITING: others have yet to decide. UNKNOWN: a remote failed, so the payment is looked
    at again. STUCK: it does not end by itself, so somebody has to look.
    """

    FINISHED = "finished"
    FOUND = "found"
    WARNED = "warned"
    WAITING = "waiting"
    UNKNOWN = "unknown"
    STUCK = "stuck"


COUNTED_FINDINGS: tuple[tuple[str, str], ...] = tuple(
    (need.value, status.value)
    for need in FollowUp
    for status in FindingStatus
    if status is not FindingStatus.FOUND
)
"""Follow-ups and statuses that metrics count from the start. What a dry run finds is not counted."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which payments a pass covers: those made within `since`, whose open parts are at least `older_than` old.

    `store_key`: None means all stores. `after` is the payment behind which an interrupted pass goes on.
    `ledger`: Monext's ledger of each accepted payment is compared as well, in the pass itself. `dry_run`: nothing is
    written and no operation is sent.
    """

    older_than: timedelta = timedelta(minutes=15)
    since: timedelta = timedelta(days=30)
    store_key: str | None = None
    after: PaymentId | None = None
    ledger: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """One payment, and the follow-ups it seemed to need when it was read. Whoever takes the task reads it afresh.

    `order` is the number of the order that was read with it.
    """

    payment_id: PaymentId
    needs: frozenset[FollowUp]
    store_key: str | None = None
    cart_id: CartId | None = None
    order: OrderNumber | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about one payment. `detail` is for people, and holds nothing about the buyer.

    `order` is the number of its order. Where somebody has to look, it may also be the number that the order
    would have.
    """

    payment_id: PaymentId
    need: FollowUp
    ending: FindingStatus
    detail: str = ""
    store_key: str | None = None
    order: OrderNumber | None = None

    @property
    def asks_for_somebody(self) -> bool:
        return self.ending in (FindingStatus.STUCK, FindingStatus.WARNED)

    def as_json(self) -> dict[str, object]:
        """Return the finding as it is printed, and as workers report it."""
        return {
            "payment": self.payment_id,
            "store": self.store_key,
            "order": self.order,
            "need": self.need.value,
            "ending": self.ending.value,
            "detail": self.detail,
        }


@dataclass(slots=True)
class Summary:
    """The counts of one pass. `seen` payments were read; `looked_at` of them needed something.

    `last` is the payment behind which a pass that was broken off goes on; `broken_off` says why it was.
    """

    seen: int = 0
    looked_at: int = 0
    by_ending: dict[FindingStatus, int] = field(default_factory=dict)
    by_need: dict[FollowUp, int] = field(default_factory=dict)
    last: PaymentId | None = None
    broken_off: str | None = None

    def count(self, finding: Finding) -> None:
        self.by_ending[finding.ending] = self.by_ending.get(finding.ending, 0) + 1
        self.by_need[finding.need] = self.by_need.get(finding.need, 0) + 1

    def counted(self) -> Mapping[str, int]:
        """Return the count of each finding status by name, also of those that did not occur."""
        return {status.value: self.by_ending.get(status, 0) for status in FindingStatus}

    @property
    def stuck(self) -> bool:
        return self.by_ending.get(FindingStatus.STUCK, 0) > 0

    @property
    def complete(self) -> bool:
        """Whether everything was looked at and all remotes answered."""
        return self.broken_off is None and self.by_ending.get(FindingStatus.UNKNOWN, 0) == 0


@dataclass(slots=True)
class LedgerStep:
    """What a step of comparing ledgers did.

    `compared` payments were looked at; those in `due` because it was their turn. Those in `agree` leave nothing to
    do. `not_begun` is the first payment that was due and for which there was no time any more. `busy` means that
    another scheduler was at work.
    """

    summary: Summary = field(default_factory=Summary)
    compared: set[PaymentId] = field(default_factory=set)
    due: set[PaymentId] = field(default_factory=set)
    agree: set[PaymentId] = field(default_factory=set)
    not_begun: PaymentId | None = None
    busy: bool = False
