"""Makes what a buyer reads: pages and error pages, in their language and with the shop's branding."""

from monext_bridge.web.pages.branding import apply_branding, current_branding, hinted_store_key
from monext_bridge.web.pages.error_pages import code_of, init_error_pages, status_of
from monext_bridge.web.pages.i18n import asked_language, init_i18n, speak
from monext_bridge.web.pages.pictures import shown_pictures
from monext_bridge.web.pages.render import REFRESHING, CheckoutLinks, leads_back

__all__ = [
    "REFRESHING",
    "CheckoutLinks",
    "apply_branding",
    "asked_language",
    "code_of",
    "current_branding",
    "hinted_store_key",
    "init_error_pages",
    "init_i18n",
    "leads_back",
    "shown_pictures",
    "speak",
    "status_of",
]
