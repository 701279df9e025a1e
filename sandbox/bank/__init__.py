"""The buyer's bank, as far as 3-D Secure 2 needs it: its access control server (ACS), at an origin of its own.

messages       the protocol's messages as they travel through the browser
scenarios      what the bank wants to know of which card
authentication the bank's memory: what was asked of it, shown to the buyer and answered
app            its pages
certificate    the certificate with which it is served over TLS
"""

from sandbox.bank.app import create_app
from sandbox.bank.authentication import Answer, Bank, Outcome, Request
from sandbox.bank.certificate import tls_context
from sandbox.bank.messages import Refusal, read, written
from sandbox.bank.scenarios import CARDS, STORIES, Scenario, scenario_of

__all__ = [
    "CARDS",
    "STORIES",
    "Answer",
    "Bank",
    "Outcome",
    "Refusal",
    "Request",
    "Scenario",
    "create_app",
    "read",
    "scenario_of",
    "tls_context",
    "written",
]
