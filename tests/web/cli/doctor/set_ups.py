"""A good set-up against the sandbox, the bridge that answers under its PUBLIC_URL, and the ways to get it wrong."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import requests

from monext_bridge.mapping.commercetools import SUBSCRIPTION_KEY
from monext_bridge.services.doctor import Diagnosis, Machine
from monext_bridge.web.cli.doctor import examined, report_lines
from sandbox.bridge_settings import commercetools_environment
from sandbox.monext.settings import DEFAULT_MERCHANTS
from sandbox.runner import Sandbox
from sandbox.serving import Server
from tests.bridges import InProcess, environment, free_port
from tests.world import World

CLIENT, CLIENT_SECRET = "for-the-bridge-alone", "nQ4w-fG7xLcR0pVb2TyKs9ZuMh1EaJd6"
SCOPES = (
    *("manage_payments", "manage_orders", "view_customers", "manage_sessions"),
    *("introspect_oauth_tokens", "manage_subscriptions", "view_project_settings"),
)
ACCESS_KEYS = {"sandbox": "Xk2hQ9rTvB4nLw7ZpE0s", "sandbox-be": "b8Yf3WqLz6RtN1vKc5Hd"}
SECRETS = {
    "SECRET_KEY": "7d0f3a91c5e84b26a1f97c3e5d80b642",
    "LINK_SECRET": "e3b1709c4fd25a68b07d91f3c62e8a54",
    "EVENTS_SECRET": "59c8e2d07b4f61a3d86e0f917a2b3c4d",
}
TOPIC = "arn:aws:sns:eu-west-1:123456789012:shipments"
ROOMY = Machine(files=20_000, memory=2048 * 1024 * 1024, own_memory=120 * 1024 * 1024)
NOWHERE = "http://127.0.0.1:1"


@dataclass(frozen=True, slots=True)
class SetUp:
    """Where the bridge runs, with the environment that it was started with."""

    sandbox: Sandbox
    world: World
    environ: Mapping[str, str]

    def found(self, *, machine: Machine = ROOMY, live: bool = False, **changes: str) -> tuple[Diagnosis, ...]:
        """What the doctor finds, with some variables changed; an empty value removes one."""
        return self.changed(changes, machine=machine, live=live)

    def changed(
        self, changes: Mapping[str, str], *, machine: Machine = ROOMY, live: bool = False
    ) -> tuple[Diagnosis, ...]:
        changed = {name: value for name, value in {**self.environ, **changes}.items() if value}
        return examined(changed, machine=machine, live=live)

    def control_commercetools(self, path: str, body: object) -> None:
        url = f"{self.sandbox.commercetools_url}/_control/{path}"
        requests.post(url, json=body, timeout=60).raise_for_status()

    def client(self, *scopes: str) -> None:
        """Let the bridge's API client have these scopes."""
        self.control_commercetools("clients", {"id": CLIENT, "secret": CLIENT_SECRET, "scopes": scopes})


@contextmanager
def good_set_up(sandbox: Sandbox, world: World) -> Iterator[SetUp]:
    """Make one, and let its bridge serve under its PUBLIC_URL."""
    sandbox.reset()
    port = free_port()
    environ = environment(sandbox, port=port, variables=_of_its_own(sandbox))
    set_up = SetUp(sandbox, world, environ)
    set_up.client(*SCOPES)
    for merchant, key in ACCESS_KEYS.items():
        keys = f"{sandbox.monext_url}/_control/keys"
        requests.post(keys, json={"merchant": merchant, "accessKey": key}, timeout=60).raise_for_status()
    bridge = InProcess(sandbox, variables=environ)
    server = Server(bridge.app.wsgi_app, port=port)
    server.start()
    try:
        _subscribe(sandbox)
        yield set_up
    finally:
        server.stop()


def _of_its_own(sandbox: Sandbox) -> dict[str, str]:
    keys = {
        store: base64.b64encode(f"{merchant.id}:{ACCESS_KEYS[merchant.id]}".encode()).decode()
        for store, merchant in zip(("fr-store", "de-store"), DEFAULT_MERCHANTS, strict=True)
    }
    return {
        **commercetools_environment(sandbox.commercetools_url),
        **SECRETS,
        "CTP_CLIENT_ID": CLIENT,
        "CTP_CLIENT_SECRET": CLIENT_SECRET,
        "MONEXT_API_KEY": json.dumps(keys),
        "EVENTS_TOPICS": TOPIC,
        "RECONCILE_IN_WEB": "on",
    }


def _subscribe(sandbox: Sandbox) -> None:
    token = requests.post(
        f"{sandbox.commercetools_url}/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=(CLIENT, CLIENT_SECRET),
        timeout=60,
    ).json()["access_token"]
    draft = {
        "key": SUBSCRIPTION_KEY,
        "destination": {"type": "SNS", "topicArn": TOPIC, "authenticationMode": "IAM"},
        "messages": [
            {"resourceTypeId": "order", "types": ["OrderShipmentStateChanged", "OrderStateChanged"]},
        ],
    }
    requests.post(
        f"{sandbox.commercetools_url}/sandbox/subscriptions",
        json=draft,
        headers={"Authorization": f"Bearer {token}"},
        timeout=60,
    ).raise_for_status()


def key_of(name: str, **values: str) -> str:
    """A map by store: this one's changed."""
    return json.dumps({**{"fr-store": name, "de-store": name}, **values})


Wrong = Callable[[SetUp], tuple[Diagnosis, ...]]


def _client(*scopes: str) -> Wrong:
    def examine(set_up: SetUp) -> tuple[Diagnosis, ...]:
        set_up.client(*scopes)
        return set_up.found()

    return examine


def _key_of_one_store(set_up: SetUp) -> tuple[Diagnosis, ...]:
    keys = json.loads(set_up.environ["MONEXT_API_KEY"])
    keys["de-store"] = base64.b64encode(b"sandbox-be:kM4xW8rQe2Zt7LpV0nBs").decode()
    return set_up.found(MONEXT_API_KEY=json.dumps(keys))


def _old_key_beside(set_up: SetUp) -> tuple[Diagnosis, ...]:
    keys = json.loads(set_up.environ["MONEXT_API_KEY"])
    old = base64.b64encode(b"sandbox-be:kM4xW8rQe2Zt7LpV0nBs").decode()
    keys["de-store"] = f"{keys['de-store']},{old}"
    return set_up.found(MONEXT_API_KEY=json.dumps(keys))


def _clock(set_up: SetUp) -> tuple[Diagnosis, ...]:
    set_up.sandbox.clock.advance(3600)
    try:
        return set_up.found()
    finally:
        set_up.sandbox.clock.reset()


def _merchant_api(how: str) -> Wrong:
    def examine(set_up: SetUp) -> tuple[Diagnosis, ...]:
        set_up.world.odd_answers(merchantApi=how)
        return set_up.found()

    return examine


def _no_subscription(set_up: SetUp) -> tuple[Diagnosis, ...]:
    set_up.control_commercetools("reset", {})
    set_up.client(*SCOPES)
    return set_up.found()


def _unhealthy(set_up: SetUp) -> tuple[Diagnosis, ...]:
    status = {"status": "ConfigurationErrorDeliveryStopped"}
    set_up.control_commercetools(f"subscriptions/{SUBSCRIPTION_KEY}/status", status)
    return set_up.found()


def _changed(**changes: str) -> Wrong:
    return lambda set_up: set_up.changed(changes)


def _bank(set_up: SetUp) -> tuple[Diagnosis, ...]:
    return set_up.found(PUBLIC_URL=set_up.sandbox.bank_url)


def _shop(set_up: SetUp) -> tuple[Diagnosis, ...]:
    return set_up.found(PUBLIC_URL=set_up.sandbox.shop_url)


WRONG: Mapping[str, Wrong] = {
    "commercetools refuses the secret": _changed(CTP_CLIENT_SECRET="zR8tY2wLq6Vb0NxKc4Hd9MfJ"),
    "the key of another project": _changed(CTP_PROJECT_KEY="another"),
    "a scope is missing": _client(*(each for each in SCOPES if each != "manage_orders")),
    "the client may do everything": _client("manage_project"),
    "commercetools is away": _changed(CTP_AUTH_URL=NOWHERE, CTP_API_URL=NOWHERE),
    "Monext refuses the key of one store": _key_of_one_store,
    "an old key stands beside the new one": _old_key_beside,
    "no such point of sale": _changed(MONEXT_POINT_OF_SALE_REF=key_of("POS_FR", **{"de-store": "POS_XX"})),
    "no such contract": _changed(
        MONEXT_PAYMENT_METHOD_IDS=json.dumps({"fr-store": "CB_FR,CB_XX", "de-store": ""}),
        MONEXT_POINT_OF_SALE_REF=key_of("POS_FR", **{"de-store": "POS_BE"}),
    ),
    "a contract of another method": _changed(
        MONEXT_PAYMENT_METHOD_IDS=json.dumps({"fr-store": {"CB": "IDEAL_FR"}, "de-store": ""})
    ),
    "the Merchant API is forbidden": _merchant_api("forbidden"),
    "there is no Merchant API": _merchant_api("absent"),
    "a currency that the project lacks": _changed(CURRENCIES="EUR,USD"),
    "the clock is an hour late": _clock,
    "PUBLIC_URL leads nowhere": _changed(PUBLIC_URL=NOWHERE),
    "PUBLIC_URL leads to the shop": _shop,
    "PUBLIC_URL has a certificate of its own making": _bank,
    "PUBLIC_URL leads to another bridge": _changed(SECRET_KEY="0c4e7b1d96fa3825d7e0b49c16a3f58e"),
    "http in production": _changed(MONEXT_ENVIRONMENT="PRODUCTION"),
    "a weak secret": _changed(LINK_SECRET="secret-secret-secret"),
    "the same secret twice": _changed(LINK_SECRET=SECRETS["SECRET_KEY"]),
    "more proxies are trusted than there are": _changed(TRUSTED_PROXIES="2"),
    "a host that is not served": _changed(TRUSTED_HOSTS="pay.example.com"),
    "Redis is down": _changed(REDIS_URL="redis://127.0.0.1:1/0"),
    "no subscription": _no_subscription,
    "the subscription's destination fails": _unhealthy,
    "a topic that is not listed": _changed(EVENTS_TOPICS="arn:aws:sns:eu-west-1:123456789012:others"),
    "scopes that only look around are missing": _client(*SCOPES[:5]),
    "few files": lambda set_up: set_up.found(machine=Machine(256, None, None)),
    "little memory": lambda set_up: set_up.found(machine=Machine(20_000, 256 << 20, 120 << 20)),
}
"""Each way to get it wrong, and what the doctor then finds."""

CHANGING = (
    (re.compile(r"127\.0\.0\.1:\d+"), "HOST"),
    (re.compile(r"clock is \d+ s"), "clock is SECONDS"),
    (re.compile(r"Bridge \S+ Python \S+ gunicorn \S+"), "VERSIONS"),
)


def told(found: tuple[Diagnosis, ...]) -> list[str]:
    """The lines for people, without what differs from run to run."""
    lines = "\n".join(report_lines(found))
    lines = re.sub(r"\x1b\[\d*m", "", lines)
    for pattern, replacement in CHANGING:
        lines = pattern.sub(replacement, lines)
    return lines.split("\n")


def news(lines: list[str], *, good: list[str]) -> list[str]:
    """The lines that the good set-up does not have."""
    return [line for line in lines if line not in good]
