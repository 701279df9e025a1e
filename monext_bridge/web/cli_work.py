"""`flask work`: a worker of reconciliation, beside any number of others."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from monext_bridge.queue.broker import queue_on
from monext_bridge.queue.worker import working
from monext_bridge.services.dispatching import AT_ONCE
from monext_bridge.web.cli_answers import ExitCode, end
from monext_bridge.web.cli_stopping import stopping
from monext_bridge.web.context import services

MOST_THREADS = 16


@click.command()
@click.option(
    "--threads",
    type=click.IntRange(1, MOST_THREADS),
    default=AT_ONCE,
    show_default=True,
    help="Payments at a time.",
)
@with_appcontext
def work(threads: int) -> None:
    """Do what `flask reconcile` puts into the queue, until stopped. Needs REDIS_URL."""
    url = services().settings.redis_url
    if url is None:
        raise end("REDIS_URL is not set: `flask reconcile` does its work itself", code=ExitCode.UNUSABLE)
    with stopping() as stop, working(queue_on(url), services().reconcile.finishing.finish, threads=threads):
        stop.wait()
