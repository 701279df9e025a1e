"""Who may push, by which proof, and what is answered. No cloud is asked: keys and certificates are ours."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from monext_bridge.gateways.push_keys import GOOGLE_KEYS, PushKeys
from monext_bridge.services import utc_now
from monext_bridge.services.push_proofs import PushProofs
from monext_bridge.web import create_app
from sandbox.runner import Sandbox
from tests import push_samples as samples
from tests.bridges import Answer, InProcess
from tests.world import World

SECRET = "the-secret-of-the-subscription"
PATH = "/events/commercetools"
WITH_SECRET = f"{PATH}?secret={SECRET}"


class Internet:
    """What can be fetched, and what was."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes] = {
            samples.CERTIFICATE_URL: samples.certificate(),
            samples.SUBSCRIBE_URL: b"<ConfirmSubscriptionResponse/>",
            GOOGLE_KEYS: samples.google_keys(),
        }
        self.fetched: list[str] = []

    def __call__(self, url: str) -> bytes | None:
        self.fetched.append(url)
        return self.pages.get(url)


class Endpoint:
    """The endpoint of a bridge that fetches from `internet`."""

    def __init__(self, bridge: InProcess, internet: Internet) -> None:
        proofs = PushProofs(PushKeys(fetch=internet), utc_now)
        self._app: Flask = create_app(bridge.settings, services=replace(bridge.services, push_proofs=proofs))
        self.internet = internet

    def push(self, body: object = None, *, path: str = WITH_SECRET, **options: Any) -> Answer:
        content = body if isinstance(body, bytes) else json.dumps(body)
        return self.call("POST", path, data=content, **options)

    def call(self, method: str, path: str, **options: Any) -> Answer:
        response = self._app.test_client().open(path, method=method, **options)
        return Answer(response.status_code, dict(response.headers), response.get_data(as_text=True))


@pytest.fixture(scope="module")
def bridge(sandbox: Sandbox) -> InProcess:
    return InProcess(sandbox, EVENTS_SECRET=SECRET)


@pytest.fixture
def endpoint(bridge: InProcess, world: World) -> Endpoint:
    return Endpoint(bridge, Internet())


@pytest.fixture
def of_google(sandbox: Sandbox, world: World) -> Endpoint:
    """Where Pub/Sub's tokens are asked for."""
    bridge = InProcess(sandbox, EVENTS_SECRET=SECRET, EVENTS_OIDC_AUDIENCE=samples.AUDIENCE)
    return Endpoint(bridge, Internet())


def bearer(token: str) -> dict[str, Any]:
    return {"headers": {"Authorization": f"Bearer {token}"}}


# the secret


def test_without_a_secret_in_the_settings_there_is_no_such_endpoint(sandbox: Sandbox) -> None:
    endpoint = Endpoint(InProcess(sandbox, EVENTS_SECRET=""), Internet())
    assert endpoint.push(samples.message()).status == 404
    assert endpoint.call("OPTIONS", WITH_SECRET).status == 404


def test_the_secret_may_stand_in_the_query_or_in_the_header(endpoint: Endpoint) -> None:
    assert endpoint.push(samples.message(type="OrderCreated")).status == 204
    assert endpoint.push(samples.message(type="OrderCreated"), path=PATH, **bearer(SECRET)).status == 204


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
@pytest.mark.parametrize("body", [samples.message(), samples.sns(), samples.validation()], ids=range(3))
def test_without_the_secret_nothing_is_read_or_fetched(
    body: object, path: str, options: dict[str, Any], endpoint: Endpoint, world: World
) -> None:
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
    assert Endpoint(bridge, Internet()).push(samples.message()).status == 204
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


# SNS


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_signed_notice_of_sns_is_taken(version: str, endpoint: Endpoint) -> None:
    notice = samples.sns(samples.message(type="OrderCreated"), SignatureVersion=version)
    assert endpoint.push(notice).status == 204
    assert endpoint.push(notice | {"Subject": None}).status == 204
    assert endpoint.internet.fetched == [samples.CERTIFICATE_URL]


def test_the_subject_is_signed_as_well(endpoint: Endpoint) -> None:
    notice = samples.sns(samples.message(type="OrderCreated"), Subject="shipped")
    assert endpoint.push(notice).status == 204
    assert endpoint.push(notice | {"Subject": "other"}).status == 403


def with_another_key(internet: Internet) -> None:
    internet.pages[samples.CERTIFICATE_URL] = samples.certificate(of="other")


def with_another_name(internet: Internet) -> None:
    internet.pages[samples.CERTIFICATE_URL] = samples.certificate(common_name="sqs.amazonaws.com")


def with_a_look_alike(internet: Internet) -> None:
    internet.pages[samples.CERTIFICATE_URL] = samples.certificate(
        common_name="sns.amazonaws.com.evil.example"
    )


def with_an_old_certificate(internet: Internet) -> None:
    internet.pages[samples.CERTIFICATE_URL] = samples.certificate(days_left=-1)


@pytest.mark.parametrize(
    "change", [with_another_key, with_another_name, with_a_look_alike, with_an_old_certificate]
)
def test_another_certificate_proves_nothing(
    change: Callable[[Internet], None], endpoint: Endpoint, world: World
) -> None:
    change(endpoint.internet)
    assert endpoint.push(samples.sns()).status == 403
    assert world.calls("commercetools") == []


FORGED: dict[str, dict[str, Any]] = {
    "message": {"Message": json.dumps(samples.message(shipmentState="Delivered"))},
    "id": {"MessageId": "another"},
    "time": {"Timestamp": "2026-10-02T10:00:00.000Z"},
    "topic": {"TopicArn": "arn:aws:sns:eu-west-1:999999999999:shipments"},
    "a subject added": {"Subject": "shipped"},
    "signature": {"Signature": samples.sns(signed_by="other")["Signature"]},
    "version": {"SignatureVersion": "1"},
    "no signature": {"Signature": "AAAA"},
}


@pytest.mark.parametrize("change", FORGED.values(), ids=FORGED)
def test_a_notice_that_was_changed_is_refused(
    change: dict[str, Any], endpoint: Endpoint, world: World
) -> None:
    assert endpoint.push(samples.sns() | change).status == 403
    assert world.calls("commercetools") == []


FOREIGN = [
    "https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-1.pem",
    "https://evil.example/SimpleNotificationService-1.pem",
    "https://sns.eu-west-1.amazonaws.com@evil.example/SimpleNotificationService-1.pem",
    "https://evil.example/sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem",
    "https://evil.example#sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem",
    "https://sns.eu-west-1.amazonaws.com\\@evil.example/SimpleNotificationService-1.pem",
    "https://sns.eu-west-1.amazonaws.com:8443/SimpleNotificationService-1.pem",
    "https://sns.evil.example.amazonaws.com/SimpleNotificationService-1.pem",
    "https://s3.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem",
    "http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem",
    "https://sns.eu-west-1.amazonaws.com/evil.pem",
    "https://sns.eu-west-1.amazonaws.com/a/../SimpleNotificationService-1.pem",
    "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem?to=https://evil.example",
    "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem#.evil",
    "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem\n",
    "https://[sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem",
    "file:///SimpleNotificationService-1.pem",
]


@pytest.mark.parametrize("url", FOREIGN, ids=range(len(FOREIGN)))
def test_a_certificate_from_elsewhere_is_not_even_fetched(url: str, endpoint: Endpoint) -> None:
    endpoint.internet.pages[url] = samples.certificate(of="other")
    assert endpoint.push(samples.sns(SigningCertURL=url, signed_by="other")).status == 400
    assert endpoint.internet.fetched == []


@pytest.mark.parametrize("host", ["sns.cn-north-1.amazonaws.com.cn", "sns.us-gov-west-1.amazonaws.com"])
def test_every_region_of_sns_is_known(host: str, endpoint: Endpoint) -> None:
    url = f"https://{host}/SimpleNotificationService-1.pem"
    endpoint.internet.pages[url] = samples.certificate(common_name="sns-signing.eu-south-1.amazonaws.com")
    notice = samples.sns(samples.message(type="OrderCreated"), SigningCertURL=url)
    assert endpoint.push(notice).status == 204


@pytest.mark.parametrize("content", [None, b"", b"no certificate"], ids=range(3))
def test_a_certificate_that_can_not_be_had_asks_for_the_notice_again(
    content: bytes | None, endpoint: Endpoint
) -> None:
    del endpoint.internet.pages[samples.CERTIFICATE_URL]
    if content is not None:
        endpoint.internet.pages[samples.CERTIFICATE_URL] = content
    answer = endpoint.push(samples.sns())
    assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
    endpoint.internet.pages[samples.CERTIFICATE_URL] = samples.certificate()
    assert endpoint.push(samples.sns()).status == 204


INCOMPLETE = ["TopicArn", "Message", "Signature", "SignatureVersion", "SigningCertURL", "Type"]


@pytest.mark.parametrize("name", INCOMPLETE)
def test_a_notice_that_misses_a_member_is_malformed(name: str, endpoint: Endpoint) -> None:
    headers = {"x-amz-sns-message-type": "Notification"}
    notice = {each: value for each, value in samples.sns().items() if each != name}
    assert endpoint.push(notice, headers=headers).status == 400


def test_a_message_without_its_envelope_does_not_pass_for_sns(endpoint: Endpoint, world: World) -> None:
    headers = {"x-amz-sns-message-type": "Notification", "x-amz-sns-rawdelivery": "true"}
    assert endpoint.push(samples.message(), headers=headers).status == 400
    assert world.calls("commercetools") == []


def test_a_subscription_is_confirmed_by_visiting_its_address(endpoint: Endpoint) -> None:
    assert endpoint.push(samples.sns(Type="SubscriptionConfirmation")).status == 204
    assert endpoint.internet.fetched == [samples.CERTIFICATE_URL, samples.SUBSCRIBE_URL]


def test_a_confirmation_that_comes_again_is_taken_again(endpoint: Endpoint) -> None:
    notice = samples.sns(Type="SubscriptionConfirmation")
    assert [endpoint.push(notice).status for _ in range(3)] == [204] * 3


def test_a_confirmation_that_amazon_does_not_answer_is_sent_again(endpoint: Endpoint) -> None:
    del endpoint.internet.pages[samples.SUBSCRIBE_URL]
    assert endpoint.push(samples.sns(Type="SubscriptionConfirmation")).status == 503


def test_a_forged_confirmation_visits_nothing(endpoint: Endpoint) -> None:
    notice = samples.sns(Type="SubscriptionConfirmation", signed_by="other")
    assert endpoint.push(notice).status == 403
    assert endpoint.internet.fetched == [samples.CERTIFICATE_URL]


@pytest.mark.parametrize(
    "url",
    [
        "https://sns.eu-west-1.amazonaws.com.evil.example/?Action=ConfirmSubscription",
        "http://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription",
        "https://169.254.169.254/latest/meta-data/",
        "https://sns.eu-west-1.amazonaws.com@localhost/",
    ],
)
def test_a_confirmation_leads_nowhere_but_to_sns(url: str, endpoint: Endpoint) -> None:
    endpoint.internet.pages[url] = b"ok"
    assert endpoint.push(samples.sns(Type="SubscriptionConfirmation", SubscribeURL=url)).status == 400
    assert endpoint.internet.fetched == []


def test_the_end_of_a_subscription_is_acknowledged_and_not_undone(endpoint: Endpoint) -> None:
    assert endpoint.push(samples.sns(Type="UnsubscribeConfirmation")).status == 204
    assert endpoint.internet.fetched == [samples.CERTIFICATE_URL]


def test_a_notice_whose_message_is_no_json_is_malformed(endpoint: Endpoint) -> None:
    assert endpoint.push(samples.sns(Message="hello")).status == 400


# Google's tokens


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
