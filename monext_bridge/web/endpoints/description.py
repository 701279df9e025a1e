"""Describes a JSON endpoint for OpenAPI, where the rest of its declaration and its route do not tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """Describes a part of the path, or a header. `component` is its name among the description's components."""

    component: str
    name: str
    place: Literal["path", "header"]
    meaning: str
    schema: Json


@dataclass(frozen=True, slots=True)
class Description:
    """Describes one endpoint. `answers`: the model by status, None where there is no body.

    `refusals`: statuses that come with an `ErrorResponse`. `parameters`: those of the path, in its order, and
    headers. `query`: the model of the query, of which every member is a parameter; the view reads it by
    `api.read_query`. `examples`: bodies, each by what it does; an endpoint without a `body` has examples of formats
    that are not ours. `answer`: an example of a successful answer.
    """

    summary: str
    text: str
    answers: Mapping[int, type[BaseModel] | None]
    refusals: tuple[int, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    body_required: bool = True
    examples: Mapping[str, Json] = field(default_factory=dict)
    answer: Json | None = None
