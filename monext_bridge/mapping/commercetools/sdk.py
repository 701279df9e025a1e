"""Gives the SDK's models without its client, and writes them as JSON as their own `serialize()` does.

A draft and an update action are filled from known values: their names and their enums are checked where they are
made. What is left is to spell names as commercetools does. The schemas do that too, in ten times the time, and take a
third of a second to load. `tests/mapping/commercetools/test_sdk.py` compares both for every class that is written.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from types import ModuleType
from typing import Any

from monext_bridge.mapping.json_object import Json

CLIENT = "commercetools.platform.client"


@contextmanager
def _no_client() -> Iterator[None]:
    """Keeps the SDK from loading its client along with its models: 400 modules that nothing here calls.

    They were a tenth of a start. Whoever imports the client after this gets the real one.
    """
    if CLIENT in sys.modules:
        yield
        return
    empty = sys.modules[CLIENT] = ModuleType(CLIENT)
    empty.Client = None  # type: ignore[attr-defined]
    try:
        yield
    finally:
        del sys.modules[CLIENT]


with _no_client():
    from commercetools.platform import models

__all__ = ["models", "to_json"]

PLAIN = frozenset({str, int, bool})


def to_json(model: Any) -> Json:
    """Returns a model's members that are set, and those of the models in it.

    A time has milliseconds, as commercetools writes times itself; the SDK writes microseconds.
    """
    return {_member(name): _plain(value) for name, value in vars(model).items() if value is not None}


@cache
def _member(attribute: str) -> str:
    """Returns the member's name in JSON: `cent_amount` is `centAmount`. The SDK's models bound how many there are."""
    first, *others = attribute.split("_")
    return first + "".join(word.capitalize() for word in others)


def _plain(value: Any) -> Any:
    if type(value) in PLAIN:
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, dict):  # a LocalizedString: its keys are languages, and no names of members
        return dict(value)
    return to_json(value)
