"""Configures a gunicorn for tests: the bridge's worker with short times, and an application that says what it sees.

`gunicorn -c tests/hasty_gunicorn.py tests.hasty_gunicorn:app`. It needs no remotes and starts at once.
"""

# ruff: noqa: E402 as in gunicorn.conf.py
from gevent import monkey

monkey.patch_all(os=False, signal=False, subprocess=False)

import json
import os
import time
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from monext_bridge.server import PatientWorker, listening_address

MUCH = 64 * 1024 * 1024
"""Bytes of an answer that no buffer between two processes holds."""


class HastyWorker(PatientWorker):
    head_seconds = float(os.environ.get("HEAD_SECONDS", "2"))
    body_seconds = float(os.environ.get("BODY_SECONDS", "0.5"))
    answer_seconds = 2.0


def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer with the address, the length of the body and the process that saw them.

    `/slow` takes a second, `/much` answers with a lot, `/unread` answers 413 as the bridge does to a large body.
    """
    if environ["PATH_INFO"] == "/slow":
        time.sleep(1)
    if environ["PATH_INFO"] == "/much":
        start_response("200 OK", [("Content-Length", str(MUCH))])
        return [b"x" * MUCH]
    if environ["PATH_INFO"] == "/unread":
        start_response("413 Content Too Large", [("Content-Length", "0")])
        return []
    seen = {
        "address": environ["REMOTE_ADDR"],
        "length": len(environ["wsgi.input"].read()),
        "pid": os.getpid(),
    }
    content = json.dumps(seen).encode()
    start_response("200 OK", [("Content-Length", str(len(content)))])
    return [content]


bind = listening_address(int(os.environ["PORT"]))
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
worker_class = HastyWorker
worker_connections = int(os.environ.get("WORKER_CONNECTIONS", "1000"))
preload_app = True
keepalive = 60
graceful_timeout = 25
max_requests = int(os.environ.get("MAX_REQUESTS", "0"))
control_socket_disable = True
