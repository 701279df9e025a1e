"""Without a proxy in front: clients who do not send a whole request hold up nobody who does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.runner import Sandbox
from tests.bridges import Buyer, Gunicorn
from tests.e2e.hanging_remotes import OTHERS_LIMIT, ask_health, timed
from tests.slow_clients import slow_clients
from tests.world import World

SLOW = 90
"""More of each kind that holds a thread than a worker with a thread for each request has ever had in all."""


@pytest.fixture(scope="module")
def bridge(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gunicorn]:
    """A bridge with one worker, which all slow clients reach."""
    running = Gunicorn(sandbox, log=tmp_path_factory.mktemp("slow") / "log.jsonl", workers=1)
    running.start()
    yield running
    running.kill()


def test_a_purchase_and_the_health_check_do_not_notice_slow_clients(bridge: Gunicorn, world: World) -> None:
    buyer = Buyer(bridge)
    with slow_clients(bridge.port, number=SLOW):
        health = ask_health(bridge, times=10)
        page = buyer.start(world.cart())
        world.pay(page.token, outcome="accepted")
        back = timed(lambda: buyer.comes_back(page))
        health += ask_health(bridge, times=10)
    assert back.answer.status == 303
    assert "status=paid" in back.answer.location or "status=authorized" in back.answer.location
    assert {each.answer.status for each in health} == {200}
    assert max(each.seconds for each in (*health, back)) < OTHERS_LIMIT
