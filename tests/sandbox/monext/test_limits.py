"""Requests against the table of limits: what it allows passes, one step beyond is refused by name."""

import re
from typing import Any

import pytest

from sandbox.monext.limits import ACTION_FIELDS, CAPTURE_FIELDS, SESSION_FIELDS, Field
from sandbox.monext.validation import faults_of
from tests.sandbox.monext.merchant import Merchant, session_body

TABLE = [*SESSION_FIELDS, *CAPTURE_FIELDS]
INTEGERS = [field for field in TABLE if field.kind == "integer"]


def body_with(field: Field, value: Any) -> dict[str, Any]:
    """A body in which only this field is set, with the objects and lists around it."""
    steps = field.name.split(".")
    for step in reversed(steps):
        key, many = step.removesuffix("[]"), step.endswith("[]")
        value = {key: [value] if many else value}
    return dict(value)


def names_of(body: dict[str, Any], field: Field) -> list[str]:
    return [fault.name for fault in faults_of(body, fields=[field])]


def plain(name: str) -> str:
    return re.sub(r"\[\d*\]", "", name)


def test_value_of_another_type_is_refused() -> None:
    refused = [(f, names_of(body_with(f, "12" if f.kind == "integer" else 12.5), f)) for f in TABLE]
    assert [f.name for f, names in refused if [plain(name) for name in names] != [plain(f.name)]] == []


def test_text_one_character_too_long_is_refused() -> None:
    bounded = [(f, f.max_length) for f in TABLE if f.max_length is not None and f.enum is None]
    without_patterns = [(Field(f.name, max_length=longest), longest) for f, longest in bounded]
    assert [f.name for f, longest in without_patterns if names_of(body_with(f, "x" * longest), f)] == []
    beyond = [(f, names_of(body_with(f, "x" * (longest + 1)), f)) for f, longest in bounded]
    assert [f.name for f, names in beyond if len(names) != 1] == []


def test_value_outside_its_list_is_refused() -> None:
    listed = [(field, field.enum) for field in TABLE if field.enum]
    assert [f.name for f, values in listed if names_of(body_with(f, min(values)), f)] == []
    assert [f.name for f, _ in listed if len(names_of(body_with(f, "NOT_IN_THE_LIST"), f)) != 1] == []


@pytest.mark.parametrize(("bound", "step"), [("minimum", -1), ("maximum", 1)])
def test_number_beyond_its_bounds_is_refused(bound: str, step: int) -> None:
    bounded = [(field, getattr(field, bound)) for field in INTEGERS if getattr(field, bound) is not None]
    assert [f.name for f, last in bounded if names_of(body_with(f, last), f)] == []
    assert [f.name for f, last in bounded if len(names_of(body_with(f, last + step), f)) != 1] == []


@pytest.mark.parametrize("value", [1.0, True])
def test_fraction_and_truth_value_are_not_integers(value: object) -> None:
    assert [field.name for field in INTEGERS if len(names_of(body_with(field, value), field)) != 1] == []


def test_missing_required_field_is_refused_where_its_object_is_there() -> None:
    required = [field for field in SESSION_FIELDS if field.required]
    assert [field.name for field in required if len(names_of(body_with(field, None), field)) != 1] == []


@pytest.mark.parametrize(
    "email",
    ["a@example.com", "jean@shop.photography", "jean@example", "jean dupont@example.com", "jean@é.fr"],
)
def test_email_that_the_published_pattern_refuses(email: str) -> None:
    faults = faults_of(session_body(buyer={"email": email}), fields=SESSION_FIELDS)
    assert [fault.name for fault in faults] == ["buyer.email"]


def test_ordinary_email_passes() -> None:
    body = session_body(buyer={"email": "jean.dupont@example.com"})
    assert faults_of(body, fields=SESSION_FIELDS) == []


@pytest.mark.parametrize("reference", ["A", "-POS", "POS FR", "x" * 51])
def test_point_of_sale_reference_out_of_form_is_refused(reference: str) -> None:
    faults = faults_of(session_body(pointOfSaleReference=reference), fields=SESSION_FIELDS)
    assert [fault.name for fault in faults] == ["pointOfSaleReference"]


def test_order_reference_with_a_slash_is_refused() -> None:
    faults = faults_of(session_body(order={"reference": "a/b"}), fields=SESSION_FIELDS)
    assert [fault.name for fault in faults] == ["order.reference"]


@pytest.mark.parametrize("moment", ["2026-03-02", "2026-13-02T10:00:00Z", "2026-03-02T10:00:00", "yesterday"])
def test_date_without_time_or_zone_is_refused(moment: str) -> None:
    faults = faults_of(session_body(order={"date": moment}), fields=SESSION_FIELDS)
    assert [fault.name for fault in faults] == ["order.date"]


def test_comment_with_markup_is_refused() -> None:
    assert [fault.name for fault in faults_of({"amount": 1, "comment": "<b>"}, fields=ACTION_FIELDS)] == [
        "comment"
    ]


def test_fault_names_the_item_by_its_place(merchant: Merchant) -> None:
    items = [{"reference": "ok", "price": 1}, {"reference": "x" * 51, "price": 1}]
    answer = merchant.post("checkout/payments/sessions", session_body(order={"items": items}))
    body = answer.get_json()
    assert (answer.status_code, body["title"], body["code"]) == (400, "ERROR", "02305")
    assert body["invalidParams"] == [
        {
            "name": "order.items[1].reference",
            "reason": "size must be between 0 and 50",
            "codes": ["{form.group.error}"],
            "arguments": ["50"],
        }
    ]


def test_member_that_nobody_documented_is_ignored(merchant: Merchant) -> None:
    assert merchant.create(somethingElse={"a": 1})


def test_body_that_is_not_an_object_is_refused(merchant: Merchant) -> None:
    answer = merchant.post("checkout/payments/sessions", [1, 2])
    assert (answer.status_code, answer.get_json()["code"]) == (400, "02305")


def test_other_content_type_is_refused(merchant: Merchant) -> None:
    answer = merchant.client.post("/v1/checkout/payments/sessions", data="{}", headers=merchant.headers)
    assert answer.status_code == 415


@pytest.mark.parametrize(
    "change",
    [
        {"pointOfSaleReference": "POS_XX"},
        {"pointOfSaleReference": "POS_BE"},
        {"paymentMethod": {"paymentMethodIDs": ["CB_FR", "CB_XX"]}},
    ],
)
def test_unknown_point_of_sale_or_contract_is_02303(merchant: Merchant, change: dict[str, Any]) -> None:
    answer = merchant.post("checkout/payments/sessions", session_body(**change))
    assert (answer.status_code, answer.get_json()["code"]) == (400, "02303")


def test_zero_is_no_amount_to_pay(merchant: Merchant) -> None:
    answer = merchant.post("checkout/payments/sessions", session_body(order={"amount": 0}))
    assert (answer.status_code, answer.get_json()["code"]) == (400, "02110")
