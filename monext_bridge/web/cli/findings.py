"""Prints what reconciliation finds, as text or JSON, logs alarms, and shows the progress on a terminal."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import click

from monext_bridge.alarms import RUNBOOK, runbook_entry
from monext_bridge.domain.ids import PaymentId
from monext_bridge.domain.reconciliation import FollowUp
from monext_bridge.errors import RemoteError
from monext_bridge.logs import event
from monext_bridge.services.reconciliation import Candidates, Finding, FindingStatus, Scope, Summary
from monext_bridge.web.cli.endings import ExitCode, printable

log = logging.getLogger(__name__)


@dataclass(slots=True)
class FindingPrinter:
    """Prints findings and logs alarms.

    Where passes are repeated, a finding that reads as before is printed again only in a whole pass. An alarm is
    logged again only in a whole pass too, even if the words of its finding change.
    """

    as_json: bool
    again_and_again: bool
    _printed: set[tuple[PaymentId, FollowUp, FindingStatus, str]] = field(default_factory=set)
    _alarmed: set[tuple[PaymentId, FollowUp, FindingStatus]] = field(default_factory=set)

    def begin(self, *, whole: bool) -> None:
        if whole:
            self._printed.clear()
            self._alarmed.clear()

    def tell(self, finding: Finding) -> None:
        alarm = (finding.payment_id, finding.need, finding.ending)
        wording = (*alarm, finding.detail)
        if self.again_and_again and wording in self._printed:
            return
        self._printed.add(wording)
        if finding.asks_for_somebody and not (self.again_and_again and alarm in self._alarmed):
            self._alarmed.add(alarm)
            _raise_alarm(finding)
        click.echo(_json(finding.as_json()) if self.as_json else _line(finding))

    def end(self, summary: Summary, *, code: ExitCode, older_than: timedelta) -> None:
        """Print the counts, and what was left alone as too young.

        A repeated pass prints them only if it found something or was broken off.
        """
        if self.again_and_again and not summary.by_ending and not summary.broken_off:
            return
        if self.as_json:
            click.echo(_json({"summary": _summary_json(summary, code)}))
        else:
            click.echo(_counts(summary, older_than))


def _raise_alarm(finding: Finding) -> None:
    stuck = finding.ending is FindingStatus.STUCK
    event(
        log,
        "reconcile_stuck" if stuck else "reconcile_warned",
        level=logging.ERROR if stuck else logging.WARNING,
        payment=finding.payment_id,
        order=finding.order,
        store=finding.store_key,
        need=finding.need.value,
        why=finding.detail or None,
        then=f'see "{finding.need.value}" in {RUNBOOK}',
        runbook=runbook_entry(finding.need.value),
    )


@contextmanager
def progress_of(scope: Scope, *, candidates: Candidates, shown: bool) -> Iterator[Callable[[Summary], None]]:
    """Show a bar on a terminal, and nothing elsewhere. Yields what is to be called after each page."""
    if not (shown and sys.stderr.isatty()):
        yield lambda _: None
        return
    from rich.console import Console  # rich is for terminals, and no server needs it
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("payments"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("payments", total=_total(scope, candidates))
        yield lambda summary: progress.update(bar, completed=summary.seen)


def _total(scope: Scope, candidates: Candidates) -> int | None:
    """Count the payments; None where that fails, since a bar without an end is better than no pass."""
    try:
        return candidates.count(scope)
    except RemoteError:
        return None


def _line(finding: Finding) -> str:
    store = f" {finding.store_key}" if finding.store_key else ""
    order = f" order {finding.order}" if finding.order else ""
    detail = f": {finding.detail}" if finding.detail else ""
    ids = f"{finding.payment_id}{store}{order}{detail}"
    return f"{finding.ending.value:<8} {finding.need.value:<14} {printable(ids)}"


def _counts(summary: Summary, older_than: timedelta) -> str:
    counts = ", ".join(f"{count} {name}" for name, count in summary.counted().items() if count)
    line = f"{summary.seen} payments seen, {summary.looked_at} looked at"
    if summary.broken_off is None:
        return f"{line}: {counts or _nothing(older_than)}"
    line = f"{line}: {counts}" if counts else line
    again = f"; go on with --after {printable(summary.last)}" if summary.last else ""
    return f"{line}\nnot complete: {printable(summary.broken_off)}{again}"


def _nothing(older_than: timedelta) -> str:
    minutes = older_than / timedelta(minutes=1)
    left = f"; what is younger than {minutes:g} minutes is left alone (--older-than 0s looks at all)"
    return f"nothing to do{left if older_than else ''}"


def _summary_json(summary: Summary, code: ExitCode) -> dict[str, object]:
    return {
        "seen": summary.seen,
        "lookedAt": summary.looked_at,
        "endings": dict(summary.counted()),
        "needs": {need.value: summary.by_need.get(need, 0) for need in FollowUp},
        "complete": summary.complete,
        "brokenOff": summary.broken_off,
        "last": summary.last,
        "exitCode": int(code),
    }


def _json(body: dict[str, object]) -> str:
    """Write one line, in ASCII."""
    return json.dumps(body)
