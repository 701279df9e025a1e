"""The whole sandbox: shop, commercetools, Monext and a bank, each on a port of its own, in one process."""

from dataclasses import dataclass
from ssl import SSLContext
from types import TracebackType
from wsgiref.types import WSGIApplication as WSGIApp

import requests

from sandbox import bank, commercetools, monext, shop
from sandbox.clock import Clock, ShiftedClock, utc_now
from sandbox.commercetools.push import Target
from sandbox.commercetools.settings import ProjectSettings
from sandbox.faults import Faults, faulty
from sandbox.favicon import with_favicon
from sandbox.monext.settings import MonextSettings
from sandbox.pictures import with_pictures
from sandbox.serving import Server


@dataclass(frozen=True, slots=True)
class Ports:
    """A port for each server; 0 takes a free one."""

    shop: int = 9000
    commercetools: int = 9001
    monext: int = 9002
    bank: int = 9003


FREE_PORTS = Ports(0, 0, 0, 0)


class Sandbox:
    """A context manager that serves all of them while it is entered.

    The constructor binds the ports (OSError where one is taken), so that all addresses are known at once.
    `bridge_url` may be set later, for a bridge that starts after its sandbox. `clock` is the time of both
    remotes; `commercetools_faults` and `monext_faults` are what `/_control/faults` reaches over HTTP. With
    `allow_kill`, for tests only, they may kill processes. The bank is served over TLS, as banks are; without
    `bank_tls` over plain http, for browsers of people, who would be warned of its certificate.
    """

    def __init__(
        self,
        *,
        ports: Ports = FREE_PORTS,
        bridge_url: str = "http://127.0.0.1:8000",
        host: str = "127.0.0.1",
        access: shop.Access = "open",
        link_secret: str = "",
        allow_kill: bool = False,
        bank_tls: bool = True,
    ) -> None:
        self.clock = ShiftedClock()
        self.commercetools_faults = Faults(allow_kill=allow_kill)
        self.monext_faults = Faults(allow_kill=allow_kill)
        self._bridge = shop.BridgeUrl(bridge_url)
        self._servers: list[Server] = []
        self._host = host
        self._bank_tls = bank_tls
        self._bind(ports, access=access, link_secret=link_secret)

    @property
    def commercetools_url(self) -> str:
        """Authentication, API, sessions and keys of the project."""
        return self._commercetools.url

    @property
    def monext_url(self) -> str:
        """Monext's API, hosted page and widget."""
        return self._monext.url

    @property
    def bank_url(self) -> str:
        """The bank's pages of 3-D Secure."""
        return self._bank.url

    @property
    def shop_url(self) -> str:
        """The storefront."""
        return self._shop.url

    @property
    def bridge_url(self) -> str:
        """Where the shop sends buyers to pay."""
        return self._bridge.value

    @bridge_url.setter
    def bridge_url(self, url: str) -> None:
        self._bridge.value = url

    def push_messages_to(self, url: str, *, secret: str) -> None:
        """From now on commercetools' messages go there, with the secret in the query."""
        self._pusher.target = Target(url, secret=secret)

    def start(self) -> None:
        """Serve, and send notifications and messages."""
        for server in self._servers:
            server.start()
        self._notifier.start()
        self._pusher.start()

    def stop(self) -> None:
        """Stop serving and close all connections; calls that hang are dropped. May be repeated."""
        self._notifier.stop()
        self._pusher.stop()
        for faults in (self.commercetools_faults, self.monext_faults):
            faults.clear()
        for server in self._servers:
            server.stop()

    def reset(self) -> None:
        """All as it was at the start: seed, no faults, empty journals, the true time."""
        self.clock.reset()
        with requests.Session() as session:
            session.trust_env = False
            session.post(f"{self.shop_url}/reset", timeout=30, allow_redirects=False).raise_for_status()

    def __enter__(self) -> "Sandbox":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _bind(self, ports: Ports, *, access: shop.Access, link_secret: str) -> None:
        try:
            self._commercetools = self._project(ports.commercetools)
            issuer = bank.Bank()
            self._bank = self._issuer(issuer, port=ports.bank)
            self._monext = self._provider(ports.monext, issuer=issuer)
            storefront = shop.ShopSettings(
                commercetools_url=self.commercetools_url,
                monext_url=self.monext_url,
                bridge=self._bridge,
                access=access,
                link_secret=link_secret,
            )
            self._shop = self._server(shop.create_app(storefront), port=ports.shop)
        except OSError:
            for server in self._servers:
                server.stop()
            raise

    def _project(self, port: int) -> Server:
        settings = ProjectSettings()
        app = commercetools.create_app(settings, clock=self.clock)
        self._pusher = app.extensions["pusher"]
        server = self._server(
            with_pictures(faulty(app, self.commercetools_faults)), port=port, clock=self.clock
        )
        settings.base_url.value = server.url
        # Once more, as the pictures of the seed's goods are at that address.
        commercetools.plant(app.extensions["project"])
        return server

    def _issuer(self, issuer: bank.Bank, *, port: int) -> Server:
        tls = bank.tls_context(self._host) if self._bank_tls else None
        server = self._server(bank.create_app(issuer), port=port, tls=tls)
        issuer.url = server.url
        return server

    def _provider(self, port: int, *, issuer: bank.Bank) -> Server:
        app = monext.create_app(MonextSettings(), clock=self.clock, bank=issuer)
        platform = app.extensions["monext"]
        self._notifier = platform.notifier
        return self._server(faulty(app, self.monext_faults), port=port, clock=platform.clock)

    def _server(
        self, app: WSGIApp, *, port: int, tls: SSLContext | None = None, clock: Clock = utc_now
    ) -> Server:
        server = Server(with_favicon(app), port=port, host=self._host, tls=tls, clock=clock)
        self._servers.append(server)
        return server
