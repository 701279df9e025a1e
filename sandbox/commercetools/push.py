"""Messages on their way to a subscriber, as Google Pub/Sub, AWS SNS or Azure Event Grid push them.

Between commercetools and the subscriber lies a cloud, Pub/Sub unless another is asked for: at least once, in any
order, repeated until it is taken.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

import requests

from sandbox.commercetools.envelopes import TOPICS, aged, wrap
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
_FIRST_ID = 10_000_000_000_000


@dataclass(frozen=True, slots=True)
class Target:
    """The push endpoint. Pub/Sub sends no header of one's own choice: the secret stands in the query."""

    url: str
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Wrapping:
    """How messages are wrapped from now on: by which cloud, of which topic, stamped so many seconds ago.

    Without a topic it is the cloud's usual one. Only SNS signs; a forged signature is another key's.
    """

    cloud: str = "pubsub"
    topic: str | None = None
    age: float = 0
    forged: bool = False


@dataclass(frozen=True, slots=True)
class Push:
    """A notification, and the envelope that it is sent in, however often."""

    notification: Json
    envelope: Json


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


class Pusher(Courier[Push]):
    """The cloud's courier; its errands are notifications of commercetools, about a resource's id.

    Without a target nothing is kept. Where `subscribed_only`, it takes just the messages that a subscription
    of the project asks for; otherwise all. A reset leaves both as they are, and the wrapping as it was at first.
    """

    def __init__(self, project: Project, *, send: Send = send_push) -> None:
        self.target: Target | None = None
        self.subscribed_only = False
        self._project = project
        self._post = send
        self._ids = count(_FIRST_ID)
        super().__init__(terms=TERMS, send=self._push, clock=project.clock)

    def reset(self) -> None:
        """Forget what was sent, and wrap as at first."""
        super().reset()
        self.wrapping = Wrapping()

    def publish(self, notification: Json) -> None:
        """Queue a notification for the target, if there is one."""
        if self.target and (not self.subscribed_only or _is_wanted(self._project, notification)):
            self.order(Push(notification, self._envelope(notification)), about=notification["resource"]["id"])

    def _envelope(self, notification: Json) -> Json:
        how = self.wrapping
        return wrap(
            how.cloud,
            notification,
            number=next(self._ids),
            topic=how.topic or TOPICS[how.cloud],
            now=aged(self._project.clock(), seconds=how.age),
            forged=how.forged,
        )

    def _push(self, push: Push) -> int:
        if self.target is None:
            raise ConnectionError("there is no target any more")
        return self._post(self.target, push.envelope)


def _is_wanted(project: Project, notification: Json) -> bool:
    if notification["notificationType"] != "Message":
        return True
    wanted = [entry for subscription in project.all("subscription") for entry in subscription["messages"]]
    return any(
        entry["resourceTypeId"] == notification["resource"]["typeId"]
        and (not entry["types"] or notification["type"] in entry["types"])
        for entry in wanted
    )
