"""The bank's memory of authentications: what a merchant's server asked, what the buyer was shown and answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from threading import RLock
from uuid import uuid4

from sandbox.bank.messages import (
    NOT_VALID,
    UNKNOWN,
    VERSION,
    Refusal,
    read,
    read_form,
    transaction_id,
    written,
)
from sandbox.bank.scenarios import Scenario

_CREQ = ("threeDSServerTransID", "acsTransID", "messageType", "messageVersion", "challengeWindowSize")
_METHOD = ("threeDSServerTransID", "threeDSMethodNotificationURL")
BY_THE_BUYER, TIMED_OUT = "01", "04"


@dataclass(frozen=True, slots=True)
class Request:
    """What a merchant's 3-D Secure server asks (AReq). The browser comes back to `notification_url`.

    `method_completed`: the method reported its end; None where there was none.
    """

    server_trans_id: str
    scenario: Scenario
    notification_url: str
    method_completed: bool | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bank answers (ARes): Y, or C for a challenge, to which the browser posts a form at `acs_url`."""

    trans_status: str
    acs_trans_id: str
    acs_url: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the bank tells of a challenge (RReq): Y or N, and why there was no answer (`challengeCancel`)."""

    trans_status: str
    cancelled: str = ""


@dataclass(slots=True)
class Challenge:
    """A challenge, shown once. `session_data` is what the browser brought, and takes back as it was."""

    request: Request
    acs_trans_id: str
    shown: bool = False
    session_data: str | None = None
    outcome: Outcome | None = None


_ANSWERS = {
    "authenticate": Outcome("Y"),
    "fail": Outcome("N"),
    "cancel": Outcome("N", BY_THE_BUYER),
    "time-out": Outcome("N", TIMED_OUT),
}


class Bank:
    """`url` is its origin, set once its port is known. Merchants' servers call it at any time, from any thread."""

    def __init__(self, url: str = "https://bank.example") -> None:
        self.url = url
        self._lock = RLock()
        self._challenges: dict[str, Challenge] = {}

    @property
    def is_safe(self) -> bool:
        """Whether it is served over TLS."""
        return self.url.startswith("https://")

    def reset(self) -> None:
        with self._lock:
            self._challenges.clear()

    def method_url(self, scenario: Scenario) -> str:
        """Where the method of these cards is. A range whose method never reports has an address of its own."""
        silent = scenario is Scenario.SILENT_METHOD
        return f"{self.url}/{'silent-acs' if silent else 'acs'}/3ds-method"

    def authenticate(self, request: Request) -> Answer:
        """The bank's answer to a merchant's server."""
        acs_trans_id = str(uuid4())
        acs_url = f"{self.url}/acs/challenge"
        if request.scenario is Scenario.FRICTIONLESS and request.method_completed is not False:
            return Answer("Y", acs_trans_id, acs_url)
        with self._lock:
            self._challenges[acs_trans_id] = Challenge(request, acs_trans_id)
        return Answer("C", acs_trans_id, acs_url)

    def outcome(self, acs_trans_id: str) -> Outcome | None:
        """How a challenge ended; None while it has not."""
        with self._lock:
            challenge = self._challenges.get(acs_trans_id)
            return challenge.outcome if challenge else None

    def open_challenge(self, form: Mapping[str, str]) -> Challenge:
        """The challenge that a browser asks for (CReq). Raises Refusal, also where it was shown before."""
        message = read(read_form(form, field="creq", allowed=("threeDSSessionData",)), members=_CREQ)
        if message["messageType"] != "CReq" or message["messageVersion"] != VERSION:
            raise Refusal(NOT_VALID, f"this is no CReq of version {VERSION}")
        with self._lock:
            challenge = self._known(message["acsTransID"])
            if challenge.request.server_trans_id != message["threeDSServerTransID"]:
                raise Refusal(UNKNOWN, "these two transactions don't belong together")
            if challenge.shown:
                raise Refusal(NOT_VALID, "this challenge was shown before")
            challenge.shown, challenge.session_data = True, form.get("threeDSSessionData")
        return challenge

    def answer(self, acs_trans_id: str, answer: str) -> tuple[Challenge, str]:
        """The challenge with its outcome, and the message for the merchant's server (CRes). Raises Refusal."""
        with self._lock:
            challenge = self._known(acs_trans_id)
            if not challenge.shown or challenge.outcome or answer not in _ANSWERS:
                raise Refusal(NOT_VALID, "nothing is to be answered here")
            refused = challenge.request.scenario is Scenario.CHALLENGE_REFUSED and answer == "authenticate"
            challenge.outcome = _ANSWERS["fail" if refused else answer]
        return challenge, _cres(challenge, challenge.outcome)

    def _known(self, acs_trans_id: str) -> Challenge:
        challenge = self._challenges.get(transaction_id(acs_trans_id))
        if challenge is None:
            raise Refusal(UNKNOWN, "the bank knows no such transaction")
        return challenge


def read_method(form: Mapping[str, str]) -> tuple[str, str]:
    """The transaction and the notification URL of a method's form. Raises Refusal.

    Monext's SDK sends the message twice, by another name too.
    """
    text = read_form(form, field="threeDSMethodData", allowed=("3DSMethodData",))
    if form.get("3DSMethodData", text) != text:
        raise Refusal(NOT_VALID, "3DSMethodData is another message")
    message = read(text, members=_METHOD)
    url = message["threeDSMethodNotificationURL"]
    if not url.startswith(("https://", "http://")):
        raise Refusal(NOT_VALID, "threeDSMethodNotificationURL is no URL")
    return transaction_id(message["threeDSServerTransID"]), url


def _cres(challenge: Challenge, outcome: Outcome) -> str:
    return written(
        {
            "threeDSServerTransID": challenge.request.server_trans_id,
            "acsTransID": challenge.acs_trans_id,
            "messageType": "CRes",
            "messageVersion": VERSION,
            "transStatus": outcome.trans_status,
        }
    )
