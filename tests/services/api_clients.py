"""Gives tokens for clients of the operations API, from the sandbox's commercetools, and the checks of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import requests

from monext_bridge.gateways.commercetools.api import CommercetoolsGateway
from monext_bridge.services.access.principals import Principals
from sandbox.runner import Sandbox
from tests.bridges import InProcess
from tests.manual_clock import ManualClock


def client_id(*scopes: str) -> str:
    """Give the id of the client with these scopes, as long as commercetools' own are."""
    return hashlib.sha256(" ".join(scopes).encode()).hexdigest()[:24]


class Tokens:
    """Fetches tokens from commercetools: OAuth2 tokens of API clients, JSON Web Tokens of the Merchant Center."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.url = sandbox.commercetools_url
        self._http = requests.Session()
        self._http.trust_env = False

    def oauth(self, *scopes: str) -> str:
        """Fetch a new token for a client with these scopes, which are named without the project."""
        client = {"id": client_id(*scopes), "secret": "secret-of-a-client", "scopes": scopes}
        self._post("/_control/clients", json=client)
        grant = {"grant_type": "client_credentials"}
        return str(
            self._post("/oauth/token", data=grant, auth=(client["id"], client["secret"]))["access_token"]
        )

    def revoke(self) -> None:
        """End all tokens now. The bridge fetches itself another."""
        self._post("/_control/revoke-tokens")

    def jwt(self, *, expires_in: int = 300, **claims: Any) -> str:
        """Make a token of the Merchant Center. `claims` replace its own claims; None removes one."""
        body = {"claims": claims, "expiresIn": expires_in}
        return str(self._post("/_control/jwt", json=body)["token"])

    def jwt_of_project(self, project: object) -> str:
        claims: dict[str, Any] = {f"{self.url}/claims/project_key": project}
        return self.jwt(**claims)

    def keys(self) -> list[dict[str, Any]]:
        answer = self._http.get(f"{self.url}/.well-known/jwks.json", timeout=60)
        return list(answer.json()["keys"])

    def _post(self, path: str, **options: Any) -> dict[str, Any]:
        answer = self._http.post(f"{self.url}{path}", timeout=60, **options)
        answer.raise_for_status()
        return dict(answer.json())


def principals_of(
    bridge: InProcess,
    *,
    monotonic: ManualClock | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Principals:
    """Make the check of principals for a bridge, with clocks that a test may choose."""
    gateway = CommercetoolsGateway(bridge.settings.commercetools)
    return Principals(bridge.settings, gateway, clock=clock, monotonic=monotonic or ManualClock())
