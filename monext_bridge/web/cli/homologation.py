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
from monext_bridge.services.homologation import (
    FACTS,
    CheckProgress,
    FactState,
    begin_check,
    facts_of,
    go_on,
    load,
    refuse_real_money,
    returned_with,
)
from monext_bridge.web.cli.endings import failures
from monext_bridge.web.http import services

PROGRESS, REPORT = "homologation-progress.json", "homologation-facts.json"
MONEY = "Run it again with --resume: it gives back what it took by what the ledger says."


@click.command("homologation-check")
@click.option(
    "--store", "store_key", metavar="KEY", help="Store whose merchant is used, where there are several."
)
@click.option(
    "--resume", type=click.Path(path_type=Path), metavar="FILE", help="Go on where a run has stopped."
)
@click.option("--returned-to", metavar="URL", help="Address of the page that the buyer came back to.")
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
    progress: Path,
    report: Path,
    steps: bool,
) -> None:
    """Find out which facts about Monext and commercetools hold, in homologation alone.

    The first run asks what needs no payment and prints an address. Pay there with a test card, then run it again
    with --resume: it captures and refunds parts of 300 minor units, and gives all of it back. The report may be sent
    to the developers.
    """
    if steps:
        for name, fact in FACTS.items():
            click.echo(f"{name}: {fact.says}\n    {fact.how}")
        return
    with failures(as_json=False, hint=f"\n{MONEY}"):
        refuse_real_money(services().settings)
        if resume:
            _resume(resume, store_key=store_key, returned_to=returned_to, report=report)
        else:
            _begin(progress, store_key=store_key, report=report)


def _begin(path: Path, *, store_key: str | None, report: Path) -> None:
    if path.exists():
        raise click.UsageError(f"{path} is there: go on with --resume {path}, or name another --progress.")
    settings, state = services().settings, CheckProgress()
    begin_check(settings, settings.store(store_key), state)
    state.save(path)
    _tell(state, report)
    if state.redirect_url:
        click.echo(f"Pay here with a test card: {state.redirect_url}")
        click.echo(
            f"Then: flask homologation-check --resume {path} --returned-to '<address that you came back to>'"
        )


def _resume(path: Path, *, store_key: str | None, returned_to: str | None, report: Path) -> None:
    settings = services().settings
    try:
        state = load(path)
    except (OSError, ValueError) as error:
        raise click.UsageError(f"{path} can't be read: {type(error).__name__}") from error
    if returned_to:
        returned_with(state, _parameters(returned_to))
        state.save(path)
    if not go_on(settings, settings.store(store_key), state, save=lambda: state.save(path)):
        click.echo(f"The session is not paid yet. Pay here: {state.redirect_url}")
        return
    _tell(state, report)
    if not state.cleaned:
        click.echo(f"Not all of the money is given back. {MONEY}", err=True)


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
    body = {"bridge": __version__, "python": platform.python_version(), "facts": facts}
    report.write_text(json.dumps(body, indent=2) + "\n")
    for name, each in found.items():
        if each.verdict is FactState.DIFFERS:
            click.echo(f"DIFFERS {name}: {FACTS[name].says}. It was: {each.evidence}")
            click.echo(f"        -> {FACTS[name].otherwise}")
    counts = Counter(each.verdict for each in found.values())
    click.echo(", ".join(f"{counts[verdict]} {verdict}" for verdict in FactState))
    click.echo(f"Report: {report}")
