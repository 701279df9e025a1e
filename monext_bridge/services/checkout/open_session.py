"""Opens a session for a payment attempt.

First the attempt is recorded. Then the session is opened and the payment put on the cart, at the same time.
Last, the session is written into the record.

hop 2   POST payment (or PATCH of an empty one)   and   GET customer
hop 3   POST Monext session                       and   POST cart addPayment
hop 4   POST payment: session, planned transaction, redirect URL, landing pages
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import zip_longest

from monext_bridge.concerns import now_concerns
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
    SetStartNote,
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
    VersionConflict,
)
from monext_bridge.logs import event
from monext_bridge.mapping.monext import CreatedSession, SessionDraft, SessionOptions
from monext_bridge.runtime import RecordClock, together
from monext_bridge.services.checkout.resolved import ResolvedStart
from monext_bridge.services.payment_reference import ReferenceSigner
from monext_bridge.services.remotes import CommercetoolsRecords, MonextPayments, decide_and_write

log = logging.getLogger(__name__)

PLANNED_TYPE = {
    CaptureType.AUTOMATIC: TransactionType.CHARGE,
    CaptureType.MANUAL: TransactionType.AUTHORIZATION,
}


CUSTOMER = "customer"
"""The type of a customer at commercetools, and the field of a payment that names one."""


class Outdated(VersionConflict):
    """What was read has changed: read the cart and plan again, with `known` beside the payments on it."""

    def __init__(self, known: Payment | None = None) -> None:
        super().__init__("the cart has changed since it was read", remote="commercetools", status=409)
        self.known = known


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A payment with a live session, and the signed reference of the start."""

    payment: Payment
    reference: str


@dataclass(frozen=True, slots=True)
class SessionOpener:
    settings: Settings
    records: CommercetoolsRecords
    monext_payments: MonextPayments
    references: ReferenceSigner
    clock: RecordClock

    def open(
        self,
        todo: AttemptPlan,
        *,
        start: ResolvedStart,
        terms: AttemptTerms,
    ) -> OpenedSession:
        """Return the payment with a live session: ours, or that of another start that was faster.

        A session whose cart moved meanwhile is never shown: it raises Outdated. Raises RemoteError.
        """
        cart = start.cart
        payment, customer = together(
            lambda: self._payment(todo, cart=cart, terms=terms), lambda: self._customer(cart)
        )
        now_concerns(payment=payment.id)
        begun = self.clock.stamp()
        reference = self.references.sign(start.reference(payment.id))
        draft = self._draft(
            payment, todo.key, start=start, customer=customer, terms=terms, reference=reference
        )
        session, attached = together(
            lambda: self.monext_payments.open_session(start.store, draft),
            lambda: self._add_to_cart(payment, cart, language=start.language),
        )
        if attached is None or not self._unchanged(attached, terms=terms, digest=todo.key.digest):
            event(
                log, "cart_changed", payment=payment.id, cart=cart.id, then="session dropped, started again"
            )
            raise Outdated
        recorded = self._record_session(payment, session, key=todo.key, start=start, terms=terms, begun=begun)
        return OpenedSession(recorded, reference)

    def _payment(self, todo: AttemptPlan, *, cart: Cart, terms: AttemptTerms) -> Payment:
        """Return the attempt's record: an empty one, now filled, a new one, or the one that has this key already."""
        try:
            if todo.fill:
                return self.records.write(todo.fill, tuple(_fill_updates(todo.fill, todo.key, terms)))
            return self._create_payment(todo.key, cart=cart, terms=terms)
        except DuplicateField as error:
            existing = self.records.payment_by_key(todo.key)
            if attempt_status(existing) is not AttemptStatus.EMPTY:
                raise Outdated(existing) from error
            return existing

    def _create_payment(self, key: AttemptKey, *, cart: Cart, terms: AttemptTerms) -> Payment:
        """Create the record. A cart keeps the id of a customer who was deleted: its payment is then a guest's."""
        create = partial(
            self.records.create_payment, key, amount=terms.due, interface=terms.interface, cart=cart
        )
        try:
            return create()
        except RemoteRefused as error:
            if cart.customer_id is None or not _refuses_customer(error):
                raise
            event(log, "customer_gone", cart=cart.id, then="the payment is recorded as a guest's")
            return create(as_guest=True)

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

        def add(current: Cart | None) -> Cart | None:
            if current is None:
                return None
            if any(p.id == payment.id for p in current.payments):
                return current if current is not cart else self.records.cart(cart.id, language=language)
            try:
                return self.records.add_to_cart(current, payment.id, language=language)
            except VersionConflict:
                raise
            except RemoteRefused:
                now = self.records.cart(cart.id, language=language)
                if now and (now.version, now.locked) == (current.version, current.locked):
                    raise
                return None

        first: Cart | None = cart
        return decide_and_write(
            first,
            add,
            again=lambda _: self.records.cart(cart.id, language=language),
            what=f"cart {cart.id}",
        )

    def _unchanged(self, cart: Cart, *, terms: AttemptTerms, digest: str) -> bool:
        """Whether the cart is still payable, and has the same contents, addresses and amount."""
        settings, due = self.settings, cart.due(interfaces=frozenset(self.settings.interfaces))
        if not_payable(
            cart, due=due, currencies=settings.currencies, digital_types=settings.digital_product_types
        ):
            return False
        return terms_digest(cart, replace(terms, due=due)) == digest

    def _draft(
        self,
        payment: Payment,
        key: AttemptKey,
        *,
        start: ResolvedStart,
        customer: Customer | None,
        terms: AttemptTerms,
        reference: str,
    ) -> SessionDraft:
        cart, store = start.cart, start.store
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
            return_url=f"{self.settings.public_url}/return/{reference}",
            notification_url=f"{self.settings.public_url}/notification/{reference}",
            private_data=private,
            date=self.clock.stamp(),
            options=_session_options(terms, store=store),
        )

    def _record_session(
        self,
        payment: Payment,
        session: CreatedSession,
        *,
        key: AttemptKey,
        start: ResolvedStart,
        terms: AttemptTerms,
        begun: datetime,
    ) -> Payment:
        """Write the session into the record, unless another start's session is there already.

        Raises Outdated where the record was filled for another amount or cart meanwhile: its session is not
        for ours.
        """
        kind, token = PLANNED_TYPE[start.store.capture], SessionToken(session.token)
        planned = AddTransaction(kind, TransactionState.INITIAL, terms.due, token, begun)

        def write(current: Payment) -> Payment | None:
            if current.key != str(key) or current.planned != terms.due:
                return None
            if current.interface_id is not None:
                return current
            noted = SetStartNote(start.note(current))
            written = self.records.write(current, (*_session_updates(session, planned), noted))
            event(log, "session_opened", payment=payment.id, capture=start.store.capture.value)
            return written

        recorded = decide_and_write(
            payment,
            write,
            again=lambda _: self.records.payment(payment.id),
            what=f"payment {payment.id}",
        )
        if recorded is None:
            raise Outdated
        return recorded


def _session_updates(session: CreatedSession, planned: AddTransaction) -> tuple[Update, ...]:
    return (SetInterfaceId(SessionToken(session.token)), SetStatusText(session.redirect_url), planned)


def _session_options(terms: AttemptTerms, *, store: StoreSettings) -> SessionOptions:
    return SessionOptions(
        fallback_method_ids=terms.fallback_method_ids,
        page_code=store.wishes.page_code,
        soft_descriptor=store.wishes.soft_descriptor,
        challenge=store.wishes.challenge,
    )


def _refuses_customer(error: RemoteRefused) -> bool:
    """Tells whether commercetools refuses a payment because of the customer whom it names, as far as it says."""
    missing = ("ReferencedResourceNotFound", "ResourceNotFound")
    about = zip_longest(error.codes, error.about, fillvalue="")
    return any(
        (code in missing and what in ("", CUSTOMER)) or (code == "InvalidField" and CUSTOMER in what)
        for code, what in about
    )


def _fill_updates(payment: Payment, key: AttemptKey, terms: AttemptTerms) -> Iterator[Update]:
    if payment.key != str(key):
        yield SetKey(str(key))
    if payment.planned != terms.due:
        yield ChangeAmountPlanned(terms.due)
