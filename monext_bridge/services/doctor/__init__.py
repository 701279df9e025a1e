"""Finds out what is wrong with a set-up before buyers do: settings, remotes, credentials, addresses, the machine.

It decides which finding is a fault, which only a warning, and which of them stop a deployment. No finding holds a
secret. Codes of findings stay the same from release to release; docs/doctor.md lists them.
"""

from __future__ import annotations

from collections.abc import Mapping

from monext_bridge.config import MonextEnvironment, Settings, load_settings
from monext_bridge.errors import SettingsError
from monext_bridge.services.doctor.checks import FILES_NEEDED, all_checks
from monext_bridge.services.doctor.examination import Examination, examine_all
from monext_bridge.services.doctor.findings import Diagnosis, Level, fault, for_release, ok
from monext_bridge.services.doctor.patient import Machine, Patient, this_machine
from monext_bridge.services.doctor.self_proof import answer_headers

__all__ = [
    "FILES_NEEDED",
    "Diagnosis",
    "Examination",
    "Level",
    "Machine",
    "Patient",
    "answer_headers",
    "examine",
    "examine_all",
    "faults_of_settings",
    "for_release",
    "takes_real_money",
    "this_machine",
]


def examine(patient: Patient, *, live: bool = False) -> tuple[Diagnosis, ...]:
    """Return what is found, within 20 seconds and a moment. May be repeated. With `live`, sessions are opened."""
    settings = ok("settings", "All settings can be read, and they agree")
    return (settings, *examine_all(tuple(all_checks(patient, live=live))))


def faults_of_settings(environ: Mapping[str, str]) -> tuple[Diagnosis, ...]:
    """Return every fault of the settings; none where they can be used."""
    try:
        load_settings(environ)
    except SettingsError as error:
        return tuple(map(_of_setting, error.faults))
    return ()


def takes_real_money(settings: Settings) -> bool:
    return any(store.environment is MonextEnvironment.PRODUCTION for store in settings.stores())


def _of_setting(line: str) -> Diagnosis:
    setting, _, what = line.partition(": ")
    advice = "Mend it: the bridge does not start like this. The table in docs/configuration.md says what it may be."
    return fault("setting_wrong", f"{setting} {what}", setting=setting, advice=advice)
