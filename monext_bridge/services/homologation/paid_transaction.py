"""Acts on one transaction of this check, and gives back what it took by what its ledger says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from monext_bridge.config import StoreSettings
from monext_bridge.domain.ids import MonextTransactionId
from monext_bridge.domain.monext import OperationAnswer, OperationAnswerKind, OperationKind
from monext_bridge.errors import RemoteUnavailable
from monext_bridge.gateways.http import HttpAnswer
from monext_bridge.gateways.monext import MonextGateway
from monext_bridge.mapping.json_object import JsonObject
from monext_bridge.mapping.monext import answers
from monext_bridge.services.homologation.facts import FoundOut, known, open_still
from monext_bridge.services.homologation.progress import CheckProgress
from monext_bridge.services.homologation.without_browser import OWN_DATA, said

ENDED = frozenset({"OK", "KO"})
UNDER_WAY = "an act is under way"
CANCELS = frozenset({"CANCEL", "CANCEL_AUTHORIZATION", "RESET"})

NO_MORE: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class LedgerSums:
    """Holds what the ledger says: minor units that were taken, captured, refunded and cancelled.

    `under_way` tells whether an act has no end yet. Until it has, nobody knows what is left.
    """

    authorized: int
    captured: int
    refunded: int
    cancelled: int
    under_way: bool = False

    def __str__(self) -> str:
        return (
            f"{self.authorized} taken, {self.captured} captured, {self.refunded} refunded, "
            f"{self.cancelled} cancelled"
        )

    @property
    def uncaptured(self) -> int:
        return self.authorized - self.captured - self.cancelled

    @property
    def kept(self) -> int:
        return self.captured - self.refunded

    @property
    def settled(self) -> bool:
        return not self.under_way and self.uncaptured == 0 and self.kept == 0


@dataclass(frozen=True, slots=True)
class SentAct:
    """Holds the answer to a capture, cancel or refund, read as the bridge reads it. `id` is the transaction's."""

    kind: OperationKind
    answer: HttpAnswer

    @property
    def id(self) -> str:
        return JsonObject.of(self.answer.body, what="answer").part("transaction").text("id") or ""

    @property
    def read(self) -> OperationAnswer:
        return answers.read_operation_answer(self.answer.status, self.answer.body, kind=self.kind)

    def carried_out(self) -> FoundOut:
        """Return that the act was to be carried out, and was, or was refused. Without a decision nothing is known."""
        return self._found({OperationAnswerKind.DONE: True, OperationAnswerKind.REFUSED: False})

    def turned_down(self, *, code: str = "") -> FoundOut:
        """Return that the act was to be refused, with this code where one is named, and was or was carried out."""
        right = code in ("", self.read.code)
        return self._found({OperationAnswerKind.DONE: False, OperationAnswerKind.REFUSED: right})

    def _found(self, verdicts: Mapping[OperationAnswerKind, bool]) -> FoundOut:
        holds = verdicts.get(self.read.kind)
        return open_still(said(self.answer)) if holds is None else known(holds, said(self.answer))


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
        waits = any(each.text("status") not in ENDED for each in rows)
        return LedgerSums(authorized, captured, _sum(rows, frozenset({"REFUND"})), _sum(rows, CANCELS), waits)

    def do(
        self, kind: str, amount: int, key: str, *, target: str = "", more: Mapping[str, str] = NO_MORE
    ) -> SentAct:
        """Send one act, once. Raises RemoteUnavailable."""
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
        return SentAct(OperationKind(kind), answer)

    def cancel_rest(self) -> FoundOut | None:
        """Cancel what is not captured. Return what came of it, None where there is nothing to cancel."""
        money = self.money()
        if money.uncaptured <= 0:
            return None
        if money.under_way:
            return open_still(UNDER_WAY)
        return self.do("cancels", money.uncaptured, "rest").carried_out()

    def refund_all(self) -> LedgerSums:
        """Refund what is captured, and return what the ledger says then."""
        money = self.money()
        if money.kept > 0 and not money.under_way:
            self.do("refunds", money.kept, "all")
            money = self.money()
        return money


def _sum(rows: list[JsonObject], types: frozenset[str]) -> int:
    counted = (each for each in rows if each.text("type") in types and each.text("status") == "OK")
    return sum(amount for each in counted if isinstance(amount := each.members.get("amount"), int))
