"""The sandbox's own controls, as the faults page uses them."""

from collections.abc import Mapping
from typing import Any

from sandbox.shop.calls import Json, answered, call

_INTEGERS = ("times", "skip", "code")


def rules(url: str) -> list[Json]:
    """The fault rules of a remote."""
    return list(answered(call("GET", f"{url}/_control/faults"))["faults"])


def add_rule(url: str, *, form: Mapping[str, str]) -> None:
    """Order a fault from the fields of a form; empty ones are left out. Raises Refused with the reason."""
    answered(call("POST", f"{url}/_control/faults", json=_rule(form)))


def clear_rules(url: str) -> None:
    """Take all rules of a remote away."""
    answered(call("DELETE", f"{url}/_control/faults"))


def calls(url: str, *, last: int) -> list[Json]:
    """The last calls in a remote's journal, the newest first, each with its duration in milliseconds."""
    journal = answered(call("GET", f"{url}/_control/calls"))["calls"]
    return [{**entry, "milliseconds": _milliseconds(entry)} for entry in reversed(journal[-last:])]


def notifications(url: str) -> Json:
    """The mode of Monext's notifications and their journal."""
    return answered(call("GET", f"{url}/_control/notifications"))


def set_notifications(url: str, *, form: Mapping[str, str]) -> None:
    """Change how notifications go astray. Raises Refused with the reason."""
    wanted: dict[str, Any] = {"mode": form.get("mode", "normal")}
    for name in ("late", "interval"):
        if form.get(name):
            wanted[name] = _number(form[name])
    answered(call("POST", f"{url}/_control/notifications", json=wanted))


def send_waiting_notifications(url: str) -> None:
    """Send now all that waits, due or not."""
    answered(call("POST", f"{url}/_control/notifications/flush", json={"all": True}))


def advance_clock(url: str, *, seconds: str) -> None:
    """Let time pass at Monext. Raises Refused where `seconds` is not a number."""
    answered(call("POST", f"{url}/_control/clock", json={"advance": _number(seconds)}))


def reset(url: str) -> None:
    """A remote as it was at the start: seed, no faults, empty journal."""
    answered(call("POST", f"{url}/_control/reset"))


def _rule(form: Mapping[str, str]) -> Json:
    rule: Json = {name: value for name, value in form.items() if value}
    for name in _INTEGERS:
        if name in rule:
            rule[name] = _number(rule[name])
    if "seconds" in rule:
        rule["seconds"] = _number(rule["seconds"])
    return rule


def _number(text: str) -> int | float | str:
    """A number where the text is one; else the text, which the control then refuses with a reason."""
    try:
        value = float(text)
    except ValueError:
        return text
    return int(value) if value.is_integer() else value


def _milliseconds(entry: Json) -> float | None:
    return None if entry["end"] is None else round((entry["end"] - entry["start"]) * 1000, 1)
