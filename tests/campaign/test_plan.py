"""What a seed decides: the same for the same seed, complete, and nothing that nobody can play."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sandbox.faults import parse_rule
from tests.campaign.buyers import ACTION_OF_VERB, AT_MONEXT
from tests.campaign.plan import Plan, draw_plan
from tests.campaign.scripts import STORIES
from tests.campaign.warehouse import WRITES


@pytest.fixture(scope="module")
def plan() -> Plan:
    return draw_plan(1, buyers=2000)


def test_a_seed_is_drawn_alike_again() -> None:
    assert draw_plan(7, buyers=50) == draw_plan(7, buyers=50)


def test_another_seed_is_another_storm() -> None:
    assert replace(draw_plan(7, buyers=50), seed=8) != draw_plan(8, buyers=50)


def test_a_buyer_of_a_larger_crowd_plays_the_same_script() -> None:
    few, many = draw_plan(7, buyers=10).visits, draw_plan(7, buyers=50).visits
    assert [(v.story, v.steps) for v in few] == [(v.story, v.steps) for v in many[:10]]


def test_every_story_is_played_and_every_verb_can_be(plan: Plan) -> None:
    assert {visit.story for visit in plan.visits} == set(STORIES)
    played = {step.verb for visit in plan.visits for step in visit.steps}
    assert played == set(ACTION_OF_VERB)


def test_every_way_to_pay_is_known_to_the_bank(plan: Plan) -> None:
    steps = [step for visit in plan.visits for step in visit.steps if step.verb in ("pay", "pay-first")]
    assert {step.argument for step in steps} <= set(AT_MONEXT)


def test_every_rule_is_one_that_the_sandbox_takes(plan: Plan) -> None:
    assert all(parse_rule(dict(window.rule)) for window in plan.fault_windows)


def test_all_that_can_go_wrong_does(plan: Plan) -> None:
    actions = {window.rule["action"] for window in plan.fault_windows}
    assert actions >= {
        "delay",
        "drop_before",
        "drop_after",
        "status",
        "status_after",
        "html",
        "half_body",
        "hang",
    }
    assert {kill.what for kill in plan.kills} == {"worker", "all", "in a call"}
    assert {single_event.how for single_event in plan.single_events if single_event.what == "version"} == set(
        WRITES
    )
