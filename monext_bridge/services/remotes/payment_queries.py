"""Asks commercetools which payments there are: by predicate, page by page, in an order that never changes.

Values are sent as predicate variables alone. https://docs.commercetools.com/api/predicates/query
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from monext_bridge.domain.ids import PaymentId
from monext_bridge.domain.record import Order, Payment
from monext_bridge.gateways.commercetools import CommercetoolsGateway, Json
from monext_bridge.mapping.commercetools import answers as reading
from monext_bridge.mapping.json_object import JsonObject, UnreadableResource

PAGE = 200
"""Payments per page; commercetools allows 500."""

IDS_AT_ONCE = 50
"""Ids in one query, since they have to fit into a URL."""

MOST_RESOURCES = 500
"""Orders or carts in one answer, at most: the newest."""

PAYMENTS = "paymentInfo.payments[*]"


@dataclass(frozen=True, slots=True)
class Predicate:
    """A query predicate, whose `:names` stand for values."""

    text: str
    values: Mapping[str, str | Sequence[str]]

    def and_also(self, other: Predicate) -> Predicate:
        return Predicate(f"({self.text}) and ({other.text})", {**self.values, **other.values})


@dataclass(frozen=True, slots=True)
class UnreadablePayment:
    """A payment that can't be read, and why. It does not hide the others."""

    id: PaymentId
    why: str


@dataclass(frozen=True, slots=True)
class QueriedPage:
    """One page of an answer, and whether another may follow."""

    payments: tuple[Payment | UnreadablePayment, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class PaymentQueries:
    """Every page is one call, read when it is asked for. All methods raise RemoteError."""

    gateway: CommercetoolsGateway
    interfaces: Sequence[str]
    page_size: int = PAGE

    def pages(self, wanted: Predicate, *, newest_first: bool) -> Iterator[QueriedPage]:
        """Yield the bridge's payments that fulfil the predicate, by the time they were begun, then by id.

        A page begins behind the last payment of the one before. So nothing is left out or told twice when payments
        are written meanwhile.
        """
        wanted = self._own(wanted)
        page = wanted
        while True:
            found = self._page(page, newest_first=newest_first)
            yield QueriedPage(tuple(map(_readable, found)), len(found) == self.page_size)
            if len(found) < self.page_size:
                return
            page = wanted.and_also(_behind(found[-1], newest_first=newest_first))

    def by_id(self, ids: Sequence[PaymentId]) -> tuple[Payment, ...]:
        """Return those of the ids that are payments of the bridge."""
        found: list[Payment] = []
        for some in _some_at_once(ids):
            bodies = self._page(
                self._own(Predicate("id in (:ids)", {"ids": some})), newest_first=True, limit=IDS_AT_ONCE
            )
            found += [p for p in map(_readable, bodies) if isinstance(p, Payment)]
        return tuple(found)

    def of_orders(self, wanted: Predicate) -> tuple[tuple[PaymentId, ...], bool]:
        """Return the payments that such orders name, and whether there were more of them than one answer holds."""
        found = self.gateway.query_orders(
            wanted.text, wanted.values, limit=MOST_RESOURCES, sort="createdAt desc"
        )
        return _named(found, what="order")

    def of_carts(self, wanted: Predicate) -> tuple[tuple[PaymentId, ...], bool]:
        """Return the payments that such carts name, and whether there were more of them than one answer holds."""
        found = self.gateway.query_carts(
            wanted.text, wanted.values, limit=MOST_RESOURCES, sort="createdAt desc"
        )
        return _named(found, what="cart")

    def orders(self, payments: Sequence[Payment]) -> dict[PaymentId, Order]:
        """Return the order of each payment that has one."""
        found: dict[PaymentId, Order] = {}
        for some in _some_at_once([payment.id for payment in payments]):
            where = "paymentInfo(payments(id in (:payments)))"
            bodies = self.gateway.query_orders(where, {"payments": some}, limit=500, expand=PAYMENTS)
            found |= {p: order for order in map(reading.read_order, bodies) for p in order.payment_ids}
        return found

    def _own(self, wanted: Predicate) -> Predicate:
        own = "paymentMethodInfo(paymentInterface in (:interfaces))"
        return Predicate(own, {"interfaces": self.interfaces}).and_also(wanted)

    def _page(self, wanted: Predicate, *, newest_first: bool, limit: int | None = None) -> list[Json]:
        sort = ("createdAt desc" if newest_first else "createdAt asc", "id asc")
        return self.gateway.query_payments(
            wanted.text, wanted.values, limit=limit or self.page_size, sort=sort
        )


def _behind(last: Json, *, newest_first: bool) -> Predicate:
    later = "<" if newest_first else ">"
    return Predicate(
        f"createdAt {later} :seen or (createdAt = :seen and id > :last)",
        {"seen": str(last.get("createdAt")), "last": str(last.get("id"))},
    )


def _some_at_once(ids: Sequence[PaymentId]) -> Iterator[Sequence[PaymentId]]:
    return (ids[start : start + IDS_AT_ONCE] for start in range(0, len(ids), IDS_AT_ONCE))


def _named(bodies: list[Json], *, what: str) -> tuple[tuple[PaymentId, ...], bool]:
    named = (JsonObject.of(body, what=what).part("paymentInfo").parts("payments") for body in bodies)
    ids = (PaymentId(found) for references in named for r in references if (found := r.text("id")))
    return tuple(dict.fromkeys(ids)), len(bodies) == MOST_RESOURCES


def _readable(body: Json) -> Payment | UnreadablePayment:
    try:
        return reading.read_payment(body)
    except UnreadableResource as error:
        return UnreadablePayment(PaymentId(str(body.get("id"))), str(error))
