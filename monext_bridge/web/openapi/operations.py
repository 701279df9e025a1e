"""Describes each JSON endpoint for OpenAPI, where the code itself does not tell.

The route gives the method and the path, `access.PRINCIPALS` says who may call, and `api.models` gives the bodies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from monext_bridge import __version__
from monext_bridge.web.api import PaymentIntentResult, PaymentIntentView, models

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DescribedEndpoint:
    """Describes one endpoint. `answers`: the model by status, None where there is no body.

    `refusals`: statuses that come with an `ErrorResponse`. `examples`: bodies, each by what it does; an
    endpoint without a `body` has examples of formats that are not ours. `answer`: an example of a successful
    answer.
    """

    summary: str
    description: str
    answers: Mapping[int, type[BaseModel] | None]
    refusals: tuple[int, ...] = ()
    body: type[BaseModel] | None = None
    body_required: bool = True
    takes_key: bool = False
    examples: Mapping[str, Json] = field(default_factory=dict)
    answer: Json | None = None


REMOTES = (502, 503, 504)
AMOUNT = {"centAmount": 2499, "currencyCode": "EUR"}
CART_ID = "6a3c2c4f-6d1b-4a55-9d3e-0f5b6b2c7a10"
PAYMENT_ID = "b6d0f1f4-0a3e-4f0e-9d43-8a1b54a8c5e2"
CHARGE_ID = "2f0c1a9e-7c2d-4b7e-8b61-5f1f3a7d9c42"
REFUND_ID = "c81e5b7a-93a4-4f57-b7b6-0e4d2a1f6c33"


def _operation(action: str, **members: object) -> Json:
    return {"actions": [{"action": action, **members}]}


def _transaction(id_: str, kind: str, state: str, amount: int) -> Json:
    money = {"amount": amount, "currencyCode": AMOUNT["currencyCode"]}
    return {"id": id_, "type": kind, "state": state, **money, "timestamp": "2026-01-01T12:00:00Z"}


PENDING_REFUND = _transaction(REFUND_ID, "Refund", "Pending", 2499)

OPERATIONS: Mapping[str, DescribedEndpoint] = {
    "operations.modify": DescribedEndpoint(
        "Capture, refund, cancel or reverse a payment",
        "One act a call. Amounts are integers in minor units of the payment's currency. With an "
        "Idempotency-Key the same request acts once, for ever; asked again, it tells the state of the act. "
        "After a 503 ask again with the same key, never with another.",
        answers={200: PaymentIntentResult},
        answer={"outcome": "approved", "transactionId": REFUND_ID, "interfaceId": "31082150152500"},
        refusals=(400, 401, 403, 404, 409, 413, 422, 429, *REMOTES),
        body=models.PaymentIntentUpdate,
        takes_key=True,
        examples={
            "Capture a part": _operation("capturePayment", amount=AMOUNT, merchantReference="shipment-1"),
            "Capture a part, release the rest": _operation("capturePayment", amount=AMOUNT, final=True),
            "Refund": _operation("refundPayment", amount=AMOUNT, merchantReference="credit-note-7"),
            "Refund, with all others of one Charge at most what it took": _operation(
                "refundPayment", amount=AMOUNT, transactionId=CHARGE_ID
            ),
            "Cancel what is not captured": _operation("cancelPayment"),
            "Reverse: cancel what is not captured, refund what is": _operation("reversePayment"),
        },
    ),
    "operations.show": DescribedEndpoint(
        "What happened to a payment, and what may still be done",
        "All amounts are integers in minor units of currencyCode. What is under way counts as done in "
        "capturable, cancellable and refundable.",
        answers={200: PaymentIntentView},
        answer={
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
            "pending": [PENDING_REFUND],
            "transactions": [
                _transaction("7d5a1c22-41b0-4a0c-9f57-3a0a6f0b9d11", "Authorization", "Success", 10000),
                _transaction(CHARGE_ID, "Charge", "Success", 7500),
                PENDING_REFUND,
            ],
        },
        refusals=(400, 401, 403, 404, 429, *REMOTES),
    ),
    "operations.checkout_link": DescribedEndpoint(
        "Make a signed link to the payment of a cart",
        "expiresIn is in seconds (60 to 2592000, a day by default), expires in Unix seconds. The cart is not "
        "looked up: whether it can be paid is told when the link is opened.",
        answers={201: models.CheckoutLink},
        answer={
            "url": f"https://pay.example.com/checkout/{CART_ID}?mode=redirect&lang=fr-FR"
            f"&expires=1767225600&signature={'0f' * 32}",
            "expires": 1767225600,
        },
        refusals=(400, 401, 403, 413, 429, 503),
        body=models.CheckoutLinkRequest,
        examples={
            "A link of one hour, in French": {
                "cartId": CART_ID,
                "mode": "redirect",
                "language": "fr-FR",
                "expiresIn": 3600,
            }
        },
    ),
    "operations.status": DescribedEndpoint(
        "Whether commercetools and Monext answer",
        "As commercetools' connectors answer it to the Merchant Center.",
        answers={200: models.OperationsStatus},
        answer={
            "status": "Partially Available",
            "timestamp": "2026-01-01T12:00:00Z",
            "version": __version__,
            "metadata": {"name": "monext-bridge"},
            "checks": [{"name": "commercetools", "status": "UP"}, {"name": "monext", "status": "DOWN"}],
        },
        refusals=(401, 403, 503),
    ),
    "operations.payment_components": DescribedEndpoint(
        "What commercetools Checkout may offer",
        "Monext's hosted page (hpp) and its widget (embedded).",
        answers={200: models.PaymentComponents},
        answer={"dropins": [{"type": "hpp"}, {"type": "embedded"}], "components": [], "express": []},
        refusals=(401, 403, 503),
    ),
    "operations.config": DescribedEndpoint(
        "What a shop's page needs to embed the widget",
        "Of the store of the session's cart only.",
        answers={200: models.OperationsConfig},
        answer={
            "environment": "HOMOLOGATION",
            "mode": "widget",
            "widget": {
                "script": "https://homologation-payment.payline.com/cdn/scripts/widget-min.js",
                "style": "https://homologation-payment.payline.com/cdn/styles/widget-min.css",
            },
            "paymentMethods": ["CB", "PAYPAL"],
        },
        refusals=(400, 401, 404, 429, *REMOTES),
    ),
    "payment.create": DescribedEndpoint(
        "Start or resume the payment of the session's cart",
        "May be repeated: while the session lives, the same one is answered. The body may be left out.",
        answers={200: models.PaymentStarted},
        answer={
            "redirectURL": "https://homologation-webpayment.payline.com/v2/?token=1a2B3c4D5e6F7g8H9i0J",
            "sessionId": "1a2B3c4D5e6F7g8H9i0J",
            "paymentReference": PAYMENT_ID,
        },
        refusals=(400, 401, 404, 409, 413, 429, *REMOTES),
        body=models.PaymentRequest,
        body_required=False,
        examples={"In French, by card": {"languageCode": "fr-FR", "paymentMethod": "CB"}},
    ),
    "events.receive": DescribedEndpoint(
        "Capture on shipment: a message of a commercetools subscription",
        "Envelopes of Google Pub/Sub push, AWS SNS and Azure Event Grid, with their handshakes. The same "
        "message may come any number of times and in any order: it captures once. 204: done, or not ours. "
        "503: send it again. The endpoint is off (404) without EVENTS_SECRET.",
        answers={200: models.EventsConfirmed, 204: None},
        refusals=(400, 401, 403, 404, 413, 503),
        examples={
            "Google Pub/Sub push": {
                "message": {"messageId": "1", "data": "eyJub3RpZmljYXRpb25UeXBlIjoiUmVzb3VyY2VDcmVhdGVkIn0="},
                "subscription": "projects/shop/subscriptions/monext-bridge",
            }
        },
    ),
    "health.health": DescribedEndpoint(
        "Whether the process serves", "Calls nobody.", answers={200: models.Alive}, answer={"status": "OK"}
    ),
    "health.ready": DescribedEndpoint(
        "Whether both remotes answer",
        "503 where one does not. Kept for some seconds.",
        answers={200: models.RemotesReady, 503: models.RemotesReady},
        answer={"commercetools": "UP", "monext": "UP"},
    ),
    "openapi.description": DescribedEndpoint(
        "This description", "OpenAPI 3.1. Has an ETag.", answers={200: models.ApiDescription, 304: None}
    ),
}
