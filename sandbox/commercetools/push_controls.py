"""Controls of the push, under `/_control/push`: where messages go, and how they go astray."""

from dataclasses import dataclass, replace
from typing import Annotated, Literal

from flask import Blueprint, Response, request
from pydantic import Field

from sandbox.commercetools.answers import answer
from sandbox.commercetools.envelopes import certificate
from sandbox.commercetools.errors import not_found
from sandbox.commercetools.push import Push, Pusher, Target
from sandbox.commercetools.schema import Strict, parse, read_json
from sandbox.commercetools.wire import Json, instant
from sandbox.courier import Errand


class PushControl(Strict):
    """What is left out stays; a url that is null ends the push."""

    url: Annotated[str, Field(pattern=r"^https?://")] | None = None
    secret: str | None = None
    mode: Literal["normal", "lost", "doubled", "late", "reversed"] = "normal"
    late: Annotated[float, Field(ge=0)] = 0
    interval: Annotated[float, Field(gt=0)] = 1
    subscribedOnly: bool = False
    cloud: Literal["pubsub", "sns", "eventgrid"] = "pubsub"
    topic: str | None = None
    age: float = 0
    forged: bool = False


WRAPPING = ("cloud", "topic", "age", "forged")
"""Members of the control that say how messages are wrapped."""


class FlushControl(Strict):
    """Whether what is not due goes too."""

    all: bool = False


class AgainControl(Strict):
    """A message's place in the journal."""

    number: int


def push_controls(pusher: Pusher) -> Blueprint:
    """All controls of the push."""
    endpoints = _PushControls(pusher)
    control = Blueprint("push", __name__, url_prefix="/_control/push")
    control.get("")(endpoints.show)
    control.post("")(endpoints.change)
    control.post("/flush")(endpoints.flush)
    control.post("/again")(endpoints.again)
    control.get("/certificate")(endpoints.certificate)
    return control


@dataclass(frozen=True, slots=True)
class _PushControls:
    pusher: Pusher

    def show(self) -> Response:
        """The target without its secret, the mode, and the journal, the oldest message first."""
        pusher = self.pusher
        return answer(
            {
                "url": pusher.target.url if pusher.target else None,
                "mode": pusher.mode,
                "late": pusher.late_seconds,
                "interval": pusher.interval_seconds,
                "subscribedOnly": pusher.subscribed_only,
                **{name: getattr(pusher.wrapping, name) for name in WRAPPING},
                "messages": [
                    _told(number, errand=errand) for number, errand in enumerate(list(pusher.journal))
                ],
            }
        )

    def change(self) -> Response:
        wanted = parse(PushControl, read_json(request.data))
        given, pusher = wanted.model_fields_set, self.pusher
        if "url" in given:
            pusher.target = Target(wanted.url, secret=wanted.secret) if wanted.url else None
        if "mode" in given:
            pusher.mode = wanted.mode
        if "late" in given:
            pusher.late_seconds = wanted.late
        if "interval" in given:
            pusher.interval_seconds = wanted.interval
        if "subscribedOnly" in given:
            pusher.subscribed_only = wanted.subscribedOnly
        named = {name: getattr(wanted, name) for name in WRAPPING if name in given}
        pusher.wrapping = replace(pusher.wrapping, **named)
        return self.show()

    def flush(self) -> Response:
        """Sends what is due, or all that waits; answers when it is answered."""
        wanted = parse(FlushControl, read_json(request.data or b"{}"))
        return answer({"sent": self.pusher.flush(everything=wanted.all)})

    def again(self) -> Response:
        """Sends a message once more, as happens where messages come at least once."""
        wanted = parse(AgainControl, read_json(request.data))
        if not self.pusher.repeat(wanted.number):
            raise not_found(str(wanted.number), by="number")
        return answer({}, status=201)

    def certificate(self) -> Response:
        """The certificate that verifies what the sandbox's SNS signs."""
        return Response(certificate(), content_type="application/x-pem-file")


def _told(number: int, *, errand: Errand[Push]) -> Json:
    notification = errand.content.notification
    return {
        "number": number,
        "type": notification.get("type", notification["notificationType"]),
        "resource": notification["resource"],
        "sequenceNumber": notification.get("sequenceNumber"),
        "state": errand.state,
        "due": instant(errand.due),
        "answers": list(errand.answers),
        "notification": notification,
    }
