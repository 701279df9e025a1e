"""Calls the operations API as a back office does, with its token."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tests.bridges import Answer, AnyBridge

EUR_10 = {"centAmount": 1000, "currencyCode": "EUR"}
UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"
"""An id that no payment and no cart has."""


def capture(**changes: Any) -> dict[str, Any]:
    """Give the action of a valid capture; a change to None removes a member."""
    action = {"action": "capturePayment", "amount": EUR_10} | changes
    return {name: value for name, value in action.items() if value is not None}


def amount(cents: Any, currency: Any = "EUR") -> dict[str, Any]:
    """Give the action of a capture of this amount, valid or not."""
    return capture(amount={"centAmount": cents, "currencyCode": currency})


def error_detail(answer: Answer) -> dict[str, Any]:
    """Check the shape of an error answer, and give its only detail."""
    body = json.loads(answer.text)
    (detail,) = body["errors"]
    assert body["statusCode"] == answer.status
    assert body["message"] == detail["message"] != ""
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["X-Correlation-ID"]
    return dict(detail)


@dataclass(frozen=True, slots=True)
class BackOfficeClient:
    """Sends requests to the operations API of one bridge, with one access token."""

    bridge: AnyBridge
    token: str

    def send_actions(self, payment_id: str, *actions: Any, key: str | None = None) -> Answer:
        return self.send(payment_id, json.dumps({"actions": actions}), key=key)

    def send(self, payment_id: str, content: str | bytes, *, key: str | None = None) -> Answer:
        """Send any content as the body, valid or not."""
        headers = {"Idempotency-Key": key} if key is not None else {}
        return self.call("POST", f"payment-intents/{payment_id}", data=content, headers=headers)

    def payment_intent(self, payment_id: str) -> dict[str, Any]:
        answer = self.call("GET", f"payment-intents/{payment_id}")
        assert answer.status == 200, answer.text
        return dict(json.loads(answer.text))

    def checkout_link(self, **members: Any) -> Answer:
        return self.call("POST", "checkout-links", data=json.dumps(members))

    def call(self, method: str, path: str, **options: Any) -> Answer:
        headers = {"Authorization": f"Bearer {self.token}"} | options.pop("headers", {})
        return self.bridge.call(method, f"/operations/{path}", headers=headers, **options)
