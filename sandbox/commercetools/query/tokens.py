"""The words of a query predicate."""

import re
from dataclasses import dataclass

from sandbox.commercetools.errors import ApiError, invalid_input

_WORDS = re.compile(
    r"""\s*(?:
        (?P<string>"(?:[^"\\]|\\.)*")
      | (?P<number>-?\d+(?:\.\d+)?(?![\w-]))
      | (?P<variable>:[A-Za-z0-9_]+)
      | (?P<name>[A-Za-z_`][A-Za-z0-9_`-]*)
      | (?P<operator><=|>=|<>|!=|=|<|>)
      | (?P<mark>[(),])
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, its kind (`string`, `number`, `variable`, `name`, `operator`, `mark` or `end`) and place."""

    kind: str
    text: str
    column: int

    def says(self, word: str) -> bool:
        """Whether it is that keyword, operator or mark."""
        return self.kind in ("name", "operator", "mark") and self.text.lower() == word


def tokenize(text: str) -> list[Token]:
    """All words, ended by one of kind `end`; raises InvalidInput."""
    tokens, position = [], 0
    while text[position:].strip():
        match = _WORDS.match(text, position)
        if match is None or match.lastgroup is None:
            start = position + len(text[position:]) - len(text[position:].lstrip())
            raise syntax_error(text, column=start + 1, found=f"Invalid input '{text[start]}'")
        column = match.start(match.lastgroup) + 1
        tokens.append(Token(kind=match.lastgroup, text=match.group(match.lastgroup), column=column))
        position = match.end()
    return [*tokens, Token(kind="end", text="", column=len(text) + 1)]


def syntax_error(text: str, *, column: int, found: str, expected: str = "") -> ApiError:
    """InvalidInput with the place of the fault, in the words of the real parser."""
    wanted = f", expected {expected}" if expected else ""
    place = f"(line 1, column {column}):\n{text}\n{' ' * (column - 1)}^"
    return invalid_input(
        f"Malformed parameter: where: Syntax error while parsing 'where'. {found}{wanted} {place}"
    )
