"""Tells which topic an envelope of Pub/Sub or Event Grid names as its own. SNS names its topic in `SnsMessage`.

Neither of the two signs its envelope, so the name proves nothing: it keeps messages of another topic apart that was
pointed here by mistake. A push of Pub/Sub names its subscription, and an event in Event Grid's own schema its topic.
A CloudEvent names its `source`, which Event Grid leaves as commercetools has written it.
https://cloud.google.com/pubsub/docs/push#receive_push, https://learn.microsoft.com/azure/event-grid/event-schema
"""

from __future__ import annotations

from collections.abc import Collection

AZURE = "/subscriptions/"
"""Begins the ids of Azure's resources, in which upper and lower case are the same."""


def names_listed_topic(document: object, topics: Collection[str]) -> bool:
    """Tell whether the envelope, or each event of a batch, names one of the topics. A bare message names none."""
    listed = document if isinstance(document, list) else [document]
    wanted = {_comparable(topic) for topic in topics}
    return all(_comparable(_topic_of(event)) in wanted for event in listed)


def is_topic_of_sns(topic: str) -> bool:
    return topic.startswith("arn:")


def _topic_of(event: object) -> object:
    if not isinstance(event, dict):
        return None
    if isinstance(event.get("message"), dict):
        return event.get("subscription")
    if "specversion" in event:
        return event.get("source")
    return event.get("topic") if "eventType" in event else None


def _comparable(topic: object) -> str | None:
    if not isinstance(topic, str):
        return None
    return topic.lower() if topic.lower().startswith(AZURE) else topic
