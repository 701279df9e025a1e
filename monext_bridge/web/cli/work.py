"""`flask work` runs a worker of reconciliation; any number of workers may run at once."""

from __future__ import annotations

import logging

import click
from flask.cli import with_appcontext

from monext_bridge.logs import event
from monext_bridge.services.reconciliation import TASKS_AT_ONCE
from monext_bridge.web.cli.service_log import log_as_service
from monext_bridge.web.cli.stopping import stopping
from monext_bridge.web.http import services

log = logging.getLogger(__name__)

MOST_THREADS = 16


@click.command()
@click.option(
    "--threads",
    type=click.IntRange(1, MOST_THREADS),
    default=TASKS_AT_ONCE,
    show_default=True,
    help="Payments at a time.",
)
@with_appcontext
def work(threads: int) -> None:
    """Do what `flask reconcile` puts into the queue, until stopped.

    Without REDIS_URL there is no queue: it says so and waits, so that a Procfile runs as it is on every host.
    """
    settings = services().settings
    log_as_service(settings)
    url = settings.redis_url
    with stopping() as stop:
        if url is None:
            event(
                log, "worker_idle", why="REDIS_URL is not set", then="`flask reconcile` does the work itself"
            )
            stop.wait()
            return
        # Where there is no Redis, it is never loaded.
        from monext_bridge.queue import queue_on, running_worker

        with running_worker(queue_on(url), services().reconcile.reconciler.finish, threads=threads):
            stop.wait()
