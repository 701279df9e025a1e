"""A small shop in front of the bridge: carts to pay, landing pages, and what commercetools really holds."""

from sandbox.shop.app import create_app
from sandbox.shop.settings import Access, BridgeUrl, ShopSettings

__all__ = ["Access", "BridgeUrl", "ShopSettings", "create_app"]
