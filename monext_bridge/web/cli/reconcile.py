"""`flask reconcile` finds and finishes payments that nobody came back to, in one pass or in repeated passes.

The findings and the counts go to stdout, the progress bar and the log to stderr.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from threading import Event

import click
from flask.cli import with_appcontext

from monext_bridge import observed
from monext_bridge.companion import ends_with_parent
from monext_bridge.domain.ids import PaymentId
from monext_bridge.services.operations import PAYMENT_ID
from monext_bridge.services.reconciliation import (
    Finding,
    LedgerWalk,
    OpenFindings,
    Schedule,
    Scope,
    Summary,
)
from monext_bridge.web.cli.durations import Duration
from monext_bridge.web.cli.endings import ExitCode, failures
from monext_bridge.web.cli.enquiry import known_store, verbose_option
from monext_bridge.web.cli.findings import FindingPrinter, progress_of
from monext_bridge.web.cli.service_log import log_as_service
from monext_bridge.web.cli.stopping import stopping
from monext_bridge.web.http import services

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ReconcileOptions:
    scope: Scope
    every: timedelta | None
    walks_ledgers: bool
    as_json: bool
    with_parent: bool

    @property
    def walk(self) -> LedgerWalk | None:
        if self.every is None or not self.walks_ledgers:
            return None
        return LedgerWalk(services().reconcile, self.scope, self.every, services().machine_clock)


@click.command()
@click.option(
    "--older-than",
    type=Duration(least=timedelta(0), most=30 * DAY),
    default="15m",
    show_default=True,
    help="Leave alone what is younger: its buyer or caller may yet come back.",
)
@click.option(
    "--since",
    type=Duration(least=timedelta(minutes=1), most=366 * DAY),
    default="30d",
    show_default=True,
    help="How far back payments are looked at, by when they were begun.",
)
@click.option("--store", metavar="KEY", help="Only payments of this store.")
@click.option(
    "--ledger/--no-ledger",
    default=None,
    help="Also compare accepted payments with Monext's ledger: all in one pass, or with --every each once a day. "
    "Without either, only --every does.",
)
@click.option("--dry-run", is_flag=True, help="Tell what would be looked at; write nothing.")
@click.option(
    "--every",
    type=Duration(least=timedelta(seconds=10), most=DAY),
    help="Again and again, each pass so long after the last began.",
)
@click.option("--after", metavar="PAYMENT_ID", help="Go on with a pass that was interrupted there.")
@click.option("--json", "as_json", is_flag=True, help="A line of JSON a finding, and one for the counts.")
@click.option(
    "--with-parent", is_flag=True, hidden=True, help="End once the process that began this one has gone."
)
@verbose_option
@with_appcontext
def reconcile(
    older_than: timedelta,
    since: timedelta,
    store: str | None,
    ledger: bool | None,
    dry_run: bool,
    every: timedelta | None,
    after: str | None,
    as_json: bool,
    with_parent: bool,
) -> None:
    """Find and finish payments, acts and orders that nobody came back to.

    May be run at any time, any number of times, and by several at once.
    """
    if after is not None and not PAYMENT_ID.fullmatch(after):
        raise click.BadParameter("not the id of a payment", param_hint="--after")
    whole_ledger = every is None and bool(ledger)
    scope = Scope(older_than, since, store, PaymentId(after) if after else None, whole_ledger, dry_run)
    if every is not None:
        log_as_service(services().settings)
    with failures(as_json=as_json):
        known_store(store)
        with stopping() as stop:
            summary = _run(ReconcileOptions(scope, every, ledger is not False, as_json, with_parent), stop)
    if every is None and (code := _exit_code(summary)) is not ExitCode.DONE:
        raise click.exceptions.Exit(code)


def _run(options: ReconcileOptions, stop: Event) -> Summary:
    """Run the passes, and return the summary of the last one."""
    printer = FindingPrinter(as_json=options.as_json, again_and_again=options.every is not None)
    schedule, walk = Schedule(options.scope, every=options.every), options.walk
    open_findings = OpenFindings()
    if options.with_parent:
        ends_with_parent(stop)

    def tell(finding: Finding) -> None:
        open_findings.take(finding)
        printer.tell(finding)

    while True:
        scope = schedule.next()
        printer.begin(whole=schedule.is_whole)
        with progress_of(
            scope, candidates=services().reconcile.candidates, shown=not options.as_json
        ) as seen:
            summary = services().reconcile.run(scope, tell=tell, seen=seen, stopped=stop.is_set)
        printer.end(summary, code=_exit_code(summary), older_than=scope.older_than)
        open_findings.end(summary, whole=schedule.is_whole)
        if walk is not None and not stop.is_set():
            step = walk.step(tell=tell, stopped=stop.is_set, again=schedule.is_whole)
            printer.end(step.summary, code=_exit_code(step.summary), older_than=timedelta())
            open_findings.ledgers_agree(step.agree)
        if options.every is not None:
            observed.findings_open(open_findings.number, oldest=open_findings.oldest)
        if stop.wait(schedule.pause()) or options.every is None:
            return summary


def _exit_code(summary: Summary) -> ExitCode:
    """Choose the exit code. What needs a person comes before what the next pass may do by itself."""
    if summary.stuck:
        return ExitCode.STUCK
    return ExitCode.DONE if summary.complete else ExitCode.UNKNOWN
