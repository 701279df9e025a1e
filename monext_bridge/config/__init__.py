"""Reads the environment into typed settings: all of it is checked at start, and all faults come in one message.

names      the table of settings, which the README and `.env.example` list
values     the settings as the rest of the bridge sees them
parsing    one value each: text to type, or what is wrong with it
spelling   names that look like settings and are none
reading    the environment: defaults, maps by store, and the list of faults
contracts  MONEXT_PAYMENT_METHOD_IDS: contract numbers, as a list or by method
colors     SHOP_COLORS: what follows from a shop's colours, and whether they can be read
branding   the settings of how the pages look, shop by shop
stores     one StoreSettings from the settings that may differ by store
loading    `load_settings`, and what must agree between settings
"""

from monext_bridge.config.branding import Branding, BrandingByStore, ShopLink
from monext_bridge.config.colors import Colors, Palette
from monext_bridge.config.loading import load_settings
from monext_bridge.config.names import SETTING_NAMES, SETTINGS, Setting
from monext_bridge.config.parsing import origin_of, url_host
from monext_bridge.config.values import (
    Access,
    CaptureType,
    CheckoutMode,
    CommercetoolsSettings,
    Contracts,
    Expiring,
    MonextCredentials,
    MonextEnvironment,
    PaymentMethod,
    Settings,
    StoreSettings,
)

__all__ = [
    "SETTINGS",
    "SETTING_NAMES",
    "Access",
    "Branding",
    "BrandingByStore",
    "CaptureType",
    "CheckoutMode",
    "Colors",
    "CommercetoolsSettings",
    "Contracts",
    "Expiring",
    "MonextCredentials",
    "MonextEnvironment",
    "Palette",
    "PaymentMethod",
    "Setting",
    "Settings",
    "ShopLink",
    "StoreSettings",
    "load_settings",
    "origin_of",
    "url_host",
]
