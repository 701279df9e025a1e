"""Makes the JSON schemas of the OpenAPI description from models of bodies, answers and queries.

Clients that generators make from it follow the schemas. So a member of a request that may be left out is neither in
`required` nor has a `default` (generators read a default as "always there"); words tell what holds without it. A
member of an answer without a value is left out, and never null.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

Json = dict[str, Any]

SCHEMAS = "#/components/schemas/{model}"


class _Schemas(GenerateJsonSchema):
    """Leaves out defaults, titles that only repeat a name, and null in answers."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        if self.mode == "serialization":
            return self.generate_inner(schema["schema"])
        return super().nullable_schema(schema)

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return {name: value for name, value in super().default_schema(schema).items() if name != "default"}


class _QuerySchemas(_Schemas):
    """Leaves out null everywhere: a query can't say it."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])


def body_schemas(*, requests: Iterable[type[BaseModel]], answers: Iterable[type[BaseModel]]) -> Json:
    """Return the schemas of the models, and of those inside them, by name."""
    described: list[tuple[type[BaseModel], JsonSchemaMode]] = [(model, "validation") for model in requests]
    described += [(model, "serialization") for model in answers]
    _, found = models_json_schema(
        sorted(described, key=lambda pair: pair[0].__name__),
        ref_template=SCHEMAS,
        schema_generator=_Schemas,
    )
    schemas: Json = found["$defs"]
    return schemas


def query_parameters(model: type[BaseModel]) -> list[Json]:
    """Return the members of a query's model as parameters, in their order."""
    schema = _query_schema(model)
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "description": member.pop("description", ""),
            "schema": member,
        }
        for name, member in schema["properties"].items()
    ]


def query_schemas(model: type[BaseModel]) -> Json:
    """Return the schemas that the members of a query's model refer to, by name."""
    schemas: Json = _query_schema(model).get("$defs", {})
    return schemas


def _query_schema(model: type[BaseModel]) -> Json:
    return model.model_json_schema(ref_template=SCHEMAS, schema_generator=_QuerySchemas)
