"""Messages on their way to a subscriber, as Google Pub/Sub pushes them.

Between commercetools and the subscriber lies a cloud; of those that commercetools knows, the sandbox plays
this one: https://cloud.google.com/pubsub/docs/push. At least once, in any order, repeated until it is taken.
"""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

import requests

from sandbox.commercetools.state import Project
from sandbox.commercetools.wire import Json
from sandbox.courier import Courier, Terms

TERMS = Terms(
    taken=frozenset({102, 200, 201, 202, 204}),
    horizon=timedelta(days=7),
    interval=1.0,
    growth=2.0,
    longest=60.0,
)
_SUBSCRIPTION = "projects/sandbox/subscriptions/bridge"
_FIRST_ID = 10_000_000_000_000


@dataclass(frozen=True, slots=True)
class Target:
    """The push endpoint. Pub/Sub sends no header of one's own choice: the secret stands in the query."""

    url: str
    secret: str | None = field(default=None, repr=False)


Send = Callable[[Target, Json], int]


def send_push(target: Target, envelope: Json) -> int:
    """POSTs the envelope and answers the status. Raises OSError when nobody answers."""
    query = {"secret": target.secret} if target.secret else {}
    with requests.Session() as http:
        # No proxy of the environment lies between the cloud and the subscriber.
        http.trust_env = False
        with http.post(
            target.url, params=query, json=envelope, timeout=(3, 60), allow_redirects=False
        ) as answer:
            return answer.status_code


class Pusher(Courier[Json]):
    """The cloud's courier; its errands are notifications of commercetools, about a resource's id.

    Without a target nothing is kept. Where `subscribed_only`, it takes just the messages that a subscription
    of the project asks for; otherwise all. A reset leaves both as they are.
    """

    def __init__(self, project: Project, *, send: Send = send_push) -> None:
        self.target: Target | None = None
        self.subscribed_only = False
        self._project = project
        self._post = send
        self._ids = count(_FIRST_ID)
        super().__init__(terms=TERMS, send=self._push, clock=project.clock)

    def publish(self, notification: Json) -> None:
        """Queue a notification for the target, if there is one."""
        if self.target and (not self.subscribed_only or _is_wanted(self._project, notification)):
            envelope = _envelope(notification, message_id=next(self._ids), now=self._project.now())
            self.order(envelope, about=notification["resource"]["id"])

    def _push(self, envelope: Json) -> int:
        if self.target is None:
            raise ConnectionError("there is no target any more")
        return self._post(self.target, envelope)


def unwrapped(envelope: Json) -> Json:
    """The notification in an envelope."""
    notification: Json = json.loads(base64.b64decode(envelope["message"]["data"]))
    return notification


def _envelope(notification: Json, *, message_id: int, now: str) -> Json:
    data = base64.b64encode(json.dumps(notification, ensure_ascii=False).encode()).decode()
    message = {
        "attributes": {},
        "data": data,
        "messageId": str(message_id),
        "message_id": str(message_id),
        "publishTime": now,
        "publish_time": now,
    }
    return {"message": message, "subscription": _SUBSCRIPTION}


def _is_wanted(project: Project, notification: Json) -> bool:
    if notification["notificationType"] != "Message":
        return True
    wanted = [entry for subscription in project.all("subscription") for entry in subscription["messages"]]
    return any(
        entry["resourceTypeId"] == notification["resource"]["typeId"]
        and (not entry["types"] or notification["type"] in entry["types"])
        for entry in wanted
    )
