"""A setting is declared once: what a declaration says is what is read, built, and told where it is missing."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from monext_bridge.config import SETTING_NAMES, SETTINGS, Branding, load_settings
from monext_bridge.config.by_store import Readings
from monext_bridge.config.declaring import (
    JsonReader,
    MapRule,
    build,
    declared_settings,
    declares,
    section,
    setting,
)
from monext_bridge.config.parsing import Fault, comma_list, number, on_off, text
from monext_bridge.config.reading import Environment
from monext_bridge.config.stores import StoreSettings
from tests.settings_environment import by_store, settings_with, valid_environment


def limits(value: object) -> Mapping[str, int]:
    if not isinstance(value, dict):
        raise Fault("must be a JSON object")
    return value


def as_colour(readings: Readings) -> str:
    return f"as {readings.of('COLOUR', str).every}"


@declares
class Wheels:
    size: int = setting("WHEEL_SIZE", number(10, 30), "size of the wheels", default="28")


@declares
class Bicycle:
    colour: str = setting("COLOUR", text, "colour of the frame", required=True)
    wheels: Wheels = section(Wheels)
    bell: bool = setting("BELL", on_off, "whether it rings", default="on")
    saddle: str | None = setting(
        "SADDLE", text, "form of the saddle", otherwise="one stands", by_store=MapRule.OPTIONAL
    )
    bags: tuple[str, ...] = setting(
        "BAGS", comma_list, "bags", otherwise="no bags", factory=tuple[str, ...], by_store=MapRule.OPTIONAL
    )
    fork: str = setting("FORK", text, "colour of the fork", otherwise="that of the frame", derived=as_colour)
    loads: Mapping[str, int] = setting(
        "LOADS", JsonReader(limits), "largest loads", otherwise="no limits", factory=dict[str, int]
    )


def ride(*, at: str | None = None, **environ: str) -> Bicycle:
    environment = Environment({"COLOUR": "red", **environ})
    readings = environment.read(declared_settings(Bicycle))
    assert environment.faults == []
    return build(Bicycle, readings, at=at)


def faults(**environ: str) -> list[str]:
    environment = Environment(environ)
    environment.read(declared_settings(Bicycle))
    return environment.faults


class TestDeclaration:
    def test_settings_are_listed_in_the_order_of_the_fields_and_those_of_a_section_in_its_place(self) -> None:
        names = [each.name for each in declared_settings(Bicycle)]
        assert names == ["COLOUR", "WHEEL_SIZE", "BELL", "SADDLE", "BAGS", "FORK", "LOADS"]

    def test_what_is_not_given_has_the_value_that_its_declaration_says(self) -> None:
        found = ride()
        assert (found.wheels.size, found.bell) == (28, True)
        assert (found.saddle, found.bags, found.fork, found.loads) == (None, (), "as red", {})

    def test_a_dataclass_that_is_made_by_hand_has_the_same_values(self) -> None:
        assert Bicycle(colour="red", wheels=Wheels(), saddle=None, fork="as red") == ride()

    def test_what_is_given_is_read(self) -> None:
        found = ride(WHEEL_SIZE="20", BELL="off", FORK="blue", BAGS="left,right")
        assert (found.wheels.size, found.bell, found.fork, found.bags) == (
            20,
            False,
            "blue",
            ("left", "right"),
        )

    def test_what_is_required_and_missing_is_told_with_its_meaning(self) -> None:
        assert faults() == ["COLOUR: is missing (colour of the frame)"]

    def test_json_of_a_setting_that_does_not_differ_by_store_is_its_value(self) -> None:
        assert ride(LOADS='{"front": 5}').loads == {"front": 5}
        assert faults(COLOUR="red", LOADS='{"a": 1, "a": 2}') == [
            "LOADS: has a name twice in one JSON object"
        ]

    def test_a_text_that_begins_like_json_is_a_text_where_no_json_is_read(self) -> None:
        assert ride(COLOUR="{red").colour == "{red"

    def test_a_reading_of_another_type_is_not_handed_out(self) -> None:
        readings = Environment({"COLOUR": "red"}).read(declared_settings(Bicycle))
        with pytest.raises(AssertionError, match="BELL is no str"):
            readings.of("BELL", str)


class TestOptionalByStore:
    def test_one_value_holds_for_every_store_and_for_none(self) -> None:
        assert ride(SADDLE="soft").saddle == ride(at="fr", SADDLE="soft").saddle == "soft"

    @pytest.mark.parametrize("at", ["de", None])
    def test_a_store_that_a_map_does_not_name_has_what_is_declared_otherwise(self, at: str | None) -> None:
        found = ride(at=at, SADDLE=by_store(fr="soft"), BAGS=by_store(fr="left"))
        assert (found.saddle, found.bags) == (None, ())

    def test_a_store_that_a_map_names_has_its_own(self) -> None:
        found = ride(at="fr", SADDLE=by_store(fr="soft"), BAGS=by_store(fr="left", de="right"))
        assert (found.saddle, found.bags) == ("soft", ("left",))

    def test_a_store_that_only_an_optional_map_names_is_paid_as_any_other(self) -> None:
        settings = settings_with(SHOP_NAME=by_store(fr="Maison"))
        assert settings.store("fr").store_key == "fr"
        assert [store.store_key for store in settings.stores()] == [None]

    def test_a_store_that_only_an_optional_map_names_is_not_paid_where_other_maps_leave_it_out(self) -> None:
        settings = settings_with(
            SHOP_NAME=by_store(fr="Maison", it="Casa"), MONEXT_POINT_OF_SALE_REF=by_store(fr="POS_FR")
        )
        assert [store.store_key for store in settings.stores()] == ["fr"]


class TestTable:
    def test_a_name_is_declared_once(self) -> None:
        assert len(set(SETTING_NAMES)) == len(SETTING_NAMES)

    @pytest.mark.parametrize("name", [each.needs for each in SETTINGS if each.needs])
    def test_what_a_setting_needs_is_a_setting(self, name: str) -> None:
        assert name in SETTING_NAMES

    @pytest.mark.parametrize("name", [each.name for each in SETTINGS if each.default is not None])
    def test_a_default_that_is_written_out_is_the_default(self, name: str) -> None:
        (default,) = [each.default for each in SETTINGS if each.name == name]
        assert settings_with(**{name: default}) == settings_with()

    def test_the_shops_look_is_needed_by_no_store(self) -> None:
        assert {each.by_store for each in declared_settings(Branding)} == {MapRule.OPTIONAL}

    def test_every_setting_of_a_store_may_differ_by_store(self) -> None:
        assert all(each.by_store for each in declared_settings(StoreSettings))

    def test_an_example_is_taken(self) -> None:
        examples = {each.name: each.example for each in SETTINGS if each.example}
        assert load_settings(
            valid_environment(SHOP_NAME="Maison", EVENTS_OIDC_AUDIENCE="https://pay.example.com", **examples)
        ).stores()
