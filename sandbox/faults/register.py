"""The rules in force, with how often each was met, and the journal beside them."""

from collections.abc import Callable
from dataclasses import asdict
from threading import Event, Lock
from typing import Any

from sandbox.faults.journal import Journal
from sandbox.faults.killing import check_kill
from sandbox.faults.rules import Rule


class Faults:
    """Rules in the order of their addition: the first that matches a call and is not used up is applied.

    Thread-safe. A rule that is used up stays listed, so that a test can see that it was met. Rules that kill
    are refused unless `allow_kill`.
    """

    def __init__(self, *, allow_kill: bool = False) -> None:
        self._allow_kill = allow_kill
        self.journal = Journal()
        self._lock = Lock()
        self._rules: dict[int, Rule] = {}
        self._met: dict[int, int] = {}
        self._last_id = 0
        self._released = Event()

    def add(self, rule: Rule) -> int:
        """Put a rule in force; answers its id. Raises RuleError for a kill that is not to be."""
        check_kill(rule, allowed=self._allow_kill)
        with self._lock:
            self._last_id += 1
            self._rules[self._last_id] = rule
            self._met[self._last_id] = 0
            return self._last_id

    def take(self, method: str, *, path: str) -> Rule | None:
        """The rule to apply to this call, which is counted as one of its times; None: nothing goes wrong."""
        with self._lock:
            for rule_id, rule in self._rules.items():
                if not self._usable(rule_id) or not rule.matches(method, path=path):
                    continue
                self._met[rule_id] += 1
                if self._met[rule_id] > rule.skip:
                    return rule
            return None

    def remove(self, rule_id: int) -> bool:
        """Take one rule away; False where there is none of this id."""
        with self._lock:
            self._met.pop(rule_id, None)
            return self._rules.pop(rule_id, None) is not None

    def clear(self) -> None:
        """Take all rules away; calls that hang are dropped now."""
        with self._lock:
            self._rules.clear()
            self._met.clear()
            self._released.set()
            self._released = Event()

    def reset(self) -> None:
        """No rules and an empty journal."""
        self.clear()
        self.journal.clear()

    def waiting(self) -> Callable[[float], bool]:
        """What lets seconds pass; True, and at once, where the rules are cleared from now on."""
        with self._lock:
            return self._released.wait

    def listed(self) -> list[dict[str, Any]]:
        """The rules as the control endpoint tells them, each with its `id` and the times it was `applied`."""
        with self._lock:
            return [
                {"id": rule_id, **asdict(rule), "applied": max(0, self._met[rule_id] - rule.skip)}
                for rule_id, rule in self._rules.items()
            ]

    def _usable(self, rule_id: int) -> bool:
        rule = self._rules[rule_id]
        return rule.times == 0 or self._met[rule_id] < rule.skip + rule.times
