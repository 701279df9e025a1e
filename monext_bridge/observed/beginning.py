"""Chooses which series are there from the start, at zero.

What is first seen at one has not risen for Prometheus, so `rate()` and `increase()` miss the first event of each
series that comes up later. So what seldom happens and matters is there before it happens, as far as its words are
known and not too many.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from monext_bridge.alarms import ALARMS_OF_THE_LOG
from monext_bridge.observed import catalogue
from monext_bridge.observed.catalogue import NONE, OTHER, Metric

MOST_OF_PAYMENTS = 600
"""Series of payments that a process begins with. With more stores, only those without a method are begun."""

Labels = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelWords:
    """Holds the words of labels that settings and other rooms give.

    `stores` are those that settings name, `one_for_all` whether settings hold for any other as well. `payments` are
    outcomes with methods, `acts` kinds with outcomes and principals, `findings` follow-ups with statuses: each is the
    labels of a series.
    """

    stores: Collection[str]
    hosts: Collection[str]
    limits: Collection[str]
    one_for_all: bool
    payments: Collection[tuple[str, str]]
    acts: Collection[tuple[str, str, str]]
    findings: Collection[tuple[str, str]]


def series_at_zero(words: LabelWords, *, stores: Collection[str]) -> Iterator[tuple[Metric, Labels]]:
    """Yield the series to begin, each with its labels. `stores` are the words of the stores."""
    yield from ((catalogue.ALARMS, (name,)) for name in (*sorted(ALARMS_OF_THE_LOG), OTHER))
    yield from ((catalogue.RATE_LIMITED, (limit,)) for limit in words.limits)
    yield from ((catalogue.FINDINGS, labels) for labels in words.findings)
    yield from ((catalogue.ACTS, labels) for labels in words.acts)
    yield from ((catalogue.ORDERS, (store,)) for store in stores)
    few = len(words.payments) * len(stores) <= MOST_OF_PAYMENTS
    for outcome, method in words.payments:
        if few or method == NONE:
            yield from ((catalogue.PAYMENTS, (outcome, method, store)) for store in stores)
