"""A web payment session: its life, its result and the state that the buyer's page is in."""

import secrets
import string
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from sandbox.bank import Answer, Scenario
from sandbox.monext.cards import Card
from sandbox.monext.results import Result, result
from sandbox.monext.settings import Contract, PointOfSale
from sandbox.monext.transactions import Transaction
from sandbox.monext.urls import with_query

FINAL_STATES = frozenset(
    {"PAYMENT_SUCCESS", "PAYMENT_FAILURE", "PAYMENT_CANCELED", "TOKEN_EXPIRED", "PAYMENT_ONHOLD_PARTNER"}
)
CHOOSING_STATES = frozenset({"PAYMENT_METHODS_LIST", "PAYMENT_FAILURE_WITH_RETRY"})
PAYABLE_STATES = CHOOSING_STATES | {"PAYMENT_REDIRECT_NO_RESPONSE"}


@dataclass(slots=True)
class Authentication:
    """3-D Secure of one attempt: the method until there is a `challenge`, which is what the bank answered.

    The bank sends the browser to `notification_url`.
    """

    server_trans_id: str
    scenario: Scenario
    notification_url: str
    method_completed: bool = False
    challenge: Answer | None = None


@dataclass(frozen=True, slots=True)
class Redirection:
    """The buyer is at another's page: with a `card` at the bank's for 3-D Secure, else at the partner's."""

    contract: Contract
    card: Card | None = None
    authentication: Authentication | None = None


@dataclass(slots=True)
class Session:
    """`request` is the body it was made with.

    `page_url` is the page that embeds the widget, once the widget has sent the buyer elsewhere from it;
    `framed`: that elsewhere is a frame in the widget.
    """

    token: str
    merchant_id: str
    point_of_sale: PointOfSale
    contracts: tuple[Contract, ...]
    request: dict[str, Any]
    created: datetime
    expires: datetime
    max_attempts: int
    attempts: list[Transaction] = field(default_factory=list)
    redirection: Redirection | None = None
    waiting: Transaction | None = None
    cancelled: bool = False
    ended: bool = False
    result_read: bool = False
    device: dict[str, str] = field(default_factory=dict)
    page_url: str = ""
    framed: bool = False

    @property
    def order(self) -> dict[str, Any]:
        return cast(dict[str, Any], self.request["order"])

    @property
    def amount(self) -> int:
        """What the buyer is asked for: `payment.amount`, else the order's."""
        return int(self.request.get("payment", {}).get("amount", self.order["amount"]))

    @property
    def capture(self) -> str:
        return str(self.request.get("payment", {}).get("capture", "AUTOMATIC"))

    @property
    def authentication(self) -> Authentication | None:
        """3-D Secure that is under way."""
        return self.redirection.authentication if self.redirection else None

    @property
    def accepted(self) -> Transaction | None:
        return next((attempt for attempt in self.attempts if attempt.result.title == "ACCEPTED"), None)

    @property
    def pending(self) -> Transaction | None:
        return next((attempt for attempt in self.attempts if not attempt.result.is_final), None)

    @property
    def failures(self) -> list[Transaction]:
        return [attempt for attempt in self.attempts if attempt.status == "KO"]

    def contract(self, contract_id: str) -> Contract | None:
        return next((contract for contract in self.contracts if contract.id == contract_id), None)


def result_of(session: Session, *, now: datetime) -> Result:
    """The session's result: the accepted attempt, else the pending one, else how it ended, else the last."""
    telling = session.accepted or session.pending
    if telling:
        return telling.result
    if session.cancelled or session.ended:
        return result("02319")
    if session.failures:
        return session.failures[-1].result
    return result("02324" if now >= session.expires else "02306")


def state_of(session: Session, *, now: datetime) -> str:
    """The page's state, by the names that Monext's widget and mobile SDKs use."""
    if session.accepted:
        return "PAYMENT_SUCCESS"
    if session.waiting:
        return "ACTIVE_WAITING"
    if session.pending:
        return "PAYMENT_ONHOLD_PARTNER"
    return _closed_state(session, now=now) or _open_state(session)


def _closed_state(session: Session, *, now: datetime) -> str:
    if session.cancelled:
        return "PAYMENT_CANCELED"
    if len(session.failures) >= session.max_attempts:
        return "PAYMENT_FAILURE"
    return "TOKEN_EXPIRED" if session.ended or now >= session.expires else ""


def _open_state(session: Session) -> str:
    if session.redirection:
        return "PAYMENT_REDIRECT_NO_RESPONSE"
    return "PAYMENT_FAILURE_WITH_RETRY" if session.failures else "PAYMENT_METHODS_LIST"


def return_url(session: Session, *, parameter: str) -> str:
    """`returnURL` with the token added to its query, under the name that the point of sale has chosen."""
    return with_query(session.request["returnURL"], added={parameter: session.token})


def page_return_url(session: Session) -> str:
    """The page that embeds the widget, with `paylinetoken` once, however often the buyer came back."""
    parts = urlsplit(session.page_url)
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "paylinetoken"]
    bare = urlunsplit(parts._replace(query=urlencode(kept)))
    return with_query(bare, added={"paylinetoken": session.token})


def new_token(now: datetime) -> str:
    """Thirty-three characters as in the vendor's examples: 1, nineteen letters and digits, milliseconds."""
    alphabet = string.ascii_letters + string.digits
    middle = "".join(secrets.choice(alphabet) for _ in range(19))
    return f"1{middle}{int(now.timestamp() * 1000):013d}"
