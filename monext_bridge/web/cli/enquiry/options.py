"""Reads what several commands take: which payment is meant, moments, stores, and whether the log is shown."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import click

from monext_bridge.domain.record import Payment, attempt_status
from monext_bridge.errors import Malformed, NotFound, StoreNotConfigured
from monext_bridge.logs import log_from
from monext_bridge.services.operations import find_payments
from monext_bridge.web.cli.amounts import write_amount
from monext_bridge.web.http import services

quoted_argument = click.argument("quoted", metavar="PAYMENT_ID_OR_ORDER_NUMBER")
json_option = click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")


def _show_log(_context: click.Context, _parameter: click.Parameter, verbose: bool) -> None:
    if verbose:
        log_from("INFO")


verbose_option = click.option(
    "--verbose",
    is_flag=True,
    expose_value=False,
    callback=_show_log,
    help="Also write the log to stderr, not only errors.",
)


class Moment(click.ParamType[datetime]):
    """Reads a date, or a time with its zone; without one it is UTC.

    A date is its beginning. With `end`, it is the end of its day, so that a range of dates has all of its last day.
    """

    name = "moment"

    def __init__(self, *, end: bool = False) -> None:
        self._after = timedelta(days=1 if end else 0)

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        text = str(value).strip()
        try:
            if len(text) == len("2026-11-30"):
                day = date.fromisoformat(text)
                return datetime(day.year, day.month, day.day, tzinfo=UTC) + self._after
            found = datetime.fromisoformat(text)
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(
                "a date or a time, as in 2026-11-30, 2026-11-30T18:00 or 2026-11-30T18:00+01:00", param, ctx
            )


begin_option = click.option(
    "--from",
    "begin",
    type=Moment(),
    metavar="TIME",
    help="A date, or a time with its zone; UTC without one.",
)
end_option = click.option(
    "--to",
    "until",
    type=Moment(end=True),
    metavar="TIME",
    help="To the end of a date, or to before a time; UTC without a zone.",
)


def known_store(key: str | None) -> str | None:
    """Return the store. Raises BadParameter for one that no setting names, since nothing would be found of it."""
    if key is None:
        return None
    try:
        return services().settings.store(key).store_key
    except StoreNotConfigured as error:
        raise click.BadParameter("no setting names this store", param_hint="--store") from error


def check_order(begin: datetime | None, until: datetime | None) -> None:
    """Refuse a time that ends before it begins, which would find nothing and look as if there were nothing."""
    if begin and until and begin >= until:
        raise click.BadParameter("--from is not before --to", param_hint="--from")


def only_payment(quoted: str) -> Payment:
    """Return the payment that is meant. Raises Malformed where the order has several, NotFound, RemoteError."""
    payments = _found(quoted)
    if len(payments) > 1:
        lines = (f"\n  {p.id}  {write_amount(p.planned)}  {attempt_status(p).value}" for p in payments)
        raise Malformed(f"the order has several payments, name one of them:{''.join(lines)}")
    return payments[0]


def _found(quoted: str) -> tuple[Payment, ...]:
    """Return the payments that go by an id or an order number. Raises NotFound, which says where to look further."""
    try:
        return find_payments(services().records, services().operations, quoted=quoted)
    except NotFound as error:
        raise NotFound(
            f"{error}\n`flask payment find` knows other ids, and numbers of orders never made"
        ) from error
