"""Subscriptions: https://docs.commercetools.com/api/projects/subscriptions

They are kept as they are asked for; what is delivered, and where, is the matter of `push`.
"""

from typing import Annotated, Any, Literal

from pydantic import Field

from sandbox.commercetools.messages import first_notification
from sandbox.commercetools.payments.actions import SetKey, assign
from sandbox.commercetools.schema import Strict, check_key, parse
from sandbox.commercetools.state import Request
from sandbox.commercetools.updates import ActionTable, update
from sandbox.commercetools.wire import Json, without_nulls

SUBSCRIPTION_ACTIONS = ActionTable()


class PubSub(Strict):
    """Google Cloud Pub/Sub."""

    type: Literal["GoogleCloudPubSub"]
    projectId: str
    topic: str


class Sns(Strict):
    """AWS SNS."""

    type: Literal["SNS"]
    topicArn: str
    accessKey: str | None = None
    accessSecret: str | None = None
    authenticationMode: Literal["Credentials", "IAM"] | None = None


class EventGrid(Strict):
    """Azure Event Grid."""

    type: Literal["EventGrid"]
    uri: str
    accessKey: str


Destination = Annotated[PubSub | Sns | EventGrid, Field(discriminator="type")]


class MessagesDraft(Strict):
    """Which messages of a kind of resource are wanted; no types means all."""

    resourceTypeId: str
    types: list[str] | None = None


class SubscriptionDraft(Strict):
    """A subscription to messages."""

    destination: Destination
    key: str | None = None
    messages: Annotated[list[MessagesDraft], Field(min_length=1)]
    format: dict[str, Any] | None = None


def create_subscription(request: Request, body: object) -> Json:
    """Store a subscription, and try its destination.

    Raises InvalidJsonInput, InvalidInput, and DuplicateField for a taken key.
    """
    draft = parse(SubscriptionDraft, body)
    content = {
        "key": check_key(draft.key),
        "destination": draft.destination.wire(),
        "messages": [_messages(wanted) for wanted in draft.messages],
        "changes": [],
        "events": [],
        "format": draft.format or {"type": "Platform"},
        "status": "Healthy",
    }
    subscription = request.project.insert("subscription", without_nulls(content), caller=request.caller)
    request.project.listener(first_notification(request.project, subscription))
    return subscription


def _messages(draft: MessagesDraft) -> Json:
    return {"resourceTypeId": draft.resourceTypeId, "types": draft.types or []}


def update_subscription(request: Request, subscription: Json, body: object) -> Json:
    """Update a subscription; raises as `updates.update`."""
    return update(request, "subscription", subscription, body=body, table=SUBSCRIPTION_ACTIONS)


@SUBSCRIPTION_ACTIONS.handles("setKey", SetKey)
def _set_key(_request: Request, draft: Json, action: SetKey) -> None:
    assign(draft, "key", check_key(action.key))


class ChangeDestination(Strict):
    """`changeDestination`"""

    destination: Destination


@SUBSCRIPTION_ACTIONS.handles("changeDestination", ChangeDestination)
def _change_destination(_request: Request, draft: Json, action: ChangeDestination) -> None:
    draft["destination"] = action.destination.wire()


class SetMessages(Strict):
    """`setMessages`"""

    messages: list[MessagesDraft] | None = None


@SUBSCRIPTION_ACTIONS.handles("setMessages", SetMessages)
def _set_messages(_request: Request, draft: Json, action: SetMessages) -> None:
    draft["messages"] = [_messages(wanted) for wanted in action.messages or []]
