"""Each secret is rotated as docs/security.md says, under load: no order fails, and none is paid or refunded twice."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest
import requests

from sandbox.runner import Sandbox
from tests.bridges import Gunicorn
from tests.e2e.rotating_bridges import LoadBalancer, Shop

OLD = "old-secret-4b26a1f97c3e5d80b642"
NEW = "new-secret-7d0f3a91c5e8a1f97c3e"
LINKS, EVENTS = "links-91c5e84b26a1f97c3e5d80b6", "events-0b6427d0f3a91c5e84b26a1f9"
"""The secrets that are not rotated."""

Settings = Mapping[str, str]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox of its own, since its keys are withdrawn."""
    with Sandbox() as running:
        yield running


def rotate(
    sandbox: Sandbox, folder: Path, *settings: Settings, before_last: Callable[[Shop], None]
) -> list[str]:
    """Replace bridges by such of the next settings, one after the other, while the shop sells; give their logs.

    `before_last` is what happens outside once all bridges have the settings before the last ones.
    """
    base = {"CHECKOUT_ACCESS": "signed", "SECRET_KEY": OLD, "LINK_SECRET": LINKS, "EVENTS_SECRET": EVENTS}
    bridges = [
        Gunicorn(sandbox, log=folder / f"{number}.jsonl", workers=1, **dict(base, **each))
        for number, each in enumerate(settings)
    ]
    first = {**base, **settings[0]}
    shop = Shop(sandbox, LoadBalancer(), first["LINK_SECRET"], first["EVENTS_SECRET"])
    try:
        with ThreadPoolExecutor() as starting:
            list(starting.map(Gunicorn.start, bridges))
        shop.bridges.serve(bridges[0])
        with shop.open():
            for earlier, later in pairwise(bridges):
                if later is bridges[-1]:
                    before_last(shop)
                    shop.serve(earlier)
                shop.serve(earlier, later)
                shop.serve(later)
    finally:
        for bridge in bridges:
            bridge.kill()
    return [bridge.log.read_text() for bridge in bridges]


def lists(name: str, *values: str) -> list[Settings]:
    return [{name: value} for value in values]


def test_the_key_of_references(sandbox: Sandbox, tmp_path: Path) -> None:
    settings = lists("SECRET_KEY", OLD, f"{OLD},{NEW}", f"{NEW},{OLD}", NEW)
    logs = rotate(sandbox, tmp_path, *settings, before_last=lambda _: None)
    assert "old_secret_used" not in logs[-1]


def test_the_secret_of_links(sandbox: Sandbox, tmp_path: Path) -> None:
    def sign_with_the_new_one(shop: Shop) -> None:
        shop.link_secret = NEW

    settings = lists("LINK_SECRET", OLD, f"{OLD},{NEW}", f"{NEW},{OLD}", NEW)
    logs = rotate(sandbox, tmp_path, *settings, before_last=sign_with_the_new_one)
    assert "old_secret_used" in logs[2]
    assert "old_secret_used" not in logs[-1]


def test_the_secret_of_the_subscription(sandbox: Sandbox, tmp_path: Path) -> None:
    def present_the_new_one(shop: Shop) -> None:
        shop.events_secret = NEW

    settings = lists("EVENTS_SECRET", OLD, f"{NEW},{OLD}", NEW)
    logs = rotate(sandbox, tmp_path, *settings, before_last=present_the_new_one)
    assert "old_secret_used" in logs[1]
    assert "old_secret_used" not in logs[-1]


def test_the_key_at_monext(sandbox: Sandbox, tmp_path: Path) -> None:
    keys = f"{sandbox.monext_url}/_control/keys"

    def withdraw(_: Shop) -> None:
        assert requests.delete(keys, json=key("sandbox-be-key"), timeout=10).ok

    assert requests.post(keys, json=key("newer-key"), timeout=10).ok
    old, new = (by_store(encoded(each)) for each in ("sandbox-be-key", "newer-key"))
    both = by_store(f"{encoded('newer-key')},{encoded('sandbox-be-key')}")
    settings = lists("MONEXT_API_KEY", old, both, new)
    logs = rotate(sandbox, tmp_path, *settings, before_last=withdraw)
    assert "next_key_in_use" not in "".join(logs)


def test_the_api_client_at_commercetools(sandbox: Sandbox, tmp_path: Path) -> None:
    """The old one is first here: it is deleted under the bridge, which goes on with the next."""
    clients = f"{sandbox.commercetools_url}/_control/clients"

    def delete(_: Shop) -> None:
        assert requests.delete(f"{clients}/bridge", timeout=10).ok

    newer = {"id": "newer", "secret": "newer-secret", "scopes": ["manage_project"]}
    assert requests.post(clients, json=newer, timeout=10).ok
    settings = [
        {},
        {"CTP_CLIENT_ID": "bridge,newer", "CTP_CLIENT_SECRET": "bridge-secret,newer-secret"},
        {"CTP_CLIENT_ID": "newer", "CTP_CLIENT_SECRET": "newer-secret"},
    ]
    logs = rotate(sandbox, tmp_path, *settings, before_last=delete)
    assert "next_key_in_use" in logs[1]
    assert "next_key_in_use" not in logs[-1]


def key(access_key: str) -> dict[str, str]:
    return {"merchant": "sandbox-be", "accessKey": access_key}


def encoded(access_key: str) -> str:
    return base64.b64encode(f"sandbox-be:{access_key}".encode()).decode()


def by_store(german: str) -> str:
    french = base64.b64encode(b"sandbox:sandbox-key").decode()
    return json.dumps({"fr-store": french, "de-store": german})
