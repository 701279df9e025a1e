"""Serves a bridge of the test process over HTTP, behind a proxy that a test may let change the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Self

from werkzeug.wrappers import Response

from sandbox.runner import Sandbox
from sandbox.serving import Server
from tests.bridges import InProcess


def nothing(_: Response) -> None:
    """Leave an answer as it is."""


class ServedBridge:
    """A context manager. `change` gets every page before it is sent; `bridge` has this `url` as PUBLIC_URL.

    `instead` has other bytes for the answers at some paths. With a `public_url`, that one stands in its place.
    """

    def __init__(self, sandbox: Sandbox, *, public_url: str | None = None, **variables: str) -> None:
        self.change: Callable[[Response], None] = nothing
        self.instead: dict[str, bytes] = {}
        self._server = Server(self._answer)
        self.url = self._server.url
        self.bridge = InProcess(sandbox, variables={"PUBLIC_URL": public_url or self.url, **variables})

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        response = Response.from_app(self.bridge.app, environ, buffered=True)
        if response.mimetype == "text/html":
            self.change(response)
        if content := self.instead.get(environ["PATH_INFO"]):
            response.set_data(content)
        return response(environ, start_response)
