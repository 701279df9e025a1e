"""Says from where the page with Monext's widget may load what, directive by directive of its policy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from monext_bridge.config import FETCHES, Contracts, MonextEnvironment, PaymentMethod

Sources = Mapping[str, tuple[str, ...]]
"""Sources by directive of a content security policy."""

ANY_BANK = "https:"
"""Every bank's host, over HTTPS. For 3-D Secure the widget posts a form to the bank's page, in a hidden frame or in
place of our page, and nobody can list the hosts of all banks."""

FAIL_OVER_HOSTS = {
    MonextEnvironment.HOMOLOGATION: (
        "https://homologation-payment.payline.com",
        "https://homologation-payment-2.payline.com",
    ),
    MonextEnvironment.PRODUCTION: ("https://payment.payline.com", "https://payment-2.payline.com"),
}
"""Hosts that Monext's widget uses besides the one it is loaded from. The second is its fail-over site."""

FONT_HOST = "https://maxcdn.bootstrapcdn.com"
"""Host from which Monext's own shop extensions let the widget fetch its icon font, and nothing else."""

_GOOGLE, _APPLE = "https://pay.google.com", "https://applepay.cdn-apple.com"

WALLET_SOURCES: Mapping[PaymentMethod, Sources] = MappingProxyType(
    {
        PaymentMethod.GOOGLE_PAY: {
            # Google's pay.js, developers.google.com/pay/api/web/guides/tutorial. Not www.gstatic.com: it also serves
            # libraries that turn an attribute into a script, and no source has the button load a script from there.
            "script-src": (_GOOGLE,),
            "style-src": (_GOOGLE, "https://www.gstatic.com"),
            # The button's pictures: GOV.UK Pay, alphagov/pay-frontend, pull request 1228.
            "img-src": (_GOOGLE, "https://www.gstatic.com"),
            # The Payment Request API fetches the wallet's manifest, and where that redirects to:
            # developer.chrome.com/blog/payment-handler-csp-connect-src; pay-frontend, 3368, 3370 and 3485.
            "connect-src": (_GOOGLE, "https://google.com/pay", "https://www.google.com/pay"),
            "frame-src": (_GOOGLE,),
        },
        # Apple's apple-pay-sdk.js and what its button draws with: developer.apple.com/documentation/applepayontheweb.
        # Other providers tell shops to let this one host in for everything (SumUp's card widget).
        PaymentMethod.APPLE_PAY: dict.fromkeys(FETCHES, (_APPLE,)),
    }
)
"""What wallets load by their own buttons in our page. It has not been seen with Monext's live widget."""


def widget_sources(widget_url: str, environment: MonextEnvironment) -> Sources:
    """Give what Monext's widget needs: its own hosts for everything, and every bank for frames and forms."""
    parts = urlsplit(widget_url)
    own = f"{parts.scheme}://{parts.netloc}"
    monext = FAIL_OVER_HOSTS[environment] if parts.netloc.endswith(".payline.com") else ()
    hosts = (own, *monext)
    return everywhere(hosts) | {
        "font-src": (*hosts, FONT_HOST) if monext else hosts,
        "frame-src": (*hosts, ANY_BANK),
        "form-action": (*hosts, ANY_BANK),
    }


def wallet_sources(contracts: Contracts, *, nonce: str) -> list[Sources]:
    """Give what the wallets need that a store may offer, and the nonce for the styles that their buttons insert.

    Where contracts are a plain list, or all of the point of sale, any of them may be a wallet's, so all are let in.
    Google's button takes a nonce for scripts and styles since August 2026; Monext's widget is given ours to hand on.
    """
    offered = contracts.by_method or WALLET_SOURCES
    found = [sources for method, sources in WALLET_SOURCES.items() if method in offered]
    return [*found, {"style-src": (f"'nonce-{nonce}'",)}] if found else []


def everywhere(hosts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Give these hosts for everything that a page may load."""
    return dict.fromkeys(FETCHES, tuple(hosts))
