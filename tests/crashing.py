"""Lets a bridge inside the test process die at one of its calls, as if by `kill -9`.

The death is a BaseException and no Exception, so that no handler of the bridge catches it. Every later call of the
dead bridge raises it again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from monext_bridge.config import CommercetoolsSettings
from monext_bridge.gateways.commercetools import CommercetoolsClock, CommercetoolsGateway
from monext_bridge.gateways.http.client import HttpAnswer, HttpClient
from monext_bridge.gateways.monext import MonextGateway
from monext_bridge.runtime import MachineClock


class ProcessKilled(BaseException):
    """The bridge has died: nothing that it was doing goes on."""


class CrashSwitch:
    """Counts the calls of one bridge, and kills the bridge at a chosen one, before or after it is sent."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._calls_left: int | None = None
        self._crashed, self._after_call = False, False

    @contextmanager
    def crash_at_call(self, *, calls: int, after: bool) -> Iterator[None]:
        """Kill the bridge at the last of so many calls. After the `with` block the bridge is alive again.

        `after`: the call is carried out, and the bridge dies before it reads the answer.
        """
        self._calls_left, self._after_call, self._crashed = calls, after, False
        try:
            yield
        except ProcessKilled:
            pass
        finally:
            self._calls_left, self._crashed = None, False

    def count_call(self) -> bool:
        """Count one call. True where the bridge has to die after it; raises ProcessKilled where it dies before."""
        with self._lock:
            if self._crashed:
                raise ProcessKilled
            if self._calls_left is None:
                return False
            self._calls_left -= 1
            self._crashed = self._calls_left <= 0
            last = self._crashed
        if last and not self._after_call:
            raise ProcessKilled
        return last


class CrashingClient(HttpClient):
    """The HTTP client of one remote; its calls are counted by the crash switch."""

    def __init__(self, crash_switch: CrashSwitch, **options: Any) -> None:
        super().__init__(**options)
        self._crash_switch = crash_switch

    def send(self, *args: Any, **options: Any) -> HttpAnswer:
        last = self._crash_switch.count_call()
        answer = super().send(*args, **options)
        if last:
            raise ProcessKilled
        return answer


def crashing_gateways(
    settings: CommercetoolsSettings, crash_switch: CrashSwitch, *, machine_clock: MachineClock
) -> tuple[CommercetoolsGateway, MonextGateway]:
    """Make the gateways to both remotes for one bridge that the switch can kill."""

    def of_commercetools(url: str) -> CrashingClient:
        return CrashingClient(crash_switch, remote="commercetools", base_url=url)

    return (
        CommercetoolsGateway(
            settings,
            api=of_commercetools(settings.api_url),
            clock=CommercetoolsClock(machine_clock=machine_clock),
        ),
        MonextGateway(connect=lambda url: CrashingClient(crash_switch, remote="monext", base_url=url)),
    )
