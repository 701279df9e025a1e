"""Capture, cancel, refund, reverse: each once, whoever asks and however often.

hop 1   GET payment
hop 2   POST payment: the intents     and   GET Monext transaction (its ledger)   and   GET order
hop 3   POST Monext, where ledger and record allow it
hop 4   POST payment: the result      and   POST order: its payment state
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from monext_bridge.config import Settings
from monext_bridge.domain import modify as rules
from monext_bridge.domain.cart import Order
from monext_bridge.domain.changes import AddTransaction, Change, ChangeTransactionState
from monext_bridge.domain.families import Family, family, mark_of, voided
from monext_bridge.domain.ids import MonextTransactionId, PaymentId, RecordTransactionId
from monext_bridge.domain.intents import FREE, KEY, LATE, IntentName
from monext_bridge.domain.modify import Act, Cancel, Capture, NotAllowed, Reverse
from monext_bridge.domain.outcome import Ledger
from monext_bridge.domain.payment import AttemptKey, Payment, Transaction, TransactionState, TransactionType
from monext_bridge.domain.standing import accepted
from monext_bridge.errors import (
    ActUnknown,
    BridgeError,
    Conflict,
    KeyReused,
    Malformed,
    NotFound,
    RemoteNotFound,
    RemoteUnavailable,
    RemoteUnreachable,
    VersionConflict,
)
from monext_bridge.gateways.hops import settled
from monext_bridge.logs import event
from monext_bridge.services.acquirer import Acquirer
from monext_bridge.services.acts import Acts, Sending, still_open
from monext_bridge.services.order_state import OrderState
from monext_bridge.services.records import Records

log = logging.getLogger(__name__)

TRIES = 10
TOO_LATE = "the capture was sent for settlement already: refund it instead"


class ActOutcome(StrEnum):
    """As commercetools' payment connectors word it. RECEIVED: taken, and not final yet."""

    APPROVED = "approved"
    RECEIVED = "received"
    REJECTED = "rejected"


OUTCOME_OF = {
    TransactionState.SUCCESS: ActOutcome.APPROVED,
    TransactionState.PENDING: ActOutcome.RECEIVED,
    TransactionState.FAILURE: ActOutcome.REJECTED,
}


@dataclass(frozen=True, slots=True)
class Performed:
    """What an act came to; of a reverse with two acts, the worse of them."""

    outcome: ActOutcome
    transaction_id: RecordTransactionId
    interface_id: MonextTransactionId | None


@dataclass(frozen=True, slots=True)
class Request:
    """An act under its key. The digest tells whether a key comes again with the same request."""

    act: Act
    key: str
    merchant_reference: str | None

    @property
    def name(self) -> IntentName:
        return IntentName(self.key, rules.digest_of(self.act, merchant_reference=self.merchant_reference))


@dataclass(frozen=True, slots=True)
class Ready:
    """Intents that stand in the record and are this caller's to carry out."""

    payment: Payment
    order: Order | None
    sending: Sending


@dataclass(frozen=True, slots=True)
class Modify:
    settings: Settings
    records: Records
    acquirer: Acquirer
    acts: Acts
    order_state: OrderState
    clock: Callable[[], datetime]

    def payment(self, payment_id: PaymentId) -> Payment:
        """Raises NotFound where there is none, or it is not of this bridge; RemoteError."""
        try:
            payment = self.records.payment(payment_id)
        except RemoteNotFound as error:
            raise NotFound(f"no payment {payment_id}") from error
        if AttemptKey.parse(payment.key) is None or payment.interface not in self.settings.interfaces:
            raise NotFound(f"payment {payment_id} is not of this bridge")
        return payment

    def order_of(self, payment_id: PaymentId) -> Order | None:
        """The order that names the payment, whoever made it."""
        return self.records.order_of_payment(payment_id)

    def perform(
        self,
        payment_id: PaymentId,
        act: Act,
        *,
        key: str | None = None,
        merchant_reference: str | None = None,
    ) -> Performed:
        """Carry an act out, or tell what became of it where its key has been used for it before.

        Raises NotFound; Conflict where the money rules forbid it; KeyReused; Malformed for a key of the wrong
        form; ActUnknown where it is not known whether Monext acted (ask again with the same key); RemoteError
        where nothing was begun.
        """
        if key is not None and not KEY.fullmatch(key):
            raise Malformed("1 to 128 of A-Z a-z 0-9 _ . : -", field="Idempotency-Key")
        request = Request(act, key or uuid.uuid4().hex, merchant_reference)
        for _ in range(TRIES):
            payment = self.payment(payment_id)
            known = family(payment, request.key)
            done = self._again(payment, known, request) if known else self._first(payment, request)
            if done:
                return done
        raise RemoteUnavailable(f"payment {payment_id} is contended", remote="commercetools")

    def _first(self, payment: Payment, request: Request) -> Performed | None:
        """A key that is new. None where another writer was faster: read again."""
        ready = self._begin(payment, request, self._intents(payment, request))
        return self._act(ready, request) if ready else None

    def _again(self, payment: Payment, known: Family, request: Request) -> Performed | None:
        """A key that was used: told as it stands, found out where it is open, acted on where it was freed."""
        if not known.is_of(request.name):
            raise KeyReused("this key was used with another request", field="Idempotency-Key")
        if known.is_free:
            return self._take_up(payment, known, request)
        if known.waiting:
            order = self.records.order_of_payment(payment.id)
            sending = replace(self._sending(payment, request), released=known.released)
            for intent in known.waiting:
                payment = self._find_out(payment, intent, sending=sending, order=order)
        return self._refund_instead(payment, request) or self._performed(payment, request)

    def _take_up(self, payment: Payment, known: Family, request: Request) -> Performed | None:
        """Act under intents that certainly never reached Monext, if there is still room for just them."""
        intents = tuple(t for t in known.all if t.state is TransactionState.INITIAL)
        planned = self._intents(payment, request)
        if [(t.type, t.amount) for t in planned] != [(t.type, t.amount) for t in intents]:
            self.acts.write(payment, intents[0], voided(intents))
            return None
        ready = self._begin(payment, request, self.acts.unmarked(intents))
        return self._act(ready, request) if ready else None

    def _begin(self, payment: Payment, request: Request, changes: tuple[Change, ...]) -> Ready | None:
        """Hop 2. None where another writer was faster. Raises Conflict where the ledger forbids the act."""
        sending = self._sending(payment, request)
        written, ledger, order = settled(
            lambda: self.records.write(payment, changes),
            lambda: self.acquirer.ledger(sending.store, sending.origin),
            lambda: self.records.order_of_payment(payment.id),
        )
        if isinstance(written, VersionConflict):
            return None
        if isinstance(written, BridgeError):
            raise written
        own = family(written, request.key)
        todo = tuple(t for t in own.all if t.state is TransactionState.INITIAL)
        if isinstance(ledger, BridgeError) or not ledger.readable or isinstance(order, BridgeError):
            self.acts.write(written, todo[0], voided(todo))
            raise RemoteUnavailable("ledger or order can't be read; nothing was done", remote="monext")
        try:
            rules.check_ledger(written, ledger, intents=todo)
            option = self._option(written, request, ledger)
        except NotAllowed as error:
            self.acts.write(written, todo[0], voided(todo))
            raise Conflict(str(error)) from error
        return Ready(written, order, replace(sending, option=option, released=own.released))

    def _act(self, ready: Ready, request: Request) -> Performed:
        """Hops 3 and 4, for each act of the request."""
        payment = ready.payment
        for intent in family(payment, request.key).waiting:
            event(log, "act", payment=payment.id, act=intent.type.value, amount=intent.amount.cent_amount)
            payment = self.acts.carry_out(
                payment,
                intent,
                sending=ready.sending,
                beside=lambda expected: self.order_state.follow(ready.order, expected),
            )
        return self._refund_instead(payment, request) or self._performed(payment, request)

    def _refund_instead(self, payment: Payment, request: Request) -> Performed | None:
        """A reverse whose cancel came too late refunds that amount, under the same key."""
        late = family(payment, request.key).late_cancel
        if late is None or not isinstance(request.act, Reverse):
            return None
        if any(
            t.amount == late.amount
            for t in family(payment, request.key).sent
            if t.type is TransactionType.REFUND
        ):
            return None
        intent = AddTransaction(
            TransactionType.REFUND, TransactionState.INITIAL, late.amount, str(request.name), self.clock()
        )
        ready = self._begin(payment, request, (intent,))
        return self._act(ready, request) if ready else self._again_from_start(payment, request)

    def _again_from_start(self, payment: Payment, request: Request) -> Performed:
        return self.perform(
            payment.id, request.act, key=request.key, merchant_reference=request.merchant_reference
        )

    def _find_out(
        self, payment: Payment, intent: Transaction, *, sending: Sending, order: Order | None
    ) -> Payment:
        """From the ledger; an intent that is old and not in it never happened."""
        payment = self.acts.find_out(
            payment,
            intent,
            sending=sending,
            beside=lambda expected: self.order_state.follow(order, expected),
        )
        if not still_open(payment, intent):
            return payment
        if not self.acts.never_happened(payment, intent, sending=sending):
            return payment
        ended = (intent, sending.released) if sending.released else (intent,)
        failed = tuple(ChangeTransactionState(t.id, TransactionState.FAILURE) for t in ended)
        return self.acts.write(payment, intent, failed)

    def _performed(self, payment: Payment, request: Request) -> Performed:
        """The answer that the record gives for a key; never a guess."""
        worst = family(payment, request.key).worst(without_late=isinstance(request.act, Reverse))
        if worst.state is TransactionState.INITIAL:
            if mark_of(worst) == FREE:
                raise RemoteUnreachable("Monext can't be reached; nothing was done", remote="monext")
            raise ActUnknown(
                "not known yet whether Monext acted: ask again with the same key", remote="monext"
            )
        if mark_of(worst) == LATE and isinstance(request.act, Cancel):
            raise Conflict(TOO_LATE)
        return Performed(OUTCOME_OF[worst.state], worst.id, worst.interface_id)

    def _intents(self, payment: Payment, request: Request) -> tuple[AddTransaction, ...]:
        try:
            return rules.intents_of(payment, request.act, name=request.name, now=self.clock())
        except NotAllowed as error:
            raise Conflict(str(error)) from error

    def _sending(self, payment: Payment, request: Request) -> Sending:
        taken, key = accepted(payment), AttemptKey.parse(payment.key)
        if taken is None or taken.interface_id is None or key is None:
            raise Conflict("the payment was not accepted: nothing can be done to it")
        store = self.settings.store(key.store_key)
        return Sending(store, taken.interface_id, merchant_reference=request.merchant_reference)

    def _option(self, payment: Payment, request: Request, ledger: Ledger) -> str | None:
        """Monext's `option` of a capture. Raises NotAllowed for one that comes too late."""
        if not isinstance(request.act, Capture):
            return None
        if not rules.authorization_is_over(payment, now=self.clock(), ledger=ledger):
            return "FINAL" if request.act.final else None
        if not self.settings.late_capture:
            raise NotAllowed("the authorisation is over seven days old, and LATE_CAPTURE is off")
        if request.act.final:
            raise NotAllowed("after seven days nothing is left that a final capture could release")
        return "LATE_DELIVERY"
