"""A transaction: an attempt to pay, or an act on one (a row of its ledger)."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sandbox.monext.cards import Card
from sandbox.monext.ledger import PAYMENTS, Row
from sandbox.monext.results import Result
from sandbox.monext.settings import Contract

REMITTANCE_AGE = timedelta(days=1)
CAPTURE_AGE = timedelta(days=7)


@dataclass(slots=True)
class Transaction:
    """`amount` is what was asked, `authorized` what the bank gave; minor units of `currency`. None and 0: all of it.

    `payment_id` is the attempt that the row belongs to (its own id for an attempt), `origin_id` the row it
    counts against. `option` is that of a capture.
    """

    id: str
    type: str
    amount: int
    currency: str
    date: datetime
    result: Result
    payment_id: str
    origin_id: str
    token: str
    merchant_id: str
    contract: Contract
    authorized: int | None = None
    card: Card | None = None
    authorization_number: str = ""
    authenticated: bool = False
    remitted: bool = False
    comment: str = ""
    merchant_reference: str = ""
    private_data: dict[str, str] = field(default_factory=dict)
    option: str = "STANDARD"

    @property
    def status(self) -> str | None:
        if not self.result.is_final:
            return None
        return "OK" if self.result.title == "ACCEPTED" else "KO"

    @property
    def is_payment(self) -> bool:
        return self.id == self.payment_id

    @property
    def is_accepted_payment(self) -> bool:
        return self.is_payment and self.type in PAYMENTS and self.status == "OK"

    @property
    def settled_amount(self) -> int:
        return self.authorized or self.amount

    def row(self, *, now: datetime) -> Row:
        """The row as the ledger sees it; the daily batch takes what is a day old."""
        remitted = self.remitted or now - self.date >= REMITTANCE_AGE
        return Row(self.id, self.type, self.settled_amount, self.status, self.origin_id, remitted)


def new_transaction_id(now: datetime) -> str:
    """Fourteen digits: year, day of the year, then chance."""
    return now.strftime("%y%j") + f"{secrets.randbelow(10**9):09d}"
