"""Finds out in homologation which facts about the remotes hold, with small payments that a person makes.

It decides what counts as holding and what differs. It refuses production where money moves, and gives back all that
it took. What it finds out at commercetools takes a cart and a session that a person lends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from monext_bridge.config import MonextEnvironment, Settings, StoreSettings
from monext_bridge.domain.ids import CartId
from monext_bridge.errors import Conflict, PageNotFetched
from monext_bridge.gateways.commercetools import CommercetoolsGateway
from monext_bridge.gateways.monext import MonextGateway
from monext_bridge.services.homologation.commercetools_facts import COMMERCETOOLS_FACTS
from monext_bridge.services.homologation.counters import NONE_CAME, Count, called, counters_of, violated
from monext_bridge.services.homologation.facts import Fact, FactState, Found, FoundOut, known
from monext_bridge.services.homologation.lent_cart import LentCart
from monext_bridge.services.homologation.lent_session import check_session
from monext_bridge.services.homologation.monext_facts import MONEXT_FACTS
from monext_bridge.services.homologation.not_checked import NOT_CHECKED
from monext_bridge.services.homologation.progress import CheckProgress, load
from monext_bridge.services.homologation.sessions import SessionsOfCheck, note
from monext_bridge.services.homologation.with_payment import PaidCheck
from monext_bridge.services.homologation.without_browser import ask_alone, open_sessions

__all__ = [
    "COMMERCETOOLS_FACTS",
    "FACTS",
    "MONEXT_FACTS",
    "NOT_CHECKED",
    "CheckProgress",
    "Fact",
    "FactState",
    "FoundOut",
    "Homologation",
    "Lent",
    "check_lent",
    "counters_of",
    "facts_of",
    "load",
    "refuse_real_money",
    "returned_with",
]

FACTS: Mapping[str, Fact] = {**MONEXT_FACTS, **COMMERCETOOLS_FACTS}
TOKEN_NAMES = frozenset({"paylinetoken", "monext_session_id", "token"})


def refuse_real_money(settings: Settings) -> None:
    """Raise Conflict where any store takes real money."""
    if not _is_homologation(settings):
        raise Conflict(
            "MONEXT_ENVIRONMENT is PRODUCTION: this check moves money, so it runs in homologation alone"
        )


def _is_homologation(settings: Settings) -> bool:
    return all(store.environment is MonextEnvironment.HOMOLOGATION for store in settings.stores())


@dataclass(frozen=True, slots=True)
class Homologation:
    """One check with payments. `count` reads the running bridge's counters, `now` is by the records' clock.

    All of it raises RemoteUnavailable and Conflict. `save` keeps the progress before whatever is not to be repeated.
    """

    settings: Settings
    store: StoreSettings
    progress: CheckProgress
    save: Callable[[], None]
    count: Count
    now: datetime

    def begin(self) -> None:
        """Find out what needs no payment, and open the sessions that a person then uses."""
        refuse_real_money(self.settings)
        self.progress.opened = self.now.isoformat()
        try:
            self.progress.counted = dict(self.count())
        except (PageNotFetched, ValueError):
            self.progress.counted = None
        self._note(ask_alone(self.settings, self.store))
        self._note(open_sessions(self.settings, self.store, self.progress))
        self.save()

    def go_on(self, *, over_night: bool = False) -> bool:
        """Find out the rest of what is there by now. Return False where the first session is not paid yet.

        May be repeated after it was stopped anywhere: what may have been sent is not sent again, and what was taken
        is given back by what the ledger says. `over_night` keeps what is captured until the next day.
        """
        refuse_real_money(self.settings)
        self.progress.interrupted = self.progress.interrupted or bool(self.progress.under_way)
        self.save()
        sessions = SessionsOfCheck(self.store, self.progress, self.save, MonextGateway(), self.now)
        self._note(violated(self.progress.counted, self.count))
        self._note(sessions.others())
        second_is_settled = self._act_on_second(sessions)
        if not self.progress.transaction and not self._is_paid(sessions):
            return False
        self._act(PaidCheck(*sessions.parts, self.progress.transaction), over_night=over_night)
        self.progress.cleaned = self.progress.cleaned and second_is_settled
        self.save()
        return True

    def _act(self, check: PaidCheck, *, over_night: bool) -> None:
        try:
            if not self.progress.interrupted and "partial_capture" not in self.progress.found:
                self._note(check.look())
                self._note(check.act())
            self._note(check.cancel_what_was_settled(now=self.now))
        finally:
            self._note(check.keep(now=self.now) if over_night else check.clean_up())

    def _act_on_second(self, sessions: SessionsOfCheck) -> bool:
        """Act on the second payment where there is one. Return whether nothing of it is kept."""
        try:
            self._note(sessions.act_on_second())
        finally:
            settled = sessions.give_back()
        return settled

    def _is_paid(self, sessions: SessionsOfCheck) -> bool:
        """Tell whether the first session is paid. Whether Monext has called is looked at before."""
        told = called(self.progress.counted, self.count)
        self.progress.transaction = sessions.first()
        paid = bool(self.progress.transaction)
        if told.evidence == NONE_CAME and paid and not self.progress.refused:
            told = known(False, NONE_CAME)
        before = self.progress.found.get("notification")
        if before is None or before.verdict is FactState.NOT_FOUND_OUT:
            self.progress.found["notification"] = told
        self.save()
        return paid

    def _note(self, found: Found) -> None:
        note(found, self.progress, self.save)


@dataclass(frozen=True, slots=True)
class Lent:
    """Names what a person lends: a cart that is used up, one without a shipping address, a session that is read."""

    cart: str | None = None
    bare_cart: str | None = None
    session: str | None = None


def check_lent(
    settings: Settings,
    lent: Lent,
    progress: CheckProgress,
    *,
    confirmed: bool,
    save: Callable[[], None],
    now: datetime,
) -> tuple[str, ...]:
    """Find out what needs what a person lends. Return what stays in commercetools.

    Raises Conflict where something else was lent, or in production unless it is `confirmed`; SettingsError,
    RemoteError.
    """
    if not confirmed and not _is_homologation(settings):
        raise Conflict("MONEXT_ENVIRONMENT is PRODUCTION: add --yes to use up what is lent in this project")
    gateway, left = CommercetoolsGateway(settings.commercetools), list[str]()
    if lent.session:
        note(check_session(gateway, lent.session), progress, save)
    if lent.bare_cart:
        bare = LentCart(gateway, CartId(lent.bare_cart), left, now)
        note(bare.check_without_address(), progress, save)
    if lent.cart:
        note(LentCart(gateway, CartId(lent.cart), left, now).check(), progress, save)
    return tuple(left)


def returned_with(progress: CheckProgress, names: frozenset[str]) -> None:
    """Note with which parameters the buyer came back. Only their names are kept."""
    told = sorted(names & TOKEN_NAMES) or sorted(names)
    progress.found["token_parameter"] = known(bool(names & TOKEN_NAMES), ", ".join(told) or "none")


def facts_of(progress: CheckProgress) -> Mapping[str, FoundOut]:
    """Return what is known of every fact. One that nothing was found out about says so."""
    return {name: progress.found.get(name, FoundOut(FactState.NOT_FOUND_OUT)) for name in FACTS}
