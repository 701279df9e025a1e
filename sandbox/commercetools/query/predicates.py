"""Query predicates: https://docs.commercetools.com/api/predicates/query

Understood: `and`, `or`, `not`, parentheses, comparisons, `in`, `not in`, `is [not] defined`, `is [not]
empty`, `contains any` and `contains all`, nested fields and predicate variables. A predicate on a list
holds where one element fulfils it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.commercetools.errors import ApiError, invalid_input
from sandbox.commercetools.query.fields import Fields
from sandbox.commercetools.query.literals import Literal, Operator, comparison, members
from sandbox.commercetools.query.tokens import Token, syntax_error, tokenize

Test = Callable[[Any], bool]
Variables = Mapping[str, Sequence[str]]

_KEYWORDS = frozenset(("and", "or", "not", "in", "is", "contains"))


def compile_predicate(text: str, *, fields: Fields, variables: Variables) -> Test:
    """The predicate as a function of a document; raises InvalidInput for faults and unknown fields."""
    parser = _Parser(text=text, tokens=tokenize(text), variables=variables)
    test = parser.alternatives(fields)
    parser.expect_end()
    return test


@dataclass(slots=True)
class _Parser:
    """A recursive descent over the words of one predicate."""

    text: str
    tokens: list[Token]
    variables: Variables
    position: int = 0

    @property
    def current(self) -> Token:
        return self.tokens[self.position]

    def advance(self) -> Token:
        token = self.current
        self.position += 1
        return token

    def accept(self, word: str) -> bool:
        if self.current.says(word):
            self.position += 1
            return True
        return False

    def expect(self, word: str) -> None:
        if not self.accept(word):
            raise self.unexpected(f"'{word}'")

    def expect_end(self) -> None:
        if self.current.kind != "end":
            raise self.unexpected("end of input")

    def unexpected(self, expected: str) -> ApiError:
        token = self.current
        found = "Unexpected end of input" if token.kind == "end" else f"Invalid input '{token.text}'"
        return syntax_error(self.text, column=token.column, found=found, expected=expected)

    def alternatives(self, fields: Fields) -> Test:
        tests = [self.conjunction(fields)]
        while self.accept("or"):
            tests.append(self.conjunction(fields))
        return tests[0] if len(tests) == 1 else lambda value: any(test(value) for test in tests)

    def conjunction(self, fields: Fields) -> Test:
        tests = [self.term(fields)]
        while self.accept("and"):
            tests.append(self.term(fields))
        return tests[0] if len(tests) == 1 else lambda value: all(test(value) for test in tests)

    def term(self, fields: Fields) -> Test:
        if self.accept("not"):
            test = self.grouped(fields)
            return lambda value: not test(value)
        if self.current.says("("):
            return self.grouped(fields)
        return self.condition(fields)

    def grouped(self, fields: Fields) -> Test:
        self.expect("(")
        test = self.alternatives(fields)
        self.expect(")")
        return test

    def condition(self, fields: Fields) -> Test:
        if self.current.kind != "name" or self.current.text.lower() in _KEYWORDS:
            raise self.unexpected("not or conditional expression")
        name = self.advance().text.strip("`")
        inner = fields.of(name)
        if inner is None:
            raise invalid_input(f"Malformed parameter: where: The field '{name}' does not exist.")
        test = _on_each(self.grouped(inner)) if self.current.says("(") else self.operation(name, inner)
        return lambda value: test(value.get(name) if isinstance(value, dict) else None)

    def operation(self, name: str, field: Fields) -> Test:
        if self.current.kind == "operator":
            wanted, literal = Operator(self.advance().text), self.value()
            return comparison(wanted, *_checked([literal], name, field))
        if self.accept("is"):
            return self.presence()
        if self.accept("contains"):
            return self.containment()
        negated = self.accept("not")
        if not self.accept("in"):
            raise self.unexpected("comparison operator, not, in, contains or is")
        among = members(_checked(self.values(), name, field))
        return (lambda value: not among(value)) if negated else among

    def presence(self) -> Test:
        negated = self.accept("not")
        if self.accept("defined"):
            return (lambda value: value is None) if negated else (lambda value: value is not None)
        self.expect("empty")
        return (lambda value: bool(value)) if negated else (lambda value: not value)

    def containment(self) -> Test:
        every = self.accept("all")
        if not every:
            self.expect("any")
        tests = [members([literal]) for literal in self.values()]
        choose = all if every else any
        return lambda value: choose(any(map(test, value or [])) for test in tests)

    def values(self) -> list[Literal]:
        if self.current.kind == "variable":
            return self.bound(self.advance())
        self.expect("(")
        found = self.value_or_values()
        while self.accept(","):
            found += self.value_or_values()
        self.expect(")")
        return found

    def value_or_values(self) -> list[Literal]:
        return self.bound(self.advance()) if self.current.kind == "variable" else [self.value()]

    def value(self) -> Literal:
        token = self.current
        if token.kind == "variable":
            return self.bound(self.advance())[0]
        literal = Literal.of(token)
        if literal is None:
            raise self.unexpected("a value")
        self.position += 1
        return literal

    def bound(self, token: Token) -> list[Literal]:
        name = token.text[1:]
        if not self.variables.get(name):
            raise invalid_input(f"Malformed parameter: where: Missing value for the variable '{name}'.")
        return [Literal(text, loose=True) for text in self.variables[name]]


def _checked(literals: list[Literal], name: str, field: Fields) -> list[Literal]:
    """The literals; raises InvalidInput where the field can't be compared with one of them."""
    kind = field.kind
    if kind is not None and not all(literal.is_of(kind) for literal in literals):
        raise invalid_input(f"Malformed parameter: where: The field '{name}' is {kind.value}.")
    return literals


def _on_each(test: Test) -> Test:
    """The test of an object; on a list it holds where one element fulfils all of it."""

    def check(value: Any) -> bool:
        return any(map(test, value)) if isinstance(value, list) else test(value)

    return check
