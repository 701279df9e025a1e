"""docs/metrics.md has the metrics as the code declares them, and each alarm of the code has its count."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from monext_bridge.alarms import ALARMS_OF_THE_LOG
from monext_bridge.gateways.http.outcomes import FAILED, OK, OUTCOME_OF_FAILURE, OUTCOME_OF_STATUS, REFUSED
from monext_bridge.observed import METRICS, Kind
from tests.guards.test_runbook import alarms
from tools.metrics.table import HEAD, renewed

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "metrics.md"


def test_the_document_has_the_metrics_as_the_code_declares_them() -> None:
    assert DOCUMENT.read_text() == renewed(DOCUMENT.read_text()), "out of date: make metrics"


def test_the_program_prints_it() -> None:
    done = subprocess.run([sys.executable, "-m", "tools.metrics"], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == renewed(DOCUMENT.read_text())


def test_a_table_that_is_gone_is_missed() -> None:
    with pytest.raises(ValueError, match="no table"):
        renewed(DOCUMENT.read_text().replace(HEAD, ""))


def test_names_say_what_they_count() -> None:
    assert [each.name for each in METRICS if not each.name.startswith("bridge_")] == []
    counters = {each.name for each in METRICS if each.kind is Kind.COUNTER}
    assert counters == {each.name for each in METRICS if each.name.endswith("_total")}
    histograms = {each.name for each in METRICS if each.kind is Kind.HISTOGRAM}
    assert {name for name in histograms if not name.endswith("_seconds")} == set()


def test_each_alarm_of_the_code_has_its_count_and_no_other() -> None:
    assert sorted(ALARMS_OF_THE_LOG) == sorted(alarms())


def test_the_document_has_each_outcome_of_a_remote_call() -> None:
    said = next(metric.labels["outcome"] for metric in METRICS if metric.name == "bridge_remote_calls_total")
    outcomes = {OK, REFUSED, FAILED, *OUTCOME_OF_FAILURE.values(), *OUTCOME_OF_STATUS.values()}
    assert set(re.findall(r"`(\w+)`", said)) == outcomes
