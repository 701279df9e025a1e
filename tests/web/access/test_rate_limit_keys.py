"""Who spends a budget: told apart, and named without telling who it is."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from flask import Flask
from pydantic import SecretStr

from monext_bridge.web.access.rate_limit_keys import RateLimitKeys, network
from monext_bridge.web.endpoints import RateLimitKey

APP = Flask("spenders")
APP.add_url_rule("/checkout/<cart_id>", "checkout")
APP.add_url_rule("/result/<ref>", "result")
SENT: dict[RateLimitKey, dict[str, Any]] = {
    RateLimitKey.ADDRESS: {"path": "/", "environ_base": {"REMOTE_ADDR": "203.0.113.7"}},
    RateLimitKey.CART: {"path": "/checkout/one"},
    RateLimitKey.REFERENCE: {"path": "/result/one"},
    RateLimitKey.SESSION: {"path": "/", "headers": {"X-Session-Id": "one"}},
}
OTHERS: dict[RateLimitKey, dict[str, Any]] = {
    RateLimitKey.ADDRESS: {"path": "/", "environ_base": {"REMOTE_ADDR": "203.0.113.8"}},
    RateLimitKey.CART: {"path": "/checkout/two"},
    RateLimitKey.REFERENCE: {"path": "/result/two"},
    RateLimitKey.SESSION: {"path": "/", "headers": {"X-Session-Id": "two"}},
}


def name(key: RateLimitKey, *, secret: str = "a-secret", **sent: Any) -> str | None:
    with APP.test_request_context(**sent):
        return RateLimitKeys(SecretStr(secret)).name(key)


@pytest.mark.parametrize("key", RateLimitKey)
def test_the_same_has_the_same_name_and_another_has_another(key: RateLimitKey) -> None:
    first, again, other = (name(key, **sent) for sent in (SENT[key], SENT[key], OTHERS[key]))
    assert first == again != other


@pytest.mark.parametrize("key", RateLimitKey)
def test_a_name_can_be_computed_with_the_secret_only(key: RateLimitKey) -> None:
    found = name(key, **SENT[key])
    assert found
    assert found != name(key, secret="another-secret", **SENT[key])
    assert found not in hashlib.sha256(b"203.0.113.7").hexdigest()
    assert set(found) <= set("0123456789abcdef")


@pytest.mark.parametrize("key", RateLimitKey)
def test_what_is_not_there_has_no_name(key: RateLimitKey) -> None:
    assert name(key, path="/", environ_base={"REMOTE_ADDR": ""}) is None


def test_a_cart_and_a_reference_of_the_same_text_are_two() -> None:
    assert name(RateLimitKey.CART, path="/checkout/one") != name(RateLimitKey.REFERENCE, path="/result/one")


@pytest.mark.parametrize("text", ["\udcff", "é" * 5000, "%00"])
def test_any_text_has_a_name(text: str) -> None:
    assert name(RateLimitKey.ADDRESS, path="/", environ_base={"REMOTE_ADDR": text})


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:51234", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("[::ffff:203.0.113.7]:51234", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::9", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]:51234", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unknown"),
        ("_hidden", "_hidden"),
        ("999.1.1.1:80", "999.1.1.1:80"),
        ("", ""),
    ],
)
def test_an_address_counts_with_all_that_one_customer_has(address: str, counted_as: str) -> None:
    assert network(address) == counted_as
