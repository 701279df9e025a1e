"""Serves the bridge below the path of PUBLIC_URL, whether a proxy in front strips that path or not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask

from monext_bridge.config import origin_of
from monext_bridge.errors import SettingsError

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def init_path(app: Flask, *, public_url: str) -> None:
    """Make every address that `app` writes lie below the path of `public_url`, and serve it with and without it.

    Raises SettingsError where the path begins like an address of ours: nobody could tell whether it was stripped.
    """
    path = urlsplit(public_url).path
    if not path:
        return
    if _first(path) in {_first(rule.rule) for rule in app.url_map.iter_rules()}:
        raise SettingsError(
            [f"PUBLIC_URL: its path must not begin with /{_first(path)}, as an address of the bridge does"]
        )
    app.wsgi_app = BelowPath(app.wsgi_app, path=path)  # type: ignore[method-assign]


def public_address(path: str, *, public_url: str) -> str:
    """Return the absolute URL of an address as `url_for` writes it, which has the path of `public_url` already."""
    return f"{origin_of(public_url)}{path}"


class BelowPath:
    """Takes the path off the beginning of a request's, where it is there, and says in any case that it was."""

    def __init__(self, app: WsgiApp, *, path: str) -> None:
        self._app, self._path = app, path

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        asked = environ.get("PATH_INFO", "")
        if asked == self._path or asked.startswith(f"{self._path}/"):
            asked = asked.removeprefix(self._path) or "/"
        # A copy: who logs the request afterwards is to see the address that was asked for.
        return self._app({**environ, "SCRIPT_NAME": self._path, "PATH_INFO": asked}, start_response)


def _first(path: str) -> str:
    return path.removeprefix("/").partition("/")[0]
