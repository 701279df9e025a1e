"""One rule: to which calls it applies, and what then goes wrong."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

Action = Literal[
    "delay",
    "status",
    "status_after",
    "drop_before",
    "drop_after",
    "half_body",
    "html",
    "hang",
    "drip",
    "gzip_bomb",
    "endless",
    "many_1xx",
    "huge_headers",
    "kill_before",
    "kill_after",
]
ACTIONS: tuple[Action, ...] = get_args(Action)
KILLS: tuple[Action, ...] = ("kill_before", "kill_after")

_KINDS: dict[str, tuple[type, ...]] = {
    "action": (str,),
    "method": (str,),
    "path": (str,),
    "times": (int,),
    "skip": (int,),
    "seconds": (int, float),
    "code": (int,),
    "retry_after": (int, str),
    "body": (dict, list, str),
    "content_type": (str,),
    "pid": (int,),
    "pgid": (int,),
}
_OPTIONAL = ("method", "retry_after", "body", "pid", "pgid")


class RuleError(ValueError):
    """A rule that cannot be applied; the text says which member is wrong."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Applies to `times` calls (0: until removed) after the first `skip`, of `method` (any where None), whose
    path without its query matches the regular expression `path` anywhere.

    - `delay`: `seconds` later, the normal answer
    - `status`: `code` (with `retry_after`, `body`, `content_type`), and the act is not done
    - `status_after`: the act is done, and the answer is `code` all the same
    - `drop_before`, `drop_after`: the connection closes without an answer; the act is not done, or done
    - `half_body`: the act is done; half of the answer's body arrives and the connection closes
    - `html`: a page of a proxy with status 200, and the act is not done
    - `hang`: nothing for up to `seconds`, then the connection closes; the act is not done
    - `drip`: status 200 and a byte now and then for up to `seconds`, then the connection closes; the act is not done
    - `gzip_bomb`: the act is done; its answer comes behind 200 MB of spaces, packed to some hundred kilobytes
    - `endless`: the act is done; its answer goes on in chunks for up to `seconds`, then the connection closes
    - `many_1xx`: the act is done; a thousand interim answers (103) come before its answer
    - `huge_headers`: the act is done; its answer has ten thousand header lines more, of a megabyte
    - `kill_before`, `kill_after`: the process `pid`, or all of the process group `pgid`, is killed, and the
      connection closes without an answer; the act is not done, or done
    """

    action: Action
    method: str | None = None
    path: str = ""
    times: int = 1
    skip: int = 0
    seconds: float = 1.0
    code: int = 503
    retry_after: str | None = None
    body: Any = None
    content_type: str = "application/json"
    pid: int | None = None
    pgid: int | None = None

    def matches(self, method: str, *, path: str) -> bool:
        """Whether a call is one of those the rule is about."""
        return self.method in (None, method) and re.search(self.path, path) is not None


def parse_rule(document: object) -> Rule:
    """A rule from its JSON form, whose members are those of `Rule`. Raises RuleError."""
    if not isinstance(document, dict):
        raise RuleError("a rule is a JSON object")
    _check_members(document)
    _check_values(document)
    method = document.get("method")
    retry_after = document.get("retry_after")
    return Rule(
        **{
            **document,
            "method": method.upper() if method else None,
            "retry_after": None if retry_after is None else str(retry_after),
        }
    )


def _check_members(document: Mapping[str, object]) -> None:
    for name, value in document.items():
        if name not in _KINDS:
            raise RuleError(f"unknown member {name!r}; known: {', '.join(_KINDS)}")
        if value is None and name in _OPTIONAL:
            continue
        if isinstance(value, bool) or not isinstance(value, _KINDS[name]):
            raise RuleError(f"{name} must be of type {_KINDS[name][0].__name__}")


def _check_values(document: Mapping[str, Any]) -> None:
    if document.get("action") not in ACTIONS:
        raise RuleError(f"action must be one of: {', '.join(ACTIONS)}")
    for name in ("times", "skip", "seconds"):
        if document.get(name, 0) < 0:
            raise RuleError(f"{name} must not be negative")
    _check_victim(document)
    if not 200 <= document.get("code", 503) <= 599:
        raise RuleError("code must be from 200 to 599")
    try:
        re.compile(document.get("path", ""))
    except re.error as error:
        raise RuleError(f"path is not a regular expression: {error}") from error


def _check_victim(document: Mapping[str, Any]) -> None:
    named = [name for name in ("pid", "pgid") if document.get(name) is not None]
    if document["action"] in KILLS and len(named) != 1:
        raise RuleError(f"{document['action']} needs either pid or pgid")
    if document["action"] not in KILLS and named:
        raise RuleError(f"{named[0]} is for: {', '.join(KILLS)}")
