"""Declares an endpoint: the one value that says everything in which endpoints differ, put on its view."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from monext_bridge.web.endpoints.deadlines import OTHER_SECONDS
from monext_bridge.web.endpoints.description import Description
from monext_bridge.web.endpoints.principals import USUAL_CALLERS, Principal
from monext_bridge.web.endpoints.rate_limits import RateLimit

ATTRIBUTE = "declared_endpoint"
"""Name under which a view carries its declaration."""

View = TypeVar("View", bound=Callable[..., Any])


class Answers(Enum):
    """Who reads what an endpoint answers, errors included."""

    PAGE = "a person; an error is a page"
    JSON = "a program; an error is JSON, and so it is at unknown addresses beside this one"
    EITHER = "a person, or a program that accepts JSON and no page"


class Cors(Enum):
    """What pages of SHOP_ORIGINS may do with an endpoint from a browser."""

    CLOSED = "nothing"
    CALL = "call it and read all its answers; browsers ask first, by a preflight"
    READ_JSON = "read its JSON, but no other answer; such a request needs no preflight, and gets none"


class Navigated(Enum):
    """How a browser has to come to a page for anything to be done, as far as it says so (`Sec-Fetch-*`).

    Pages in frames count only where FRAME_ANCESTORS lets somebody frame them.
    """

    ANYHOW = "in whatever way: what is done is right whoever asks"
    HERE_OR_IN_A_FRAME = "its tab or a frame was led there, from anywhere"
    HERE_OR_FROM_OUR_FRAME = (
        "its tab was led there from anywhere, or a frame from a page of ours that it shows"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyerVisit:
    """Marks a page that starts, records or cancels something when a buyer opens it.

    A HEAD, or a browser that fetches ahead of its user, is answered without any of that, and so is what was not
    `navigated` as it says: an image, a script, a foreign frame. `nothing_taken_on_error`: no payment page was shown,
    so an error proves that nothing was taken, unless it is EarlierAttemptUnknown. `polls_after_error`: the page of an
    error that passes opens this endpoint again by itself.
    """

    nothing_taken_on_error: bool = False
    polls_after_error: bool = False
    navigated: Navigated = Navigated.ANYHOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Declares one endpoint; as a decorator, it marks the view below the route.

    `does`: what `docs/api.md` says of it. `limits`: what the first of them refuses does not count against the next.
    `called_by`: in words, where it is not who usually calls with this proof. `calls_remotes`: an endpoint that calls
    none is served whatever the remotes do. `moves_money`: the log tells who called, also where they may not.
    `bare_503_when_limited`: instead of 429 and its words. `is_probe`: machines beside this one ask by whatever name
    and without TLS. `description`: of endpoints that the OpenAPI
    description tells.
    """

    does: str
    caller: Principal
    limits: tuple[RateLimit, ...]
    answers: Answers
    called_by: str = ""
    seconds: float = OTHER_SECONDS
    calls_remotes: bool = True
    moves_money: bool = False
    buyer: BuyerVisit | None = None
    cors: Cors = Cors.CLOSED
    bare_503_when_limited: bool = False
    is_probe: bool = False
    description: Description | None = None

    def __call__(self, view: View) -> View:
        setattr(view, ATTRIBUTE, self)
        return view

    @property
    def callers(self) -> str:
        return self.called_by or USUAL_CALLERS[self.caller]
