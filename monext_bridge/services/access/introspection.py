"""Asks commercetools' authorisation server whether an OAuth2 token may use the operations API.

https://docs.commercetools.com/api/authorization: token introspection; https://docs.commercetools.com/api/scopes
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from monext_bridge.domain.operations import is_client_id
from monext_bridge.errors import Forbidden, RemoteError, RemoteUnavailable, RemoteUnreachable, Unauthenticated
from monext_bridge.gateways.commercetools import CommercetoolsGateway
from monext_bridge.runtime import MachineClock
from monext_bridge.services.access.api_client import ApiClient, ScopeMissing, open_stores
from monext_bridge.services.access.single_flight import CachedAnswer, SingleFlightCache
from monext_bridge.services.access.token_verdicts import (
    GRANTED_FOR,
    REFUSED_FOR,
    CheckedToken,
    SharedTokenVerdicts,
    TokenVerdict,
)

MOST_TOKENS = 1024
MILLISECONDS = 10**11
"""From this number on, a time since 1970 is in milliseconds: as seconds it would be in the year 5138."""


class Introspection:
    """Checks tokens and keeps the verdicts. Thread-safe.

    A verdict is found by the token's SHA-256, never by the token. What one process has learnt, all processes
    know that share `shared_verdicts`, until the same moment.
    """

    def __init__(
        self,
        gateway: CommercetoolsGateway,
        *,
        project_key: str,
        clock: MachineClock,
        monotonic: Callable[[], float] = time.monotonic,
        shared_verdicts: SharedTokenVerdicts | None = None,
    ) -> None:
        self._gateway, self._project_key = gateway, project_key
        self._clock, self._monotonic = clock, monotonic
        self._shared_verdicts = shared_verdicts
        self._kept: SingleFlightCache[CheckedToken] = SingleFlightCache(most=MOST_TOKENS, monotonic=monotonic)

    def check(self, token: str) -> ApiClient:
        """Return whose token it is, where it grants access.

        Raises Unauthenticated, Forbidden, or RemoteUnreachable where nobody can say.
        """
        checked = self._verdict(token)
        if checked.verdict is TokenVerdict.ENDED:
            raise Unauthenticated(checked.verdict.value)
        if checked.client is None:
            raise Forbidden(TokenVerdict.NO_CLIENT.value)
        if checked.verdict is not TokenVerdict.GRANTED:
            raise ScopeMissing(checked.verdict.value, client=checked.client)
        return checked.client

    def _verdict(self, token: str) -> CheckedToken:
        digest = _digest(token)
        try:
            return self._kept.get(digest, ask=lambda: self._learn(token, digest))
        except TimeoutError as error:
            raise RemoteUnreachable(
                "the caller's token is not checked yet, so nothing was done", remote="commercetools"
            ) from error

    def has_verdict(self, token: str) -> bool:
        """Whether the verdict on the token is known just now, good or bad. commercetools is not asked."""
        digest = _digest(token)
        if self._kept.known(digest) is not None:
            return True
        return self._shared_verdicts is not None and self._shared_verdicts.find(digest) is not None

    def _learn(self, token: str, digest: bytes) -> CachedAnswer[CheckedToken]:
        """Take the verdict from another process, else from commercetools, and then share it.

        Its time counts from before the question, so that a late answer is not kept longer.
        """
        asked_at, wall = self._monotonic(), self._clock().timestamp()
        found = self._shared_verdicts.find(digest) if self._shared_verdicts else None
        if found:
            return CachedAnswer(found[0], until=asked_at + found[1])
        checked, life = self._ask(token)
        if self._shared_verdicts:
            self._shared_verdicts.tell(digest, checked, until=wall + life)
        return CachedAnswer(checked, until=asked_at + life)

    def _ask(self, token: str) -> tuple[CheckedToken, float]:
        try:
            answer = self._gateway.introspect(token)
            return read_verdict(answer, project_key=self._project_key, now=self._clock().timestamp())
        except RemoteError as error:
            raise RemoteUnreachable(
                f"the caller's token can't be checked, so nothing was done: {error}",
                remote=error.remote,
                retry_after=error.retry_after if isinstance(error, RemoteUnavailable) else None,
            ) from error


def read_verdict(answer: dict[str, Any], *, project_key: str, now: float) -> tuple[CheckedToken, float]:
    """Return the verdict that an answer gives, and for how many seconds it holds; 0 means for this call only.

    Raises RemoteUnavailable for what is not the answer of an introspection.
    """
    active = answer.get("active")
    if not isinstance(active, bool):
        raise RemoteUnavailable("the introspection does not say `active`", remote="commercetools")
    left = _seconds_left(answer.get("exp"), now=now)
    if not active or (left is not None and left <= 0):
        return CheckedToken(TokenVerdict.ENDED), REFUSED_FOR
    client_id = answer.get("client_id")
    if not isinstance(client_id, str) or not is_client_id(client_id):
        return CheckedToken(TokenVerdict.NO_CLIENT), REFUSED_FOR
    client = ApiClient(client_id, open_stores(str(answer.get("scope") or ""), project_key=project_key))
    if client.stores is not None and not client.stores:
        return CheckedToken(TokenVerdict.OTHER_SCOPE, client), REFUSED_FOR
    return CheckedToken(TokenVerdict.GRANTED, client), min(GRANTED_FOR, left or 0.0)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _seconds_left(exp: object, *, now: float) -> float | None:
    """Return the seconds until `exp`, None where it is not a time.

    commercetools answers milliseconds; RFC 7662 wants seconds.
    """
    if isinstance(exp, bool) or not isinstance(exp, int | Decimal):
        return None
    try:
        return float(exp / 1000 if exp >= MILLISECONDS else exp) - now
    except ArithmeticError:
        return None
