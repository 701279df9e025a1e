"""The words that buyers read, in the languages of the shop's stores; what is said to whoever tries it is English."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class Words:
    """Of one language; `tag` is its name for browsers."""

    tag: str
    total: str
    total_with_tax: str
    net: str
    discount: str
    nothing: str
    thanks: str
    not_placed: str
    your_order: str


_ENGLISH = Words(
    tag="en",
    total="Total",
    total_with_tax="Total with tax",
    net="Without tax",
    discount="Discount on the total",
    nothing="Nothing in it",
    thanks="Thank you",
    not_placed="Your order is not placed",
    your_order="Your order",
)
_WORDS = MappingProxyType(
    {
        "en": _ENGLISH,
        "fr": Words(
            tag="fr",
            total="Total",
            total_with_tax="Total TTC",
            net="Total HT",
            discount="Remise sur le total",
            nothing="Rien",
            thanks="Merci pour votre achat",
            not_placed="Votre commande n’est pas passée",
            your_order="Votre commande",
        ),
        "de": Words(
            tag="de",
            total="Summe",
            total_with_tax="Summe mit Mehrwertsteuer",
            net="Summe ohne Mehrwertsteuer",
            discount="Rabatt auf die Summe",
            nothing="Nichts darin",
            thanks="Vielen Dank für Ihren Einkauf",
            not_placed="Ihre Bestellung ist nicht aufgegeben",
            your_order="Ihre Bestellung",
        ),
    }
)


def words_for(document: dict[str, Any] | None) -> Words:
    """In the language of a cart or order; English where it has none of ours, or there is no document."""
    locale = str((document or {}).get("locale", ""))
    return _WORDS.get(locale.partition("-")[0], _ENGLISH)
