"""Fetches and keeps the keys that verify the Merchant Center's tokens: a JSON Web Key Set (RFC 7517)."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import jwt

from monext_bridge.errors import RemoteError, RemoteUnreachable
from monext_bridge.gateways.commercetools import document
from monext_bridge.gateways.http import HttpClient, Timeouts
from monext_bridge.gateways.keys.key_sets import read_key_set
from monext_bridge.runtime import Bulkhead

KEPT_FOR = 300.0
"""Seconds for which the keys are used without being fetched again."""

ASKED_AGAIN_AFTER = 10.0
"""Seconds between two fetches at least, whatever keys are asked for, so that made-up ids cause no fetches."""

MERCHANT_CENTER_TIMEOUTS = Timeouts(connect=3.0, read=3.0)
ATTEMPTS = 2
LONGEST_WAIT_FOR_A_KEY = 2.0
"""Seconds for which a thread that needs a key waits while another thread fetches the keys."""


@dataclass(frozen=True, slots=True)
class _Held:
    keys: Mapping[str, jwt.PyJWK]
    until: float


class MerchantCenterKeys:
    """Holds the keys of one process. Thread-safe. Opens nothing before its first call.

    PyJWT only reads the set. Its own client for key sets uses the proxies of the environment, takes no clock,
    and lets every request wait anew while the address does not answer.
    """

    def __init__(
        self, url: str, *, client: HttpClient | None = None, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        parts = urlsplit(url)
        self._path = parts.path or "/"
        base_url = f"{parts.scheme}://{parts.netloc}"
        self._client = client or HttpClient(
            remote="commercetools", base_url=base_url, timeouts=MERCHANT_CENTER_TIMEOUTS
        )
        self._monotonic = monotonic
        self._turn = Bulkhead(1, longest_wait=LONGEST_WAIT_FOR_A_KEY)
        self._held = _Held({}, until=float("-inf"))
        self._next_fetch_at, self._last_fetch_succeeded = float("-inf"), False

    def key(self, key_id: str) -> jwt.PyJWK | None:
        """Returns the RSA key of that id, or None where there was no such key seconds ago.

        Raises RemoteUnreachable where the keys can't be had, or not soon. Right after a failure it is raised
        without asking.
        """
        known = self._find(key_id)
        if known is not None:
            return known
        with self._turn.slot() as mine:
            if mine and self._find(key_id) is None and self._monotonic() >= self._next_fetch_at:
                self._renew()
            if not mine or not self._last_fetch_succeeded:
                raise RemoteUnreachable("the keys could not be fetched just now", remote="commercetools")
            return self._find(key_id)

    def _find(self, key_id: str) -> jwt.PyJWK | None:
        """Looks without taking a turn: whoever brings a good key does not wait while a made-up one is looked for."""
        held = self._held
        return held.keys.get(key_id) if self._monotonic() < held.until else None

    def _renew(self) -> None:
        self._last_fetch_succeeded = False
        try:
            self._held = _Held(self._fetch(), until=self._monotonic() + KEPT_FOR)
            self._last_fetch_succeeded = True
        finally:
            self._next_fetch_at = self._monotonic() + ASKED_AGAIN_AFTER

    def _fetch(self) -> dict[str, jwt.PyJWK]:
        try:
            answer = self._client.send("GET", self._path, route=self._path, attempts=ATTEMPTS)
            keys = read_key_set(document(answer, what="GET the Merchant Center's keys"))
        except (RemoteError, ValueError) as error:
            raise RemoteUnreachable(
                f"the Merchant Center's keys can't be read: {error}", remote="commercetools"
            ) from error
        return {str(key.key_id): key for key in keys if _verifies(key)}


def _verifies(key: jwt.PyJWK) -> bool:
    return key.key_type == "RSA" and key.public_key_use in ("sig", None)
