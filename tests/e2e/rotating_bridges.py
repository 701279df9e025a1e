"""Bridges of which some serve while others are replaced, as behind a load balancer, and orders that pass through."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from threading import Condition, Event
from typing import Any
from urllib.parse import urlencode, urlsplit

from sandbox.runner import Sandbox
from tests.bridges import Answer, Buyer, Gunicorn, Page
from tests.push_samples import message, pub_sub
from tests.signed_links import signed
from tests.web.back_office import BackOfficeClient
from tests.world import World, wait_for

THREADS = 3
FLOWS = 3
"""Orders that begin and end between two changes."""


@dataclass(slots=True)
class LoadBalancer:
    """Sends each call to the next one of the bridges that serve just now."""

    serving: Sequence[Gunicorn] = ()
    _changed: Condition = field(default_factory=Condition)
    _turn: Iterator[int] = field(default_factory=count)
    _under_way: dict[str, int] = field(default_factory=dict)

    def call(self, method: str, path: str, **options: Any) -> Answer:
        with self._changed:
            bridge = self.serving[next(self._turn) % len(self.serving)]
            self._under_way[bridge.url] = self._under_way.get(bridge.url, 0) + 1
        try:
            return bridge.call(method, path, **options)
        finally:
            with self._changed:
                self._under_way[bridge.url] -= 1
                self._changed.notify_all()

    def serve(self, *bridges: Gunicorn) -> None:
        """Let these serve from now on. The others have answered all their calls when this returns."""
        urls = {bridge.url for bridge in bridges}
        with self._changed:
            self.serving = bridges
            self._changed.wait_for(
                lambda: not any(n for url, n in self._under_way.items() if url not in urls), 30
            )


@dataclass(slots=True)
class Shop:
    """Sells: it signs links, ships, tells of shipments and refunds, one order after the other in several threads.

    `link_secret` and `events_secret` are what it signs and what its queue presents just now.
    """

    sandbox: Sandbox
    bridges: LoadBalancer
    link_secret: str
    events_secret: str
    begun: Iterator[int] = field(default_factory=count)
    ended: set[int] = field(default_factory=set)
    latest: int = -1
    _closed: Event = field(default_factory=Event)

    @property
    def is_closed(self) -> bool:
        """Tells whether nothing is sold any more, as after an order that went wrong."""
        return self._closed.is_set()

    @contextmanager
    def open(self) -> Iterator[None]:
        """Sell inside the `with` block. Raises what went wrong with any order."""
        with ThreadPoolExecutor(THREADS) as threads:
            selling = [threads.submit(self._sell) for _ in range(THREADS)]
            try:
                yield
            finally:
                self._closed.set()
            for each in selling:
                each.result()

    def serve(self, *bridges: Gunicorn) -> None:
        """Let these bridges serve, until all orders that began before have ended, and some that began since."""
        self.bridges.serve(*bridges)
        wanted = set(range(self.latest + 1 + FLOWS))
        wait_for(lambda: self._closed.is_set() or wanted <= self.ended, seconds=120, every=0.05)

    def _sell(self) -> None:
        try:
            while not self._closed.is_set():
                self.latest = number = next(self.begun)
                Order(self, World(self.sandbox), by_bridge=number % 2 == 0).from_link_to_refund()
                self.ended.add(number)
        finally:
            self._closed.set()


@dataclass(slots=True)
class Order:
    """One order, paid on shipment. `by_bridge`: the bridge signs its link, else the shop does."""

    shop: Shop
    world: World
    by_bridge: bool
    cart: str = ""

    def from_link_to_refund(self) -> None:
        """Sell one order and give its money back; every answer on the way is right, and nothing is double."""
        self.cart = self.world.cart("german-store")
        buyer, office = Buyer(self.shop.bridges), self._office()
        page = self._open(buyer)
        self.world.pay(page.token, outcome="accepted")
        landed = buyer.comes_back(page)
        assert (landed.status, "status=authorized" in landed.location) == (303, True), landed
        amount = self.world.payment(self.cart)["amountPlanned"]
        self._ship()
        self._refund(office, amount)
        self._nothing_is_double(page, amount["centAmount"])

    def _office(self) -> BackOfficeClient:
        return BackOfficeClient(self.shop.bridges, self.world.back_office_token())

    def _open(self, buyer: Buyer) -> Page:
        if self.by_bridge:
            made = self._office().checkout_link(cartId=self.cart)
            assert made.status == 201, made.text
            link = urlsplit(json.loads(made.text)["url"]).query
        else:
            link = urlencode(signed(self.cart, key=self.shop.link_secret))
        return buyer.start(self.cart, **dict(pair.split("=") for pair in link.split("&")))

    def _ship(self) -> None:
        (order,) = self.world.orders(self.cart)
        path = f"orders/{order['id']}"
        action = {"action": "changeShipmentState", "shipmentState": "Shipped"}
        self.world.project.update(path, version=self.world.project.get(path)["version"], action=action)
        told = self.shop.bridges.call(
            "POST",
            "/events/commercetools",
            json=pub_sub(message(order["id"], shipmentState="Shipped")),
            headers={"Authorization": f"Bearer {self.shop.events_secret}"},
        )
        assert told.status == 204, told.text

    def _refund(self, office: BackOfficeClient, amount: dict[str, Any]) -> None:
        money = {name: amount[name] for name in ("centAmount", "currencyCode")}
        payment = self.world.payment(self.cart)["id"]
        done = office.send_actions(payment, {"action": "refundPayment", "amount": money}, key="back")
        assert (done.status, json.loads(done.text).get("outcome")) == (200, "approved"), done.text

    def _nothing_is_double(self, page: Page, amount: int) -> None:
        kinds = ("AUTHORIZATION", "CAPTURE", "REFUND")
        assert self.world.ledger(page.token) == [(kind, amount, "OK") for kind in kinds]
        assert [(kind, state) for kind, state, _ in self.world.transactions(self.cart)] == [
            ("Authorization", "Success"),
            ("Charge", "Success"),
            ("Refund", "Success"),
        ]
        assert len(self.world.orders(self.cart)) == 1
