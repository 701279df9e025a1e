"""Writes transactions and their totals as CSV or JSON Lines, a row as soon as it is known.

CSV is UTF-8 without a byte order mark, with commas, a decimal point and a header. A spreadsheet would calculate a
cell that begins with one of `FORMULA`, so such a text gets an apostrophe in front. A character that can't be printed
is replaced: what is written may be shown in a terminal. Amounts are never below zero: the type says which way the
money went.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from typing import TextIO

from monext_bridge.domain.money import Money
from monext_bridge.domain.operations import operation_name
from monext_bridge.domain.record import TransactionState
from monext_bridge.services.enquiry import RecordedTransaction
from monext_bridge.web.cli.amounts import bare_amount
from monext_bridge.web.cli.endings import printable
from monext_bridge.web.cli.enquiry.tokens import beginning, without_token

Row = Mapping[str, str | int | None]
Write = Callable[[TextIO, Iterable[Row], tuple[str, ...]], None]

FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")

COLUMNS = (
    *(
        "time",
        "day",
        "store",
        "order",
        "payment",
        "cart",
        "monext_transaction",
        "type",
        "state",
        "amount_minor",
    ),
    *("amount", "currency", "method", "principal", "key", "session"),
)
GROUPS = ("day", "store", "method", "type", "currency")
TOTAL_COLUMNS = (*GROUPS, "transactions", "amount_minor", "amount")


def row_of(found: RecordedTransaction) -> Row:
    """Return the row of a transaction. It has nothing about the buyer, and of the session only the beginning."""
    transaction, payment = found.transaction, found.payment
    stamp, name = found.stamp.astimezone(UTC), operation_name(transaction)
    return {
        "time": stamp.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "day": stamp.date().isoformat(),
        "store": found.key.store_key,
        "order": found.order.number if found.order else None,
        "payment": payment.id,
        "cart": found.key.cart_id,
        "monext_transaction": transaction.interface_id,
        "type": transaction.type.value,
        "state": transaction.state.value,
        "amount_minor": transaction.amount.cent_amount,
        "amount": bare_amount(transaction.amount),
        "currency": transaction.amount.currency,
        "method": payment.method,
        "principal": name.principal if name else None,
        "key": without_token(name.key) if name else None,
        "session": beginning(payment.interface_id),
    }


@dataclass(slots=True)
class Totals:
    """Adds up the transactions that succeeded, by day, store, method, type and currency."""

    _sums: dict[tuple[str, ...], tuple[int, Money]] = field(default_factory=dict)

    def counting(self, found: Iterable[RecordedTransaction]) -> Iterator[RecordedTransaction]:
        """Yield the transactions on, each counted."""
        for each in found:
            if each.transaction.state is TransactionState.SUCCESS:
                self._count(each)
            yield each

    def rows(self) -> Iterator[Row]:
        for names, (count, amount) in sorted(self._sums.items()):
            minor, shown = amount.cent_amount, bare_amount(amount)
            sums: Row = {"transactions": count, "amount_minor": minor, "amount": shown}
            yield {**dict(zip(GROUPS, names, strict=True)), **sums}

    def _count(self, each: RecordedTransaction) -> None:
        row, amount = row_of(each), each.transaction.amount
        names = tuple(str(row[name] or "") for name in GROUPS)
        count, before = self._sums.get(names, (0, amount.with_amount(0)))
        self._sums[names] = (count + 1, before + amount)


def write_csv(to: TextIO, rows: Iterable[Row], columns: tuple[str, ...]) -> None:
    """Write a header and the rows."""
    writer = csv.writer(to, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in columns])


def write_json_lines(to: TextIO, rows: Iterable[Row], columns: tuple[str, ...]) -> None:
    """Write an object for each row, in ASCII."""
    for row in rows:
        to.write(json.dumps({name: row[name] for name in columns}) + "\n")


FORMATS: Mapping[str, Write] = {"csv": write_csv, "jsonl": write_json_lines}


def _cell(value: str | int | None) -> str:
    text = "" if value is None else printable(str(value))
    return f"'{text}" if text.startswith(FORMULA) else text
