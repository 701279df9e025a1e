"""Finds the regular expressions of the bridge, how they are used, and texts that may take them long."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from itertools import product
from pathlib import Path
from re import _constants as codes
from re import _parser as parser
from typing import Any

import monext_bridge

USES: Mapping[str, Callable[[re.Pattern[str], str], object]] = {
    "fullmatch": lambda pattern, text: pattern.fullmatch(text),
    "match": lambda pattern, text: pattern.match(text),
    "search": lambda pattern, text: pattern.search(text),
    "split": lambda pattern, text: pattern.split(text),
    "findall": lambda pattern, text: pattern.findall(text),
    "finditer": lambda pattern, text: list(pattern.finditer(text)),
    "sub": lambda pattern, text: pattern.sub("", text),
    "subn": lambda pattern, text: pattern.subn("", text),
}
ALL_OVER = ("sub", "fullmatch")
"""The uses to try for an expression whose use is not seen, because a loop takes it from a table."""

HARMLESS = frozenset({"Pattern", "Match", "escape", *re.RegexFlag.__members__})
"""The members of `re` that take no expression."""


Found = Iterator[tuple[str, re.Pattern[str]]]


@dataclass(slots=True)
class Module:
    """One module of the bridge, as it was imported and as its source is written."""

    name: str
    globals: Mapping[str, Any]
    tree: ast.Module
    owned: frozenset[str] = field(init=False)
    imported: Mapping[str, tuple[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        self.owned = frozenset(_owned(self.tree.body))
        self.imported = _imported(self.tree)

    @property
    def short(self) -> str:
        return self.name.removeprefix("monext_bridge.")

    def patterns(self) -> dict[str, re.Pattern[str]]:
        """All expressions that its own globals hold, by their place: `EMAIL`, `CLEANINGS[2][0]`, `Parser.FORM`."""
        found: dict[str, re.Pattern[str]] = {}
        plain = [name for name in sorted(self.owned) if isinstance(self.globals.get(name), re.Pattern)]
        for name in (*plain, *sorted(self.owned)):
            for place, pattern in _within(name, self.globals.get(name), owner=self.name):
                if pattern not in found.values():
                    found[place] = pattern
        return found


def modules() -> tuple[Module, ...]:
    names = [each.name for each in pkgutil.walk_packages(monext_bridge.__path__, "monext_bridge.")]
    found = [importlib.import_module(name) for name in ("monext_bridge", *names)]
    sources = {each.__name__: Path(each.__file__ or "").read_text() for each in found}
    return tuple(Module(each.__name__, vars(each), ast.parse(sources[each.__name__])) for each in found)


def compiled(tree: ast.Module) -> int:
    """Count the expressions that a module compiles."""
    return sum(isinstance(node, ast.Call) and _of_re(node.func) == "compile" for node in ast.walk(tree))


def unreachable_uses(tree: ast.Module) -> Iterator[str]:
    """Give the uses of `re` that a walk through the globals does not find: in a function, or without a name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "re":
            yield f"line {node.lineno}: from re import"
        elif isinstance(node, ast.Attribute) and _of_re(node) not in HARMLESS | {"compile", None}:
            yield f"line {node.lineno}: re.{node.attr}"
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            inner = (each for each in ast.walk(node) if isinstance(each, ast.Attribute))
            found = (each for each in inner if _of_re(each) == "compile")
            yield from (f"line {each.lineno}: re.compile in a function" for each in found)


def uses(everywhere: tuple[Module, ...]) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Give the methods that the bridge calls on each expression, by its module and name."""
    found: dict[tuple[str, str], set[str]] = {}
    for module in everywhere:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and node.attr in USES and (name := _named(module, node.value)):
                found.setdefault(name, set()).add(node.attr)
    return {name: tuple(sorted(methods)) for name, methods in found.items()}


def attack_texts(pattern: re.Pattern[str]) -> Iterator[tuple[str, str, str]]:
    """Give head, repeated part and tail of texts, made of the characters that the expression itself names."""
    letters, words = _alphabet(parser.parse(pattern.pattern, pattern.flags))
    repeated = [
        *letters,
        *words,
        *("".join(pair) for pair in product(letters, repeat=2)),
        *_joined(letters, words),
    ]
    for pump in dict.fromkeys(repeated):
        yield from product(("", *words), (pump,), ("", "\x00"))


def _joined(letters: list[str], words: list[str]) -> Iterator[str]:
    for word, letter in product(words, letters):
        yield word + letter
        yield letter + word


def _alphabet(parsed: Any) -> tuple[list[str], list[str]]:
    """Give characters that the expression names, a few of each class, and its runs of literal characters."""
    letters: dict[str, None] = {}
    words: dict[str, None] = {}
    run = ""
    for operation, argument in (*parsed, (None, None)):
        if operation is codes.LITERAL:
            run += chr(argument)
            continue
        if len(run) > 1:
            words[run] = None
        letters.update(dict.fromkeys(run[:4]))
        run = ""
        for inner in _branches(operation, argument):
            more, longer = _alphabet(inner)
            letters.update(dict.fromkeys(more))
            words.update(dict.fromkeys(longer))
        letters.update(dict.fromkeys(_samples(operation, argument)))
    return list(letters)[:10], list(words)[:4]


def _branches(operation: Any, argument: Any) -> Iterator[Any]:
    """Give the expressions inside one operation."""
    for part in argument if isinstance(argument, tuple | list) else (argument,):
        if isinstance(part, parser.SubPattern):
            yield part
        elif operation is codes.BRANCH and isinstance(part, list):
            yield from part


def _samples(operation: Any, argument: Any) -> Iterator[str]:
    if operation is codes.IN:
        negated = bool(argument) and argument[0][0] is codes.NEGATE
        inside = [each for item in argument for each in _samples(*item)]
        yield from ["a", "1", *inside[:2]] if negated else inside[:4]
    elif operation is codes.LITERAL:
        yield chr(argument)
    elif operation is codes.RANGE:
        yield chr(argument[0])
    elif operation is codes.CATEGORY:
        yield {codes.CATEGORY_SPACE: " ", codes.CATEGORY_DIGIT: "1"}.get(argument, "a")
    elif operation in (codes.ANY, codes.NOT_LITERAL):
        yield "a"


def _of_re(node: ast.AST) -> str | None:
    """Give `compile` for the source `re.compile`; None for anything but a member of `re`."""
    at_re = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "re"
    return node.attr if at_re and isinstance(node, ast.Attribute) else None


def _owned(body: list[ast.stmt]) -> Iterator[str]:
    """Give the names that a module defines, not those that it imports."""
    for statement in body:
        if isinstance(statement, ast.ClassDef):
            yield statement.name
        elif not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            named = (each for each in ast.walk(statement) if isinstance(each, ast.Name))
            yield from (each.id for each in named if isinstance(each.ctx, ast.Store))


def _within(place: str, value: Any, *, owner: str, above: tuple[int, ...] = ()) -> Found:
    """Give the expressions in a value and in its parts; also an expression of which only a bound method is kept."""
    if isinstance(value, re.Pattern):
        yield place, value
    elif id(value) not in above:
        for part, inner in _parts(value, owner):
            yield from _within(f"{place}{part}", inner, owner=owner, above=(*above, id(value)))


def _parts(value: Any, owner: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        yield from ((f"[{key!r}]", inner) for key, inner in value.items())
    elif isinstance(value, tuple | list | set | frozenset):
        yield from ((f"[{number}]", inner) for number, inner in enumerate(value))
    elif isinstance(value, type):
        if value.__module__ == owner:
            yield from ((f".{name}", each) for name, each in vars(value).items())
    elif is_dataclass(value):
        yield from ((f".{each.name}", getattr(value, each.name, None)) for each in fields(value))
    else:
        yield "", getattr(value, "__self__", None)


def _named(module: Module, node: ast.expr) -> tuple[str, str] | None:
    """Give the module and name that a source expression stands for: `NAME`, imported or not, or `module.NAME`."""
    if isinstance(node, ast.Name):
        return (module.name, node.id) if node.id in module.owned else module.imported.get(node.id)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        package, _, name = ".".join(module.imported.get(node.value.id, ("", ""))).rpartition(".")
        return f"{package}.{name}", node.attr
    return None


def _imported(tree: ast.Module) -> dict[str, tuple[str, str]]:
    return {
        alias.asname or alias.name: (node.module or "", alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
