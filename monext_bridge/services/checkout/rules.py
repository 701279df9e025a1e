"""Applies to a start what the shop has allowed: by a shop session, or by an earlier start that made a reference.

What was allowed comes before what the link says. A reference carries the rules of its start to every way back into
the payment, and opens it for as long as the proof of that start would have.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from monext_bridge.config import Access, Settings
from monext_bridge.domain.ids import CartId
from monext_bridge.errors import Forbidden, LinkExpired, Unauthenticated
from monext_bridge.services.checkout.options import Proof, StartOptions
from monext_bridge.services.checkout.shop_session import ShopSession
from monext_bridge.services.results import PaymentReference

SESSION_LASTS = timedelta(hours=48)
"""How long commercetools keeps a checkout session. No start by a session opens the payment again for longer."""

PROVED = (Access.SIGNED, Access.SESSION)
"""Where CHECKOUT_ACCESS is not open, either of these is enough."""


def under_session(options: StartOptions, session: ShopSession, *, now: datetime) -> StartOptions:
    """Return the options under what a shop session allows. Raises Unauthenticated where it has ended."""
    if session.expires is not None and session.expires <= now:
        raise Unauthenticated("the session has ended")
    ends = min(session.expires or now + SESSION_LASTS, now + SESSION_LASTS)
    allowed = session.options
    return replace(
        options,
        return_url=allowed.return_url or options.return_url,
        order_number=allowed.order_number,
        interface=allowed.interface,
        allowed_methods=allowed.allowed_methods,
        proof=Proof(Access.SESSION, int(ends.timestamp())),
    )


def under_reference(
    options: StartOptions, reference: PaymentReference, *, cart_id: CartId, settings: Settings, now: datetime
) -> StartOptions:
    """Return the options under the rules of the start that made the reference; its access is neither more nor longer.

    Landing pages that the query names count only where nothing was proved: others need the proof again. Raises
    Forbidden where the reference is another cart's, or proves less than CHECKOUT_ACCESS asks for now;
    LinkExpired where its access has ended. Whatever is raised here, the reference still shows its payment's result.
    """
    if reference.cart_id != cart_id:
        raise Forbidden("the reference is for another cart", field="ref")
    if not _is_proved(reference, settings=settings):
        raise Forbidden(f"the reference does not prove {settings.access} access", field="ref")
    if _has_ended(reference, now=now):
        raise LinkExpired("the access of the reference has ended", field="ref")
    allowed = (
        options if reference.access is Access.OPEN else replace(options, return_url=None, cancel_url=None)
    )
    return replace(
        allowed,
        order_number=reference.order_number,
        interface=_interface(reference, settings=settings),
        allowed_methods=tuple(sorted(reference.methods)),
        proof=Proof(reference.access, reference.expires),
        came_by=reference,
    )


def opens_checkout(reference: PaymentReference, *, settings: Settings, now: datetime) -> bool:
    """Tell whether a start may come by this reference, so that a page may lead back to the payment."""
    return _is_proved(reference, settings=settings) and not _has_ended(reference, now=now)


def _is_proved(reference: PaymentReference, *, settings: Settings) -> bool:
    return settings.access is Access.OPEN or reference.access in PROVED


def _has_ended(reference: PaymentReference, *, now: datetime) -> bool:
    return reference.expires is not None and reference.expires < now.timestamp()


def _interface(reference: PaymentReference, *, settings: Settings) -> str | None:
    if reference.interface is None:
        return None
    if reference.interface >= len(settings.interfaces):
        raise Forbidden("the reference names a payment interface that is no longer ours", field="ref")
    return settings.interfaces[reference.interface]
