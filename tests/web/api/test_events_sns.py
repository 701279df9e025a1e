"""AWS SNS: signatures, certificates, confirmations."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.runner import Sandbox
from tests import push_samples as samples
from tests.bridges import InProcess
from tests.push_endpoint import SECRET, Endpoint, FakeInternet
from tests.world import World


@pytest.fixture(scope="module")
def bridge(sandbox: Sandbox) -> InProcess:
    return InProcess(sandbox, EVENTS_SECRET=SECRET)


@pytest.fixture
def endpoint(bridge: InProcess, world: World) -> Endpoint:
    return Endpoint(bridge, FakeInternet())


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


def with_another_key(internet: FakeInternet) -> None:
    internet.pages[samples.CERTIFICATE_URL] = samples.certificate(of="other")


def with_another_name(internet: FakeInternet) -> None:
    internet.pages[samples.CERTIFICATE_URL] = samples.certificate(common_name="sqs.amazonaws.com")


def with_a_look_alike(internet: FakeInternet) -> None:
    internet.pages[samples.CERTIFICATE_URL] = samples.certificate(
        common_name="sns.amazonaws.com.evil.example"
    )


def with_an_old_certificate(internet: FakeInternet) -> None:
    internet.pages[samples.CERTIFICATE_URL] = samples.certificate(days_left=-1)


@pytest.mark.parametrize(
    "change", [with_another_key, with_another_name, with_a_look_alike, with_an_old_certificate]
)
def test_another_certificate_proves_nothing(
    change: Callable[[FakeInternet], None], endpoint: Endpoint, world: World
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
    "https://sns.s3-eu-west-1.amazonaws.com/SimpleNotificationService-1.pem",
    "https://sns.s3-us-gov-west-1.amazonaws.com/SimpleNotificationService-1.pem",
    "https://sns.s3-website-eu-west-1.amazonaws.com/SimpleNotificationService-1.pem",
    "https://sns.s3-accelerate.amazonaws.com/SimpleNotificationService-1.pem",
    "https://sns.ec2-1-2-3-4.amazonaws.com/SimpleNotificationService-1.pem",
    "https://sns.eu-west-1.amazonaws.com.cn/SimpleNotificationService-1.pem",
    "https://sns.cn-north-1.amazonaws.com.evil/SimpleNotificationService-1.pem",
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


@pytest.mark.parametrize(
    "host",
    [
        "sns.cn-north-1.amazonaws.com.cn",
        "sns.us-gov-west-1.amazonaws.com",
        "sns.ap-southeast-2.amazonaws.com",
        "sns.me-central-1.amazonaws.com",
    ],
)
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


INCOMPLETE = ["Timestamp", "TopicArn", "Message", "Signature", "SignatureVersion", "SigningCertURL", "Type"]


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
