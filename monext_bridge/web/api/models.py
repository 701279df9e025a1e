"""Defines the bodies of the JSON endpoints: they check requests, and become (docstrings too) the OpenAPI schemas."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

from monext_bridge.config import PaymentMethod

LARGEST_AMOUNT = 10**18
"""Monext's limit of an amount, in minor units."""

UUID_FORM = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
REFERENCE_FORM = r"^[^\x00-\x1f\x7f<>]{1,50}$"
LANGUAGE_FORM = r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,2}$"

ERROR_CODES = (
    "invalid_token",
    "access_denied",
    "invalid_request",
    "InvalidJsonInput",
    "RequiredField",
    "InvalidField",
    "InvalidOperation",
    "ResourceNotFound",
    "ConcurrentModification",
    "General",
)
"""The codes that commercetools' payment connectors use."""

UpOrDown = Literal["UP", "DOWN"]


class Body(BaseModel):
    """A request body. It has no unknown members, and nothing is converted: `"100"` and `100.0` are no amounts."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True, frozen=True)


class Query(BaseModel):
    """The parameters of a query, each with a `description`. Unknown ones are ignored, as by every other address."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, frozen=True)


class Amount(Body):
    """Minor units of the payment's currency (1 EUR is 100)."""

    centAmount: Annotated[int, Field(ge=1, le=LARGEST_AMOUNT)]
    currencyCode: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


MerchantReference = Annotated[str, Field(pattern=REFERENCE_FORM)]


class CapturePayment(Body):
    """Capture a part or all of an authorisation; `final` releases what is left."""

    action: Literal["capturePayment"]
    amount: Amount
    merchantReference: MerchantReference | None = None
    final: Annotated[bool, Field(description="Whether what is left is released: false where left out.")] = (
        False
    )


class RefundPayment(Body):
    """Refund a part or all of what was captured; `transactionId` bounds it by one Charge."""

    action: Literal["refundPayment"]
    amount: Amount
    merchantReference: MerchantReference | None = None
    transactionId: Annotated[str, Field(pattern=UUID_FORM)] | None = None


class CancelPayment(Body):
    """Cancel all that is not captured."""

    action: Literal["cancelPayment"]
    merchantReference: MerchantReference | None = None


class ReversePayment(Body):
    """Cancel what is not captured, and refund what is captured and not refunded."""

    action: Literal["reversePayment"]
    merchantReference: MerchantReference | None = None


Action = Annotated[
    CapturePayment | RefundPayment | CancelPayment | ReversePayment, Field(discriminator="action")
]


class PaymentIntentUpdate(Body):
    """Exactly one action a call."""

    actions: Annotated[list[Action], Field(min_length=1, max_length=1)]


class CheckoutLinkRequest(Body):
    """`expiresIn` in seconds."""

    cartId: Annotated[str, Field(pattern=UUID_FORM)]
    mode: Literal["widget", "redirect", "direct"] | None = None
    language: Annotated[str, Field(pattern=LANGUAGE_FORM)] | None = None
    expiresIn: Annotated[
        int, Field(ge=60, le=30 * 24 * 3600, description="Seconds: 86400 (a day) where left out.")
    ] = 24 * 3600


class PaymentRequest(BaseModel):
    """All optional; unknown fields are ignored, as by commercetools' own connectors."""

    model_config = ConfigDict(extra="ignore", strict=True, hide_input_in_errors=True)

    languageCode: Annotated[str, Field(pattern=LANGUAGE_FORM)] | None = None
    paymentMethod: Annotated[PaymentMethod, Field(strict=False)] | None = None
    mode: Literal["widget", "redirect", "direct"] | None = None


class PaymentStarted(BaseModel):
    """A live session; the same again while it lives."""

    redirectURL: str
    sessionId: str
    paymentReference: str


class CheckoutLink(BaseModel):
    """`expires` in Unix seconds."""

    url: str
    expires: int


class WidgetAssets(BaseModel):
    script: str
    style: str


class OperationsConfig(BaseModel):
    """Of the store of the session's cart only. No `paymentMethods`: all of the point of sale."""

    environment: Literal["HOMOLOGATION", "PRODUCTION"]
    mode: Literal["widget", "redirect", "direct"]
    widget: WidgetAssets
    paymentMethods: list[str]


class Check(BaseModel):
    name: str
    status: UpOrDown
    message: str | None = None
    details: dict[str, Any] | None = None


class OperationsStatus(BaseModel):
    """As commercetools' connectors answer it to the Merchant Center."""

    status: Literal["OK", "Partially Available", "Unavailable"]
    timestamp: datetime
    version: str
    metadata: dict[str, str]
    checks: list[Check]


class Dropin(BaseModel):
    type: Literal["hpp", "embedded"]


class PaymentComponents(BaseModel):
    dropins: list[Dropin]
    components: list[dict[str, Any]]
    express: list[dict[str, Any]]


class EventsConfirmed(BaseModel):
    """The answer to Event Grid's handshake: its own code."""

    validationResponse: str


class ApiDescription(RootModel[dict[str, Any]]):
    """An OpenAPI 3.1 document."""


class Alive(BaseModel):
    """The process serves."""

    status: Literal["OK"]


Why = Literal["unreachable", "timed_out", "refused", "failed"]
"""Why a remote is of no use: not reached, late, it takes no key, or any other answer than it should give."""


class StoreReady(BaseModel):
    """How Monext answers one store. Without `store`, it holds for every store."""

    store: str | None = None
    environment: Literal["HOMOLOGATION", "PRODUCTION"]
    monext: UpOrDown
    key: Literal["accepted", "refused", "unknown"]
    why: Why | None = None


class RemotesReady(BaseModel):
    """Whether each remote answered when it was last asked, some seconds ago at most. Monext is UP where it works for
    any store. `commercetoolsWhy` and `stores` are for who presents METRICS_TOKEN as a bearer token."""

    commercetools: UpOrDown
    monext: UpOrDown
    commercetoolsWhy: Why | None = None
    stores: list[StoreReady] | None = None


class ErrorDetail(BaseModel):
    """`field` names the member, header or parameter at fault, with dots between levels."""

    code: Annotated[str, Field(json_schema_extra={"enum": list(ERROR_CODES)})]
    message: str
    field: str | None = None


class ErrorResponse(BaseModel):
    """The error shape of every JSON endpoint; `error` and `error_description` come with 401 and 403."""

    message: str
    statusCode: int
    errors: list[ErrorDetail]
    error: str | None = None
    error_description: str | None = None
