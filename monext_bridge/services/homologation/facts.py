"""Lists the facts about the remotes that nobody could check before, and what to do where one is otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

LONGEST_EVIDENCE = 80


class FactState(StrEnum):
    """Says what is known of a fact now."""

    HOLDS = "holds"
    DIFFERS = "differs"
    NOT_FOUND_OUT = "not found out"


@dataclass(frozen=True, slots=True)
class Fact:
    """Describes a fact: what the bridge relies on, how it is found out, and what to do where it differs."""

    says: str
    how: str
    otherwise: str


TELL = "Tell the developers: send them this file."

FACTS: Mapping[str, Fact] = {
    "wrong_key": Fact(
        "a wrong key is answered 401, or 200 with the title Unauthorized",
        "reads with a key that is wrong",
        TELL,
    ),
    "url_length": Fact(
        "Monext takes a returnURL of 255 characters",
        "opens a session with one",
        f"Shorten PUBLIC_URL: a reference needs 142 characters behind it. {TELL}",
    ),
    "redirect_url": Fact(
        "a new session comes with a redirectURL", "opens a session", f"Set CHECKOUT_MODE=widget. {TELL}"
    ),
    "redirect_url_once": Fact("the redirectURL is given once alone", "reads the new session", TELL),
    "not_begun": Fact("a session that nobody has paid says INPROGRESS, 02306", "reads the new session", TELL),
    "unknown_session": Fact("a session that is not there says ERROR, 02304", "reads a made-up one", TELL),
    "introspection": Fact(
        "introspection tells active, scope, client_id and exp",
        "introspects a token of the bridge",
        f"See the scope introspect_oauth_tokens. {TELL}",
    ),
    "dated_answers": Fact("answers of commercetools are dated", "reads from the project", TELL),
    "token_parameter": Fact(
        "the buyer comes back with paylinetoken, monext_session_id or token",
        "looks at the names of the parameters of the page that the person came back to",
        "Set sessionIdParameterName of the point of sale at Monext to paylinetoken.",
    ),
    "type_of_manual": Fact(
        "what is paid by capture MANUAL is an AUTHORIZATION",
        "reads the paid session",
        "See MONEXT_CAPTURE_TYPE and the contract: this one takes the money at once.",
    ),
    "session_private_data": Fact("a session echoes its privateData", "reads the paid session", TELL),
    "dates": Fact("dates have a zone", "reads the ledger", TELL),
    "ledger_origin": Fact("the ledger begins with the payment itself", "reads the transaction", TELL),
    "partial_capture": Fact(
        "a part can be captured", "captures a part", "Use a contract that allows it, or capture all at once."
    ),
    "several_captures": Fact(
        "an authorisation can be captured more than once",
        "captures a second part",
        "Set CAPTURE_ON_SHIPMENT so that an order is captured once, and capture with final.",
    ),
    "act_private_data": Fact("a capture's transaction echoes its privateData", "reads the capture", TELL),
    "over_capture": Fact("more than is left can't be captured", "captures too much", TELL),
    "refund_by_capture": Fact("a refund by the capture's id is refused", "refunds 1 by it", TELL),
    "partial_refund": Fact("a part can be refunded", "refunds a part by the payment's id", TELL),
    "cancel_rest": Fact("what is not captured can be cancelled", "cancels it", TELL),
    "rows_add_up": Fact("rows of the ledger tell what was done", "reads the ledger at the end", TELL),
}
"""Each fact by its id, which stays the same from release to release."""


@dataclass(frozen=True, slots=True)
class FoundOut:
    """Holds what was found out about a fact. `evidence` is short, and has no secret and no personal data."""

    verdict: FactState
    evidence: str = ""


def known(holds: bool, evidence: object) -> FoundOut:
    """Return the verdict, with the evidence shortened."""
    return FoundOut(FactState.HOLDS if holds else FactState.DIFFERS, str(evidence)[:LONGEST_EVIDENCE])
