"""Looks up which principal the endpoint of a request declares, and checks the bearer token where one is the proof.

A remote is asked about a token that is not known here only while its address has not brought too many made-up ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext

from flask import Flask, request

from monext_bridge.errors import Forbidden, Unauthenticated
from monext_bridge.services.access import ApiClient, Principals, ScopeMissing
from monext_bridge.services.operations import AuditedAct
from monext_bridge.web.access.api_clients import actor_of, remember_client
from monext_bridge.web.access.rate_limiter import rate_limits
from monext_bridge.web.endpoints import Endpoint, Endpoints, Principal

TokenCheck = Callable[[Principals, str], ApiClient | None]

BY_TOKEN: Mapping[Principal, TokenCheck] = {
    Principal.BACK_OFFICE: Principals.back_office,
    Principal.MERCHANT_CENTER: Principals.merchant_center,
}
"""Principals that are proved here, by the bearer token."""

AT_THE_ENDPOINT = frozenset(
    {
        Principal.ANYBODY,
        Principal.LINK,
        Principal.REFERENCE,
        Principal.SESSION,
        Principal.OPERATOR,
        Principal.SUBSCRIPTION,
    }
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
            with _told_of_refusal(declared):
                client = _prove_by_token(principals, principal)
            if client is not None:
                remember_client(client)
        elif principal not in AT_THE_ENDPOINT:
            raise Forbidden("nobody may call this")

    app.before_request(prove)


def _prove_by_token(principals: Principals, principal: Principal) -> ApiClient | None:
    token = bearer(request.headers.get("Authorization"))
    asks = principal is Principal.BACK_OFFICE and principals.asks_about(token)
    with rate_limits().asking() if asks else nullcontext():
        return BY_TOKEN[principal](principals, token)


@contextmanager
def _told_of_refusal(declared: Endpoint | None) -> Iterator[None]:
    """Tell of an API client that called an endpoint which moves money, and has no scope for it."""
    try:
        yield
    except ScopeMissing as error:
        if declared and declared.moves_money:
            act = AuditedAct(actor_of(error.client))
            act.fails(error)
            act.tell()
        raise


def bearer(header: str | None) -> str:
    """Return the token of an `Authorization: Bearer …` (RFC 6750), its form unchecked. Raises Unauthenticated."""
    scheme, _, token = (header or "").partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated("a bearer token is needed", field="Authorization")
    return token
