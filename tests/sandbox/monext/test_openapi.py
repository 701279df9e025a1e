"""The sandbox's answers against Monext's own OpenAPI description, where MONEXT_OPENAPI names its file."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from jsonschema.validators import Draft4Validator
from referencing import Registry
from referencing.jsonschema import DRAFT4

from tests.sandbox.monext.merchant import Merchant, session_body

FILE = os.environ.get("MONEXT_OPENAPI", "")
pytestmark = pytest.mark.skipif(not FILE, reason="MONEXT_OPENAPI does not name Monext's OpenAPI description")

ITEM = {"reference": "LCO-034", "price": 2499, "quantity": 1, "taxRate": 2000, "comment": "Chair"}
ADDRESS = {
    "firstName": "Jean",
    "lastName": "Dupont",
    "street": "Rue de Rome",
    "city": "Paris",
    "country": "FR",
}
FULL = {
    "order": {"items": [ITEM], "date": "2026-03-02T12:00:00Z", "taxes": 417, "discount": 0},
    "buyer": {"id": "c-1", "email": "jean.dupont@example.com", "billingAddress": ADDRESS},
    "delivery": {"charge": 0, "mode": "MAIL_DELIVERY", "address": ADDRESS},
}


def told_apart(schema: Any) -> Any:
    """`oneOf` by its discriminator, as OpenAPI has it: the named schema alone decides."""
    if isinstance(schema, list):
        return [told_apart(member) for member in schema]
    if not isinstance(schema, dict):
        return schema
    known = {name: told_apart(member) for name, member in schema.items() if name != "oneOf"}
    if isinstance(known.get("pattern"), str):
        # JavaScript takes a bare hyphen after \w in a class, Python does not.
        known["pattern"] = known["pattern"].replace(r"\w-", r"\w\-")
    if "oneOf" in schema and "discriminator" in schema:
        name = schema["discriminator"]["propertyName"]
        known["anyOf"] = [
            {"allOf": [{"properties": {name: {"enum": [each["$ref"].rpartition("/")[2]]}}}, each]}
            for each in schema["oneOf"]
        ]
    return known


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    return dict(told_apart(json.loads(Path(FILE).read_text(encoding="utf-8"))))


def conforms(description: dict[str, Any], name: str, body: Any) -> list[str]:
    """What is wrong with `body` as the schema `name`."""
    registry: Registry[Any] = Registry().with_resource("urn:monext", DRAFT4.create_resource(description))
    schema = {"$ref": f"urn:monext#/components/schemas/{name}"}
    checker = Draft4Validator(schema, registry=registry, format_checker=Draft4Validator.FORMAT_CHECKER)
    return [f"{error.json_path}: {error.message}" for error in checker.iter_errors(body)]


def test_check_can_fail(description: dict[str, Any]) -> None:
    wrong = {"result": {"title": "x" * 51, "code": "1", "detail": ""}, "transactions": [{"type": "NONE"}]}
    assert len(conforms(description, "SessionDetailResponse", wrong)) == 2


def test_request_of_these_tests_conforms(description: dict[str, Any]) -> None:
    assert conforms(description, "SessionRequest", session_body(**FULL)) == []


def test_new_session_conforms(merchant: Merchant, description: dict[str, Any]) -> None:
    body = merchant.post("checkout/payments/sessions", session_body(**FULL)).get_json()
    assert conforms(description, "SessionResponse", body) == []


@pytest.mark.parametrize("outcome", ["accepted", "refused", "pending", "risk", "cancelled", "expired"])
def test_read_session_conforms(merchant: Merchant, description: dict[str, Any], outcome: str) -> None:
    merchant.control("settings", junkMembers=True)
    methods = ("CB_FR", "AMEX_FR", "APPLE_FR", "PAYPAL_FR", "IDEAL_FR", "MBWAY_FR")
    read = {method: _session_read_after(merchant, method=method, outcome=outcome) for method in methods}
    faults = {method: conforms(description, "SessionDetailResponse", body) for method, body in read.items()}
    assert {method: found for method, found in faults.items() if found} == {}


def _session_read_after(merchant: Merchant, *, method: str, outcome: str) -> Any:
    token = merchant.create(**FULL)
    merchant.client.get(f"/v2/?token={token}")
    merchant.play(token, method=method, outcome=outcome)
    return merchant.read(token)


def test_transaction_with_its_acts_conforms(merchant: Merchant, description: dict[str, Any]) -> None:
    payment = merchant.paid(**FULL)
    acts = [
        merchant.post(f"checkout/transactions/{payment}/{kind}", {"amount": 500}).get_json()
        for kind in ("captures", "refunds", "cancels")
    ]
    for body in acts:
        assert conforms(description, "TransactionActionResponse", body) == []
        act_id = body["transaction"]["id"]
        answer = merchant.get(f"checkout/transactions/{act_id}").get_json()
        assert conforms(description, "TransactionDetailResponse", answer) == []
    answer = merchant.get(f"checkout/transactions/{payment}").get_json()
    assert conforms(description, "TransactionDetailResponse", answer) == []


@pytest.mark.parametrize("change", [{"order": {"currency": "XXX"}}, {"pointOfSaleReference": "POS_XX"}])
def test_bad_request_conforms(
    merchant: Merchant, description: dict[str, Any], change: dict[str, Any]
) -> None:
    body = merchant.post("checkout/payments/sessions", session_body(**change)).get_json()
    assert conforms(description, "BadRequestResult", body) == []


@pytest.mark.parametrize(
    "path", ["checkout/payments/sessions/1unknown", "checkout/transactions/1", "checkout/x"]
)
def test_not_found_conforms(merchant: Merchant, description: dict[str, Any], path: str) -> None:
    assert conforms(description, "Result", merchant.get(path).get_json()) == []
