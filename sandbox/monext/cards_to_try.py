"""The cards that a page shows beside its form, so that nobody who tries it has to look for one."""

from dataclasses import dataclass
from types import MappingProxyType

from sandbox.bank import CARDS, Scenario
from sandbox.monext.cards import VOUCHER_CARD, example, network_of
from sandbox.monext.settings import Contract

REFUSED_CARD = "4970103469011001"

_THREE_D_SECURE = MappingProxyType(
    {
        Scenario.FRICTIONLESS: "accepted; the bank checks the payment (3-D Secure) and asks nothing",
        Scenario.CHALLENGE: "the bank asks you to confirm the payment (3-D Secure)",
        Scenario.CHALLENGE_REFUSED: "the bank asks you to confirm, and does not accept it",
        Scenario.CHALLENGE_ABANDONED: "the bank asks you to confirm, and you are too late",
        Scenario.SILENT_METHOD: "the bank's check takes ten seconds, then it asks you to confirm",
    }
)
_OTHERS = (
    (REFUSED_CARD, "the bank refuses the payment"),
    *((number, _THREE_D_SECURE[scenario]) for scenario, number in CARDS.items()),
    (VOUCHER_CARD, "a meal voucher pays half, the card the rest"),
)


@dataclass(frozen=True, slots=True)
class CardsToTry:
    """A number that is accepted, how many digits its security code has, and what other numbers do."""

    accepted: str
    code_digits: int
    others: tuple[tuple[str, str], ...]


def cards_to_try(contract: Contract) -> CardsToTry:
    """The cards that a contract for cards takes."""
    accepted = example(contract.networks)
    return CardsToTry(
        accepted=accepted.number,
        code_digits=accepted.code_digits,
        others=tuple(each for each in _OTHERS if network_of(each[0])[0] in contract.networks),
    )
