"""Looks at one subject each: what is asked for, what counts as a fault, and what is to be done about it.

Checks read; only a live session, which must be asked for, writes, and at Monext alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from monext_bridge.services.doctor.checks.live_session import live_checks
from monext_bridge.services.doctor.checks.merchant import merchant_checks
from monext_bridge.services.doctor.checks.own_machine import FILES_NEEDED, own_checks
from monext_bridge.services.doctor.checks.project import project_checks
from monext_bridge.services.doctor.checks.public_url import public_url_check
from monext_bridge.services.doctor.checks.reachability import reachability
from monext_bridge.services.doctor.checks.subscription import subscription_check
from monext_bridge.services.doctor.examination import Examination
from monext_bridge.services.doctor.patient import Patient

__all__ = ["FILES_NEEDED", "all_checks"]


def all_checks(patient: Patient, *, live: bool) -> Iterator[Examination]:
    """Yield every check, in the order in which their findings are shown."""
    settings = patient.settings
    yield from reachability(settings)
    yield from project_checks(patient)
    yield from merchant_checks(settings)
    yield from subscription_check(settings)
    yield from public_url_check(patient)
    yield from own_checks(patient)
    if live:
        yield from live_checks(settings)
