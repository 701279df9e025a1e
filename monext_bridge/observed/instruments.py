"""Counts by prometheus-client, in the folder of this machine's processes, or in memory where there is none.

Nothing here raises where the folder is gone or full: a payment never fails for its count.
"""

from __future__ import annotations

import os
import struct
from contextlib import suppress
from pathlib import Path
from typing import Any

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
    values,
)
from prometheus_client.multiprocess import MultiProcessCollector

from monext_bridge.metrics_folder import VARIABLE
from monext_bridge.observed.catalogue import METRICS, REQUEST_SECONDS, Kind, Metric
from monext_bridge.observed.writers import Writer

READ_AGAIN = 3
"""How often a scrape reads files of which one is being made just then."""

UNREADY = (struct.error, RuntimeError, FileNotFoundError)

disable_created_metrics()  # type: ignore[no-untyped-call]

Instrument = Counter | Gauge | Histogram


class Instruments:
    """Holds one instrument for each metric. Thread-safe."""

    def __init__(self, folder: Path | None) -> None:
        """Count in `folder`, which must be there; in memory where it is None. Raises OSError."""
        self._folder, self._writer = folder, Writer(folder) if folder else None
        self._choose_values()
        self._registry = CollectorRegistry()
        self._series: dict[tuple[str, tuple[str, ...]], Any] = {}
        self._made = {metric.name: self._make(metric) for metric in METRICS}

    def _choose_values(self) -> None:
        """Let what is made from now on count in the folder, under this process's number, or in memory."""
        if self._writer is None:
            values.ValueClass = values.MutexValue
        else:
            values.ValueClass = values.MultiProcessValue(self._writer)  # type: ignore[no-untyped-call]

    def add(self, metric: Metric, *labels: str) -> None:
        try:
            self._of(metric, labels).inc()
        except OSError:
            return

    def begin(self, metric: Metric, *labels: str) -> None:
        """Make the series, at zero: what is first seen at one has not risen for Prometheus."""
        with suppress(OSError):
            self._of(metric, labels)

    def observe(self, metric: Metric, seconds: float, *labels: str) -> None:
        try:
            self._of(metric, labels).observe(seconds)
        except OSError:
            return

    def put(self, metric: Metric, value: float, *labels: str) -> None:
        with suppress(OSError):
            self._of(metric, labels).set(value)

    def move(self, metric: Metric, change: float, *labels: str) -> None:
        try:
            self._of(metric, labels).inc(change)
        except OSError:
            return

    def forget_ended(self) -> None:
        """Take the processes that have ended out of the gauges of what is going on."""
        if self._writer is not None:
            with suppress(OSError):
                self._writer.forget_ended()

    def exposed(self) -> bytes:
        """Return all metrics of this machine's processes in Prometheus' text format. Raises OSError."""
        if self._folder is None:
            return generate_latest(self._registry)
        for _ in range(READ_AGAIN):
            with suppress(*UNREADY):
                return self._read()
        return self._read()

    def _read(self) -> bytes:
        registry = CollectorRegistry()
        MultiProcessCollector(registry, path=str(self._folder))  # type: ignore[no-untyped-call]
        return generate_latest(registry)

    def _make(self, metric: Metric) -> Instrument:
        said = metric.name, metric.says, tuple(metric.labels)
        if metric.kind is Kind.COUNTER:
            return Counter(*said, registry=self._registry)
        if metric.kind is Kind.HISTOGRAM:
            return Histogram(*said, buckets=REQUEST_SECONDS, registry=self._registry)
        return Gauge(*said, multiprocess_mode=metric.together.value, registry=self._registry)

    def _of(self, metric: Metric, labels: tuple[str, ...]) -> Any:
        """Return the series of these labels. Kept here, it is found in a fraction of the client's own time."""
        found = self._series.get((metric.name, labels))
        if found is None:
            made = self._made[metric.name]
            found = self._series[metric.name, labels] = made.labels(*labels) if labels else made
        return found


def instruments_here() -> Instruments:
    """Return the instruments of this process: in the folder that the environment names, if it can be used."""
    named = os.environ.get(VARIABLE)
    if named:
        with suppress(OSError):
            Path(named).mkdir(parents=True, exist_ok=True)
            return Instruments(Path(named))
    return Instruments(None)
