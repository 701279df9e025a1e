"""Values in predicates and how they compare."""

import json
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from sandbox.commercetools.query.fields import Kind
from sandbox.commercetools.query.tokens import Token
from sandbox.commercetools.wire import read_instant

_NUMBER = re.compile(r"-?\d{1,18}(?:\.\d{1,18})?")

Plain = str | bool | Decimal


@dataclass(frozen=True, slots=True)
class Literal:
    """A value; `loose` where it comes from a variable, which is text whatever the field's type."""

    value: Plain
    loose: bool = False

    @classmethod
    def of(cls, token: Token) -> "Literal | None":
        """The value of a word, or None where it is not one."""
        if token.kind == "string":
            return cls(str(json.loads(token.text, strict=False)))
        if token.kind == "number":
            return cls(Decimal(token.text))
        if token.kind == "name" and token.text in ("true", "false"):
            return cls(token.text == "true")
        return None

    def is_of(self, kind: Kind) -> bool:
        """Whether a field of that kind may be compared with it. A variable is text that has to read as one."""
        if kind is Kind.NUMBER:
            return isinstance(self.value, Decimal) or (
                self.loose and _NUMBER.fullmatch(str(self.value)) is not None
            )
        if kind is Kind.FLAG:
            return isinstance(self.value, bool) or (self.loose and self.value in ("true", "false"))
        if kind is Kind.MOMENT:
            return isinstance(self.value, str) and read_instant(self.value) is not None
        return kind is Kind.TEXT and isinstance(self.value, str)

    def beside(self, value: object) -> Plain:
        """The value in the type of what it is compared with."""
        if not self.loose or isinstance(value, str):
            return self.value
        if isinstance(value, bool):
            return self.value == "true"
        try:
            return Decimal(str(self.value))
        except ArithmeticError:
            return self.value


class Operator(Enum):
    """Comparison operators."""

    EQUAL = "="
    NOT_EQUAL = "!="
    OTHER_THAN = "<>"
    LESS = "<"
    AT_MOST = "<="
    GREATER = ">"
    AT_LEAST = ">="


_ORDERINGS: dict[Operator, Callable[[Any, Any], bool]] = {
    Operator.LESS: operator.lt,
    Operator.AT_MOST: operator.le,
    Operator.GREATER: operator.gt,
    Operator.AT_LEAST: operator.ge,
}


def comparison(wanted: Operator, literal: Literal) -> Callable[[Any], bool]:
    """The comparison with a value; a missing field equals nothing and has no order."""
    if wanted is Operator.EQUAL:
        return members([literal])
    if wanted in (Operator.NOT_EQUAL, Operator.OTHER_THAN):
        equal = members([literal])
        return lambda value: not equal(value)
    compare = _ORDERINGS[wanted]

    def ordered(value: Any) -> bool:
        if isinstance(value, list):
            return any(map(ordered, value))
        left, right = _comparable(value), _comparable(literal.beside(value))
        return type(left) is type(right) and left is not None and compare(left, right)

    return ordered


def members(literals: Sequence[Literal]) -> Callable[[Any], bool]:
    """Whether a value, or one of a list, is among the literals."""

    def among(value: Any) -> bool:
        if isinstance(value, list):
            return any(map(among, value))
        left = _comparable(value)
        return left is not None and any(left == _comparable(literal.beside(value)) for literal in literals)

    return among


def _comparable(value: object) -> object:
    """Moments compare as moments, numbers as exact decimals, all else as it is."""
    if isinstance(value, str):
        return read_instant(value) or value
    if isinstance(value, bool) or value is None:
        return value
    return Decimal(str(value)) if isinstance(value, int | float | Decimal) else None
