"""The shop for which the bridge serves the browser tests."""

from __future__ import annotations

from sandbox.runner import Sandbox


def shop_settings(sandbox: Sandbox) -> dict[str, str]:
    """A name, pages of its own that use the bridge, and one currency of the seed (dinar) that can't be paid."""
    return {
        "SHOP_NAME": "Sandbox shop",
        "SHOP_ORIGINS": sandbox.shop_url,
        "CURRENCIES": "EUR,JPY",
    }
