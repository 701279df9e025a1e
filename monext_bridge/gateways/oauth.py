"""The client credentials flow. https://docs.commercetools.com/api/authorization"""

from __future__ import annotations

import base64

from monext_bridge.config import CommercetoolsSettings
from monext_bridge.errors import RemoteUnavailable
from monext_bridge.gateways.commercetools_answers import document
from monext_bridge.gateways.http import HttpClient
from monext_bridge.gateways.tokens import Grant

ROUTE = "/oauth/token"


def fetch_grant(client: HttpClient, settings: CommercetoolsSettings) -> Grant:
    """A new token with the client's own scopes, for none is asked for. Raises RemoteError."""
    pair = f"{settings.client_id}:{settings.client_secret.get_secret_value()}"
    answer = client.send(
        "POST",
        ROUTE,
        route=ROUTE,
        form={"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"},
    )
    body = document(answer, what=f"POST {ROUTE}")
    token, life = body.get("access_token"), body.get("expires_in")
    if not isinstance(token, str) or not token or not isinstance(life, int) or life < 1:
        raise RemoteUnavailable("the authorisation server gave no token", remote="commercetools")
    return Grant(token, expires_in=float(life))
