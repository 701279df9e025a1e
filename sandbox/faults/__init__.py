"""Faults on order: what a network and a remote do wrong, put before an application that does all right.

`faulty(app, faults)` is WSGI middleware. `Faults` holds the rules that are to be applied and the journal of
the calls that came in; both are also reached over HTTP on the application's own port, under `/_control/`.
"""

from sandbox.faults.journal import Call
from sandbox.faults.middleware import OBSERVER, faulty
from sandbox.faults.register import Faults
from sandbox.faults.rules import ACTIONS, KILLS, Action, Rule, RuleError, parse_rule

__all__ = [
    "ACTIONS",
    "KILLS",
    "OBSERVER",
    "Action",
    "Call",
    "Faults",
    "Rule",
    "RuleError",
    "faulty",
    "parse_rule",
]
