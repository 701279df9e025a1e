"""`flask doctor` on a good set-up and on wrong ones: each finding as it is printed, from `said.txt`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from monext_bridge.config import SETTINGS
from tests.web.cli.doctor.set_ups import ACCESS_KEYS, CLIENT_SECRET, SECRETS, WRONG, SetUp, news, told

SAID = Path(__file__).with_name("said.txt")


def _sections() -> Iterator[tuple[str, list[str]]]:
    for section in SAID.read_text().split("## ")[1:]:
        name, _, lines = section.partition("\n")
        yield name, lines.strip("\n").split("\n")


SECTIONS: Mapping[str, list[str]] = dict(_sections())
GOOD = SECTIONS["good"]


def test_a_good_set_up_has_neither_faults_nor_warnings(set_up: SetUp) -> None:
    assert told(set_up.found()) == GOOD
    assert not [line for line in GOOD if line.startswith(("FAULT", "WARNING"))]


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_with_its_setting_and_what_to_do(set_up: SetUp, name: str) -> None:
    assert news(told(WRONG[name](set_up)), good=GOOD) == SECTIONS[name]


def test_every_wrong_set_up_is_told_and_no_other() -> None:
    assert set(SECTIONS) == {"good", *WRONG}


def test_no_finding_holds_a_secret(set_up: SetUp) -> None:
    found = [
        finding for wrong in ("a weak secret", "commercetools is away") for finding in WRONG[wrong](set_up)
    ]
    secrets = (*SECRETS.values(), *ACCESS_KEYS.values(), CLIENT_SECRET, "secret-secret-secret")
    assert [each for each in found if any(secret in repr(each) for secret in secrets)] == []


def test_every_fault_and_warning_says_what_to_do_and_most_name_a_setting(set_up: SetUp) -> None:
    names = {each.name for each in SETTINGS}
    for name in WRONG:
        for line in SECTIONS[name]:
            if line.startswith(("FAULT", "WARNING")):
                following = SECTIONS[name][SECTIONS[name].index(line) :]
                advice = next(each for each in following if not each.startswith(("FAULT", "WARNING")))
                assert advice.strip().startswith("->"), line
                named = line.split(maxsplit=1)[1].split(":")[0].split()[0].partition("[")[0]
                assert named in names or "clock" in line or "files open" in line, line


def test_live_opens_a_session_for_each_store_and_currency_and_writes_nothing_to_commercetools(
    set_up: SetUp,
) -> None:
    before = len(set_up.world.calls("commercetools"))
    opened = [each.setting for each in set_up.found(live=True) if each.code == "live_session"]
    assert sorted(set(map(str, opened))) == [
        'MONEXT_POINT_OF_SALE_REF["de-store"]',
        'MONEXT_POINT_OF_SALE_REF["fr-store"]',
    ]
    assert len(opened) == 2 * 3
    calls = set_up.world.calls("commercetools")[before:]
    assert {call["path"] for call in calls if call["method"] != "GET"} == {"/oauth/token"}


def test_live_says_what_monext_refuses(set_up: SetUp) -> None:
    found = set_up.found(live=True, MONEXT_POINT_OF_SALE_REF="POS_XX")
    assert {each.code for each in found if each.code.startswith("live")} == {"live_session_refused"}
