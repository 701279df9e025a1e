"""Figures of the bench are what their names say."""

from __future__ import annotations

import json
import os
import time
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.chart import draw_comparison, draw_crowds, draw_soak
from bench.crowds import Crowd, Crowds, crowds_json, crowds_markdown
from bench.figures import Figure, make_row, percentile, ratio
from bench.measuring import CHAIN, Calls, Window, calls_of
from bench.plan import FULL, read_plan
from bench.processes import children, memory, used_by
from bench.results import Measured, Results
from bench.soaking import Sample, Soak, soak_markdown

WINDOW = Window(
    scenario="start",
    at_once=10,
    requests=4,
    seconds=2.0,
    milliseconds=(10.0, 20.0, 30.0, 40.0),
    errors={},
    cpu_ms=8.0,
    remotes_cpu_ms=1.0,
    load_cpu_ms=0.5,
    switches=12.0,
    calls=5.0,
    oddities={},
)


def results() -> Results:
    first = Measured("aaaaaaaaa", rows={(10, "start"): make_row([WINDOW])}, calls={"start": Calls(5.0, 4)})
    second = Measured("bbbbbbbbb", rows={(10, "start"): make_row([replace(WINDOW, cpu_ms=4.0)])})
    machine = {"cores": 2, "cpu": "a & b", "memoryMB": 1, "system": "x", "python": "3.11", "loadBefore": 0.1}
    plan = {"rounds": 1, "seconds": 2, "delayMs": 20, "workers": 2, "atOnce": [10]}
    return Results("2026-11-30 20:00 UTC", machine, plan, [first, second])


@pytest.mark.parametrize(("percent", "value"), [(50, 2.0), (75, 3.0), (95, 4.0), (99, 4.0), (1, 1.0)])
def test_a_percentile_is_the_least_that_so_many_do_not_exceed(percent: float, value: float) -> None:
    assert percentile([4.0, 2.0, 3.0, 1.0], percent) == value


def test_nothing_has_no_percentile() -> None:
    assert percentile([], 50) is None


def test_a_figure_is_the_median_of_its_rounds() -> None:
    assert Figure((1.0, 9.0, None, 2.0)).value == 2.0


def test_bridges_are_compared_round_by_round() -> None:
    found = ratio(Figure((10.0, 20.0, 40.0)), Figure((5.0, 20.0, 80.0)))
    assert found is not None
    assert (found.median, found.least, found.most) == (1.0, 0.5, 2.0)


def test_rounds_that_one_of_them_cannot_tell_are_left_out() -> None:
    assert ratio(Figure((None,)), Figure((1.0,))) is None


def test_errors_of_all_rounds_are_counted() -> None:
    row = make_row([replace(WINDOW, errors={"HTTP 503": 1}), replace(WINDOW, errors={"HTTP 503": 2})])
    assert row.errors == {"HTTP 503": 3}
    assert row.requests == 8


@pytest.mark.parametrize(
    ("made", "calls", "hops"),
    [
        ([], 0, 0),
        ([(1.0, 2.0), (2.0, 3.0)], 2, 2),
        ([(1.0, 2.0), (1.1, 2.2), (2.3, 3.0)], 3, 2),
        ([(1.0, 2.0), (20.0, 21.0)], 1, 1),
    ],
)
def test_calls_at_the_same_time_are_one_hop(made: list[tuple[float, float]], calls: int, hops: int) -> None:
    assert calls_of([(0.5, 10.0)], made=made) == Calls(calls, hops)


def test_a_request_that_fetched_a_token_beside_does_not_count_more() -> None:
    requests, made = [(0.0, 1.0), (2.0, 3.0), (4.0, 5.0)], [(0.1, 0.2), (0.3, 0.4), (2.1, 2.2), (4.1, 4.2)]
    assert calls_of(requests, made=made) == Calls(1, 1)


def test_the_table_and_the_json_have_the_same_figures() -> None:
    told = json.loads(results().as_json())
    assert told["bridges"][0]["rows"][0]["cpu_ms"]["median"] == 8.0
    assert [each["median"] for each in told["ratios"] if each["measure"] == "cpu_ms"] == [0.5]
    assert "0.50 (0.50–0.50)" in results().as_markdown()


def test_results_do_not_tell_where_a_checkout_lies() -> None:
    assert str(Path.cwd()) not in results().as_json() + results().as_markdown()


CROWDS = [
    Crowds("aaaaaaaaa", [Crowd(500, [10.0, 20.0], [7000.4], [1.0, 2.0, 9.0], {"told to come again": 1})]),
    Crowds("a & b", [Crowd(500, [10.0], [], [], {})]),
]


def test_crowds_tell_who_was_served_and_who_was_told_to_come_again() -> None:
    table = crowds_markdown(CROWDS, title="x")
    assert "| aaaaaaaaa | 500 | 2 | 1 | 10, 20, 20 | 7000 | 2, 9, 9 | 1 told to come again |" in table
    assert "| a & b | 500 | 1 | 0 | 10, 10, 10 |  | 0, 0, 0 |  |" in table
    assert json.loads(crowds_json(CROWDS, head={"a": 1}))["crowds"][1]["crowds"][0]["answered"] == [10.0]


def test_charts_are_well_formed() -> None:
    soak = draw_soak({"a & b": [1.0, 2.0]}, every_seconds=10)
    for drawn in (draw_comparison(results()), soak, draw_crowds(CROWDS)):
        assert ElementTree.fromstring(drawn).tag.endswith("svg")


def test_a_soak_tells_how_memory_went() -> None:
    samples = [Sample(10.0 * place, pss, 200.0, {7: 50.0}) for place, pss in enumerate((100.0, 110.0, 105.0))]
    assert "| aaaaaaaaa | 9 | 100 MB | 100 MB | 105 MB | 110 MB | 1 |" in soak_markdown(
        [Soak("aaaaaaaaa", samples, 9, {}, {})], title="x"
    )


def test_a_process_that_computes_has_used_cpu_and_memory() -> None:
    before, began = used_by(os.getpid()), time.process_time()
    while time.process_time() - began < 0.1:
        pass
    assert used_by(os.getpid()).cpu_seconds > before.cpu_seconds
    found = memory(os.getpid())
    assert found is not None
    assert found.rss >= found.pss > 1


def test_what_a_child_used_still_counts_when_it_has_ended() -> None:
    before = used_by(os.getpid()).cpu_seconds
    child = os.spawnlp(os.P_NOWAIT, "sh", "sh", "-c", "i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done")
    assert child in children(os.getpid())
    os.waitpid(child, 0)
    assert used_by(os.getpid()).cpu_seconds > before


def test_a_process_that_is_not_there_has_no_memory() -> None:
    assert memory(2**22 + 1) is None


def test_the_plan_of_a_quick_run_has_as_many_rounds() -> None:
    quick, usual = read_plan(["--quick"]), read_plan([])
    assert quick.rounds == usual.rounds == 4
    assert quick.seconds < usual.seconds
    assert read_plan(["--full"]).at_once == FULL


def test_what_is_no_checkout_is_not_measured(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no Procfile"):
        read_plan(["--bridge", str(tmp_path)])


def test_a_checkout_with_settings_of_its_own_is_not_measured(tmp_path: Path) -> None:
    (tmp_path / "Procfile").touch()
    (tmp_path / ".env").touch()
    with pytest.raises(SystemExit, match=r"\.env"):
        read_plan(["--bridge", str(tmp_path)])


def test_the_scenarios_begin_with_the_start() -> None:
    assert CHAIN[0] == "start"
