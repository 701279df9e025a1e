"""Settings of the looks: by store, and needed by none; colours that can be read, and what is refused."""

from __future__ import annotations

import json
from dataclasses import fields
from itertools import product
from typing import Any

import pytest

from monext_bridge.config import Branding, Colors, Palette, ShopLink
from monext_bridge.config.colors import DERIVED_PAIRS, NAMED_PAIRS, NAMES, contrast
from monext_bridge.config.parsing import LONGEST_URL
from monext_bridge.domain.languages import LANGUAGES
from monext_bridge.errors import SettingsError
from monext_bridge.web.pages.i18n import SUPPORTED
from tests.settings_environment import by_store, in_production, settings_faults, settings_with

PALE = "#00bb55"
GREEN = "#0b6e4f"
ORIGIN = "https://shop.example.com"
EIGHT = [f"{value:02x}" for value in range(0, 256, 32)]
CUBE = [f"#{red}{green}{blue}" for red, green, blue in product(EIGHT, repeat=3)]
"""Colours of all hues, evenly spread."""

ALL: dict[str, str | None] = {
    "SHOP_NAME": "Maison",
    "SHOP_LOGO": "https://shop.example.com/logo.svg",
    "SHOP_COLORS": '{"accent": "#0b6e4f"}',
    "SHOP_LINKS": '{"terms": "https://shop.example.com/terms"}',
    "SHOP_LANGUAGE": "nl-BE",
    "FRAME_ANCESTORS": "https://shop.example.com",
}


def colors(**named: str) -> Colors:
    found = settings_with(SHOP_COLORS=json.dumps(named)).branding.at(None).colors
    assert found is not None
    return found


def refused(**named: Any) -> str:
    (fault,) = settings_faults(SHOP_COLORS=json.dumps(named))
    return fault


def palettes(found: Colors) -> tuple[Palette, Palette]:
    return found.light, found.dark


class TestByStore:
    def test_without_settings_a_shop_has_no_looks(self) -> None:
        assert (
            settings_with().branding.at(None)
            == settings_with().branding.at("fr")
            == Branding(name=None, logo=None, colors=None, language=None)
        )

    def test_one_value_holds_for_every_store_and_for_none(self) -> None:
        branding = settings_with(**ALL).branding
        assert (
            branding.at(None)
            == branding.at("fr")
            != Branding(name=None, logo=None, colors=None, language=None)
        )
        assert branding.at("fr").name == "Maison"
        assert branding.at("fr").frame_ancestors == ("https://shop.example.com",)

    @pytest.mark.parametrize("name", ALL)
    def test_a_store_that_a_map_does_not_name_has_none_and_is_paid_all_the_same(self, name: str) -> None:
        given = ALL[name] or ""
        value = json.loads(given) if given.startswith("{") else given
        settings = settings_with(**{"SHOP_NAME": "Maison", name: by_store(fr=value)})
        assert settings.store("de").store_key == "de"
        plain = settings_with(SHOP_NAME=None if name == "SHOP_NAME" else "Maison").branding
        assert settings.branding.at("de") == settings.branding.at(None) == plain.at("de")
        assert settings.branding.at("fr") == settings_with(
            **{"SHOP_NAME": "Maison", name: given}
        ).branding.at("fr")

    def test_each_store_has_its_own(self) -> None:
        branding = settings_with(
            SHOP_NAME=by_store(fr="Maison", de="Haus"),
            SHOP_COLORS=by_store(fr={"accent": GREEN}, de={"accent": "#8a1538"}),
        ).branding
        assert (branding.at("fr").name, branding.at("de").name) == ("Maison", "Haus")
        assert branding.at("fr").colors != branding.at("de").colors

    def test_it_is_built_once_for_each_store_that_is_named_and_once_for_all_others(self) -> None:
        branding = settings_with(
            SHOP_NAME=by_store(fr="Maison"), FRAME_ANCESTORS=by_store(de=ORIGIN)
        ).branding
        assert branding.store_keys() == {"fr", "de"}
        assert branding.at("fr") is branding.at("fr") is not branding.at(None)
        assert branding.at("it") is branding.at(None)
        assert branding.at("de").frame_ancestors == (ORIGIN,)


class TestLanguage:
    @pytest.mark.parametrize("given", ["fr", "pt", "nl-BE", "fr_CH"])
    def test_a_language_that_pages_exist_in_with_a_region_or_without(self, given: str) -> None:
        assert settings_with(SHOP_LANGUAGE=given).branding.at(None).language == given

    @pytest.mark.parametrize("given", ["ja", "fr-", "FR", "french", "fr-fr", "fr,de", "../fr"])
    def test_any_other_is_refused(self, given: str) -> None:
        (fault,) = settings_faults(SHOP_LANGUAGE=given)
        assert fault.startswith(f"SHOP_LANGUAGE: must be one of {', '.join(LANGUAGES)},")

    def test_pages_exist_in_all_that_may_be_named(self) -> None:
        assert set(LANGUAGES) == set(SUPPORTED)


class TestLogo:
    def test_a_logo_needs_a_name_which_is_its_text(self) -> None:
        assert settings_faults(SHOP_LOGO=ALL["SHOP_LOGO"]) == ["SHOP_NAME: is needed by SHOP_LOGO"]

    def test_a_store_with_a_logo_needs_a_name_of_its_own(self) -> None:
        found = settings_faults(
            SHOP_NAME=by_store(fr="Maison"), SHOP_LOGO=by_store(fr=ALL["SHOP_LOGO"], de=ALL["SHOP_LOGO"])
        )
        assert found == ['SHOP_NAME: is needed by SHOP_LOGO["de"]']

    def test_where_only_some_stores_have_names_the_others_show_no_logo(self) -> None:
        branding = settings_with(SHOP_NAME=by_store(fr="Maison"), SHOP_LOGO=ALL["SHOP_LOGO"]).branding
        assert branding.at("fr").logo == ALL["SHOP_LOGO"]
        assert branding.at("de").logo is None

    @pytest.mark.parametrize(
        "url",
        [
            "http://shop.example.com/logo.svg",
            "/logo.svg",
            "data:image/svg+xml,x",
            "https://shop.example.com;script-src/logo.svg",
            "https://shop.example.com'unsafe-inline'/logo.svg",
            "https://*.example.com/logo.svg",
        ],
    )
    def test_what_is_no_https_address_of_a_plain_host_is_refused(self, url: str) -> None:
        (fault,) = settings_faults(SHOP_NAME="Maison", SHOP_LOGO=url)
        assert fault.startswith("SHOP_LOGO: ")


class TestColors:
    @pytest.mark.parametrize(
        ("one", "other", "ratio"),
        [
            ("#000000", "#ffffff", 21.0),
            ("#ffffff", "#ffffff", 1.0),
            ("#767676", "#ffffff", 4.54),
            ("#777777", "#ffffff", 4.48),
            ("#0000ff", "#ffffff", 8.59),
            ("#ff0000", "#ffffff", 4.00),
        ],
    )
    def test_contrast_is_that_of_wcag(self, one: str, other: str, ratio: float) -> None:
        assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.005)

    def test_what_is_named_is_kept_as_it_is(self) -> None:
        found = colors(accent="#0B6E4F", ground="#faf6f1", surface="#fff", darkAccent="#7fd")
        light = found.light
        assert (light.accent, light.ground, light.surface) == (GREEN, "#faf6f1", "#ffffff")
        assert found.dark.accent == "#77ffdd"

    def test_every_accent_that_is_taken_can_be_read_on_both_pages(self) -> None:
        taken = 0
        for accent in CUBE:
            try:
                found = colors(accent=accent)
            except SettingsError:
                continue
            taken += 1
            for palette, (front, behind, least) in product(palettes(found), (*NAMED_PAIRS, *DERIVED_PAIRS)):
                ratio = contrast(getattr(palette, front), getattr(palette, behind))
                assert ratio >= least, (accent, front, behind)
        assert 100 < taken < len(CUBE)

    def test_a_dark_page_lightens_the_accent_only_where_it_must(self) -> None:
        assert colors(accent="#767676", surface="#ffffff", ground="#ffffff").dark.accent != "#767676"
        assert colors(accent=GREEN, darkAccent="#77ffdd").dark.accent == "#77ffdd"
        faint = contrast(colors(accent=GREEN).dark.accent, "#19212b")
        assert 4.5 <= faint < 4.9

    @pytest.mark.parametrize(
        ("named", "pair", "ratio"),
        [
            ({"accent": PALE}, "accent #00bb55 on surface #ffffff (light page)", "2.54"),
            ({"accent": PALE}, "accent #00bb55 on ground #f3f5f7 (light page)", "2.33"),
            (
                {"accent": GREEN, "darkAccent": "#333"},
                "accent #333333 on surface #19212b (dark page)",
                "1.28",
            ),
            ({"accent": GREEN, "ground": "#000"}, "text #17202b on ground #000000 (light page)", "1.27"),
            ({"accent": GREEN, "surface": "#222"}, "text #17202b on surface #222222 (light page)", "1.03"),
        ],
    )
    def test_a_pair_that_can_not_be_read_is_named_with_its_contrast(
        self, named: dict[str, str], pair: str, ratio: str
    ) -> None:
        assert f"{pair} has a contrast of {ratio}:1, needs 4.5:1" in refused(**named)

    def test_just_too_little_does_not_read_like_enough(self) -> None:
        assert " 4.49:1, needs 4.5:1" in refused(accent="#007bc8", surface="#ffffff", ground="#ffffff")

    @pytest.mark.parametrize(
        "given",
        [
            '{"ground": "#fff"}',
            '{"accent": "green"}',
            '{"accent": "#12345"}',
            '{"accent": 5}',
            "#0b6e4f",
            "[]",
        ],
    )
    def test_what_is_no_colour_is_refused_with_the_names_there_are(self, given: str) -> None:
        (fault,) = settings_faults(SHOP_COLORS=given)
        assert all(name in fault for name in NAMES)

    def test_a_misspelt_name_is_not_taken_for_a_store(self) -> None:
        found = settings_faults(SHOP_COLORS='{"accent": "#0b6e4f", "grund": "#fff"}')
        assert [fault.split(":")[0] for fault in found] == ['SHOP_COLORS["accent"]', 'SHOP_COLORS["grund"]']

    def test_a_colour_can_not_smuggle_css(self) -> None:
        assert "must be a JSON object" in refused(accent="#fff;}body{display:none}")

    def test_all_colours_of_a_palette_are_written_in_full(self) -> None:
        for palette in palettes(colors(accent=GREEN)):
            assert all(len(getattr(palette, each.name)) == 7 for each in fields(palette))


class TestLinks:
    def test_links_come_in_the_order_of_the_page(self) -> None:
        given = {kind.value: f"https://shop.example.com/{kind}" for kind in reversed(ShopLink)}
        assert list(settings_with(SHOP_LINKS=json.dumps(given)).branding.at(None).links) == list(ShopLink)

    def test_contact_may_be_a_mail_address(self) -> None:
        links = (
            settings_with(SHOP_LINKS='{"contact": "mailto:help+pay@shop.example.com"}')
            .branding.at(None)
            .links
        )
        assert links == {ShopLink.CONTACT: "mailto:help+pay@shop.example.com"}

    @pytest.mark.parametrize(
        "given",
        [
            '{"terms": "mailto:help@shop.example.com"}',
            '{"terms": "http://shop.example.com/terms"}',
            '{"terms": "javascript:alert(1)"}',
            '{"terms": null}',
            '{"contact": "mailto:help@shop.example.com?bcc=x@example.com"}',
            '{"contact": "mailto:nobody"}',
            '{"kontakt": "https://shop.example.com"}',
            "https://shop.example.com/terms",
        ],
    )
    def test_other_addresses_and_other_names_are_refused(self, given: str) -> None:
        (fault,) = settings_faults(SHOP_LINKS=given)
        assert fault.startswith("SHOP_LINKS")


@pytest.mark.parametrize("name", ["SHOP_LINKS", "SHOP_LOGO", "RETURN_URL", "CANCEL_URL"])
def test_an_address_on_a_page_has_a_bounded_length(name: str) -> None:
    longest = "https://shop.example.com/".ljust(LONGEST_URL, "x")
    given = {
        each: json.dumps({"terms": each}) if name == "SHOP_LINKS" else each
        for each in (longest, longest + "x")
    }
    assert settings_with(SHOP_NAME="Maison", **{name: given[longest]})
    (fault,) = settings_faults(SHOP_NAME="Maison", **{name: given[longest + "x"]})
    assert fault.startswith(name)
    assert fault.endswith(f"must have at most {LONGEST_URL} characters")


def test_the_address_of_a_contact_has_a_bounded_length() -> None:
    given = json.dumps({"contact": "mailto:help@" + "x" * LONGEST_URL + ".example"})
    (fault,) = settings_faults(SHOP_LINKS=given)
    assert fault.endswith(f"must have at most {LONGEST_URL} characters")


class TestFrames:
    def test_origins_are_written_as_a_browser_writes_them(self) -> None:
        given = "https://Shop.example.com:443/, https://shop.example.com,http://localhost:9000"
        found = settings_with(FRAME_ANCESTORS=given).branding.at(None).frame_ancestors
        assert found == ("https://shop.example.com", "http://localhost:9000")

    @pytest.mark.parametrize(
        "given",
        [
            "*",
            "https://*.example.com",
            "'self'",
            "https://shop.example.com/checkout",
            "http://shop.example.com",
            "https://shop.example.com; script-src *",
            "https://shop.example.com;script-src",
            ",".join(f"https://shop{number}.example.com" for number in range(11)),
        ],
    )
    def test_what_is_no_list_of_origins_is_refused(self, given: str) -> None:
        (fault,) = settings_faults(FRAME_ANCESTORS=given)
        assert fault.startswith("FRAME_ANCESTORS: ")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SHOP_LOGO", "http://localhost/logo.svg"),
        ("SHOP_LINKS", '{"terms": "http://localhost/terms"}'),
        ("FRAME_ANCESTORS", "http://localhost:9000"),
    ],
)
def test_production_takes_no_address_without_tls(name: str, value: str) -> None:
    changes = {"SHOP_NAME": "Maison", name: value}
    assert settings_with(**changes).branding != settings_with().branding
    assert settings_faults(**in_production(**changes)) == [
        f"{name}: must be https:// with MONEXT_ENVIRONMENT=PRODUCTION"
    ]
