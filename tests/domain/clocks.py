"""The clocks of processes on machines that are set wrong: each goes by the time that commercetools' answers tell."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import format_datetime

from monext_bridge.gateways.commercetools.clock import CommercetoolsClock
from monext_bridge.gateways.http import HttpAnswer
from monext_bridge.gateways.http.wire import RoundTrip


class ProcessClock:
    """`machine` is by how much the machine's clock is wrong, `server` that of the server of commercetools it asks."""

    def __init__(self, *, machine: timedelta, server: timedelta) -> None:
        self._machine, self._server, self._true = machine, server, datetime.min
        self._clock = CommercetoolsClock(machine_clock=self._by_machine, seconds=self._seconds)

    def now(self, true: datetime) -> datetime:
        """Return the time by which this process goes once it has heard from commercetools."""
        self._true = true
        if not self._clock.is_known:
            date = {"Date": format_datetime(true + self._server, usegmt=True)}
            second = self._seconds()
            self._clock.hear(HttpAnswer(200, headers=date, round_trip=RoundTrip(second, second)))
        return self._clock.stamp()

    def _by_machine(self) -> datetime:
        return self._true + self._machine

    def _seconds(self) -> float:
        return self._by_machine().timestamp()
