"""Reads the sessions of this check as the bridge reads those of buyers: refused, given up, paid twice, left alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monext_bridge.config import StoreSettings
from monext_bridge.domain.ids import SessionToken
from monext_bridge.domain.monext import FailureReason, Outcome, OutcomeKind
from monext_bridge.errors import RemoteUnavailable
from monext_bridge.gateways.monext import MonextGateway
from monext_bridge.services.homologation.facts import FactState, Found, FoundOut, known, open_still
from monext_bridge.services.homologation.paid_transaction import PaidTransaction
from monext_bridge.services.homologation.progress import CheckProgress
from monext_bridge.services.homologation.with_payment import PART
from monext_bridge.services.homologation.without_browser import said
from monext_bridge.services.remotes import MonextPayments

GRACE = timedelta(minutes=5)
"""A session may be open for so long after its time, and end so long before, as clocks and Monext's jobs have it."""

DUPLICATES = frozenset({"02001", "02002", "01913", "01185"})
OPEN = (OutcomeKind.NOT_BEGUN, OutcomeKind.PENDING)


@dataclass(frozen=True, slots=True)
class SessionsOfCheck:
    """Reads sessions. `now` is by the clock by which `progress.opened` was noted."""

    store: StoreSettings
    progress: CheckProgress
    save: Callable[[], None]
    gateway: MonextGateway
    now: datetime

    @property
    def parts(self) -> tuple[StoreSettings, CheckProgress, Callable[[], None], MonextGateway]:
        """What a transaction of this check is made of, beside its id."""
        return self.store, self.progress, self.save, self.gateway

    @property
    def age(self) -> timedelta:
        opened = self.progress.opened
        return self.now - datetime.fromisoformat(opened) if opened else timedelta(0)

    @property
    def lifetime(self) -> timedelta:
        return timedelta(minutes=self.store.session_minutes)

    def first(self) -> str:
        """Return the id of the transaction that paid the first session, or an empty text. A refusal is noted."""
        outcome, told = self._outcome(self.progress.session)
        if outcome.title == "REFUSED":
            self.progress.refused = True
            self.progress.found["refused_card"] = known(outcome.code.startswith("01"), told)
        paid = self._paid(outcome)
        if paid and self.progress.refused:
            self.progress.found["paid_after_refusal"] = known(True, "paid")
        return paid

    def others(self) -> Found:
        """Look at what a person has done with the other sessions, and at the one that was left alone."""
        if self.progress.given_up and "cancelled_by_buyer" not in self.progress.found:
            yield from self._given_up()
        if self.progress.left_alone:
            yield "session_ends", self._left_alone()
        if self.progress.second and not self.progress.second_transaction:
            yield from self._second()

    def act_on_second(self) -> Found:
        """Capture a part of the second payment as the last, and look at the rest. It is sent once."""
        paid = self._second_payment()
        if paid is None or self.progress.interrupted or "final_capture" in self.progress.found:
            return
        found = paid.do("captures", PART, "final", more={"option": "FINAL"}).carried_out()
        if found.verdict is FactState.HOLDS:
            left = paid.money().uncaptured
            found = known(left == 0, f"{found.evidence}, {left} left")
        yield "final_capture", found

    def give_back(self) -> bool:
        """Give back what the second payment took, and return whether all of it is. May be repeated."""
        paid = self._second_payment()
        if paid is None:
            return True
        paid.cancel_rest()
        return paid.refund_all().settled

    def _second_payment(self) -> PaidTransaction | None:
        transaction = self.progress.second_transaction
        return PaidTransaction(*self.parts, transaction) if transaction else None

    def _given_up(self) -> Found:
        outcome, told = self._outcome(self.progress.given_up)
        if outcome.kind is OutcomeKind.FAILED and self.age < self.lifetime - GRACE:
            yield "cancelled_by_buyer", known(outcome.reason is FailureReason.CANCELLED, told)

    def _left_alone(self) -> FoundOut:
        outcome, told = self._outcome(self.progress.left_alone, session_over=self.age > self.lifetime)
        minutes = round(self.age.total_seconds() / 60)
        told = f"{told} after {minutes} of {self.store.session_minutes} minutes"
        if outcome.kind in OPEN:
            return known(False, told) if self.age > self.lifetime + GRACE else open_still(told)
        expired = outcome.kind is OutcomeKind.FAILED and outcome.reason is FailureReason.EXPIRED
        return known(expired and self.age > self.lifetime - GRACE, told)

    def _second(self) -> Found:
        outcome, told = self._outcome(self.progress.second)
        self.progress.second_transaction = self._paid(outcome)
        if self.progress.second_transaction:
            yield "second_attempt", known(True, told)
        elif outcome.code in DUPLICATES:
            yield "second_attempt", known(False, told)

    def _paid(self, outcome: Outcome) -> str:
        if outcome.kind is not OutcomeKind.ACCEPTED:
            return ""
        paid = MonextPayments(self.gateway).accepted(self.store, outcome)
        return paid[0].id if paid else ""

    def _outcome(self, token: str, *, session_over: bool = False) -> tuple[Outcome, str]:
        """Read a session. Return what became of it, and status, title and code. Raises RemoteUnavailable."""
        payments = MonextPayments(self.gateway)
        answer = payments.ask(self.store, SessionToken(token))
        if isinstance(answer, RemoteUnavailable):
            raise answer
        return payments.sort(answer, session_over=session_over), said(answer)


def note(found: Found, progress: CheckProgress, save: Callable[[], None]) -> None:
    """Note and save each fact as it is found out."""
    for name, each in found:
        progress.found[name] = each
        save()
