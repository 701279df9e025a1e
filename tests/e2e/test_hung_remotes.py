"""A remote that hangs: every answer comes in time and is honest, the rest goes on, and all recovers by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from monext_bridge.web.pages.i18n import page_language
from sandbox.runner import Sandbox
from tests.bridges import Answer, Buyer, Gunicorn
from tests.e2e.hanging_remotes import (
    HEALTH_LIMIT,
    LANGUAGES,
    NOTIFICATION_LIMIT,
    OPERATION_LIMIT,
    OTHERS_LIMIT,
    PAGE_LIMIT,
    READY_LIMIT,
    HangingRemote,
    Observed,
    SideHostsObserved,
    Timed,
    ask_health,
    open_pages,
    prepare_callers,
    run_scenario,
    run_with_hanging_side_hosts,
    timed,
    wait_until_pages_open,
)
from tests.fault_proxy import FaultProxy, ProxyMode
from tests.world import World, wait_for

CROWD = 60
"""More than there are places for requests in a process; of the first store, whose Monext hangs."""

SCENARIOS = (
    *(
        HangingRemote(remote, mode)
        for remote in ("commercetools", "monext")
        for mode in ProxyMode
        if mode is not ProxyMode.FORWARDING
    ),
    HangingRemote("commercetools", ProxyMode.SILENT, cold=True, pages=CROWD),
)
every_scenario = pytest.mark.parametrize("scenario", SCENARIOS, ids=str)

IN_TIME = {
    "return": PAGE_LIMIT,
    "notification": NOTIFICATION_LIMIT,
    "capture": OPERATION_LIMIT,
    "look": PAGE_LIMIT,
    "shop": PAGE_LIMIT,
    "ready": READY_LIMIT,
}


@dataclass(frozen=True, slots=True)
class Scenarios:
    played: Mapping[HangingRemote, Future[Observed]]
    beside: Future[SideHostsObserved]


@pytest.fixture(scope="module")
def scenarios(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Scenarios:
    """All at the same time: they mostly wait."""
    folder = tmp_path_factory.mktemp("scenarios")
    with ThreadPoolExecutor(len(SCENARIOS) + 1) as pool:
        played = {
            s: pool.submit(run_scenario, s, sandbox, folder / f"{n}.jsonl") for n, s in enumerate(SCENARIOS)
        }
        return Scenarios(
            played, pool.submit(run_with_hanging_side_hosts, sandbox, folder / "beside.jsonl", crowd=CROWD)
        )


@pytest.fixture
def seen(scenario: HangingRemote, scenarios: Scenarios) -> Observed:
    return scenarios.played[scenario].result()


def assert_serves(found: list[Timed]) -> None:
    assert {each.answer.status for each in found} == {200}
    assert max(each.seconds for each in found) < HEALTH_LIMIT
    assert median(each.seconds for each in found) < HEALTH_LIMIT / 4


def assert_honest(pages: list[Timed]) -> None:
    """Not now, and nothing was taken; in the buyer's language."""
    assert {page.answer.status for page in pages} <= {503, 504}
    assert max(page.seconds for page in pages) < PAGE_LIMIT
    for page, language in zip(pages, cycle(LANGUAGES), strict=False):
        assert page.answer.page.html["lang"] == page_language(language)  # type: ignore[index]
    said = ["nothing was taken this time" in page.answer.visible_text for page in pages]
    assert said == [language == "en" for _, language in zip(pages, cycle(LANGUAGES), strict=False)]


def error_of(answer: Answer) -> dict[str, Any]:
    body = json.loads(answer.text)
    assert body["statusCode"] == answer.status
    return dict(body["errors"][0])


class TestScenarios:
    @every_scenario
    def test_the_health_check_is_answered(self, seen: Observed) -> None:
        assert_serves(seen.health)

    @every_scenario
    def test_who_opens_a_page_is_told_that_nothing_was_taken(self, seen: Observed) -> None:
        assert_honest(seen.pages)

    @every_scenario
    @pytest.mark.parametrize("call", IN_TIME)
    def test_everybody_is_answered_in_time(self, call: str, seen: Observed) -> None:
        assert seen.hung[call].seconds < IN_TIME[call]

    @every_scenario
    def test_who_comes_back_is_told_not_to_pay_again_or_shown_that_we_look(self, seen: Observed) -> None:
        back = seen.hung["return"].answer
        if back.status == 303:
            assert "/result/" in back.location
        else:
            assert back.status in (503, 504)
            assert "not pay again" in back.visible_text

    @every_scenario
    def test_a_capture_is_not_known_or_was_certainly_not_sent(self, seen: Observed) -> None:
        answer = seen.hung["capture"].answer
        assert (answer.status, error_of(answer)["code"]) == (503, "General")

    @every_scenario
    def test_a_notification_is_to_come_again(self, seen: Observed) -> None:
        answer = seen.hung["notification"].answer
        assert answer.status == 503
        assert int(answer.headers["Retry-After"]) > 0

    @every_scenario
    def test_a_shop_s_server_is_told_as_json(self, seen: Observed) -> None:
        answer = seen.hung["shop"].answer
        assert answer.status in (503, 504)
        assert error_of(answer)["code"] == "General"

    @every_scenario
    def test_readiness_names_the_remote(self, scenario: HangingRemote, seen: Observed) -> None:
        answer = seen.hung["ready"].answer
        assert (answer.status, json.loads(answer.text)[scenario.remote]) == (503, "DOWN")

    @every_scenario
    def test_what_needs_commercetools_only_goes_on_without_monext(
        self, scenario: HangingRemote, seen: Observed
    ) -> None:
        assert seen.hung["look"].answer.status == (200 if scenario.remote == "monext" else 503)

    @every_scenario
    def test_once_it_is_back_all_that_was_begun_ends_well(self, seen: Observed) -> None:
        """By itself, and each as if it had been asked for once."""
        assert {name: each.answer.status for name, each in seen.again.items() if name != "ready"} == {
            "return": 303,
            "notification": 200,
            "capture": 200,
            "look": 200,
            "shop": 200,
        }
        assert "status=authorized" in seen.again["return"].answer.location
        assert json.loads(seen.again["capture"].answer.text)["outcome"] == "approved"
        assert seen.captures == [("CAPTURE", 1000, "OK")]


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2 * CROWD) as pool:
        yield pool


def test_the_hosts_beside_the_remotes_hang_for_who_needs_them_and_for_nobody_else(
    scenarios: Scenarios,
) -> None:
    seen = scenarios.beside.result()
    assert_serves(seen.health)
    assert {page.answer.status for page in seen.pages} == {200}
    assert max(page.seconds for page in seen.pages) < OTHERS_LIMIT
    assert {each.answer.status for each in seen.refused} <= {503, 504}
    assert max(each.seconds for each in seen.refused) < PAGE_LIMIT
    assert seen.again == [404, 200, 200]


def test_a_crowd_at_one_host_of_monext_s_leaves_the_stores_of_another_one_alone(
    sandbox: Sandbox, world: World, tmp_path: Path, pool: ThreadPoolExecutor
) -> None:
    with FaultProxy(sandbox.monext_url) as proxy:
        hosts = json.dumps({"fr-store": proxy.url, "de-store": sandbox.monext_url})
        bridge = Gunicorn(
            sandbox,
            log=tmp_path / "log.jsonl",
            workers=1,
            app="tests.e2e.two_monext_hosts:app",
            HOSTS_OF_STORES=hosts,
        )
        bridge.start()
        callers, slow = prepare_callers(bridge, world), prepare_callers(bridge, world)
        carts = [world.cart() for _ in range(2 * CROWD)]
        world.fault("monext", action="delay", path="/captures$", seconds=60)
        act = pool.submit(timed, slow.calls()["capture"])
        wait_for(lambda: any(call["path"].endswith("/captures") for call in world.calls("monext")))

        proxy.set_mode(ProxyMode.SILENT)
        crowd = open_pages(bridge, carts[:CROWD], pool=pool)
        others = [pool.submit(timed, call) for name, call in callers.calls().items() if name != "ready"]
        german = [timed(partial(Buyer(bridge).checkout, world.cart("german-store"))) for _ in range(5)]
        assert_serves(ask_health(bridge, times=20))
        assert [page.answer.status for page in german] == [200] * 5
        assert [each.result().answer.status for each in others] == [303, 200, 200, 200, 200]
        assert max(each.seconds for each in (*german, *(each.result() for each in others))) < OTHERS_LIMIT
        assert_honest([page.result() for page in crowd])
        assert "not known yet" in act.result().answer.text
        assert act.result().seconds < OPERATION_LIMIT

        world.reset()
        proxy.set_mode(ProxyMode.FORWARDING)
        wait_until_pages_open(bridge, world)
        assert_served_again([page.result() for page in open_pages(bridge, carts[CROWD:], pool=pool)])
        again = slow.calls()["capture"]()
        assert json.loads(again.text)["outcome"] == "approved"
        assert [row for row in world.ledger(slow.captured.token) if row[0] == "CAPTURE"] == [
            ("CAPTURE", 1000, "OK")
        ]
        assert {line["remote"] for line in logged(bridge, "breaker_opened")} == {"monext"}
        assert len(logged(bridge, "breaker_opened")) == len(logged(bridge, "breaker_closed"))
        bridge.kill()


def assert_served_again(pages: list[Timed]) -> None:
    """The same crowd: no place was lost."""
    assert {page.answer.status for page in pages} == {200}


def logged(bridge: Gunicorn, name: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in bridge.log.read_text().splitlines() if line.startswith("{")]
    return [line for line in lines if line["event"] == name]
