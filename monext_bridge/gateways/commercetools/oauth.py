"""Gets tokens by the client credentials flow, and introspects them.

https://docs.commercetools.com/api/authorization
"""

from __future__ import annotations

import base64

from monext_bridge.config import CommercetoolsSettings
from monext_bridge.errors import RemoteUnavailable
from monext_bridge.gateways.commercetools.answers import Json, document
from monext_bridge.gateways.commercetools.tokens import Grant
from monext_bridge.gateways.http import HttpClient

GRANT_ROUTE = "/oauth/token"
INTROSPECTION_ROUTE = "/oauth/introspect"
INTROSPECTION_TIMEOUT = 3.0
"""Seconds; every call of a back office waits for the introspection."""


def fetch_grant(client: HttpClient, settings: CommercetoolsSettings) -> Grant:
    """Fetches a new token. It has all scopes of the client, since none is asked for. Raises RemoteError."""
    answer = client.send(
        "POST",
        GRANT_ROUTE,
        route=GRANT_ROUTE,
        form={"grant_type": "client_credentials"},
        headers=_basic(settings),
    )
    body = document(answer, what=f"POST {GRANT_ROUTE}")
    token, life = body.get("access_token"), body.get("expires_in")
    if not isinstance(token, str) or not token or not isinstance(life, int) or life < 1:
        raise RemoteUnavailable("the authorisation server gave no token", remote="commercetools")
    return Grant(token, expires_in=float(life))


def introspect(client: HttpClient, settings: CommercetoolsSettings, *, token: str) -> Json:
    """Returns what is known of somebody's token. Raises RemoteError, whose text does not hold the token."""
    answer = client.send(
        "POST",
        INTROSPECTION_ROUTE,
        route=INTROSPECTION_ROUTE,
        form={"token": token},
        headers=_basic(settings),
        read_timeout=INTROSPECTION_TIMEOUT,
    )
    return document(answer, what=f"POST {INTROSPECTION_ROUTE}")


def _basic(settings: CommercetoolsSettings) -> dict[str, str]:
    pair = f"{settings.client_id}:{settings.client_secret.get_secret_value()}"
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
