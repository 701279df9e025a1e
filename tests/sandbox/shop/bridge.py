"""A stand-in for the bridge's payment intents: answers what the test wants, and keeps what it was asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, jsonify, request

from sandbox.serving import Server

AMOUNTS = {
    "planned": 13490,
    "authorized": 13490,
    "captured": 3490,
    "refunded": 1000,
    "cancelled": 0,
    "capturable": 10000,
    "cancellable": 10000,
    "refundable": 2490,
}


@dataclass
class Bridge:
    """`status` and `body` are the answer to an action; `intent` is what GET says, None for a 404."""

    status: int = 200
    body: Any = field(default_factory=lambda: {"outcome": "approved"})
    intent: dict[str, Any] | None = field(
        default_factory=lambda: {"currencyCode": "EUR", **AMOUNTS, "pending": [], "transactions": []}
    )
    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    def read(self, payment_id: str) -> tuple[Response, int]:
        if self.intent is None:
            return jsonify({"message": "No such payment", "statusCode": 404}), 404
        return jsonify({"paymentId": payment_id, **self.intent}), 200

    def act(self, payment_id: str) -> tuple[Response, int] | tuple[str, int]:
        self.asked.append({"payment": payment_id, **request.get_json()})
        self.keys.append(request.headers.get("Idempotency-Key"))
        self.tokens.append(request.headers["Authorization"].removeprefix("Bearer "))
        if isinstance(self.body, str):
            return self.body, self.status
        return jsonify(self.body), self.status


@contextmanager
def serving(bridge: Bridge) -> Iterator[Bridge]:
    """The bridge on a real port."""
    app = Flask("bridge")
    app.get("/operations/payment-intents/<payment_id>")(bridge.read)
    app.post("/operations/payment-intents/<payment_id>")(bridge.act)
    server = Server(app)
    server.start()
    bridge.url = server.url
    try:
        yield bridge
    finally:
        server.stop()
