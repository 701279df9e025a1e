"""Gives the settings of the bridge for the browser tests' shop."""

from __future__ import annotations

from sandbox.bridge_settings import looks_environment
from sandbox.runner import Sandbox

IMAGE_HOST = "images.example.com"
"""Where the shop's pictures of products are. Nobody is there: a test answers for it."""


def shop_settings(sandbox: Sandbox) -> dict[str, str]:
    """Give its branding, the origin of its own pages that use the bridge, a host of pictures, and currencies.

    The seed's dinar is not among these.
    """
    return {
        **looks_environment(sandbox),
        "SHOP_ORIGINS": sandbox.shop_url,
        "CURRENCIES": "EUR,JPY",
        "IMAGE_HOSTS": IMAGE_HOST,
    }
