"""Names that look like settings and are none: refused at start-up, with the right one beside them."""

from __future__ import annotations

from itertools import combinations
from random import Random

import pytest

from monext_bridge.config import FILE_NAMES, SETTING_NAMES
from monext_bridge.config.spelling import is_within, misspelt, nearest
from tests.settings_environment import settings_faults, settings_with

LONG = [name for name in SETTING_NAMES if len(name) >= 8]


def said(*names: str) -> list[str]:
    return [f"{name}: {what}" for name, what in misspelt(names)]


def two_letters_wrong(name: str) -> tuple[str, ...]:
    """The name with one or two letters too few, too many, others or in another order."""
    return (
        name[1:],
        f"{name}S",
        f"X{name[1:]}",
        name[1] + name[0] + name[2:],
        f"{name[1:-1]}",
        f"{name}_X",
    )


class TestRefused:
    @pytest.mark.parametrize(
        ("name", "meant"),
        [
            ("MONEXT_CAPTURE_TYP", "MONEXT_CAPTURE_TYPE"),
            ("MONEXT_CAPTRUE_TYPE", "MONEXT_CAPTURE_TYPE"),
            ("MONEXT_POINT_OF_SALES_REFS", "MONEXT_POINT_OF_SALE_REF"),
            ("MONEXT_PAYMENT_METHODS_ID", "MONEXT_PAYMENT_METHOD_IDS"),
            ("MONEXT_API_KEYS", "MONEXT_API_KEY"),
            ("MONEXTAPIKEY", "MONEXT_API_KEY"),
            ("CTP_API_URI", "CTP_API_URL"),
            ("CTP_CLIENTSECRET", "CTP_CLIENT_SECRET"),
            ("SCERET_KEY", "SECRET_KEY"),
            ("SERCET_KYE", "SECRET_KEY"),
            ("LOGLEVEL", "LOG_LEVEL"),
            ("RETURNS_URLS", "RETURN_URL"),
            ("SHOP_COLOURS", "SHOP_COLORS"),
            ("SECRET_KEYFILE", "SECRET_KEY_FILE"),
            ("MONEXT_API_KEY_FILES", "MONEXT_API_KEY_FILE"),
        ],
    )
    def test_a_misspelt_name_is_refused_with_the_right_one(self, name: str, meant: str) -> None:
        assert said(name) == [f"{name}: no such setting, did you mean {meant}?"]

    @pytest.mark.parametrize(
        "name",
        ["MONEXT_", "MONEXT_WALLETS", "MONEXT_CAPTURE", "MONEXT_OPENAPI_URL", "MONEXT_ENVIRONMENT_FILE"],
    )
    def test_any_other_name_that_is_meant_for_the_bridge_is_refused(self, name: str) -> None:
        assert said(name) == [f"{name}: no such setting"]

    def test_every_longer_setting_is_protected_from_two_wrong_letters(self) -> None:
        wrong = [each for name in LONG for each in two_letters_wrong(name) if each not in SETTING_NAMES]
        assert [each for each in wrong if not said(each)] == []

    def test_the_nearest_of_two_is_meant(self) -> None:
        assert nearest("CTP_AUT_URL") == "CTP_AUTH_URL"
        assert nearest("CTP_AP_URL") == "CTP_API_URL"

    def test_a_value_that_the_name_ran_into_is_not_shown(self) -> None:
        secret = "bWVyY2hhbnRJZDphY2Nlc3NLZXk"
        for name in (f"MONEXT_API_KEY{secret}", f"MONEXT_API_KEY:{secret}", f"MONEXT_API_KEY {secret}"):
            assert said(name) == ["MONEXT_API_KEY…: no such setting, did you mean MONEXT_API_KEY?"]
        assert said("MONEXT_" + "9" * 200) == [f"MONEXT_{'9' * 33}…: no such setting"]


class TestTaken:
    def test_no_setting_is_taken_for_another_one_misspelt(self) -> None:
        assert said(*SETTING_NAMES, *FILE_NAMES) == []

    @pytest.mark.parametrize(
        "name",
        [
            *("MONEXT_OPENAPI", "MONEXT_BRIDGE_IMAGE", "MONEXT_BRIDGE_"),
            *("CTP_SCOPES", "CTP_REGION", "CTP_CHECKOUT_URL", "CTP_CUSTOM"),
            *(
                "PORTS",
                "PROT",
                "PATH",
                "HOME",
                "LEVEL",
                "CURRENCY",
                "SECRET",
                "REDIS_TLS_URL",
                "monext_api_key",
                "",
            ),
        ],
    )
    def test_a_name_that_is_of_others_is_left_alone(self, name: str) -> None:
        assert said(name) == []


class TestStartUp:
    def test_what_is_misspelt_comes_after_the_settings_sorted_and_without_its_value(self) -> None:
        found = settings_faults(
            MONEXT_CAPTURE_TYP="MANUAL-SECRET",
            CTP_CLIENT_SECRET=None,
            CTP_CLIENT_SECRETS="ctp-secret-value",
            MONEXT_WALLETS="",
            PORT="x",
        )
        assert found == [
            "CTP_CLIENT_SECRET: is missing (its secret)",
            "PORT: must be a whole number from 1 to 65535",
            "CTP_CLIENT_SECRETS: no such setting, did you mean CTP_CLIENT_SECRET?",
            "MONEXT_CAPTURE_TYP: no such setting, did you mean MONEXT_CAPTURE_TYPE?",
            "MONEXT_WALLETS: no such setting",
        ]

    def test_names_of_others_change_nothing(self) -> None:
        assert settings_with(CTP_SCOPES="manage_project:shop", MONEXT_BRIDGE_IMAGE="1.0") == settings_with()


def distance(one: str, other: str) -> int:
    """The table of the textbook (optimal string alignment)."""
    rows = [
        [abs(down - along) if not down * along else 0 for along in range(len(other) + 1)]
        for down in range(len(one) + 1)
    ]
    for down in range(1, len(one) + 1):
        for along in range(1, len(other) + 1):
            same = one[down - 1] == other[along - 1]
            steps = [
                rows[down - 1][along] + 1,
                rows[down][along - 1] + 1,
                rows[down - 1][along - 1] + (not same),
            ]
            if down > 1 and along > 1 and one[down - 2 : down] == other[along - 2 : along][::-1]:
                steps.append(rows[down - 2][along - 2] + 1)
            rows[down][along] = min(steps)
    return rows[-1][-1]


def test_edits_are_counted_as_in_the_textbook() -> None:
    draw = Random(11)
    words = ["".join(draw.choices("AB_", k=draw.randrange(7))) for _ in range(150)]
    for one, other in combinations(words, 2):
        for edits in range(3):
            assert is_within(one, other, edits=edits) == (distance(one, other) <= edits), (one, other, edits)
