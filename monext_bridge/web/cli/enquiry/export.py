"""`flask export` writes all transactions of a time for whoever keeps the books, row by row as they are read."""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkstemp
from typing import TextIO

import click
from flask.cli import with_appcontext

from monext_bridge.domain.ids import PaymentId
from monext_bridge.logs import correlation_id
from monext_bridge.services.enquiry import RecordedTransaction
from monext_bridge.services.remotes import UnreadablePayment
from monext_bridge.web.cli.endings import ExitCode, end, failures
from monext_bridge.web.cli.enquiry.options import (
    begin_option,
    check_order,
    end_option,
    known_store,
    verbose_option,
)
from monext_bridge.web.cli.enquiry.rows import COLUMNS, FORMATS, TOTAL_COLUMNS, Totals, row_of
from monext_bridge.web.http import services

DAY = timedelta(days=1)
NOT_WHOLE = "\nWhat was written is not complete."


@dataclass(frozen=True, slots=True)
class ExportOptions:
    begin: datetime
    end: datetime
    store_key: str | None
    form: str
    output: Path | None
    totals_alone: bool


@click.command()
@begin_option
@end_option
@click.option("--store", metavar="KEY", help="Only payments of this store.")
@click.option("--format", "form", type=click.Choice(sorted(FORMATS)), default="csv", show_default=True)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write a file, which is there once it is whole; it replaces one of this name.",
)
@click.option("--totals", "totals_alone", is_flag=True, help="Write the totals alone, in the same format.")
@verbose_option
@with_appcontext
def export(
    begin: datetime | None,
    until: datetime | None,
    store: str | None,
    form: str,
    output: Path | None,
    totals_alone: bool,
) -> None:
    """Write a row for each transaction of a time, by the transaction's own stamp, and then the totals to stderr.

    Without --from and --to it is today, UTC. With one of them it is the day that begins or ends there.
    """
    correlation_id.set(str(uuid.uuid4()))
    check_order(begin, until)
    options = ExportOptions(*_day(begin, until), known_store(store), form, output, totals_alone)
    with failures(as_json=False, hint=NOT_WHOLE):
        _export(options)


def _day(begin: datetime | None, end: datetime | None) -> tuple[datetime, datetime]:
    """Return the time that is meant."""
    if begin is not None:
        return begin, end or begin + DAY
    if end is not None:
        return end - DAY, end
    midnight = services().machine_clock().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight, midnight + DAY


def _export(options: ExportOptions) -> None:
    """Write rows and totals. A payment that can't be read is named at the end, and nothing else is left out."""
    unread: list[PaymentId] = []
    found = services().export.within(options.begin, options.end, store_key=options.store_key)
    totals, write = Totals(), FORMATS[options.form]
    transactions = totals.counting(_readable(found, unread))
    with _opened(options.output) as to:
        if options.totals_alone:
            for _ in transactions:
                pass
            write(to, totals.rows(), TOTAL_COLUMNS)
        else:
            write(to, map(row_of, transactions), COLUMNS)
    if not options.totals_alone:
        FORMATS["csv"](sys.stderr, totals.rows(), TOTAL_COLUMNS)
    if unread:
        raise end(f"payments that can't be read were left out: {', '.join(unread)}", code=ExitCode.UNKNOWN)


def _readable(
    found: Iterable[RecordedTransaction | UnreadablePayment], unread: list[PaymentId]
) -> Iterator[RecordedTransaction]:
    for each in found:
        if isinstance(each, UnreadablePayment):
            unread.append(each.id)
        else:
            yield each


@contextmanager
def _opened(output: Path | None) -> Iterator[TextIO]:
    """Yield stdout, or a file that only its owner reads and that takes its name once all of it is written."""
    if output is None:
        yield sys.stdout
        return
    folder = output.resolve().parent
    try:
        number, name = mkstemp(prefix=".export-", dir=folder)
    except OSError as error:
        raise click.BadParameter(f"{error.strerror}: {folder}", param_hint="--output") from error
    try:
        with open(number, "w", encoding="utf-8", newline="") as written:
            yield written
        os.replace(name, output)
    finally:
        Path(name).unlink(missing_ok=True)
