"""Serialises the SDK's models as it does itself, with one marshmallow schema for each class and not for each model.

A schema holds nothing of what it writes, so that all threads share it. Making one takes ten times as long as writing
with it.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from marshmallow import Schema

from monext_bridge.mapping.json_object import Json


def to_json(model: Any) -> Json:
    """Returns what `model.serialize()` returns."""
    written: Json = _schema(type(model)).dump(model)  # type: ignore[arg-type]  # mypy: a class is Hashable
    return written


@cache
def _schema(kind: type) -> Schema:
    """Returns the SDK's schema of a class. It is named after the class, and its module after that of the class."""
    package, _, module = kind.__module__.rpartition(".")
    schema: type[Schema] = getattr(import_module(f"{package}._schemas.{module}"), f"{kind.__name__}Schema")
    return schema()
