"""Tells the merchant by HTTP GET that a result is there ("Notification par URL" of Monext).

Sent at the end of each payment attempt, repeated every minute for two hours until the answer is 200 (204
does not count), and no more once the merchant has read a final result of that session.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from threading import RLock

import requests

from sandbox.clock import Clock
from sandbox.courier import Courier, Errand, Terms
from sandbox.monext.urls import with_query

Send = Callable[[str], int]
Notification = Errand[str]
TERMS = Terms(taken=frozenset({200}), horizon=timedelta(hours=2), interval=60.0)


def send_get(url: str) -> int:
    """GETs `url` as Monext does and answers the status. Raises OSError when nobody answers."""
    with requests.Session() as http:
        # No proxy of the environment lies between Monext and the merchant.
        http.trust_env = False
        with http.get(url, timeout=(3, 10), allow_redirects=False) as answer:
            return answer.status_code


class Notifier(Courier[str]):
    """Monext's courier; its errands are URLs, about a session's token."""

    def __init__(self, *, lock: RLock, clock: Clock, send: Send = send_get) -> None:
        super().__init__(terms=TERMS, send=send, clock=clock, lock=lock)

    def schedule(self, url: str, *, query: Mapping[str, str], session_token: str = "") -> None:
        """Queue one notification, to be sent at once unless the mode says otherwise."""
        self.order(with_query(url, added=query), about=session_token)
