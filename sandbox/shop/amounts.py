"""Amounts, moments, texts and documents as the shop shows them."""

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency


def money(amount: dict[str, Any] | None) -> str:
    """A commercetools money object in words: `1,234.50 EUR`, `1,235 JPY`; a dash where there is none."""
    if not amount:
        return "–"
    value = _value(amount)
    return f"{value:,f} {amount['currencyCode']}"


def price(amount: dict[str, Any], locale: str | None) -> str:
    """What is in whole minor units, as buyers read it in a locale, `134,90 €`, and in English without one."""
    return format_currency(_value(amount), amount["currencyCode"], locale=_known(locale))


def moment(text: str | None) -> str:
    """A commercetools timestamp to the second, in UTC; a dash where there is none."""
    if not text:
        return "–"
    return datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%M:%S UTC")


def words(localised: dict[str, str] | str | None, locale: str | None = None) -> str:
    """A localised text in the language of a locale, else in English, else in whatever language it has."""
    if isinstance(localised, str):
        return localised
    if not localised:
        return ""
    wanted = (locale or "", (locale or "").partition("-")[0], "en", "en-GB")
    return next((localised[each] for each in wanted if each in localised), next(iter(localised.values())))


def pretty(document: object) -> str:
    """A JSON document to be read, its members in the order in which they came."""
    return json.dumps(document, indent=2, ensure_ascii=False)


def _value(amount: dict[str, Any]) -> Decimal:
    """In the currency's main unit, with all its decimals."""
    units = amount["preciseAmount"] if amount.get("type") == "highPrecision" else amount["centAmount"]
    return Decimal(int(units)).scaleb(-int(amount.get("fractionDigits", 2)))


def _known(locale: str | None) -> Locale:
    try:
        return Locale.parse(locale or "en", sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")
