"""Plays commercetools as far as the gateway's tests need it: tokens and error answers."""

from __future__ import annotations

import base64
from collections.abc import Callable
from threading import Lock
from typing import Any

from pydantic import SecretStr

from monext_bridge.config import CommercetoolsSettings
from monext_bridge.gateways.commercetools.api import CommercetoolsGateway
from monext_bridge.gateways.http.client import Timeouts
from tests.gateways.remotes import AMPLE_TIMEOUTS, Remote, Request, client

SECRET = "the-client-secret"


class Project:
    """A project that grants the tokens `t1`, `t2` …, and answers 401 to all tokens that are not `accepted`."""

    def __init__(self, reply: Callable[[Request], tuple[int, Any]]) -> None:
        self.reply = reply
        self.granted = 0
        self.accepted: set[str] = set()
        self.unauthenticated = 0
        self._lock = Lock()

    def __call__(self, request: Request) -> tuple[int, Any]:
        with self._lock:
            if request.target == "/oauth/token":
                self.granted += 1
                self.accepted.add(f"Bearer t{self.granted}")
                return 200, {"access_token": f"t{self.granted}", "expires_in": 172800}
            if request.headers.get("authorization") not in self.accepted:
                self.unauthenticated += 1
                return 401, error(401, "invalid_token")
        return self.reply(request)


def error(status: int, code: str, **more: object) -> dict[str, Any]:
    """Give an error in commercetools' format."""
    return {"statusCode": status, "message": f"because {code}", "errors": [{"code": code, **more}]}


def gateway_to(
    url: str, *, auth_url: str = "", session_url: str | None = "same", timeouts: Timeouts = AMPLE_TIMEOUTS
) -> CommercetoolsGateway:
    settings = CommercetoolsSettings(
        project_key="shop",
        client_ids=("client",),
        client_secrets=(SecretStr(SECRET),),
        auth_url=auth_url or url,
        api_url=url,
        session_url=url if session_url == "same" else session_url,
        jwks_url=None,
        jwt_issuer=None,
    )
    api, auth = client(url, timeouts=timeouts), client(settings.auth_url, timeouts=timeouts)
    sessions = client(url, timeouts=timeouts) if settings.session_url else None
    return CommercetoolsGateway(settings, api=api, auth=auth, sessions=sessions)


def requests_but_tokens(remote: Remote) -> list[Request]:
    """Give all requests but those for a token."""
    return [request for request in remote.requests if request.target != "/oauth/token"]


def basic_credentials() -> str:
    """Give the client's credentials in the form of HTTP Basic."""
    return base64.b64encode(f"client:{SECRET}".encode()).decode()
