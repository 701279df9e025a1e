"""Names are looked up within the caller's time, once for all who ask; old addresses serve on without a nameserver."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event
from typing import Any

import pytest

from monext_bridge.runtime import within
from monext_bridge.runtime.addresses import KEPT_FOR, MOST_AT_ONCE, POSTPONED, Addresses, connect
from tests.manual_clock import ManualClock

GENEROUS = 30.0
NOT_LONG = 0.05

OLD = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 80))]
NEW = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.2", 80))]


class Nameserver:
    """Answers with what `found` is, an error included; while it is `silent`, not before the test lets it."""

    def __init__(self) -> None:
        self.found: Any = OLD
        self.asked: list[str] = []
        self.speaks, self.was_asked = Event(), Event()
        self.speaks.set()

    def __call__(self, host: str, _: int) -> Any:
        self.asked.append(host)
        self.was_asked.set()
        self.speaks.wait(GENEROUS)
        if isinstance(self.found, Exception):
            raise self.found
        return self.found

    def silent(self) -> None:
        self.speaks.clear()


@pytest.fixture
def nameserver() -> Iterator[Nameserver]:
    nameserver = Nameserver()
    yield nameserver
    nameserver.speaks.set()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def addresses(nameserver: Nameserver, clock: ManualClock) -> Addresses:
    return Addresses(nameserver, clock=clock)


def find(addresses: Addresses, host: str = "shop.example", seconds: float = GENEROUS) -> list[Any]:
    return list(addresses.find(host, 80, seconds=seconds))


def test_a_name_is_looked_up_once_for_a_while(addresses: Addresses, nameserver: Nameserver) -> None:
    assert [find(addresses) for _ in range(3)] == [OLD] * 3
    assert nameserver.asked == ["shop.example"]


def test_after_a_while_it_is_looked_up_again(
    addresses: Addresses, nameserver: Nameserver, clock: ManualClock
) -> None:
    find(addresses)
    nameserver.found = NEW
    clock.advance(KEPT_FOR)
    assert find(addresses) == NEW


def test_all_who_want_a_name_wait_for_one_look_up(addresses: Addresses, nameserver: Nameserver) -> None:
    nameserver.silent()
    with ThreadPoolExecutor(20) as pool:
        found = [pool.submit(find, addresses) for _ in range(20)]
        nameserver.was_asked.wait(GENEROUS)
        nameserver.speaks.set()
        assert [each.result() for each in found] == [OLD] * 20
    assert nameserver.asked == ["shop.example"]


@pytest.mark.parametrize("seconds", [NOT_LONG, GENEROUS], ids=["seconds", "deadline"])
def test_nobody_waits_for_a_silent_nameserver_longer_than_he_may(
    seconds: float, addresses: Addresses, nameserver: Nameserver
) -> None:
    nameserver.silent()
    with pytest.raises(TimeoutError), within(NOT_LONG):
        find(addresses, seconds=seconds)


def test_a_failure_is_told_to_all_and_not_kept(addresses: Addresses, nameserver: Nameserver) -> None:
    nameserver.found = socket.gaierror("no such name")
    with pytest.raises(OSError, match="no such name"):
        find(addresses)
    nameserver.found = NEW
    assert find(addresses) == NEW


def test_a_host_without_an_address_is_an_error(addresses: Addresses, nameserver: Nameserver) -> None:
    nameserver.found = []
    with pytest.raises(OSError, match="no address"):
        find(addresses)


@pytest.mark.parametrize(
    "fail",
    [lambda server: setattr(server, "found", socket.gaierror()), Nameserver.silent],
    ids=["refuses", "is silent"],
)
def test_old_addresses_serve_on_where_the_nameserver(
    fail: Callable[[Nameserver], None], addresses: Addresses, nameserver: Nameserver, clock: ManualClock
) -> None:
    find(addresses)
    clock.advance(KEPT_FOR)
    fail(nameserver)
    assert find(addresses, seconds=NOT_LONG) == OLD
    asked = len(nameserver.asked)
    clock.advance(POSTPONED - 1)
    assert find(addresses) == OLD
    assert len(nameserver.asked) == asked


def test_a_look_up_that_was_late_is_of_use_to_the_next(
    addresses: Addresses, nameserver: Nameserver, clock: ManualClock
) -> None:
    nameserver.silent()
    with pytest.raises(TimeoutError):
        find(addresses, seconds=NOT_LONG)
    nameserver.speaks.set()
    assert find(addresses) == OLD
    assert nameserver.asked == ["shop.example"]


def test_a_silent_nameserver_holds_only_so_many_threads(addresses: Addresses, nameserver: Nameserver) -> None:
    nameserver.silent()
    for number in range(3 * MOST_AT_ONCE):
        with suppress(OSError):
            find(addresses, host=f"{number}.example", seconds=0.001)
    nameserver.speaks.set()
    assert find(addresses, host="0.example") == OLD
    assert len(nameserver.asked) <= MOST_AT_ONCE + 1


def test_a_connection_is_not_waited_for_longer_because_of_its_name(
    addresses: Addresses, nameserver: Nameserver
) -> None:
    nameserver.silent()
    with pytest.raises(TimeoutError):
        connect("shop.example", 80, seconds=NOT_LONG, addresses=addresses)
