"""Configures how gunicorn serves the bridge: `gunicorn app:app` finds this file by itself.

Workers are gevent's, because a payment waits for others most of its time. A request is a greenlet, and a slow client
holds up nobody. Hosts kill 30 seconds after SIGTERM, so what is under way has 25. Connections stay open for longer
than a router in front keeps them; otherwise the router would meet closed ones.
"""

# ruff: noqa: E402 what is imported before this has sockets, locks and TLS that hold up all greenlets
from gevent import monkey

# gunicorn's own process, which forks workers and waits for them, keeps the system's ways to do that.
monkey.patch_all(os=False, signal=False, subprocess=False)

import gc

from monext_bridge.metrics_folder import remove_metrics_folder, use_metrics_folder

# Loading makes a lot that stays, and a look for garbage in it takes longer each time: a seventh of the start.
gc.disable()

# Whoever imports prometheus-client counts from then on in the folder that is named by now.
use_metrics_folder()

import sys
import threading
from datetime import timedelta
from typing import Any

from gunicorn.glogging import Logger

from monext_bridge import logs, observed
from monext_bridge.companion import Companion
from monext_bridge.concerns import CONCERNS
from monext_bridge.config import load_settings, surrounding_environment
from monext_bridge.errors import SettingsError
from monext_bridge.server import PatientWorker, allow_files, listening_address
from monext_bridge.web.http import preload

RECONCILE = (sys.executable, "-m", "flask", "--app", "app", "reconcile", "--every", "60s", "--with-parent")
"""The command that runs beside the workers with RECONCILE_IN_WEB. It is a process of its own, since a forked
one shares too much."""


class JsonLogger(Logger):
    """Writes gunicorn's own lines and its access log in the form of all others, and never a query string."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        logs.configure(cfg.loglevel.upper())
        for logger in (self.error_log, self.access_log):
            logger.handlers.clear()
            logger.propagate = True
        self.access_log.setLevel("NOTSET")

    @property
    def access_log_enabled(self) -> bool:
        """Is always true, whatever a host forces on the command line. LOG_LEVEL says whether the log is shown."""
        return True

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        logs.access(
            self.access_log,
            method=req.method,
            path=environ.get("PATH_INFO", ""),
            status=_status_of(resp),
            ms=round(request_time.total_seconds() * 1000),
            headers=resp.headers,
            concerns=environ.get(CONCERNS),
        )


def _status_of(resp: Any) -> int | None:
    """Returns the status. What gunicorn refuses by itself, as no request at all, has its text alone."""
    number = str(getattr(resp, "status", "")).partition(" ")[0]
    return getattr(resp, "status_code", int(number) if number.isdecimal() else None)


def when_ready(server: Any) -> None:
    """Prepares the application before the first worker is forked, for it and for all that replace it later.

    A thread that loading has begun ends here: a greenlet would go on in the worker too, where it is nobody's. What is
    there by now stays to the end, so no worker looks for garbage in it: that would copy the memory that they share,
    and take each a second of its end.
    """
    preload(server.app.wsgi())
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join()
    server.cfg.set("worker_connections", allow_files(server.cfg.worker_connections))
    gc.freeze()
    gc.enable()
    server.companion = Companion(RECONCILE)


def pre_fork(server: Any, _: Any) -> None:
    """Looks after the companion before each worker, so that a keeper that was killed comes back with the next one."""
    if settings.reconcile_in_web:
        server.companion.ensure()
    else:
        server.companion.stop()


def child_exit(_: Any, __: Any) -> None:
    """Takes a worker that has ended out of what is going on: its slots, and its breakers."""
    observed.forget_ended_processes()


def on_exit(server: Any) -> None:
    server.companion.stop()
    remove_metrics_folder()


try:
    settings = load_settings(surrounding_environment())
except SettingsError as error:
    sys.exit(str(error))

bind = listening_address(settings.port)
workers = settings.web_concurrency
worker_class = PatientWorker
worker_connections = 1000
graceful_timeout = 25
keepalive = 95
# Ends a worker in which one greenlet computes for so long, or calls what blocks all of them; a wait does not count.
timeout = 30
limit_request_fields = 64
# A header that sets where the application begins: gunicorn answers 500 where the path does not begin with it.
forwarder_headers = ""
preload_app = True
# Limits that are counted in memory begin anew with a worker. No client can have so many requests answered within the
# minute that they count, so nobody brings a worker to its end to be let in again.
max_requests = 20_000
max_requests_jitter = 20_000
# The socket has one path for every gunicorn of a user, and nobody here needs to steer a running one.
control_socket_disable = True
loglevel = settings.log_level.lower()
logger_class = JsonLogger
