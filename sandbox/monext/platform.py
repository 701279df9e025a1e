"""All that the sandbox's Monext remembers, behind one lock."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from threading import RLock
from typing import cast

from flask import current_app

from sandbox.bank import Bank
from sandbox.clock import Clock, ShiftedClock
from sandbox.monext.ledger import Row
from sandbox.monext.notifications import Notifier, Send
from sandbox.monext.sessions import Session
from sandbox.monext.settings import Merchant, MonextSettings, Switches
from sandbox.monext.transactions import Transaction, new_transaction_id


@dataclass(slots=True)
class ScriptedAct:
    """How the next `times` captures, refunds or cancels end (`kind` empty: of whatever kind).

    `says` and `title` are what the answer has where it does not tell what happened, which the ledger does.
    """

    kind: str
    outcome: str
    status: int
    code: str
    times: int
    says: str = ""
    title: str = ""


class Platform:
    """The state. Whoever reads or writes it holds `lock`, which the server does for each request."""

    def __init__(self, settings: MonextSettings, *, clock: Clock, send: Send, bank: Bank) -> None:
        self.lock = RLock()
        self.settings = settings
        self.bank = bank
        self.clock = ShiftedClock(clock)
        self.notifier = Notifier(lock=self.lock, clock=self.clock, send=send)
        self._clear()

    def reset(self) -> None:
        """Back to the beginning: no session, no transaction, default behaviour, the true time."""
        with self.lock:
            self._clear()
            self.bank.reset()
            self.clock.reset()
            self.notifier.reset()

    def _clear(self) -> None:
        self.switches = Switches()
        self.answers_given = 0
        self.sessions: dict[str, Session] = {}
        self.authentications: dict[str, Session] = {}
        self.transactions: dict[str, Transaction] = {}
        self._families: dict[str, list[Transaction]] = {}
        self._attempts: dict[tuple[str, str], list[Transaction]] = {}
        self.scripted_acts: list[ScriptedAct] = []
        self.access_keys = {merchant.id: [merchant.access_key] for merchant in self.settings.merchants}

    @property
    def now(self) -> datetime:
        return self.clock()

    def merchant(self, authorization: str) -> Merchant | None:
        """The merchant of an `Authorization` header, if it is HTTP Basic with one of the keys that it has now."""
        scheme, _, encoded = authorization.partition(" ")
        try:
            merchant_id, _, key = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        if scheme.lower() != "basic" or key not in self.access_keys.get(merchant_id, ()):
            return None
        return next(merchant for merchant in self.settings.merchants if merchant.id == merchant_id)

    def add(self, transaction: Transaction) -> Transaction:
        self.transactions[transaction.id] = transaction
        self._families.setdefault(transaction.payment_id, []).append(transaction)
        if transaction.is_payment:
            reference = self.sessions[transaction.token].order["reference"]
            self._attempts.setdefault((transaction.merchant_id, reference), []).append(transaction)
        return transaction

    def new_id(self) -> str:
        found = new_transaction_id(self.now)
        return found if found not in self.transactions else self.new_id()

    def family(self, transaction: Transaction) -> list[Transaction]:
        """The attempt and all acts on it, in the order in which they happened."""
        return self._families[transaction.payment_id]

    def attempts_on(self, reference: str, *, merchant_id: str) -> list[Transaction]:
        """All attempts to pay an order reference of a merchant, in whichever session."""
        return self._attempts.get((merchant_id, reference), [])

    def rows(self, transaction: Transaction) -> list[Row]:
        return [member.row(now=self.now) for member in self.family(transaction)]


def platform() -> Platform:
    """The platform of the app that serves this request."""
    return cast(Platform, current_app.extensions["monext"])
