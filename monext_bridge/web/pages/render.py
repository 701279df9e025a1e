"""Renders the buyer's pages as HTML text, from values and URLs; it calls nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monext_bridge.services.results import BuyerStatus, PaymentResult, StartedSession
from monext_bridge.web.pages.branding import PageBranding
from monext_bridge.web.pages.i18n import render

REFRESHING = frozenset({BuyerStatus.RECORDING, BuyerStatus.PENDING, BuyerStatus.CHECKING})
"""Statuses that may end within minutes: their page polls by itself. People do a review, so its page does not."""

RETRYABLE = frozenset(
    {BuyerStatus.NOT_FINISHED, BuyerStatus.REFUSED, BuyerStatus.CANCELLED, BuyerStatus.EXPIRED}
)
"""Statuses in which nothing was taken, so that the page may lead back to the payment."""


@dataclass(frozen=True, slots=True)
class CheckoutLinks:
    """Addresses of the bridge for one payment attempt.

    `cancel` is the buyer's way out (`/cancel/<ref>`), `redirect_mode` this checkout in `mode=redirect`,
    `result` where the browser goes when the widget names no URL itself (`/result/<ref>`).
    """

    cancel: str
    redirect_mode: str
    result: str


def checkout_widget(
    started: StartedSession,
    *,
    pictures: Sequence[str | None],
    links: CheckoutLinks,
    nonce: str,
    branding: PageBranding,
) -> str:
    """Render the page with Monext's widget in it (monext/api.md, section 5).

    `pictures` has one of each line of the cart, None where none may be shown. The page needs `script-src` and
    `style-src` for the widget's host, and the nonce for both scripts. Where the widget can't run, the page still
    leads to the hosted page and to the way out.
    """
    return render(
        "checkout/widget.html",
        languages=[started.language],
        default=branding.language,
        started=started,
        pictures=pictures,
        links=links,
        nonce=nonce,
        branding=branding,
    )


def checkout_redirect(
    started: StartedSession,
    *,
    pictures: Sequence[str | None],
    links: CheckoutLinks,
    branding: PageBranding,
) -> str:
    """Render the order, and a forward to Monext's hosted page that works without script.

    The forward is at once, so the page is only seen where it takes longer: something that can't be read before it
    goes had better not be shown. A forward that waits would take the page away from whoever reads slowly
    (https://www.w3.org/TR/WCAG22/#timing-adjustable).
    """
    return render(
        "checkout/redirect.html",
        languages=[started.language],
        default=branding.language,
        started=started,
        pictures=pictures,
        links=links,
        branding=branding,
    )


def leads_back(settled: PaymentResult) -> bool:
    """Tell whether the page may lead back to the payment: nothing was taken, and the shop has not cancelled it."""
    return settled.status in RETRYABLE and not settled.released


def result(
    settled: PaymentResult,
    *,
    retry_url: str | None,
    shop_url: str | None,
    refresh_url: str,
    next_poll_url: str | None,
    nonce: str,
    branding: PageBranding,
) -> str:
    """Render the status of a payment in the buyer's words: each status has its template.

    `refresh_url` is this page's own address. Its script polls it with `fetch`, which needs `connect-src 'self'`, and
    goes there once it is told another status. `next_poll_url` is the address that a browser without script polls
    next by itself, None once it has polled long enough. `retry_url` is only shown where the page `leads_back`. Where
    it is None, because the access to the payment has ended, the page says to ask the shop.
    """
    return render(
        f"result/{settled.status.value}.html",
        languages=[settled.language],
        default=branding.language,
        settled=settled,
        retry_url=retry_url if leads_back(settled) else None,
        asks_for_link=retry_url is None and leads_back(settled),
        shop_url=shop_url,
        refresh_url=refresh_url,
        next_poll_url=next_poll_url,
        refreshes=settled.status in REFRESHING,
        nonce=nonce,
        branding=branding,
    )
