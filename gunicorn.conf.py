"""Configures how gunicorn serves the bridge: `gunicorn app:app` finds this file by itself.

Workers have threads, because a payment waits for others most of its time. Two workers, with the threads of
their hops, keep below the 256 threads that the smallest hosts allow. Hosts kill 30 seconds after SIGTERM, so
what is under way has 25. Connections stay open for longer than a router in front keeps them; otherwise the
router would meet closed ones.
"""

import gc
import os
import selectors
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

from dotenv import dotenv_values
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import TConn, ThreadWorker

from monext_bridge import logs
from monext_bridge.companion import Companion
from monext_bridge.config import load_settings
from monext_bridge.errors import SettingsError
from monext_bridge.runtime import running_pool, start_threads
from monext_bridge.web.http import preload

HEALTH = (b"GET /health ", b"HEAD /health ")
RECONCILE = (sys.executable, "-m", "flask", "--app", "app", "reconcile", "--every", "60s", "--with-parent")
"""The command that runs beside the workers with RECONCILE_IN_WEB. It is a process of its own, since a forked
one shares too much."""

LARGEST_HEAD = 8192
"""Bytes of a request that are searched for the end of its head."""


class CrowdedWorker(ThreadWorker):
    """Is gunicorn's worker with threads, whose health check overtakes every crowd.

    Requests queue for the threads. Behind a crowd that waits for a remote, the health check would wait as
    well, so it has threads of its own. A connection on which nothing was sent yet holds no thread. All
    threads run before the first request: the more threads are busy, the longer it takes to start one, and the
    loop that accepts would wait for it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The rest is for busy connections: where all are taken, no connection is accepted.
        self.max_keepalived = self.cfg.worker_connections // 2

    def get_thread_pool(self) -> ThreadPoolExecutor:
        self.for_health = running_pool(2, name="health")
        return running_pool(self.cfg.threads, name="request")

    def enqueue_req(self, conn: TConn) -> None:
        if not conn.initialized and not conn.data_ready:
            self.await_request(conn)
        elif asks_for_health(conn.sock):
            done = self.for_health.submit(self.handle, conn)
            done.add_done_callback(lambda ended: self.method_queue.defer(self.finish_request, conn, ended))
        else:
            super().enqueue_req(conn)

    def await_request(self, conn: TConn) -> None:
        """Waits for a first request as long as a connection may be idle between two requests."""
        conn.set_timeout()
        self.pending_conns.append(conn)
        on_readable = partial(self.on_pending_socket_readable, conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, on_readable)

    def _cap_keepalive(self, deadline: float) -> None:
        """Sees to it that a worker that stops waits no longer for a first request than for the next one."""
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline)


def asks_for_health(sock: socket.socket) -> bool:
    """Tells whether the next request is a health check and came whole: one that comes slowly holds up no other."""
    try:
        received = sock.recv(LARGEST_HEAD, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except OSError:
        return False
    return received.startswith(HEALTH) and b"\r\n\r\n" in received


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
            status=resp.status_code,
            ms=round(request_time.total_seconds() * 1000),
            headers=resp.headers,
        )


def when_ready(server: Any) -> None:
    """Prepares the application before the first worker is forked, for it and for all that replace it later.

    What is there by now stays to the end. So no worker looks for garbage in it, which would copy the memory that
    they share, and take each a second of its end.
    """
    preload(server.app.wsgi())
    gc.freeze()
    server.companion = Companion(RECONCILE)


def pre_fork(server: Any, _: Any) -> None:
    """Looks after the companion before each worker, so that a keeper that was killed comes back with the next one."""
    if settings.reconcile_in_web:
        server.companion.ensure()
    else:
        server.companion.stop()


def on_exit(server: Any) -> None:
    server.companion.stop()


def post_worker_init(_: Any) -> None:
    start_threads()


from_file = {name: value for name, value in dotenv_values(".env").items() if value is not None}
try:
    settings = load_settings({**from_file, **os.environ})
except SettingsError as error:
    sys.exit(str(error))

bind = f"0.0.0.0:{settings.port}"
workers = settings.web_concurrency
worker_class = CrowdedWorker
threads = 64
graceful_timeout = 25
keepalive = 95
preload_app = True
max_requests = 2000
max_requests_jitter = 400
# The socket has one path for every gunicorn of a user, and nobody here needs to steer a running one.
control_socket_disable = True
loglevel = settings.log_level.lower()
logger_class = JsonLogger
