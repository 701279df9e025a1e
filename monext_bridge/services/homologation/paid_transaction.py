"""Acts on one transaction of this check, and gives back what it took by what its ledger says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from monext_bridge.config import StoreSettings
from monext_bridge.domain.ids import MonextTransactionId
from monext_bridge.domain.monext import OperationKind
from monext_bridge.errors import RemoteUnavailable
from monext_bridge.gateways.http import HttpAnswer
from monext_bridge.gateways.monext import MonextGateway
from monext_bridge.mapping.json_object import JsonObject
from monext_bridge.mapping.monext import ACCEPTED, read_result
from monext_bridge.services.homologation.facts import FoundOut, known
from monext_bridge.services.homologation.progress import CheckProgress
from monext_bridge.services.homologation.without_browser import OWN_DATA, said

CANCELS = frozenset({"CANCEL", "CANCEL_AUTHORIZATION", "RESET"})

NO_MORE: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class LedgerSums:
    """Holds what the ledger says: minor units that were taken, captured, refunded and cancelled."""

    authorized: int
    captured: int
    refunded: int
    cancelled: int

    @property
    def uncaptured(self) -> int:
        return self.authorized - self.captured - self.cancelled

    @property
    def kept(self) -> int:
        return self.captured - self.refunded

    @property
    def settled(self) -> bool:
        return self.uncaptured == 0 and self.kept == 0


@dataclass(frozen=True, slots=True)
class PaidTransaction:
    """One paid transaction. `save` keeps the progress before and after each act that moves money."""

    store: StoreSettings
    progress: CheckProgress
    save: Callable[[], None]
    gateway: MonextGateway
    id: str

    def rows(self) -> list[JsonObject]:
        """Read the ledger. Raises RemoteUnavailable."""
        answer = self.gateway.get_transaction(self.store.credentials, MonextTransactionId(self.id))
        if answer.status >= 500:
            raise RemoteUnavailable("the ledger is not read", remote="monext")
        return list(JsonObject.of(answer.body, what="answer").parts("associatedTransactions"))

    def money(self) -> LedgerSums:
        """Return what the ledger says now. Raises RemoteUnavailable."""
        rows = self.rows()
        at_once = _sum(rows, frozenset({"AUTHORIZATION_AND_CAPTURE"}))
        authorized = _sum(rows, frozenset({"AUTHORIZATION"})) + at_once
        captured = _sum(rows, frozenset({"CAPTURE"})) + at_once
        return LedgerSums(authorized, captured, _sum(rows, frozenset({"REFUND"})), _sum(rows, CANCELS))

    def do(
        self, kind: str, amount: int, key: str, *, target: str = "", more: Mapping[str, str] = NO_MORE
    ) -> tuple[str, HttpAnswer]:
        """Send one act, once, and return the id of its transaction and the answer. Raises RemoteUnavailable."""
        self.progress.under_way = key
        self.save()
        answer = self.gateway.execute(
            self.store.credentials,
            OperationKind(kind),
            MonextTransactionId(target or self.id),
            {
                "amount": amount,
                "privateData": {OWN_DATA: key},
                "merchantReference": f"check-{key}".replace(" ", "-"),
                **more,
            },
        )
        self.progress.under_way = ""
        self.save()
        return JsonObject.of(answer.body, what="answer").part("transaction").text("id") or "", answer

    def cancel_rest(self) -> FoundOut | None:
        """Cancel what is not captured. Return what came of it, None where there is nothing to cancel."""
        left = self.money().uncaptured
        if left <= 0:
            return None
        _, answer = self.do("cancels", left, "rest")
        return ended(answer)

    def refund_all(self) -> LedgerSums:
        """Refund what is captured, and return what the ledger says then."""
        money = self.money()
        if money.kept > 0:
            self.do("refunds", money.kept, "all")
            money = self.money()
        return money


def ended(answer: HttpAnswer) -> FoundOut:
    return known(is_accepted(answer), said(answer))


def is_accepted(answer: HttpAnswer) -> bool:
    return 200 <= answer.status < 300 and read_result(answer.body).title == ACCEPTED


def _sum(rows: list[JsonObject], types: frozenset[str]) -> int:
    counted = (each for each in rows if each.text("type") in types and each.text("status") == "OK")
    return sum(amount for each in counted if isinstance(amount := each.members.get("amount"), int))
