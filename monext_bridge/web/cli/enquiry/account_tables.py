"""Draws what is known of one payment as tables of 80 columns: sums, a time line, names, parts, the ledger, needs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from monext_bridge.domain.monext import LedgerRow
from monext_bridge.domain.money import Money
from monext_bridge.domain.operations import (
    ABANDONED,
    REMAINDER,
    TERMINAL,
    UNSENT,
    OperationName,
    open_amounts,
)
from monext_bridge.domain.record import (
    AttemptStatus,
    Payment,
    Transaction,
    TransactionState,
    accepted_or_planned_amount,
    attempt_status,
    own_amounts,
    session_transactions,
)
from monext_bridge.logs import shortened
from monext_bridge.services.enquiry import PartAccount, PaymentAccount
from monext_bridge.web.cli.amounts import write_amount
from monext_bridge.web.cli.endings import printable
from monext_bridge.web.cli.enquiry.needs import NEEDS, runbook_link
from monext_bridge.web.cli.enquiry.printing import add_row
from monext_bridge.web.cli.enquiry.tokens import without_token

STYLES = {
    TransactionState.SUCCESS: "green",
    TransactionState.FAILURE: "red",
    TransactionState.PENDING: "yellow",
    TransactionState.INITIAL: "yellow",
}


def tables_of(account: PaymentAccount) -> Iterator[RenderableType]:
    """Yield the sums and what is left, what happened when, keys and ids, the ledger, and what is to be done."""
    payment = account.payment
    yield _sums(account)
    if payment.transactions:
        yield _history(payment)
        yield _names(payment)
    if len(account.parts) > 1:
        yield _parts(account)
    for part in account.parts:
        if part.rows is not None:
            yield _ledger(part, like=accepted_or_planned_amount(payment))
        yield from _differences(part)
    yield from filter(None, map(_advice, payment.transactions))
    yield from _needs(account)


def _sums(account: PaymentAccount) -> Table:
    payment, key = account.payment, account.key
    left, own = open_amounts(payment), own_amounts(payment)
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    add_row(table, "Payment", payment.id)
    add_row(table, "Order", _order(account))
    add_row(table, "Cart", key.cart_id if key else "")
    add_row(table, "Store", (key.store_key if key else None) or "none")
    add_row(table, "State", _state(payment))
    add_row(table, "Begun (UTC)", _time(payment.created_at))
    add_row(table, "Method", payment.method or "not known yet")
    add_row(table, "Planned", write_amount(payment.planned))
    add_row(table, "Authorised", write_amount(own.authorized))
    add_row(table, "Captured", write_amount(own.charged))
    add_row(table, "Cancelled", write_amount(own.cancelled))
    add_row(table, "Refunded", write_amount(own.refunded))
    if not own.charged_back.is_zero:
        add_row(table, "Charged back", write_amount(own.charged_back))
    add_row(table, "Left to capture", write_amount(left.capturable))
    add_row(table, "Left to cancel", write_amount(left.cancellable))
    add_row(table, "Left to refund", write_amount(left.refundable))
    return table


def _history(payment: Payment) -> Table:
    table = _numbered("Time (UTC)", "Transaction", "State")
    table.add_column("Amount", justify="right", no_wrap=True)
    for number, t in enumerate(payment.transactions, start=1):
        state = Text(t.state.value, style=STYLES[t.state])
        add_row(table, str(number), _time(t.timestamp), t.type.value, state, write_amount(t.amount))
    return table


def _names(payment: Payment) -> Table:
    table = _numbered("Key", "By", "Monext id", "Transaction id")
    for number, t in enumerate(payment.transactions, start=1):
        name = OperationName.parse(t.interaction_id)
        by = (name.principal if name else None) or ""
        add_row(table, str(number), _key(payment, t), by, t.interface_id or "", t.id)
    return table


def _numbered(*headers: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for header in ("", *headers):
        table.add_column(header, overflow="fold")
    return table


def _state(payment: Payment) -> str:
    """Return the record's state, and what Monext said last."""
    said = f"{payment.status_code or ''} {payment.status_text or ''}".strip()
    is_address = "://" in said  # of the session, which anybody could go on with
    return attempt_status(payment).value + (f" ({said})" if said and not is_address else "")


def _order(account: PaymentAccount) -> str:
    order = account.order
    if order is None:
        return "none" if account.order_known else "can't be read"
    states = [order.payment_state or "without a payment state"]
    states += [each for each in (order.state, order.shipment_state) if each]
    return f"{order.number or order.id}, {', '.join(states)}, costs {write_amount(order.cost)}"


def _parts(account: PaymentAccount) -> Table:
    table = Table(box=None, pad_edge=False)
    for header in ("Part", "Left to capture", "Left to cancel", "Left to refund"):
        table.add_column(header, overflow="fold")
    for part in account.parts:
        left = part.left
        amounts = (left.capturable, left.cancellable, left.refundable)
        add_row(table, part.id or "", *map(write_amount, amounts))
    return table


def _ledger(part: PartAccount, *, like: Money) -> Table:
    """Return Monext's rows, each with the transaction that it is, by its number above."""
    table = Table(box=None, pad_edge=False)
    for header in ("Monext's ledger", "Time (UTC)", "Row", "Status"):
        table.add_column(header, overflow="fold")
    table.add_column("Amount", justify="right", no_wrap=True)
    table.add_column("In the record", overflow="fold")
    for each in part.rows or ():
        row, found = each.row, each.transaction
        known = Text(found.type.value) if found else Text("no", style="red")
        amount = write_amount(like.with_amount(row.amount))
        add_row(table, row.id, _time(row.date), row.type, _status(row), amount, known)
    return table


def _status(row: LedgerRow) -> str:
    return {True: "OK", False: "failed", None: "not final"}[row.ok]


def _differences(part: PartAccount) -> Iterator[Text]:
    for t in part.missing:
        what = f"{t.type.value} of {write_amount(t.amount)}"
        yield Text(printable(f"Monext's ledger does not list the {what} ({t.interface_id})"), style="red")
    if part.differs:
        yield Text(printable(f"In minor units: {part.differs}"), style="red")


NOT_ASKED = "open: Monext was not asked whether it is paid by now; flask reconcile --older-than 0s asks"


def _needs(account: PaymentAccount) -> Iterator[Text]:
    if not account.needs and attempt_status(account.payment) is AttemptStatus.OPEN:
        yield Text(NOT_ASKED, style="yellow")
    for need in account.needs:
        text = f"{need.value}: {NEEDS[need]}\n  see {runbook_link(need)}"
        yield Text(text, style="yellow")


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
            f"The {what} {known}: {name.principal} asks again with key {without_token(name.key)}, "
            "or reconciliation ends it"
        )
    return Text(printable(text), style="yellow")


def _key(payment: Payment, transaction: Transaction) -> str:
    """Return the key under which an operation was asked for. Any other id may be a session token, so it is cut."""
    name = OperationName.parse(transaction.interaction_id)
    if name:
        key = without_token(name.key)
        return f"{key} ({name.digest})" if name.digest in (REMAINDER, ABANDONED) else key
    if transaction.interaction_id is None:
        return ""
    if any(t.id == transaction.id for t in session_transactions(payment)):
        return "checkout"
    return shortened(transaction.interaction_id)


def _time(timestamp: datetime | None) -> str:
    return timestamp.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if timestamp else ""
