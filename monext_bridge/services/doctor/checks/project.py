"""Checks the commercetools project: each API client and its scopes, the clock, and the currencies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from monext_bridge.config import Settings
from monext_bridge.errors import RemoteError, RemoteRefused, RemoteUnreachable
from monext_bridge.gateways.commercetools import CommercetoolsClock, CommercetoolsGateway, granted_scopes
from monext_bridge.services.doctor.examination import Examination
from monext_bridge.services.doctor.findings import Diagnosis, fault, ok, skipped, warning
from monext_bridge.services.doctor.patient import Patient

CLIENT = "CTP_CLIENT_SECRET"
FORBIDDEN = 403
MOST_SECONDS_APART = 120
"""Seconds between the machine's clock and commercetools' that are borne. Links and tokens end by the machine's."""


@dataclass(frozen=True, slots=True)
class Need:
    """Holds what a feature needs: one of these scopes. Without one that is `essential` nothing can be paid."""

    feature: str
    scopes: tuple[str, ...]
    setting: str
    essential: bool


def project_checks(patient: Patient) -> Iterator[Examination]:
    settings = patient.settings
    for place, _ in enumerate(settings.commercetools.clients(), start=1):
        yield Examination(
            f"API client {place} of commercetools",
            lambda place=place: client_and_scopes(settings, place=place),  # type: ignore[misc]
            setting=CLIENT,
        )
    yield Examination("clock of this machine", lambda: clock(patient))
    yield Examination("currencies of the project", lambda: project_currencies(settings), setting="CURRENCIES")


def needs(settings: Settings) -> tuple[Need, ...]:
    """Return what the features that are in use need."""
    found = [
        Need("payments", ("manage_payments",), CLIENT, essential=True),
        Need("carts and orders", ("manage_orders",), CLIENT, essential=True),
        Need(
            "a cart's customer, told to Monext",
            ("view_customers", "manage_customers"),
            CLIENT,
            essential=False,
        ),
        Need("the operations API", ("introspect_oauth_tokens",), CLIENT, essential=False),
    ]
    if settings.commercetools.session_url:
        sessions = ("view_sessions", "manage_sessions")
        found.append(Need("checkout sessions", sessions, "CTP_SESSION_URL", essential=True))
    if settings.events_secrets or settings.events_oidc_emails or settings.events_topics:
        scopes = ("manage_subscriptions", "view_subscriptions")
        found.append(Need("the subscription of shipments", scopes, "EVENTS_SECRET", essential=False))
    return tuple(found)


def client_and_scopes(settings: Settings, *, place: int) -> Iterator[Diagnosis]:
    """Ask for a token with one pair of CTP_CLIENT_ID and CTP_CLIENT_SECRET, and look at its scopes."""
    clients = settings.commercetools.clients()
    which = f"API client {place} of {len(clients)}" if len(clients) > 1 else "The API client"
    try:
        scopes = granted_scopes(settings.commercetools, clients[place - 1])
    except RemoteUnreachable:
        yield skipped(
            "ctp_client_not_asked",
            f"{which} is not tried: commercetools is not reached",
            setting="CTP_AUTH_URL",
        )
    except RemoteRefused as error:
        yield _refused(which, status=error.status, last_hope=place == len(clients))
    except RemoteError:
        yield fault(
            "ctp_no_usable_answer",
            f"{which} gets no usable answer from the authorisation server",
            setting="CTP_AUTH_URL",
            advice="See whether it is commercetools that answers there, and its status page.",
            outside=True,
        )
    else:
        yield ok("ctp_client_accepted", f"{which} is accepted", setting=CLIENT)
        yield from scopes_of(settings, which, scopes)


def _refused(which: str, *, status: int, last_hope: bool) -> Diagnosis:
    what = f"{which} is refused ({status})"
    if last_hope:
        advice = "Copy id and secret again; commercetools shows a secret once, so make a new API client if need be."
        return fault("ctp_client_refused", what, setting=CLIENT, advice=advice)
    advice = "Take it out of CTP_CLIENT_ID and CTP_CLIENT_SECRET, unless it is new and not active yet."
    return warning("ctp_client_refused", what, setting=CLIENT, advice=advice)


def scopes_of(settings: Settings, which: str, granted: frozenset[str]) -> Iterator[Diagnosis]:
    """Compare scopes such as `manage_payments:shop` with what is needed; those of one store alone do not count.

    Where all are of another project, that is told alone.
    """
    if others := _other_projects(settings, granted):
        yield _of_another_project(which, others, settings)
        return
    names = {name for name, _, rest in (each.partition(":") for each in granted) if rest == _key(settings)}
    everything = "manage_project" in names
    wanted = needs(settings)
    missing = [need for need in wanted if not everything and not names & set(need.scopes)]
    more = names - {scope for need in wanted for scope in need.scopes} - MAY_HAVE
    yield from (_missing(which, need) for need in missing)
    yield from _too_many(which, more)
    if not missing and not more:
        yield ok("ctp_scopes", f"{which} has the scopes that it needs, and no more", setting=CLIENT)


MAY_HAVE = frozenset({"manage_subscriptions", "view_subscriptions", "view_project_settings"})
"""Scopes that do no harm: this command reads the project's currencies and the subscription with them."""


def _other_projects(settings: Settings, granted: frozenset[str]) -> tuple[str, ...]:
    """Return the projects of the scopes, none where one is of ours or no scope names any."""
    projects = {each.split(":")[1] for each in granted if ":" in each}
    return () if _key(settings) in projects else tuple(sorted(projects))


def _of_another_project(which: str, projects: tuple[str, ...], settings: Settings) -> Diagnosis:
    return fault(
        "ctp_project_differs",
        f"{which} is of the project {', '.join(projects)}, and CTP_PROJECT_KEY is {_key(settings)}",
        setting="CTP_PROJECT_KEY",
        advice="Set it to the key of that project, or take an API client of the other one.",
    )


def _missing(which: str, need: Need) -> Diagnosis:
    what = f"{which} lacks the scope {need.scopes[0]}, which is needed for {need.feature}"
    advice = "Scopes can't be changed: make an API client with those of docs/commercetools-setup.md, for the bridge."
    if need.essential:
        return fault("ctp_scope_missing", what, setting=need.setting, advice=advice)
    return warning(
        "ctp_scope_missing", what, setting=need.setting, advice=f"Needed only where you use that. {advice}"
    )


def _too_many(which: str, more: set[str]) -> Iterator[Diagnosis]:
    if more:
        yield warning(
            "ctp_scopes_too_many",
            f"{which} has scopes that the bridge does not need: {', '.join(sorted(more))}",
            setting=CLIENT,
            advice="Make an API client with those of docs/commercetools-setup.md alone: a stolen one opens less.",
        )


def clock(patient: Patient) -> Iterator[Diagnosis]:
    """Compare the machine's clock with commercetools'."""
    known = CommercetoolsClock(machine_clock=patient.machine_clock)
    with suppress(RemoteError):  # a refusal is dated too
        CommercetoolsGateway(patient.settings.commercetools, clock=known).check()
    ahead = known.machine_is_ahead_by()
    if ahead is None:
        yield skipped(
            "clock_not_compared", "The clock is not compared: commercetools gave no answer that is dated"
        )
        return
    seconds = round(ahead.total_seconds())
    where = "ahead of" if seconds >= 0 else "behind"
    if abs(seconds) > MOST_SECONDS_APART:
        yield fault(
            "clock_differs",
            f"This machine's clock is {abs(seconds)} s {where} commercetools'",
            setting=None,
            advice="Set it, and let NTP keep it right: signed links, tokens and messages end by it.",
        )
    else:
        yield ok("clock", "This machine's clock agrees with commercetools'")


def project_currencies(settings: Settings) -> Iterator[Diagnosis]:
    """Compare CURRENCIES with those of the project. Monext says of no contract which currencies it takes."""
    yield skipped(
        "monext_currencies_unknown",
        "Monext's Merchant API does not say which currencies a contract takes",
        setting="CURRENCIES",
        advice="--live opens a small session in each of them.",
    )
    try:
        project = CommercetoolsGateway(settings.commercetools).get_project()
    except RemoteError as error:
        what = f"The project's currencies are not read: {why_not_read(error, scope='view_project_settings')}"
        yield skipped("ctp_project_not_read", what, setting="CURRENCIES")
        return
    yield from _compared(settings.currencies, project)


def why_not_read(error: RemoteError, *, scope: str) -> str:
    """Say why commercetools did not let something be read."""
    if not isinstance(error, RemoteRefused):
        return "commercetools gives no answer"
    return f"that takes the scope {scope}" if error.status == FORBIDDEN else "the API client is refused"


def _compared(wanted: frozenset[str], project: Mapping[str, object]) -> Iterator[Diagnosis]:
    listed = project.get("currencies")
    known = {each for each in listed if isinstance(each, str)} if isinstance(listed, list) else set()
    if missing := sorted(wanted - known):
        yield warning(
            "currency_not_in_project",
            f"CURRENCIES names {', '.join(missing)}, which the project does not have: no cart can be in it",
            setting="CURRENCIES",
            advice="Take it out, or add it to the project.",
        )
    if unpaid := sorted(known - wanted):
        yield warning(
            "currency_not_paid",
            f"The project has {', '.join(unpaid)}, whose carts the bridge refuses",
            setting="CURRENCIES",
            advice="Add it where such carts are to be paid.",
        )
    if wanted == known:
        yield ok("currencies", "CURRENCIES are those of the project", setting="CURRENCIES")


def _key(settings: Settings) -> str:
    return settings.commercetools.project_key
