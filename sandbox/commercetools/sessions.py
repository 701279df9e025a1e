"""Checkout sessions: https://docs.commercetools.com/checkout/sessions-api"""

from datetime import timedelta
from typing import Any

from sandbox.commercetools.errors import not_found
from sandbox.commercetools.references import resolve
from sandbox.commercetools.schema import IdentifierDraft, Strict, parse
from sandbox.commercetools.state import Project
from sandbox.commercetools.wire import Json, instant, new_id, read_instant

DEFAULT_LIFETIME = 48 * 3600


class CartRefDraft(Strict):
    """Which cart is paid."""

    cartRef: IdentifierDraft


class SessionDraft(Strict):
    """A session of a cart."""

    cart: CartRefDraft
    metadata: dict[str, Any] | None = None


def create_session(project: Project, body: object) -> Json:
    """A session by the public API; raises InvalidJsonInput and ReferencedResourceNotFound."""
    draft = parse(SessionDraft, body)
    cart = resolve(project, draft.cart.cartRef, kind="cart")
    return store_session(project, cart_id=cart["id"], metadata=draft.metadata or {})


def store_session(
    project: Project,
    *,
    cart_id: str,
    metadata: Json,
    state: str = "Active",
    lifetime: int = DEFAULT_LIFETIME,
) -> Json:
    """A session of the cart, for `lifetime` seconds."""
    now = project.clock()
    session: Json = {
        "id": new_id(),
        "version": 1,
        "state": state,
        "activeCart": {"cartRef": {"typeId": "cart", "id": cart_id}},
        "metadata": metadata,
        "createdAt": instant(now),
        "expiresAt": instant(now + timedelta(seconds=lifetime)),
    }
    project.sessions[session["id"]] = session
    return session


def get_session(project: Project, session_id: str) -> Json:
    """The session, with state Expired after its end; raises ResourceNotFound."""
    session = project.sessions.get(session_id)
    if session is None:
        raise not_found(session_id)
    ends = read_instant(session["expiresAt"])
    expired = session["state"].casefold() == "active" and ends is not None and ends <= project.clock()
    told = {**session, "state": "Expired"} if expired else session
    if project.conditions.differences.session_ends:
        return told
    return {name: value for name, value in told.items() if name != "expiresAt"}
