"""Lists the words that settings choose from. Each list is closed, so that a typo is a fault."""

from __future__ import annotations

from enum import StrEnum


class Access(StrEnum):
    """Says who may start a cart's payment: whoever knows its id, has a signed link, or has an active shop session."""

    OPEN = "open"
    SIGNED = "signed"
    SESSION = "session"


class CheckoutMode(StrEnum):
    WIDGET = "widget"
    REDIRECT = "redirect"
    DIRECT = "direct"


class MonextEnvironment(StrEnum):
    HOMOLOGATION = "HOMOLOGATION"
    PRODUCTION = "PRODUCTION"


class CaptureType(StrEnum):
    """Says when money is taken. AUTOMATIC: paid when ordered. MANUAL: authorised when ordered, captured later."""

    AUTOMATIC = "AUTOMATIC"
    MANUAL = "MANUAL"


class Challenge(StrEnum):
    """Says whether a challenge is wished for, or whose analysis of the risk is to spare the buyer one."""

    NO_PREFERENCE = "NO_PREFERENCE"
    ISSUER_TRA = "ISSUER_TRA"
    CHALLENGE_REQUESTED = "CHALLENGE_REQUESTED"
    CHALLENGE_MANDATE = "CHALLENGE_MANDATE"
    ACQUIRER_TRA = "ACQUIRER_TRA"
    CB_SCORING = "CB_SCORING"


class Expiring(StrEnum):
    """Says what is done with an authorisation that is about to end: it is warned of, captured, or released."""

    WARN = "warn"
    CAPTURE = "capture"
    RELEASE = "release"


class PaymentMethod(StrEnum):
    """Names the methods by which contracts may be listed.

    The list is closed, so that a typo is not taken for a store. A new method goes to its end, since payment
    references point into it.
    """

    CB = "CB"
    VISA = "VISA"
    MASTERCARD = "MASTERCARD"
    AMEX = "AMEX"
    APPLE_PAY = "APPLE_PAY"
    GOOGLE_PAY = "GOOGLE_PAY"
    PAYPAL = "PAYPAL"
    BANCONTACT = "BANCONTACT"
    IDEAL = "IDEAL"
    MB_WAY = "MB_WAY"

    @property
    def label(self) -> str:
        """Is the method's name as its buyers know it. It is the same in all languages."""
        return _LABELS[self]


_LABELS = {
    PaymentMethod.CB: "CB",
    PaymentMethod.VISA: "Visa",
    PaymentMethod.MASTERCARD: "Mastercard",
    PaymentMethod.AMEX: "American Express",
    PaymentMethod.APPLE_PAY: "Apple Pay",
    PaymentMethod.GOOGLE_PAY: "Google Pay",
    PaymentMethod.PAYPAL: "PayPal",
    PaymentMethod.BANCONTACT: "Bancontact",
    PaymentMethod.IDEAL: "iDEAL",
    PaymentMethod.MB_WAY: "MB WAY",
}
