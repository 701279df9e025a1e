"""What the bank wants to know of a buyer, by the number of the card."""

from enum import StrEnum
from types import MappingProxyType


class Scenario(StrEnum):
    """How 3-D Secure goes. Every scenario begins with the method, a look at the browser in a hidden frame."""

    FRICTIONLESS = "frictionless"
    CHALLENGE = "challenge"
    CHALLENGE_REFUSED = "challenge_refused"
    CHALLENGE_ABANDONED = "challenge_abandoned"
    SILENT_METHOD = "silent_method"


STORIES = MappingProxyType(
    {
        Scenario.FRICTIONLESS: "3-D Secure asks the buyer nothing",
        Scenario.CHALLENGE: "3-D Secure, and the buyer's answer counts",
        Scenario.CHALLENGE_REFUSED: "3-D Secure, and the bank takes no answer for right",
        Scenario.CHALLENGE_ABANDONED: "3-D Secure, and the buyer does not answer in time",
        Scenario.SILENT_METHOD: "3-D Secure, and its first step, the method, never reports its end",
    }
)

CARDS = MappingProxyType(
    {
        Scenario.FRICTIONLESS: "4970101111111112",
        Scenario.CHALLENGE: "4970103333333334",
        Scenario.CHALLENGE_REFUSED: "4970102222222228",
        Scenario.CHALLENGE_ABANDONED: "4970105555555551",
        Scenario.SILENT_METHOD: "4970104444444440",
    }
)
"""The magic numbers. Other cards take part in 3-D Secure only where somebody asks for it."""


def scenario_of(number: str) -> Scenario | None:
    """What this card's number means."""
    return next((scenario for scenario, magic in CARDS.items() if magic == number), None)
