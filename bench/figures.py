"""Makes figures of what was measured: medians of rounds, and ratios of two bridges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from bench.measuring import Window

MEASURES: Mapping[str, Callable[[Window], float | None]] = {
    "per_second": lambda window: window.per_second,
    "p50": lambda window: percentile(window.milliseconds, 50),
    "p95": lambda window: percentile(window.milliseconds, 95),
    "p99": lambda window: percentile(window.milliseconds, 99),
    "cpu_ms": lambda window: window.cpu_ms,
    "switches": lambda window: window.switches,
    "calls": lambda window: window.calls,
    "remotes_cpu_ms": lambda window: window.remotes_cpu_ms,
    "load_cpu_ms": lambda window: window.load_cpu_ms,
}
"""The figures of one window. Times are in milliseconds, all but the rate and the percentiles are a request."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure over all rounds; None where no round could tell it."""

    rounds: tuple[float | None, ...]

    @property
    def value(self) -> float | None:
        known = [each for each in self.rounds if each is not None]
        return median(known) if known else None


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one scenario of one bridge at one number of senders."""

    figures: Mapping[str, Figure]
    requests: int
    errors: Mapping[str, int]
    oddities: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Ratio:
    """A measure of the second bridge divided by that of the first: the median of all rounds, the least, the most."""

    median: float
    least: float
    most: float


def make_row(windows: Sequence[Window]) -> Row:
    """Gives the figures of one window in each round."""
    return Row(
        figures={name: Figure(tuple(map(read, windows))) for name, read in MEASURES.items()},
        requests=sum(window.requests for window in windows),
        errors=summed(window.errors for window in windows),
        oddities=summed(window.oddities for window in windows),
    )


def ratio(first: Figure, second: Figure) -> Ratio | None:
    """Compares two bridges, round by round; None where no round has both."""
    pairs = zip(first.rounds, second.rounds, strict=True)
    found = [two / one for one, two in pairs if one and two is not None]
    return Ratio(median(found), min(found), max(found)) if found else None


def percentile(values: Sequence[float], percent: float) -> float | None:
    """Gives the smallest value that so many percent do not exceed; None of nothing."""
    if not values:
        return None
    place = -(-len(values) * percent // 100)
    return sorted(values)[max(0, int(place) - 1)]


def summed(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return dict(total)
