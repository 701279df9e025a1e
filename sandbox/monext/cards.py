"""Cards as the simulator of bank answers takes them ("Return codes - Simulator" of Monext)."""

import re
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

ACCEPTED_CARD = "4970101234567802"
VOUCHER_CARD = "4970106666666667"
"""A card that comes with a meal voucher, which pays the first half."""

_AMOUNTS = {
    "333.05": "01100",
    "333.60": "01103",
    "333.02": "01108",
    "333.03": "01109",
    "333.13": "01110",
    "333.14": "01111",
    "333.51": "01116",
    "333.55": "01117",
    "333.56": "01118",
    "333.57": "01119",
    "333.58": "01120",
    "333.61": "01121",
    "333.63": "01122",
    "333.31": "01199",
    "333.54": "01201",
    "333.34": "01202",
    "333.38": "01206",
    "333.12": "01902",
    "333.30": "01904",
    "333.91": "01907",
    "333.96": "01909",
    "333.15": "01912",
    "333.16": "01131",
    "333.94": "01913",
    "333.04": "01200",
    "333.33": "01201",
    "333.07": "01207",
    "333.41": "01208",
    "333.43": "01209",
}
AMOUNT_CODES = MappingProxyType({int(major.replace(".", "")): code for major, code in _AMOUNTS.items()})

_NETWORKS = (
    (re.compile(r"4970\d*"), "CARTES_BANCAIRES", "CB-VISA"),
    (re.compile(r"4\d*"), "VISA", "VISA"),
    (re.compile(r"(5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)\d*"), "MASTERCARD", "MASTERCARD"),
    (re.compile(r"3[47]\d*"), "AMERICAN_EXPRESS", "AMEX"),
)


@dataclass(frozen=True, slots=True)
class Card:
    """A card that passed the form. `expiry` is MMYY; the number never leaves this object unmasked."""

    number: str
    expiry: str
    holder: str

    @property
    def masked(self) -> str:
        return self.number[:6] + "X" * (len(self.number) - 10) + self.number[-4:]

    @property
    def network(self) -> tuple[str, str]:
        """(`selectedNetwork`, `network`) by the first digits; empty strings for a range nobody knows."""
        return network_of(self.number)

    @property
    def code_digits(self) -> int:
        """How many digits the security code has."""
        return 4 if self.network[0] == "AMERICAN_EXPRESS" else 3


def example(networks: tuple[str, ...]) -> Card:
    """A card that is accepted and belongs to the first of `networks`."""
    numbers = {"MASTERCARD": "5111111111111118", "AMERICAN_EXPRESS": "371449635398431"}
    number = numbers.get(networks[0] if networks else "", ACCEPTED_CARD)
    return Card(number=number, expiry="1235", holder="")


def network_of(number: str) -> tuple[str, str]:
    """(`selectedNetwork`, `network`) by a number's first digits; empty strings for a range nobody knows."""
    for pattern, selected, network in _NETWORKS:
        if pattern.fullmatch(number):
            return selected, network
    return "", ""


def luhn_valid(number: str) -> bool:
    """Whether the last digit is the check digit of the others."""
    digits = [int(char) for char in reversed(number)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def bank_answer(card: Card, *, amount: int) -> str:
    """The return code that the simulator gives to this card and amount (minor units).

    A tenth digit 9 followed by a bank code `01xxx` names the answer; else the amounts 333.xx do; anything
    else is approved.
    """
    if len(card.number) == 16 and card.number[9] == "9" and card.number[10:12] == "01":
        return card.number[10:15]
    return AMOUNT_CODES.get(amount, "00000")


def read_card(
    *, number: str, expiry: str, cvv: str, holder: str, networks: tuple[str, ...], now: datetime
) -> tuple[Card | None, dict[str, str]]:
    """The card of a form, or what is wrong with each field."""
    digits = re.sub(r"[\s.\-]", "", number)
    month_year = re.sub(r"[\s/]", "", expiry)
    card = Card(number=digits, expiry=month_year, holder=holder.strip())
    faults = {
        "number": _number_fault(digits, networks=networks),
        "expiry": _expiry_fault(month_year, now=now),
        "cvv": _cvv_fault(cvv.strip(), card=card),
        "holder": _holder_fault(card.holder),
    }
    found = {field: fault for field, fault in faults.items() if fault}
    return (None if found else card), found


def _number_fault(number: str, *, networks: tuple[str, ...]) -> str:
    if not re.fullmatch(r"[0-9]{13,19}", number):
        return "13 to 19 digits"
    if not luhn_valid(number):
        return "This is not a card number"
    return "" if network_of(number)[0] in networks else "This method does not take this card"


def _expiry_fault(expiry: str, *, now: datetime) -> str:
    if not re.fullmatch(r"(0[1-9]|1[0-2])[0-9]{2}", expiry):
        return "MM/YY"
    last_month = (2000 + int(expiry[2:]), int(expiry[:2]))
    return "This card has expired" if last_month < (now.year, now.month) else ""


def _holder_fault(holder: str) -> str:
    return "2 to 50 characters, or none" if holder and not 2 <= len(holder) <= 50 else ""


def _cvv_fault(cvv: str, *, card: Card) -> str:
    return "" if re.fullmatch(rf"[0-9]{{{card.code_digits}}}", cvv) else f"{card.code_digits} digits"
