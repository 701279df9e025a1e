"""`flask payment find` finds payments by whatever somebody has in the hand."""

from __future__ import annotations

import re
import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

import click
from flask.cli import with_appcontext

from monext_bridge.domain.record import AttemptKey, AttemptStatus, accepted_or_planned_amount, attempt_status
from monext_bridge.logs import correlation_id
from monext_bridge.services.enquiry import AmountTerm, FoundPayment, SearchResult, SearchTerms
from monext_bridge.services.results import BuyerStatus
from monext_bridge.web.cli.endings import ExitCode, failures, print_json, printable
from monext_bridge.web.cli.enquiry.options import (
    begin_option,
    check_order,
    end_option,
    json_option,
    known_store,
    verbose_option,
)
from monext_bridge.web.http import services

STATES = sorted({status.value for status in (*BuyerStatus, *AttemptStatus)} - {BuyerStatus.CHECKING.value})
"""CHECKING is no state of a record: Monext could not be asked just then."""

SEARCHED_AMOUNT = re.compile(
    r"(?P<number>[0-9]{1,15}(?P<decimals>[.,][0-9]{1,3})?)(?: ?(?P<currency>[A-Za-z]{3}))?"
)
LONGEST_TEXT = 256


class SearchedAmount(click.ParamType[AmountTerm]):
    """Reads `13490`, minor units of any currency; `134.90`, major ones; `134.90 EUR` or `500 JPY`, of one."""

    name = "amount"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> AmountTerm:
        if isinstance(value, AmountTerm):
            return value
        found = SEARCHED_AMOUNT.fullmatch(str(value).strip())
        if not found:
            self.fail("minor units, as in 13490, or an amount, as in 134.90 or '134.90 EUR'", param, ctx)
        currency = found["currency"].upper() if found["currency"] else None
        is_minor = currency is None and not found["decimals"]
        return AmountTerm(Decimal(found["number"].replace(",", ".")), is_minor, currency)


@click.command()
@click.argument("text", required=False)
@click.option("--email", help="The buyer's address, as the cart or the order has it.")
@click.option(
    "--amount", type=SearchedAmount(), metavar="AMOUNT", help="13490 in minor units, or '134.90 EUR'."
)
@begin_option
@end_option
@click.option(
    "--state", "states", type=click.Choice(STATES), multiple=True, help="The buyer's state or the record's."
)
@click.option("--store", metavar="KEY", help="Only payments of this store.")
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="Payments at most."
)
@json_option
@verbose_option
@with_appcontext
def find(
    text: str | None,
    email: str | None,
    begin: datetime | None,
    until: datetime | None,
    states: tuple[str, ...],
    store: str | None,
    as_json: bool,
    **more: Any,
) -> None:
    """Find payments, the newest first. All that is said has to hold.

    TEXT is the number or id of an order, the id of a payment, a cart or a transaction, Monext's id of a transaction
    or a session, a reference or address of the payment page, or the idempotency key of an operation.
    """
    correlation_id.set(str(uuid.uuid4()))
    check_order(begin, until)
    terms = SearchTerms(
        text=_short(text, "TEXT"),
        email=_short(email, "--email"),
        begin=begin,
        end=until,
        states=frozenset(states),
        store_key=known_store(store),
        **more,
    )
    if terms == SearchTerms(limit=terms.limit):
        raise click.UsageError("Say what is looked for: TEXT or an option.")
    with failures(as_json=as_json):
        _tell(services().search.find(terms), as_json=as_json)


def _short(text: str | None, name: str) -> str | None:
    """Return the text without spaces around it. Raises BadParameter for one that no id or address can be."""
    if text is None:
        return None
    if not text.strip() or len(text) > 2 * LONGEST_TEXT or not text.isprintable():
        raise click.BadParameter(f"1 to {2 * LONGEST_TEXT} printable characters", param_hint=name)
    return text.strip()


def _tell(result: SearchResult, *, as_json: bool) -> None:
    """Print what was found. Exit code 4 where there is nothing, 0 otherwise, also where there may be more."""
    if as_json:
        found = [_as_json(each) for each in result.found]
        print_json({"payments": found, "complete": result.complete, "remarks": list(result.remarks)})
    elif result.found:
        from monext_bridge.web.cli.enquiry.found_table import print_found  # rich, which no server needs

        print_found(result.found)
    for remark in result.remarks:
        click.echo(f"Note: {printable(remark)}", err=True)
    if not result.found:
        click.echo("Error: no payment found", err=True)
        raise click.exceptions.Exit(ExitCode.NOT_FOUND)


def _as_json(each: FoundPayment) -> dict[str, object]:
    payment, key = each.payment, AttemptKey.parse(each.payment.key)
    amount = accepted_or_planned_amount(payment)
    return {
        "time": payment.created_at.isoformat() if payment.created_at else None,
        "orderNumber": each.order.number if each.order else None,
        "paymentId": payment.id,
        "state": each.status.value,
        "recordState": attempt_status(payment).value,
        "amount": amount.cent_amount,
        "currencyCode": amount.currency,
        "method": payment.method,
        "store": key.store_key if key else None,
        "cartId": key.cart_id if key else None,
    }
