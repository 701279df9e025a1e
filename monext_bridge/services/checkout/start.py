"""Starts or resumes the payment of a cart: starts with equal terms share one live session.

Every step may be repeated, by the same buyer or by two at once. The payment's key is computed from the cart, so
a second creation conflicts and reads the first. A start that loses the write of the session shows the winner's.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from monext_bridge.config import Settings, StoreSettings
from monext_bridge.domain.checkout import AttemptPlan, AttemptTerms, own_attempts, plan_attempt, terms_digest
from monext_bridge.domain.ids import CartId
from monext_bridge.domain.monext import Outcome, OutcomeKind
from monext_bridge.domain.outcome import order_number, order_number_of_reference
from monext_bridge.domain.record import AttemptKey, AttemptStatus, Cart, Payment, attempt_status, not_payable
from monext_bridge.errors import (
    CartNotPayable,
    EarlierAttemptUnknown,
    NotFound,
    RemoteError,
    RemoteUnavailable,
    TooMany,
    VersionConflict,
)
from monext_bridge.logs import event
from monext_bridge.mapping.monext import language_code
from monext_bridge.runtime import together
from monext_bridge.services.checkout.open_session import Outdated, SessionOpener
from monext_bridge.services.checkout.options import StartOptions, chosen_contracts, second_choice
from monext_bridge.services.outcome import ContextReader, OutcomeRecorder
from monext_bridge.services.payment_reference import ReferenceSigner
from monext_bridge.services.remotes import CommercetoolsRecords, MonextPayments
from monext_bridge.services.results import ExistingPayment, PaymentReference, StartedSession

log = logging.getLogger(__name__)

TRIES = 5
MOST_LIVE_SESSIONS = 10
"""How many sessions of one cart may be payable at a time.

Monext is asked about each of them before another is opened.
"""

RESULT_FIRST = (AttemptStatus.PAID, AttemptStatus.AUTHORIZED, AttemptStatus.PENDING)


@dataclass(frozen=True, slots=True)
class Checkout:
    settings: Settings
    records: CommercetoolsRecords
    contexts: ContextReader
    monext_payments: MonextPayments
    outcome_recorder: OutcomeRecorder
    session_opener: SessionOpener
    references: ReferenceSigner
    clock: Callable[[], datetime]

    def start(
        self, cart_id: CartId, options: StartOptions, *, on_cart: Callable[[Cart], None] = lambda _: None
    ) -> StartedSession | ExistingPayment:
        """Return the session to show, or the payment whose result comes first.

        `on_cart` is called with the cart once it is read, so that whatever is raised then can be said in its
        language.

        Raises NotFound (no such cart), CartNotPayable, StoreNotConfigured, Malformed (a method that the store
        does not have), TooMany, RemoteError. This start took no money then, and starting again is harmless.
        Only after EarlierAttemptUnknown an earlier start may have taken some.
        """
        known: tuple[Payment, ...] = ()
        for _ in range(TRIES):
            cart = self.records.cart(cart_id, language=options.language)
            if cart is None:
                raise NotFound(f"no cart {cart_id}")
            on_cart(cart)
            started = self._try_once(cart, options, known=known)
            if not isinstance(started, Outdated):
                return started
            known = (*known, started.known) if started.known else known
        raise RemoteUnavailable(f"cart {cart_id} keeps changing", remote="commercetools")

    def _try_once(
        self, cart: Cart, options: StartOptions, *, known: tuple[Payment, ...]
    ) -> StartedSession | ExistingPayment | Outdated:
        """Try once. `known` are attempts of the cart that are not on it (any more)."""
        store = self.settings.store(cart.store_key)
        listed = {p.id for p in cart.payments}
        with_known = replace(cart, payments=(*cart.payments, *(p for p in known if p.id not in listed)))
        attempts = own_attempts(cart.id, with_known.payments, interfaces=frozenset(self.settings.interfaces))
        finished = next((p for p in reversed(attempts) if attempt_status(p) in RESULT_FIRST), None)
        if finished:
            return self._existing_payment(finished, cart, store, options)
        terms = self._terms(cart, store, options)
        plan = plan_attempt(
            cart,
            attempts=attempts,
            wanted=terms_digest(cart, terms),
            interface=terms.interface,
            now=self.clock(),
            minutes=store.session_minutes,
        )
        if len(plan.ask) > MOST_LIVE_SESSIONS:
            raise TooMany("too many payments of this cart were begun; wait until the first of them end")
        if plan.reuse:
            return self._resume(plan.reuse, cart, terms, store, options)
        earlier = self._ask_earlier(plan, cart, store, options)
        if earlier:
            return earlier
        opened = self.session_opener.open(
            plan, cart=cart, terms=terms, store=store, language=options.language
        )
        return opened if isinstance(opened, Outdated) else self._show(opened, cart, terms, store, options)

    def _resume(
        self, payment: Payment, cart: Cart, terms: AttemptTerms, store: StoreSettings, options: StartOptions
    ) -> StartedSession | Outdated:
        if all(p.id != payment.id for p in cart.payments):
            try:
                self.records.add_to_cart(cart, payment.id, language=options.language)
            except VersionConflict:
                return Outdated(known=payment)
        event(log, "session_resumed", payment=payment.id)
        return self._show(payment, cart, terms, store, options)

    def _show(
        self, payment: Payment, cart: Cart, terms: AttemptTerms, store: StoreSettings, options: StartOptions
    ) -> StartedSession:
        if payment.interface_id is None or not payment.status_text:
            raise RemoteUnavailable(f"payment {payment.id} lost its session", remote="commercetools")
        reference = self._reference(payment, cart, store, options)
        return StartedSession(
            reference=self.references.sign(reference),
            payment_id=payment.id,
            token=payment.interface_id,
            redirect_url=payment.status_text,
            cart=cart,
            due=terms.due,
            widget_url=store.widget_url,
            language=options.language or cart.locale,
        )

    def _existing_payment(
        self, payment: Payment, cart: Cart, store: StoreSettings, options: StartOptions
    ) -> ExistingPayment:
        reference = self._reference(payment, cart, store, options)
        return ExistingPayment(
            reference=self.references.sign(reference),
            payment_id=payment.id,
            returned=attempt_status(payment) is AttemptStatus.RETURNED,
        )

    def _reference(
        self, payment: Payment, cart: Cart, store: StoreSettings, options: StartOptions
    ) -> PaymentReference:
        return PaymentReference(
            payment_id=payment.id,
            cart_id=cart.id,
            store_key=cart.store_key,
            order_number=options.order_number or order_number(cart.id),
            return_url=options.return_url or store.return_url,
            cancel_url=options.cancel_url or store.cancel_url,
            language=options.language,
        )

    def _terms(self, cart: Cart, store: StoreSettings, options: StartOptions) -> AttemptTerms:
        interfaces = frozenset(self.settings.interfaces)
        due = cart.due(interfaces=interfaces)
        reason = not_payable(cart, due=due, currencies=self.settings.currencies)
        if reason:
            raise CartNotPayable(reason.value)
        return AttemptTerms(
            due=due,
            payment_method_ids=chosen_contracts(store.contracts, options),
            language=language_code(options.language or cart.locale),
            return_url=options.return_url or store.return_url,
            cancel_url=options.cancel_url or store.cancel_url,
            order_number=options.order_number or order_number(cart.id),
            interface=options.interface or self.settings.interfaces[0],
            fallback_method_ids=second_choice(store, options),
        )

    def _ask_earlier(
        self, plan: AttemptPlan, cart: Cart, store: StoreSettings, options: StartOptions
    ) -> ExistingPayment | None:
        """Record the outcomes of sessions that earlier starts opened. Monext is asked about all at the same time.

        The outcome of every one is recorded. Returns the payment whose result comes first, if there is one.
        Raises EarlierAttemptUnknown where one can't be read or written: a second payment is worse than a wait.
        """
        opened = [(p, p.interface_id) for p in plan.ask if p.interface_id is not None]
        if not opened:
            return None
        answers = together(*(partial(self.monext_payments.ask, store, token) for _, token in opened))
        outcomes = [
            (
                p,
                self.monext_payments.sort(
                    answer, session_over=self.outcome_recorder.is_session_over(p, store)
                ),
            )
            for (p, _), answer in zip(opened, answers, strict=True)
        ]
        after = [self._record_earlier(p, outcome, cart, store, options) for p, outcome in outcomes]
        if any(unknown for _, unknown in after):
            raise EarlierAttemptUnknown(
                f"an earlier session of cart {cart.id} can't be read", remote="monext"
            )
        found = [p for p, _ in after if attempt_status(p) in (*RESULT_FIRST, AttemptStatus.RETURNED)]
        kept = [p for p in found if attempt_status(p) is not AttemptStatus.RETURNED]
        return self._existing_payment((kept or found)[0], cart, store, options) if found else None

    def _record_earlier(
        self, payment: Payment, outcome: Outcome, cart: Cart, store: StoreSettings, options: StartOptions
    ) -> tuple[Payment, bool]:
        """Return the payment as it reads after its outcome was recorded, and whether the outcome is not known."""
        if outcome.kind in (OutcomeKind.UNKNOWN, OutcomeKind.NOT_BEGUN):
            return payment, outcome.kind is OutcomeKind.UNKNOWN
        reference = self._reference(payment, cart, store, options)
        key = AttemptKey.parse(payment.key)
        if outcome.order_reference and key:
            number = order_number_of_reference(outcome.order_reference, attempt=key.attempt)
            reference = replace(reference, order_number=number)
        try:
            recorded = self.outcome_recorder.record(reference, self.contexts.read(reference), outcome=outcome)
        except RemoteError as error:
            event(
                log, "earlier_attempt_not_recorded", level=logging.ERROR, payment=payment.id, why=str(error)
            )
            return payment, True
        written = recorded.context.payment
        unknown = recorded.outcome is not None and recorded.outcome.kind is OutcomeKind.UNKNOWN
        return written, unknown
