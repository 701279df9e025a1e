"""The shop for which the bridge serves the browser tests."""

from __future__ import annotations

from sandbox.bridge_settings import looks_environment
from sandbox.runner import Sandbox


def shop_settings(sandbox: Sandbox) -> dict[str, str]:
    """Its looks, pages of its own that use the bridge, and one currency of the seed (dinar) that can't be paid."""
    return {
        **looks_environment(sandbox.shop_url),
        "SHOP_ORIGINS": sandbox.shop_url,
        "CURRENCIES": "EUR,JPY",
    }
