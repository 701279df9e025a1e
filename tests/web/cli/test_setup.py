"""`flask setup` over real HTTP: what it says, and what the project holds afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import Result

from monext_bridge.errors import RemoteNotFound
from monext_bridge.gateways.commercetools.api import CommercetoolsGateway
from monext_bridge.mapping.commercetools.subscriptions import SUBSCRIPTION_KEY
from monext_bridge.web.cli.setup import setup
from sandbox.runner import Sandbox
from tests.bridges import InProcess
from tests.world import Json, World

SECRET = "the-secret-of-the-subscription"
ACCESS_KEY = "an-access-key-of-event-grid"
GOOGLE = ("--google-project", "shop-123", "--google-topic", "shipments")
SNS = ("--sns-topic-arn", "arn:aws:sns:eu-west-1:123456789012:shipments")
EVENT_GRID = (
    "--event-grid-uri",
    "https://shipments.westeurope-1.eventgrid.azure.net/api/events",
    "--event-grid-access-key-env",
    "GRID_KEY",
)
DESTINATIONS: dict[str, tuple[tuple[str, ...], Json, str]] = {
    "google": (
        GOOGLE,
        {"type": "GoogleCloudPubSub", "projectId": "shop-123", "topic": "shipments"},
        "Platform",
    ),
    "sns": (
        SNS,
        {
            "type": "SNS",
            "topicArn": "arn:aws:sns:eu-west-1:123456789012:shipments",
            "authenticationMode": "IAM",
        },
        "Platform",
    ),
    "event grid": (
        EVENT_GRID,
        {"type": "EventGrid", "uri": EVENT_GRID[1], "accessKey": ACCESS_KEY},
        "CloudEvents",
    ),
}


class Terminal:
    """Runs the command; `subscription` is what the project holds."""

    def __init__(self, bridge: InProcess, world: World) -> None:
        self._bridge, self._world = bridge, world
        self.project = CommercetoolsGateway(bridge.settings.commercetools)

    def run(self, *arguments: str) -> Result:
        environment = {"GRID_KEY": ACCESS_KEY}
        return self._bridge.app.test_cli_runner().invoke(setup, list(arguments), env=environment)

    @property
    def subscription(self) -> Json | None:
        try:
            return self.project.get_subscription_by_key(SUBSCRIPTION_KEY)
        except RemoteNotFound:
            return None

    @property
    def writes(self) -> int:
        return sum(
            call["method"] == "POST" and "/subscriptions" in call["path"]
            for call in self._world.calls("commercetools")
        )


@pytest.fixture
def terminal(sandbox: Sandbox, world: World) -> Iterator[Terminal]:
    terminal = Terminal(InProcess(sandbox, EVENTS_SECRET=SECRET), world)
    yield terminal
    world.reset()
    left = terminal.subscription
    if left:
        action = {"action": "setKey", "key": f"left-{left['id']}"}
        terminal.project.update_subscription(
            SUBSCRIPTION_KEY, {"version": left["version"], "actions": [action]}
        )


@pytest.mark.parametrize(("options", "destination", "form"), DESTINATIONS.values(), ids=DESTINATIONS)
def test_the_subscription_is_created(
    options: tuple[str, ...], destination: Json, form: str, terminal: Terminal
) -> None:
    result = terminal.run(*options)
    assert result.exit_code == 0, result.output
    assert "created" in result.output
    made = terminal.subscription or {}
    assert made["destination"] == destination
    assert made["messages"] == [
        {"resourceTypeId": "order", "types": ["OrderShipmentStateChanged", "OrderStateChanged"]}
    ]
    assert made["format"]["type"] == form


@pytest.mark.parametrize("options", [GOOGLE, SNS, EVENT_GRID], ids=["google", "sns", "event grid"])
def test_a_second_run_changes_nothing(options: tuple[str, ...], terminal: Terminal) -> None:
    terminal.run(*options)
    before = terminal.subscription
    result = terminal.run(*options)
    assert (result.exit_code, terminal.subscription, terminal.writes) == (0, before, 1)
    assert "is as it should be" in result.output


def test_another_topic_is_taken_over(terminal: Terminal) -> None:
    terminal.run(*GOOGLE)
    result = terminal.run("--google-project", "shop-123", "--google-topic", "other")
    assert "updated (changeDestination)" in result.output
    assert (terminal.subscription or {})["destination"]["topic"] == "other"


def test_messages_that_somebody_has_changed_are_put_right(terminal: Terminal) -> None:
    terminal.run(*GOOGLE)
    subscription = terminal.subscription or {}
    action = {"action": "setMessages", "messages": [{"resourceTypeId": "product"}]}
    change = {"version": subscription["version"], "actions": [action]}
    terminal.project.update_subscription(SUBSCRIPTION_KEY, change)
    assert "updated (setMessages)" in terminal.run(*GOOGLE).output
    assert (terminal.subscription or {})["messages"] == subscription["messages"]


def test_a_changed_key_is_sent_when_asked_for(terminal: Terminal) -> None:
    terminal.run(*EVENT_GRID)
    assert "changeDestination" in terminal.run(*EVENT_GRID, "--renew-key").output


def test_a_format_that_event_grid_does_not_take_is_said_and_left(terminal: Terminal) -> None:
    terminal.run(*GOOGLE)
    result = terminal.run(*EVENT_GRID)
    assert result.exit_code == 3
    assert "delete it" in result.output
    assert (terminal.subscription or {})["destination"]["type"] == "GoogleCloudPubSub"


def test_a_dry_run_changes_nothing_and_says_what_it_would_do(terminal: Terminal) -> None:
    result = terminal.run(*GOOGLE, "--dry-run")
    assert "would be created" in result.output
    assert (terminal.subscription, terminal.writes) == (None, 0)
    terminal.run(*GOOGLE)
    result = terminal.run("--google-project", "shop-123", "--google-topic", "other", "--dry-run")
    assert "would be updated (changeDestination)" in result.output
    assert terminal.writes == 1


def test_json_tells_the_same_to_a_script(terminal: Terminal) -> None:
    assert json.loads(terminal.run(*GOOGLE, "--json").stdout) == {
        "key": "monext-bridge-shipment",
        "step": "create",
        "done": True,
        "actions": [],
        "destination": "Google Pub/Sub topic shipments of project shop-123",
        "status": None,
        "pushTo": "http://127.0.0.1:8000/events/commercetools?secret=EVENTS_SECRET",
    }


@pytest.mark.parametrize("options", [EVENT_GRID, (*EVENT_GRID, "--json"), (*EVENT_GRID, "--dry-run")])
def test_no_secret_is_printed(options: tuple[str, ...], terminal: Terminal) -> None:
    output = terminal.run(*options).output
    assert ACCESS_KEY not in output
    assert SECRET not in output


USELESS: dict[str, tuple[str, ...]] = {
    "no destination": (),
    "two destinations": (*GOOGLE, *SNS),
    "a project without a topic": GOOGLE[:2],
    "a topic without a project": GOOGLE[2:],
    "a grid without a key": EVENT_GRID[:2],
    "a key that is not there": (*EVENT_GRID[:2], "--event-grid-access-key-env", "NO_SUCH_VARIABLE"),
}


@pytest.mark.parametrize("options", USELESS.values(), ids=USELESS)
def test_what_is_asked_for_in_part_is_refused_without_a_call(
    options: tuple[str, ...], terminal: Terminal, world: World
) -> None:
    assert terminal.run(*options).exit_code == 2
    assert world.calls("commercetools") == []


FAULTS: dict[str, dict[str, Any]] = {
    "down": {"action": "status", "code": 503, "path": "/subscriptions", "times": 0},
    "not allowed": {
        "action": "status",
        "code": 403,
        "body": {"statusCode": 403, "message": "no", "errors": [{"code": "insufficient_scope"}]},
        "path": "/subscriptions",
    },
}


@pytest.mark.parametrize("rule", FAULTS.values(), ids=FAULTS)
def test_a_project_that_refuses_ends_the_command(
    rule: dict[str, Any], terminal: Terminal, world: World
) -> None:
    world.fault("commercetools", **rule)
    result = terminal.run(*GOOGLE)
    assert result.exit_code == 5
    assert "commercetools" in result.output


def test_somebody_who_is_faster_is_followed(terminal: Terminal, world: World) -> None:
    terminal.run(*GOOGLE)
    world.fault(
        "commercetools",
        action="status",
        code=409,
        body={"statusCode": 409, "message": "no", "errors": [{"code": "ConcurrentModification"}]},
        method="POST",
        path="/subscriptions",
    )
    other = ("--google-project", "shop-123", "--google-topic", "other")
    assert terminal.run(*other).exit_code == 0
    assert (terminal.subscription or {})["destination"]["topic"] == "other"


def test_it_says_what_else_keeps_shipments_from_capturing(sandbox: Sandbox, world: World) -> None:
    bridge = InProcess(sandbox, EVENTS_SECRET="", CAPTURE_ON_SHIPMENT="off")
    result = Terminal(bridge, world).run(*GOOGLE, "--dry-run")
    assert "EVENTS_SECRET is not set" in result.output
    assert "CAPTURE_ON_SHIPMENT is off" in result.output
    assert "PUBLIC_URL is not https" in result.output
