"""Declares a setting as the field of a dataclass: its name, its reader, its meaning, and what holds without it.

What reads the environment, what builds the values, and what prints the documents walk these fields. A dataclass
with such fields has the decorator `declares`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from enum import StrEnum, auto
from typing import Any, Generic, Literal, TypedDict, TypeVar, Unpack, cast, dataclass_transform, overload

from monext_bridge.config.by_store import Readings

T = TypeVar("T")
SETTING, SECTION = "setting", "section"
OF_FILE = "_FILE"


class MapRule(StrEnum):
    """Says what becomes of a store that the map of a setting does not name.

    ESSENTIAL: it can't be paid. A store that the map names must be in every map but the optional ones.
    COMPLETE: it can't be paid. A store that only such maps name is left alone beside essential maps.
    OPTIONAL: it has no value of this setting, and can be paid all the same.
    """

    ESSENTIAL = auto()
    COMPLETE = auto()
    OPTIONAL = auto()


class Group(StrEnum):
    """Lists the groups in which the documents tell the settings, in their order; the value is its name."""

    COMMERCETOOLS = "commercetools"
    MONEXT = "Monext"
    LANDING_PAGES = "Landing pages"
    ADDRESS_AND_SECRETS = "Address and secrets"
    PAYING = "Who may pay what"
    ORDERS_AND_MONEY = "Orders and money"
    SHIPMENT = "Shipment"
    PAGES = "Pages"
    REDIS = "Redis"
    RECONCILIATION = "Reconciliation"
    PROCESSES = "Processes"


@dataclass(frozen=True, slots=True)
class JsonReader(Generic[T]):
    """Reads a setting that may be JSON. `read` is given the text, or whatever JSON has in the text's place.

    `is_value` tells which JSON objects are values; any other is a map by store.
    """

    read: Callable[[Any], T]
    is_value: Callable[[dict[str, Any]], bool] = lambda _: False


@dataclass(frozen=True, slots=True)
class Secret:
    """Says that a setting is a secret: it may come from a file, and production looks at how good it is.

    `least_bits` is how much of it must be unknown to whoever tries values. `part` gives of a value, or of each
    element of a comma list, what is secret about it; an empty text where nothing is.
    """

    least_bits: int
    part: Callable[[str], str] = str


CHOSEN = Secret(least_bits=72)
"""A secret that whoever runs the bridge chooses. It can be tried without asking anybody, so it must be long."""

ISSUED_BITS = 40
"""What a secret must have that the remote makes, which counts wrong ones: enough to tell it from a word."""

ISSUED = Secret(least_bits=ISSUED_BITS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Describes one setting.

    `default` is used where the environment has nothing; `otherwise` says in words what holds then, and `absent`
    gives that value. `by_store` allows JSON `{"storeKey": value}` beside one value for all stores. `https` refuses
    http:// in production; `needs` names a setting without which this one would do nothing, but would look as if it
    did. `secret` says that `NAME_FILE` may name a file that holds it. `example` and `note` are for `.env.example`:
    what is assigned there where there is no default, and the comment above it. Without a note the comment is the
    meaning; an empty one leaves the setting beneath the comment of the one before it.
    """

    name: str
    reader: Callable[[str], Any] | JsonReader[Any]
    meaning: str
    required: bool = False
    default: str | None = None
    otherwise: str = ""
    absent: Callable[[Readings], Any] = lambda _: None
    by_store: MapRule | None = None
    https: bool = False
    needs: str | None = None
    secret: Secret | None = None
    group: Group = Group.PAYING
    example: str = ""
    note: str | None = None

    @property
    def file_name(self) -> str | None:
        """Returns the name of the variable that holds the path of the secret's file; None where it is no secret."""
        return f"{self.name}{OF_FILE}" if self.secret else None


class Traits(TypedDict, total=False):
    """Lists what any setting may declare besides: the fields of `Setting` by these names."""

    by_store: MapRule
    https: bool
    needs: str
    secret: Secret
    group: Group
    example: str
    note: str


@overload
def setting(
    name: str,
    reader: Callable[[str], T] | JsonReader[T],
    meaning: str,
    *,
    required: Literal[True],
    **traits: Unpack[Traits],
) -> T: ...
@overload
def setting(
    name: str,
    reader: Callable[[str], T] | JsonReader[T],
    meaning: str,
    *,
    default: str,
    **traits: Unpack[Traits],
) -> T: ...
@overload
def setting(
    name: str,
    reader: Callable[[str], T] | JsonReader[T],
    meaning: str,
    *,
    otherwise: str,
    factory: Callable[[], T],
    **traits: Unpack[Traits],
) -> T: ...
@overload
def setting(
    name: str,
    reader: Callable[[str], T] | JsonReader[T],
    meaning: str,
    *,
    otherwise: str,
    derived: Callable[[Readings], T],
    **traits: Unpack[Traits],
) -> T: ...
@overload
def setting(
    name: str,
    reader: Callable[[str], T] | JsonReader[T],
    meaning: str,
    *,
    otherwise: str,
    **traits: Unpack[Traits],
) -> T | None: ...
def setting(
    name: str,
    reader: Callable[[str], Any] | JsonReader[Any],
    meaning: str,
    *,
    required: bool = False,
    default: str | None = None,
    otherwise: str = "",
    factory: Callable[[], Any] = lambda: None,
    derived: Callable[[Readings], Any] | None = None,
    **traits: Unpack[Traits],
) -> Any:
    """Declares a setting as a field of the reader's type, or of that type or None where only `otherwise` holds.

    What holds without it is one of these: it is `required`; it has a `default`, a text that the reader reads; or
    `otherwise` says it in words, beside `factory` for a value that is not None, or `derived` for one that follows
    from other settings.
    """
    declared = Setting(
        name=name,
        reader=reader,
        meaning=meaning,
        required=required,
        default=default,
        otherwise=otherwise,
        absent=derived or (lambda _: factory()),
        **traits,
    )
    if required or derived:
        return field(metadata={SETTING: declared})
    if default is None:
        return field(default_factory=factory, metadata={SETTING: declared})
    read, text = reader.read if isinstance(reader, JsonReader) else reader, default
    return field(default_factory=lambda: read(text), metadata={SETTING: declared})


def section(of: type[Any]) -> Any:
    """Declares a field that is built from the settings of another dataclass, which stand here in the table."""
    return field(metadata={SECTION: of})


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(setting, section))
def declares(cls: type[T]) -> type[T]:
    """Makes a frozen dataclass with slots, whose fields may be settings."""
    return dataclass(frozen=True, slots=True, kw_only=True)(cls)


def declared_settings(of: type[Any]) -> Iterator[Setting]:
    """Yields the settings of a dataclass and of its sections, in the order of the fields."""
    for each in fields(of):
        if SETTING in each.metadata:
            yield each.metadata[SETTING]
        elif SECTION in each.metadata:
            yield from declared_settings(each.metadata[SECTION])


def build(of: type[T], readings: Readings, *, at: str | None = None, **built: Any) -> T:
    """Builds a dataclass from what was read, for the store `at`; `built` are the fields that have code of their own.

    May only be called where nothing has a fault.
    """
    values = dict(built)
    for each in fields(cast(Any, of)):
        if each.name in built:
            continue
        if SECTION in each.metadata:
            values[each.name] = build(each.metadata[SECTION], readings, at=at)
        elif SETTING in each.metadata:
            values[each.name] = _value(each.metadata[SETTING], readings, at=at)
    return of(**values)


def _value(declared: Setting, readings: Readings, *, at: str | None) -> Any:
    found = readings.by_name[declared.name].at(at)
    if found is not None:
        return found
    if declared.required or declared.default is not None:
        raise AssertionError(f"{declared.name} has no value and no fault")
    return declared.absent(readings)
