"""Who spends a budget: told apart, and named without telling who it is."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from flask import Flask
from pydantic import SecretStr

from monext_bridge.web.access.rate_limit_keys import Spenders, network
from monext_bridge.web.access.rate_limits import Spender

APP = Flask("spenders")
APP.add_url_rule("/checkout/<cart_id>", "checkout")
APP.add_url_rule("/result/<ref>", "result")
SENT: dict[Spender, dict[str, Any]] = {
    Spender.ADDRESS: {"path": "/", "environ_base": {"REMOTE_ADDR": "203.0.113.7"}},
    Spender.CART: {"path": "/checkout/one"},
    Spender.REFERENCE: {"path": "/result/one"},
    Spender.SESSION: {"path": "/", "headers": {"X-Session-Id": "one"}},
}
OTHERS: dict[Spender, dict[str, Any]] = {
    Spender.ADDRESS: {"path": "/", "environ_base": {"REMOTE_ADDR": "203.0.113.8"}},
    Spender.CART: {"path": "/checkout/two"},
    Spender.REFERENCE: {"path": "/result/two"},
    Spender.SESSION: {"path": "/", "headers": {"X-Session-Id": "two"}},
}


def name(spender: Spender, *, secret: str = "a-secret", **sent: Any) -> str | None:
    with APP.test_request_context(**sent):
        return Spenders(SecretStr(secret)).name(spender)


@pytest.mark.parametrize("spender", Spender)
def test_the_same_has_the_same_name_and_another_has_another(spender: Spender) -> None:
    first, again, other = (name(spender, **sent) for sent in (SENT[spender], SENT[spender], OTHERS[spender]))
    assert first == again != other


@pytest.mark.parametrize("spender", Spender)
def test_a_name_can_be_computed_with_the_secret_only(spender: Spender) -> None:
    found = name(spender, **SENT[spender])
    assert found
    assert found != name(spender, secret="another-secret", **SENT[spender])
    assert found not in hashlib.sha256(b"203.0.113.7").hexdigest()
    assert set(found) <= set("0123456789abcdef")


@pytest.mark.parametrize("spender", Spender)
def test_what_is_not_there_has_no_name(spender: Spender) -> None:
    assert name(spender, path="/", environ_base={"REMOTE_ADDR": ""}) is None


def test_a_cart_and_a_reference_of_the_same_text_are_two() -> None:
    assert name(Spender.CART, path="/checkout/one") != name(Spender.REFERENCE, path="/result/one")


@pytest.mark.parametrize("text", ["\udcff", "é" * 5000, "%00"])
def test_any_text_has_a_name(text: str) -> None:
    assert name(Spender.ADDRESS, path="/", environ_base={"REMOTE_ADDR": text})


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
