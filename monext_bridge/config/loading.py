"""Loads the whole environment at once: it gives settings, or every fault in one message."""

from __future__ import annotations

from collections.abc import Mapping

from monext_bridge.config.branding import branding_by_store
from monext_bridge.config.checks import disagreements
from monext_bridge.config.declaring import build
from monext_bridge.config.reading import Environment
from monext_bridge.config.spelling import misspelt
from monext_bridge.config.stores import build_stores
from monext_bridge.config.values import SETTINGS, Settings
from monext_bridge.errors import SettingsError


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Returns the settings.

    Raises SettingsError with all faults, each beginning with its setting's name. No value is shown.
    """
    environment = Environment(environ)
    readings = environment.read(SETTINGS)
    for where, what in (*disagreements(readings), *misspelt(environ)):
        environment.fault(where, what)
    if environment.faults:
        raise SettingsError(environment.sorted_faults())
    return build(Settings, readings, by_store=build_stores(readings), branding=branding_by_store(readings))
