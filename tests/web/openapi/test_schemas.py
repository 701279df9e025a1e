"""What generators make of the schemas: what may be left out is optional in their clients, in requests and answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, get_args

import pytest
from pydantic import BaseModel, Field, TypeAdapter

from monext_bridge.web.api import models
from monext_bridge.web.openapi.schemas import body_schemas
from tests.web.declared_endpoints import DESCRIPTIONS

Json = dict[str, Any]


def with_parts(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """The model, and those of its members, at any depth."""
    yield model
    for member in model.model_fields.values():
        for part in parts_of(member.annotation):
            yield from with_parts(part)


def parts_of(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inside in get_args(annotation):
        yield from parts_of(inside)


def all_of(models: set[type[BaseModel]]) -> list[type[BaseModel]]:
    return sorted({part for model in models for part in with_parts(model)}, key=lambda each: each.__name__)


REQUESTS = all_of({each.body for each in DESCRIPTIONS.values() if each.body})
ANSWERS = all_of(
    {models.ErrorResponse}
    | {model for each in DESCRIPTIONS.values() for model in each.answers.values() if model}
)
SCHEMAS = body_schemas(requests=REQUESTS, answers=ANSWERS)


def words_in(schema: object) -> Iterator[object]:
    """Every key and every text of a schema."""
    if isinstance(schema, dict):
        for key, value in schema.items():
            yield key
            yield from words_in(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from words_in(value)
    else:
        yield schema


def named(model: type[BaseModel]) -> str:
    return model.__name__


def test_the_models_are_found_with_those_inside_them() -> None:
    assert {"PaymentIntentUpdate", "CapturePayment", "Amount"} <= {model.__name__ for model in REQUESTS}
    assert {"PaymentIntentView", "TransactionView", "ErrorDetail"} <= {model.__name__ for model in ANSWERS}
    assert {model.__name__ for model in (*REQUESTS, *ANSWERS)} <= set(SCHEMAS)


@pytest.mark.parametrize("model", [*REQUESTS, *ANSWERS], ids=named)
def test_exactly_the_members_without_a_default_are_required(model: type[BaseModel]) -> None:
    required = {name for name, member in model.model_fields.items() if member.is_required()}
    assert set(SCHEMAS[model.__name__].get("required", ())) - {"root"} == required - {"root"}


@pytest.mark.parametrize("model", [*REQUESTS, *ANSWERS], ids=named)
def test_no_schema_has_a_default_which_generators_read_as_always_there(model: type[BaseModel]) -> None:
    assert "default" not in words_in(SCHEMAS[model.__name__])


@pytest.mark.parametrize("model", ANSWERS, ids=named)
def test_a_member_of_an_answer_is_never_null(model: type[BaseModel]) -> None:
    assert "null" not in words_in(SCHEMAS[model.__name__])


@pytest.mark.parametrize("model", ANSWERS, ids=named)
def test_a_member_of_an_answer_that_may_have_no_value_may_be_left_out(model: type[BaseModel]) -> None:
    """An answer leaves out what is None, so no required member may be None."""
    for name, member in model.model_fields.items():
        if member.is_required():
            assert type(None) not in get_args(member.annotation), name
        else:
            assert member.default is None, name


@pytest.mark.parametrize("model", REQUESTS, ids=named)
def test_what_holds_without_a_member_of_a_request_is_told_in_words(model: type[BaseModel]) -> None:
    for name, member in model.model_fields.items():
        if not member.is_required() and member.default is not None:
            told = SCHEMAS[model.__name__]["properties"][name]["description"]
            assert str(member.default).lower() in told, name


def test_a_request_without_the_members_that_may_be_left_out_is_taken() -> None:
    amount = {"centAmount": 1, "currencyCode": "EUR"}
    action: TypeAdapter[Any] = TypeAdapter(models.Action)
    assert action.validate_python({"action": "capturePayment", "amount": amount}).final is False


def test_a_default_would_be_left_out_wherever_it_stood() -> None:
    class Inner(models.Body):
        count: Annotated[int, Field(ge=1)] = 3

    class Outer(models.Body):
        inner: Inner = Inner()
        kind: str = "usual"

    found = body_schemas(requests=[Outer], answers=[])
    assert "default" not in words_in(found)
    assert all("required" not in schema for schema in found.values())
