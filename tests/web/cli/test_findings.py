"""What passes tell: each finding on stdout, and an alarm in the log of each that asks for somebody."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from monext_bridge.domain.ids import OrderNumber, PaymentId
from monext_bridge.domain.reconciliation.follow_ups import FollowUp
from monext_bridge.services.reconciliation.report import Finding, FindingStatus
from monext_bridge.web.cli.findings import FindingPrinter
from tests.guards.test_runbook import FOUND, sections
from tests.log_lines import LogLines, captured_logs

STUCK = Finding(
    PaymentId("20354d7a-e4fe-47af-8ff6-187bca92f3f9"),
    FollowUp.NO_ORDER,
    FindingStatus.STUCK,
    "commercetools refused: SomethingNew",
    "fr-store",
    OrderNumber("SHOP-1042"),
)
WARNED = replace(
    STUCK, need=FollowUp.EXPIRING, ending=FindingStatus.WARNED, detail="55490 EUR in minor units"
)
HEADINGS = {heading for chapter, heading, _ in sections() if chapter == FOUND}


def telling(*, as_json: bool = False, again_and_again: bool = False) -> FindingPrinter:
    told = FindingPrinter(as_json=as_json, again_and_again=again_and_again)
    told.begin(whole=True)
    return told


def alarms(lines: LogLines) -> list[dict[str, Any]]:
    return [line for line in lines.all() if line["event"].startswith("reconcile_")]


@pytest.mark.parametrize(
    ("finding", "event", "level"),
    [(STUCK, "reconcile_stuck", "ERROR"), (WARNED, "reconcile_warned", "WARNING")],
    ids=["stuck", "warned"],
)
def test_what_asks_for_somebody_is_an_alarm_with_all_that_has_to_be_known(
    finding: Finding, event: str, level: str
) -> None:
    with captured_logs() as lines:
        telling().tell(finding)
    (line,) = alarms(lines)
    assert {name: line[name] for name in ("event", "level", "payment", "order", "store", "need", "why")} == {
        "event": event,
        "level": level,
        "payment": finding.payment_id,
        "order": "SHOP-1042",
        "store": "fr-store",
        "need": finding.need.value,
        "why": finding.detail,
    }
    assert line["then"] == f'see "{finding.need.value}" in docs/runbook.md'
    assert line["runbook"] == f"docs/runbook.md#{finding.need.value}"


@pytest.mark.parametrize("need", FollowUp)
def test_the_runbook_has_the_heading_that_an_alarm_names(need: FollowUp) -> None:
    with captured_logs() as lines:
        telling().tell(replace(STUCK, need=need))
    (line,) = alarms(lines)
    assert line["then"].split('"')[1] in HEADINGS


@pytest.mark.parametrize(
    "ending", [e for e in FindingStatus if e not in (FindingStatus.STUCK, FindingStatus.WARNED)]
)
def test_what_ends_by_itself_is_no_alarm(ending: FindingStatus) -> None:
    with captured_logs() as lines:
        telling().tell(replace(STUCK, ending=ending))
    assert alarms(lines) == []


@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
def test_a_single_pass_says_every_one_each_time(as_json: bool, capsys: pytest.CaptureFixture[str]) -> None:
    told = telling(as_json=as_json)
    with captured_logs() as lines:
        for finding in (STUCK, STUCK, WARNED):
            told.tell(finding)
    assert [line["need"] for line in alarms(lines)] == ["no_order", "no_order", "expiring"]
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_repeated_passes_say_each_one_once_until_the_next_whole_pass() -> None:
    told = telling(again_and_again=True)
    with captured_logs() as lines:
        for _ in range(3):
            told.tell(STUCK)
            told.tell(WARNED)
            told.begin(whole=False)
        assert len(alarms(lines)) == 2
        told.begin(whole=True)
        told.tell(STUCK)
        assert len(alarms(lines)) == 3


def test_other_words_about_the_same_are_told_on_stdout_and_are_no_other_alarm(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = telling(again_and_again=True)
    with captured_logs() as lines:
        told.tell(STUCK)
        told.tell(replace(STUCK, detail="no answer within 9 s"))
        told.tell(replace(STUCK, detail="no answer within 10 s"))
    assert len(alarms(lines)) == 1
    assert len(capsys.readouterr().out.splitlines()) == 3


@pytest.mark.parametrize(
    "other",
    [
        replace(STUCK, payment_id=PaymentId("another")),
        replace(STUCK, need=FollowUp.OPERATION),
        replace(STUCK, ending=FindingStatus.WARNED),
    ],
    ids=["payment", "need", "ending"],
)
def test_another_payment_need_or_ending_is_another_alarm(other: Finding) -> None:
    told = telling(again_and_again=True)
    with captured_logs() as lines:
        told.tell(STUCK)
        told.tell(other)
    assert len(alarms(lines)) == 2


def test_the_order_is_told_as_text_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    telling().tell(STUCK)
    telling().tell(replace(STUCK, order=None))
    telling(as_json=True).tell(STUCK)
    with_order, without, as_json = capsys.readouterr().out.splitlines()
    head = f"stuck    no_order       {STUCK.payment_id} fr-store"
    assert with_order == f"{head} order SHOP-1042: {STUCK.detail}"
    assert without == f"{head}: {STUCK.detail}"
    assert json.loads(as_json) == {
        "payment": STUCK.payment_id,
        "store": "fr-store",
        "order": "SHOP-1042",
        "need": "no_order",
        "ending": "stuck",
        "detail": STUCK.detail,
    }


@pytest.mark.parametrize("name", ["payment_id", "order", "detail", "store_key"])
def test_no_text_of_a_finding_steers_the_terminal(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    hostile: dict[str, Any] = {name: "a\x1b[2J\r\nb\u202ec"}
    telling().tell(replace(STUCK, **hostile))
    (line,) = capsys.readouterr().out.removesuffix("\n").split("\n")
    assert line.isprintable()


def test_nothing_of_a_buyer_gets_into_the_log_by_an_order_number() -> None:
    with captured_logs() as lines:
        telling().tell(replace(STUCK, order=OrderNumber("jean.dupont@example.com")))
    assert "jean.dupont" not in lines.text
