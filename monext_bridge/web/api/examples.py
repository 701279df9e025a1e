"""Holds examples of bodies and answers that the OpenAPI description shows, and what several descriptions share."""

from __future__ import annotations

from monext_bridge.domain.operations import IDEMPOTENCY_KEY
from monext_bridge.web.api import models
from monext_bridge.web.endpoints import Json, Parameter

REMOTES = (502, 503, 504)
"""Statuses of endpoints that ask a remote."""

OF_PAYMENT = Parameter(
    component="payment_id",
    name="payment_id",
    place="path",
    meaning="The id of the commercetools Payment.",
    schema={"type": "string", "format": "uuid", "pattern": models.UUID_FORM},
)
WITH_KEY = Parameter(
    component="idempotencyKey",
    name="Idempotency-Key",
    place="header",
    meaning="Names this act of this payment, for this API client. Without one, every call is an act of its own.",
    schema={"type": "string", "pattern": f"^{IDEMPOTENCY_KEY.pattern}$"},
)

AMOUNT = {"centAmount": 2499, "currencyCode": "EUR"}
CART_ID = "6a3c2c4f-6d1b-4a55-9d3e-0f5b6b2c7a10"
PAYMENT_ID = "b6d0f1f4-0a3e-4f0e-9d43-8a1b54a8c5e2"
CHARGE_ID = "2f0c1a9e-7c2d-4b7e-8b61-5f1f3a7d9c42"
CLIENT_ID = "aB3dE5gH7jK9mN1pQ3rS5tU7"
REFUND_ID = "c81e5b7a-93a4-4f57-b7b6-0e4d2a1f6c33"


def _operation(action: str, **members: object) -> Json:
    return {"actions": [{"action": action, **members}]}


def _transaction(id_: str, kind: str, state: str, amount: int, **names: str) -> Json:
    money = {"amount": amount, "currencyCode": AMOUNT["currencyCode"]}
    return {"id": id_, "type": kind, "state": state, **money, **names, "timestamp": "2026-01-01T12:00:00Z"}


OPERATIONS = {
    "Capture a part": _operation("capturePayment", amount=AMOUNT, merchantReference="shipment-1"),
    "Capture a part, release the rest": _operation("capturePayment", amount=AMOUNT, final=True),
    "Refund": _operation("refundPayment", amount=AMOUNT, merchantReference="credit-note-7"),
    "Refund, with all others of one Charge at most what it took": _operation(
        "refundPayment", amount=AMOUNT, transactionId=CHARGE_ID
    ),
    "Cancel what is not captured": _operation("cancelPayment"),
    "Reverse: cancel what is not captured, refund what is": _operation("reversePayment"),
}
RESULT: Json = {"outcome": "approved", "transactionId": REFUND_ID, "interfaceId": "31082150152500"}

_PENDING_REFUND = _transaction(REFUND_ID, "Refund", "Pending", 2499, by=CLIENT_ID, key="credit-note-7")
PAYMENT: Json = {
    "paymentId": PAYMENT_ID,
    "orderNumber": "M4C7QK2ZPX3AB",
    "currencyCode": "EUR",
    "planned": 10000,
    "authorized": 10000,
    "captured": 7500,
    "refunded": 0,
    "cancelled": 0,
    "capturable": 2500,
    "cancellable": 2500,
    "refundable": 5001,
    "pending": [_PENDING_REFUND],
    "transactions": [
        _transaction("7d5a1c22-41b0-4a0c-9f57-3a0a6f0b9d11", "Authorization", "Success", 10000),
        _transaction(CHARGE_ID, "Charge", "Success", 7500, by="terminal", key="cli-5fba3e4d7c6d52ae"),
        _PENDING_REFUND,
    ],
}
LINK_REQUEST: Json = {"cartId": CART_ID, "mode": "redirect", "language": "fr-FR", "expiresIn": 3600}
LINK: Json = {
    "url": f"https://pay.example.com/checkout/{CART_ID}?mode=redirect&lang=fr-FR"
    f"&expires=1767225600&v=2&signature={'0f' * 32}",
    "expires": 1767225600,
}
CONFIG: Json = {
    "environment": "HOMOLOGATION",
    "mode": "widget",
    "widget": {
        "script": "https://homologation-payment.payline.com/cdn/scripts/widget-min.js",
        "style": "https://homologation-payment.payline.com/cdn/styles/widget-min.css",
    },
    "paymentMethods": ["CB", "PAYPAL"],
}
PUBSUB_PUSH: Json = {
    "message": {"messageId": "1", "data": "eyJub3RpZmljYXRpb25UeXBlIjoiUmVzb3VyY2VDcmVhdGVkIn0="},
    "subscription": "projects/shop/subscriptions/monext-bridge",
}
