"""Finds out what takes a payment: captures parts of it, refunds a part, and gives the rest back."""

from __future__ import annotations

from datetime import datetime, timedelta

from monext_bridge.domain.ids import MonextTransactionId, SessionToken
from monext_bridge.mapping.json_object import JsonObject
from monext_bridge.services.homologation.facts import Found, FoundOut, known, open_still
from monext_bridge.services.homologation.paid_transaction import UNDER_WAY, PaidTransaction
from monext_bridge.services.homologation.without_browser import AMOUNT, OWN_DATA

PART, SMALL_PART = 100, 50

NEXT_DAY = timedelta(hours=20)
"""After it the daily batch of the captures has certainly gone to the bank."""

TOO_LATE = "02105"


class PaidCheck(PaidTransaction):
    """Acts on the first payment of this check."""

    __slots__ = ()

    def look(self) -> Found:
        """Look at the paid session and its ledger."""
        answer = self.gateway.get_session(self.store.credentials, SessionToken(self.progress.session))
        session = JsonObject.of(answer.body, what="session")
        kinds = [each.text("type") for each in session.parts("transactions") if each.text("id") == self.id]
        yield "type_of_manual", known(kinds == ["AUTHORIZATION"], ", ".join(map(str, kinds)))
        echoed = session.part("privateData").text(OWN_DATA) == self.progress.private_data
        yield "session_private_data", known(echoed, "echoed" if echoed else "not echoed")
        told = session.part("order").text("reference") == self.progress.order_reference
        yield "order_reference", known(told, "told" if told else "not told")
        rows = self.rows()
        zones = [_has_zone(each.text("date")) for each in rows]
        yield "dates", known(bool(zones) and all(zones), f"{sum(zones)} of {len(zones)} with a zone")
        first = rows[0].text("id") if rows else None
        yield "ledger_origin", known(first == self.id, f"{len(rows)} rows")

    def act(self) -> Found:
        """Capture two parts, one that is too much, and refund a part. Nothing that may have been sent is repeated."""
        first = self.do("captures", PART, "first")
        yield "partial_capture", first.carried_out()
        yield "act_private_data", self._echo(first.id)
        yield "several_captures", self.do("captures", PART, "second").carried_out()
        yield "over_capture", self.do("captures", 10 * AMOUNT, "too much").turned_down()
        if first.id:
            by_capture = self.do("refunds", 1, "by capture", target=first.id)
            yield "refund_by_capture", by_capture.turned_down()
        yield "partial_refund", self.do("refunds", SMALL_PART, "refund").carried_out()

    def clean_up(self) -> Found:
        """Cancel what is not captured and refund what is, by what the ledger says now. May be repeated."""
        yield from self.cancel_uncaptured()
        money = self.refund_all()
        self.progress.kept_since = ""
        self.progress.cleaned = money.settled
        yield "rows_add_up", open_still(UNDER_WAY) if money.under_way else known(money.settled, f"{money}")

    def keep(self, *, now: datetime) -> Found:
        """Cancel what is not captured alone, and note since when the rest waits for the next day."""
        yield from self.cancel_uncaptured()
        self.progress.kept_since = self.progress.kept_since or now.isoformat()
        self.progress.cleaned = False

    def cancel_uncaptured(self) -> Found:
        found = self.cancel_rest()
        if found is not None:
            yield "cancel_rest", found

    def cancel_what_was_settled(self, *, now: datetime) -> Found:
        """Try to cancel a capture that was kept over night."""
        since, kept = self.progress.kept_since, self.money().kept
        if not since or kept <= 0 or now - datetime.fromisoformat(since) < NEXT_DAY:
            return
        yield "cancel_too_late", self.do("cancels", min(PART, kept), "too late").turned_down(code=TOO_LATE)

    def _echo(self, capture: str) -> FoundOut:
        if not capture:
            return open_still("no capture")
        read = self.gateway.get_transaction(self.store.credentials, MonextTransactionId(capture))
        echoed = JsonObject.of(read.body, what="answer").part("privateData").text(OWN_DATA) == "first"
        return known(echoed, "echoed" if echoed else "not echoed")


def _has_zone(text: str | None) -> bool:
    try:
        return datetime.fromisoformat(text or "").tzinfo is not None
    except ValueError:
        return False
