"""What a seed decides: the same for the same seed, complete, and nothing that nobody can play."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sandbox.faults import parse_rule
from tests.campaign.buyers import ACTION_OF_VERB, AT_MONEXT, VOUCHER
from tests.campaign.plan import Plan, draw_plan
from tests.campaign.scripts import STORIES, STORIES_OF_MONEY, was_played
from tests.campaign.shop_staff import SHOP_ACTION_OF_VERB
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
    assert played == set(ACTION_OF_VERB) | set(SHOP_ACTION_OF_VERB)


def test_every_way_to_pay_is_known_to_the_bank(plan: Plan) -> None:
    steps = [step for visit in plan.visits for step in visit.steps if step.verb in ("pay", "pay-first")]
    assert {step.argument for step in steps} <= {*AT_MONEXT, VOUCHER}


def test_the_steps_that_prove_a_story_of_money_are_steps_of_its_script() -> None:
    for name in STORIES_OF_MONEY:
        script = STORIES[name].script.split()
        steps = {text if text.startswith("pay:") else text.partition(":")[0] for text in script}
        assert set(STORIES[name].proof) <= steps, name


def test_a_story_of_money_is_played_once_each_step_of_it_took_effect() -> None:
    name, steps = "order cancelled, then shipped", ["pay:accepted", "call-off", "ship"]
    assert was_played(name, steps)
    assert not any(was_played(name, [step for step in steps if step != missed]) for missed in steps)
    assert not was_played("pays", steps)


def test_what_a_script_ships_the_warehouse_leaves_alone(plan: Plan) -> None:
    by_script = {v.number for v in plan.visits if any(step.verb == "ship" for step in v.steps)}
    assert by_script
    assert not by_script & {shipment.number for shipment in plan.shipments}


def test_half_of_the_seeds_release_what_cancelled_orders_hold() -> None:
    assert {draw_plan(seed, buyers=1).releases for seed in range(1, 11)} == {True, False}


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
