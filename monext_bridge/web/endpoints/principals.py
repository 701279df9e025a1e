"""Names the principals: who calls an endpoint, and how they prove it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum


class Principal(Enum):
    """Who calls an endpoint, and how they prove it."""

    ANYBODY = "open: tells nothing and changes nothing"
    LINK = "a buyer with a cart id and, where CHECKOUT_ACCESS is not open, a signed link, a session or a reference"
    REFERENCE = "a buyer or Monext, with a reference that this bridge signed"
    SESSION = "a shop's page, with an active commercetools session in X-Session-Id"
    BACK_OFFICE = "an API client of the project, with an OAuth2 bearer token of the right scope"
    MERCHANT_CENTER = "the Merchant Center, with its JWT as a bearer token"
    OPERATOR = "a program of the operator, with METRICS_TOKEN as a bearer token"
    SUBSCRIPTION = (
        "commercetools' messages by way of a cloud, with EVENTS_SECRET, Google's token or SNS's signature"
    )


USUAL_CALLERS: Mapping[Principal, str] = {
    Principal.ANYBODY: "anybody",
    Principal.LINK: "buyer",
    Principal.REFERENCE: "buyer",
    Principal.SESSION: "shop's server or page, with a session",
    Principal.BACK_OFFICE: "back office",
    Principal.MERCHANT_CENTER: "Merchant Center",
    Principal.OPERATOR: "Prometheus",
    Principal.SUBSCRIPTION: "subscription of commercetools",
}
"""Who usually calls with such a proof, in the words of `docs/api.md`."""
