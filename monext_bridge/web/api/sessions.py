"""Reads the session by which a shop's server or page proves a call, and counts the call for it."""

from __future__ import annotations

from flask import request

from monext_bridge.errors import Unauthenticated
from monext_bridge.services.checkout import ShopSession
from monext_bridge.web.access import looking_up
from monext_bridge.web.endpoints import RateLimitKey
from monext_bridge.web.http import services


def active_session() -> ShopSession:
    """Return the session in X-Session-Id, and what it says of its cart.

    Raises Unauthenticated without one that is active, and what `ShopSessions.active` raises.
    """
    session_id = request.headers.get("X-Session-Id")
    if not session_id:
        raise Unauthenticated("X-Session-Id is missing", field="X-Session-Id")
    unknown = Unauthenticated("no such session")
    with looking_up(session_id, key=RateLimitKey.SESSION, name=session_id, unknown=unknown):
        return services().sessions.active(session_id)
