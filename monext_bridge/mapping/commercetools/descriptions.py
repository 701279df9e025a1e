"""Reads what a project may say of its lines and deliveries beyond prices, in names that the bridge has chosen.

docs/configuration.md tells them to the shop. commercetools has no field of its own for any of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from monext_bridge.mapping.json_object import JsonObject

FALLBACK_LANGUAGE = "en"

BRAND = "brand"
SELLER = "seller"
CATEGORY = "monextCategory"
"""Has a name of its own, since Monext's codes are no shop's categories."""

MODE = "deliveryMode"
TIMEFRAME = "deliveryTimeframe"
EXPECTED = "deliveryDate"


def name_in(language: str | None, *, names: Mapping[str, object]) -> str:
    """Returns the name in this language, its base language, one of its regions, English, or whatever there is."""
    texts = {tag.lower().replace("_", "-"): n for tag, n in names.items() if isinstance(n, str) and n}
    wanted = (language or FALLBACK_LANGUAGE).lower().replace("_", "-")
    for tag in (wanted, wanted.partition("-")[0], FALLBACK_LANGUAGE):
        regions = sorted(t for t in texts if t.startswith(f"{tag}-"))
        found = next((texts[t] for t in (tag, *regions) if t in texts), None)
        if found:
            return found
    return next(iter(texts.values()), "")


def worded(line: JsonObject, *, name: str, language: str | None) -> str | None:
    """Returns the custom field of a line by this name, else the attribute of its variant, None for neither.

    Of an enum's value this is the label, and of a localized one the text that `name_in` chooses.
    """
    for found in (_custom(line, name=name), _attribute(line, name=name)):
        if text := _text(found, language=language):
            return text
    return None


def coded(line: JsonObject, *, name: str) -> str | None:
    """Returns the same as `worded`, but of an enum's value the key."""
    found = (_code(value) for value in (_custom(line, name=name), _attribute(line, name=name)))
    return next((code for code in found if code), None)


def custom_fields(holder: JsonObject, *, name: str) -> JsonObject:
    """Returns the custom fields that a resource holds in its member `name`."""
    return holder.part(name).part("fields")


def _custom(line: JsonObject, *, name: str) -> Any:
    return custom_fields(line, name="custom").members.get(name)


def _attribute(line: JsonObject, *, name: str) -> Any:
    attributes = line.part("variant").parts("attributes")
    return next((each.members.get("value") for each in attributes if each.text("name") == name), None)


def _text(value: Any, *, language: str | None) -> str | None:
    match value:
        case str():
            return value
        case {"key": str(), "label": label}:
            return _text(label, language=language)
        case dict():
            return None if "typeId" in value else name_in(language, names=value)
        case _:
            return None


def _code(value: Any) -> str | None:
    match value:
        case bool():
            return None
        case str() | int():
            return str(value)
        case {"key": str(key)}:
            return key
        case _:
            return None
