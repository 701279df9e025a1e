"""`flask homologation-check` against the sandbox: all holds, facts differ, it is stopped, and it cleans up."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result

from monext_bridge.services.homologation import MONEXT_FACTS
from monext_bridge.web.cli.homologation import REFUSED_CARD, homologation_check
from sandbox.runner import Sandbox
from tests.bridges import InProcess
from tests.world import World

PUBLIC_URL = "https://pay.example.com"
STORE = ("--store", "de-store")
COUNTED = {"notification", "widget_policy"}
"""Facts that need the counters of a bridge which runs at PUBLIC_URL."""


class Checked:
    """Runs the command in a folder of its own, as a person does who has a browser, and reads what it wrote."""

    def __init__(self, sandbox: Sandbox, world: World, folder: Path) -> None:
        self.time = datetime.now(UTC)
        self.bridge = InProcess(
            sandbox,
            machine_clock=lambda: self.time,
            variables={"PUBLIC_URL": PUBLIC_URL, "METRICS_TOKEN": ""},
        )
        self.world, self.folder = world, folder

    def run(self, *options: str) -> Result:
        return self.say("--progress", str(self.folder / "progress"), *STORE, *options)

    def resume(self, *options: str) -> Result:
        return self.say("--resume", str(self.folder / "progress"), *options)

    def say(self, *options: str) -> Result:
        words = ["--report", str(self.folder / "report"), *options]
        return self.bridge.app.test_cli_runner().invoke(homologation_check, words)

    def progress(self, name: str) -> str:
        return str(json.loads((self.folder / "progress").read_text())[name])

    def pay(self, session: str = "session", **how: object) -> str:
        token = self.progress(session)
        self.world.pay(token, **how)
        return token

    def pass_time(self, **for_so_long: float) -> None:
        passed = timedelta(**for_so_long)
        self.time += passed
        self.world.advance_monext_clock(passed.total_seconds())

    def verdicts(self) -> dict[str, str]:
        facts = json.loads((self.folder / "report").read_text())["facts"]
        return {name: each["verdict"] for name, each in facts.items()}

    def with_verdict(self, verdict: str) -> set[str]:
        return {name for name, found in self.verdicts().items() if found == verdict}

    def kept(self, token: str) -> int:
        """Minor units that are captured and not refunded, or authorised and neither captured nor cancelled."""
        sums: dict[str, int] = {}
        for kind, amount, status in self.world.ledger(token):
            sums[kind] = sums.get(kind, 0) + (amount if status == "OK" else 0)
        captured = sums.get("CAPTURE", 0)
        released = sums.get("CANCEL", 0) + sums.get("RESET", 0)
        return captured - sums.get("REFUND", 0) + sums["AUTHORIZATION"] - captured - released


@pytest.fixture
def checked(sandbox: Sandbox, world: World, tmp_path: Path) -> Checked:
    return Checked(sandbox, world, tmp_path)


def with_a_browser(checked: Checked) -> str:
    """Do everything that the command asks for, in its order, and return the token of the first session."""
    assert checked.run().exit_code == 0
    token = checked.pay(outcome="refused")
    assert "not paid yet" in checked.resume().output
    checked.pay()
    checked.pay("second")
    checked.pay("given_up", outcome="cancelled")
    assert (
        checked.resume("--over-night", "--returned-to", f"{PUBLIC_URL}/health?paylinetoken={token}").exit_code
        == 0
    )
    return token


def on_the_next_day(checked: Checked) -> Result:
    checked.world.send_daily_batch()
    checked.pass_time(hours=24)
    return checked.resume()


def test_in_the_sandbox_all_that_is_known_of_monext_holds(checked: Checked) -> None:
    token = with_a_browser(checked)
    second = checked.progress("second")
    assert on_the_next_day(checked).exit_code == 0
    assert checked.with_verdict("differs") == set()
    assert checked.with_verdict("holds") >= MONEXT_FACTS.keys() - COUNTED
    assert (checked.kept(token), checked.kept(second)) == (0, 0)


def test_what_differs_is_told_with_what_to_do_and_all_is_given_back(checked: Checked) -> None:
    checked.world.odd_answers(echoPrivateData=False, severalCaptures=False)
    checked.world.odd_answers(sessionIdParameterName="sid")
    assert checked.run().exit_code == 0
    token = checked.pay()
    ended = checked.resume("--returned-to", f"{PUBLIC_URL}/health?sid={token}")
    assert checked.with_verdict("differs") == {"act_private_data", "several_captures", "token_parameter"}
    assert "Set sessionIdParameterName of the point of sale" in ended.output
    assert checked.kept(token) == 0


def test_what_a_person_and_a_night_find_out_differs_where_monext_does(checked: Checked) -> None:
    checked.pass_time(hours=25)  # payments of other tests are no duplicates any more
    checked.world.odd_answers(duplicatesByCard=True, lateCancelCode="02302", sessionMinutes=60)
    token = with_a_browser(checked)
    checked.pass_time(minutes=40)
    checked.resume("--over-night")
    assert checked.with_verdict("differs") == {"second_attempt", "session_ends"}
    on_the_next_day(checked)
    assert checked.with_verdict("differs") == {"second_attempt", "cancel_too_late"}
    assert checked.kept(token) == 0


def test_a_last_capture_that_gives_nothing_free_differs_and_the_rest_is_given_back(checked: Checked) -> None:
    checked.world.odd_answers(finalReleases=False)
    with_a_browser(checked)
    assert checked.with_verdict("differs") == {"final_capture"}
    assert checked.kept(checked.progress("second")) == 0


def test_an_act_that_has_no_end_yet_decides_nothing_and_is_given_back_later(checked: Checked) -> None:
    checked.run()
    token = checked.pay()
    checked.world.script_operation(act="captures", outcome="pending")
    ended = checked.resume()
    assert "Not all of the money is given back" in ended.output
    assert checked.with_verdict("differs") == set()
    assert {"partial_capture", "cancel_rest", "rows_add_up"} <= checked.with_verdict("not found out")
    (waiting,) = [
        row for row in checked.world.monext(token=token)["transactions"] if row.get("status") is None
    ]
    checked.world.resolve_operation(str(waiting["id"]), "refused")
    checked.resume()
    assert checked.kept(token) == 0
    assert {"cancel_rest", "rows_add_up"} <= checked.with_verdict("holds")


def test_a_session_that_is_left_alone_is_not_judged_before_its_time(checked: Checked) -> None:
    with_a_browser(checked)
    assert checked.verdicts()["session_ends"] == "not found out"
    checked.pass_time(minutes=36)
    checked.resume()
    assert checked.verdicts()["session_ends"] == "holds"


def test_captures_stay_over_night_only_where_that_is_asked_for(checked: Checked) -> None:
    token = with_a_browser(checked)
    assert checked.kept(token) == 150
    ended = checked.resume()
    assert (checked.kept(token), checked.verdicts()["cancel_too_late"]) == (0, "not found out")
    assert "stay over night" not in ended.output


def test_where_there_are_several_stores_one_has_to_be_named(checked: Checked) -> None:
    ended = checked.say("--progress", str(checked.folder / "progress"))
    assert (ended.exit_code, "say --store with one of: de-store, fr-store" in ended.output) == (2, True)


def test_the_person_is_told_what_to_do_with_which_card(checked: Checked) -> None:
    told = checked.run().output
    addresses = [checked.progress(name) for name in ("redirect_url", "second_url", "given_up_url")]
    assert [each for each in (*addresses, REFUSED_CARD) if each not in told] == []


def test_a_limit_of_addresses_is_found_without_a_browser(checked: Checked) -> None:
    checked.world.odd_answers(longestUrl=200)
    assert "Shorten PUBLIC_URL" in checked.run().output
    assert checked.with_verdict("differs") == {"url_length"}


def test_the_report_holds_no_token_no_key_and_no_id(checked: Checked) -> None:
    token = with_a_browser(checked)
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
    token = with_a_browser(checked)
    checked.resume()
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


def test_a_last_capture_that_may_have_been_sent_is_not_sent_again(checked: Checked) -> None:
    checked.run()
    checked.pay()
    second = checked.pay("second")
    path = checked.folder / "progress"
    path.write_text(json.dumps({**json.loads(path.read_text()), "under_way": "final"}))
    for _ in range(2):
        assert checked.resume().exit_code == 0
    assert [kind for kind, _, _ in checked.world.ledger(second)] == ["AUTHORIZATION", "CANCEL"]
    assert checked.verdicts()["final_capture"] == "not found out"


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
