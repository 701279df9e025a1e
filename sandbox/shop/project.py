"""The shop's client of the commercetools API: what any shop does, with its own credentials."""

from threading import Lock
from typing import Any

import requests

from sandbox.faults import OBSERVER
from sandbox.shop.settings import ShopSettings

Json = dict[str, Any]

_TIMEOUT = (2, 10)


class Refused(Exception):
    """commercetools answered with an error: its status, and its own words."""

    def __init__(self, status: int, *, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class Unreachable(Exception):
    """A remote of the sandbox did not answer at all."""


class Project:
    """One commercetools project. Every method raises Refused or Unreachable.

    Its calls are marked as an observer's: faults that were ordered for the bridge do not hit the shop.
    """

    def __init__(self, settings: ShopSettings) -> None:
        self._settings = settings
        self._lock = Lock()
        self._token: str | None = None

    def get(self, path: str, **params: Any) -> Json:
        """One resource, or a page of a query; `path` begins after the project key."""
        return self._call("GET", path, params=params)

    def create(self, path: str, *, draft: Json) -> Json:
        """A new resource from its draft."""
        return self._call("POST", path, json=draft)

    def update(self, path: str, *, version: int, action: Json) -> Json:
        """One update action on one version of a resource; 409 where it has moved on."""
        return self._call("POST", path, json={"version": version, "actions": [action]})

    def _call(self, method: str, path: str, **options: Any) -> Json:
        response = self._send(method, path, **options)
        if response.status_code == 401:
            # Tokens end, and a reset or a revocation forgets them: once more with a new one.
            with self._lock:
                self._token = None
            response = self._send(method, path, **options)
        return answered(response)

    def _send(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self._bearer()}"}
        settings = self._settings
        url = f"{settings.commercetools_url}/{settings.project_key}/{path}"
        return call(method, url, headers=headers, **options)

    def _bearer(self) -> str:
        with self._lock:
            if self._token is None:
                settings = self._settings
                response = call(
                    "POST",
                    f"{settings.commercetools_url}/oauth/token",
                    data={"grant_type": "client_credentials"},
                    auth=(settings.client_id, settings.client_secret),
                )
                self._token = str(answered(response)["access_token"])
            return self._token


def call(
    method: str, url: str, *, headers: dict[str, str] | None = None, **options: Any
) -> requests.Response:
    """One call to a remote of the sandbox, as an observer. Raises Unreachable."""
    marked = {**(headers or {}), OBSERVER: "shop"}
    try:
        # A session of its own for each call: no proxy of the environment lies before the sandbox.
        with requests.Session() as session:
            session.trust_env = False
            return session.request(
                method, url, headers=marked, timeout=_TIMEOUT, allow_redirects=False, **options
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
