"""Looks up which principal the endpoint of a request declares, and checks the bearer token where one is the proof.

A remote is asked about a token that is not known here only while its address has not brought too many made-up ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext

from flask import Flask, request

from monext_bridge.errors import Forbidden, Unauthenticated
from monext_bridge.services.access import Principals
from monext_bridge.web.access.rate_limiter import rate_limits
from monext_bridge.web.endpoints import Endpoints, Principal

TokenCheck = Callable[[Principals, str], None]

BY_TOKEN: Mapping[Principal, TokenCheck] = {
    Principal.BACK_OFFICE: Principals.back_office,
    Principal.MERCHANT_CENTER: Principals.merchant_center,
}
"""Principals that are proved here, by the bearer token."""

AT_THE_ENDPOINT = frozenset(
    {Principal.ANYBODY, Principal.LINK, Principal.REFERENCE, Principal.SESSION, Principal.SUBSCRIPTION}
)
"""Principals that need no proof, or are proved once the path, the query or the body has been read."""


def init_principals(app: Flask, *, principals: Principals, endpoints: Endpoints) -> None:
    """Make `app` refuse endpoints that are not declared, and tokens that do not prove the declared principal."""

    def prove() -> None:
        if request.endpoint is None:
            return  # Flask answers: there is no such path, or it does not have this method
        declared = endpoints.get(request.endpoint)
        principal = declared.caller if declared else None
        if principal is not None and principal in BY_TOKEN:
            _prove_by_token(principals, principal)
        elif principal not in AT_THE_ENDPOINT:
            raise Forbidden("nobody may call this")

    app.before_request(prove)


def _prove_by_token(principals: Principals, principal: Principal) -> None:
    token = bearer(request.headers.get("Authorization"))
    asks = principal is Principal.BACK_OFFICE and principals.asks_about(token)
    with rate_limits().asking() if asks else nullcontext():
        BY_TOKEN[principal](principals, token)


def bearer(header: str | None) -> str:
    """Return the token of an `Authorization: Bearer …` (RFC 6750), its form unchecked. Raises Unauthenticated."""
    scheme, _, token = (header or "").partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated("a bearer token is needed", field="Authorization")
    return token
