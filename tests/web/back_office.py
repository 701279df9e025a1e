"""A back office that calls the operations API with its token, for tests of that API."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tests.bridges import Answer, Caller

EUR_10 = {"centAmount": 1000, "currencyCode": "EUR"}
NOBODY_S = "00000000-0000-4000-8000-000000000000"
"""The id of no payment and no cart."""


def capture(**changes: Any) -> dict[str, Any]:
    """The action of a valid capture; a change to None leaves a member out."""
    action = {"action": "capturePayment", "amount": EUR_10} | changes
    return {name: value for name, value in action.items() if value is not None}


def amount(cents: Any, currency: Any = "EUR") -> dict[str, Any]:
    return capture(amount={"centAmount": cents, "currencyCode": currency})


def refused(answer: Answer) -> dict[str, Any]:
    """The first detail of an error, of which the whole shape is checked."""
    body = json.loads(answer.text)
    (detail,) = body["errors"]
    assert body["statusCode"] == answer.status
    assert body["message"] == detail["message"] != ""
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["X-Correlation-ID"]
    return dict(detail)


@dataclass(frozen=True, slots=True)
class Office:
    bridge: Caller
    token: str

    def act(self, payment_id: str, *actions: Any, key: str | None = None) -> Answer:
        return self.send(payment_id, json.dumps({"actions": actions}), key=key)

    def send(self, payment_id: str, content: str | bytes, *, key: str | None = None) -> Answer:
        """Any content at all."""
        headers = {"Idempotency-Key": key} if key is not None else {}
        return self.call("POST", f"payment-intents/{payment_id}", data=content, headers=headers)

    def intent(self, payment_id: str) -> dict[str, Any]:
        answer = self.call("GET", f"payment-intents/{payment_id}")
        assert answer.status == 200, answer.text
        return dict(json.loads(answer.text))

    def link(self, **members: Any) -> Answer:
        return self.call("POST", "checkout-links", data=json.dumps(members))

    def call(self, method: str, path: str, **options: Any) -> Answer:
        headers = {"Authorization": f"Bearer {self.token}"} | options.pop("headers", {})
        return self.bridge.call(method, f"/operations/{path}", headers=headers, **options)
