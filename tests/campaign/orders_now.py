"""Compares money with orders as they are now: edited, cancelled, charged back, refused, and paid in parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from tests.campaign.accounts import Account, cost, due
from tests.campaign.evidence import Disagreement, Evidence, disagreement_of, named_payments
from tests.world import Json

SHIPMENT, FOUND = "ship-", "ledger-"
"""Begin the keys of captures by shipments, and of what was found in Monext's ledger."""

COUNTED = ("Success", "Pending")
KEPT_REFUSING = "commercetools kept refusing the order"
BRAKE, BRAKED_FOR = 3, timedelta(hours=1)
"""So many payments of a store go back in that time because their orders are refused for an unsure reason."""


def _shipments(evidence: Evidence) -> Iterator[Disagreement]:
    """With what a shipment captures, no more is captured than the order cost since it was shipped.

    So nothing is captured by the shipment of an order that was Cancelled before, and an order that was edited before
    is captured for what it then cost. What the back office captures by itself is its own affair.
    """
    orders = {order["id"]: order for order in evidence.orders}
    for account in evidence.accounts:
        captured = 0
        for t in account.payment["transactions"]:
            if t["type"] != "Charge" or t["state"] not in COUNTED:
                continue
            captured += t["amount"]["centAmount"]
            order = orders.get(t.get("interactionId", "").removeprefix(SHIPMENT)[:36])
            if order is not None and captured > (most := _owed_when_shipped(evidence, order)):
                key = t["interactionId"].partition("~")[0]
                yield disagreement_of(account, f"with {key}, {captured} is captured of the {most} owed")


def _owed_when_shipped(evidence: Evidence, order: Json) -> int:
    """Give the most that our payment may have owed to an order since it was shipped."""
    terms = evidence.order_terms.get(order["id"])
    known = terms.since_shipped if terms else None
    cents = cost(order) if known is None else known
    return due(order, evidence.foreign_payments(order), cents=cents)


def _taken_back(evidence: Evidence) -> Iterator[Disagreement]:
    """With each refund of ours, no more is refunded than was captured and no bank had taken back.

    A bank does not ask what was refunded, so a chargeback that comes after a refund may exceed what is left. What
    Monext's own staff refunds is found later.
    """
    for account in evidence.accounts:
        sums: Counter[str] = Counter()
        captured = sum(
            t["amount"]["centAmount"]
            for t in account.payment["transactions"]
            if (t["type"], t["state"]) == ("Charge", "Success")
        )
        for t in account.payment["transactions"]:
            if t["state"] not in COUNTED:
                continue
            sums[t["type"]] += t["amount"]["centAmount"]
            gone = sums["Refund"] + sums["Chargeback"]
            is_ours = t["type"] == "Refund" and not t.get("interactionId", "").startswith(FOUND)
            if is_ours and gone > captured:
                yield disagreement_of(account, f"{gone} is refunded or charged back of {captured} captured")


def _parts(evidence: Evidence) -> Iterator[Disagreement]:
    """Each operation is on the part that the record says, and no part gives more than it brought."""
    for account in evidence.accounts:
        rows = {row["id"]: row for row in account.rows}
        for t in account.operations:
            row = rows.get(t.get("interfaceId", ""))
            root = None if row is None else _root(row, rows)
            if t["state"] == "Success" and root not in (None, account.part_of(t)):
                yield disagreement_of(
                    account, f"{t['interactionId']} is on {root}, not on {account.part_of(t)}"
                )
        for part in account.parts:
            given = _given_back(account, part)
            if given > part["amount"]["centAmount"]:
                yield disagreement_of(account, f"part {part.get('interfaceId')} gave back {given}")


def _root(row: Json, rows: dict[str, Json]) -> str:
    """Give the id of the part that a row of the ledger belongs to. A release may be of a capture."""
    origin = rows.get(row["originTransactionId"])
    if origin is None or origin is row:
        return str(row["originTransactionId"])
    return _root(origin, rows)


def _given_back(account: Account, part: Json) -> int:
    own = (t for t in account.operations if account.part_of(t) == part.get("interfaceId"))
    back = (t for t in own if t["type"] in ("Refund", "CancelAuthorization") and t["state"] == "Success")
    return sum(int(t["amount"]["centAmount"]) for t in back)


def _reported(evidence: Evidence) -> Iterator[Disagreement]:
    """Reconciliation reports an order that does not cost what was taken and is kept, and no other."""
    for account in evidence.accounts:
        if account.accepted is None or account.reversal_reason is not None:
            continue
        for order in evidence.orders:
            if account.id not in named_payments(order):
                continue
            owed = due(order, evidence.foreign_payments(order), cents=cost(order))
            agrees = _kept(account) <= owed <= account.taken
            if agrees == (account.id in evidence.reported):
                said = "is reported" if agrees else "nobody is told"
                what = f"{_kept(account)} of {account.taken} is kept, the order costs {owed}, and {said}"
                yield disagreement_of(account, what)


def _kept(account: Account) -> int:
    """Give what is captured and has not gone back, in minor units."""
    signs = {"Charge": 1, "Refund": -1, "Chargeback": -1}
    done = (t for t in account.payment["transactions"] if t["state"] == "Success")
    return max(sum(signs.get(t["type"], 0) * int(t["amount"]["centAmount"]) for t in done), 0)


def _brake(evidence: Evidence) -> Iterator[Disagreement]:
    """No store gives back more than a few payments an hour because orders are refused for an unsure reason."""
    by_store: dict[str | None, list[tuple[datetime, Account]]] = {}
    for account in evidence.accounts:
        text = account.payment["paymentStatus"].get("interfaceText", "")
        times = [t["timestamp"] for t in account.operations if t["interactionId"].startswith("giveback-")]
        if account.reversal_reason == "ORDER_REFUSED" and text.startswith(KEPT_REFUSING) and times:
            by_store.setdefault(account.store, []).append((datetime.fromisoformat(min(times)), account))
    for store, reversed_at in by_store.items():
        ordered = sorted(reversed_at, key=lambda each: each[0])
        for (first, _), (last, account) in zip(ordered, ordered[BRAKE:], strict=False):
            if last - first < BRAKED_FOR:
                yield disagreement_of(account, f"more than {BRAKE} of store {store} went back within an hour")


CHECKS_OF_ORDERS: tuple[Callable[[Evidence], Iterator[Disagreement]], ...] = (
    *(_shipments, _taken_back, _parts, _reported, _brake),
)
