"""Readiness: asked at most once in some seconds, answered in time whatever the remotes do, and told by store."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from monext_bridge.config import MonextCredentials, MonextEnvironment
from monext_bridge.errors import (
    RemoteError,
    RemoteNotFound,
    RemoteRefused,
    RemoteTimeout,
    RemoteUnavailable,
    RemoteUnreachable,
)
from monext_bridge.gateways.http import HttpAnswer
from monext_bridge.runtime.deadlines import seconds_left
from monext_bridge.services.setup.readiness import (
    ANSWERS_IN,
    READINESS_KEPT_FOR,
    STORES_AT_ONCE,
    KeyState,
    Readiness,
    Trouble,
)
from tests.manual_clock import ManualClock
from tests.settings_environment import by_store, monext_api_key, settings_with

OK = HttpAnswer(200)
UNAUTHORIZED = HttpAnswer(401)
SILENT = RemoteTimeout("no answer", remote="monext")
Said = HttpAnswer | RemoteUnavailable


@dataclass
class Remotes:
    """Both of them; what each call had left of its time, and which keys were shown to Monext."""

    trouble: RemoteError | None = None
    monext: Said = OK
    by_key: Mapping[str, Said] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    goes_on: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.goes_on.set()

    def check(self) -> None:
        self.goes_on.wait(60)
        self.seconds.append(seconds_left())
        if self.trouble:
            raise self.trouble

    def alive(self, credentials: MonextCredentials) -> HttpAnswer:
        key = credentials.api_keys[0].get_secret_value()
        self.seconds.append(seconds_left())
        self.keys.append(key)
        said = self.by_key.get(key, self.monext)
        if isinstance(said, RemoteUnavailable):
            raise said
        return said


def key(store: str) -> str:
    return monext_api_key(f"1234567890{store}:access-key-of-{store}-Xk2hQ9rT")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def remotes() -> Remotes:
    return Remotes()


@pytest.fixture
def readiness(remotes: Remotes, clock: ManualClock) -> Readiness:
    both: Any = remotes
    return Readiness(settings_with(), commercetools=both, monext=both, monotonic=clock)


def of_stores(remotes: Remotes, *stores: str, **changes: str) -> Readiness:
    both: Any = remotes
    keys = by_store(**{store: key(store) for store in stores})
    return Readiness(
        settings_with(**({"MONEXT_API_KEY": keys} | changes)),
        commercetools=both,
        monext=both,
        monotonic=ManualClock(),
    )


def test_it_tells_that_commercetools_does_not_answer(remotes: Remotes, readiness: Readiness) -> None:
    remotes.trouble = RemoteTimeout("no answer", remote="commercetools")
    assert readiness.remotes() == {"commercetools": False, "monext": True}


def test_it_tells_that_monext_does_not_answer(remotes: Remotes, readiness: Readiness) -> None:
    remotes.monext = SILENT
    assert readiness.remotes() == {"commercetools": True, "monext": False}


def test_no_remote_has_longer_than_the_caller_of_a_health_check_waits(
    remotes: Remotes, readiness: Readiness
) -> None:
    readiness.remotes()
    readiness.by_store()
    assert len(remotes.seconds) == 4
    assert max(remotes.seconds) <= ANSWERS_IN


def test_an_answer_is_given_again_for_some_seconds(
    remotes: Remotes, readiness: Readiness, clock: ManualClock
) -> None:
    readiness.remotes(), readiness.by_store()
    remotes.monext = SILENT
    clock.advance(READINESS_KEPT_FOR)
    assert readiness.remotes()["monext"]
    assert readiness.by_store().up["monext"]
    clock.advance(0.1)
    assert not readiness.remotes()["monext"]
    assert not readiness.by_store().up["monext"]


def test_who_comes_while_they_are_asked_gets_the_answer_before(
    remotes: Remotes, readiness: Readiness, clock: ManualClock
) -> None:
    before = readiness.remotes()
    clock.advance(2 * READINESS_KEPT_FOR)
    remotes.goes_on.clear()
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(readiness.remotes)
        while len(remotes.seconds) < 3:
            continue
        assert readiness.remotes() == before
        remotes.goes_on.set()
        assert asking.result(5) == before


class TestStores:
    @pytest.mark.parametrize("wrong", ["fr", "de"])
    def test_one_store_s_wrong_key_leaves_it_ready(self, wrong: str, remotes: Remotes) -> None:
        remotes.by_key = {key(wrong): UNAUTHORIZED}
        assert of_stores(remotes, "fr", "de").remotes()["monext"]

    def test_where_no_store_s_key_is_taken_it_is_not_ready(self, remotes: Remotes) -> None:
        remotes.monext = UNAUTHORIZED
        assert not of_stores(remotes, "fr", "de").remotes()["monext"]

    def test_the_host_s_probe_asks_no_more_stores_than_it_needs(self, remotes: Remotes) -> None:
        of_stores(remotes, "fr", "de", "it").remotes()
        assert len(remotes.keys) == 1

    def test_a_host_that_is_silent_is_asked_once_and_not_once_for_each_store(self, remotes: Remotes) -> None:
        remotes.monext = SILENT
        assert not of_stores(remotes, "fr", "de", "it").remotes()["monext"]
        assert len(remotes.keys) == 1

    def test_a_host_that_is_silent_leaves_the_stores_of_another_one_ready(self, remotes: Remotes) -> None:
        kinds = {"MONEXT_ENVIRONMENT": by_store(de="HOMOLOGATION", fr="PRODUCTION")}
        more = {"CHECKOUT_ACCESS": "signed"}
        remotes.by_key = {key("de"): SILENT}
        assert of_stores(remotes, "de", "fr", **kinds, **more).remotes()["monext"]

    def test_each_is_told_with_its_key_and_its_environment(self, remotes: Remotes) -> None:
        remotes.by_key = {key("de"): UNAUTHORIZED, key("fr"): SILENT}
        seen = of_stores(remotes, "de", "fr", "it").by_store()
        assert [(s.store_key, s.key, s.trouble) for s in seen.stores] == [
            ("de", KeyState.REFUSED, Trouble.REFUSED),
            ("fr", KeyState.UNKNOWN, Trouble.TIMED_OUT),
            ("it", KeyState.ACCEPTED, None),
        ]
        assert {s.environment for s in seen.stores} == {MonextEnvironment.HOMOLOGATION}
        assert seen.up["monext"]

    def test_stores_of_one_merchant_are_told_apart_and_asked_for_once(self, remotes: Remotes) -> None:
        points = by_store(de="POS_DE", fr="POS_FR")
        both: Any = remotes
        readiness = Readiness(settings_with(MONEXT_POINT_OF_SALE_REF=points), commercetools=both, monext=both)
        assert [s.store_key for s in readiness.by_store().stores] == ["de", "fr"]
        assert len(remotes.keys) == 1

    def test_settings_that_hold_for_every_store_are_one_store_without_a_key(
        self, readiness: Readiness
    ) -> None:
        assert [s.store_key for s in readiness.by_store().stores] == [None]

    def test_many_are_all_told(self, remotes: Remotes) -> None:
        stores = [f"store{number:02}" for number in range(2 * STORES_AT_ONCE + 1)]
        assert [s.store_key for s in of_stores(remotes, *stores).by_store().stores] == stores
        assert len(remotes.keys) == len(stores)


MONEXT_SAYS: list[tuple[Said, Trouble | None]] = [
    (OK, None),
    (HttpAnswer(200, "I'm alive"), None),
    (UNAUTHORIZED, Trouble.REFUSED),
    (HttpAnswer(403), Trouble.REFUSED),
    (HttpAnswer(200, {"title": "Unauthorized"}), Trouble.REFUSED),
    (HttpAnswer(503), Trouble.FAILED),
    (HttpAnswer(404), Trouble.FAILED),
    (SILENT, Trouble.TIMED_OUT),
    (RemoteUnreachable("nobody there", remote="monext"), Trouble.UNREACHABLE),
    (RemoteUnavailable("broken off", remote="monext"), Trouble.FAILED),
]


@pytest.mark.parametrize(("said", "trouble"), MONEXT_SAYS)
def test_whatever_monext_says_is_told_in_a_word(
    said: Said, trouble: Trouble | None, remotes: Remotes, readiness: Readiness
) -> None:
    remotes.monext = said
    assert [store.trouble for store in readiness.by_store().stores] == [trouble]
    assert readiness.remotes()["monext"] is (trouble is None)


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (None, None),
        (RemoteRefused("no", remote="commercetools", status=403), Trouble.REFUSED),
        (RemoteNotFound("no project", remote="commercetools", status=404), Trouble.REFUSED),
        (RemoteTimeout("late", remote="commercetools"), Trouble.TIMED_OUT),
        (RemoteUnreachable("nobody", remote="commercetools"), Trouble.UNREACHABLE),
        (RemoteUnavailable("503", remote="commercetools"), Trouble.FAILED),
    ],
)
def test_whatever_commercetools_says_is_told_in_a_word(
    error: RemoteError | None, trouble: Trouble | None, remotes: Remotes, readiness: Readiness
) -> None:
    remotes.trouble = error
    assert readiness.by_store().commercetools is trouble
