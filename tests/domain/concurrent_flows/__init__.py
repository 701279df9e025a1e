"""Plays the bridge's flows as generators, so that a test can interleave them, or kill one, between any two steps.

Each flow does what the services do, call by call, with the decisions of the domain. At each `yield` it has just had
an answer. `Conditions` says what a remote fails to do. Who changes the steps of a service changes them here as well.
"""

from __future__ import annotations

from tests.domain.concurrent_flows.outcome import Outcomes
from tests.domain.concurrent_flows.process import NORMAL, Conditions, Process, Steps
from tests.domain.concurrent_flows.reconciliation import Reconciliation
from tests.domain.concurrent_flows.shipment import Shipments

__all__ = ["NORMAL", "Bridge", "Conditions", "Process", "Steps"]


class Bridge(Outcomes, Shipments, Reconciliation):
    """Any number of processes over the same remotes; `now` is the clock of the process that has its turn."""
