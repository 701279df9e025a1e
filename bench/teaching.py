"""Leads a bridge through its flows against the sandbox, so that the remotes learn what they have to answer."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import requests

from bench.sites import BenchError, Bridge, Remotes
from sandbox.bridge_settings import commercetools_environment, monext_environment
from sandbox.commercetools.seed import cart_id as seed_cart
from sandbox.commercetools.settings import BACK_OFFICE
from sandbox.runner import Sandbox
from sandbox.shop.carts import copy_cart
from sandbox.shop.project import Project
from sandbox.shop.settings import ShopSettings

TRACKS: Mapping[str, tuple[str, ...]] = {
    "reload": ("start", "reload", "reload"),
    "return": ("start", "pay", "return", "refund"),
    "notification": ("start", "pay", "notification", "again", "again"),
}
"""What becomes of a cart, in three ways: each is taught once."""

_ATTEMPTS = 6
_SECRET = "a-key-of-the-bench-and-of-nobody-else"  # noqa: S105 signs nothing but what the bench makes


@dataclass(slots=True)
class Lesson:
    """One flow against the sandbox, as far as it has come."""

    cart: str
    token: str = ""
    reference: str = ""
    payment: str = ""


class Teacher:
    """The sandbox, and whoever buys and pays there while the remotes learn."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self._http = requests.Session()
        self._http.trust_env = False
        self._project = Project(
            ShopSettings(commercetools_url=sandbox.commercetools_url, monext_url=sandbox.monext_url)
        )
        self.operator_token = self._operator_token()

    def close(self) -> None:
        self._http.close()

    def teach(self, bridge: Bridge, remotes: Remotes) -> dict[str, Any]:
        """Has the bridge play each track, and the remotes answer by themselves from then on.

        Gives what the load has to know of the flows. BenchError where the bridge does not play along, or ids of
        several recordings cannot be told apart, after some attempts.
        """
        self._warm_up(bridge)
        for attempt in range(1, _ATTEMPTS + 1):
            remotes.order("forget")
            ids = [self._play(track, bridge, remotes) for track in TRACKS]
            for track in TRACKS:
                self._play(track, bridge, remotes, witness=True)
            try:
                taught = remotes.order("replay", ids=ids)
                self._prove(bridge, remotes, prefixes=taught["prefixes"])
            except BenchError:
                if attempt == _ATTEMPTS:
                    raise
            else:
                return {"tracks": list(TRACKS), "token": self.operator_token, **taught}
        raise AssertionError("unreachable")

    def cart(self) -> str:
        """Makes a new cart of the shop, for a guest, with one line."""
        found = self._project.get(f"carts/{seed_cart('guest')}", expand="paymentInfo.payments[*]")
        return copy_cart(self._project, found, commercetools_url=self.sandbox.commercetools_url)

    def _warm_up(self, bridge: Bridge) -> None:
        """Fills the caches of each worker before it is recorded; a few more carts than workers."""
        for _ in range(6):
            self.step("start", Lesson(self.cart()), bridge)

    def _play(self, track: str, bridge: Bridge, remotes: Remotes, *, witness: bool = False) -> dict[str, str]:
        """Plays one flow against the sandbox; gives the ids of its cart and, where it is refunded, its payment."""
        lesson = Lesson(self.cart())
        remotes.order("record", track=track, cart=lesson.cart, witness=witness)
        for step in TRACKS[track]:
            if step == "pay":
                self._pay(lesson)
                remotes.order("event")
                continue
            if step == "refund":
                lesson.payment = self._payment_of(lesson.cart)
            self.step(step, lesson, bridge)
        return {"cart": lesson.cart, **({"payment": lesson.payment} if lesson.payment else {})}

    def _prove(self, bridge: Bridge, remotes: Remotes, *, prefixes: Sequence[Mapping[str, str]]) -> None:
        """Plays each track once more, with the remotes alone, and has them compared with the sandbox.

        BenchError with the first differences, where there are any.
        """
        for number, (track, prefix) in enumerate(zip(TRACKS, prefixes, strict=True)):
            lesson = Lesson(prefix["cart"] + f"{number:06d}")
            lesson.payment = prefix.get("payment", "") + f"{number:06d}"
            for step in TRACKS[track]:
                if step == "pay":
                    remotes.order("event", numbers=[number])
                else:
                    self.step(step, lesson, bridge)
        proved = remotes.order("prove")
        if proved["differences"]:
            raise BenchError(
                "the remotes do not answer as the sandbox:\n" + "\n".join(proved["differences"][:6])
            )

    def step(self, step: str, lesson: Lesson, bridge: Bridge) -> None:
        """Sends one request of a flow as its buyer, Monext or the back office would; BenchError where it fails."""
        method, path, options = self._request(step, lesson)
        answer = self._http.request(
            method, f"{bridge.url}{path}", allow_redirects=False, timeout=60, **options
        )
        if answer.status_code not in (200, 303):
            raise BenchError(
                f"{bridge.checkout}: {step} was answered with {answer.status_code}: {answer.text[:400]}"
            )
        if step == "start":
            lesson.token = _found(r'data-token="([^"]+)"', answer.text)
            lesson.reference = _found(r'href="[^"]*/cancel/([^"?]+)', answer.text)

    def _request(self, step: str, lesson: Lesson) -> tuple[str, str, dict[str, Any]]:
        query = f"notificationType=WEBTRS&token={lesson.token}"
        if step == "refund":
            action = {"action": "refundPayment", "amount": {"centAmount": 100, "currencyCode": "EUR"}}
            options = {
                "json": {"actions": [action]},
                "headers": {"Authorization": f"Bearer {self.operator_token}"},
            }
            return "POST", f"/operations/payment-intents/{lesson.payment}", options
        paths = {
            "start": f"/checkout/{lesson.cart}",
            "reload": f"/checkout/{lesson.cart}",
            "return": f"/return/{lesson.reference}?paylinetoken={lesson.token}",
            "notification": f"/notification/{lesson.reference}?{query}",
            "again": f"/notification/{lesson.reference}?{query}",
        }
        return "GET", paths[step], {}

    def _pay(self, lesson: Lesson) -> None:
        url = f"{self.sandbox.monext_url}/_control/sessions/{lesson.token}/pay"
        self._http.post(url, json={"outcome": "accepted", "notify": False}, timeout=60).raise_for_status()

    def _payment_of(self, cart_id: str) -> str:
        cart = self._project.get(f"carts/{cart_id}")
        return str(cart["paymentInfo"]["payments"][0]["id"])

    def _operator_token(self) -> str:
        answer = self._http.post(
            f"{self.sandbox.commercetools_url}/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=(BACK_OFFICE.id, BACK_OFFICE.secret),
            timeout=60,
        )
        answer.raise_for_status()
        return str(answer.json()["access_token"])


def bridge_environment(remotes: Remotes, *, port: int, workers: int) -> dict[str, str]:
    """The variables of a bridge under load. One proxy is before it, which names the buyers' addresses."""
    return {
        **commercetools_environment(remotes.commercetools_url),
        **monext_environment(remotes.monext_url),
        "RETURN_URL": "https://shop.example.com/thanks",
        "CANCEL_URL": "https://shop.example.com/cart",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SECRET_KEY": base64.b64encode(_SECRET.encode()).decode(),
        "CHECKOUT_ACCESS": "open",
        "CURRENCIES": "EUR",
        "TRUSTED_PROXIES": "1",
        "RECONCILE_IN_WEB": "off",
        "PORT": str(port),
        "WEB_CONCURRENCY": str(workers),
        "LOG_LEVEL": "INFO",
    }


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise BenchError(f"no {pattern} in what the bridge answered: {json.dumps(text[:200])}")
    return found[1]
