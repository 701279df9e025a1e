"""How messages reach a subscriber: the envelope, the secret, the repeats, and the controls."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest
from flask import Flask, request

from sandbox.commercetools import create_app
from sandbox.commercetools.envelopes import TOPICS
from sandbox.commercetools.push import Target, send_push
from sandbox.commercetools.seed import cart_id
from sandbox.runner import Sandbox
from sandbox.serving import Server
from sandbox.shop.project import Project
from sandbox.shop.settings import ShopSettings
from tests.sandbox.commercetools.conftest import Api, Json, code, sign_in
from tests.sandbox.commercetools.json_client import json_client
from tests.sandbox.commercetools.test_messages import order, ship
from tests.sandbox.commercetools.test_other_resources import SUBSCRIPTION

URL = "http://bridge.example/events/commercetools"


@dataclass
class Cloud:
    """Takes the place of HTTP: what was sent to which target, and the status that it is answered with."""

    status: int = 204
    sent: list[tuple[Target, Json]] = field(default_factory=list)

    def __call__(self, target: Target, envelope: Json) -> int:
        self.sent.append((target, envelope))
        return self.status

    @property
    def types(self) -> list[str]:
        return [notification(envelope)["type"] for _, envelope in self.sent]


def notification(envelope: Json) -> Json:
    content: Json = json.loads(base64.b64decode(envelope["message"]["data"]))
    return content


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


@pytest.fixture
def api(cloud: Cloud) -> Api:
    return sign_in(json_client(create_app(send=cloud)))


def control(api: Api, path: str = "", **body: Any) -> Json:
    answer = api.http.post(f"/_control/push{path}", json=body)
    assert answer.status_code in (200, 201), answer.json
    document: Json = answer.json
    return document


def test_without_a_target_nothing_is_kept(api: Api) -> None:
    order(api)
    assert control(api, url=URL)["messages"] == []


def test_a_message_comes_in_an_envelope_of_pub_sub(api: Api, cloud: Cloud) -> None:
    control(api, url=URL, secret="s")
    made = order(api)
    control(api, "/flush")
    ((target, envelope),) = cloud.sent
    assert target == Target(URL, secret="s")
    assert envelope["subscription"] == "projects/sandbox/subscriptions/bridge"
    assert envelope["message"]["messageId"].isdigit()
    assert envelope["message"]["publishTime"].endswith("Z")
    assert notification(envelope)["order"] == made


def test_messages_have_ids_of_their_own(api: Api, cloud: Cloud) -> None:
    control(api, url=URL)
    ship(api, order(api), "Shipped")
    control(api, "/flush")
    assert len({envelope["message"]["messageId"] for _, envelope in cloud.sent}) == 2


def test_what_is_sent_again_keeps_its_id(api: Api, cloud: Cloud) -> None:
    control(api, url=URL)
    order(api)
    control(api, "/flush")
    control(api, "/again", number=0)
    control(api, "/flush")
    (_, first), (_, second) = cloud.sent
    assert first == second


def test_each_cloud_has_its_envelope(api: Api, cloud: Cloud) -> None:
    control(api, url=URL)
    made = order(api)
    for each in ("sns", "eventgrid"):
        control(api, cloud=each)
        ship(api, made, {"sns": "Ready", "eventgrid": "Shipped"}[each])
        made["version"] += 1
    control(api, "/flush")
    by_topic = {
        str(sent.get("TopicArn") or sent.get("source") or sent.get("subscription")) for _, sent in cloud.sent
    }
    assert by_topic == set(TOPICS.values())


def test_an_envelope_may_be_old_and_of_another_topic(api: Api, cloud: Cloud) -> None:
    control(api, url=URL, cloud="sns", topic="arn:aws:sns:eu-west-1:999999999999:other", age=15 * 86400)
    order(api)
    control(api, "/flush")
    ((_, envelope),) = cloud.sent
    assert envelope["TopicArn"].endswith(":other")
    stamp = datetime.fromisoformat(envelope["Timestamp"])
    assert timedelta(days=14) < datetime.now(UTC) - stamp < timedelta(days=16)


def test_a_reset_wraps_as_at_first(api: Api) -> None:
    control(api, url=URL, cloud="sns", topic="/t", age=1, forged=True)
    api.http.post("/_control/reset")
    shown = control(api)
    assert [shown[name] for name in ("cloud", "topic", "age", "forged")] == ["pubsub", None, 0, False]


def test_a_message_that_is_not_in_the_journal_can_not_be_sent_again(api: Api) -> None:
    assert code(api.http.post("/_control/push/again", json={"number": 0})) == "404 ResourceNotFound"


@pytest.mark.parametrize(
    ("status", "state"), [(200, "delivered"), (204, "delivered"), (206, "waiting"), (503, "waiting")]
)
def test_only_answers_that_pub_sub_knows_end_the_repeats(
    api: Api, cloud: Cloud, status: int, state: str
) -> None:
    control(api, url=URL)
    cloud.status = status
    order(api)
    control(api, "/flush")
    (told,) = control(api)["messages"]
    assert (told["state"], told["answers"]) == (state, [str(status)])


def test_a_doubled_message_arrives_twice(api: Api, cloud: Cloud) -> None:
    control(api, url=URL, mode="doubled")
    order(api)
    control(api, "/flush")
    assert cloud.types == ["OrderCreated", "OrderCreated"]


def test_a_lost_message_stays_in_the_journal(api: Api, cloud: Cloud) -> None:
    control(api, url=URL, mode="lost")
    order(api)
    control(api, "/flush", all=True)
    assert cloud.sent == []
    assert [told["state"] for told in control(api)["messages"]] == ["lost"]


def test_reversed_messages_arrive_newest_first(api: Api, cloud: Cloud) -> None:
    control(api, url=URL, mode="reversed", late=60)
    ship(api, order(api), "Shipped")
    assert control(api, "/flush")["sent"] == 0
    control(api, "/flush", all=True)
    assert cloud.types == ["OrderShipmentStateChanged", "OrderCreated"]


def test_only_what_a_subscription_asks_for_comes_where_that_is_wanted(api: Api, cloud: Cloud) -> None:
    control(api, url=URL, subscribedOnly=True)
    ship(api, order(api), "Shipped")
    assert control(api)["messages"] == []
    api.post("subscriptions", SUBSCRIPTION)
    ship(api, order(api, "customer"), "Shipped")
    told = [entry["type"] for entry in control(api)["messages"]]
    assert told == ["ResourceCreated", "OrderShipmentStateChanged"]


def test_what_a_control_does_not_name_stays(api: Api) -> None:
    control(api, url=URL, mode="late", late=3, interval=0.5, subscribedOnly=True)
    shown = control(api, late=4)
    assert (shown["url"], shown["mode"], shown["late"]) == (URL, "late", 4)
    assert (shown["interval"], shown["subscribedOnly"]) == (0.5, True)


def test_the_secret_is_never_shown(api: Api) -> None:
    control(api, url=URL, secret="open-sesame")
    assert "open-sesame" not in api.http.get("/_control/push").text


@pytest.mark.parametrize(
    "body", [{"mode": "eaten"}, {"late": -1}, {"interval": 0}, {"url": "ftp://x"}, {"x": 1}]
)
def test_a_control_that_makes_no_sense_is_refused(api: Api, body: Json) -> None:
    assert code(api.http.post("/_control/push", json=body)) == "400 InvalidJsonInput"


def test_a_reset_empties_the_journal_and_keeps_the_target(api: Api) -> None:
    control(api, url=URL, mode="lost")
    order(api)
    api.http.post("/_control/reset")
    shown = control(api)
    assert (shown["url"], shown["mode"], shown["messages"]) == (URL, "normal", [])


def test_a_null_target_ends_the_push(api: Api) -> None:
    control(api, url=URL)
    assert control(api, url=None)["url"] is None
    order(api)
    assert control(api)["messages"] == []


@pytest.fixture
def inbox() -> Iterator[tuple[str, list[tuple[str, Json]], Event]]:
    """A subscriber on a real port: its address, what it got, and whether it got anything."""
    taken: list[tuple[str, Json]] = []
    arrived = Event()
    app = Flask("subscriber")

    @app.post("/events")
    def events() -> tuple[str, int]:
        taken.append((request.args["secret"], request.get_json()))
        arrived.set()
        return "", 204

    server = Server(app)
    server.start()
    yield f"{server.url}/events", taken, arrived
    server.stop()


def test_a_push_is_a_post_with_the_secret_in_the_query(
    inbox: tuple[str, list[tuple[str, Json]], Event],
) -> None:
    url, taken, _ = inbox
    assert send_push(Target(url, secret="a b&c"), {"message": {}}) == 204
    assert taken == [("a b&c", {"message": {}})]


def test_the_running_sandbox_pushes_by_itself(inbox: tuple[str, list[tuple[str, Json]], Event]) -> None:
    url, taken, arrived = inbox
    with Sandbox() as sandbox:
        sandbox.push_messages_to(url, secret="s")
        sandbox.reset()
        place_order(sandbox)
        assert arrived.wait(60)
    assert notification(taken[0][1])["type"] == "OrderCreated"


def place_order(sandbox: Sandbox) -> None:
    """An order, made over HTTP by the shop's own API client."""
    project = Project(
        ShopSettings(commercetools_url=sandbox.commercetools_url, monext_url=sandbox.monext_url)
    )
    version = project.get(f"carts/{cart_id('guest')}")["version"]
    project.create("orders", draft={"cart": {"typeId": "cart", "id": cart_id("guest")}, "version": version})
