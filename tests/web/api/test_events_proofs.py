"""Which proof opens the messages' endpoint, whose topics are taken, and how old a signed envelope may be."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monext_bridge.gateways.keys.clouds import GOOGLE_KEYS
from monext_bridge.web.endpoints import LOOK_UPS
from sandbox.runner import Sandbox
from tests import push_samples as samples
from tests.bridges import InProcess
from tests.log_lines import captured_logs
from tests.push_endpoint import PATH, SECRET, WITH_SECRET, Endpoint, FakeInternet, bearer
from tests.web.limited_endpoints import with_one_tight_limit
from tests.world import World

OTHER_ACCOUNT = "arn:aws:sns:eu-west-1:999999999999:shipments"
EMAIL = "push@shop.example.com"
BY_SECRET = {"EVENTS_SECRET": SECRET}
BY_AUDIENCE = {"EVENTS_OIDC_AUDIENCE": samples.AUDIENCE}
BY_EMAIL = BY_AUDIENCE | {"EVENTS_OIDC_EMAILS": f"other@shop.example.com,{EMAIL}"}
BY_TOPIC = {"EVENTS_TOPICS": samples.TOPIC}
NOTHING = {"EVENTS_SECRET": ""}
ALL_TOPICS = ",".join([samples.TOPIC, samples.SUBSCRIPTION, samples.GRID_TOPIC, samples.SOURCE])
FIRST, SECOND = "the-first-of-secrets", "the-second-of-secrets"
UNTOUCHED = samples.message(type="OrderCreated")
"""A message that is taken and changes nothing."""

Open = Callable[..., Endpoint]


@pytest.fixture
def opened(sandbox: Sandbox, world: World) -> Open:
    """An endpoint with these settings alone; without EVENTS_SECRET among them there is none."""

    def build(**settings: str) -> Endpoint:
        return Endpoint(InProcess(sandbox, variables=NOTHING | settings), FakeInternet())

    return build


# one of three proofs


NONE: dict[str, Any] = {}
HEADER, QUERY = bearer(SECRET), {"path": WITH_SECRET}
TOKEN = {"token": True}
SECRET_AND_TOKEN = QUERY | TOKEN

PROOFS: list[tuple[dict[str, str], dict[str, Any], str, int]] = [
    # settings, what is presented, the cloud, the answer
    (BY_SECRET, HEADER, "pub_sub", 204),
    (BY_SECRET, QUERY, "pub_sub", 204),
    (BY_SECRET, HEADER, "event_grid", 204),
    (BY_SECRET, HEADER, "cloud_event", 204),
    (BY_SECRET, HEADER, "plain", 204),
    (BY_SECRET, HEADER, "sns", 204),
    (BY_SECRET, NONE, "pub_sub", 401),
    (BY_SECRET, NONE, "sns", 401),
    (BY_EMAIL, TOKEN, "pub_sub", 204),
    (BY_EMAIL, TOKEN, "sns", 204),
    (BY_EMAIL, NONE, "pub_sub", 401),
    (BY_EMAIL, NONE, "sns", 401),
    (BY_EMAIL | BY_SECRET, TOKEN, "pub_sub", 204),
    (BY_EMAIL | BY_SECRET, HEADER, "pub_sub", 204),
    (BY_EMAIL | BY_SECRET, QUERY, "pub_sub", 204),
    (BY_EMAIL | BY_SECRET, NONE, "pub_sub", 401),
    (BY_AUDIENCE | BY_SECRET, SECRET_AND_TOKEN, "pub_sub", 204),
    (BY_AUDIENCE | BY_SECRET, TOKEN, "pub_sub", 401),
    (BY_AUDIENCE | BY_SECRET, HEADER, "pub_sub", 401),
    (BY_AUDIENCE | BY_SECRET, QUERY, "pub_sub", 401),
    (BY_AUDIENCE | BY_SECRET | BY_TOPIC, NONE, "sns", 204),
    (BY_AUDIENCE | BY_SECRET | BY_TOPIC, QUERY, "sns", 204),
    (BY_TOPIC, NONE, "sns", 204),
    (BY_TOPIC, NONE, "pub_sub", 401),
    (BY_TOPIC, NONE, "event_grid", 401),
    (BY_TOPIC, NONE, "cloud_event", 401),
    (BY_TOPIC, NONE, "plain", 401),
    (BY_TOPIC | BY_SECRET, NONE, "sns", 204),
    (BY_TOPIC | BY_SECRET, HEADER, "sns", 204),
    (NOTHING, HEADER, "sns", 404),
    (NOTHING, NONE, "pub_sub", 404),
]

ENVELOPES: dict[str, Callable[[], Any]] = {
    "pub_sub": lambda: samples.pub_sub(UNTOUCHED),
    "event_grid": lambda: samples.event_grid(UNTOUCHED),
    "cloud_event": lambda: samples.cloud_event(UNTOUCHED),
    "plain": lambda: UNTOUCHED,
    "sns": lambda: samples.sns(UNTOUCHED),
}


def presented(how: dict[str, Any]) -> dict[str, Any]:
    path = {"path": how.get("path", PATH)}
    return path | (
        bearer(samples.oidc()) if how.get("token") else {k: v for k, v in how.items() if k == "headers"}
    )


@pytest.mark.parametrize(("settings", "how", "cloud", "status"), PROOFS, ids=range(len(PROOFS)))
def test_one_proof_is_enough(
    settings: dict[str, str], how: dict[str, Any], cloud: str, status: int, opened: Open, world: World
) -> None:
    endpoint = opened(**settings)
    assert [endpoint.push(ENVELOPES[cloud](), **presented(how)).status for _ in range(2)] == [status] * 2
    assert world.calls("commercetools") == []


@pytest.mark.parametrize(
    "settings", [BY_SECRET, BY_EMAIL, BY_AUDIENCE | BY_SECRET, BY_TOPIC, BY_TOPIC | BY_SECRET], ids=range(5)
)
def test_the_handshake_is_proved_by_what_comes_with_the_request(
    settings: dict[str, str], opened: Open
) -> None:
    endpoint, origin = opened(**settings), {"WebHook-Request-Origin": "eventgrid.azure.net"}
    assert endpoint.call("OPTIONS", PATH, headers=origin).status == 401
    right = bearer(samples.oidc() if "EVENTS_OIDC_AUDIENCE" in settings else SECRET)["headers"]
    status = endpoint.call("OPTIONS", WITH_SECRET, headers=origin | right).status
    assert status == (200 if "EVENTS_SECRET" in settings or "EVENTS_OIDC_EMAILS" in settings else 401)


@pytest.mark.parametrize(
    "change",
    [
        {"email": "push@elsewhere.example.com"},
        {"email": EMAIL.upper()},
        {"email": None},
        {"email": [EMAIL]},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": None},
        {"aud": "https://elsewhere.example.com"},
        {"signed_by": "other"},
        {"exp": 1_700_000_000},
    ],
    ids=range(10),
)
def test_a_token_of_another_account_is_refused(change: dict[str, Any], opened: Open, world: World) -> None:
    endpoint = opened(**BY_EMAIL)
    assert endpoint.push(samples.pub_sub(), path=PATH, **bearer(samples.oidc(**change))).status == 403
    assert world.calls("commercetools") == []


def test_without_googles_keys_the_token_is_to_come_again(opened: Open) -> None:
    endpoint = opened(**BY_EMAIL)
    del endpoint.internet.pages[GOOGLE_KEYS]
    assert endpoint.push(samples.pub_sub(), path=PATH, **bearer(samples.oidc())).status == 503


@pytest.mark.parametrize("given", [FIRST, SECOND, f"{FIRST},{SECOND}"], ids=["first", "second", "whole"])
def test_each_secret_of_a_list_is_taken_and_so_is_the_whole(given: str, opened: Open) -> None:
    endpoint = opened(EVENTS_SECRET=f"{FIRST},{SECOND}")
    assert endpoint.push(UNTOUCHED, path=PATH, **bearer(given)).status == 204
    assert endpoint.push(UNTOUCHED, path=PATH, **bearer(given[:-1])).status == 401


def test_a_secret_in_a_url_is_warned_of_once(opened: Open) -> None:
    endpoint = opened(**BY_SECRET)
    with captured_logs() as lines:
        endpoint.push(UNTOUCHED, path=PATH, **bearer(SECRET))
        endpoint.push(UNTOUCHED, path=f"{PATH}?secret=made-up")
        assert lines.of("events_secret_in_url") == []
        for _ in range(3):
            endpoint.push(UNTOUCHED)
    (line,) = lines.of("events_secret_in_url")
    assert line["level"] == "WARNING"
    assert SECRET not in lines.text


# topics


TOPICS: list[tuple[str, Any, int]] = [
    # what is listed, the envelope, the answer
    (samples.TOPIC, samples.sns(UNTOUCHED), 204),
    (f"{OTHER_ACCOUNT},{samples.TOPIC}", samples.sns(UNTOUCHED), 204),
    (OTHER_ACCOUNT, samples.sns(UNTOUCHED), 403),
    (samples.SUBSCRIPTION, samples.sns(UNTOUCHED), 403),
    (samples.TOPIC, samples.sns(UNTOUCHED, TopicArn=OTHER_ACCOUNT), 403),
    (samples.TOPIC, samples.sns(UNTOUCHED, TopicArn=f"{samples.TOPIC}2"), 403),
    (samples.TOPIC, samples.sns(Type="SubscriptionConfirmation"), 204),
    (OTHER_ACCOUNT, samples.sns(Type="SubscriptionConfirmation"), 403),
    (samples.TOPIC, samples.sns(Type="UnsubscribeConfirmation"), 204),
    (OTHER_ACCOUNT, samples.sns(Type="UnsubscribeConfirmation"), 403),
    (samples.SUBSCRIPTION, samples.pub_sub(UNTOUCHED), 204),
    (samples.TOPIC, samples.pub_sub(UNTOUCHED), 403),
    (
        samples.SUBSCRIPTION,
        samples.pub_sub(UNTOUCHED, subscription="projects/other/subscriptions/bridge"),
        403,
    ),
    (samples.SUBSCRIPTION, samples.pub_sub(UNTOUCHED, subscription=None), 403),
    (samples.SUBSCRIPTION, samples.pub_sub(samples.cloud_event(UNTOUCHED)), 204),
    (samples.SOURCE, samples.pub_sub(samples.cloud_event(UNTOUCHED)), 403),
    (samples.GRID_TOPIC, samples.event_grid(UNTOUCHED), 204),
    (
        samples.GRID_TOPIC.upper().replace("/SUBSCRIPTIONS", "/subscriptions"),
        samples.event_grid(UNTOUCHED),
        204,
    ),
    (f"{samples.GRID_TOPIC}2", samples.event_grid(UNTOUCHED), 403),
    (samples.GRID_TOPIC, samples.event_grid(UNTOUCHED, topic=None), 403),
    (samples.GRID_TOPIC, samples.event_grid(UNTOUCHED) + samples.event_grid(UNTOUCHED, topic="/other"), 403),
    (samples.GRID_TOPIC, samples.validation(), 200),
    (f"{samples.GRID_TOPIC}2", samples.validation(), 403),
    (samples.SOURCE, samples.cloud_event(UNTOUCHED), 204),
    (samples.SOURCE, [samples.cloud_event(UNTOUCHED)], 204),
    (samples.SOURCE, samples.cloud_event(UNTOUCHED, source="/another/orders"), 403),
    (ALL_TOPICS, UNTOUCHED, 403),
    (ALL_TOPICS, [UNTOUCHED], 403),
    (ALL_TOPICS, samples.pub_sub(UNTOUCHED), 204),
    (ALL_TOPICS, samples.event_grid(UNTOUCHED), 204),
    (ALL_TOPICS, [7], 403),
]


@pytest.mark.parametrize(("topics", "envelope", "status"), TOPICS, ids=range(len(TOPICS)))
def test_only_listed_topics_are_taken(
    topics: str, envelope: object, status: int, opened: Open, world: World
) -> None:
    """The right secret is presented each time."""
    endpoint = opened(EVENTS_TOPICS=topics, **BY_SECRET)
    for _ in range(2):
        assert endpoint.push(envelope, path=PATH, **bearer(SECRET)).status == status
    assert world.calls("commercetools") == []


def test_a_message_of_another_topic_costs_no_fetch(opened: Open) -> None:
    endpoint = opened(**BY_TOPIC)
    for changes in ({"TopicArn": OTHER_ACCOUNT}, {"Timestamp": samples.stamp(timedelta(days=15))}):
        assert endpoint.push(samples.sns(**changes), path=PATH).status == 403
    assert endpoint.internet.fetched == []


def test_without_listed_topics_every_one_that_is_proved_is_taken(opened: Open) -> None:
    endpoint = opened(**BY_SECRET)
    assert endpoint.push(samples.sns(UNTOUCHED, TopicArn=OTHER_ACCOUNT)).status == 204


# age


AGES: list[tuple[timedelta, int]] = [
    (timedelta(0), 204),
    (timedelta(days=1), 204),
    (timedelta(days=14) - timedelta(minutes=1), 204),
    (timedelta(days=14) + timedelta(minutes=1), 403),
    (timedelta(days=15), 403),
    (timedelta(days=2600), 403),
    (-timedelta(days=1), 204),
]


@pytest.mark.parametrize("settings", [BY_SECRET, BY_TOPIC], ids=["secret", "topic"])
@pytest.mark.parametrize("kind", ["Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"])
@pytest.mark.parametrize(("age", "status"), AGES, ids=range(len(AGES)))
def test_a_signed_envelope_is_taken_for_fourteen_days(
    age: timedelta, status: int, kind: str, settings: dict[str, str], opened: Open
) -> None:
    changes = {} if kind == "Notification" else {"Type": kind}
    envelope = samples.sns(UNTOUCHED, Timestamp=samples.stamp(age), **changes)
    how = bearer(SECRET) if settings is BY_SECRET else {}
    endpoint = opened(**settings)
    assert [endpoint.push(envelope, path=PATH, **how).status for _ in range(2)] == [status] * 2
    assert (samples.SUBSCRIBE_URL in endpoint.internet.fetched) is (
        status == 204 and kind == "SubscriptionConfirmation"
    )


@pytest.mark.parametrize("stamp", ["yesterday", "2026-13-01T10:00:00Z", "2026-10-01T10:00:00", "1"])
def test_a_stamp_that_is_no_time_is_malformed(stamp: str, opened: Open) -> None:
    assert opened(**BY_TOPIC).push(samples.sns(Timestamp=stamp), path=PATH).status == 400


def test_a_younger_stamp_on_an_old_envelope_is_forged(opened: Open) -> None:
    old = samples.sns(UNTOUCHED, Timestamp=samples.stamp(timedelta(days=15)))
    assert opened(**BY_TOPIC).push(old | {"Timestamp": samples.stamp()}, path=PATH).status == 403


def test_the_age_goes_by_the_machines_clock(sandbox: Sandbox, world: World) -> None:
    later = datetime.now(UTC) + timedelta(days=15)
    bridge = InProcess(sandbox, machine_clock=lambda: later, variables=NOTHING | BY_TOPIC)
    assert Endpoint(bridge, FakeInternet()).push(samples.sns(UNTOUCHED), path=PATH).status == 403


# what nobody has proved


def test_made_up_certificates_are_fetched_until_the_budget_is_spent(sandbox: Sandbox, world: World) -> None:
    limits = with_one_tight_limit(LOOK_UPS.name, amount=2)
    bridge = InProcess(sandbox, limits=limits, variables=NOTHING | BY_TOPIC)
    endpoint = Endpoint(bridge, FakeInternet(), limits=limits)
    assert endpoint.push(samples.sns(UNTOUCHED), path=PATH).status == 204
    urls = [f"{samples.HOST}/SimpleNotificationService-{number}.pem" for number in range(5)]
    statuses = [endpoint.push(samples.sns(SigningCertURL=url), path=PATH).status for url in urls]
    assert statuses == [503, 503, 429, 429, 429]
    assert len(endpoint.internet.fetched) == 3
    assert endpoint.push(samples.sns(UNTOUCHED), path=PATH).status == 204


@pytest.mark.parametrize(
    "content", [b"shipped", json.dumps([samples.message()]).encode()], ids=["text", "list"]
)
def test_without_a_proof_nothing_is_told(content: bytes, opened: Open) -> None:
    assert opened(**BY_SECRET).push(content, path=PATH).status == 401
