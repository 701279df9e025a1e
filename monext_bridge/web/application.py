"""Makes Flask spare each request what this bridge never needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask


class Application(Flask):
    """Is Flask without coroutines: no worker runs an event loop for them, and greenlets wait in plain calls."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Returns `func` as it is. Flask looks into every view and hook of a request, whether it is a coroutine."""
        return func
