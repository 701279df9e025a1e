"""The calls to commercetools: https://docs.commercetools.com/api"""

import time
from threading import Lock
from typing import Any

import requests
from settings import SETTINGS

Json = dict[str, Any]

LONGEST_CALL = 10  # seconds
WITH_PAYMENTS = {"expand": "paymentInfo.payments[*]"}


class Token:
    """The access token of the shop's API client; threads that need one at the same moment ask for it once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._value, self._ends = "", 0.0

    def read(self) -> str:
        with self._lock:
            if time.monotonic() >= self._ends:
                answer = requests.post(
                    f"{SETTINGS['CTP_AUTH_URL']}/oauth/token",
                    data={"grant_type": "client_credentials"},
                    auth=(SETTINGS["CTP_CLIENT_ID"], SETTINGS["CTP_CLIENT_SECRET"]),
                    timeout=LONGEST_CALL,
                )
                answer.raise_for_status()
                fresh = answer.json()
                self._value, self._ends = fresh["access_token"], time.monotonic() + fresh["expires_in"] - 60
            return self._value


_token = Token()


def _call(
    path: str,
    *,
    base: str = SETTINGS["CTP_API_URL"],
    query: dict[str, str] | None = None,
    body: Json | None = None,
) -> Json:
    answer = requests.request(
        "POST" if body else "GET",
        f"{base}/{SETTINGS['CTP_PROJECT_KEY']}/{path}",
        params=query,
        json=body,
        headers={"Authorization": f"Bearer {_token.read()}"},
        timeout=LONGEST_CALL,
    )
    answer.raise_for_status()
    document: Json = answer.json()
    return document


def goods() -> list[Json]:
    """What is sold, each with the price that commercetools selects for this currency and country."""
    query = {"limit": "4", "priceCurrency": "EUR", "priceCountry": "FR"}
    found = _call("product-projections", query=query)["results"]
    return [product for product in found if "price" in product["masterVariant"]]


def make_cart(quantities: dict[str, int], *, address: Json) -> Json:
    """Only what is bought and where to comes from the buyer; every price is commercetools' own."""
    draft = {
        "currency": "EUR",
        "country": "FR",
        "locale": "fr-FR",
        "store": {"typeId": "store", "key": SETTINGS["STORE_KEY"]},
        "customerEmail": address["email"],
        "shippingAddress": address,
        "billingAddress": address,
        "shippingMethod": {"typeId": "shipping-method", "key": "standard"},
        "lineItems": [{"sku": sku, "quantity": quantity} for sku, quantity in quantities.items()],
    }
    return _call("carts", body=draft)


def cart_with_payments(cart_id: str) -> Json:
    """The cart as it is now."""
    return _call(f"carts/{cart_id}", query=WITH_PAYMENTS)


def order_of_cart(cart_id: str) -> Json | None:
    """The order that was made from a cart, with its payments; None where there is none."""
    query = {"where": "cart(id=:cart)", "var.cart": cart_id, "limit": "1", **WITH_PAYMENTS}
    return next(iter(_call("orders", query=query)["results"]), None)


def make_session(cart_id: str) -> str:
    """The id of a new checkout session. It opens this cart's payment and nothing else."""
    draft = {"cart": {"cartRef": {"id": cart_id}}, "metadata": {}}
    return str(_call("sessions", base=SETTINGS["CTP_SESSION_URL"], body=draft)["id"])
