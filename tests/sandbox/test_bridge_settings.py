import base64
import json
from urllib.parse import urlsplit

import pytest
import requests

from sandbox.bridge_settings import bridge_environment, looks_environment
from sandbox.monext.settings import DEFAULT_MERCHANTS
from sandbox.runner import Sandbox

BY_STORE = (
    "MONEXT_API_KEY",
    "MONEXT_POINT_OF_SALE_REF",
    "MONEXT_CAPTURE_TYPE",
    "MONEXT_PAYMENT_METHOD_IDS",
)


@pytest.fixture(scope="module")
def environment() -> dict[str, str]:
    with Sandbox(bridge_url="http://localhost:8000") as sandbox:
        return bridge_environment(sandbox, port=8000, access="open", link_secret="link-secret")


@pytest.mark.parametrize("name", BY_STORE)
def test_a_setting_by_store_names_both_stores(environment: dict[str, str], name: str) -> None:
    assert set(json.loads(environment[name])) == {"fr-store", "de-store"}


@pytest.mark.parametrize(("store", "place"), [("fr-store", 0), ("de-store", 1)])
def test_each_store_has_the_key_of_its_own_merchant(
    environment: dict[str, str], store: str, place: int
) -> None:
    merchant = DEFAULT_MERCHANTS[place]
    key = json.loads(environment["MONEXT_API_KEY"])[store]
    assert base64.b64decode(key).decode() == f"{merchant.id}:{merchant.access_key}"


@pytest.mark.parametrize(("store", "place"), [("fr-store", 0), ("de-store", 1)])
def test_each_store_has_the_contracts_of_its_own_point_of_sale(
    environment: dict[str, str], store: str, place: int
) -> None:
    point = DEFAULT_MERCHANTS[place].points_of_sale[0]
    methods = json.loads(environment["MONEXT_PAYMENT_METHOD_IDS"])[store]
    assert sorted(methods.values()) == sorted(contract.id for contract in point.contracts)
    assert methods["MB_WAY"] == next(c.id for c in point.contracts if c.code == "MBWAY")


def test_the_callers_environment_stays_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere")
    with Sandbox() as sandbox:
        environment = bridge_environment(sandbox, port=8000, access="open", link_secret="link-secret")
    assert "REDIS_URL" not in environment


def test_secrets_are_new_each_time() -> None:
    with Sandbox() as sandbox:
        first, second = (
            bridge_environment(sandbox, port=8000, access="open", link_secret="link-secret")["SECRET_KEY"]
            for _ in range(2)
        )
    assert first != second


def test_the_bridge_shows_the_pictures_that_the_seed_names() -> None:
    with Sandbox(bridge_url="http://localhost:8000", host="localhost") as sandbox:
        dump = requests.get(f"{sandbox.commercetools_url}/_control/dump", timeout=60).json()
        hosts = looks_environment(sandbox)["IMAGE_HOSTS"]
    lines = [line for cart in dump["cart"] for line in cart["lineItems"]]
    assert {urlsplit(image["url"]).netloc for line in lines for image in line["variant"]["images"]} == {hosts}
