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
from monext_bridge.web.access import check_link
from monext_bridge.web.http import services
from monext_bridge.web.pages import apply_branding, hinted_store_key, speak


def proved_options(cart: CartId, given: MultiDict[str, str], *, options: StartOptions) -> StartOptions:
    """Return the start options under the rules of the proof that is given, by a query or by a form.

    A session counts before a reference, and a reference before a signature: the first that is given decides, and is
    refused where it is not good. Raises Malformed, Forbidden, LinkExpired, and RemoteError where a session can't be
    asked.
    """
    settings, now = services().settings, services().machine_clock()
    session, reference = given.get("session"), given.get("ref")
    if session is not None and settings.commercetools.session_url:
        return _by_session(cart, session, options=options)
    if reference is not None:
        return _by_reference(cart, reference, options=options)
    if settings.access is Access.OPEN:
        return replace(options, proof=Proof(Access.OPEN))
    expires = check_link(cart, given, keys=settings.link_secrets, now=now.timestamp())
    return replace(options, proof=Proof(Access.SIGNED, expires))


def _by_session(cart: CartId, session_id: str, *, options: StartOptions) -> StartOptions:
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
    return under_reference(options, reference, cart_id=cart, settings=settings, now=now)
