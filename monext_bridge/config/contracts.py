"""Reads contract numbers: a comma list or a JSON list, and of MONEXT_PAYMENT_METHOD_IDS also JSON by method."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from monext_bridge.config.choices import PaymentMethod
from monext_bridge.config.parsing import Fault, comma_list, monext_id, plain

CONTRACT_SHAPE = "must be contract numbers: a comma list, a JSON list, or JSON by method"


@dataclass(frozen=True, slots=True)
class Contracts:
    """Holds contract numbers in the order in which buyers see them. No ids mean all of the point of sale.

    `by_method` is empty where they were given as a list.
    """

    ids: tuple[str, ...] = ()
    by_method: Mapping[PaymentMethod, str] = field(default_factory=dict)


def is_by_method(document: Mapping[str, Any]) -> bool:
    """Tells whether a JSON object is contracts by method. One with any other key is a map by store."""
    return bool(document) and set(document) <= set(PaymentMethod)


def contracts(value: Any) -> Contracts:
    """Returns the contracts in the order given, each number once. Nothing given means all of the point of sale."""
    if isinstance(value, str):
        value = _listed(value)
    if isinstance(value, dict) and is_by_method(value):
        by_method = {PaymentMethod(name): monext_id(plain(number)) for name, number in value.items()}
        return Contracts(ids=tuple(dict.fromkeys(by_method.values())), by_method=by_method)
    if not isinstance(value, list):
        raise Fault(CONTRACT_SHAPE)
    return Contracts(ids=tuple(dict.fromkeys(monext_id(plain(number)) for number in value)))


def contract_numbers(value: Any) -> tuple[str, ...]:
    """Returns contract numbers in the order given, each once."""
    return contracts(value).ids


def _listed(text: str) -> list[Any]:
    if not text.strip():
        return []
    if not text.lstrip().startswith("["):
        return list(comma_list(text))
    try:
        return list(json.loads(text))
    except (ValueError, RecursionError):
        raise Fault(CONTRACT_SHAPE) from None
