"""Tells the merchant over HTTP that a result is there ("Notification par URL" of Monext).

Sent at the end of each payment attempt, repeated every minute for two hours until the answer is 200 (204
does not count), and no more once the merchant has read a final result of that session, or that transaction.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from threading import RLock
from urllib.parse import urlencode

import requests

from sandbox.clock import Clock
from sandbox.courier import Courier, Errand, Terms
from sandbox.monext.urls import with_query


@dataclass(frozen=True, slots=True)
class Message:
    """One call: Monext documents GET, with all it says in the query."""

    url: str
    method: str = "GET"
    body: str = ""
    content_type: str = ""


Send = Callable[[Message], int]
Notification = Errand[Message]
TERMS = Terms(taken=frozenset({200}), horizon=timedelta(hours=2), interval=60.0)


def message(url: str, *, says: Mapping[str, str], method: str) -> Message:
    """The call that tells this: by GET in the query, or by POST in a form or a JSON object."""
    match method:
        case "POST form":
            return Message(url, "POST", urlencode(says), "application/x-www-form-urlencoded")
        case "POST JSON":
            return Message(url, "POST", json.dumps(dict(says)), "application/json")
        case _:
            return Message(with_query(url, added=says))


def send(told: Message) -> int:
    """Calls as Monext does and answers the status. Raises OSError when nobody answers."""
    headers = {"Content-Type": told.content_type} if told.content_type else {}
    with requests.Session() as http:
        # No proxy of the environment lies between Monext and the merchant.
        http.trust_env = False
        call = http.request(
            told.method, told.url, data=told.body, headers=headers, timeout=(3, 10), allow_redirects=False
        )
        with call as answer:
            return answer.status_code


class Notifier(Courier[Message]):
    """Monext's courier; its errands are calls, about a session's token or a transaction's id."""

    def __init__(self, *, lock: RLock, clock: Clock, send: Send = send) -> None:
        super().__init__(terms=TERMS, send=send, clock=clock, lock=lock)

    def schedule(self, url: str, *, says: Mapping[str, str], about: str, method: str = "GET") -> None:
        """Queue one notification, to be sent at once unless the mode says otherwise."""
        self.order(message(url, says=says, method=method), about=about)
