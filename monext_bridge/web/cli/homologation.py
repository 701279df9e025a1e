"""`flask homologation-check` finds out, with real test credentials, which facts about the remotes hold."""

from __future__ import annotations

import json
import platform
from collections import Counter
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import click
from flask.cli import with_appcontext

from monext_bridge import __version__
from monext_bridge.errors import StoreNotConfigured
from monext_bridge.services.homologation import (
    FACTS,
    NOT_CHECKED,
    CheckProgress,
    FactState,
    Homologation,
    Lent,
    check_lent,
    counters_of,
    facts_of,
    load,
    refuse_real_money,
    returned_with,
)
from monext_bridge.web.cli.endings import failures, printable
from monext_bridge.web.cli.operations import program
from monext_bridge.web.http import services

PROGRESS, REPORT = "homologation-progress.json", "homologation-facts.json"
MONEY = "Run it again with --resume: it gives back what it took by what the ledger says."
REFUSED_CARD = "4970103469011001"
"""Monext's simulator reads the code 01100 from this number. https://docs.monext.fr, return codes, simulator"""

TO_DO = """What a person does now, in a browser. Only the second card of 1 is needed; each of the others tells more.
 1. {first}
    a. Pay with the card {card}: it is refused. While the page offers another try, run: {resume}
    b. Pay there with a test card that is accepted. Keep the address of the page that you come back to.
    c. Wait two minutes, so that Monext can call the bridge.
 2. {second}
    After 1, pay with the same card.
 3. {given_up}
    Give up: press the link that cancels.
 4. In your shop, pay a cart or two on the bridge's own page: what the widget loads is counted meanwhile.
Then run: {resume} --returned-to '<that address>'
Run {resume} once more after {minutes} minutes: a session that was left alone has ended then."""


@click.command("homologation-check")
@click.option("--store", "store_key", metavar="KEY", help="Store whose merchant is used; --resume knows it.")
@click.option(
    "--resume", type=click.Path(path_type=Path), metavar="FILE", help="Go on where a run has stopped."
)
@click.option("--returned-to", metavar="URL", help="Address of the page that the buyer came back to.")
@click.option(
    "--over-night", is_flag=True, help="Keep the captures of the test payment until you resume without it."
)
@click.option(
    "--cart", metavar="ID", help="A cart that you lend: it is frozen and ordered, the order cancelled."
)
@click.option("--bare-cart", metavar="ID", help="A cart without a shipping address, which it tries to order.")
@click.option("--session", metavar="ID", help="A checkout session, which is read.")
@click.option("--yes", is_flag=True, help="Use what is lent although a store is in PRODUCTION.")
@click.option(
    "--progress",
    type=click.Path(path_type=Path),
    default=PROGRESS,
    show_default=True,
    help="File that a new run keeps its progress in.",
)
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    default=REPORT,
    show_default=True,
    help="File for the developers.",
)
@click.option("--steps", is_flag=True, help="Print what is found out and how, and do nothing.")
@with_appcontext
def homologation_check(
    store_key: str | None,
    resume: Path | None,
    returned_to: str | None,
    over_night: bool,
    cart: str | None,
    bare_cart: str | None,
    session: str | None,
    yes: bool,
    progress: Path,
    report: Path,
    steps: bool,
) -> None:
    """Find out which facts about Monext and commercetools hold, in homologation.

    The first run asks what needs no payment and prints what a person does in a browser. Then run it with --resume:
    it captures and refunds parts of 300 minor units, and gives all of it back. With --cart, --bare-cart or --session
    it finds out about commercetools alone. The report may be sent to the developers.
    """
    if steps:
        _print_steps()
        return
    lent, settings = Lent(cart, bare_cart, session), services().settings
    with failures(as_json=False, hint="" if any((cart, bare_cart, session)) else f"\n{MONEY}"):
        if lent != Lent():
            state, path = _progress(resume, progress)
            _look_at_what_is_lent(lent, state, path, confirmed=yes)
        else:
            refuse_real_money(settings)
            state, path = _progress(resume, progress)
            check = _check(state, path, store_key=store_key)
            if not state.session:
                _begin(check, path)
            elif not _resume(check, returned_to, over_night=over_night):
                return
        _tell(state, report)
        if state.transaction and not state.cleaned:
            click.echo(_not_given_back(over_night=bool(state.kept_since)), err=True)


def _progress(resume: Path | None, progress: Path) -> tuple[CheckProgress, Path]:
    """Return the progress so far and its file. Raises UsageError where there is none, or one that would be lost."""
    if resume is None:
        if progress.exists():
            raise click.UsageError(
                f"{progress} is there: go on with --resume {progress}, or name another --progress."
            )
        return CheckProgress(), progress
    try:
        return load(resume), resume
    except (OSError, ValueError) as error:
        raise click.UsageError(f"{resume} can't be read: {type(error).__name__}") from error


def _check(state: CheckProgress, path: Path, *, store_key: str | None) -> Homologation:
    """Return the check of a store: of the one that is named, else that of the progress, else the only one."""
    settings, now = services().settings, services().machine_clock()
    try:
        store = settings.store(store_key or state.store or None)
    except StoreNotConfigured as error:
        known = ", ".join(each.store_key for each in settings.stores() if each.store_key)
        raise click.UsageError(f"say --store with one of: {known}") from error
    state.store = store.store_key or ""
    return Homologation(settings, store, state, lambda: state.save(path), counters_of(settings), now)


def _begin(check: Homologation, path: Path) -> None:
    check.begin()
    if check.progress.redirect_url:
        resume = f"{' '.join(program())} homologation-check --resume {path}"
        progress = check.progress
        click.echo(
            TO_DO.format(
                first=progress.redirect_url,
                second=progress.second_url,
                given_up=progress.given_up_url,
                card=REFUSED_CARD,
                resume=resume,
                minutes=check.store.session_minutes + 6,
            )
        )


def _resume(check: Homologation, returned_to: str | None, *, over_night: bool) -> bool:
    if returned_to:
        returned_with(check.progress, _parameters(returned_to))
        check.save()
    if not check.go_on(over_night=over_night):
        noted = " The refusal is noted." if check.progress.refused else ""
        click.echo(f"The session is not paid yet.{noted} Pay here: {check.progress.redirect_url}")
        return False
    return True


def _look_at_what_is_lent(lent: Lent, state: CheckProgress, path: Path, *, confirmed: bool) -> None:
    left = check_lent(
        services().settings,
        lent,
        state,
        confirmed=confirmed,
        save=lambda: state.save(path),
        now=services().machine_clock(),
    )
    state.save(path)
    if left:
        click.echo(f"This stays in commercetools, without any money: {'; '.join(left)}")


def _not_given_back(*, over_night: bool) -> str:
    if over_night:
        return "The captures stay over night. Run it with --resume alone tomorrow: it gives them back."
    return f"Not all of the money is given back. {MONEY}"


def _print_steps() -> None:
    for name, fact in FACTS.items():
        click.echo(f"{name}: {fact.says}\n    {fact.how}")
    for what, how in NOT_CHECKED.items():
        click.echo(f"not checked: {what}\n    {how}")


def _parameters(url: str) -> frozenset[str]:
    """Return the names of the parameters alone: their values are a token, and may be more."""
    return frozenset(name[:20] for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True))


def _tell(state: CheckProgress, report: Path) -> None:
    """Write the report, and print what differs with what to do."""
    found = facts_of(state)
    facts = {
        name: {"says": FACTS[name].says, "verdict": each.verdict.value, "evidence": each.evidence}
        for name, each in found.items()
    }
    versions = {"bridge": __version__, "python": platform.python_version()}
    report.write_text(
        json.dumps({**versions, "facts": facts, "not checked": [*NOT_CHECKED]}, indent=2) + "\n"
    )
    for name, each in found.items():
        if each.verdict is FactState.DIFFERS:
            click.echo(f"DIFFERS {name}: {FACTS[name].says}. It was: {printable(each.evidence)}")
            click.echo(f"        -> {FACTS[name].otherwise}")
    still_open = [name for name, each in found.items() if each.verdict is FactState.NOT_FOUND_OUT]
    if still_open:
        click.echo(f"Not found out: {', '.join(still_open)}. See --steps for how.")
    counts = Counter(each.verdict for each in found.values())
    click.echo(", ".join(f"{counts[verdict]} {verdict}" for verdict in FactState))
    click.echo(f"No command checks {len(NOT_CHECKED)} more, which --steps lists. Report: {report}")
