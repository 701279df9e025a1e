"""Callers of the operations API, with tokens of the sandbox's commercetools; and what proves them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import requests

from monext_bridge.gateways.commercetools.api import CommercetoolsGateway
from monext_bridge.services.access.principals import Principals
from sandbox.runner import Sandbox
from tests.bridges import InProcess
from tests.manual_clock import Ticking


class Tokens:
    """What commercetools hands out: OAuth2 tokens to API clients, JSON Web Tokens to the Merchant Center."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.url = sandbox.commercetools_url
        self._http = requests.Session()
        self._http.trust_env = False

    def oauth(self, *scopes: str) -> str:
        """A new token of a client with these scopes, which are named without the project."""
        client = {"id": f"client-{'-'.join(scopes)}", "secret": "secret-of-a-client", "scopes": scopes}
        self._post("/_control/clients", json=client)
        grant = {"grant_type": "client_credentials"}
        return str(
            self._post("/oauth/token", data=grant, auth=(client["id"], client["secret"]))["access_token"]
        )

    def revoke(self) -> None:
        """All tokens end now; the bridge gets itself another."""
        self._post("/_control/revoke-tokens")

    def jwt(self, *, expires_in: int = 300, **claims: Any) -> str:
        """A token of the Merchant Center; claims that are given replace its own, None takes one out."""
        body = {"claims": claims, "expiresIn": expires_in}
        return str(self._post("/_control/jwt", json=body)["token"])

    def jwt_of_project(self, project: object) -> str:
        claims: dict[str, Any] = {f"{self.url}/claims/project_key": project}
        return self.jwt(**claims)

    def keys(self) -> list[dict[str, Any]]:
        answer = self._http.get(f"{self.url}/.well-known/jwks.json", timeout=10)
        return list(answer.json()["keys"])

    def _post(self, path: str, **options: Any) -> dict[str, Any]:
        answer = self._http.post(f"{self.url}{path}", timeout=10, **options)
        answer.raise_for_status()
        return dict(answer.json())


def callers_of(
    bridge: InProcess,
    *,
    monotonic: Ticking | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Principals:
    gateway = CommercetoolsGateway(bridge.settings.commercetools)
    return Principals(bridge.settings, gateway, clock=clock, monotonic=monotonic or Ticking())
