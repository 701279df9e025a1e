"""Google Pub/Sub's tokens, where they are asked for."""

from __future__ import annotations

from typing import Any

import pytest

from monext_bridge.gateways.keys.clouds import GOOGLE_KEYS
from sandbox.runner import Sandbox
from tests import push_samples as samples
from tests.bridges import InProcess
from tests.push_endpoint import PATH, SECRET, Endpoint, FakeInternet, bearer
from tests.world import World


@pytest.fixture
def of_google(sandbox: Sandbox, world: World) -> Endpoint:
    """Where Pub/Sub's tokens are asked for."""
    bridge = InProcess(sandbox, EVENTS_SECRET=SECRET, EVENTS_OIDC_AUDIENCE=samples.AUDIENCE)
    return Endpoint(bridge, FakeInternet())


def test_a_push_with_googles_token_and_the_secret_is_taken(of_google: Endpoint) -> None:
    ours = samples.pub_sub(samples.message(type="OrderCreated"))
    for _ in range(2):
        assert of_google.push(ours, **bearer(samples.oidc())).status == 204
    assert of_google.internet.fetched == [GOOGLE_KEYS]


def test_googles_token_alone_is_not_enough(of_google: Endpoint) -> None:
    assert of_google.push(samples.pub_sub(), path=PATH, **bearer(samples.oidc())).status == 401


def test_the_secret_alone_is_not_enough_where_tokens_are_asked_for(of_google: Endpoint) -> None:
    assert of_google.push(samples.pub_sub()).status == 401
    assert of_google.push(samples.message()).status == 401
    assert of_google.push(samples.pub_sub(), path=PATH, **bearer(SECRET)).status == 401


NOT_GOOGLES: dict[str, dict[str, Any]] = {
    "another key": {"signed_by": "other"},
    "a key nobody has": {"key_id": "key-2"},
    "no algorithm": {"algorithm": "none"},
    "a shared secret": {"algorithm": "HS256"},
    "another algorithm": {"algorithm": "RS512"},
    "another audience": {"aud": "https://elsewhere.example.com"},
    "no audience": {"aud": None},
    "another issuer": {"iss": "https://accounts.example.com"},
    "no issuer": {"iss": None},
    "expired": {"exp": 1_700_000_000},
    "no end": {"exp": None},
    "from the future": {"iat": 4_000_000_000, "exp": 4_000_003_600},
}


@pytest.mark.parametrize("change", NOT_GOOGLES.values(), ids=NOT_GOOGLES)
def test_any_other_token_is_refused(change: dict[str, Any], of_google: Endpoint, world: World) -> None:
    assert of_google.push(samples.pub_sub(), **bearer(samples.oidc(**change))).status == 403
    assert world.calls("commercetools") == []


@pytest.mark.parametrize("token", ["x", "a.b.c", "e30.e30.e30", "é" * 30], ids=range(4))
def test_what_is_no_token_is_refused(token: str, of_google: Endpoint) -> None:
    assert of_google.push(samples.pub_sub(), **bearer(token)).status == 403


@pytest.mark.parametrize("content", [None, b"", b"<html>", b'{"keys": []}'], ids=range(4))
def test_without_googles_keys_the_push_is_to_come_again(content: bytes | None, of_google: Endpoint) -> None:
    del of_google.internet.pages[GOOGLE_KEYS]
    if content is not None:
        of_google.internet.pages[GOOGLE_KEYS] = content
    assert of_google.push(samples.pub_sub(), **bearer(samples.oidc())).status == 503
    of_google.internet.pages[GOOGLE_KEYS] = samples.google_keys()
    assert of_google.push(samples.pub_sub(), **bearer(samples.oidc())).status == 204


def test_a_key_that_nobody_has_is_not_asked_for_at_every_push(of_google: Endpoint) -> None:
    for number in range(5):
        of_google.push(samples.pub_sub(), **bearer(samples.oidc(key_id=f"key-{number + 2}")))
    assert of_google.internet.fetched == [GOOGLE_KEYS]
