"""`flask doctor` examines the set-up and says what is wrong with it and what to do. Ends with 1 for a fault.

It reads the environment itself, so that it works where the settings can't be used and no other command starts.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from itertools import zip_longest
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from pydantic import SecretStr

from monext_bridge import __version__
from monext_bridge.config import load_settings, surrounding_environment
from monext_bridge.gateways.redis import connect_redis
from monext_bridge.queue import Presence
from monext_bridge.services.doctor import (
    Diagnosis,
    Level,
    Machine,
    Patient,
    examine,
    faults_of_settings,
    for_release,
    takes_real_money,
    this_machine,
)
from monext_bridge.web.cli.endings import print_json, printable

FAULTY = 1
REDIS_SECONDS = 2.0
COLORS = {Level.OK: "green", Level.SKIPPED: "blue", Level.WARNING: "yellow", Level.FAULT: "red"}
WIDTH = len(Level.SKIPPED)
REAL_MONEY = (
    "With PRODUCTION, --live opens sessions at the real Monext, which nobody pays: confirm it with --yes."
)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option(
    "--release",
    is_flag=True,
    help="For a host's release phase: what is not there outside is a warning and does not stop it.",
)
@click.option("--live", is_flag=True, help="Also open a small session for each store and currency.")
@click.option("--yes", is_flag=True, help="With --live: do so in production too.")
@with_appcontext
def doctor(as_json: bool, release: bool, live: bool, yes: bool) -> None:
    """Examine settings, remotes, credentials, addresses and machine, and say what to do.

    Ends with 0 where there are warnings alone, with 1 where there is a fault, within 30 seconds. It writes nothing:
    only --live does, and at Monext alone.
    """
    with _quiet():
        found = examined(
            surrounding_environment(Path(current_app.root_path) / ".env"),
            machine=this_machine(),
            live=live,
            confirmed=yes,
        )
    found = for_release(found) if release else found
    if as_json:
        print_json(_as_json(found))
    else:
        click.echo("\n".join(report_lines(found)))
    if any(each.level is Level.FAULT for each in found):
        raise click.exceptions.Exit(FAULTY)


def examined(
    environ: Mapping[str, str], *, machine: Machine, live: bool = False, confirmed: bool = False
) -> tuple[Diagnosis, ...]:
    """Return what is found; where the settings can't be used, their faults alone.

    Raises UsageError where sessions with real money are to be opened, and nobody has confirmed that.
    """
    if faults := faults_of_settings(environ):
        return faults
    settings = load_settings(environ)
    if live and not confirmed and takes_real_money(settings):
        raise click.UsageError(REAL_MONEY)
    patient = Patient(environ=environ, settings=settings, machine=machine, worker_is_there=_worker_is_there)
    return examine(patient, live=live)


def _worker_is_there(url: SecretStr) -> bool:
    with connect_redis(url, timeout=REDIS_SECONDS) as client:
        return Presence(client).anybody()


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the log still: each call that fails is a finding, and would be told twice. LOG_LEVEL=DEBUG shows it."""
    before = logging.root.manager.disable
    if not logging.getLogger().isEnabledFor(logging.DEBUG):
        logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


def report_lines(found: Sequence[Diagnosis]) -> Iterator[str]:
    """Yield the lines for people: each finding with its code, and what to do beneath it; then how many there are.

    What to do is said once beneath findings that follow each other and ask for the same.
    """
    for each, after in zip_longest(found, found[1:]):
        setting = f"{each.setting}: " if each.setting and not each.what.startswith(each.setting) else ""
        level = click.style(f"{each.level:<{WIDTH}}", fg=COLORS[each.level])
        yield f"{level}  {printable(setting + each.what)}  [{each.code}]"
        if each.advice and (after is None or after.advice != each.advice):
            yield f"{'':<{WIDTH}}  -> {printable(each.advice)}"
    counts = Counter(each.level for each in found)
    yield ", ".join(f"{counts[level]} {level}" for level in reversed(Level) if counts[level])


def _as_json(found: Sequence[Diagnosis]) -> dict[str, object]:
    return {
        "version": __version__,
        "faults": sum(each.level is Level.FAULT for each in found),
        "warnings": sum(each.level is Level.WARNING for each in found),
        "findings": [asdict(each) for each in found],
    }
