"""Looks up proofs that only a remote can judge, sessions and cart ids: made-up ones cost nobody but their sender.

A proof that a remote knew in the last minute spends the budget of what it proves, before the remote is asked again.
One that it did not know seconds ago is refused without a question. Any other is asked about while its address has not
brought too many that are not known, and counts for what it proves only once that is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from monext_bridge.errors import Forbidden, NotFound, RequestError, Unauthenticated
from monext_bridge.services.access import Seen
from monext_bridge.web.access.rate_limiter import RateLimits, rate_limits
from monext_bridge.web.endpoints import RateLimitKey


class LookUp:
    """Holds one look-up of a request: what it is of, and what has been counted for it."""

    def __init__(self, limits: RateLimits, proof: str, *, key: RateLimitKey, name: str) -> None:
        self._limits, self._key, self._name = limits, key, name
        self._proof = f"{key.name}:{proof}"
        self._counted = self._genuine = False

    def begin(self, *, unknown: RequestError) -> None:
        """Count what was genuine a moment ago. Raises `unknown` for what was made up."""
        seen = self._limits.proofs.find(self._proof)
        if seen is Seen.MADE_UP:
            raise unknown
        if seen is Seen.GENUINE:
            self._count()
        else:
            self._limits.check_look_ups()

    def proved(self) -> None:
        """Note that the remote knows it. May be called again, which changes nothing."""
        if not self._genuine:
            self._genuine = True
            self._limits.proofs.remember(self._proof, Seen.GENUINE)
            self._count()

    def refused(self) -> None:
        """Note that the remote does not know it, unless it has proved genuine by now."""
        if not self._genuine:
            self._limits.proofs.remember(self._proof, Seen.MADE_UP)
            self._limits.count_look_up()

    def _count(self) -> None:
        if not self._counted:
            self._counted = True
            self._limits.count_proved(self._key, self._name)


@contextmanager
def looking_up(proof: str, *, key: RateLimitKey, name: str, unknown: RequestError) -> Iterator[LookUp]:
    """Enclose the question to a remote about `proof`, which proves a request for `name`.

    It is genuine once `proved` was called, or where the block ends, or with a RequestError about something else. It
    is made up where the block raises Unauthenticated, Forbidden or NotFound before that. An error of a remote says
    nothing about it, is not remembered and counts against nobody.
    """
    look_up = LookUp(rate_limits(), proof, key=key, name=name)
    look_up.begin(unknown=unknown)
    try:
        yield look_up
    except (Unauthenticated, Forbidden, NotFound):
        look_up.refused()
        raise
    except RequestError:
        look_up.proved()
        raise
    look_up.proved()
