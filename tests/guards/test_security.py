"""docs/security.md: what a threat is stopped by has a test that exists, and the check of the page is as it says."""

from __future__ import annotations

import re

from monext_bridge.config import MonextEnvironment, PaymentMethod
from monext_bridge.services.page_check import OWN_INVENTORY, ResourceKind, read_inventory
from monext_bridge.services.page_check.inventory import Integrity, LoadedBy
from monext_bridge.web.cli.check_page import check_page_command
from monext_bridge.web.cli.endings import ExitCode
from monext_bridge.web.http.widget_sources import WALLET_SOURCES
from tests.document_blocks import ROOT, column, table

SECURITY = ROOT / "docs" / "security.md"
TEST = re.compile(r"`(tests/[\w/.]+)`")
NONE_CAN = "none can: "
INVENTORY = read_inventory(OWN_INVENTORY.read_text())


def test_each_test_that_is_named_exists() -> None:
    named = TEST.findall(SECURITY.read_text())
    assert len(named) > 20
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_each_threat_names_a_test_or_says_why_there_is_none() -> None:
    rows = table(SECURITY, heading="Who | Tries")
    assert {len(cells) for cells in rows} == {4}
    shown = [cells[3] for cells in rows]
    assert [cell for cell in shown if not TEST.search(cell) and not cell.startswith(NONE_CAN)] == []


def test_each_row_of_personal_data_says_where_they_go_and_for_how_long() -> None:
    rows = table(SECURITY, heading="What | From | To")
    assert len(rows) > 5
    assert [cells for cells in rows if len(cells) != 5 or not all(cells)] == []


def test_the_options_and_exit_codes_of_the_check_are_those_of_the_code() -> None:
    options = {
        option for each in check_page_command.params for option in each.opts if option.startswith("--")
    }
    told = {name.split()[0] for name in column(SECURITY, heading="Option | Meaning")}
    assert told == options - {"--help"}
    codes = [int(code) for code in column(SECURITY, heading="Exit code")]
    assert codes == [ExitCode.DONE, ExitCode.DIFFERENT, ExitCode.NOT_FETCHED]


def test_the_inventory_lists_the_headers_that_the_page_with_the_widget_has() -> None:
    rows = table(SECURITY, heading="Header | Value")
    page = {cells[0].strip("`") for cells in rows if "page with the widget" in cells[2] or cells[2] == "all"}
    by_others = {cells[0].strip("`") for cells in rows if cells[2] == "all others"}
    listed = {header.name for header in INVENTORY.headers}
    assert listed == page | by_others | {"Content-Security-Policy-Report-Only"}


def test_each_script_of_the_inventory_says_who_owns_it_why_and_how_it_is_held() -> None:
    for script in INVENTORY.scripts:
        assert script.owner
        assert script.reason
        held = script.integrity is Integrity.RELEASE or script.sha256 or script.reviewed
        assert held, script.address


def test_the_inventory_has_monext_s_script_and_style_for_each_environment() -> None:
    listed = {(each.kind, each.environment) for each in INVENTORY.scripts if each.owner == "Monext"}
    assert listed == {(kind, each.value) for kind in ResourceKind for each in MonextEnvironment}


def test_the_inventory_has_a_script_of_each_wallet_that_the_policy_lets_in_and_its_host() -> None:
    wallets = {each.method: each for each in INVENTORY.scripts if each.loaded_by is LoadedBy.WIDGET}
    assert set(wallets) == {method.value for method in WALLET_SOURCES}
    for method, sources in WALLET_SOURCES.items():
        assert wallets[PaymentMethod(method).value].address.startswith(sources["script-src"])
