"""Finds out what a checkout session of commercetools tells, by one that a person lends. It is only read."""

from __future__ import annotations

from monext_bridge.errors import Conflict, RemoteNotFound
from monext_bridge.gateways.commercetools import CommercetoolsGateway
from monext_bridge.mapping.commercetools import read_checkout_session
from monext_bridge.services.homologation.facts import Found, known


def check_session(gateway: CommercetoolsGateway, session_id: str) -> Found:
    """Read the session. Raises Conflict where there is none, SettingsError without CTP_SESSION_URL, RemoteError."""
    try:
        session = read_checkout_session(gateway.get_session(session_id))
    except RemoteNotFound as error:
        raise Conflict("there is no checkout session of this id") from error
    told = f"active: {session.active}, a cart: {session.cart_id is not None}"
    yield "shop_session", known(session.active and session.cart_id is not None, told)
    ends = session.expires is not None
    yield "shop_session_ends", known(ends, "told" if ends else "not told, or without a zone")
