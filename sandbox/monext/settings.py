"""Who may use the sandbox's Monext, with which points of sale and contracts, and how it behaves."""

from dataclasses import dataclass, field
from enum import StrEnum

from sandbox.bank.scenarios import Scenario

NOTIFICATION_METHODS = ("GET", "POST form", "POST JSON")
NOTIFICATION_NAMES = ("", "token", "transactionId", "token and transactionId", "nothing")
LEDGERS = ("listed", "empty", "absent")
MERCHANT_API = ("served", "forbidden", "absent")
LONGEST_PARAMETER_NAME = 20


class Kind(StrEnum):
    """How a buyer pays by a method, hence which page the hosted payment shows."""

    CARD = "card"
    WALLET = "wallet"
    PARTNER = "partner"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Contract:
    """One payment method of a point of sale. `id` is what `paymentMethodIDs` names.

    `captures_at_once`: the method debits whatever capture was asked. `networks`: the card networks taken.
    """

    id: str
    code: str
    name: str
    kind: Kind
    captures_at_once: bool = False
    networks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PointOfSale:
    """A point of sale. Contracts come in the order in which the buyer sees them by default."""

    reference: str
    name: str
    contracts: tuple[Contract, ...]
    session_minutes: int = 30


@dataclass(frozen=True, slots=True)
class Merchant:
    """A merchant account: HTTP Basic with `id` and an access key, at first `access_key`."""

    id: str
    access_key: str = field(repr=False)
    points_of_sale: tuple[PointOfSale, ...]


@dataclass(slots=True)
class Switches:
    """Behaviour that may be changed while the sandbox runs (`/_control/settings`, in camelCase).

    `unauthorized_as_200`: bad credentials answer HTTP 200 with title Unauthorized, as seen in the wild.
    `flat_results`: a session that is not accepted is answered as a bare Result.
    `junk_members`: now and then a response carries a member nobody documented.
    `detect_duplicates`: a second payment of an order reference within 24 hours is an error.
    `late_delivery`: the contracts allow a capture after seven days by LATE_DELIVERY.
    `session_minutes`: lifetime of new sessions, 0 for that of the point of sale.
    `session_id_parameter_name`: what the token is called on the way back, as the point of sale has set it.
    `automatic_redirect`: no ticket after a payment, the browser goes straight back to the shop.
    `return_to_page`: the widget's redirects come back to the page that embeds it, not to the returnURL.
    `session_title`, `session_code`: what every session that is read says instead of its own result; empty: its own.
    `session_transactions`: a session lists its transactions.
    `notification_type`: what notifications say instead of WEBTRS or TRS; empty: their own.
    `notification_method`, `notification_names`: how they come, and what they name; empty: as their type has it.
    `lowercase_currency`: currencies of answers are in small letters.
    `ledger`: whether a transaction's `associatedTransactions` are listed, empty or absent.
    `zero_authorized_amount`: what is accepted in full says `authorizedAmount: 0`, a field that is "not used yet".
    `three_d_secure`: how 3-D Secure goes for all cards, by the names of the bank's scenarios; empty: by the card.
    `method_milliseconds`: how long the widget waits for the end of the method.
    `merchant_api`: whether keys open the Merchant API, are forbidden it (403), or find none (404).
    `longest_url`: characters that returnURL and notificationURL may have, as in the older service; 0: any number.
    `echo_private_data`: transactions say the private data that they were given.
    `several_captures`: the contracts allow more than one capture of an authorisation.
    `duplicates_by_card`: the duplicate detection compares card and amount, whatever the reference of the order.
    `late_cancel_code`: the code that refuses a cancel of what was sent for settlement.
    `final_releases`: a capture with FINAL gives the rest of the authorisation free.
    `transaction_notification_url`: where back office acts are told (type TRS); empty: nowhere.
    """

    unauthorized_as_200: bool = False
    flat_results: bool = False
    junk_members: bool = True
    detect_duplicates: bool = True
    late_delivery: bool = True
    session_minutes: int = 0
    session_id_parameter_name: str = "paylinetoken"
    automatic_redirect: bool = False
    return_to_page: bool = False
    notify_on_cancel: bool = False
    max_attempts: int = 3
    cancel_type: str = "CANCEL"
    zero_authorized_amount: bool = False
    lowercase_currency: bool = False
    session_title: str = ""
    session_code: str = ""
    session_transactions: bool = True
    ledger: str = "listed"
    notification_type: str = ""
    notification_method: str = "GET"
    notification_names: str = ""
    transaction_notification_url: str = ""
    merchant_api: str = "served"
    longest_url: int = 0
    echo_private_data: bool = True
    several_captures: bool = True
    duplicates_by_card: bool = False
    late_cancel_code: str = "02105"
    final_releases: bool = True
    three_d_secure: str = ""
    method_milliseconds: int = 10_000


CHOICES = {
    "notification_method": NOTIFICATION_METHODS,
    "notification_names": NOTIFICATION_NAMES,
    "ledger": LEDGERS,
    "merchant_api": MERCHANT_API,
    "three_d_secure": ("", *Scenario),
}
"""The switches that are one of a list."""


def is_allowed(name: str, value: object) -> bool:
    """Tells whether a switch may have this value, which is of the switch's type."""
    if name == "session_id_parameter_name":
        return isinstance(value, str) and 0 < len(value) <= LONGEST_PARAMETER_NAME
    return name not in CHOICES or value in CHOICES[name]


_CARD_NETWORKS = ("VISA", "MASTERCARD", "CARTES_BANCAIRES")


def contracts_of(suffix: str) -> tuple[Contract, ...]:
    """All the methods of a point of sale, their ids ending with `suffix` (`CB_FR`, `IDEAL_FR` …)."""
    return (
        Contract(f"CB_{suffix}", "CB", "Carte bancaire", Kind.CARD, networks=_CARD_NETWORKS),
        Contract(f"VISA_{suffix}", "VISA", "Visa", Kind.CARD, networks=("VISA", "CARTES_BANCAIRES")),
        Contract(f"MC_{suffix}", "MASTERCARD", "Mastercard", Kind.CARD, networks=("MASTERCARD",)),
        Contract(f"AMEX_{suffix}", "AMEX", "American Express", Kind.CARD, networks=("AMERICAN_EXPRESS",)),
        Contract(f"APPLE_{suffix}", "APPLE_PAY", "Apple Pay", Kind.WALLET),
        Contract(f"GOOGLE_{suffix}", "GOOGLE_PAY", "Google Pay", Kind.WALLET),
        Contract(f"PAYPAL_{suffix}", "PAYPAL", "PayPal", Kind.PARTNER),
        Contract(f"BANCONTACT_{suffix}", "BANCONTACT", "Bancontact", Kind.PARTNER, captures_at_once=True),
        Contract(f"IDEAL_{suffix}", "IDEAL", "iDEAL", Kind.PARTNER, captures_at_once=True),
        Contract(f"MBWAY_{suffix}", "MBWAY", "MB WAY", Kind.PHONE, captures_at_once=True),
    )


_OUTLET_CONTRACT = Contract("CB_OUTLET", "CB", "Carte bancaire", Kind.CARD, networks=_CARD_NETWORKS)

DEFAULT_MERCHANTS = (
    Merchant(
        "sandbox",
        "sandbox-key",
        (
            PointOfSale("POS_FR", "Sandbox shop", contracts_of("FR")),
            PointOfSale("POS_OUTLET", "Sandbox outlet", (_OUTLET_CONTRACT,)),
        ),
    ),
    Merchant("sandbox-be", "sandbox-be-key", (PointOfSale("POS_BE", "Second shop", contracts_of("BE")),)),
)


@dataclass(frozen=True, slots=True)
class MonextSettings:
    """`public_url`: where browsers reach this server; empty: the host that each API call named."""

    merchants: tuple[Merchant, ...] = DEFAULT_MERCHANTS
    public_url: str = ""
