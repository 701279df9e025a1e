"""Controls for tests and for whoever plays: `/_control/…`. Nothing of this exists at Monext."""

from dataclasses import asdict, fields
from typing import Any

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import BadRequest

from sandbox.courier import MODES
from sandbox.monext import answers
from sandbox.monext.control_input import number, read_json
from sandbox.monext.dump import session_dump, transaction_dump
from sandbox.monext.notifications import Notification
from sandbox.monext.platform import platform
from sandbox.monext.settings import Switches, is_allowed

control = Blueprint("control", __name__, url_prefix="/_control")


@control.post("/reset")
def reset() -> tuple[str, int]:
    platform().reset()
    return "", 204


@control.post("/clock")
def advance_clock() -> Response:
    """{"advance": seconds}: sessions expire, authorisations age, notifications come due."""
    platform().clock.advance(number(read_json(), name="advance"))
    platform().notifier.wake()
    return jsonify({"now": answers.moment(platform().now)})


@control.get("/settings")
def settings() -> Response:
    return jsonify({_camel(name): value for name, value in asdict(platform().switches).items()})


@control.post("/settings")
def change_settings() -> Response:
    """Any of the switches by its name in camelCase; what is not named stays. A wrong one changes nothing."""
    names = {_camel(field.name): field.name for field in fields(Switches)}
    wanted = read_json()
    for name, value in wanted.items():
        if name not in names or type(value) is not type(getattr(platform().switches, names[name])):
            raise BadRequest(f"{name}: not a setting, or of another type")
        if not is_allowed(names[name], value):
            raise BadRequest(f"{name}: not one of its values")
    for name, value in wanted.items():
        setattr(platform().switches, names[name], value)
    return settings()


@control.delete("/settings")
def forget_settings() -> tuple[str, int]:
    """All switches as they were at the start."""
    platform().switches = Switches()
    return "", 204


@control.get("/notifications")
def notifications() -> Response:
    notifier = platform().notifier
    return jsonify(
        {
            "mode": notifier.mode,
            "late": notifier.late_seconds,
            "interval": notifier.interval_seconds,
            "notifications": [_notification_json(told) for told in notifier.journal],
        }
    )


@control.post("/notifications")
def change_notifications() -> Response:
    """{"mode"?: one of MODES, "late"?: seconds, "interval"?: seconds between repeats}."""
    body, notifier = read_json(), platform().notifier
    if body.get("mode", notifier.mode) not in MODES:
        raise BadRequest(f"mode: one of {', '.join(MODES)}")
    notifier.mode = body.get("mode", notifier.mode)
    notifier.late_seconds = number(body, name="late", default=notifier.late_seconds)
    notifier.interval_seconds = number(body, name="interval", default=notifier.interval_seconds)
    return notifications()


@control.post("/notifications/flush")
def flush_notifications() -> Response:
    """Sends what is due, with {"all": true} all that waits; answers when they are answered."""
    everything = bool(read_json().get("all"))
    return jsonify({"sent": platform().notifier.flush(everything=everything)})


@control.get("/dump")
def dump() -> Response:
    """All sessions and transactions; with `?token=` those of one session."""
    wanted = request.args.get("token")
    sessions = {
        token: session_dump(each) for token, each in platform().sessions.items() if wanted in (None, token)
    }
    transactions = [
        transaction_dump(each) for each in platform().transactions.values() if wanted in (None, each.token)
    ]
    return jsonify({"sessions": sessions, "transactions": transactions})


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def _notification_json(told: Notification) -> dict[str, Any]:
    return {
        "url": told.content.url,
        "method": told.content.method,
        "body": told.content.body,
        "token": told.about,
        "state": told.state,
        "due": answers.moment(told.due),
        "answers": list(told.answers),
    }
