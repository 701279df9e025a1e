"""Holds what an endpoint declares, once and at its view: who calls it, how often, for how long, and what it answers.

Whatever treats endpoints differently (proofs, rate limits, deadlines, CORS, error pages, the OpenAPI description,
`docs/api.md`) asks the declaration. An application with an endpoint that declares nothing does not start.
"""

from monext_bridge.web.endpoints.deadlines import (
    BUYER_SECONDS,
    NOTIFICATION_SECONDS,
    OPERATION_SECONDS,
    OTHER_SECONDS,
)
from monext_bridge.web.endpoints.declared import (
    Endpoints,
    UndeclaredEndpoint,
    declared_endpoints,
    endpoints_of,
    method_of,
)
from monext_bridge.web.endpoints.description import Description, Json, Parameter
from monext_bridge.web.endpoints.endpoint import Answers, BuyerVisit, Cors, Endpoint, Navigated
from monext_bridge.web.endpoints.principals import Principal
from monext_bridge.web.endpoints.rate_limits import (
    KNOWN,
    KNOWN_FROM,
    LOOK_UPS,
    NOTIFICATION,
    NOTIFICATIONS,
    POLLS,
    REFUSALS,
    REPORTS,
    SESSION,
    SHOP,
    START,
    STARTS,
    UNLIMITED,
    Counted,
    RateLimit,
    RateLimitKey,
)

__all__ = [
    "BUYER_SECONDS",
    "KNOWN",
    "KNOWN_FROM",
    "LOOK_UPS",
    "NOTIFICATION",
    "NOTIFICATIONS",
    "NOTIFICATION_SECONDS",
    "OPERATION_SECONDS",
    "OTHER_SECONDS",
    "POLLS",
    "REFUSALS",
    "REPORTS",
    "SESSION",
    "SHOP",
    "START",
    "STARTS",
    "UNLIMITED",
    "Answers",
    "BuyerVisit",
    "Cors",
    "Counted",
    "Description",
    "Endpoint",
    "Endpoints",
    "Json",
    "Navigated",
    "Parameter",
    "Principal",
    "RateLimit",
    "RateLimitKey",
    "UndeclaredEndpoint",
    "declared_endpoints",
    "endpoints_of",
    "method_of",
]
