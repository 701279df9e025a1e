"""Checks that a buyer may pay a cart, and under which rules.

`CHECKOUT_ACCESS` decides whether the cart's id is enough, or a signed link, a shop session or a reference is needed.
"""

from __future__ import annotations

from dataclasses import replace

from werkzeug.datastructures import MultiDict

from monext_bridge.config import Access
from monext_bridge.domain.ids import CartId
from monext_bridge.errors import Forbidden, Unauthenticated
from monext_bridge.services.checkout import Proof, StartOptions, under_reference, under_session
from monext_bridge.web.access import check_link, looking_up, rate_limits
from monext_bridge.web.endpoints import RateLimitKey
from monext_bridge.web.http import services
from monext_bridge.web.pages import apply_branding, hinted_store_key, speak


def proved_options(cart: CartId, given: MultiDict[str, str], *, options: StartOptions) -> StartOptions:
    """Return the start options under the rules of the proof that is given, by a query or by a form.

    A session counts before a reference, and a reference before a signature: the first that is given decides, and is
    refused where it is not good. What is proved counts for the cart; where the cart's id is all there is, that proves
    itself once it is read. Raises Malformed, Forbidden, LinkExpired, and RemoteError where a session can't be asked.
    """
    settings, now = services().settings, services().machine_clock()
    session, reference = _session(given), given.get("ref")
    if session is not None:
        return _by_session(cart, session, options=options)
    if reference is not None:
        return _by_reference(cart, reference, options=options)
    if settings.access is Access.OPEN:
        return replace(options, proof=Proof(Access.OPEN))
    expires = check_link(cart, given, keys=settings.link_secrets, now=now.timestamp())
    rate_limits().count_proved(RateLimitKey.CART, cart)
    return replace(options, proof=Proof(Access.SIGNED, expires))


def is_id_enough(given: MultiDict[str, str]) -> bool:
    """Tell whether the cart's id is all the proof there is, and all that is needed."""
    return services().settings.access is Access.OPEN and _session(given) is None and given.get("ref") is None


def _session(given: MultiDict[str, str]) -> str | None:
    """Return the session that is to prove the start, where sessions can be looked up."""
    return given.get("session") if services().settings.commercetools.session_url else None


def _by_session(cart: CartId, session_id: str, *, options: StartOptions) -> StartOptions:
    """Let a session prove the start. One that is for another cart proves nothing about this one."""
    unknown = Forbidden("no such session of this cart", field="session")
    with looking_up(f"{session_id} {cart}", key=RateLimitKey.CART, name=cart, unknown=unknown):
        try:
            session = services().sessions.active(session_id)
            if session.cart_id != cart:
                raise Forbidden("the session is for another cart", field="session")
            return under_session(options, session, now=services().machine_clock())
        except Unauthenticated as error:
            raise Forbidden(str(error), field="session") from error


def _by_reference(cart: CartId, ref: str, *, options: StartOptions) -> StartOptions:
    """Read the reference. An error from here on has its store's branding and is in its language."""
    reference = services().references.read(ref)
    apply_branding(hinted_store_key(reference.store_mark), home=options.cancel_url)
    speak(options.language or reference.language)
    settings, now = services().settings, services().machine_clock()
    proved = under_reference(options, reference, cart_id=cart, settings=settings, now=now)
    rate_limits().count_proved(RateLimitKey.CART, cart)
    return proved
