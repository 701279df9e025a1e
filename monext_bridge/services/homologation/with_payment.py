"""Finds out what takes a payment: captures parts of it, refunds a part, and gives the rest back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from monext_bridge.config import StoreSettings
from monext_bridge.domain.ids import MonextTransactionId, SessionToken
from monext_bridge.domain.monext import OperationKind
from monext_bridge.errors import RemoteUnavailable
from monext_bridge.gateways.http import HttpAnswer
from monext_bridge.gateways.monext import MonextGateway
from monext_bridge.mapping.json_object import JsonObject
from monext_bridge.mapping.monext import ACCEPTED, read_result
from monext_bridge.services.homologation.facts import FactState, FoundOut, known
from monext_bridge.services.homologation.progress import CheckProgress
from monext_bridge.services.homologation.without_browser import AMOUNT, OWN_DATA

PART, SMALL_PART = 100, 50
PAID_BY = frozenset({"AUTHORIZATION", "AUTHORIZATION_AND_CAPTURE"})
CANCELS = frozenset({"CANCEL", "CANCEL_AUTHORIZATION", "RESET"})

Found = Iterator[tuple[str, FoundOut]]
Save = Callable[[], None]


@dataclass(frozen=True, slots=True)
class LedgerSums:
    """Holds what the ledger says: minor units that were taken, captured, refunded and cancelled."""

    authorized: int
    captured: int
    refunded: int
    cancelled: int


@dataclass(frozen=True, slots=True)
class PaidCheck:
    """Acts on the payment of this check alone. `save` keeps the progress before each act that moves money."""

    store: StoreSettings
    progress: CheckProgress
    save: Save
    gateway: MonextGateway

    def is_paid(self) -> bool:
        """Read the session, and note the transaction of a payment that was accepted. Raises RemoteUnavailable."""
        session = self._session()
        paid = [each for each in session.parts("transactions") if each.text("type") in PAID_BY]
        accepted = read_result(session.members).title == ACCEPTED
        if accepted and paid:
            self.progress.transaction = paid[0].text("id") or ""
        return bool(self.progress.transaction)

    def look(self) -> Found:
        """Look at the paid session and its ledger."""
        session = self._session()
        kinds = [each.text("type") for each in session.parts("transactions")]
        yield "type_of_manual", known(kinds == ["AUTHORIZATION"], ", ".join(map(str, kinds)))
        echoed = session.part("privateData").text(OWN_DATA) == self.progress.private_data
        yield "session_private_data", known(echoed, "echoed" if echoed else "not echoed")
        rows = self._rows()
        zones = [_has_zone(each.text("date")) for each in rows]
        yield "dates", known(bool(zones) and all(zones), f"{sum(zones)} of {len(zones)} with a zone")
        first = rows[0].text("id") if rows else None
        yield "ledger_origin", known(first == self.progress.transaction, f"{len(rows)} rows")

    def act(self) -> Found:
        """Capture two parts, one that is too much, and refund a part. Nothing that may have been sent is repeated."""
        first, answer = self._do("captures", PART, "first")
        yield "partial_capture", _accepted(answer)
        yield "act_private_data", self._echo(first)
        _, second = self._do("captures", PART, "second")
        yield "several_captures", _accepted(second)
        _, much = self._do("captures", 10 * AMOUNT, "too much")
        yield "over_capture", known(not _is_accepted(much), _said(much))
        if first:
            _, by_capture = self._do("refunds", 1, "by capture", target=first)
            yield "refund_by_capture", known(not _is_accepted(by_capture), _said(by_capture))
        _, refund = self._do("refunds", SMALL_PART, "refund")
        yield "partial_refund", _accepted(refund)

    def clean_up(self) -> Found:
        """Cancel what is not captured and refund what is, by what the ledger says now. May be repeated."""
        money = self.money()
        if left := money.authorized - money.captured - money.cancelled:
            _, answer = self._do("cancels", left, "rest")
            yield "cancel_rest", _accepted(answer)
        money = self.money()
        if (kept := money.captured - money.refunded) > 0:
            self._do("refunds", kept, "all")
        money = self.money()
        settled = money.authorized == money.captured + money.cancelled and money.captured == money.refunded
        self.progress.cleaned = settled
        yield "rows_add_up", known(settled, f"{money}")

    def money(self) -> LedgerSums:
        """Return what the ledger says now. Raises RemoteUnavailable."""
        rows = self._rows()
        at_once = _sum(rows, frozenset({"AUTHORIZATION_AND_CAPTURE"}))
        authorized = _sum(rows, frozenset({"AUTHORIZATION"})) + at_once
        captured = _sum(rows, frozenset({"CAPTURE"})) + at_once
        return LedgerSums(authorized, captured, _sum(rows, frozenset({"REFUND"})), _sum(rows, CANCELS))

    def _do(self, kind: str, amount: int, key: str, *, target: str = "") -> tuple[str, HttpAnswer]:
        self.progress.under_way = key
        self.save()
        answer = self.gateway.execute(
            self.store.credentials,
            OperationKind(kind),
            MonextTransactionId(target or self.progress.transaction),
            {
                "amount": amount,
                "privateData": {OWN_DATA: key},
                "merchantReference": f"check-{key}".replace(" ", "-"),
            },
        )
        self.progress.under_way = ""
        self.save()
        return JsonObject.of(answer.body, what="answer").part("transaction").text("id") or "", answer

    def _echo(self, capture: str) -> FoundOut:
        if not capture:
            return FoundOut(FactState.NOT_FOUND_OUT, "no capture")
        read = self.gateway.get_transaction(self.store.credentials, MonextTransactionId(capture))
        echoed = JsonObject.of(read.body, what="answer").part("privateData").text(OWN_DATA) == "first"
        return known(echoed, "echoed" if echoed else "not echoed")

    def _session(self) -> JsonObject:
        answer = self.gateway.get_session(self.store.credentials, SessionToken(self.progress.session))
        return JsonObject.of(answer.body, what="session")

    def _rows(self) -> list[JsonObject]:
        transaction = MonextTransactionId(self.progress.transaction)
        answer = self.gateway.get_transaction(self.store.credentials, transaction)
        if answer.status >= 500:
            raise RemoteUnavailable("the ledger is not read", remote="monext")
        return list(JsonObject.of(answer.body, what="answer").parts("associatedTransactions"))


def _sum(rows: list[JsonObject], types: frozenset[str]) -> int:
    counted = (each for each in rows if each.text("type") in types and each.text("status") == "OK")
    return sum(amount for each in counted if isinstance(amount := each.members.get("amount"), int))


def _accepted(answer: HttpAnswer) -> FoundOut:
    return known(_is_accepted(answer), _said(answer))


def _is_accepted(answer: HttpAnswer) -> bool:
    return 200 <= answer.status < 300 and read_result(answer.body).title == ACCEPTED


def _said(answer: HttpAnswer) -> str:
    result = read_result(answer.body)
    return f"{answer.status} {result.title} {result.code}".strip()


def _has_zone(text: str | None) -> bool:
    try:
        return datetime.fromisoformat(text or "").tzinfo is not None
    except ValueError:
        return False
