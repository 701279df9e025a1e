"""Reads the environment, setting by setting. Every fault is noted, and none is raised before the end."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from dotenv import dotenv_values

from monext_bridge.config.branding import branding_by_store
from monext_bridge.config.by_store import ByStore, Readings
from monext_bridge.config.checks import disagreements
from monext_bridge.config.declaring import JsonReader, Setting, build
from monext_bridge.config.parsing import STORE_KEY, Fault, plain
from monext_bridge.config.secrets import read_secret_file, weak_secrets
from monext_bridge.config.spelling import misspelt
from monext_bridge.config.stores import build_stores
from monext_bridge.config.values import SETTINGS, Settings
from monext_bridge.errors import SettingsError

AFTER_NAME = re.compile(r"[:\[]")
"""What follows the setting's name in a fault."""


def weak_secrets_in(environ: Mapping[str, str]) -> list[str]:
    """Returns what production would refuse about the secrets, each beginning with its setting's name.

    No secret is shown. What can't be read is left out.
    """
    readings = Environment(environ).read(SETTINGS)
    return [f"{where}: {what}" for where, what in weak_secrets(SETTINGS, readings)]


def surrounding_environment(file: Path = Path(".env")) -> dict[str, str]:
    """Returns the process environment. A value from the file is used where the environment has none."""
    from_file = {name: value for name, value in dotenv_values(file).items() if value is not None}
    return {**from_file, **os.environ}


class Unreadable:
    """Stands for the text of a setting that was given in a way that is a fault already."""


UNREADABLE = Unreadable()


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


class Environment:
    """Reads settings, while `faults` grows. A setting that is empty or blank is not given."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.faults: list[str] = []

    def fault(self, where: str, what: str) -> None:
        """Notes a fault, once. `where` is a setting's name, or its name and a store."""
        if (line := f"{where}: {what}") not in self.faults:
            self.faults.append(line)

    def sorted_faults(self) -> list[str]:
        """Returns the faults in the order of the table of settings.

        Names that are no settings come last, as they were noted.
        """
        positions = {
            name: place for place, each in enumerate(SETTINGS) for name in (each.name, each.file_name)
        }
        return sorted(self.faults, key=lambda line: positions.get(AFTER_NAME.split(line)[0], len(SETTINGS)))

    def read(self, settings: Iterable[Setting]) -> Readings:
        """Reads all of these settings. A required one that is missing is a fault."""
        texts = {each: self._text(each) for each in settings}
        return Readings(
            {each.name: self._reading(each, text) for each, text in texts.items()},
            given=frozenset(each.name for each, text in texts.items() if text is not None),
        )

    def _text(self, setting: Setting) -> str | Unreadable | None:
        given = self._environ.get(setting.name, "").strip()
        path = self._environ.get(setting.file_name, "").strip() if setting.file_name else ""
        if not path or not setting.file_name:
            return given or setting.default
        if given:
            self.fault(setting.name, f"is set, and so is {setting.file_name}: only one of the two may be")
            return UNREADABLE
        try:
            return read_secret_file(path)
        except Fault as fault:
            self.fault(setting.file_name, str(fault))
            return UNREADABLE

    def _reading(self, setting: Setting, text: str | Unreadable | None) -> ByStore[Any]:
        name, parse = setting.name, _parser(setting)
        if isinstance(text, Unreadable):
            return ByStore(name)
        if text is None:
            if setting.required:
                self.fault(name, f"is missing ({setting.meaning})")
            return ByStore(name)
        if not text.startswith("{") or not _may_be_json(setting):
            return ByStore(name, every=self._parsed(name, text, parse))
        document = self._document(name, text)
        if document is None:
            return ByStore(name)
        if _is_value(setting, document):
            return ByStore(name, every=self._parsed(name, document, parse))
        return self._map(name, document, parse)

    def _map(self, name: str, document: Mapping[str, Any], parse: Callable[[Any], Any]) -> ByStore[Any]:
        keys = [key for key in document if STORE_KEY.fullmatch(key)]
        if not document or len(keys) < len(document):
            self.fault(name, "must name stores by keys of 2 to 190 of A-Z a-z 0-9 _ -")
        parsed = {key: self._parsed(f'{name}["{key}"]', document[key], parse) for key in keys}
        found = {key: value for key, value in parsed.items() if value is not None}
        return ByStore(name, by_key=found, keys=frozenset(keys))

    def _document(self, name: str, value: str) -> dict[str, Any] | None:
        try:
            document = json.loads(value, object_pairs_hook=_each_once)
        except Fault as fault:
            self.fault(name, str(fault))
        except (ValueError, RecursionError):
            self.fault(name, "begins like JSON and is not")
        else:
            return document if isinstance(document, dict) else None
        return None

    def _parsed(self, where: str, value: Any, parse: Callable[[Any], Any]) -> Any:
        try:
            return parse(value)
        except Fault as fault:
            self.fault(where, str(fault))
            return None


def _parser(setting: Setting) -> Callable[[Any], Any]:
    """Returns what reads one value: of the text, or of what JSON has in the text's place."""
    reader = setting.reader
    if isinstance(reader, JsonReader):
        return reader.read
    return lambda value: reader(plain(value))


def _may_be_json(setting: Setting) -> bool:
    return setting.by_store is not None or isinstance(setting.reader, JsonReader)


def _is_value(setting: Setting, document: dict[str, Any]) -> bool:
    """Tells whether a JSON object is one value, and no map by store."""
    if setting.by_store is None:
        return True
    return isinstance(setting.reader, JsonReader) and setting.reader.is_value(document)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuses a name that comes twice: JSON allows it, and the last one would win silently."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Fault("has a name twice in one JSON object")
    return found
