"""Describes the proofs of principals as OpenAPI security schemes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from monext_bridge.web.endpoints import Principal

Json = dict[str, Any]

SCOPES = {
    "manage_checkout_payment_intents:{projectKey}": "captures, refunds, cancels, checkout links",
    "manage_project:{projectKey}": "everything in the project",
}
"""Scopes of the back office's token. Each of them is enough."""


@dataclass(frozen=True, slots=True)
class RequiredProof:
    """What a principal has to prove: one of the alternatives in `security`.

    `tag` groups the endpoints of the principal. `shown_as` is the header of an example, with a shell variable
    for the secret.
    """

    tag: str
    security: tuple[Json, ...] = ()
    shown_as: tuple[str, str] | None = None


ACCESS: Mapping[Principal, RequiredProof] = {
    Principal.BACK_OFFICE: RequiredProof(
        "Back office",
        tuple({"commercetools": [scope]} for scope in SCOPES),
        shown_as=("Authorization", "Bearer $TOKEN"),
    ),
    Principal.SESSION: RequiredProof(
        "Shop page", ({"session": []},), shown_as=("X-Session-Id", "$SESSION_ID")
    ),
    Principal.MERCHANT_CENTER: RequiredProof(
        "Merchant Center", ({"merchantCenter": []},), shown_as=("Authorization", "Bearer $JWT")
    ),
    Principal.SUBSCRIPTION: RequiredProof(
        "Shipments",
        ({"eventsBearer": []}, {"eventsSecret": []}),
        shown_as=("Authorization", "Bearer $EVENTS_SECRET"),
    ),
    Principal.ANYBODY: RequiredProof("Open"),
}
"""The principals of JSON endpoints. Buyers and Monext's notifications are not described."""


def security_schemes(*, auth_url: str) -> Json:
    """Return the schemes. `auth_url` is the authorization server of the commercetools project."""
    return {
        "commercetools": {
            "type": "oauth2",
            "description": "A token of the commercetools project, with one of the scopes.",
            "flows": {"clientCredentials": {"tokenUrl": f"{auth_url}/oauth/token", "scopes": SCOPES}},
        },
        "merchantCenter": _bearer("The token that the Merchant Center sends to connectors.", form="JWT"),
        "session": {
            "type": "apiKey",
            "in": "header",
            "name": "X-Session-Id",
            "description": "The id of an active commercetools session of the cart.",
        },
        "eventsBearer": _bearer("EVENTS_SECRET, or Google's token where EVENTS_OIDC_AUDIENCE is set."),
        "eventsSecret": {"type": "apiKey", "in": "query", "name": "secret", "description": "EVENTS_SECRET."},
    }


def _bearer(description: str, *, form: str | None = None) -> Json:
    scheme = {"type": "http", "scheme": "bearer", "description": description}
    return scheme | {"bearerFormat": form} if form else scheme
