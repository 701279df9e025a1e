"""Decides which attempt a start of a payment uses, and about which older attempts Monext is asked first."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime, timedelta
from functools import cache

from monext_bridge.domain.ids import CartId, OrderNumber
from monext_bridge.domain.money import Money
from monext_bridge.domain.record import (
    AttemptKey,
    AttemptStatus,
    Cart,
    Payment,
    attempt_status,
    session_opened_at,
)

REUSABLE_SHARE = 2 / 3
"""A session is shown again during this share of its life, so while a third of it is left."""

VOLATILE = {
    *("version", "payments", "state", "locked"),
    *("obstacles", "product_types", "has_item_addresses"),
}
"""These fields of a cart change without changing what is paid (addPayment raises the version), or only tell
whether the cart may be paid at all."""

DESCRIPTIVE = {"salutation", "brand", "category", "seller", "picture", "mode", "timeframe", "expected_at"}
"""These fields of a cart's parts tell Monext or the buyer more of it, but change nothing that is paid."""


@dataclass(frozen=True, slots=True)
class AttemptTerms:
    """Holds how a payment was asked for.

    A session is shown again only where these terms and the cart are equal.
    """

    due: Money
    payment_method_ids: tuple[str, ...]
    language: str | None
    order_number: OrderNumber
    interface: str
    fallback_method_ids: tuple[str, ...] = ()


def terms_digest(cart: Cart, terms: AttemptTerms) -> str:
    """Returns 12 hex digits over the cart's store, amount, contents and addresses, and over the attempt terms.

    A second choice of methods counts where there is one.
    """
    contents = {name: getattr(cart, name) for name in _counted(Cart) if name not in VOLATILE}
    asked = {name: getattr(terms, name) for name in _counted(AttemptTerms)}
    if not terms.fallback_method_ids:
        del asked["fallback_method_ids"]
    text = json.dumps([contents, asked], sort_keys=True, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _plain(value: object) -> object:
    """Returns a part of a cart as the object that JSON has of it, and anything else as text."""
    names = _counted(type(value))  # type: ignore[arg-type]  # mypy: a class is Hashable
    return {name: getattr(value, name) for name in names} if names else str(value)


@cache
def _counted(kind: type) -> tuple[str, ...]:
    """Returns the fields of a dataclass that count; none of another class."""
    named = fields(kind) if is_dataclass(kind) else ()
    return tuple(field.name for field in named if field.name not in DESCRIPTIVE)


@dataclass(frozen=True, slots=True)
class AttemptPlan:
    """Says what to do: show the session of `reuse`, or give `fill` a session, or else make a payment under `key`.

    `ask` are older attempts whose sessions may have been paid meanwhile. Their outcomes are recorded before
    anything is made.
    """

    key: AttemptKey
    reuse: Payment | None = None
    fill: Payment | None = None
    ask: tuple[Payment, ...] = ()


def is_own(payment: Payment, *, interfaces: Collection[str]) -> bool:
    """Tells whether this bridge made the payment."""
    return AttemptKey.parse(payment.key) is not None and payment.interface in interfaces


def own_attempts(
    cart_id: CartId, payments: Iterable[Payment], *, interfaces: frozenset[str]
) -> tuple[Payment, ...]:
    """Returns those of the payments that this bridge made for the cart, oldest attempt first."""
    keyed = [
        (key.attempt, p)
        for p in payments
        if (key := AttemptKey.parse(p.key)) and key.cart_id == cart_id and p.interface in interfaces
    ]
    return tuple(p for _, p in sorted(keyed, key=lambda pair: (pair[0], pair[1].id)))


def plan_attempt(
    cart: Cart, *, attempts: tuple[Payment, ...], wanted: str, interface: str, now: datetime, minutes: int
) -> AttemptPlan:
    """Plans the attempt for the terms digest `wanted`. `minutes` is the life of a session at Monext.

    Monext is asked first about every attempt whose session could have been paid since it was last read: open
    ones, and failed ones while the session lives (a card was declined and another tried; the buyer gave up in
    one tab and paid in the other).
    """
    opened = tuple(p for p in attempts if attempt_status(p) is AttemptStatus.OPEN)
    reuse = next(
        (p for p in opened if _has_terms(p, wanted) and _has_life_left(p, now=now, minutes=minutes)), None
    )
    if reuse:
        return AttemptPlan(key=_key(reuse), reuse=reuse)
    failed = (p for p in attempts if attempt_status(p) is AttemptStatus.FAILED)
    alive = tuple(p for p in failed if not is_session_over(p, now=now, minutes=minutes))
    empty = next((p for p in attempts if _is_empty(p, interface=interface)), None)
    number = _key(empty).attempt if empty else max((_key(p).attempt for p in attempts), default=0) + 1
    key = AttemptKey(CartId(cart.id), number, wanted, cart.store_key)
    return AttemptPlan(key=key, fill=empty, ask=(*opened, *alive))


def is_session_over(payment: Payment, *, now: datetime, minutes: int) -> bool:
    """Tells whether the session's life has ended by our clock. Where its beginning is not known, it has not."""
    opened_at = session_opened_at(payment)
    return opened_at is not None and now >= opened_at + timedelta(minutes=minutes)


def _is_empty(payment: Payment, *, interface: str) -> bool:
    """Tells whether a start made this payment and ended before it had a session.

    The interface must be the same, because that of a payment is not changed.
    """
    bare = attempt_status(payment) is AttemptStatus.EMPTY and payment.interface_id is None
    return bare and payment.interface == interface


def _has_terms(payment: Payment, digest: str) -> bool:
    return _key(payment).digest == digest and bool(payment.status_text)


def _has_life_left(payment: Payment, *, now: datetime, minutes: int) -> bool:
    opened_at = session_opened_at(payment)
    return opened_at is not None and now < opened_at + timedelta(minutes=minutes) * REUSABLE_SHARE


def _key(payment: Payment) -> AttemptKey:
    key = AttemptKey.parse(payment.key)
    if key is None:
        raise ValueError(f"payment {payment.id} is not an attempt of this bridge")
    return key
