"""Reads commercetools checkout sessions: whose cart may be paid, and what the shop asked for in the metadata."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from monext_bridge.concerns import now_concerns
from monext_bridge.config import Settings
from monext_bridge.domain.ids import CartId, OrderNumber
from monext_bridge.domain.outcome import FUTURE_ORDER_NUMBER
from monext_bridge.errors import Malformed, RemoteRefused, RemoteUnavailable, Unauthenticated
from monext_bridge.gateways.commercetools import CommercetoolsGateway
from monext_bridge.mapping.commercetools import CheckoutSession, read_checkout_session
from monext_bridge.services.checkout.options import StartOptions
from monext_bridge.services.outcome import allowed_landing_url
from monext_bridge.services.payment_reference import LONGEST_NUMBER, has_room_for_id

SESSION_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


@dataclass(frozen=True, slots=True)
class ShopSession:
    """What an active session says. `expires` is None where commercetools does not say it."""

    cart_id: CartId
    options: StartOptions
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class ShopSessions:
    settings: Settings
    gateway: CommercetoolsGateway

    def active(self, session_id: str) -> ShopSession:
        """Return the cart and the start options of an active session.

        Raises Unauthenticated for a session that is malformed, unknown or not active; Malformed for metadata that
        can't be followed (a landing URL of a foreign host, a list in place of a text), or a cart whose id is none
        of commercetools; RemoteUnavailable where commercetools can't be asked; RemoteRefused where it refuses our
        own client.
        """
        if self.settings.commercetools.session_url is None:
            raise RemoteUnavailable("CTP_SESSION_URL is not set", remote="commercetools")
        if not SESSION_ID.fullmatch(session_id):
            raise Unauthenticated("the session id is malformed", field="X-Session-Id")
        try:
            session = read_checkout_session(self.gateway.get_session(session_id))
        except RemoteRefused as error:
            if error.status not in (400, 404):
                raise  # our own client is refused, which is not the caller's fault
            raise Unauthenticated("no such session") from error
        if not session.active or session.cart_id is None:
            raise Unauthenticated("the session is not active")
        if not has_room_for_id(session.cart_id):
            raise Malformed("the session's cart has no id of commercetools", field="cart")
        now_concerns(cart=session.cart_id)
        return ShopSession(CartId(session.cart_id), self._options(session), session.expires)

    def _options(self, session: CheckoutSession) -> StartOptions:
        for name in session.unreadable:
            raise Malformed("the session's metadata has it in a form that can't be followed", field=name)
        return StartOptions(
            return_url=allowed_landing_url(
                session.return_url, field="merchantReturnUrl", settings=self.settings
            ),
            order_number=_order_number(session.order_number),
            interface=self._interface(session.interface),
            allowed_methods=session.allowed_methods,
        )

    def _interface(self, name: str | None) -> str | None:
        if name is None or name in self.settings.interfaces:
            return name
        raise Malformed("the session names a payment interface that is not ours", field="paymentInterface")


def _order_number(number: str | None) -> OrderNumber | None:
    if number is None:
        return None
    if not FUTURE_ORDER_NUMBER.fullmatch(number) or not _has_room(number):
        raise Malformed(
            "an order number has 1 to 46 characters, at most 46 bytes in UTF-8, and no '/'",
            field="futureOrderNumber",
        )
    return OrderNumber(number)


def _has_room(number: str) -> bool:
    """Whether a payment reference has room for it. Halves of a surrogate pair can't be written at all."""
    try:
        return len(number.encode()) <= LONGEST_NUMBER
    except UnicodeEncodeError:
        return False
