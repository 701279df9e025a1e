"""A bridge in this process that dies at a call: nothing of it goes on, as after kill -9.

What kills it is no Exception, so no handler of the bridge sees it; every later call of the dead fails likewise.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from monext_bridge.config import CommercetoolsSettings
from monext_bridge.gateways.commercetools.api import CommercetoolsGateway
from monext_bridge.gateways.http.client import HttpAnswer, HttpClient
from monext_bridge.gateways.monext import MonextGateway


class Death(BaseException):
    """The process is gone."""


class Life:
    """Counts the calls of one bridge. After `left` more of them it is over: at that one, before or after it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._left: int | None = None
        self._over, self._after = False, False

    @contextmanager
    def ending(self, *, calls: int, after: bool) -> Iterator[None]:
        """Inside, the bridge lives for so many calls; whatever it was doing then, it is alive again behind it."""
        self._left, self._after, self._over = calls, after, False
        try:
            yield
        except Death:
            pass
        finally:
            self._left, self._over = None, False

    def spend(self) -> bool:
        """Count one call; whether this is the one after which it is over. Raises Death where it is over already."""
        with self._lock:
            if self._over:
                raise Death
            if self._left is None:
                return False
            self._left -= 1
            self._over = self._left <= 0
            last = self._over
        if last and not self._after:
            raise Death
        return last


class MortalClient(HttpClient):
    """One remote's client whose calls are counted."""

    def __init__(self, life: Life, **options: Any) -> None:
        super().__init__(**options)
        self._life = life

    def send(self, *args: Any, **options: Any) -> HttpAnswer:
        last = self._life.spend()
        answer = super().send(*args, **options)
        if last:
            raise Death
        return answer


def mortal_gateways(
    settings: CommercetoolsSettings, life: Life
) -> tuple[CommercetoolsGateway, MonextGateway]:
    """Both remotes, for one bridge."""

    def of_commercetools(url: str) -> MortalClient:
        return MortalClient(life, remote="commercetools", base_url=url)

    return (
        CommercetoolsGateway(settings, api=of_commercetools(settings.api_url)),
        MonextGateway(connect=lambda url: MortalClient(life, remote="monext", base_url=url)),
    )
