"""Prints the payments that a search has found."""

from __future__ import annotations

from datetime import UTC

from rich.table import Table

from monext_bridge.domain.record import AttemptKey, accepted_or_planned_amount
from monext_bridge.services.enquiry import FoundPayment
from monext_bridge.web.cli.amounts import write_amount
from monext_bridge.web.cli.enquiry.printing import add_row, print_tables


def print_found(found: tuple[FoundPayment, ...]) -> None:
    """Print a row for each payment."""
    print_tables(_table(found))


def _table(found: tuple[FoundPayment, ...]) -> Table:
    table = Table(box=None, pad_edge=False)
    for header in ("Time (UTC)", "Order", "Payment", "State"):
        table.add_column(header, overflow="fold")
    table.add_column("Amount", justify="right", overflow="fold")
    for header in ("Method", "Store", "Cart"):
        table.add_column(header, overflow="fold")
    for each in found:
        payment, key = each.payment, AttemptKey.parse(each.payment.key)
        add_row(
            table,
            payment.created_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if payment.created_at else "",
            (each.order.number or each.order.id) if each.order else "",
            payment.id,
            each.status.value,
            write_amount(accepted_or_planned_amount(payment)),
            payment.method or "",
            (key.store_key if key else None) or "",
            key.cart_id if key else "",
        )
    return table
