"""The money of one payment: what its rows leave to capture, cancel and refund. Pure.

A row is what `associatedTransactions` shows (API description, AssociatedTransaction). Rows that failed do
not count; rows still under way hold the money they ask for and give none free.
"""

from collections.abc import Sequence
from dataclasses import dataclass

RELEASES = frozenset({"CANCEL", "RESET", "CANCEL_AUTHORIZATION"})
CAPTURED_AT_ONCE = frozenset({"AUTHORIZATION_AND_CAPTURE", "AUTHORIZATION_AND_CAPTURE_COMPLEMENT"})
PAYMENTS = frozenset({"AUTHORIZATION", *CAPTURED_AT_ONCE})


@dataclass(frozen=True, slots=True)
class Row:
    """`status` is OK, KO, or None while under way. `remitted`: it has gone to the bank in a daily batch."""

    id: str
    type: str
    amount: int
    status: str | None
    origin_id: str
    remitted: bool = False


@dataclass(frozen=True, slots=True)
class Balance:
    """Minor units still open. `refundable` is what is captured and not given back."""

    capturable: int
    refundable: int


def balance(rows: Sequence[Row]) -> Balance:
    """What is left of a payment. The first row is the payment itself; only if it is OK is anything left."""
    payment, acts = rows[0], [row for row in rows[1:] if row.status != "KO"]
    if payment.status != "OK" or payment.type not in PAYMENTS:
        return Balance(0, 0)
    released = _sum(acts, types=RELEASES, origins=frozenset({payment.id}))
    given_back = _given_back(acts)
    if payment.type in CAPTURED_AT_ONCE:
        return Balance(0, payment.amount - released - given_back)
    captured = _sum(acts, types=frozenset({"CAPTURE"}))
    settled = _sum([act for act in acts if act.status == "OK"], types=frozenset({"CAPTURE"}))
    return Balance(payment.amount - captured - released, settled - given_back)


def cancellable(rows: Sequence[Row], *, target: Row) -> int:
    """What a cancel of `target` may take back at most: before the daily batch a capture and a refund too."""
    counted = [row for row in rows if row.status != "KO"]
    released = _sum(counted, types=RELEASES, origins=frozenset({target.id}))
    if target.status != "OK":
        return 0
    if target.type == "AUTHORIZATION":
        return balance(rows).capturable
    if target.remitted:
        return 0
    if target.type == "REFUND":
        return target.amount - released
    return min(target.amount - released, balance(rows).refundable)


def _given_back(acts: Sequence[Row]) -> int:
    """Refunds and resets of captures, less the refunds that were themselves reset."""
    captures = frozenset(act.id for act in acts if act.type == "CAPTURE")
    refunds = frozenset(act.id for act in acts if act.type == "REFUND")
    taken_back = _sum([act for act in acts if act.status == "OK"], types=RELEASES, origins=refunds)
    refunded = _sum(acts, types=frozenset({"REFUND"}))
    return refunded + _sum(acts, types=RELEASES, origins=captures) - taken_back


def _sum(rows: Sequence[Row], *, types: frozenset[str], origins: frozenset[str] | None = None) -> int:
    of_type = [row for row in rows if row.type in types]
    return sum(row.amount for row in of_type if origins is None or row.origin_id in origins)
