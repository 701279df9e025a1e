"""Who spends a budget: told apart, and named without telling who it is."""

from __future__ import annotations

import hashlib

import pytest
from flask import Flask
from pydantic import SecretStr

from monext_bridge.web.access.rate_limit_keys import RateLimitKeys, client_network, network
from monext_bridge.web.endpoints import RateLimitKey

KEYS = RateLimitKeys(SecretStr("a-secret"))
OTHER_KEYS = RateLimitKeys(SecretStr("another-secret"))


@pytest.mark.parametrize("key", RateLimitKey)
def test_the_same_has_the_same_name_and_another_has_another(key: RateLimitKey) -> None:
    assert KEYS.name(key, "one") == KEYS.name(key, "one") != KEYS.name(key, "two")


@pytest.mark.parametrize("key", RateLimitKey)
def test_a_name_can_be_computed_with_the_secret_only(key: RateLimitKey) -> None:
    found = KEYS.name(key, "203.0.113.7")
    assert found != OTHER_KEYS.name(key, "203.0.113.7")
    assert found not in hashlib.sha256(b"203.0.113.7").hexdigest()
    assert set(found) <= set("0123456789abcdef")


def test_the_same_text_of_two_kinds_is_two() -> None:
    assert len({KEYS.name(key, "one") for key in RateLimitKey}) == len(RateLimitKey)


@pytest.mark.parametrize("text", ["", "\udcff", "é" * 5000, "%00"])
def test_any_text_has_a_name(text: str) -> None:
    assert len(KEYS.name(RateLimitKey.ADDRESS, text)) == 32


def test_a_request_without_an_address_counts_all_the_same() -> None:
    with Flask("spenders").test_request_context("/", environ_base={"REMOTE_ADDR": ""}):
        assert client_network() == ""


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:51234", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("::FFFF:cb00:7107", "203.0.113.7"),
        ("[::ffff:203.0.113.7]:51234", "203.0.113.7"),
        ("64:ff9b::203.0.113.7", "203.0.113.7"),
        ("64:ff9b::cb00:7108", "203.0.113.8"),
        ("2002:cb00:7107:1::9", "203.0.113.7"),
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
