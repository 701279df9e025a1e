"""Calls the push endpoint of a bridge that takes keys and certificates from a dictionary, not from the internet."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Flask

from monext_bridge.gateways.keys.clouds import GOOGLE_KEYS, PushKeys
from monext_bridge.runtime import utc_now
from monext_bridge.services.access.push_signatures import PushSignatures
from monext_bridge.web import create_app
from monext_bridge.web.endpoints import RateLimit
from tests import push_samples as samples
from tests.bridges import Answer, InProcess, ample_limits

SECRET = "the-secret-of-the-subscription"
PATH = "/events/commercetools"
WITH_SECRET = f"{PATH}?secret={SECRET}"


class FakeInternet:
    """The pages that the bridge can fetch, by URL, and the URLs that it did fetch."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes] = {
            samples.CERTIFICATE_URL: samples.certificate(),
            samples.SUBSCRIBE_URL: b"<ConfirmSubscriptionResponse/>",
            GOOGLE_KEYS: samples.google_keys(),
        }
        self.fetched: list[str] = []

    def __call__(self, url: str) -> bytes | None:
        self.fetched.append(url)
        return self.pages.get(url)


class Endpoint:
    """The push endpoint of a bridge that fetches from `internet`."""

    def __init__(
        self,
        bridge: InProcess,
        internet: FakeInternet,
        *,
        limits: Callable[[RateLimit], RateLimit] = ample_limits,
    ) -> None:
        signatures = PushSignatures(PushKeys(fetch=internet), utc_now)
        services = replace(bridge.services, push_signatures=signatures)
        self._app: Flask = create_app(bridge.settings, services=services, limits=limits)
        self.internet = internet

    def push(self, body: object = None, *, path: str = WITH_SECRET, **options: Any) -> Answer:
        content = body if isinstance(body, bytes) else json.dumps(body)
        return self.call("POST", path, data=content, **options)

    def call(self, method: str, path: str, **options: Any) -> Answer:
        response = self._app.test_client().open(path, method=method, **options)
        return Answer(response.status_code, dict(response.headers), response.get_data(as_text=True))


def bearer(token: str) -> dict[str, Any]:
    return {"headers": {"Authorization": f"Bearer {token}"}}
