"""Reads what proves commercetools' messages: topics, emails of Google's accounts."""

from __future__ import annotations

import re

from monext_bridge.config.parsing import Fault, comma_list

SNS_TOPIC = re.compile(
    r"arn:aws(?:-[a-z]{2,6})?(?:-[a-z]{2,6})?:sns:[a-z0-9-]{3,30}:[0-9]{12}:[A-Za-z0-9_.-]{1,256}"
)
OTHER_TOPIC = re.compile(r"projects/[^/\s]{1,64}/subscriptions/[^/\s]{1,255}|/[!-~]{1,1000}")
"""A subscription of Pub/Sub, whose pushes name it and not its topic; or what names an Event Grid topic."""

EMAIL = re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,190}")


def event_topics(value: str) -> frozenset[str]:
    """Reads where messages may come from: SNS topics, Pub/Sub subscriptions, Event Grid topics, comma list."""
    found = comma_list(value)
    if not all(SNS_TOPIC.fullmatch(each) or OTHER_TOPIC.fullmatch(each) for each in found):
        raise Fault(
            "must be a comma list of arn:aws:sns:<region>:<account>:<name>, "
            "projects/<project>/subscriptions/<name>, or paths of Event Grid topics"
        )
    return frozenset(found)


def email_addresses(value: str) -> frozenset[str]:
    """Reads a comma list of email addresses, as Google writes those of service accounts."""
    found = comma_list(value)
    if not all(EMAIL.fullmatch(each) for each in found):
        raise Fault("must be a comma list of email addresses")
    return frozenset(found)
