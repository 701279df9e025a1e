"""Finds out in homologation which facts about the remotes hold, with one small payment that a person makes.

It decides what counts as holding and what differs. It refuses production, and gives back all that it took.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from monext_bridge.config import MonextEnvironment, Settings, StoreSettings
from monext_bridge.errors import Conflict
from monext_bridge.gateways.monext import MonextGateway
from monext_bridge.services.homologation.facts import FACTS, Fact, FactState, FoundOut, known
from monext_bridge.services.homologation.progress import CheckProgress, load
from monext_bridge.services.homologation.with_payment import PaidCheck
from monext_bridge.services.homologation.without_browser import ask_alone, open_session

__all__ = [
    "FACTS",
    "CheckProgress",
    "Fact",
    "FactState",
    "FoundOut",
    "begin_check",
    "facts_of",
    "go_on",
    "load",
    "refuse_real_money",
    "returned_with",
]

TOKEN_NAMES = frozenset({"paylinetoken", "monext_session_id", "token"})


def refuse_real_money(settings: Settings) -> None:
    """Raise Conflict where any store takes real money."""
    if any(store.environment is not MonextEnvironment.HOMOLOGATION for store in settings.stores()):
        raise Conflict(
            "MONEXT_ENVIRONMENT is PRODUCTION: this check moves money, so it runs in homologation alone"
        )


def begin_check(settings: Settings, store: StoreSettings, progress: CheckProgress) -> None:
    """Find out what needs no payment, and open the session to be paid. Raises RemoteUnavailable, Conflict."""
    refuse_real_money(settings)
    progress.found.update(ask_alone(settings, store))
    progress.found.update(open_session(settings, store, progress))


def go_on(
    settings: Settings, store: StoreSettings, progress: CheckProgress, *, save: Callable[[], None]
) -> bool:
    """Find out the rest once the session is paid, and clean up. Return False where it is not paid yet.

    May be repeated after it was stopped anywhere: what may have been sent is not sent again, and what was taken is
    given back by what the ledger says. Raises RemoteUnavailable, Conflict.
    """
    refuse_real_money(settings)
    check = PaidCheck(store, progress, save, MonextGateway())
    if not progress.transaction and not check.is_paid():
        return False
    save()
    try:
        if not progress.under_way and "partial_capture" not in progress.found:
            for name, found in (*check.look(), *check.act()):
                progress.found[name] = found
                save()
    finally:
        progress.found.update(check.clean_up())
        save()
    return True


def returned_with(progress: CheckProgress, names: frozenset[str]) -> None:
    """Note with which parameters the buyer came back. Only their names are kept."""
    told = sorted(names & TOKEN_NAMES) or sorted(names)
    progress.found["token_parameter"] = known(bool(names & TOKEN_NAMES), ", ".join(told) or "none")


def facts_of(progress: CheckProgress) -> Mapping[str, FoundOut]:
    """Return what is known of every fact. One that nothing was found out about says so."""
    return {name: progress.found.get(name, FoundOut(FactState.NOT_FOUND_OUT)) for name in FACTS}
