"""`flask homologation-check` with what a person lends: carts, a checkout session, and a bridge that runs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result

from monext_bridge.services.homologation import COMMERCETOOLS_FACTS, FACTS
from monext_bridge.web.cli.homologation import homologation_check
from sandbox.runner import Sandbox
from tests.bridges import Buyer, InProcess
from tests.served_bridge import ServedBridge
from tests.world import World

ASKED_ALONE = {"introspection", "dated_answers"}
"""Facts about commercetools for which nothing has to be lent."""

OF_SESSION = {"shop_session", "shop_session_ends"}


class Lender:
    """Runs the command with what it lends, and reads what it wrote."""

    def __init__(self, bridge: InProcess, folder: Path) -> None:
        self.bridge, self.folder = bridge, folder

    def run(self, *options: str) -> Result:
        (self.folder / "progress").unlink(missing_ok=True)
        return self.again("--progress", str(self.folder / "progress"), *options)

    def again(self, *options: str) -> Result:
        files = ("--store", "de-store", "--report", str(self.folder / "report"))
        return self.bridge.app.test_cli_runner().invoke(homologation_check, [*files, *options])

    def verdicts(self) -> dict[str, str]:
        facts = json.loads((self.folder / "report").read_text())["facts"]
        return {name: each["verdict"] for name, each in facts.items() if each["verdict"] != "not found out"}

    def differing(self) -> set[str]:
        return {name for name, verdict in self.verdicts().items() if verdict == "differs"}


@pytest.fixture
def lender(sandbox: Sandbox, tmp_path: Path) -> Lender:
    return Lender(InProcess(sandbox), tmp_path)


def test_in_the_sandbox_all_that_is_known_of_commercetools_holds(lender: Lender, world: World) -> None:
    world.orders_without_address("never")
    cart, bare = world.cart(), world.cart_with("no_shipping_address")
    ended = lender.run("--cart", cart, "--bare-cart", bare, "--session", world.session(world.cart()))
    world.orders_without_address("digital")
    assert ended.exit_code == 0
    assert lender.verdicts() == dict.fromkeys(COMMERCETOOLS_FACTS.keys() - ASKED_ALONE, "holds")


def test_what_differs_in_a_project_is_told_with_what_to_do(lender: Lender, world: World) -> None:
    world.differences(longestStatusText=1000, frozenOrders=False, uniqueTransactionIds=False)
    world.differences(externalUsers=False, sessionEnds=False)
    ended = lender.run("--cart", world.cart(), "--session", world.session(world.cart()))
    assert lender.differing() == {
        "long_status_text",
        "frozen_cart",
        "transaction_id_taken",
        "external_user",
        "shop_session_ends",
    }
    assert "Let the shop unfreeze carts" in ended.output
    assert lender.verdicts()["order_number"] == "holds"


def test_a_short_limit_of_order_numbers_is_no_fault_of_frozen_carts(lender: Lender, world: World) -> None:
    world.differences(longestOrderNumber=30)
    lender.run("--cart", world.cart())
    assert lender.differing() == {"order_number"}
    assert "frozen_cart" not in lender.verdicts()


def test_a_cart_that_can_not_be_ordered_leaves_the_facts_open(lender: Lender, world: World) -> None:
    cart = world.cart()
    world.refuse_orders(cart, "OutOfStock")
    assert lender.run("--cart", cart).exit_code == 0
    assert lender.differing() == set()
    assert not {"order_number", "frozen_cart", "ordered_once"} & lender.verdicts().keys()


def test_a_cart_without_address_that_is_ordered_says_which_setting_to_make(
    lender: Lender, world: World
) -> None:
    world.orders_without_address("always")
    ended = lender.run("--bare-cart", world.cart_with("no_shipping_address"))
    world.orders_without_address("digital")
    assert "Set DIGITAL_PRODUCT_TYPES" in ended.output


def test_what_is_made_is_named_and_holds_no_money(lender: Lender, world: World) -> None:
    cart = world.cart()
    told = lender.run("--cart", cart).output
    (order,) = world.orders(cart)
    assert (order["orderState"], order["orderNumber"] in told) == ("Cancelled", True)
    assert world.payments(cart) == []
    assert {state for _, state, _ in _transactions(world, cart)} == {"Failure"}


def test_the_report_names_nothing_that_was_lent(lender: Lender, world: World) -> None:
    cart = world.cart()
    session = world.session(world.cart())
    lender.run("--cart", cart, "--session", session)
    report = (lender.folder / "report").read_text()
    assert [each for each in (cart, session, world.orders(cart)[0]["orderNumber"]) if each in report] == []


@pytest.mark.parametrize("lent", ["paid", "with an address", "gone"])
def test_a_cart_of_a_buyer_is_not_touched(lent: str, lender: Lender, world: World) -> None:
    cart = world.cart()
    if lent == "paid":
        Buyer(lender.bridge).start(cart)
    options = {
        "paid": ("--cart", cart),
        "with an address": ("--bare-cart", cart),
        "gone": ("--cart", "00000000-0000-4000-8000-000000000000"),
    }
    world.forget_calls()
    assert lender.run(*options[lent]).exit_code == 3
    written = [call for call in world.calls("commercetools") if call["method"] != "GET"]
    assert [call["path"] for call in written if "/oauth/" not in call["path"]] == []


def test_production_takes_a_yes_and_moves_no_money_even_then(lender: Lender, world: World) -> None:
    bridge = lender.bridge
    stores = {
        key: replace(each, environment=type(each.environment).PRODUCTION)
        for key, each in bridge.settings.by_store.by_key.items()
    }
    settings = replace(bridge.settings, by_store=replace(bridge.settings.by_store, by_key=stores))
    bridge.app.extensions["monext_bridge"] = replace(bridge.services, settings=settings)
    cart = world.cart()
    world.forget_calls()
    assert lender.run("--cart", cart).exit_code == 3
    assert world.calls("commercetools") == []
    assert lender.run("--cart", cart, "--yes").exit_code == 0
    assert world.calls("monext") == []


def test_a_run_with_what_is_lent_goes_on_to_the_sessions(lender: Lender, world: World) -> None:
    lender.run("--session", world.session(world.cart()))
    ended = lender.again("--resume", str(lender.folder / "progress"))
    assert "What a person does now" in ended.output
    assert lender.verdicts()["shop_session"] == "holds"


def test_steps_names_every_fact_and_what_no_command_checks(lender: Lender) -> None:
    told = lender.again("--steps").output
    assert [name for name in FACTS if f"{name}: " not in told] == []
    assert "not checked: " in told


@pytest.mark.parametrize("reported", [False, True])
def test_calls_and_reports_are_counted_while_a_person_pays(
    reported: bool, sandbox: Sandbox, world: World, tmp_path: Path
) -> None:
    with ServedBridge(sandbox) as served:
        lender = Lender(served.bridge, tmp_path)
        lender.run()
        token = str(json.loads((tmp_path / "progress").read_text())["session"])
        world.pay(token, notify=True)
        world.send_notifications()
        buyer = Buyer(served.bridge)
        page = buyer.start(world.cart())
        world.pay(page.token)
        buyer.comes_back(page)
        if reported:
            report = {
                "csp-report": {"effective-directive": "frame-src", "blocked-uri": "https://acs.example"}
            }
            served.bridge.call("POST", "/csp-reports", json=report)
        lender.again("--resume", str(tmp_path / "progress"))
    assert lender.verdicts()["notification"] == "holds"
    assert lender.verdicts()["widget_policy"] == ("differs" if reported else "holds")


def test_no_call_before_the_session_is_read_differs(sandbox: Sandbox, world: World, tmp_path: Path) -> None:
    with ServedBridge(sandbox) as served:
        lender = Lender(served.bridge, tmp_path)
        lender.run()
        world.pay(str(json.loads((tmp_path / "progress").read_text())["session"]))
        lender.again("--resume", str(tmp_path / "progress"))
    assert lender.verdicts()["notification"] == "differs"
    assert "widget_policy" not in lender.verdicts()


def _transactions(world: World, cart: str) -> list[tuple[str, str, int]]:
    read = world.project.get(f"carts/{cart}", expand="paymentInfo.payments[*]")
    (payment,) = [reference["obj"] for reference in read["paymentInfo"]["payments"]]
    return [(t["type"], t["state"], t["amount"]["centAmount"]) for t in payment["transactions"]]
