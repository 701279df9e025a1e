"""Explains the answers of the JSON endpoints to whoever called: refusals, and outcomes of an operation."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DescribedFault:
    """Explains one kind of refusal: what it means, and what the caller should do."""

    status: int
    code: str
    meaning: str
    remedy: str


FAULTS = (
    DescribedFault(400, "InvalidJsonInput", "The body is not JSON.", "Correct the request."),
    DescribedFault(
        400, "RequiredField", "A member that has to be there is missing; field names it.", "Add it."
    ),
    DescribedFault(
        400,
        "InvalidField",
        "A member, parameter or header has the wrong type or form, or is unknown; field names it.",
        "Correct it. Amounts are JSON integers above zero.",
    ),
    DescribedFault(
        401, "invalid_token", "No proof of who calls, or one that is not valid.", "Get a new token."
    ),
    DescribedFault(
        403, "access_denied", "The caller is known, and may not do this.", "Check the token's scopes."
    ),
    DescribedFault(
        404,
        "ResourceNotFound",
        "No such payment, cart or address, or none of this bridge.",
        "Check the id and the address.",
    ),
    DescribedFault(405, "InvalidOperation", "The address has no such method.", "Allow names those it has."),
    DescribedFault(
        409,
        "InvalidOperation",
        "The state forbids it: more than is open, another currency, nothing left, a cart that can't be paid.",
        "Nothing was done. GET /operations/payment-intents tells what is open.",
    ),
    DescribedFault(413, "General", "The body is too large.", "Send less."),
    DescribedFault(
        422,
        "InvalidField",
        "The Idempotency-Key was used with another request.",
        "Take a new key for a new act.",
    ),
    DescribedFault(
        429,
        "General",
        "More was asked for in a short time than is reasonable, or an address was refused too often. Nothing "
        "was done.",
        "Wait for Retry-After seconds, then ask again.",
    ),
    DescribedFault(500, "General", "A fault of the bridge.", "Quote X-Correlation-ID to whoever runs it."),
    DescribedFault(
        502, "General", "Monext or commercetools refused the bridge's request.", "See the bridge's log."
    ),
    DescribedFault(
        502,
        "ConcurrentModification",
        "Others write to the same resource all the time.",
        "Ask again later.",
    ),
    DescribedFault(
        503,
        "General",
        "A remote is down, or it is not known yet whether Monext acted.",
        "Wait for Retry-After seconds, then ask again with the same Idempotency-Key.",
    ),
    DescribedFault(504, "General", "A remote did not answer in time.", "As for 503."),
)

OUTCOMES = {
    "approved": "Monext has done all of it.",
    "received": "Monext has taken it and not finished it; GET /operations/payment-intents tells its end.",
    "rejected": "Monext has refused it. A new try needs a new key. Of a reverse with two acts, at least one.",
}

ERROR_EXAMPLE = {
    "message": "2500 can still be captured, in minor units",
    "statusCode": 409,
    "errors": [{"code": "InvalidOperation", "message": "2500 can still be captured, in minor units"}],
}
