"""Decides what it means for the money that commercetools refuses an order, and how often money goes back for that.

A bad release of ours would look like refusals of carts. So money goes back for a reason that is not certain only a
few times an hour and store, as long as no order shows that orders can be made at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum, auto

from monext_bridge.domain.ids import PaymentId
from monext_bridge.domain.outcome.automatic_reversal import reversal_operations
from monext_bridge.domain.record import AttemptKey, Payment, ReversalReason, reversal_reason


class RefusalKind(StrEnum):
    """Says whom a refusal is about.

    CERTAIN: the cart, and no later try will change that, so the money goes back at once. OURS: the bridge, its
    access or commercetools itself, so the money stays and the order is tried again. UNCERTAIN: perhaps the cart; the
    order is tried again for some time, then the money goes back.
    """

    CERTAIN = auto()
    OURS = auto()
    UNCERTAIN = auto()


KIND_OF_CODE = {
    "OutOfStock": RefusalKind.CERTAIN,
    "PriceChanged": RefusalKind.CERTAIN,
    "MatchingPriceNotFound": RefusalKind.CERTAIN,
    "DiscountCodeNonApplicable": RefusalKind.CERTAIN,
    "ShippingMethodDoesNotMatchCart": RefusalKind.CERTAIN,
    "InvalidItemShippingDetails": RefusalKind.CERTAIN,
    "MissingTaxRateForCountry": RefusalKind.CERTAIN,
    "InvalidJsonInput": RefusalKind.OURS,
    "RequiredField": RefusalKind.OURS,
    "insufficient_scope": RefusalKind.OURS,
}
"""Codes of https://docs.commercetools.com/api/errors. Those that begin with `Extension` are OURS as well."""

EXTENSION = "Extension"
OUR_STATUSES = frozenset({401, 403, 404, 409, 429})

MOST_UNCERTAIN = 3
"""So many payments of a store go back in BRAKE_WINDOW for reasons that are not certain, while no order is made."""

BRAKE_WINDOW = timedelta(hours=1)
KEPT_REFUSING = "commercetools kept refusing the order: "
"""Begins the status text of a payment that went back for a reason that is not certain: the brake counts these."""


def refusal_kind(status: int, codes: Iterable[str]) -> RefusalKind:
    """Returns what a refusal with this HTTP status and these error codes means. One certain code decides."""
    kinds = {_kind(code) for code in codes}
    if RefusalKind.CERTAIN in kinds:
        return RefusalKind.CERTAIN
    ours = RefusalKind.OURS in kinds or status in OUR_STATUSES or status >= 500
    return RefusalKind.OURS if ours else RefusalKind.UNCERTAIN


def uncertain_reversals(payments: Iterable[Payment], *, store_key: str | None) -> dict[PaymentId, datetime]:
    """Returns when payments of a store were flagged because an order was refused for a reason that is not certain."""
    found = (p for p in payments if _went_back_uncertain(p) and _is_of(p, store_key))
    return {p.id: at for p in found if (at := _reversed_at(p)) is not None}


def is_braked(reversed_at: Iterable[datetime], *, ordered_at: Iterable[datetime], now: datetime) -> bool:
    """Tells whether as many payments went back as may, within the window and since the last order was made."""
    last_order = max(ordered_at, default=None)
    counted = [
        at for at in reversed_at if now - at < BRAKE_WINDOW and (last_order is None or at > last_order)
    ]
    return len(counted) >= MOST_UNCERTAIN


def _kind(code: str) -> RefusalKind:
    ours = RefusalKind.OURS if code.startswith(EXTENSION) else RefusalKind.UNCERTAIN
    return KIND_OF_CODE.get(code, ours)


def _went_back_uncertain(payment: Payment) -> bool:
    refused = reversal_reason(payment) is ReversalReason.ORDER_REFUSED
    return refused and (payment.status_text or "").startswith(KEPT_REFUSING)


def _is_of(payment: Payment, store_key: str | None) -> bool:
    key = AttemptKey.parse(payment.key)
    return key is not None and key.store_key == store_key


def _reversed_at(payment: Payment) -> datetime | None:
    """Returns when the reversal was announced, which is when the payment was flagged; else its last change."""
    times = [t.timestamp for t in reversal_operations(payment).operations if t.timestamp is not None]
    return min(times) if times else payment.modified_at
