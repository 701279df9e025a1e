"""The door: every request's caller is looked up in the table, and proved where a token tells."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Flask, request

from monext_bridge.errors import Forbidden, Unauthenticated
from monext_bridge.services.access.principals import Callers
from monext_bridge.web.access.endpoint_callers import CALLERS, Caller

Proof = Callable[[Callers, str], None]

BY_TOKEN: Mapping[Caller, Proof] = {
    Caller.BACK_OFFICE: Callers.back_office,
    Caller.MERCHANT_CENTER: Callers.merchant_center,
}
"""Who is proved here, by the bearer token."""

AT_THE_ENDPOINT = frozenset(
    {Caller.ANYBODY, Caller.LINK, Caller.REFERENCE, Caller.SESSION, Caller.SUBSCRIPTION}
)
"""Who is proved where the path, the query or the body has been read, or needs no proof."""


def init_callers(app: Flask, *, callers: Callers, table: Mapping[str, Caller] = CALLERS) -> None:
    """From now on `app` serves no endpoint whose caller is not in the table and proved."""

    def prove() -> None:
        if request.endpoint is None:
            return  # no such path, or not this method: Flask answers
        caller = table.get(request.endpoint)
        if caller is not None and caller in BY_TOKEN:
            BY_TOKEN[caller](callers, bearer(request.headers.get("Authorization")))
        elif caller not in AT_THE_ENDPOINT:
            raise Forbidden("nobody may call this")

    app.before_request(prove)


def bearer(header: str | None) -> str:
    """The token of an `Authorization: Bearer …` (RFC 6750), its form unchecked. Raises Unauthenticated."""
    scheme, _, token = (header or "").partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated("a bearer token is needed", field="Authorization")
    return token
