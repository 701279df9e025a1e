"""Any text or JSON in any setting: it is taken, or all faults are told together, without any value."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monext_bridge.config import FILE_NAMES, SETTINGS, load_settings
from monext_bridge.errors import SettingsError
from tests.fuzz.effort import effort
from tests.fuzz.mutations import any_json, mutated, on_the_wire
from tests.settings_environment import in_production, monext_api_key, valid_environment

NAMES = sorted(each.name for each in SETTINGS)
MARK = "marked-value-7f3a"
"""Stands in what is set, and in no fault."""

TEXTS = (
    *(
        "",
        " ",
        "{",
        "{}",
        "[]",
        "null",
        "on",
        "off",
        "0",
        "-1",
        "9" * 400,
        "1,2,,3",
        ",",
        "a" * 5000,
        "é☃",
        "\x00",
        "\ud800",
    ),
    *(
        "https://",
        "https://[::1",
        "https://a:99999",
        "http://localhost:0/",
        "https://x@y.example/",
        "https://\\evil",
    ),
    *(
        "file:/etc/hostname",
        "file:" + "x" * 5000,
        "mailto:a@b.example",
        "Basic " + monext_api_key(),
        "\n\t",
        "redis://[",
        "*",
    ),
    *(
        '{"fr-store": {"accent": "#12345g"}}',
        '{"a": 1, "a": 2}',
        '{"CB": "1", "CB": "2"}',
        "{" * 3000,
        '{"fr":' * 3000,
    ),
    f"{MARK}, {MARK}",
    MARK,
)
MAPS = (
    {"fr-store": "AUTOMATIC", "de-store": "MANUAL"},
    {"CB": "1234567", "PAYPAL": "7654321"},
    {"fr-store": {"CB": "1234567"}, "de-store": ["1234567"]},
    {"fr-store": {"accent": "#8a1538", "ground": "#faf6f2"}},
    {"fr-store": {"terms": "https://shop.example.com/terms", "contact": "mailto:a@shop.example.com"}},
    {"script-src": ["https://cdn.example.com"], "img-src": "https://img.example.com"},
    {"aBcDeFgHiJkLmNoPqRsTuVwX": 10_000},
    {"fr-store": f"https://shop.example.com/{MARK}"},
)
values = (
    st.sampled_from(TEXTS)
    | st.text(max_size=40)
    | any_json.map(lambda document: on_the_wire(document).decode())
    | st.sampled_from(MAPS).flatmap(mutated).map(lambda document: on_the_wire(document).decode())
)


def load(environ: dict[str, str]) -> None:
    faults: list[str] = []
    try:
        load_settings(environ)
    except SettingsError as error:
        faults = error.faults
    assert all(fault.split(":")[0] for fault in faults)
    assert not [fault for fault in faults if MARK in fault]


@given(
    given_=st.dictionaries(st.sampled_from(NAMES), values, min_size=1, max_size=4), production=st.booleans()
)
@effort(80)
def test_settings_of_any_value_are_taken_or_refused(given_: dict[str, str], production: bool) -> None:
    load(valid_environment(**({**in_production(), **given_} if production else given_)))


@pytest.mark.parametrize("name", NAMES)
@given(value=values)
@effort(6)
def test_each_setting_of_any_value_is_taken_or_refused(name: str, value: str) -> None:
    load(valid_environment(**{name: value}))


@given(
    name=st.sampled_from(sorted(FILE_NAMES)),
    content=st.binary(max_size=60) | values.map(lambda text: text.encode("utf-8", "surrogatepass")),
)
@effort(40)
def test_a_secret_file_of_any_content_is_taken_or_refused(
    tmp_path_factory: pytest.TempPathFactory, name: str, content: bytes
) -> None:
    file = Path(tmp_path_factory.getbasetemp()) / "secret-of-any-content"
    file.write_bytes(content)
    load(valid_environment(**{name: str(file), name.removesuffix("_FILE"): None}))


@given(name=st.sampled_from(sorted(FILE_NAMES)), path=st.sampled_from(TEXTS) | st.text(max_size=20))
@effort(40)
def test_a_path_of_any_text_is_followed_or_refused(name: str, path: str) -> None:
    load(valid_environment(**{name: path, name.removesuffix("_FILE"): None}))


@given(name=st.text(st.sampled_from("ABCDEGIMNOPRSTUX_0é"), max_size=30), value=values)
@effort(40)
def test_names_of_any_text_are_ignored_or_refused(name: str, value: str) -> None:
    load(valid_environment() | {name: value})
