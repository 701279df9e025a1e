"""Prints what happened to a payment as tables for a terminal of 80 columns, or as plain text in a pipe or file."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from monext_bridge.domain.operations import (
    ABANDONED,
    REMAINDER,
    TERMINAL,
    UNSENT,
    OperationName,
    open_amounts,
)
from monext_bridge.domain.record import (
    Order,
    Payment,
    Transaction,
    TransactionState,
    own_amounts,
    session_transactions,
)
from monext_bridge.logs import shortened
from monext_bridge.web.cli.amounts import write_amount
from monext_bridge.web.cli.endings import printable

PIPE_WIDTH = 250
"""Columns where there is no terminal to fit into, so that a row stays one line."""

STYLES = {
    TransactionState.SUCCESS: "green",
    TransactionState.FAILURE: "red",
    TransactionState.PENDING: "yellow",
    TransactionState.INITIAL: "yellow",
}


def print_payment(payment: Payment, order: Order | None) -> None:
    """Print the sums and what is left, what happened when, and the keys and ids. Colours obey NO_COLOR."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else PIPE_WIDTH)
    with console.capture() as drawn:
        console.print(_sums(payment, order), "", _history(payment), "", _names(payment), sep="\n")
        for advice in filter(None, map(_advice, payment.transactions)):
            console.print("", advice, sep="\n")
    click.echo("\n".join(line.rstrip() for line in drawn.get().splitlines()))


def _sums(payment: Payment, order: Order | None) -> Table:
    left, own = open_amounts(payment), own_amounts(payment)
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    _add(table, "Payment", payment.id)
    _add(table, "Order", _order(order))
    _add(table, "Method", payment.method or "not known yet")
    _add(table, "Planned", write_amount(payment.planned))
    _add(table, "Authorised", write_amount(own.authorized))
    _add(table, "Captured", write_amount(own.charged))
    _add(table, "Cancelled", write_amount(own.cancelled))
    _add(table, "Refunded", write_amount(own.refunded))
    _add(table, "Left to capture", write_amount(left.capturable))
    _add(table, "Left to cancel", write_amount(left.cancellable))
    _add(table, "Left to refund", write_amount(left.refundable))
    return table


def _history(payment: Payment) -> Table:
    table = _numbered("Time (UTC)", "Transaction", "State")
    table.add_column("Amount", justify="right", no_wrap=True)
    for number, t in enumerate(payment.transactions, start=1):
        state = Text(t.state.value, style=STYLES[t.state])
        _add(table, str(number), _time(t.timestamp), t.type.value, state, write_amount(t.amount))
    return table


def _names(payment: Payment) -> Table:
    table = _numbered("Key", "By", "Monext id", "Transaction id")
    for number, t in enumerate(payment.transactions, start=1):
        name = OperationName.parse(t.interaction_id)
        by = (name.principal if name else None) or ""
        _add(table, str(number), _key(payment, t), by, t.interface_id or "", t.id)
    return table


def _numbered(*headers: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for header in ("", *headers):
        table.add_column(header, overflow="fold")
    return table


def _add(table: Table, *cells: str | Text) -> None:
    """Add a row of texts, in which nothing is read as markup."""
    table.add_row(*(cell if isinstance(cell, Text) else Text(printable(cell)) for cell in cells))


def _order(order: Order | None) -> str:
    if order is None:
        return "none"
    return f"{order.number or order.id}, {order.payment_state or 'without a payment state'}"


def _advice(transaction: Transaction) -> Text | None:
    """Tell how to find out the outcome of a pending operation: its principal asks for it again with its key."""
    name = OperationName.parse(transaction.interaction_id)
    if name is None or transaction.state is not TransactionState.INITIAL:
        return None
    what = f"{transaction.type.value} of {write_amount(transaction.amount)}"
    known = "was not sent to Monext" if name.mark == UNSENT else "has an outcome that is not known yet"
    if name.principal in (None, TERMINAL):
        text = f"The {what} {known}: ask for it again with --key {name.key}"
    else:
        text = (
            f"The {what} {known}: {name.principal} asks again with key {name.key}, or reconciliation ends it"
        )
    return Text(printable(text), style="yellow")


def _key(payment: Payment, transaction: Transaction) -> str:
    """Return the key under which an operation was asked for. Any other id may be a session token, so it is cut."""
    name = OperationName.parse(transaction.interaction_id)
    if name:
        return f"{name.key} ({name.digest})" if name.digest in (REMAINDER, ABANDONED) else name.key
    if transaction.interaction_id is None:
        return ""
    if any(t.id == transaction.id for t in session_transactions(payment)):
        return "checkout"
    return shortened(transaction.interaction_id)


def _time(timestamp: datetime | None) -> str:
    return timestamp.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if timestamp else ""
