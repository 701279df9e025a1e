"""Finds out how commercetools treats a payment: what is unique, what is kept, and how long a text may be."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monext_bridge.domain.ids import MonextTransactionId, PaymentId, SessionToken
from monext_bridge.domain.money import Money
from monext_bridge.domain.record import (
    AddTransaction,
    Payment,
    SetInterfaceId,
    SetStatusText,
    SetTransactionInterfaceId,
    TransactionState,
    TransactionType,
    Update,
)
from monext_bridge.errors import DuplicateField, RemoteRefused
from monext_bridge.gateways.commercetools import CommercetoolsGateway, Json, acting_as
from monext_bridge.mapping.commercetools import answers as reading
from monext_bridge.mapping.commercetools import payment_draft, payment_update
from monext_bridge.mapping.json_object import JsonObject
from monext_bridge.services.homologation.facts import Found, FoundOut, known
from monext_bridge.services.remotes import CommercetoolsRecords

INTERFACE = "homologation-check"
"""The payment interface of what this check makes. No bridge has it, so that none looks at it."""

ACTING = "homologation-check"
LONG_TEXT = 3300
"""Characters of the longest text that the bridge writes: Monext's address, and a note of two landing pages."""


def refusal(call: Callable[[], object]) -> RemoteRefused | None:
    """Return how commercetools refuses a call, None where it does not. Raises RemoteUnavailable."""
    try:
        call()
    except RemoteRefused as error:
        return error
    return None


@dataclass(slots=True)
class LentPayment:
    """One payment of no buyer. Its transactions are Failure, so that no money counts as held."""

    gateway: CommercetoolsGateway
    amount: Money
    now: datetime
    key: str = field(default_factory=lambda: f"check-{secrets.token_hex(8)}")
    session: str = field(default_factory=lambda: secrets.token_hex(16))

    def make(self) -> PaymentId:
        """Make the payment, and return its id. Raises RemoteError."""
        return reading.read_payment(self._create(self.key, interface_id=self.session)).id

    def check(self, payment_id: PaymentId) -> Found:
        """Write to the payment what the bridge writes, and what must be refused. Raises RemoteUnavailable."""
        yield "payment_key_taken", _duplicate(lambda: self._create(self.key))
        other = f"{self.key}-2"
        yield "interface_id_taken", _duplicate(lambda: self._create(other, interface_id=self.session))
        other_session = SetInterfaceId(SessionToken(secrets.token_hex(16)))
        kept = refusal(lambda: self._write(payment_id, other_session))
        yield "interface_id_kept", known(kept is not None, codes_of(kept))
        yield from self._transactions(payment_id)
        refused = refusal(lambda: self._write(payment_id, SetStatusText("x" * LONG_TEXT)))
        length = len(self._read(payment_id).status_text or "")
        yield "long_status_text", known(length == LONG_TEXT, codes_of(refused) or f"{length} characters")
        yield "external_user", self._external_user(payment_id)
        yield "payment_found", self._found(payment_id)

    def _transactions(self, payment_id: PaymentId) -> Found:
        first, later = (MonextTransactionId(secrets.token_hex(8)) for _ in range(2))
        refused = refusal(lambda: self._write(payment_id, self._transaction("first", first)))
        refused = refused or refusal(lambda: self._write(payment_id, self._transaction("later")))
        rows = self._read(payment_id).transactions
        if refused is None and rows:
            named = SetTransactionInterfaceId(rows[-1].id, later)
            refused = refusal(lambda: self._write(payment_id, named))
        told = [each.interface_id for each in self._read(payment_id).transactions]
        yield (
            "transaction_interface_id",
            known(told == [first, later], codes_of(refused) or f"{len(told)} rows"),
        )
        if told[:1] == [first]:
            again = self._transaction("again", first)
            yield "transaction_id_taken", _duplicate(lambda: self._write(payment_id, again))

    def _transaction(self, key: str, interface_id: MonextTransactionId | None = None) -> AddTransaction:
        return AddTransaction(
            type=TransactionType.AUTHORIZATION,
            state=TransactionState.FAILURE,
            amount=self.amount,
            interaction_id=f"{self.key}-{key}",
            timestamp=self.now,
            interface_id=interface_id,
        )

    def _found(self, payment_id: PaymentId) -> FoundOut:
        since = (self._read(payment_id).created_at or self.now) - timedelta(seconds=1)
        records = CommercetoolsRecords(self.gateway)
        found = records.payments_since(since, interfaces=[INTERFACE], after=None, limit=100)
        return known(payment_id in [each for each, _ in found], f"{len(found)} found")

    def _external_user(self, payment_id: PaymentId) -> FoundOut:
        body = JsonObject.of(self.gateway.get_payment(payment_id), what="payment")
        names = ("createdBy", "lastModifiedBy")
        kept = [name for name in names if body.part(name).text("externalUserId") == ACTING]
        return known(len(kept) == len(names), f"kept in {', '.join(kept) or 'none'}")

    def _create(self, key: str, *, interface_id: str = "") -> Json:
        draft = payment_draft(
            key=key, amount=self.amount, interface=INTERFACE, customer_id=None, anonymous_id=None
        )
        with acting_as(ACTING):
            return self.gateway.create_payment(
                draft | ({"interfaceId": interface_id} if interface_id else {})
            )

    def _read(self, payment_id: PaymentId) -> Payment:
        return reading.read_payment(self.gateway.get_payment(payment_id))

    def _write(self, payment_id: PaymentId, change: Update) -> Json:
        with acting_as(ACTING):
            update = payment_update(self._read(payment_id), (change,))
            return self.gateway.update_payment(payment_id, update)

    def write_outdated(self, payment_id: PaymentId) -> Json:
        """Write by a version that the payment had earlier. Raises RemoteError."""
        earlier = replace(self._read(payment_id), version=1)
        update = payment_update(earlier, (SetStatusText("an earlier version"),))
        return self.gateway.update_payment(payment_id, update)


def _duplicate(call: Callable[[], object]) -> FoundOut:
    refused = refusal(call)
    told = refused.field if isinstance(refused, DuplicateField) else codes_of(refused) or "accepted"
    return known(isinstance(refused, DuplicateField), told)


def codes_of(error: RemoteRefused | None) -> str:
    """Return status and codes of a refusal: no text of an answer, which might hold anything."""
    return f"{error.status} {', '.join(error.codes)}".strip() if error else ""
