"""Which fields may be queried: an unknown one is refused, so that a misspelt one does not pass for empty."""

from dataclasses import dataclass, field
from enum import Enum


class Kind(Enum):
    """What a field holds, and so what it may be compared with."""

    TEXT = "a text"
    NUMBER = "a number"
    MOMENT = "a date and time"
    FLAG = "true or false"
    OBJECT = "an object"


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of an object by name; `open` where any name is one, as in localised strings.

    `kind` is None where anything may be compared.
    """

    names: dict[str, "Fields"] = field(default_factory=dict)
    open: bool = False
    kind: Kind | None = Kind.OBJECT

    def of(self, name: str) -> "Fields | None":
        """What is inside a field; None where there is no such field."""
        return ANY if self.open else self.names.get(name)


ANY = Fields(open=True, kind=None)
_KINDS = {
    Kind.NUMBER: "version centAmount fractionDigits quantity totalLineItemQuantity quantityOnStock availableQuantity",
    Kind.MOMENT: "createdAt lastModifiedAt timestamp completedAt",
    Kind.FLAG: "isEmailVerified isDefault active initial builtIn published hasStagedChanges",
}
_OF_KIND = {name: Fields(kind=kind) for kind, names in _KINDS.items() for name in names.split()}
_TEXT = Fields(kind=Kind.TEXT)


def _fields(plain: str, **nested: Fields) -> Fields:
    return Fields({**{name: _OF_KIND.get(name, _TEXT) for name in plain.split()}, **nested})


_BASE = "id version key createdAt lastModifiedAt"
_REFERENCE = _fields("id typeId key")
_MONEY = _fields("type centAmount currencyCode fractionDigits")
_TAXED = _fields("", totalNet=_MONEY, totalGross=_MONEY, totalTax=_MONEY)
_PAYMENTS = _fields("", payments=_REFERENCE)
_ADDRESS = _fields(
    "id key country title salutation firstName lastName streetName streetNumber additionalStreetInfo "
    "postalCode city region state company department building apartment pOBox phone mobile email fax "
    "additionalAddressInfo"
)
_LINES = _fields(
    "id key productId quantity priceMode lineItemMode",
    variant=_fields("id sku"),
    totalPrice=_MONEY,
    name=ANY,
    custom=ANY,
)
_CART_LIKE = {
    "customLineItems": _fields("id key slug quantity", name=ANY, money=_MONEY, totalPrice=_MONEY),
    "lineItems": _LINES,
    "paymentInfo": _PAYMENTS,
    "totalPrice": _MONEY,
    "taxedPrice": _TAXED,
    "taxedShippingPrice": _TAXED,
    "store": _REFERENCE,
    "businessUnit": _REFERENCE,
    "shippingAddress": _ADDRESS,
    "billingAddress": _ADDRESS,
    "shippingInfo": _fields("shippingMethodName", price=_MONEY, shippingMethod=_REFERENCE),
    "custom": ANY,
}
_CART_NAMES = (
    f"{_BASE} customerId customerEmail anonymousId country locale shippingMode taxMode origin "
    "purchaseOrderNumber inventoryMode totalLineItemQuantity "
)

QUERYABLE: dict[str, Fields] = {
    "cart": _fields(
        _CART_NAMES + "cartState freezeStrategy", lock=_fields("createdAt clientId"), **_CART_LIKE
    ),
    "order": _fields(
        _CART_NAMES + "orderNumber orderState shipmentState paymentState completedAt",
        cart=_REFERENCE,
        state=_REFERENCE,
        **_CART_LIKE,
    ),
    "order-edit": _fields(f"{_BASE} comment", resource=_REFERENCE, result=_fields("type"), custom=ANY),
    "payment": _fields(
        f"{_BASE} anonymousId interfaceId",
        customer=_REFERENCE,
        amountPlanned=_MONEY,
        paymentMethodInfo=_fields(
            "paymentInterface method interfaceAccount", name=ANY, token=_fields("value"), custom=ANY
        ),
        paymentStatus=_fields("interfaceCode interfaceText", state=_REFERENCE),
        transactions=_fields("id timestamp type state interactionId interfaceId", amount=_MONEY, custom=ANY),
        interfaceInteractions=ANY,
        custom=ANY,
    ),
    "customer": _fields(
        f"{_BASE} customerNumber externalId email firstName lastName middleName title "
        "salutation dateOfBirth companyName vatId isEmailVerified locale",
        addresses=_ADDRESS,
        stores=_REFERENCE,
        custom=ANY,
    ),
    "store": _fields(f"{_BASE} languages", name=ANY),
    "subscription": _fields(f"{_BASE} status", destination=ANY, messages=_fields("resourceTypeId types")),
    "business-unit": _fields(f"{_BASE} name status unitType"),
    "inventory-entry": _fields(f"{_BASE} sku quantityOnStock availableQuantity"),
    "product-projection": _fields(
        f"{_BASE} published hasStagedChanges",
        name=ANY,
        slug=ANY,
        productType=_REFERENCE,
        taxCategory=_REFERENCE,
        masterVariant=_fields("id sku"),
    ),
    "product-type": _fields(f"{_BASE} name"),
    "state": _fields(f"{_BASE} type initial builtIn", name=ANY),
    "type": _fields(f"{_BASE} resourceTypeIds", name=ANY),
    "shipping-method": _fields(f"{_BASE} name isDefault active"),
}
