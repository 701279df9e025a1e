"""Calls from the shop to the other parts of the sandbox, and to the bridge."""

from threading import Lock
from typing import Any

import requests

from sandbox.commercetools.settings import ApiClient
from sandbox.faults import OBSERVER

Json = dict[str, Any]

CONNECT_SECONDS, READ_SECONDS = 2, 10


class Refused(Exception):
    """A remote answered with an error: its status, and its own words."""

    def __init__(self, status: int, *, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class Unreachable(Exception):
    """A remote did not answer at all."""


class Bearer:
    """The access token of an API client of the project; calls made with it raise Unreachable or Refused."""

    def __init__(self, client: ApiClient, *, commercetools_url: str) -> None:
        self._client = client
        self._url = commercetools_url
        self._lock = Lock()
        self._token: str | None = None

    def call(self, method: str, url: str, **options: Any) -> requests.Response:
        """One call; after a 401 once more with a new token, as tokens end, and a revocation forgets them."""
        response = self._send(method, url, **options)
        if response.status_code == 401:
            with self._lock:
                self._token = None
            response = self._send(method, url, **options)
        return response

    def _send(
        self, method: str, url: str, *, headers: dict[str, str] | None = None, **options: Any
    ) -> requests.Response:
        signed = {**(headers or {}), "Authorization": f"Bearer {self._read()}"}
        return call(method, url, headers=signed, **options)

    def _read(self) -> str:
        with self._lock:
            if self._token is None:
                response = call(
                    "POST",
                    f"{self._url}/oauth/token",
                    data={"grant_type": "client_credentials"},
                    auth=(self._client.id, self._client.secret),
                )
                self._token = str(answered(response)["access_token"])
            return self._token


def call(
    method: str,
    url: str,
    *,
    headers: dict[str, str] | None = None,
    seconds: float = READ_SECONDS,
    **options: Any,
) -> requests.Response:
    """One call, waiting up to `seconds` for the answer. Raises Unreachable.

    Marked as an observer's: faults that were ordered for the bridge do not hit the shop.
    """
    marked = {**(headers or {}), OBSERVER: "shop"}
    try:
        # A session of its own for each call: no proxy of the environment lies before the sandbox.
        with requests.Session() as session:
            session.trust_env = False
            return session.request(
                method,
                url,
                headers=marked,
                timeout=(CONNECT_SECONDS, seconds),
                allow_redirects=False,
                **options,
            )
    except requests.RequestException as error:
        raise Unreachable(f"{method} {url.partition('?')[0]}: {error}") from error


def answered(response: requests.Response) -> Json:
    """The JSON of a good answer. Raises Refused with the remote's own message."""
    try:
        document: Any = response.json() if response.content else {}
    except ValueError:
        document = {}
    if not isinstance(document, dict):
        raise Refused(502, message="The answer is not a JSON object.")
    if not response.ok:
        message = document.get("message") or document.get("detail") or response.text[:500]
        raise Refused(response.status_code, message=str(message))
    return document
