"""Reads the environment into typed settings: all of it is checked at start, and all faults come in one message.

A setting is declared once, as a field of a dataclass. To add one, add its field and run `make settings`.

values         the settings that hold for all stores, and the table of all settings
commercetools  the settings of the project
stores         the settings of payments that may differ by store, and how each store is built
branding       the settings of how the pages look, shop by shop
payment_page   the settings of what the page with the widget may load, and Apple's domain file
choices        the words that settings choose from
contracts      MONEXT_PAYMENT_METHOD_IDS: contract numbers, as a list or by method
colors         SHOP_COLORS: what follows from a shop's colours, and whether they can be read
messages       what proves commercetools' messages
parsing        one value each: text to type, or what is wrong with it
declaring      what a declaration of a setting may say, and the walk over the declared fields
secrets        secrets: how they are read, and which of them are good enough for production
by_store       what was read, for all stores or by store, before it is built into settings
reading        the environment: defaults, maps by store, the list of faults; `load_settings`
checks         what must agree between settings
spelling       names that look like settings and are none
"""

from monext_bridge.config.branding import Branding, BrandingByStore, ShopLink
from monext_bridge.config.choices import (
    Access,
    CaptureType,
    CheckoutMode,
    Expiring,
    MonextEnvironment,
    PaymentMethod,
)
from monext_bridge.config.colors import Colors, Palette
from monext_bridge.config.commercetools import ClientCredentials, CommercetoolsSettings
from monext_bridge.config.contracts import Contracts
from monext_bridge.config.declaring import Group, Setting
from monext_bridge.config.parsing import is_this_machine, origin_of, url_host
from monext_bridge.config.payment_page import FETCHES
from monext_bridge.config.reading import load_settings, surrounding_environment, weak_secrets_in
from monext_bridge.config.stores import MonextCredentials, StoreSettings
from monext_bridge.config.values import FILE_NAMES, SETTING_NAMES, SETTINGS, Settings

__all__ = [
    "FETCHES",
    "FILE_NAMES",
    "SETTINGS",
    "SETTING_NAMES",
    "Access",
    "Branding",
    "BrandingByStore",
    "CaptureType",
    "CheckoutMode",
    "ClientCredentials",
    "Colors",
    "CommercetoolsSettings",
    "Contracts",
    "Expiring",
    "Group",
    "MonextCredentials",
    "MonextEnvironment",
    "Palette",
    "PaymentMethod",
    "Setting",
    "Settings",
    "ShopLink",
    "StoreSettings",
    "is_this_machine",
    "load_settings",
    "origin_of",
    "surrounding_environment",
    "url_host",
    "weak_secrets_in",
]
