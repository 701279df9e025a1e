"""Describes the commercetools subscription that reports shipments to the bridge, and what to change in it.

https://docs.commercetools.com/api/projects/subscriptions
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from monext_bridge.mapping.clouds import FOLLOWED
from monext_bridge.mapping.commercetools.sdk import models
from monext_bridge.mapping.json_object import Json, JsonObject

SUBSCRIPTION_KEY = "monext-bridge-shipment"
PLATFORM, CLOUD_EVENTS = "Platform", "CloudEvents"
SECRETS = frozenset({"accessKey", "accessSecret"})


@dataclass(frozen=True, slots=True)
class PubSub:
    """Names a topic of Google Pub/Sub."""

    project: str
    topic: str


@dataclass(frozen=True, slots=True)
class Sns:
    """Names a topic of AWS SNS, to which commercetools' own IAM user may publish."""

    topic_arn: str


@dataclass(frozen=True, slots=True)
class EventGrid:
    """Names a topic of Azure Event Grid, and the key with which commercetools publishes to it."""

    uri: str
    access_key: SecretStr


Destination = PubSub | Sns | EventGrid


def subscription_draft(destination: Destination) -> Json:
    """Returns the draft. Event Grid takes CloudEvents only; the others get commercetools' own format."""
    draft = models.SubscriptionDraft(
        key=SUBSCRIPTION_KEY,
        destination=_destination(destination),
        messages=[_shipment_messages()],
        format=_format(destination),
    )
    return _json(draft)


def subscription_changes(existing: Json, destination: Destination, *, renew_key: bool) -> list[Json]:
    """Returns the update actions that are missing; none where all is as it should be.

    commercetools never shows a key whole that it holds, so nobody can see that it differs. `renew_key` sends
    it anyway.
    """
    found = JsonObject.of(existing, what="subscription")
    target = _json(_destination(destination))
    actions: list[Any] = []
    if renew_key or _without_secrets(found.part("destination").members) != _without_secrets(target):
        actions.append(models.SubscriptionChangeDestinationAction(destination=_destination(destination)))
    messages = [(part.text("resourceTypeId"), part.texts("types")) for part in found.parts("messages")]
    if [(kind, set(types)) for kind, types in messages] != [("order", set(FOLLOWED))]:
        actions.append(models.SubscriptionSetMessagesAction(messages=[_shipment_messages()]))
    return [_json(action) for action in actions]


def format_differs(existing: Json, destination: Destination) -> bool:
    """Tells whether the subscription delivers in a format that the destination does not take.

    The format can't be changed any more.
    """
    found = JsonObject.of(existing, what="subscription").part("format").text("type") or PLATFORM
    return isinstance(destination, EventGrid) and found != CLOUD_EVENTS


def described(destination: Destination) -> str:
    """Returns where the messages go, without the key."""
    match destination:
        case PubSub(project, topic):
            return f"Google Pub/Sub topic {topic} of project {project}"
        case Sns(topic_arn):
            return f"AWS SNS topic {topic_arn}"
        case EventGrid(uri, _):
            return f"Azure Event Grid topic {uri}"


def _destination(destination: Destination) -> Any:
    match destination:
        case PubSub(project, topic):
            return models.GoogleCloudPubSubDestination(project_id=project, topic=topic)
        case Sns(topic_arn):
            return models.SnsDestination(
                topic_arn=topic_arn, authentication_mode=models.AwsAuthenticationMode.IAM
            )
        case EventGrid(uri, access_key):
            return models.AzureEventGridDestination(uri=uri, access_key=access_key.get_secret_value())


def _format(destination: Destination) -> Any:
    if isinstance(destination, EventGrid):
        return models.CloudEventsFormat(cloud_events_version="1.0")
    return models.PlatformFormat()  # type: ignore[no-untyped-call]


def _shipment_messages() -> Any:
    order = models.MessageSubscriptionResourceTypeId.ORDER
    return models.MessageSubscription(resource_type_id=order, types=list(FOLLOWED))


def _without_secrets(destination: Mapping[str, Any]) -> Json:
    return {name: value for name, value in destination.items() if name not in SECRETS and value is not None}


def _json(model: Any) -> Json:
    written: Json = model.serialize()
    return written
