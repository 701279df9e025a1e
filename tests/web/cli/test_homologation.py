"""`flask homologation-check` against the sandbox: all holds, three facts differ, it is stopped, and it cleans up."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result

from monext_bridge.services.homologation import FACTS
from monext_bridge.web.cli.homologation import homologation_check
from sandbox.runner import Sandbox
from tests.bridges import InProcess
from tests.world import World

PUBLIC_URL = "https://pay.example.com"
STORE = ("--store", "de-store")


class Checked:
    """Runs the command in a folder of its own, and reads what it wrote."""

    def __init__(self, sandbox: Sandbox, world: World, folder: Path) -> None:
        self.bridge = InProcess(sandbox, PUBLIC_URL=PUBLIC_URL)
        self.world, self.folder = world, folder

    def run(self, *options: str) -> Result:
        files = ("--progress", str(self.folder / "progress"), "--report", str(self.folder / "report"))
        return self.bridge.app.test_cli_runner().invoke(homologation_check, [*STORE, *files, *options])

    def resume(self, *options: str) -> Result:
        return self.run("--resume", str(self.folder / "progress"), *options)

    def pay(self) -> str:
        token = str(json.loads((self.folder / "progress").read_text())["session"])
        self.world.pay(token)
        return token

    def verdicts(self) -> dict[str, str]:
        facts = json.loads((self.folder / "report").read_text())["facts"]
        return {name: each["verdict"] for name, each in facts.items()}

    def differing(self) -> set[str]:
        return {name for name, verdict in self.verdicts().items() if verdict == "differs"}

    def kept(self, token: str) -> int:
        """Minor units that are captured and not refunded, or authorised and neither captured nor cancelled."""
        sums: dict[str, int] = {}
        for kind, amount, status in self.world.ledger(token):
            sums[kind] = sums.get(kind, 0) + (amount if status == "OK" else 0)
        captured = sums.get("CAPTURE", 0)
        return captured - sums.get("REFUND", 0) + sums["AUTHORIZATION"] - captured - sums.get("CANCEL", 0)


@pytest.fixture
def checked(sandbox: Sandbox, world: World, tmp_path: Path) -> Checked:
    return Checked(sandbox, world, tmp_path)


def whole(checked: Checked) -> str:
    assert checked.run().exit_code == 0
    token = checked.pay()
    assert checked.resume("--returned-to", f"{PUBLIC_URL}/health?paylinetoken={token}").exit_code == 0
    return token


def test_in_the_sandbox_every_fact_holds(checked: Checked) -> None:
    token = whole(checked)
    assert checked.verdicts() == dict.fromkeys(FACTS, "holds")
    assert checked.kept(token) == 0


def test_what_differs_is_told_with_what_to_do_and_all_is_given_back(checked: Checked) -> None:
    checked.world.odd_answers(echoPrivateData=False, severalCaptures=False)
    checked.world.odd_answers(sessionIdParameterName="sid")
    assert checked.run().exit_code == 0
    token = checked.pay()
    ended = checked.resume("--returned-to", f"{PUBLIC_URL}/health?sid={token}")
    assert checked.differing() == {"act_private_data", "several_captures", "token_parameter"}
    assert "Set sessionIdParameterName of the point of sale" in ended.output
    assert checked.kept(token) == 0


def test_a_limit_of_addresses_is_found_without_a_browser(checked: Checked) -> None:
    checked.world.odd_answers(longestUrl=200)
    assert "Shorten PUBLIC_URL" in checked.run().output
    assert checked.differing() == {"url_length"}


def test_the_report_holds_no_token_no_key_and_no_id(checked: Checked) -> None:
    token = whole(checked)
    report = (checked.folder / "report").read_text()
    ids = {str(row["id"]) for row in checked.world.monext(token=token)["transactions"]}
    key = checked.bridge.settings.store("de-store").credentials.api_keys[0].get_secret_value()
    assert not [each for each in (token, key, *ids) if each in report]


def test_only_its_owner_reads_the_progress(checked: Checked) -> None:
    checked.run()
    assert (checked.folder / "progress").stat().st_mode & 0o077 == 0


def test_it_waits_until_the_session_is_paid_and_begins_no_second_one(checked: Checked) -> None:
    checked.run()
    assert "not paid yet" in checked.resume().output
    assert checked.run().exit_code == 2


def test_going_on_once_more_moves_no_money(checked: Checked) -> None:
    token = whole(checked)
    before = checked.world.ledger(token)
    assert checked.resume().exit_code == 0
    assert checked.world.ledger(token) == before


def test_an_act_that_may_have_been_sent_is_not_sent_again_and_what_was_taken_goes_back(
    checked: Checked,
) -> None:
    checked.run()
    token = checked.pay()
    path = checked.folder / "progress"
    path.write_text(json.dumps({**json.loads(path.read_text()), "under_way": "first"}))
    assert checked.resume().exit_code == 0
    assert [kind for kind, _, _ in checked.world.ledger(token)] == ["AUTHORIZATION", "CANCEL"]
    assert checked.verdicts()["partial_capture"] == "not found out"


def test_production_is_refused_before_anything_is_asked(sandbox: Sandbox, world: World) -> None:
    bridge = InProcess(sandbox)
    stores = {
        key: replace(each, environment=type(each.environment).PRODUCTION)
        for key, each in bridge.settings.by_store.by_key.items()
    }
    settings = replace(bridge.settings, by_store=replace(bridge.settings.by_store, by_key=stores))
    bridge.app.extensions["monext_bridge"] = replace(bridge.services, settings=settings)
    ended = bridge.app.test_cli_runner().invoke(homologation_check, list(STORE))
    assert (ended.exit_code, "homologation alone" in ended.output) == (3, True)
    assert world.calls("monext") == []
