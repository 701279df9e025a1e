"""Keeps which findings of repeated passes ask for somebody, and since when.

Most passes look back one day, and some over everything. What a pass does not cover, it says nothing about.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from monext_bridge.domain.ids import PaymentId
from monext_bridge.domain.reconciliation import FollowUp
from monext_bridge.runtime import MachineClock, utc_now
from monext_bridge.services.reconciliation.report import Finding, Summary

FindingKey = tuple[PaymentId, FollowUp]


@dataclass(slots=True)
class OpenFindings:
    """Takes the findings of each pass, and then its end."""

    clock: MachineClock = utc_now
    _since: dict[FindingKey, float] = field(default_factory=dict, init=False)
    _now: set[FindingKey] = field(default_factory=set, init=False)
    _open: set[FindingKey] = field(default_factory=set, init=False)
    _of_recent: set[FindingKey] = field(default_factory=set, init=False)
    _of_ledgers: set[FindingKey] = field(default_factory=set, init=False)

    def take(self, finding: Finding) -> None:
        if finding.asks_for_somebody:
            key = finding.payment_id, finding.need
            kept = self._of_ledgers if finding.need is FollowUp.LEDGER else self._now
            kept.add(key)
            self._since.setdefault(key, self.clock().timestamp())

    def ledgers_agree(self, payment_ids: Iterable[PaymentId]) -> None:
        """Close the differences of these payments: their ledgers were compared again. No pass closes one."""
        for key in {(payment_id, FollowUp.LEDGER) for payment_id in payment_ids} & self._of_ledgers:
            self._of_ledgers.remove(key)
            del self._since[key]

    def end(self, summary: Summary, *, whole: bool) -> None:
        """Close what a complete pass would have found again. One that was broken off closes nothing.

        A pass that looks back one day closes only what another one of these has found before.
        """
        if not summary.complete:
            self._open |= self._now
        elif whole:
            self._open = set(self._now)
            kept = self._open | self._of_ledgers
            self._since = {key: at for key, at in self._since.items() if key in kept}
            self._of_recent &= self._open
        else:
            self._open = (self._open - self._of_recent) | self._now
            self._of_recent = set(self._now)
        self._now.clear()

    @property
    def number(self) -> int:
        return len(self._open | self._of_ledgers)

    @property
    def oldest(self) -> float | None:
        """When the oldest of them was first found, in Unix seconds; None where there is none."""
        return min((self._since[key] for key in self._open | self._of_ledgers), default=None)
