"""Names the payment methods as shops do, by Monext's instrument code (`paymentInstrumentType.code`)."""

from __future__ import annotations

from collections.abc import Mapping

from monext_bridge.domain.languages import LANGUAGES

BRANDS: Mapping[str, str] = {
    "VISA": "Visa",
    "MASTERCARD": "Mastercard",
    "MCVISA": "Visa / Mastercard",
    "AMEX": "American Express",
    "APPLE_PAY": "Apple Pay",
    "GOOGLE_PAY": "Google Pay",
    "SAMSUNG_PAY": "Samsung Pay",
    "PAYPAL": "PayPal",
    "PAYPAL_APIREST": "PayPal",
    "BANCONTACT": "Bancontact",
    "BCMC": "Bancontact",
    "IDEAL": "iDEAL",
    "MBWAY": "MB WAY",
    "MB_WAY": "MB WAY",
    "MBWAY_MNXT": "MB WAY",
}
"""Brand names are the same in every language."""

TRANSLATED: Mapping[str, Mapping[str, str]] = {
    "CB": {
        "fr": "Carte bancaire",
        "en": "Bank card",
        "de": "Bankkarte",
        "es": "Tarjeta bancaria",
        "it": "Carta bancaria",
        "nl": "Bankkaart",
        "pt": "Cartão bancário",
    },
}


KNOWN_METHODS = frozenset({*BRANDS, *TRANSLATED})
"""The instrument codes that have a name here."""
METHODS: Mapping[str, str] = {
    **{code: code for code in ("CB", "VISA", "MASTERCARD", "AMEX", "APPLE_PAY", "GOOGLE_PAY")},
    **{"MCVISA": "VISA", "PAYPAL": "PAYPAL", "PAYPAL_APIREST": "PAYPAL", "PAYLPAL": "PAYPAL"},
    **{"BANCONTACT": "BANCONTACT", "BCMC": "BANCONTACT", "IDEAL": "IDEAL"},
    **{"MBWAY": "MB_WAY", "MB_WAY": "MB_WAY", "MBWAY_MNXT": "MB_WAY"},
}
"""Which method of MONEXT_PAYMENT_METHOD_IDS an instrument code is. One of them is misspelt by Monext's own page."""


def method_of_instrument(code: str) -> str | None:
    """Returns the name that MONEXT_PAYMENT_METHOD_IDS has for an instrument code; None for one that we don't know."""
    return METHODS.get(code.upper())


def display_names(method: str) -> dict[str, str]:
    """Returns the name of a method in each of LANGUAGES. A code that we don't know stands for itself."""
    code = method.upper()
    if code in TRANSLATED:
        return dict(TRANSLATED[code])
    return dict.fromkeys(LANGUAGES, BRANDS.get(code, method))
