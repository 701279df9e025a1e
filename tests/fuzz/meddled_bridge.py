"""A bridge inside the test process that reads other answers than its remotes gave."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from monext_bridge.config import load_settings
from monext_bridge.gateways.commercetools import CommercetoolsGateway
from monext_bridge.gateways.http.client import HttpAnswer, HttpClient
from monext_bridge.gateways.http.wire import parsed
from monext_bridge.gateways.monext import MonextGateway
from monext_bridge.runtime import MachineClock, utc_now
from monext_bridge.services import build_services
from monext_bridge.web import create_app
from sandbox.runner import Sandbox
from tests.bridges import InProcess, ample_limits, environment
from tests.fuzz.mutations import on_the_wire
from tests.known_clock import KnownClock


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call of the bridge, and the answer that the remote gave."""

    remote: str
    method: str
    route: str
    answer: HttpAnswer

    @property
    def document(self) -> Any:
        """The answer's JSON, as it was before it was read: fractions are no Decimals."""
        return json.loads(json.dumps(self.answer.body, default=float))

    def answering(self, document: Any) -> HttpAnswer:
        """Give the answer with another document, read from its bytes as any answer is."""
        return replace(self.answer, body=parsed(on_the_wire(document)))


Meddle = Callable[[Exchange], HttpAnswer]


def as_it_came(exchange: Exchange) -> HttpAnswer:
    return exchange.answer


class MeddledBridge(InProcess):
    """The bridge, of which `meddle` may replace each answer of a remote. It can be set anew at any time."""

    def __init__(
        self,
        sandbox: Sandbox,
        *,
        clock: MachineClock = utc_now,
        meddle: Meddle = as_it_came,
        **variables: str,
    ) -> None:
        self.meddle = meddle
        self.settings = load_settings(environment(sandbox, variables=variables))
        project = self.settings.commercetools
        api, auth, sessions = (
            self._client("commercetools", url)
            for url in (project.api_url, project.auth_url, project.session_url or "")
        )
        self.services = build_services(
            self.settings,
            commercetools=CommercetoolsGateway(project, api=api, auth=auth, sessions=sessions),
            monext=MonextGateway(connect=lambda url: self._client("monext", url)),
            machine_clock=clock,
            record_clock=KnownClock(clock),
        )
        self.app = create_app(self.settings, services=self.services, limits=ample_limits)

    def _client(self, remote: Any, url: str) -> HttpClient:
        return _MeddledClient(lambda exchange: self.meddle(exchange), remote=remote, base_url=url)


class _MeddledClient(HttpClient):
    def __init__(self, meddle: Meddle, *, remote: Any, base_url: str) -> None:
        super().__init__(remote=remote, base_url=base_url)
        self._meddle, self._name = meddle, str(remote)

    def send(self, method: str, path: str, *, route: str, **options: Any) -> HttpAnswer:
        answer = super().send(method, path, route=route, **options)
        return self._meddle(Exchange(self._name, method, route, answer))
