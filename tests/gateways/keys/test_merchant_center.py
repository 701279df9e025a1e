"""The Merchant Center's keys: fetched once in a while, whoever asks for whatever."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from monext_bridge.errors import RemoteUnreachable
from monext_bridge.gateways.keys.merchant_center import ASKED_AGAIN_AFTER, KEPT_FOR, MerchantCenterKeys
from monext_bridge.runtime.deadlines import within
from tests.gateways.remotes import FOREVER, Remote, client, free_port
from tests.manual_clock import ManualClock
from tests.world import wait_for

PUBLIC = json.loads(RSAAlgorithm.to_jwk(rsa.generate_private_key(65_537, 2048).public_key()))


def jwk(key_id: str, **changes: Any) -> dict[str, Any]:
    return {**PUBLIC, "kid": key_id, "use": "sig", "alg": "RS256", **changes}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def keys(remote: Remote, clock: ManualClock) -> MerchantCenterKeys:
    remote.reply = lambda _: (200, {"keys": [jwk("one"), jwk("two")]})
    return keys_of(remote.url, clock)


def keys_of(url: str, clock: ManualClock) -> MerchantCenterKeys:
    return MerchantCenterKeys(f"{url}/.well-known/jwks.json", client=client(url), monotonic=clock)


def has(keys: MerchantCenterKeys, key_id: str) -> bool:
    return keys.key(key_id) is not None


def test_the_set_is_read_at_its_address(keys: MerchantCenterKeys, remote: Remote) -> None:
    assert has(keys, "one")
    (request,) = remote.requests
    assert (request.method, request.target) == ("GET", "/.well-known/jwks.json")


def test_the_keys_are_kept_for_their_time_and_no_longer(
    keys: MerchantCenterKeys, remote: Remote, clock: ManualClock
) -> None:
    has(keys, "one")
    clock.advance(KEPT_FOR - 1)
    assert has(keys, "two")
    assert len(remote.requests) == 1
    clock.advance(1)
    assert has(keys, "two")
    assert len(remote.requests) == 2


def test_a_key_that_was_taken_out_verifies_nothing_after_that_time(
    keys: MerchantCenterKeys, remote: Remote, clock: ManualClock
) -> None:
    has(keys, "one")
    remote.reply = lambda _: (200, {"keys": [jwk("two")]})
    clock.advance(KEPT_FOR)
    assert not has(keys, "one")


def test_made_up_key_ids_ask_once_in_some_seconds(
    keys: MerchantCenterKeys, remote: Remote, clock: ManualClock
) -> None:
    has(keys, "one")
    clock.advance(ASKED_AGAIN_AFTER)
    assert not any(has(keys, f"made-up-{number}") for number in range(20))
    assert len(remote.requests) == 2


def test_a_new_key_is_found_after_some_seconds(
    keys: MerchantCenterKeys, remote: Remote, clock: ManualClock
) -> None:
    has(keys, "one")
    remote.reply = lambda _: (200, {"keys": [jwk("three")]})
    clock.advance(ASKED_AGAIN_AFTER)
    assert has(keys, "three")


def test_many_at_once_fetch_once(keys: MerchantCenterKeys, remote: Remote) -> None:
    start = Barrier(20)

    def ask(number: int) -> bool:
        start.wait()
        return has(keys, "one" if number % 2 else "made-up")

    with ThreadPoolExecutor(20) as pool:
        assert sorted(pool.map(ask, range(20))) == [False] * 10 + [True] * 10
    assert len(remote.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        (404, {"message": "nothing here"}),
        (302, {"keys": [jwk("one")]}),
        (500, {"keys": [jwk("one")]}),
        (200, b"<html>a proxy</html>"),
        (200, [jwk("one")]),
        (200, {}),
        (200, {"keys": []}),
        (200, {"keys": "one"}),
        (200, {"keys": [{"kty": "oct", "k": "!", "kid": "one"}]}),
    ],
    ids=lambda answer: f"{answer[0]} {str(answer[1])[:24]}",
)
def test_an_answer_without_keys_is_no_answer(
    answer: tuple[int, Any], keys: MerchantCenterKeys, remote: Remote
) -> None:
    remote.reply = lambda _: answer
    with pytest.raises(RemoteUnreachable):
        keys.key("one")


@pytest.mark.parametrize(
    "key",
    [
        jwk("one", use="enc"),
        {"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3I", "kid": "one", "alg": "HS256"},
        {name: value for name, value in jwk("one").items() if name != "kid"},
    ],
    ids=["to encrypt", "shared secret", "without id"],
)
def test_a_key_that_is_not_for_signatures_of_rsa_is_passed_over(
    key: dict[str, Any], keys: MerchantCenterKeys, remote: Remote
) -> None:
    remote.reply = lambda _: (200, {"keys": [key, jwk("two")]})
    assert (has(keys, "one"), has(keys, "two")) == (False, True)


def test_nobody_at_the_address_is_out_of_reach(clock: ManualClock) -> None:
    with pytest.raises(RemoteUnreachable):
        keys_of(f"http://127.0.0.1:{free_port()}", clock).key("one")


def test_keys_that_are_out_of_reach_are_not_asked_for_by_everybody(
    keys: MerchantCenterKeys, remote: Remote
) -> None:
    remote.add_fault("status", times=0)
    for _ in range(5):
        with pytest.raises(RemoteUnreachable):
            keys.key("one")
    assert len(remote.calls()) == 2  # one read, tried twice


def test_keys_that_were_out_of_reach_are_there_again_after_some_seconds(
    keys: MerchantCenterKeys, remote: Remote, clock: ManualClock
) -> None:
    remote.add_fault("status", times=2)
    with pytest.raises(RemoteUnreachable):
        keys.key("one")
    clock.advance(ASKED_AGAIN_AFTER)
    assert has(keys, "one")


def test_an_outage_leaves_the_keys_that_are_kept_and_says_nothing_of_others(
    keys: MerchantCenterKeys, remote: Remote, clock: ManualClock
) -> None:
    has(keys, "one")
    remote.add_fault("status", times=0)
    clock.advance(ASKED_AGAIN_AFTER)
    for _ in range(2):
        with pytest.raises(RemoteUnreachable):
            keys.key("new")
    assert has(keys, "one")


def test_while_they_are_fetched_nobody_else_waits_long(remote: Remote, clock: ManualClock) -> None:
    remote.reply = lambda _: (200, {"keys": [jwk("one"), jwk("two")]})
    remote.add_fault("hang", seconds=FOREVER)
    keys = MerchantCenterKeys(f"{remote.url}/keys", client=client(remote.url), monotonic=clock)
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(has, keys, "one")
        wait_for(lambda: len(remote.calls()) == 1)
        with within(0.05), pytest.raises(RemoteUnreachable):
            keys.key("two")
        remote.faults.clear()
        assert asking.result(30)
