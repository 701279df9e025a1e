"""Amounts as people read them."""

from decimal import Decimal

from babel.numbers import format_currency

from sandbox.monext.iso import words

_EXPONENTS = {
    **dict.fromkeys(words("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"), 0),
    **dict.fromkeys(words("BHD IQD JOD KWD LYD OMR TND"), 3),
}


def digits_of(currency: str) -> int:
    """How many digits the minor unit has (ISO 4217)."""
    return _EXPONENTS.get(currency, 2)


def written(amount: int, *, currency: str) -> str:
    """Minor units as `24.99 EUR`."""
    digits = digits_of(currency)
    if digits == 0:
        return f"{amount} {currency}"
    major, minor = divmod(amount, 10**digits)
    return f"{major}.{minor:0{digits}d} {currency}"


def as_read(amount: int, *, currency: str, language: str) -> str:
    """Minor units as buyers read them in the language of their page: `24,99 €`."""
    value = Decimal(amount).scaleb(-digits_of(currency))
    return format_currency(value, currency, locale=language)
