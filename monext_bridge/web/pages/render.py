"""The buyer's pages as HTML text. They take values and absolute URLs, decide nothing and call nobody."""

from __future__ import annotations

from dataclasses import dataclass

from monext_bridge.services.results import BuyerStatus, PaymentResult, StartedSession
from monext_bridge.web.pages.branding import PageBranding
from monext_bridge.web.pages.i18n import render

REFRESHING = frozenset({BuyerStatus.RECORDING, BuyerStatus.PENDING, BuyerStatus.CHECKING})
"""States that may end within minutes: their page looks again by itself. A review is done by people."""

RETRYABLE = frozenset(
    {BuyerStatus.NOT_FINISHED, BuyerStatus.REFUSED, BuyerStatus.CANCELLED, BuyerStatus.EXPIRED}
)
"""States in which nothing was taken, so that the page may lead back to the payment."""


@dataclass(frozen=True, slots=True)
class CheckoutLinks:
    """Absolute URLs of the bridge for one attempt.

    `cancel` is the buyer's way out (`/cancel/<ref>`), `redirect_mode` this checkout in `mode=redirect`,
    `result` where the browser goes when the widget names no URL itself (`/result/<ref>`).
    """

    cancel: str
    redirect_mode: str
    result: str


def checkout_widget(
    started: StartedSession, *, links: CheckoutLinks, nonce: str, branding: PageBranding
) -> str:
    """The page with Monext's widget in it (monext/api.md, section 5).

    It needs `script-src` and `style-src` for the widget's host, and the nonce for both scripts. Where the
    widget can't run, the page still leads to the hosted page and to the way out.
    """
    return render(
        "checkout/widget.html",
        languages=[started.language],
        default=branding.language,
        started=started,
        links=links,
        nonce=nonce,
        branding=branding,
    )


def checkout_redirect(
    started: StartedSession, *, links: CheckoutLinks, nonce: str, branding: PageBranding
) -> str:
    """The order and a forward to Monext's hosted page that needs no script."""
    return render(
        "checkout/redirect.html",
        languages=[started.language],
        default=branding.language,
        started=started,
        links=links,
        nonce=nonce,
        branding=branding,
    )


def leads_back(settled: PaymentResult) -> bool:
    """Whether the page may lead back to the payment: nothing was taken, and the shop has not cancelled it."""
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
    """Where a payment stands, in the buyer's words: one template for each status.

    `refresh_url` is this page's own address; its script asks it again with `fetch`, which needs
    `connect-src 'self'`, and goes there once it is told another status. `next_poll_url` is where a
    browser without script looks next by itself, None once it has looked long enough. `retry_url` is only shown
    where the page `leads_back`.
    """
    return render(
        f"result/{settled.status.value}.html",
        languages=[settled.language],
        default=branding.language,
        settled=settled,
        retry_url=retry_url if leads_back(settled) else None,
        shop_url=shop_url,
        refresh_url=refresh_url,
        next_poll_url=next_poll_url,
        refreshes=settled.status in REFRESHING,
        nonce=nonce,
        branding=branding,
    )
