"""Checks whether the remotes answer, and whether Monext takes each store's key. They are asked once in some seconds.

The host's probe needs to know only whether anybody can pay, so one store after the other is asked for until one
works. An operator is told about every store. One store's wrong key stops that store alone.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial

from pydantic import SecretStr

from monext_bridge.concerns import concerning
from monext_bridge.config import MonextEnvironment, Settings, StoreSettings
from monext_bridge.errors import (
    RemoteError,
    RemoteRefused,
    RemoteTimeout,
    RemoteUnavailable,
    RemoteUnreachable,
)
from monext_bridge.gateways.commercetools import CommercetoolsGateway
from monext_bridge.gateways.monext import MonextGateway, refuses_key
from monext_bridge.runtime import together, within

READINESS_KEPT_FOR = 5.0
"""Seconds for which an answer is given again without asking."""

ANSWERS_IN = 3.0
"""Seconds after which a remote counts as one that does not answer."""

STORES_AT_ONCE = 8
"""Merchants whose keys are shown to Monext at the same time."""


class Trouble(StrEnum):
    """Says in a word why a remote is of no use."""

    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed_out"
    REFUSED = "refused"
    FAILED = "failed"


class KeyState(StrEnum):
    """Says what Monext thinks of a store's key. It is unknown where Monext does not answer."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class StoreReadiness:
    """Tells how Monext answers one store. `store_key` is None where the settings hold for every store."""

    store_key: str | None
    environment: MonextEnvironment
    trouble: Trouble | None

    @property
    def key(self) -> KeyState:
        if self.trouble is Trouble.REFUSED:
            return KeyState.REFUSED
        return KeyState.UNKNOWN if self.trouble else KeyState.ACCEPTED


@dataclass(frozen=True, slots=True)
class RemotesSeen:
    """Tells how the remotes answered. `stores` are those that were asked for, one at least."""

    commercetools: Trouble | None
    stores: tuple[StoreReadiness, ...]

    @property
    def up(self) -> Mapping[str, bool]:
        """Tells for each remote whether it answers: Monext does where it works for any store."""
        return {
            "commercetools": self.commercetools is None,
            "monext": any(store.trouble is None for store in self.stores),
        }


@dataclass(slots=True)
class _Asked:
    """Asks at most once in some seconds. One caller asks; meanwhile the others get the previous answer."""

    ask: Callable[[], RemotesSeen]
    monotonic: Callable[[], float]
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _known: tuple[float, RemotesSeen] | None = None

    def seen(self) -> RemotesSeen:
        known = self._known
        if known is not None and self._lock.locked():
            return known[1]
        with self._lock:
            if self._known is None or self.monotonic() - self._known[0] > READINESS_KEPT_FOR:
                answer = self.ask()
                self._known = (self.monotonic(), answer)
            return self._known[1]


class Readiness:
    """Asks the remotes, within `ANSWERS_IN` seconds in all. Thread-safe. No method raises."""

    def __init__(
        self,
        settings: Settings,
        commercetools: CommercetoolsGateway,
        monext: MonextGateway,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings, self._commercetools, self._monext = settings, commercetools, monext
        self._any = _Asked(partial(self._ask, self._until_one_works), monotonic)
        self._all = _Asked(partial(self._ask, self._each), monotonic)

    def remotes(self) -> Mapping[str, bool]:
        """Return for each remote whether it answers."""
        return self._any.seen().up

    def by_store(self) -> RemotesSeen:
        """Return how the remotes answer, with every store of the settings."""
        return self._all.seen()

    def _ask(self, stores: Callable[[], tuple[StoreReadiness, ...]]) -> RemotesSeen:
        with within(ANSWERS_IN):
            return RemotesSeen(*together(self._commercetools_trouble, stores))

    def _commercetools_trouble(self) -> Trouble | None:
        try:
            self._commercetools.check()
        except RemoteError as error:
            return _trouble(error)
        return None

    def _until_one_works(self) -> tuple[StoreReadiness, ...]:
        """Ask for one merchant after the other. A host that is silent is not asked again for the next one."""
        seen: list[StoreReadiness] = []
        silent: dict[str, Trouble] = {}
        for stores in self._by_merchant():
            host = stores[0].credentials.api_url
            trouble = silent.get(host) or self._monext_trouble(stores[0])
            seen += [_of(store, trouble) for store in stores]
            if trouble is None:
                break
            if trouble is not Trouble.REFUSED:
                silent[host] = trouble
        return tuple(seen)

    def _each(self) -> tuple[StoreReadiness, ...]:
        merchants = self._by_merchant()
        seen: list[StoreReadiness] = []
        for begin in range(0, len(merchants), STORES_AT_ONCE):
            batch = merchants[begin : begin + STORES_AT_ONCE]
            troubles = together(*(partial(self._monext_trouble, stores[0]) for stores in batch))
            seen += [
                _of(store, trouble)
                for stores, trouble in zip(batch, troubles, strict=True)
                for store in stores
            ]
        return tuple(seen)

    def _by_merchant(self) -> list[list[StoreSettings]]:
        """Group the stores by their keys, so that each key is shown once."""
        found: dict[tuple[str, tuple[SecretStr, ...]], list[StoreSettings]] = {}
        for store in self._settings.stores():
            shown = store.credentials.api_url, store.credentials.api_keys
            found.setdefault(shown, []).append(store)
        return list(found.values())

    def _monext_trouble(self, store: StoreSettings) -> Trouble | None:
        with concerning(store=store.store_key):
            try:
                answer = self._monext.alive(store.credentials)
            except RemoteUnavailable as error:
                return _trouble(error)
        if refuses_key(answer):
            return Trouble.REFUSED
        return None if answer.status == 200 else Trouble.FAILED


def _of(store: StoreSettings, trouble: Trouble | None) -> StoreReadiness:
    return StoreReadiness(store.store_key, store.environment, trouble)


def _trouble(error: RemoteError) -> Trouble:
    kinds = (
        (RemoteRefused, Trouble.REFUSED),
        (RemoteTimeout, Trouble.TIMED_OUT),
        (RemoteUnreachable, Trouble.UNREACHABLE),
    )
    return next((trouble for kind, trouble in kinds if isinstance(error, kind)), Trouble.FAILED)
