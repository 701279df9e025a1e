"""Controls the sandbox for a test: makes carts, plays the bank, reads what both remotes hold, and adds faults."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from typing import Any

import requests

from sandbox.commercetools.seed import cart_id as seed_cart_id
from sandbox.faults import OBSERVER, Faults
from sandbox.runner import Sandbox
from sandbox.shop.carts import copy_cart
from sandbox.shop.project import Project
from sandbox.shop.settings import ShopSettings

Json = dict[str, Any]

IDS = re.compile(r"(?<=[/=])(?:[0-9a-f]{8}-[0-9a-f-]{27,}|M[A-Z2-7]{12}|[0-9A-Za-z]{20,}|[0-9]{10,})(?=/|$)")
"""Finds ids of commercetools, order numbers, session tokens and transaction ids in a path."""


class World:
    """One sandbox, under a test's control. Each `cart` is a new one, so that tests do not disturb each other."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.project = Project(
            ShopSettings(commercetools_url=sandbox.commercetools_url, monext_url=sandbox.monext_url)
        )
        self._http = requests.Session()
        self._http.trust_env = False

    # carts

    def cart(self, situation: str = "guest", **changes: Any) -> str:
        """Make a new Active cart with the contents of a seed cart, and give its id. `changes` replace members."""
        return copy_cart(
            self.project, self._seed(situation) | changes, commercetools_url=self.sandbox.commercetools_url
        )

    def cart_with(self, obstacle: str) -> str:
        """Make a cart that says itself that no order can be made of it."""
        found = self._seed("guest")
        code = {
            "discountCode": {"typeId": "discount-code", "id": found["id"]},
            "state": "MaxApplicationReached",
        }
        lines = [line | {"shippingDetails": {"targets": [], "valid": False}} for line in found["lineItems"]]
        said: dict[str, Json] = {
            "discount_code": {"discountCodes": [code]},
            "shipping_method": {
                "shippingInfo": found["shippingInfo"] | {"shippingMethodState": "DoesNotMatchCart"}
            },
            "shipping_details": {"lineItems": lines},
            "no_shipping_address": {"shippingAddress": None, "shippingInfo": None},
        }
        return self.cart(**said[obstacle])

    def cart_with_pictures(self, *urls: str) -> str:
        """Make a cart of two lines, each with one of the addresses as its variant's picture, like commercetools."""
        lines = [
            line
            | {"variant": line["variant"] | {"images": [{"url": url, "dimensions": {"w": 600, "h": 400}}]}}
            for line, url in zip(self._seed("discounted")["lineItems"], urls, strict=True)
        ]
        return self.cart("discounted", lineItems=lines)

    def change(self, cart_id: str, **action: Any) -> Json:
        """Update a cart by one action, as the shop does."""
        version = self.project.get(f"carts/{cart_id}")["version"]
        return self.project.update(f"carts/{cart_id}", version=version, action=action)

    def add_one_item(self, cart_id: str) -> Json:
        """Put one more of the first line item into the cart, as the buyer does."""
        line = self.project.get(f"carts/{cart_id}")["lineItems"][0]
        return self.change(
            cart_id, action="changeLineItemQuantity", lineItemId=line["id"], quantity=line["quantity"] + 1
        )

    def refuse_orders(self, cart_id: str, code: str | None) -> None:
        """Let commercetools refuse orders of this cart with the error code; None ends that."""
        self._post(self.sandbox.commercetools_url, f"carts/{cart_id}/trouble", {"code": code})

    def edit_order(self, order_id: str, *, total: int) -> None:
        """Let an order edit make the order cost that from now on, in minor units."""
        self._staff(f"orders/{order_id}/edit", {"total": total})

    def cancel_order(self, order_id: str) -> None:
        self._staff(f"orders/{order_id}/state", {"orderState": "Cancelled"})

    def charge_back(self, payment_id: str) -> None:
        """Let finance write that a bank took all of the charge back."""
        self._staff(f"payments/{payment_id}/chargeback", {})

    def take_off_cart(self, cart_id: str, payment_id: str) -> None:
        """Let the buyer take a payment off the cart."""
        self._staff(f"carts/{cart_id}/payments/remove", {"payment": payment_id})

    def hold_by_another_interface(self, cart_id: str, *, amount: int, currency: str) -> None:
        """Put a payment of another interface on the cart, charged already."""
        held = {"paymentInterface": "points", "centAmount": amount, "currencyCode": currency}
        self._staff(f"carts/{cart_id}/payments", held)

    def _staff(self, path: str, body: Json) -> None:
        self._post(self.sandbox.commercetools_url, path, body)

    def session(self, cart_id: str, **members: Any) -> str:
        """Open a commercetools checkout session of the cart, and give its id."""
        body = {"cartId": cart_id, **members}
        return str(self._post(self.sandbox.commercetools_url, "sessions", body)["id"])

    def back_office_token(self) -> str:
        """Fetch an access token for the seed's API client that may order captures, cancels and refunds."""
        answer = self._http.post(
            f"{self.sandbox.commercetools_url}/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=("back-office", "back-office-secret"),
            headers={OBSERVER: "test"},
            timeout=60,
        )
        return str(answer.json()["access_token"])

    def merchant_center_token(self) -> str:
        """Make a token of the Merchant Center for the seed's project."""
        return str(
            self._post(self.sandbox.commercetools_url, "jwt", {"claims": {}, "expiresIn": 300})["token"]
        )

    # what commercetools holds

    def payments(self, cart_id: str) -> list[Json]:
        """The payments on a cart that run under our interface, in the order in which they were added."""
        cart = self.project.get(f"carts/{cart_id}", expand="paymentInfo.payments[*]")
        references = cart.get("paymentInfo", {}).get("payments", [])
        found = [reference["obj"] for reference in references]
        return [p for p in found if p["paymentMethodInfo"].get("paymentInterface") == "monext"]

    def payment(self, cart_id: str) -> Json:
        """The only payment of a cart."""
        (payment,) = self.payments(cart_id)
        return payment

    def orders(self, cart_id: str) -> list[Json]:
        """All orders that were made from a cart."""
        page = self.project.get("orders", where=f'cart(id="{cart_id}")', sort="createdAt asc", limit=500)
        return list(page["results"])

    def transactions(self, cart_id: str) -> list[tuple[str, str, int]]:
        """Type, state and amount of all transactions of a cart's payments."""
        return [
            (t["type"], t["state"], t["amount"]["centAmount"])
            for payment in self.payments(cart_id)
            for t in payment["transactions"]
        ]

    # what Monext holds

    def pay(self, token: str, **how: Any) -> Json:
        """Pay a session as the buyer at Monext: `outcome`, `method`, `amount`, `type`, `code`, `notify`."""
        return self._post(self.sandbox.monext_url, f"sessions/{token}/pay", {"notify": False, **how})

    def resolve(self, token: str, outcome: str) -> Json:
        """End a pending payment, as the partner's late answer does."""
        body = {"outcome": outcome, "notify": False}
        return self._post(self.sandbox.monext_url, f"sessions/{token}/resolve", body)

    def script_operation(self, **how: Any) -> None:
        """Decide how the next capture, cancel or refund ends.

        `says` is the return code of an answer that does not tell what became of the operation.
        """
        self._post(self.sandbox.monext_url, "acts", how)

    def odd_answers(self, **switches: str | bool | int) -> None:
        """Decide what Monext's answers and notifications say from now on, by the sandbox's switches."""
        self._post(self.sandbox.monext_url, "settings", switches)

    def differences(self, **switches: str | bool | int) -> None:
        """Decide where the commercetools project is otherwise, by the sandbox's switches."""
        self._post(self.sandbox.commercetools_url, "differences", switches)

    def orders_without_address(self, allowed: str) -> None:
        """Decide which carts are ordered without a shipping address: `never`, `digital` or `always`."""
        self._post(self.sandbox.commercetools_url, "orders/without-address", {"allowed": allowed})

    def send_notifications(self) -> None:
        """Let Monext send all that waits, and be answered."""
        self._post(self.sandbox.monext_url, "notifications/flush", {"all": True})

    def notifications(self) -> list[Json]:
        """What Monext has told or is about to tell, oldest first."""
        answer = self._http.get(f"{self.sandbox.monext_url}/_control/notifications", timeout=60)
        return list(answer.json()["notifications"])

    def operate_at_monext(self, transaction_id: str, kind: str, *, amount: int) -> None:
        """Capture, cancel or refund as the merchant's staff does in Monext's own back office."""
        self._post(self.sandbox.monext_url, f"transactions/{transaction_id}/{kind}", {"amount": amount})

    def resolve_operation(self, transaction_id: str, outcome: str) -> None:
        """End an operation that Monext answered with 202: `accepted` or `refused`."""
        self._post(self.sandbox.monext_url, f"transactions/{transaction_id}/resolve", {"outcome": outcome})

    def send_daily_batch(self) -> None:
        """Send the daily batch to the bank: what was captured can no longer be cancelled."""
        self._post(self.sandbox.monext_url, "remit", {})

    def monext(self, **only: str) -> Json:
        """Monext's sessions and transactions; `token` names one session."""
        answer = self._http.get(f"{self.sandbox.monext_url}/_control/dump", params=only, timeout=60)
        return dict(answer.json())

    def ledger(self, token: str) -> list[tuple[str, int, str | None]]:
        """The type, amount and status of all transactions of a session, operations included."""
        rows = self.monext(token=token)["transactions"]
        return [(t["type"], t["amount"], t.get("status")) for t in rows]

    def session_request(self, token: str) -> Json:
        """The request that opened a session."""
        return dict(self.monext(token=token)["sessions"][token]["request"])

    def advance_monext_clock(self, seconds: float) -> None:
        """Advance Monext's clock by so many seconds. The bridge's clock stays as it is."""
        self._post(self.sandbox.monext_url, "clock", {"advance": seconds})

    # what goes wrong, and what was called

    def fault(self, remote: str, **rule: Any) -> None:
        """Add a fault rule at a remote (`action`, `method`, `path`, `times`, `skip`, ...)."""
        self._post(self._url(remote), "faults", rule)

    def calls(self, remote: str) -> list[Json]:
        """The bridge's calls since the journal was cleared, oldest first."""
        calls = [call.as_json() for call in self._faults[remote].journal.calls()]
        return [call for call in calls if not call["path"].startswith("/_control")]

    def forget_calls(self) -> None:
        for faults in self._faults.values():
            faults.journal.clear()

    def reset(self) -> None:
        """Remove all faults, scripted operations and odd answers, and empty the journals."""
        for orders in ("acts", "settings"):
            self._http.delete(f"{self.sandbox.monext_url}/_control/{orders}", timeout=60)
        self._http.delete(f"{self.sandbox.commercetools_url}/_control/differences", timeout=60)
        for faults in self._faults.values():
            faults.reset()

    def _seed(self, situation: str) -> Json:
        return self.project.get(f"carts/{seed_cart_id(situation)}", expand="paymentInfo.payments[*]")

    @property
    def _faults(self) -> dict[str, Faults]:
        return {"commercetools": self.sandbox.commercetools_faults, "monext": self.sandbox.monext_faults}

    def _url(self, remote: str) -> str:
        urls = {"commercetools": self.sandbox.commercetools_url, "monext": self.sandbox.monext_url}
        return urls[remote]

    def _post(self, url: str, path: str, body: Json) -> Json:
        answer = self._http.post(f"{url}/_control/{path}", json=body, timeout=60)
        if not answer.ok:
            raise AssertionError(f"{path}: {answer.status_code} {answer.text[:300]}")
        return dict(answer.json()) if answer.text.strip().startswith("{") else {}


def wait_for(met: Callable[[], bool], *, seconds: float = 60.0, every: float = 0.01) -> None:
    """Wait until the condition holds; fails the test after `seconds`: what hangs is looked for, not what is slow."""
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, "what was waited for did not come"
        time.sleep(every)


def call_shapes(calls: Iterable[Json]) -> list[str]:
    """Give each call as `METHOD /path`, with `*` in the place of ids, so that calls can be counted."""
    return [f"{call['method']} {IDS.sub('*', call['path'])}" for call in calls]
