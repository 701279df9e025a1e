"""The limits of Monext's request fields, as data (schemas SessionRequest and TransactionActionRequest).

A name is a path: `order.items[].price` is the price of each item. A required field is required where the
object that holds it is there. What the tables do not name is let through: the schemas forbid no additions.
"""

import re
from dataclasses import dataclass
from typing import Literal

from sandbox.monext.iso import COUNTRIES, CURRENCIES, words

FieldKind = Literal[
    "string", "integer", "boolean", "object", "array", "string_map", "date_time", "date", "url"
]

AMOUNT_MAXIMUM = 10**18
REFERENCE = re.compile(r"(?=.{1,50}$)[A-Za-z0-9]+[A-Za-z0-9.\-_]+")
EMAIL = re.compile(r"[\w\-.]+[\w+]+@([\w-]+\.)+[\w-]{2,4}", re.ASCII)
NO_SLASH = re.compile(r"[^/]*")
NO_MARKUP = re.compile(r"[^<>]*")

PAYMENT_TYPES = words(
    "ONE_OFF MX_INSTALLMENT MX_RECURRING ACCOUNT_VERIFICATION RECURRING INSTALLMENT PRE_ORDER UNSCHEDULED "
    "RENTAL_SERVICES_PAYMENT DELAYED_CHARGE NO_SHOW CREDIT MULTIPLE_MERCHANTS BANK_TRANSFER"
)
DELIVERY_MODES = words(
    "STORE_PICKUP PICKUP_POINT STATION_PICKUP MAIL_DELIVERY DIGITAL_GOOD BILLING_ADDRESS VERIFIED_ADDRESS "
    "OTHER_ADDRESS EVENT_TICKET LOCKER OTHER"
)
CHALLENGE_INDICATORS = words(
    "NO_PREFERENCE ISSUER_TRA CHALLENGE_REQUESTED CHALLENGE_MANDATE ACQUIRER_TRA CB_SCORING"
)


@dataclass(frozen=True, slots=True)
class Field:
    """One field and what its value has to satisfy. Lengths are in characters, `pattern` matches the whole."""

    name: str
    kind: FieldKind = "string"
    required: bool = False
    max_length: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    pattern: re.Pattern[str] | None = None
    enum: frozenset[str] | None = None


def text(name: str, max_length: int | None = None, *, required: bool = False) -> Field:
    return Field(name, max_length=max_length, required=required)


def amount(name: str, *, required: bool = False) -> Field:
    return Field(name, "integer", required=required, minimum=0, maximum=AMOUNT_MAXIMUM)


def choice(name: str, *values: str, required: bool = False) -> Field:
    return Field(name, enum=frozenset(values), required=required)


def _items(prefix: str) -> tuple[Field, ...]:
    return (
        Field(prefix, "array"),
        Field(f"{prefix}[]", "object", required=True),
        text(f"{prefix}[].reference", 50),
        amount(f"{prefix}[].price"),
        Field(f"{prefix}[].quantity", "integer", minimum=1),
        text(f"{prefix}[].comment", 255),
        text(f"{prefix}[].brand", 50),
        text(f"{prefix}[].category", 50),
        text(f"{prefix}[].subCategory1", 50),
        text(f"{prefix}[].subCategory2", 50),
        Field(f"{prefix}[].miscellaneous", "string_map"),
        Field(f"{prefix}[].taxRate", "integer", maximum=9999),
        text(f"{prefix}[].seller", 100),
        choice(f"{prefix}[].sellerType", "PROFESSIONAL", "PRIVATE_SELLER"),
    )


def _person(prefix: str) -> tuple[Field, ...]:
    return (
        choice(f"{prefix}.title", "MRS", "MR"),
        text(f"{prefix}.firstName", 100),
        text(f"{prefix}.lastName", 100),
        Field(f"{prefix}.email", max_length=150, pattern=EMAIL),
        text(f"{prefix}.mobile", 15),
    )


def _address(prefix: str) -> tuple[Field, ...]:
    return (
        Field(prefix, "object"),
        *_person(prefix),
        text(f"{prefix}.label", 200),
        text(f"{prefix}.streetNumber", 100),
        text(f"{prefix}.street", 100),
        text(f"{prefix}.complement", 100),
        text(f"{prefix}.city", 150),
        text(f"{prefix}.zip", 12),
        text(f"{prefix}.state", 100),
        text(f"{prefix}.county", 50),
        Field(f"{prefix}.country", enum=COUNTRIES),
        Field(f"{prefix}.addressCreateDate", "date_time"),
    )


SESSION_FIELDS: tuple[Field, ...] = (
    Field("pointOfSaleReference", required=True, pattern=REFERENCE),
    Field("paymentMethod", "object"),
    Field("paymentMethod.paymentMethodIDs", "array", required=True),
    text("paymentMethod.paymentMethodIDs[]", required=True),
    Field("paymentMethod.fallbackPaymentMethodIDs", "array"),
    text("paymentMethod.fallbackPaymentMethodIDs[]"),
    Field("paymentMethod.smartDisplayIndicator", "boolean"),
    Field("order", "object", required=True),
    Field("order.reference", required=True, max_length=50, pattern=NO_SLASH),
    amount("order.amount", required=True),
    amount("order.taxes"),
    amount("order.discount"),
    Field("order.currency", required=True, enum=CURRENCIES),
    Field("order.date", "date_time"),
    choice("order.origin", "E_COM", "TO", "MO"),
    Field("order.country", enum=COUNTRIES),
    *_items("order.items"),
    Field("payment", "object"),
    Field("payment.paymentType", required=True, enum=PAYMENT_TYPES),
    choice("payment.capture", "AUTOMATIC", "MANUAL", "DEFERRED", required=True),
    Field("payment.deferredCaptureDate", "date_time"),
    text("payment.softDescriptor", 127),
    amount("payment.amount"),
    Field("payment.recurring", "object"),
    Field("buyer", "object"),
    text("buyer.id", 50),
    *_person("buyer"),
    Field("buyer.legalDocument", "object"),
    choice("buyer.legalDocument.type", "ID_CARD", "DRIVER_LICENSE", "PASSPORT", "RESIDENCE_PERMIT", "OTHER"),
    text("buyer.legalDocument.number"),
    Field("buyer.birthDate", "date"),
    choice("buyer.legalStatus", "CORPORATE", "PRIVATE"),
    *_address("buyer.billingAddress"),
    Field("delivery", "object"),
    amount("delivery.charge"),
    text("delivery.provider"),
    Field("delivery.expectedDate", "date_time"),
    choice("delivery.timeframe", "ELECTRONIC", "SAME_DAY", "OVERNIGHT", "TWO_DAY_OR_MORE"),
    Field("delivery.mode", enum=DELIVERY_MODES),
    *_address("delivery.address"),
    Field("threeDS", "object"),
    text("threeDS.merchantName"),
    Field("threeDS.challengeInd", enum=CHALLENGE_INDICATORS),
    text("threeDS.merchantScore"),
    Field("privateData", "string_map"),
    Field("miscData", "object"),
    Field("returnURL", "url", required=True),
    Field("notificationURL", "url"),
    text("languageCode"),
    text("customPaymentPageCode"),
    choice("oneClickOption", "WITH_CVV", "WITHOUT_CVV"),
    Field("mxWalletId", pattern=REFERENCE),
)

ACTION_FIELDS: tuple[Field, ...] = (
    amount("amount", required=True),
    Field("comment", max_length=255, pattern=NO_MARKUP),
    *_items("items"),
    Field("privateData", "string_map"),
    Field("miscData", "object"),
    text("merchantReference"),
)

CAPTURE_FIELDS: tuple[Field, ...] = (*ACTION_FIELDS, choice("option", "STANDARD", "LATE_DELIVERY", "FINAL"))
