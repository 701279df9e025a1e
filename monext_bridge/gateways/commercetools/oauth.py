"""Gets tokens by the client credentials flow, and introspects them.

https://docs.commercetools.com/api/authorization
"""

from __future__ import annotations

import base64
import re

from monext_bridge.config import ClientCredentials, CommercetoolsSettings
from monext_bridge.errors import RemoteUnavailable
from monext_bridge.gateways.commercetools.answers import Json, document
from monext_bridge.gateways.commercetools.tokens import Grant
from monext_bridge.gateways.http import HttpAnswer, HttpClient
from monext_bridge.gateways.rotation import Rotation

GRANT_ROUTE = "/oauth/token"
INTROSPECTION_ROUTE = "/oauth/introspect"
INTROSPECTION_TIMEOUT = 3.0
"""Seconds; every call of a back office waits for the introspection."""

SENDABLE_TOKEN = re.compile("[!-~]{1,8192}")
"""What an `Authorization` header can carry."""

LONGEST_LIFE = 366 * 24 * 3600
"""Seconds for which a token is used at most, whatever its `expires_in`."""

ApiClients = Rotation[ClientCredentials]


def api_clients(settings: CommercetoolsSettings) -> ApiClients:
    """Returns the API clients of the settings, of which one is in use at a time."""
    return Rotation(settings.clients(), remote="commercetools", setting="CTP_CLIENT_SECRET")


def fetch_grant(client: HttpClient, clients: ApiClients) -> Grant:
    """Fetches a new token. It has all scopes of the client, since none is asked for. Raises RemoteError."""
    form = {"grant_type": "client_credentials"}

    def send(api_client: ClientCredentials) -> HttpAnswer:
        return client.send("POST", GRANT_ROUTE, route=GRANT_ROUTE, form=form, headers=_basic(api_client))

    body = document(clients.send(send, proves=_is_taken), what=f"POST {GRANT_ROUTE}")
    token, life = body.get("access_token"), body.get("expires_in")
    usable = isinstance(token, str) and SENDABLE_TOKEN.fullmatch(token)
    if not usable or not isinstance(life, int) or isinstance(life, bool) or life < 1:
        raise RemoteUnavailable("the authorisation server gave no token", remote="commercetools")
    return Grant(str(token), expires_in=float(min(life, LONGEST_LIFE)))


def granted_scopes(settings: CommercetoolsSettings, api_client: ClientCredentials) -> frozenset[str]:
    """Returns the scopes of an API client, each with its project (`manage_payments:shop`). May be repeated.

    Raises RemoteRefused where the client is refused, RemoteUnavailable.
    """
    answer = HttpClient(remote="commercetools", base_url=settings.auth_url).send(
        "POST",
        GRANT_ROUTE,
        route=GRANT_ROUTE,
        form={"grant_type": "client_credentials"},
        headers=_basic(api_client),
    )
    scope = document(answer, what=f"POST {GRANT_ROUTE}").get("scope")
    return frozenset(scope.split()) if isinstance(scope, str) else frozenset()


def introspect(client: HttpClient, clients: ApiClients, *, token: str) -> Json:
    """Returns what is known of somebody's token. Raises RemoteError, whose text does not hold the token."""

    def send(api_client: ClientCredentials) -> HttpAnswer:
        return client.send(
            "POST",
            INTROSPECTION_ROUTE,
            route=INTROSPECTION_ROUTE,
            form={"token": token},
            headers=_basic(api_client),
            read_timeout=INTROSPECTION_TIMEOUT,
        )

    return document(clients.send(send, proves=_is_taken), what=f"POST {INTROSPECTION_ROUTE}")


def _is_taken(answer: HttpAnswer) -> bool:
    return 200 <= answer.status < 300


def _basic(api_client: ClientCredentials) -> dict[str, str]:
    pair = f"{api_client.id}:{api_client.secret.get_secret_value()}"
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
