"""Answering queries: https://docs.commercetools.com/api/general-concepts#query-features"""

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.commercetools.errors import invalid_input
from sandbox.commercetools.query.expansion import expand
from sandbox.commercetools.query.fields import QUERYABLE, Fields
from sandbox.commercetools.query.predicates import compile_predicate
from sandbox.commercetools.state import Project
from sandbox.commercetools.wire import Json

Parameters = Mapping[str, Sequence[str]]
"""Query parameters with all their values."""


def answer_query(project: Project, kind: str, *, parameters: Parameters) -> Json:
    """A PagedQueryResponse.

    `where` may be repeated (all hold), `sort` too (the first counts most). Raises InvalidInput for anything
    malformed.
    """
    limit = _number(parameters, "limit", default=20, least=1, most=500)
    offset = _number(parameters, "offset", default=0, least=0, most=10_000)
    found = _sorted(_matching(project, kind, parameters), parameters.get("sort", ()), fields=QUERYABLE[kind])
    page = found[offset : offset + limit]
    answer: Json = {"limit": limit, "offset": offset, "count": len(page)}
    if _first(parameters, "withTotal") != "false":
        answer["total"] = len(found)
    paths = parameters.get("expand", ())
    return {**answer, "results": [expand(project, document, paths=paths) for document in page]}


def _matching(project: Project, kind: str, parameters: Parameters) -> list[Json]:
    variables = {
        name.removeprefix("var."): values for name, values in parameters.items() if name.startswith("var.")
    }
    tests = [
        compile_predicate(text, fields=QUERYABLE[kind], variables=variables)
        for text in parameters.get("where", ())
    ]
    return [document for document in project.all(kind) if all(test(document) for test in tests)]


def _sorted(documents: list[Json], sorts: Sequence[str], *, fields: Fields) -> list[Json]:
    for sort in reversed(sorts):
        path, descending = _sort(sort, fields=fields)
        documents = sorted(documents, key=lambda document: _rank(document, path), reverse=descending)
    return documents


def _sort(sort: str, *, fields: Fields) -> tuple[list[str], bool]:
    words = sort.split()
    if len(words) not in (1, 2) or (len(words) == 2 and words[1] not in ("asc", "desc")):
        raise invalid_input(f"Malformed parameter: sort: Syntax error while parsing 'sort': '{sort}'.")
    path = words[0].split(".")
    inner: Fields | None = fields
    for name in path:
        inner = inner.of(name) if inner else None
    if inner is None:
        raise invalid_input(f"Malformed parameter: sort: The field '{words[0]}' does not exist.")
    return path, words[1:] == ["desc"]


def _rank(document: Json, path: list[str]) -> tuple[bool, Any]:
    """Missing values stand first; numbers and texts each compare among themselves."""
    value: Any = document
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return (value is not None, value if isinstance(value, int) else str(value or ""))


def _first(parameters: Parameters, name: str) -> str | None:
    values = parameters.get(name)
    return values[0] if values else None


def _number(parameters: Parameters, name: str, *, default: int, least: int, most: int) -> int:
    text = _first(parameters, name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise invalid_input(
            f"Malformed parameter: {name}: '{text}' is not a number between {least} and {most}."
        )
    return int(text)
