"""What seldom happens and matters is a series before it happens, within a bound."""

from __future__ import annotations

import pytest

from monext_bridge.alarms import ALARMS_OF_THE_LOG
from monext_bridge.observed import LabelWords
from monext_bridge.observed.beginning import MOST_OF_PAYMENTS, series_at_zero
from monext_bridge.services.operations import COUNTED_ACTS
from monext_bridge.services.reconciliation import COUNTED_FINDINGS
from monext_bridge.services.remotes import COUNTED_PAYMENTS

WORDS = LabelWords(
    stores=(),
    hosts=(),
    limits=("start",),
    one_for_all=True,
    payments=COUNTED_PAYMENTS,
    acts=COUNTED_ACTS,
    findings=COUNTED_FINDINGS,
)


def begun(*stores: str) -> dict[str, list[tuple[str, ...]]]:
    found: dict[str, list[tuple[str, ...]]] = {}
    for metric, labels in series_at_zero(WORDS, stores=stores):
        assert len(labels) == len(metric.labels)
        found.setdefault(metric.name, []).append(labels)
    return found


def test_each_series_is_begun_once() -> None:
    assert all(len(labels) == len(set(labels)) for labels in begun("fr", "de").values())


def test_alarms_findings_acts_limits_and_orders_are_there() -> None:
    found = begun("fr")
    assert {name for (name,) in found["bridge_alarms_total"]} == {*ALARMS_OF_THE_LOG, "other"}
    assert ("no_order", "stuck") in found["bridge_findings_total"]
    assert ("refund", "unknown", "client") in found["bridge_acts_total"]
    assert (found["bridge_rate_limited_total"], found["bridge_orders_total"]) == ([("start",)], [("fr",)])


def test_payments_are_there_by_outcome_method_and_store() -> None:
    found = begun("fr", "de")["bridge_payments_total"]
    assert {("begun", "none", "de"), ("accepted", "CB", "fr"), ("returned", "none", "fr")} <= set(found)
    assert ("begun", "CB", "fr") not in found


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 50])
def test_however_many_stores_there_are_the_series_have_a_bound(number: int) -> None:
    found = begun(*(f"store-{n}" for n in range(number)))
    assert len(found["bridge_payments_total"]) <= max(MOST_OF_PAYMENTS, 10 * number)
    assert sum(len(labels) for labels in found.values()) < 1200
    assert ("returned", "none", "store-0") in found["bridge_payments_total"]
