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
    ACT,
    HEALTH,
    LANGUAGES,
    NOTIFICATION,
    OTHERS,
    PAGE,
    READY,
    Beside,
    Scene,
    Seen,
    Timed,
    ask_health,
    cast,
    open_pages,
    opens_again,
    play,
    play_beside,
    timed,
)
from tests.fault_proxy import Gate, Mood
from tests.world import World, wait_for

CROWD = 60
"""More than there are places for requests in a process; of the first store, whose Monext hangs."""

SCENES = (
    *(
        Scene(remote, mood)
        for remote in ("commercetools", "monext")
        for mood in Mood
        if mood is not Mood.OPEN
    ),
    Scene("commercetools", Mood.SILENT, cold=True, pages=CROWD),
)
every_scene = pytest.mark.parametrize("scene", SCENES, ids=str)

IN_TIME = {
    "return": PAGE,
    "notification": NOTIFICATION,
    "capture": ACT,
    "look": PAGE,
    "shop": PAGE,
    "ready": READY,
}


@dataclass(frozen=True, slots=True)
class Scenes:
    played: Mapping[Scene, Future[Seen]]
    beside: Future[Beside]


@pytest.fixture(scope="module")
def scenes(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Scenes:
    """All at the same time: they mostly wait."""
    folder = tmp_path_factory.mktemp("scenes")
    with ThreadPoolExecutor(len(SCENES) + 1) as pool:
        played = {s: pool.submit(play, s, sandbox, folder / f"{n}.jsonl") for n, s in enumerate(SCENES)}
        return Scenes(played, pool.submit(play_beside, sandbox, folder / "beside.jsonl", crowd=CROWD))


@pytest.fixture
def seen(scene: Scene, scenes: Scenes) -> Seen:
    return scenes.played[scene].result()


def assert_serves(found: list[Timed]) -> None:
    assert {each.answer.status for each in found} == {200}
    assert max(each.seconds for each in found) < HEALTH
    assert median(each.seconds for each in found) < HEALTH / 4


def assert_honest(pages: list[Timed]) -> None:
    """Not now, and nothing was taken; in the buyer's language."""
    assert {page.answer.status for page in pages} <= {503, 504}
    assert max(page.seconds for page in pages) < PAGE
    for page, language in zip(pages, cycle(LANGUAGES), strict=False):
        assert page.answer.page.html["lang"] == page_language(language)  # type: ignore[index]
    said = ["nothing was taken this time" in page.answer.words for page in pages]
    assert said == [language == "en" for _, language in zip(pages, cycle(LANGUAGES), strict=False)]


def error_of(answer: Answer) -> dict[str, Any]:
    body = json.loads(answer.text)
    assert body["statusCode"] == answer.status
    return dict(body["errors"][0])


class TestScenes:
    @every_scene
    def test_the_health_check_is_answered(self, seen: Seen) -> None:
        assert_serves(seen.health)

    @every_scene
    def test_who_opens_a_page_is_told_that_nothing_was_taken(self, seen: Seen) -> None:
        assert_honest(seen.pages)

    @every_scene
    @pytest.mark.parametrize("call", IN_TIME)
    def test_everybody_is_answered_in_time(self, call: str, seen: Seen) -> None:
        assert seen.hung[call].seconds < IN_TIME[call]

    @every_scene
    def test_who_comes_back_is_told_not_to_pay_again_or_shown_that_we_look(self, seen: Seen) -> None:
        back = seen.hung["return"].answer
        if back.status == 303:
            assert "/result/" in back.location
        else:
            assert back.status in (503, 504)
            assert "not pay again" in back.words

    @every_scene
    def test_a_capture_is_not_known_or_was_certainly_not_sent(self, seen: Seen) -> None:
        answer = seen.hung["capture"].answer
        assert (answer.status, error_of(answer)["code"]) == (503, "General")

    @every_scene
    def test_a_notification_is_to_come_again(self, seen: Seen) -> None:
        answer = seen.hung["notification"].answer
        assert answer.status == 503
        assert int(answer.headers["Retry-After"]) > 0

    @every_scene
    def test_a_shop_s_server_is_told_as_json(self, seen: Seen) -> None:
        answer = seen.hung["shop"].answer
        assert answer.status in (503, 504)
        assert error_of(answer)["code"] == "General"

    @every_scene
    def test_readiness_names_the_remote(self, scene: Scene, seen: Seen) -> None:
        answer = seen.hung["ready"].answer
        assert (answer.status, json.loads(answer.text)[scene.remote]) == (503, "DOWN")

    @every_scene
    def test_what_needs_commercetools_only_goes_on_without_monext(self, scene: Scene, seen: Seen) -> None:
        assert seen.hung["look"].answer.status == (200 if scene.remote == "monext" else 503)

    @every_scene
    def test_once_it_is_back_all_that_was_begun_ends_well(self, seen: Seen) -> None:
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


def test_the_hosts_beside_the_remotes_hang_for_who_needs_them_and_for_nobody_else(scenes: Scenes) -> None:
    seen = scenes.beside.result()
    assert_serves(seen.health)
    assert {page.answer.status for page in seen.pages} == {200}
    assert max(page.seconds for page in seen.pages) < OTHERS
    assert {each.answer.status for each in seen.refused} <= {503, 504}
    assert max(each.seconds for each in seen.refused) < PAGE
    assert seen.again == [404, 200, 200]


def test_a_crowd_at_one_host_of_monext_s_leaves_the_stores_of_another_one_alone(
    sandbox: Sandbox, world: World, tmp_path: Path, pool: ThreadPoolExecutor
) -> None:
    with Gate(sandbox.monext_url) as gate:
        hosts = json.dumps({"fr-store": gate.url, "de-store": sandbox.monext_url})
        bridge = Gunicorn(
            sandbox,
            log=tmp_path / "log.jsonl",
            workers=1,
            app="tests.e2e.two_monext_hosts:app",
            HOSTS_OF_STORES=hosts,
        )
        bridge.start()
        people, slow = cast(bridge, world), cast(bridge, world)
        carts = [world.cart() for _ in range(2 * CROWD)]
        world.fault("monext", action="delay", path="/captures$", seconds=60)
        act = pool.submit(timed, slow.calls()["capture"])
        wait_for(lambda: any(call["path"].endswith("/captures") for call in world.calls("monext")))

        gate.behave(Mood.SILENT)
        crowd = open_pages(bridge, carts[:CROWD], pool=pool)
        others = [pool.submit(timed, call) for name, call in people.calls().items() if name != "ready"]
        german = [timed(partial(Buyer(bridge).checkout, world.cart("german-store"))) for _ in range(5)]
        assert_serves(ask_health(bridge, times=20))
        assert [page.answer.status for page in german] == [200] * 5
        assert [each.result().answer.status for each in others] == [303, 200, 200, 200, 200]
        assert max(each.seconds for each in (*german, *(each.result() for each in others))) < OTHERS
        assert_honest([page.result() for page in crowd])
        assert "not known yet" in act.result().answer.text
        assert act.result().seconds < ACT

        world.calm()
        gate.behave(Mood.OPEN)
        opens_again(bridge, world)
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
