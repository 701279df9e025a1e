"""What the sandbox's shop sells: products, tax rates and shipping methods."""

import uuid
from dataclasses import dataclass, field

from sandbox.commercetools.money import cents, precise
from sandbox.commercetools.wire import Json

_NAMESPACE = uuid.UUID("5a9db0c5-0000-4000-8000-000000000000")


def stable_id(*names: str) -> str:
    """An id that is the same at every start."""
    return str(uuid.uuid5(_NAMESPACE, "/".join(names)))


@dataclass(frozen=True, slots=True)
class Product:
    """A product with one variant; prices and sale prices in minor units by currency."""

    sku: str
    names: dict[str, str]
    prices: dict[str, int]
    tax_category: str = "standard"
    sale_prices: dict[str, int] = field(default_factory=dict)
    kind: str = "furniture"
    finer: int = 0
    """Prices have so many digits more than their currency, as those of screws that are sold by the thousand."""

    @property
    def id(self) -> str:
        """The product's id."""
        return stable_id("product", self.sku)

    def price_id(self, currency: str) -> str:
        """The id of the price in a currency."""
        return stable_id("price", self.sku, currency)

    def price(self, currency: str) -> Json | None:
        """The price in a currency, with its sale price where there is one."""
        if currency not in self.prices:
            return None
        amount = self.prices[currency]
        value = precise(amount, currency, finer=self.finer) if self.finer else cents(amount, currency)
        price: Json = {"id": self.price_id(currency), "value": value}
        if currency in self.sale_prices:
            discount = {"typeId": "product-discount", "id": stable_id("product-discount", "sale")}
            price["discounted"] = {"value": cents(self.sale_prices[currency], currency), "discount": discount}
        return price


@dataclass(frozen=True, slots=True)
class Rate:
    """A tax rate, as the exact decimal text that JSON carries."""

    name: str
    amount: str
    included: bool = True

    def wire(self, *, category: str, country: str) -> Json:
        """As a TaxRate."""
        return {
            "id": stable_id("tax", category, country)[:8],
            "name": self.name,
            "amount": float(self.amount),
            "includedInPrice": self.included,
            "country": country,
            "subRates": [],
        }


PRODUCTS = {
    product.sku: product
    for product in (
        Product(
            "CHAIR-OAK",
            {"fr": "Chaise en chêne", "en": "Oak chair", "de": "Eichenstuhl"},
            {"EUR": 12900, "JPY": 19800, "KWD": 43250},
        ),
        Product(
            "LAMP-DESK",
            {"fr": "Lampe de bureau", "en": "Desk lamp", "de": "Schreibtischlampe"},
            {"EUR": 4990, "JPY": 7480, "KWD": 16755},
        ),
        Product(
            "LAMP-SALE",
            {"fr": "Lampe à poser (soldes)", "en": "Table lamp (sale)", "de": "Tischlampe (Angebot)"},
            {"EUR": 7900},
            sale_prices={"EUR": 5925},
        ),
        Product(
            "TABLE-WALNUT",
            {"fr": "Table en noyer", "en": "Walnut table", "de": "Nussbaumtisch"},
            {"EUR": 54900},
        ),
        Product(
            "BOOK-DESIGN",
            {"fr": "Livre : l’assise", "en": "Book: On sitting", "de": "Buch: Vom Sitzen"},
            {"EUR": 2450},
            tax_category="books",
        ),
        Product(
            "POSTER-MUSEUM",
            {"fr": "Affiche du musée", "en": "Museum poster", "de": "Museumsplakat"},
            {"EUR": 1995},
            tax_category="culture",
        ),
        Product(
            "DESK-PRO",
            {"fr": "Bureau professionnel (prix HT)", "en": "Office desk (net)", "de": "Bürotisch (netto)"},
            {"EUR": 24999},
            tax_category="professional",
        ),
        Product(
            "PLAN-PDF",
            {"fr": "Plan de montage (PDF)", "en": "Assembly plan (PDF)", "de": "Bauplan (PDF)"},
            {"EUR": 900},
            tax_category="digital",
            kind="digital",
        ),
        Product(
            "SCREW-BRASS",
            {"fr": "Vis en laiton", "en": "Brass screw", "de": "Messingschraube", "zh-Hant": "黃銅螺絲"},
            {"EUR": 1235},
            finer=3,
        ),
        Product(
            "RUG-REFUSED",
            {"fr": "Tapis (refusé)", "en": "Rug (refused)", "de": "Teppich (abgelehnt)"},
            {"EUR": 33305},
        ),
        Product(
            "SHELF-PENDING",
            {"fr": "Étagère (en attente)", "en": "Shelf (pending)", "de": "Regal (in Prüfung)"},
            {"EUR": 33402},
        ),
    )
}

PRODUCT_TYPES = {"furniture": "Furniture", "digital": "Digital goods"}

_STANDARD = {
    "FR": Rate("TVA 20 %", "0.2"),
    "DE": Rate("USt 19 %", "0.19"),
    "BE": Rate("TVA 21 %", "0.21"),
    "FI": Rate("ALV 25.5 %", "0.255"),
    "JP": Rate("消費税 10 %", "0.1"),
    "KW": Rate("No VAT", "0"),
}

TAX_RATES: dict[str, dict[str, Rate]] = {
    "standard": _STANDARD,
    "digital": _STANDARD,
    "books": {**_STANDARD, "FR": Rate("TVA 5,5 %", "0.055"), "DE": Rate("USt 7 %", "0.07")},
    "culture": {**_STANDARD, "FR": Rate("Taxe locale 2,55 %", "0.0255")},
    "professional": {
        country: Rate(rate.name, rate.amount, included=False) for country, rate in _STANDARD.items()
    },
}

_SHIPPING_PRICES: dict[str, tuple[str, dict[str, int]]] = {
    "standard": ("Livraison standard", {"EUR": 590, "JPY": 800, "KWD": 2500}),
    "standard-de": ("Standardversand", {"EUR": 590}),
    "express": ("Livraison express", {"EUR": 1490, "JPY": 2200, "KWD": 6750}),
    "pickup": ("Retrait en magasin", {"EUR": 0, "JPY": 0, "KWD": 0}),
}

SHIPPING_METHODS = {stable_id("shipping-method", key): key for key in _SHIPPING_PRICES}


def tax_rate(category: str, country: str) -> Json | None:
    """The tax rate of a category in a country."""
    rate = TAX_RATES.get(category, {}).get(country)
    return rate.wire(category=category, country=country) if rate else None


def tax_category_id(category: str) -> str:
    """The id of a tax category."""
    return stable_id("tax-category", category)


def tax_category_of(category_id: str) -> str | None:
    """The key of the tax category with that id."""
    return next((key for key in TAX_RATES if tax_category_id(key) == category_id), None)


def shipping_price(method: str, currency: str) -> tuple[str, Json] | None:
    """Name and price of a shipping method in a currency."""
    name, prices = _SHIPPING_PRICES[method]
    return (name, cents(prices[currency], currency)) if currency in prices else None
