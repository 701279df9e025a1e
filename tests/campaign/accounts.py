"""Sums up one payment, as commercetools records it and as Monext's ledger has it, so that both can be compared.

These are pure functions. They do the arithmetic anew from both dumps, because the bridge's own may be wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tests.world import Json

REVERSAL_REASONS = frozenset({"AMOUNT_MISMATCH", "SECOND_PAYMENT", "ORDER_REFUSED"})
RELEASES = frozenset({"CANCEL", "RESET"})
TYPES: Mapping[str, str] = {
    "AUTHORIZATION": "Authorization",
    "AUTHORIZATION_AND_CAPTURE": "Charge",
    "AUTHORIZATION_AND_CAPTURE_COMPLEMENT": "Charge",
    "CAPTURE": "Charge",
    "REFUND": "Refund",
}
STATES: Mapping[str | None, str] = {"OK": "Success", None: "Pending"}

Sums = dict[tuple[str, str], int]
"""Minor units by transaction type and state."""


@dataclass(frozen=True, slots=True)
class Account:
    """A payment of the bridge. `rows` are all transactions of its session at Monext, operations included."""

    payment: Json
    rows: tuple[Json, ...]

    @property
    def id(self) -> str:
        return str(self.payment["id"])

    @property
    def cart_id(self) -> str:
        """The cart's id, with which the payment's key begins."""
        return str(self.payment["key"])[:36]

    @property
    def token(self) -> str | None:
        found = self.payment.get("interfaceId")
        return None if found is None else str(found)

    @property
    def store(self) -> str | None:
        """The store's key, with which the payment's key ends."""
        _, *store = str(self.payment["key"])[37:].split("-", 2)[1:]
        return store[0] if store else None

    @property
    def of_session(self) -> tuple[Json, ...]:
        """The transactions of the buyer's session: one, or one for each part of it."""
        return tuple(t for t in self.payment["transactions"] if self._is_of_session(t))

    @property
    def parts(self) -> tuple[Json, ...]:
        """The session transactions that succeeded, as they are recorded, oldest first."""
        return tuple(t for t in self.of_session if t["state"] == "Success")

    @property
    def accepted(self) -> Json | None:
        """The first of the parts."""
        return next(iter(self.parts), None)

    @property
    def taken(self) -> int:
        """Minor units that Monext took, as it is recorded."""
        return sum(int(t["amount"]["centAmount"]) for t in self.parts)

    @property
    def charged_back(self) -> int:
        """Minor units that banks took back, as finance has recorded it."""
        back = (
            t for t in self.payment["transactions"] if (t["type"], t["state"]) == ("Chargeback", "Success")
        )
        return sum(int(t["amount"]["centAmount"]) for t in back)

    @property
    def reversal_reason(self) -> str | None:
        code = self.payment["paymentStatus"].get("interfaceCode")
        return code if code in REVERSAL_REASONS else None

    @property
    def reversal_was_rejected(self) -> bool:
        """Whether Monext rejected the reversal of money that must not be kept."""
        reversals = (t for t in self.operations if t["interactionId"].startswith("giveback-"))
        return self.reversal_reason is not None and any(t["state"] == "Failure" for t in reversals)

    @property
    def operations(self) -> tuple[Json, ...]:
        named = (t for t in self.payment["transactions"] if "~" in t.get("interactionId", ""))
        return tuple(t for t in named if not self._is_of_session(t))

    def _is_of_session(self, transaction: Json) -> bool:
        name, token = transaction.get("interactionId", ""), self.token
        return token is not None and (name == token or name.startswith(f"{token}~on-"))

    def part_of(self, operation: Json) -> str | None:
        """Give Monext's id of the part that an operation is on: the one that its name has, else the first."""
        parts = [str(t.get("interfaceId")) for t in self.parts]
        named = [s.removeprefix("on-") for s in operation["interactionId"].split("~") if s.startswith("on-")]
        return next((part for part in named if part in parts), parts[0] if parts else None)

    @property
    def operation_rows(self) -> tuple[Json, ...]:
        return tuple(row for row in self.rows if row["id"] != row["originTransactionId"])

    def recorded(self) -> Sums:
        """What the record says happened or is under way. A remainder is released with its capture, not before.

        Monext knows nothing of chargebacks.
        """
        sums: Counter[tuple[str, str]] = Counter()
        for t in self.payment["transactions"]:
            waits = t["state"] == "Pending" and "~rest~" not in f"{t.get('interactionId', '')}~"
            if t["type"] != "Chargeback" and (t["state"] == "Success" or waits):
                sums[t["type"], t["state"]] += t["amount"]["centAmount"]
        return {name: amount for name, amount in sums.items() if amount}

    def at_monext(self) -> Sums:
        """What the ledger says happened or is under way. What Monext refused does not count."""
        sums: Counter[tuple[str, str]] = Counter()
        types = {row["id"]: row["type"] for row in self.rows}
        for row in self.rows:
            if row.get("status") != "KO":
                kind, sign = _meaning(row, types)
                sums[kind, STATES[row.get("status")]] += sign * row["amount"]
        return {name: amount for name, amount in sums.items() if amount}

    def held(self) -> int:
        """Minor units of the buyer's money that Monext holds, without those that are on their way back."""
        sums = Counter(self.at_monext())
        back = [
            sums[kind, state]
            for kind in ("CancelAuthorization", "Refund")
            for state in ("Success", "Pending")
        ]
        parts = (row for row in self.rows if row["id"] == row["originTransactionId"])
        accepted: int = sum(row["amount"] for row in parts if row.get("status") == "OK")
        return accepted - sum(back)


def accounts_of(commercetools: Json, monext: Json) -> tuple[Account, ...]:
    """Give the accounts of all payments of the bridge, with or without a session."""
    rows: dict[str, list[Json]] = {}
    for row in monext["transactions"]:
        rows.setdefault(row["token"], []).append(row)
    own = (p for p in commercetools.get("payment", []) if is_own(p))
    return tuple(Account(p, tuple(rows.get(p.get("interfaceId", ""), ()))) for p in own)


def is_own(payment: Json) -> bool:
    return payment["paymentMethodInfo"].get("paymentInterface") == "monext" and "key" in payment


def cost(order: Json) -> int:
    """Give what an order costs now, in minor units: nothing where it is Cancelled."""
    return 0 if order.get("orderState") == "Cancelled" else int(_total(order)["centAmount"])


def due(order: Json, foreign: Iterable[Json], *, cents: int) -> int:
    """Give the minor units that our payment had to bring for an order that cost `cents`, beside those of others.

    Only their money of the order's currency pays for anything.
    """
    signs = {"Charge": 1, "Refund": -1, "Chargeback": -1}
    currency = _total(order)["currencyCode"]
    others: int = sum(
        t["amount"]["centAmount"] * signs.get(t["type"], 0)
        for payment in foreign
        for t in payment["transactions"]
        if t["state"] == "Success" and t["amount"]["currencyCode"] == currency
    )
    return max(cents - others, 0)


def _total(order: Json) -> Json:
    total: Json = order["taxedPrice"]["totalGross"] if order.get("taxedPrice") else order["totalPrice"]
    return total


def _meaning(row: Json, types: Mapping[str, str]) -> tuple[str, int]:
    """Give the transaction type and sign of a row.

    A release counts against its origin: the release of a capture is a refund, that of a refund undoes the refund.
    """
    if row["type"] not in RELEASES:
        return TYPES.get(row["type"], row["type"]), 1
    origin = types.get(row["originTransactionId"])
    if origin == "REFUND":
        return "Refund", -1
    return ("CancelAuthorization", 1) if origin == "AUTHORIZATION" else ("Refund", 1)
