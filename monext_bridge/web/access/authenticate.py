"""The door: every request's caller is looked up in the table, and proved where a token tells."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Flask, request

from monext_bridge.errors import Forbidden, Unauthenticated
from monext_bridge.services.access import Principals
from monext_bridge.web.access.endpoint_callers import PRINCIPALS, Principal

TokenCheck = Callable[[Principals, str], None]

BY_TOKEN: Mapping[Principal, TokenCheck] = {
    Principal.BACK_OFFICE: Principals.back_office,
    Principal.MERCHANT_CENTER: Principals.merchant_center,
}
"""Who is proved here, by the bearer token."""

AT_THE_ENDPOINT = frozenset(
    {Principal.ANYBODY, Principal.LINK, Principal.REFERENCE, Principal.SESSION, Principal.SUBSCRIPTION}
)
"""Who is proved where the path, the query or the body has been read, or needs no proof."""


def init_principals(
    app: Flask, *, principals: Principals, table: Mapping[str, Principal] = PRINCIPALS
) -> None:
    """From now on `app` serves no endpoint whose caller is not in the table and proved."""

    def prove() -> None:
        if request.endpoint is None:
            return  # no such path, or not this method: Flask answers
        caller = table.get(request.endpoint)
        if caller is not None and caller in BY_TOKEN:
            BY_TOKEN[caller](principals, bearer(request.headers.get("Authorization")))
        elif caller not in AT_THE_ENDPOINT:
            raise Forbidden("nobody may call this")

    app.before_request(prove)


def bearer(header: str | None) -> str:
    """The token of an `Authorization: Bearer …` (RFC 6750), its form unchecked. Raises Unauthenticated."""
    scheme, _, token = (header or "").partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated("a bearer token is needed", field="Authorization")
    return token
