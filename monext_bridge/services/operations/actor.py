"""Defines who asks for an operation, and how much of it they may ask for."""

from __future__ import annotations

from dataclasses import dataclass

from monext_bridge.domain.money import Money
from monext_bridge.domain.record import AttemptKey, Payment
from monext_bridge.errors import Forbidden


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks for an operation. Only `principal` goes into records; the rest is for the log, and for limits.

    `stores` are the stores whose payments are open to the actor, None where all are, with those of no store.
    `amount_limit` is the largest amount of one act, in minor units of whatever currency. `login` is that of the
    person at the terminal.
    """

    principal: str
    stores: frozenset[str] | None = None
    amount_limit: int | None = None
    client_address: str | None = None
    login: str | None = None

    def check_store(self, payment: Payment) -> None:
        """Raise Forbidden for a payment of a store that is not open to the actor, or of no store."""
        key = AttemptKey.parse(payment.key)
        check_store(key.store_key if key else None, stores=self.stores)

    def check_amount(self, amount: Money) -> None:
        """Raise Forbidden for an act of more than the actor's limit."""
        if self.amount_limit is not None and amount.cent_amount > self.amount_limit:
            raise Forbidden(
                f"{amount.cent_amount} is more than the {self.amount_limit} minor units of one act of this API client"
            )


def check_store(store_key: str | None, *, stores: frozenset[str] | None) -> None:
    """Raise Forbidden unless something of this store, or of none, is open to who has these `stores`; None is all."""
    if stores is not None and store_key not in stores:
        raise Forbidden("the token is for another store of the project")
