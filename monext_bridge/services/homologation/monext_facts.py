"""Lists the facts about Monext that nobody could check without credentials, and what to do where one differs."""

from __future__ import annotations

from collections.abc import Mapping

from monext_bridge.services.homologation.facts import TELL, Fact

MONEXT_FACTS: Mapping[str, Fact] = {
    "wrong_key": Fact(
        "a wrong key is answered 401, or 200 with the title Unauthorized",
        "reads with a key that is wrong",
        TELL,
    ),
    "url_length": Fact(
        "Monext takes a returnURL and a notificationURL of 255 characters",
        "opens a session with them",
        f"Shorten PUBLIC_URL: a reference needs 142 characters behind it. {TELL}",
    ),
    "redirect_url": Fact(
        "a new session comes with a redirectURL", "opens a session", f"Set CHECKOUT_MODE=widget. {TELL}"
    ),
    "redirect_url_once": Fact("the redirectURL is given once alone", "reads the new session", TELL),
    "not_begun": Fact("a session that nobody has paid says INPROGRESS, 02306", "reads the new session", TELL),
    "unknown_session": Fact("a session that is not there says ERROR, 02304", "reads a made-up one", TELL),
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
    "invalid_field": Fact(
        "a request that breaks a limit is refused, and the answer names the field",
        "asks for a session in a currency that does not exist",
        TELL,
    ),
    "order_reference": Fact("a session tells the reference of its order", "reads the paid session", TELL),
    "notification": Fact(
        "Monext calls a session's notificationURL by GET",
        "compares the bridge's metrics before and after the payment, ahead of reading the session",
        f"See that Monext reaches PUBLIC_URL. Until then keep reconciliation on: it finds the same. {TELL}",
    ),
    "refused_card": Fact(
        "a session whose card was refused says REFUSED, with a code 01xxx",
        "reads the session between the refused card and the accepted one",
        TELL,
    ),
    "paid_after_refusal": Fact(
        "a session in which a card was refused can still be paid", "reads the paid session", TELL
    ),
    "cancelled_by_buyer": Fact(
        "a session that the buyer gives up says CANCELLED, with a code of cancelling",
        "reads the session that the person has given up",
        TELL,
    ),
    "second_attempt": Fact(
        "the same card may pay a second attempt, whose reference ends otherwise: it is no duplicate",
        "reads the second session that the person has paid",
        f"Ask Monext what its duplicate detection compares. {TELL}",
    ),
    "final_capture": Fact(
        "a last capture gives the rest of the authorisation free, and the ledger shows it",
        "captures a part of the second payment with the option FINAL",
        f"Cancel what is left yourself after a capture with final. {TELL}",
    ),
    "session_ends": Fact(
        "a session that nobody pays ends after MONEXT_SESSION_MINUTES, and says that it expired",
        "reads a session that is left alone, once its time is over",
        f"Set MONEXT_SESSION_MINUTES to the time limit of the point of sale. {TELL}",
    ),
    "cancel_too_late": Fact(
        "a cancel of what was sent for settlement is refused with 02105",
        "keeps a capture over night, and tries to cancel it on the next day",
        TELL,
    ),
    "widget_policy": Fact(
        "the widget loads, posts to and frames nothing that the pages' policy forbids",
        "compares the bridge's metrics before and after payments on its own page",
        f"See the section on the pages' policy in docs/configuration.md. {TELL}",
    ),
}
"""Each fact by its id, which stays the same from release to release."""
