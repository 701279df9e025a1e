"""Checks the commercetools subscription by which shipments and cancelled orders are told."""

from __future__ import annotations

from collections.abc import Iterator

from monext_bridge.config import Settings
from monext_bridge.errors import RemoteError, RemoteNotFound
from monext_bridge.gateways.commercetools import CommercetoolsGateway, Json
from monext_bridge.mapping.clouds import FOLLOWED
from monext_bridge.mapping.commercetools import SUBSCRIPTION_KEY
from monext_bridge.mapping.json_object import JsonObject
from monext_bridge.services.doctor.checks.project import why_not_read
from monext_bridge.services.doctor.examination import Examination
from monext_bridge.services.doctor.findings import Diagnosis, fault, ok, skipped, warning

SECRET, TOPICS = "EVENTS_SECRET", "EVENTS_TOPICS"
HEALTHY = "Healthy"
DESTINATIONS = frozenset({"GoogleCloudPubSub", "SNS", "EventGrid"})


def subscription_check(settings: Settings) -> Iterator[Examination]:
    yield Examination("subscription of commercetools", lambda: subscription(settings), setting=SECRET)


def subscription(settings: Settings) -> Iterator[Diagnosis]:
    proved = settings.events_secrets or settings.events_oidc_emails or settings.events_topics
    if not proved or not (settings.capture_on_shipment or settings.release_on_cancellation):
        yield skipped(
            "subscription_not_used", "No subscription is needed: no message would be taken", setting=SECRET
        )
        return
    try:
        found = CommercetoolsGateway(settings.commercetools).get_subscription_by_key(SUBSCRIPTION_KEY)
    except RemoteNotFound:
        yield warning(
            "subscription_missing",
            f"There is no subscription {SUBSCRIPTION_KEY}, so no shipment captures and no cancelled order releases",
            setting=SECRET,
            advice="Run `flask setup`, or set CAPTURE_ON_SHIPMENT=off where that is not wanted.",
        )
    except RemoteError as error:
        why = why_not_read(error, scope="view_subscriptions")
        yield skipped("subscription_not_read", f"The subscription is not read: {why}", setting=SECRET)
    else:
        yield from _health(found)
        yield from _messages(found)
        yield from _destination(settings, found)


def _health(found: Json) -> Iterator[Diagnosis]:
    status = str(found.get("status", ""))
    if status == HEALTHY:
        yield ok("subscription", f"Subscription {SUBSCRIPTION_KEY} is there and healthy", setting=SECRET)
    else:
        yield fault(
            "subscription_unhealthy",
            f"commercetools says of subscription {SUBSCRIPTION_KEY}: {status[:60] or 'nothing'}",
            setting=SECRET,
            advice="Mend topic and access at the cloud; `flask setup --renew-key` sends a changed key again.",
            outside=True,
        )


def _messages(found: Json) -> Iterator[Diagnosis]:
    subscribed = JsonObject.of(found, what="subscription").parts("messages")
    types: set[str] = set()
    for part in subscribed:
        if part.text("resourceTypeId") == "order":
            named = part.texts("types")
            types |= set(named) if named else set(FOLLOWED)
    if missing := sorted(set(FOLLOWED) - types):
        yield fault(
            "subscription_messages_missing",
            f"The subscription does not deliver {', '.join(missing)}",
            setting=SECRET,
            advice="Run `flask setup` with the options of its destination.",
        )


def _destination(settings: Settings, found: Json) -> Iterator[Diagnosis]:
    destination = JsonObject.of(found, what="subscription").part("destination")
    kind, topic = destination.text("type") or "", destination.text("topicArn")
    if kind not in DESTINATIONS:
        yield fault(
            "subscription_destination",
            f"The subscription delivers to {kind[:40] or 'nothing'}, whose messages the bridge does not read",
            setting=SECRET,
            advice="Run `flask setup` with a topic of Pub/Sub, SNS or Event Grid.",
        )
    elif kind == "SNS" and settings.events_topics and topic not in settings.events_topics:
        yield fault(
            "subscription_topic_not_listed",
            f"The subscription delivers to {topic}, which EVENTS_TOPICS does not list: its messages are refused",
            setting=TOPICS,
            advice="Add the topic, or run `flask setup` with the one that is meant.",
        )
    yield skipped(
        "subscription_push_not_seen",
        "Whether that topic pushes to PUBLIC_URL/events/commercetools is not asked of the cloud",
        setting="PUBLIC_URL",
        advice="Change a test order's shipment state; the log has a line of POST /events/commercetools then.",
    )
