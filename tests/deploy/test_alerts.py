"""The alert rules: their syntax and what they do, by Prometheus' own promtool; and that what they name exists."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from monext_bridge.alarms import ALARMS_OF_THE_LOG
from monext_bridge.domain.reconciliation import FollowUp
from monext_bridge.errors import RemoteName
from monext_bridge.gateways.http.outcomes import FAILED, OK, OUTCOME_OF_FAILURE, OUTCOME_OF_STATUS, REFUSED
from monext_bridge.observed import METRICS, Kind
from monext_bridge.services.reconciliation import FindingStatus
from monext_bridge.services.remotes import RecordedStep
from tests.web.declared_endpoints import ENDPOINTS

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy" / "prometheus"
PROMTOOL = shutil.which("promtool")
NAME = re.compile(r"\bbridge_\w+")
SELECTOR = re.compile(r"(?P<metric>bridge_\w+)\{(?P<labels>[^}]*)\}")
LABEL = re.compile(r"(\w+)(=~|!~|!=|=)\"([^\"]*)\"")
SUFFIXES = ("_bucket", "_sum", "_count")

WORDS: dict[str, set[str]] = {
    "event": {*ALARMS_OF_THE_LOG, "other"},
    "follow_up": {each.value for each in FollowUp},
    "outcome": {
        *(each.value for each in RecordedStep),
        *(OK, REFUSED, FAILED, *OUTCOME_OF_FAILURE.values(), *OUTCOME_OF_STATUS.values()),
    },
    "endpoint": set(ENDPOINTS),
    "remote": set(get_args(RemoteName)),
}
"""Words that a label may have. Of `status`, both of requests and of findings."""


def rules() -> list[dict[str, Any]]:
    document = yaml.safe_load((FOLDER / "alerts.yml").read_text())
    return [rule for group in document["groups"] for rule in group["rules"]]


def documents() -> dict[str, str]:
    paths = [*FOLDER.glob("*.yml"), *(ROOT / "docs").glob("*.md"), ROOT / "README.md"]
    return {str(path.relative_to(ROOT)): path.read_text() for path in paths}


def exists(name: str) -> bool:
    of_metrics = {metric.name for metric in METRICS}
    histograms = {metric.name for metric in METRICS if metric.kind is Kind.HISTOGRAM}
    return name in of_metrics or any(name == f"{each}{suffix}" for each in histograms for suffix in SUFFIXES)


def anchors() -> set[str]:
    headings = re.findall(r"^##+ (.+)$", (ROOT / "docs" / "runbook.md").read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed (Debian: prometheus)")
@pytest.mark.parametrize(
    "arguments", [("check", "rules", "alerts.yml"), ("test", "rules", "alerts_test.yml", "silence_test.yml")]
)
def test_promtool_finds_no_fault(arguments: tuple[str, ...]) -> None:
    assert PROMTOOL is not None
    done = subprocess.run([PROMTOOL, *arguments], cwd=FOLDER, capture_output=True, text=True, timeout=230)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_a_rule_is_played_and_leads_to_an_entry_of_the_runbook(rule: dict[str, Any]) -> None:
    document, _, anchor = rule["annotations"]["runbook"].partition("#")
    assert document == "docs/runbook.md"
    assert anchor in anchors()
    assert rule["labels"]["severity"] in ("page", "ticket")
    played = "".join(path.read_text() for path in FOLDER.glob("*_test.yml"))
    assert f"alertname: {rule['alert']}\n" in played, "no test expects it"


@pytest.mark.parametrize("document", documents())
def test_each_metric_that_a_document_names_exists(document: str) -> None:
    names = set(NAME.findall(documents()[document])) - {"bridge_settings"}
    assert [name for name in sorted(names) if not exists(name) and name.rstrip("_") != "bridge"] == []


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_each_label_and_word_that_a_rule_names_exists(rule: dict[str, Any]) -> None:
    declared = {metric.name: set(metric.labels) for metric in METRICS}
    for found in SELECTOR.finditer(rule["expr"]):
        name = found["metric"].removesuffix("_bucket")
        for label, relation, text in LABEL.findall(found["labels"]):
            assert label in declared[name], (name, label)
            known = WORDS.get(label) or {*(each.value for each in FindingStatus), "2xx", "3xx", "4xx", "5xx"}
            words = text.split("|") if "~" in relation else [text]
            assert [word for word in words if not any(re.fullmatch(word, each) for each in known)] == []
