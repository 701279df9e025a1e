"""Checks whether the remotes answer. They are asked at most once in some seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from monext_bridge.config import MonextCredentials, Settings
from monext_bridge.errors import RemoteError
from monext_bridge.gateways.commercetools import CommercetoolsGateway
from monext_bridge.gateways.monext import MonextGateway
from monext_bridge.runtime import together, within

READINESS_KEPT_FOR = 5.0
"""Seconds for which an answer is given again without asking."""

ANSWERS_IN = 3.0
"""Seconds after which a remote counts as one that does not answer."""


@dataclass(slots=True)
class Readiness:
    settings: Settings
    commercetools: CommercetoolsGateway
    monext: MonextGateway
    monotonic: Callable[[], float] = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _known: tuple[float, Mapping[str, bool]] | None = None

    def remotes(self) -> Mapping[str, bool]:
        """Return for each remote whether it answers.

        One caller asks; meanwhile the others get the previous answer.
        """
        known = self._known
        if known is not None and self._lock.locked():
            return known[1]
        with self._lock:
            if self._known is None or self.monotonic() - self._known[0] > READINESS_KEPT_FOR:
                answer = self._ask()
                self._known = (self.monotonic(), answer)
            return self._known[1]

    def _ask(self) -> Mapping[str, bool]:
        with within(ANSWERS_IN):
            commercetools, monext = together(self._commercetools_answers, self._monext_answers)
        return {"commercetools": commercetools, "monext": monext}

    def _commercetools_answers(self) -> bool:
        try:
            self.commercetools.check()
        except RemoteError:
            return False
        return True

    def _monext_answers(self) -> bool:
        credentials: list[MonextCredentials] = [store.credentials for store in self.settings.stores()]
        hosts = {c.api_url: c for c in credentials}
        return all(self.monext.alive(c) for c in hosts.values())
