"""Who may push, and what a push is answered."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.runner import Sandbox
from tests import push_samples as samples
from tests.bridges import InProcess
from tests.log_lines import LogLines
from tests.push_endpoint import PATH, SECRET, WITH_SECRET, Endpoint, FakeInternet, bearer
from tests.world import World


@pytest.fixture(scope="module")
def bridge(sandbox: Sandbox) -> InProcess:
    return InProcess(sandbox, EVENTS_SECRET=SECRET)


@pytest.fixture
def endpoint(bridge: InProcess, world: World) -> Endpoint:
    return Endpoint(bridge, FakeInternet())


# the secret


def test_without_a_secret_in_the_settings_there_is_no_such_endpoint(sandbox: Sandbox) -> None:
    endpoint = Endpoint(InProcess(sandbox, EVENTS_SECRET=""), FakeInternet())
    assert endpoint.push(samples.message()).status == 404
    assert endpoint.call("OPTIONS", WITH_SECRET).status == 404


def test_the_secret_may_stand_in_the_query_or_in_the_header(endpoint: Endpoint) -> None:
    assert endpoint.push(samples.message(type="OrderCreated")).status == 204
    assert endpoint.push(samples.message(type="OrderCreated"), path=PATH, **bearer(SECRET)).status == 204


def test_each_secret_of_a_list_and_the_whole_list_are_taken(sandbox: Sandbox, lines: LogLines) -> None:
    newer = "the-newer-secret-of-the-subscription"
    endpoint = Endpoint(InProcess(sandbox, EVENTS_SECRET=f"{newer},{SECRET}"), FakeInternet())
    for given in (newer, SECRET, f"{newer},{SECRET}"):
        assert endpoint.push(samples.message(type="OrderCreated"), path=PATH, **bearer(given)).status == 204
    assert [(line["setting"], line["place"]) for line in lines.of("old_secret_used")] == [
        ("EVENTS_SECRET", 2),
        ("EVENTS_SECRET", 3),
    ]
    assert endpoint.push(samples.message(), path=PATH, **bearer("neither-of-these-secrets")).status == 401


WRONG: dict[str, tuple[str, dict[str, Any]]] = {
    "none": (PATH, {}),
    "empty": (f"{PATH}?secret=", {}),
    "another": (f"{PATH}?secret=another-secret-entirely", {}),
    "its beginning": (f"{PATH}?secret={SECRET[:-1]}", {}),
    "more than it": (f"{PATH}?secret={SECRET}x", {}),
    "not ASCII": (f"{PATH}?secret=%C3%A9%FF", {}),
    "another bearer": (PATH, bearer("another-secret-entirely")),
    "another scheme": (PATH, {"headers": {"Authorization": f"Basic {SECRET}"}}),
    "an empty bearer": (PATH, bearer("")),
    "right header, wrong query": (f"{PATH}?secret=wrong", bearer(SECRET)),
}


@pytest.mark.parametrize(("path", "options"), WRONG.values(), ids=WRONG)
def test_without_the_secret_nothing_is_read_or_fetched(
    path: str, options: dict[str, Any], endpoint: Endpoint, world: World
) -> None:
    for body in (samples.message(), samples.sns(), samples.validation()):
        answer = endpoint.push(body, path=path, **options)
        assert answer.status == 401
        assert json.loads(answer.text)["error"] == "invalid_token"
        assert SECRET not in answer.text
    assert endpoint.internet.fetched == []
    assert world.calls("commercetools") == []


def test_without_the_secret_there_is_no_handshake(endpoint: Endpoint) -> None:
    headers = {"WebHook-Request-Origin": "eventgrid.azure.net"}
    answer = endpoint.call("OPTIONS", PATH, headers=headers)
    assert answer.status == 401
    assert "WebHook-Allowed-Origin" not in answer.headers


# bodies


@pytest.mark.parametrize("body", [b"", b"shipped", b"\xff", b"7", b"[" * 100_000, b'{"a": NaN'], ids=range(6))
def test_what_is_no_json_object_is_malformed(body: bytes, endpoint: Endpoint) -> None:
    assert endpoint.push(body).status == 400


def test_a_huge_body_is_refused(endpoint: Endpoint) -> None:
    assert endpoint.push(b'"' + b"a" * 1024 * 1024 + b'"').status == 413


def test_a_message_as_large_as_a_queue_delivers_is_taken(endpoint: Endpoint) -> None:
    body = samples.message(type="OrderCreated", order={"custom": "a" * 900_000})
    assert endpoint.push(body).status == 204


def test_a_message_about_no_shipment_asks_nobody(endpoint: Endpoint, world: World) -> None:
    assert endpoint.push(samples.pub_sub(samples.message(type="DeliveryAdded"))).status == 204
    assert world.calls("commercetools") == []


def test_a_shipment_of_an_order_that_is_gone_is_done(endpoint: Endpoint, world: World) -> None:
    assert endpoint.push(samples.pub_sub()).status == 204
    assert [call["status"] for call in world.calls("commercetools") if "/orders/" in call["path"]] == [404]


def test_with_capture_off_not_even_the_order_is_read(sandbox: Sandbox, world: World) -> None:
    bridge = InProcess(sandbox, EVENTS_SECRET=SECRET, CAPTURE_ON_SHIPMENT="off")
    assert Endpoint(bridge, FakeInternet()).push(samples.message()).status == 204
    assert world.calls("commercetools") == []


def test_other_methods_are_refused(endpoint: Endpoint) -> None:
    assert endpoint.call("GET", WITH_SECRET).status == 405


# Event Grid


def test_event_grid_gets_its_code_back(endpoint: Endpoint) -> None:
    answer = endpoint.push(samples.validation())
    assert answer.status == 200
    assert json.loads(answer.text) == {"validationResponse": "512d38b6-c7b8-40c8-89fe-f46f9e9622b6"}


def test_cloud_events_get_their_origin_back(endpoint: Endpoint) -> None:
    headers = {"WebHook-Request-Origin": "eventgrid.azure.net", "WebHook-Request-Rate": "120"}
    answer = endpoint.call("OPTIONS", WITH_SECRET, headers=headers)
    assert answer.status == 200
    assert answer.headers["WebHook-Allowed-Origin"] == "eventgrid.azure.net"
    assert answer.headers["WebHook-Allowed-Rate"] == "*"


@pytest.mark.parametrize("origin", ["", "a b", "a\tb", "*", "https://example.com", "a" * 300], ids=range(6))
def test_an_origin_that_is_no_host_is_refused(origin: str, endpoint: Endpoint) -> None:
    answer = endpoint.call("OPTIONS", WITH_SECRET, headers={"WebHook-Request-Origin": origin})
    assert answer.status == 400
