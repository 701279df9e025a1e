"""Starts or resumes the payment of a cart: starts with equal terms share one live session.

Every step may be repeated, by the same buyer or by two at once. The payment's key is computed from the cart, so
a second creation conflicts and reads the first. A start that loses the write of the session shows the winner's.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from monext_bridge.concerns import concerning, now_concerns
from monext_bridge.config import Settings
from monext_bridge.domain.checkout import AttemptPlan, AttemptTerms, own_attempts, plan_attempt, terms_digest
from monext_bridge.domain.ids import CartId, SessionToken
from monext_bridge.domain.monext import Outcome, OutcomeKind
from monext_bridge.domain.money import Money
from monext_bridge.domain.outcome import order_number_of_reference
from monext_bridge.domain.record import AttemptKey, AttemptStatus, Cart, Payment, SetStartNote, attempt_status
from monext_bridge.errors import (
    EarlierAttemptUnknown,
    NotFound,
    RemoteError,
    RemoteUnavailable,
    TooMany,
    VersionConflict,
)
from monext_bridge.logs import event
from monext_bridge.runtime import RecordClock, together
from monext_bridge.services.checkout.open_session import Outdated, SessionOpener
from monext_bridge.services.checkout.options import StartOptions
from monext_bridge.services.checkout.resolved import ResolvedStart, attempt_terms, resolve_start
from monext_bridge.services.outcome import ContextReader, OutcomeRecorder
from monext_bridge.services.payment_reference import ReferenceSigner
from monext_bridge.services.remotes import CommercetoolsRecords, MonextPayments, decide_and_write
from monext_bridge.services.results import ExistingPayment, StartedSession

log = logging.getLogger(__name__)

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
    clock: RecordClock

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
        known: list[Payment] = []

        def read() -> Cart:
            cart = self.records.cart(cart_id, language=options.known_language)
            if cart is None:
                raise NotFound(f"no cart {cart_id}")
            now_concerns(cart=cart.id, store=cart.store_key)
            on_cart(cart)
            return cart

        def read_again(conflict: VersionConflict) -> Cart:
            if isinstance(conflict, Outdated) and conflict.known:
                known.append(conflict.known)
            return read()

        return decide_and_write(
            read(),
            lambda cart: self._try_once(cart, options, known=tuple(known)),
            again=read_again,
            what=f"cart {cart_id}",
        )

    def _try_once(
        self, cart: Cart, options: StartOptions, *, known: tuple[Payment, ...]
    ) -> StartedSession | ExistingPayment:
        """Try once. `known` are attempts of the cart that are not on it (any more)."""
        start = resolve_start(cart, options, settings=self.settings)
        listed = {p.id for p in cart.payments}
        with_known = replace(cart, payments=(*cart.payments, *(p for p in known if p.id not in listed)))
        attempts = own_attempts(cart.id, with_known.payments, interfaces=frozenset(self.settings.interfaces))
        finished = next((p for p in reversed(attempts) if attempt_status(p) in RESULT_FIRST), None)
        if finished:
            return self._existing_payment(finished, start)
        terms = attempt_terms(start, settings=self.settings)
        plan = plan_attempt(
            cart,
            attempts=attempts,
            wanted=terms_digest(cart, terms),
            interface=terms.interface,
            now=self.clock.now(),
            minutes=start.store.session_minutes,
        )
        if len(plan.ask) > MOST_LIVE_SESSIONS:
            raise TooMany("too many payments of this cart were begun; wait until the first of them end")
        if plan.reuse:
            return self._resume(plan.reuse, start, due=terms.due)
        return self._ask_earlier(plan, start) or self._open(plan, start, terms)

    def _open(self, plan: AttemptPlan, start: ResolvedStart, terms: AttemptTerms) -> StartedSession:
        _say_what_does_not_count(start.cart)
        opened = self.session_opener.open(plan, start=start, terms=terms)
        noted = self._noted(opened.payment, start)
        return _started(noted, start, reference=opened.reference, due=terms.due)

    def _resume(self, payment: Payment, start: ResolvedStart, *, due: Money) -> StartedSession:
        cart = start.cart
        now_concerns(payment=payment.id)
        if all(p.id != payment.id for p in cart.payments):
            try:
                self.records.add_to_cart(cart, payment.id, language=start.language)
            except VersionConflict as error:
                raise Outdated(payment) from error
        noted = self._noted(payment, start)
        event(log, "session_resumed", payment=payment.id)
        reference = self.references.sign(start.reference(payment.id))
        return _started(noted, start, reference=reference, due=due)

    def _existing_payment(self, payment: Payment, start: ResolvedStart) -> ExistingPayment:
        now_concerns(payment=payment.id)
        noted = self._noted(payment, start)
        return ExistingPayment(
            reference=self.references.sign(start.reference(payment.id)),
            payment_id=payment.id,
            returned=attempt_status(noted) is AttemptStatus.RETURNED,
        )

    def _noted(self, payment: Payment, start: ResolvedStart) -> Payment:
        """Note the landing pages that this start names, where the record has others. Nothing else is worth a write.

        Raises VersionConflict where another writer was first: the payment may have another status by now.
        """
        note = start.note(payment)
        if note.landing == payment.start_note.landing:
            return payment
        return self.records.write(payment, (SetStartNote(note),))

    def _ask_earlier(self, plan: AttemptPlan, start: ResolvedStart) -> ExistingPayment | None:
        """Record the outcomes of sessions that earlier starts opened. Monext is asked about all at the same time.

        The outcome of every one is recorded. Returns the payment whose result comes first, if there is one.
        Raises EarlierAttemptUnknown where one can't be read or written: a second payment is worse than a wait.
        """
        opened = [(p, p.interface_id) for p in plan.ask if p.interface_id is not None]
        if not opened:
            return None
        outcomes = together(*(partial(self._outcome_of_earlier, p, token, start) for p, token in opened))
        after = [
            self._record_earlier(p, outcome, start) for (p, _), outcome in zip(opened, outcomes, strict=True)
        ]
        if any(unknown for _, unknown in after):
            raise EarlierAttemptUnknown(
                f"an earlier session of cart {start.cart.id} can't be read", remote="monext"
            )
        found = [p for p, _ in after if attempt_status(p) in (*RESULT_FIRST, AttemptStatus.RETURNED)]
        kept = [p for p in found if attempt_status(p) is not AttemptStatus.RETURNED]
        return self._existing_payment((kept or found)[0], start) if found else None

    def _outcome_of_earlier(self, payment: Payment, token: SessionToken, start: ResolvedStart) -> Outcome:
        over = self.outcome_recorder.is_session_over(payment, start.store)
        with concerning(payment=payment.id):
            return self.monext_payments.sort(self.monext_payments.ask(start.store, token), session_over=over)

    def _record_earlier(
        self, payment: Payment, outcome: Outcome, start: ResolvedStart
    ) -> tuple[Payment, bool]:
        """Return the payment as it reads after its outcome was recorded, and whether the outcome is not known."""
        with concerning(payment=payment.id):
            return self._recorded_earlier(payment, outcome, start)

    def _recorded_earlier(
        self, payment: Payment, outcome: Outcome, start: ResolvedStart
    ) -> tuple[Payment, bool]:
        if outcome.kind in (OutcomeKind.UNKNOWN, OutcomeKind.NOT_BEGUN):
            return payment, outcome.kind is OutcomeKind.UNKNOWN
        reference = start.reference(payment.id)
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


def _say_what_does_not_count(cart: Cart) -> None:
    """Log what payments of the cart hold in other currencies: none of that is deducted."""
    for held in cart.held_otherwise():
        event(
            log,
            "other_currency_held",
            level=logging.WARNING,
            cart=cart.id,
            amount=held.cent_amount,
            currency=held.currency,
            then="not counted: the buyer is asked for the whole amount",
        )


def _started(payment: Payment, start: ResolvedStart, *, reference: str, due: Money) -> StartedSession:
    if payment.interface_id is None or not payment.status_text:
        raise RemoteUnavailable(f"payment {payment.id} lost its session", remote="commercetools")
    return StartedSession(
        reference=reference,
        payment_id=payment.id,
        token=payment.interface_id,
        redirect_url=payment.status_text,
        cart=start.cart,
        due=due,
        widget_url=start.store.widget_url,
        language=start.language or start.cart.locale,
        methods=start.shown_methods(),
    )
