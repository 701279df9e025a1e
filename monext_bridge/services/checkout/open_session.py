"""Opens a session for a payment attempt.

First the attempt is recorded. Then the session is opened and the payment put on the cart, at the same time.
Last, the session is written into the record.

hop 2   POST payment (or PATCH of an empty one)   and   GET customer
hop 3   POST Monext session                       and   POST cart addPayment
hop 4   POST payment: session, planned transaction, redirect URL
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from monext_bridge.config import CaptureType, Settings, StoreSettings
from monext_bridge.domain.checkout import AttemptPlan, AttemptTerms, terms_digest
from monext_bridge.domain.ids import SessionToken
from monext_bridge.domain.outcome import monext_reference
from monext_bridge.domain.record import (
    AddTransaction,
    AttemptKey,
    AttemptStatus,
    Cart,
    ChangeAmountPlanned,
    Customer,
    Payment,
    SetInterfaceId,
    SetKey,
    SetStatusText,
    TransactionState,
    TransactionType,
    Update,
    attempt_status,
    not_payable,
)
from monext_bridge.errors import (
    DuplicateField,
    RemoteError,
    RemoteRefused,
    RemoteUnavailable,
    VersionConflict,
)
from monext_bridge.logs import event
from monext_bridge.mapping.monext import CreatedSession, SessionDraft, SessionOptions
from monext_bridge.runtime import together
from monext_bridge.services.payment_reference import ReferenceSigner
from monext_bridge.services.remotes import CommercetoolsRecords, MonextPayments
from monext_bridge.services.results import PaymentReference

log = logging.getLogger(__name__)

TRIES = 5
PLANNED_TYPE = {
    CaptureType.AUTOMATIC: TransactionType.CHARGE,
    CaptureType.MANUAL: TransactionType.AUTHORIZATION,
}


@dataclass(frozen=True, slots=True)
class Outdated:
    """What was read has changed: read the cart and plan again, with `known` beside the payments on it."""

    known: Payment | None = None


@dataclass(frozen=True, slots=True)
class SessionOpener:
    settings: Settings
    records: CommercetoolsRecords
    monext_payments: MonextPayments
    references: ReferenceSigner
    clock: Callable[[], datetime]

    def open(
        self,
        todo: AttemptPlan,
        *,
        cart: Cart,
        terms: AttemptTerms,
        store: StoreSettings,
        language: str | None,
    ) -> Payment | Outdated:
        """Return the payment with a live session: ours, or that of another start that was faster.

        A session whose cart moved meanwhile is never shown. `language` is the one that the start asked for and
        the cart was read in: two readings of a cart compare only in the same language. Raises RemoteError.
        """
        payment, customer = together(
            lambda: self._payment(todo, cart=cart, terms=terms), lambda: self._customer(cart)
        )
        if isinstance(payment, Outdated):
            return payment
        begun = self.clock()
        draft = self._draft(
            payment, todo.key, cart=cart, customer=customer, terms=terms, store=store, language=language
        )
        session, attached = together(
            lambda: self.monext_payments.open_session(store, draft),
            lambda: self._add_to_cart(payment, cart, language=language),
        )
        if attached is None or not self._unchanged(attached, terms=terms, digest=todo.key.digest):
            event(
                log, "cart_changed", payment=payment.id, cart=cart.id, then="session dropped, started again"
            )
            return Outdated()
        return self._record_session(payment, session, key=todo.key, terms=terms, store=store, begun=begun)

    def _payment(self, todo: AttemptPlan, *, cart: Cart, terms: AttemptTerms) -> Payment | Outdated:
        """Return the attempt's record: an empty one, now filled, a new one, or the one that has this key already."""
        try:
            if todo.fill:
                return self.records.write(todo.fill, tuple(_fill_updates(todo.fill, todo.key, terms)))
            return self.records.create_payment(
                todo.key, amount=terms.due, interface=terms.interface, cart=cart
            )
        except VersionConflict:
            return Outdated()
        except DuplicateField:
            existing = self.records.payment_by_key(todo.key)
            return existing if attempt_status(existing) is AttemptStatus.EMPTY else Outdated(known=existing)

    def _customer(self, cart: Cart) -> Customer | None:
        """Return what is known of the buyer, for Monext. A payment does not fail for want of it."""
        if cart.customer_id is None:
            return None
        try:
            return self.records.customer(cart.customer_id)
        except RemoteError as error:
            event(log, "customer_not_read", level=logging.WARNING, cart=cart.id, why=str(error))
            return None

    def _add_to_cart(self, payment: Payment, cart: Cart, *, language: str | None) -> Cart | None:
        """Put the payment on the cart, and return the cart as it reads with it.

        None where the payment can't be put on it any more.
        """
        current: Cart | None = cart
        for _ in range(TRIES):
            if current is None:
                return None
            if any(p.id == payment.id for p in current.payments):
                return current if current is not cart else self.records.cart(cart.id, language=language)
            try:
                return self.records.add_to_cart(current, payment.id, language=language)
            except VersionConflict:
                current = self.records.cart(cart.id, language=language)
            except RemoteRefused:
                now = self.records.cart(cart.id, language=language)
                if now and (now.version, now.locked) == (current.version, current.locked):
                    raise
                return None
        raise RemoteUnavailable(f"cart {cart.id} keeps changing", remote="commercetools")

    def _unchanged(self, cart: Cart, *, terms: AttemptTerms, digest: str) -> bool:
        """Whether the cart is still payable, and has the same contents, addresses and amount."""
        due = cart.due(interfaces=frozenset(self.settings.interfaces))
        if not_payable(cart, due=due, currencies=self.settings.currencies):
            return False
        return terms_digest(cart, replace(terms, due=due)) == digest

    def _draft(
        self,
        payment: Payment,
        key: AttemptKey,
        *,
        cart: Cart,
        customer: Customer | None,
        terms: AttemptTerms,
        store: StoreSettings,
        language: str | None,
    ) -> SessionDraft:
        reference = PaymentReference(
            payment_id=payment.id,
            cart_id=cart.id,
            store_key=cart.store_key,
            order_number=terms.order_number,
            return_url=terms.return_url,
            cancel_url=terms.cancel_url,
            language=language,
        )
        signed = self.references.sign(reference)
        private = {"commercetoolsPaymentID": payment.id, "cartId": cart.id, "storeKey": cart.store_key or ""}
        return SessionDraft(
            cart=cart,
            customer=customer,
            due=terms.due,
            reference=monext_reference(terms.order_number, attempt=key.attempt),
            point_of_sale=store.point_of_sale,
            capture=store.capture.value,
            payment_method_ids=terms.payment_method_ids,
            language=terms.language,
            return_url=f"{self.settings.public_url}/return/{signed}",
            notification_url=f"{self.settings.public_url}/notification/{signed}",
            private_data=private,
            date=self.clock(),
            options=_session_options(terms, store=store),
        )

    def _record_session(
        self,
        payment: Payment,
        session: CreatedSession,
        *,
        key: AttemptKey,
        terms: AttemptTerms,
        store: StoreSettings,
        begun: datetime,
    ) -> Payment | Outdated:
        """Write the session into the record, unless another start's session is there already.

        Returns Outdated where the record was filled for another amount or cart meanwhile: its session is not
        for ours.
        """
        token = SessionToken(session.token)
        updates: tuple[Update, ...] = (
            SetInterfaceId(token),
            SetStatusText(session.redirect_url),
            AddTransaction(PLANNED_TYPE[store.capture], TransactionState.INITIAL, terms.due, token, begun),
        )
        for _ in range(TRIES):
            try:
                written = self.records.write(payment, updates)
            except VersionConflict:
                payment = self.records.payment(payment.id)
                if payment.key != str(key) or payment.planned != terms.due:
                    return Outdated()
                if payment.interface_id is not None:
                    return payment
                continue
            event(log, "session_opened", payment=payment.id, capture=store.capture.value)
            return written
        raise RemoteUnavailable(f"payment {payment.id} is contended", remote="commercetools")


def _session_options(terms: AttemptTerms, *, store: StoreSettings) -> SessionOptions:
    return SessionOptions(
        fallback_method_ids=terms.fallback_method_ids,
        page_code=store.wishes.page_code,
        soft_descriptor=store.wishes.soft_descriptor,
        challenge=store.wishes.challenge,
    )


def _fill_updates(payment: Payment, key: AttemptKey, terms: AttemptTerms) -> Iterator[Update]:
    if payment.key != str(key):
        yield SetKey(str(key))
    if payment.planned != terms.due:
        yield ChangeAmountPlanned(terms.due)
