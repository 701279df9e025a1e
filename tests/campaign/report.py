"""Prints the figures of a seed as a table, and each disagreement with all that is known of it."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Collection, Iterable, Iterator

from tests.campaign.accounts import Account
from tests.campaign.campaign import Result
from tests.campaign.evidence import Disagreement
from tests.campaign.scripts import STORIES_OF_MONEY

WIDTH = 110
NAMES = 24


def table(result: Result) -> str:
    """Give the table, with one row for each figure; long rows are wrapped."""
    head = f"seed {result.plan.seed}: {'the books agree' if result.passed else 'THE BOOKS DO NOT AGREE'}"
    rows = (_row(name, value) for name, value in result.figures.rows)
    return "\n".join((head, *rows))


def never_played(of_seeds: Iterable[Collection[str]]) -> str:
    """Say which stories of money no seed has played, of those that each has; and that all were where all were."""
    played = {name for names in of_seeds for name in names}
    missing = [name for name in STORIES_OF_MONEY if name not in played]
    return f"NEVER PLAYED: {'; '.join(missing)}" if missing else "every story of money was played"


def problems(result: Result) -> str:
    """Give everything that is wrong, and the command that plays it again."""
    parts = [f"  {fault}" for fault in result.faults]
    parts += ["\n".join(_of(found, result)) for found in result.disagreements]
    seed, buyers = result.plan.seed, len(result.plan.visits)
    again = f"  again: python -m tests.campaign --seed {seed} --buyers {buyers}"
    return "\n".join((*parts, again))


def _row(name: str, value: str) -> str:
    lines = textwrap.wrap(value, WIDTH - NAMES) or [""]
    return "\n".join([f"  {name:<{NAMES}}{lines[0]}", *(" " * (NAMES + 2) + line for line in lines[1:])])


def _of(found: Disagreement, result: Result) -> Iterator[str]:
    yield f"  {found.what}  [cart {found.cart}, payment {found.payment}]"
    for account in result.evidence.accounts:
        if account.cart_id == found.cart:
            yield from _account(account)
    for order in result.evidence.orders_of_cart(found.cart):
        terms = result.evidence.order_terms.get(order["id"], "")
        states = f"{order['orderState']} {order.get('shipmentState')} {order.get('paymentState')} {terms}"
        yield f"    order {order['orderNumber']} {order['id']}: {states}".rstrip()
    yield from (f"    {line}" for line in result.diaries.get(found.cart, []))


def _account(account: Account) -> Iterator[str]:
    status = json.dumps(account.payment["paymentStatus"])
    yield f"    payment {account.id} {account.payment['key'][37:]} version {account.payment['version']} {status}"
    for t in account.payment["transactions"]:
        cents, monext_id = t["amount"]["centAmount"], t.get("interfaceId", "-")
        yield f"      record {t['type']} {t['state']} {cents} {t.get('interactionId')} → {monext_id}"
    for row in account.rows:
        key = row["privateData"].get("bridgeKey", "-")
        said = f"{row['type']} {row.get('status', 'under way')} {row['amount']}"
        yield f"      ledger {said} {row['id']} of {row['originTransactionId']} key {key}"
