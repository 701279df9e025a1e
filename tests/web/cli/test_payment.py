"""`flask payment capture, refund, cancel, reverse` over real HTTP: what they do and how they exit."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest

from sandbox.runner import Sandbox
from tests.bridges import Buyer, InProcess, environment
from tests.web.paid_orders import PaidCart, Run, payment_command
from tests.world import World

LOST: list[dict[str, Any]] = [
    {"action": "drop_after"},
    {"action": "status_after", "code": 504},
    {"action": "half_body"},
]


@pytest.fixture
def run(in_process: InProcess) -> Run:
    return payment_command(in_process)


@pytest.fixture
def authorized(world: World, buyer: Buyer) -> PaidCart:
    """554.90 EUR authorised and not captured."""
    return PaidCart(world, buyer, "german-store")


@pytest.fixture
def charged(world: World, buyer: Buyer) -> PaidCart:
    """A guest's cart, authorised and captured at once."""
    return PaidCart(world, buyer, "guest")


# acting


def test_a_capture_takes_all_that_is_open(run: Run, authorized: PaidCart) -> None:
    done = run("capture", authorized.order_number, "--yes")
    assert done.exit_code == 0
    assert authorized.operations == [("CAPTURE", 55490, "OK")]
    assert authorized.world.orders(authorized.cart)[0]["paymentState"] == "Paid"


@pytest.mark.parametrize("amount", ["10.50", "10,50", "10.5"])
def test_a_part_is_captured_however_it_is_written(amount: str, run: Run, authorized: PaidCart) -> None:
    assert run("capture", authorized.id, "--amount", amount, "--yes").exit_code == 0
    assert authorized.operations == [("CAPTURE", 1050, "OK")]


def test_a_final_capture_releases_the_rest(run: Run, authorized: PaidCart) -> None:
    assert run("capture", authorized.id, "--amount", "500", "--final", "--yes").exit_code == 0
    assert [(kind, minor) for kind, minor, _ in authorized.operations] == [
        ("CAPTURE", 50000),
        ("RESET", 5490),
    ]


def test_a_cancel_releases_all(run: Run, authorized: PaidCart) -> None:
    assert run("cancel", authorized.id, "--yes").exit_code == 0
    assert [minor for _, minor, _ in authorized.operations] == [55490]


def test_a_reverse_cancels_and_refunds(run: Run, authorized: PaidCart) -> None:
    run("capture", authorized.id, "--amount", "100", "--yes")
    assert run("reverse", authorized.id, "--yes").exit_code == 0
    assert sorted(minor for _, minor, _ in authorized.operations) == [10000, 10000, 45490]


def test_a_refund_of_all_gives_all_back(run: Run, charged: PaidCart) -> None:
    assert run("refund", charged.order_number, "--all", "--yes").exit_code == 0
    total = charged.world.payment(charged.cart)["amountPlanned"]["centAmount"]
    assert charged.operations == [("REFUND", total, "OK")]


def test_a_refund_of_one_capture_gives_back_no_more_than_it_took(run: Run, authorized: PaidCart) -> None:
    for amount in ("100", "200"):
        run("capture", authorized.id, "--amount", amount, "--yes")
    capture = authorized.world.payment(authorized.cart)["transactions"][1]["id"]
    assert run("refund", authorized.id, "--all", "--transaction", capture, "--yes").exit_code == 0
    assert authorized.operations[-1] == ("REFUND", 10000, "OK")


@pytest.mark.parametrize(("situation", "amount", "minor"), [("yen", "500", 500), ("dinar", "1,234", 1234)])
def test_other_currencies_have_their_own_digits(
    situation: str, amount: str, minor: int, run: Run, world: World, buyer: Buyer
) -> None:
    paid = PaidCart(world, buyer, situation)
    assert run("refund", paid.id, "--amount", amount, "--yes").exit_code == 0
    assert paid.operations == [("REFUND", minor, "OK")]


def test_key_and_reference_reach_the_record_and_monext(run: Run, authorized: PaidCart) -> None:
    run("capture", authorized.id, "--key", "my-key", "--reference", "Parcel 7", "--yes")
    interaction = authorized.world.payment(authorized.cart)["transactions"][1]["interactionId"]
    rows = authorized.world.monext()["transactions"]
    assert interaction.startswith("my-key~")
    assert any(row.get("merchantReference") == "Parcel 7" for row in rows)


def test_without_a_key_one_is_made_and_told(run: Run, authorized: PaidCart) -> None:
    done = run("capture", authorized.id, "--amount", "1", "--yes")
    interaction = authorized.world.payment(authorized.cart)["transactions"][1]["interactionId"]
    assert f"Key: {interaction.split('~')[0]}\n" in done.stderr


def test_two_commands_without_a_key_are_two_acts(run: Run, authorized: PaidCart) -> None:
    for _ in range(2):
        assert run("capture", authorized.id, "--amount", "1", "--yes").exit_code == 0
    assert authorized.operations == [("CAPTURE", 100, "OK")] * 2


def test_the_same_key_acts_once_and_answers_the_same(run: Run, authorized: PaidCart) -> None:
    line = ("capture", authorized.id, "--amount", "1", "--key", "once", "--yes", "--json")
    assert json.loads(run(*line).stdout) == json.loads(run(*line).stdout)
    assert authorized.operations == [("CAPTURE", 100, "OK")]


def test_the_same_command_without_an_amount_means_the_same_amount(run: Run, authorized: PaidCart) -> None:
    for _ in range(2):
        assert run("capture", authorized.id, "--key", "once", "--yes").exit_code == 0
    assert authorized.operations == [("CAPTURE", 55490, "OK")]


def test_a_refund_of_all_under_a_known_key_means_the_same_amount(run: Run, charged: PaidCart) -> None:
    for _ in range(2):
        assert run("refund", charged.id, "--all", "--key", "once", "--yes").exit_code == 0
    assert len(charged.operations) == 1


def test_the_answer_alone_is_on_stdout(run: Run, authorized: PaidCart) -> None:
    done = run("capture", authorized.id, "--amount", "1", "--key", "k", "--yes", "--json")
    body = json.loads(done.stdout)
    assert (body["outcome"], body["paymentId"], body["key"]) == ("approved", authorized.id, "k")
    assert body["interfaceId"]


# asking first


@pytest.mark.parametrize(
    "act", [["capture"], ["refund", "--all"], ["cancel"], ["reverse"]], ids=lambda act: str(act[0])
)
def test_where_nobody_can_be_asked_nothing_is_done(
    act: list[str], run: Run, world: World, buyer: Buyer
) -> None:
    paid = PaidCart(world, buyer, "german-store")
    run("capture", paid.id, "--amount", "1", "--yes")
    before = paid.operations
    done = run(*act, paid.id, input="y\n")
    assert done.exit_code == 2
    assert "--yes" in done.stderr
    assert paid.operations == before


# how it ends


@pytest.mark.parametrize(
    "arguments",
    [
        ["refund", "--yes"],
        ["refund", "--yes", "--all", "--amount", "1"],
        ["capture", "--yes", "--amount", "1.234"],
        ["capture", "--yes", "--amount", "0"],
        ["capture", "--yes", "--amount", "-1"],
        ["capture", "--yes", "--key", "a~b"],
        ["capture", "--yes", "--key", ""],
        ["capture", "--yes", "--reference", "<b>"],
        ["capture", "--yes", "--nonsense"],
    ],
    ids=" ".join,
)
def test_a_command_that_makes_no_sense_exits_with_2(
    arguments: list[str], run: Run, authorized: PaidCart
) -> None:
    assert run(*arguments, authorized.id).exit_code == 2
    assert authorized.operations == []


@pytest.mark.parametrize(
    "arguments",
    [["capture", "--amount", "554.91"], ["refund", "--all"], ["refund", "--amount", "1"]],
    ids=" ".join,
)
def test_what_the_money_rules_forbid_exits_with_3(
    arguments: list[str], run: Run, authorized: PaidCart
) -> None:
    done = run(*arguments, authorized.id, "--yes")
    assert done.exit_code == 3
    assert authorized.operations == []


def test_a_transaction_that_is_no_capture_exits_with_3(run: Run, charged: PaidCart) -> None:
    done = run("refund", charged.id, "--amount", "1", "--transaction", charged.id, "--yes", "--json")
    assert done.exit_code == 3
    assert json.loads(done.stdout)["errors"][0]["code"] == "InvalidOperation"


def test_a_key_of_another_request_exits_with_3(run: Run, authorized: PaidCart) -> None:
    run("capture", authorized.id, "--amount", "1", "--key", "once", "--yes")
    assert run("capture", authorized.id, "--amount", "2", "--key", "once", "--yes").exit_code == 3
    assert authorized.operations == [("CAPTURE", 100, "OK")]


def test_an_act_that_monext_refuses_exits_with_1(run: Run, authorized: PaidCart) -> None:
    authorized.world.script_operation(act="captures", outcome="refused", code="01100")
    done = run("capture", authorized.id, "--amount", "1", "--yes")
    assert done.exit_code == 1
    assert done.stdout.startswith("rejected")


def test_an_act_that_takes_time_is_received(run: Run, charged: PaidCart) -> None:
    charged.world.script_operation(act="refunds", outcome="pending")
    done = run("refund", charged.id, "--amount", "1", "--yes", "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["outcome"] == "received"


@pytest.mark.parametrize("fault", LOST, ids=lambda fault: str(fault["action"]))
def test_a_lost_answer_exits_with_5_and_the_command_it_tells_finds_out(
    fault: dict[str, Any], run: Run, charged: PaidCart
) -> None:
    charged.world.fault("monext", method="POST", path="/refunds$", **fault)
    lost = run("refund", charged.id, "--all", "--reference", "Return 7", "--yes")
    assert lost.exit_code == 5
    assert lost.stdout == ""
    again = shlex.split(lost.stderr.strip().splitlines()[-1])
    assert again[:2] == [".venv/bin/flask", "payment"]
    assert run(*again[2:], "--yes").exit_code == 0
    assert len(charged.operations) == 1


def test_an_open_act_is_shown_with_the_key_that_finds_out(run: Run, charged: PaidCart) -> None:
    charged.world.fault("monext", method="POST", path="/refunds$", action="drop_after")
    run("refund", charged.id, "--amount", "1", "--key", "lost", "--yes")
    assert "Refund of 1.00 EUR has an outcome that is not known yet: ask for it again with --key lost" in (
        run("show", charged.id).stdout
    )


def test_the_key_of_an_unknown_outcome_is_in_the_json(run: Run, charged: PaidCart) -> None:
    charged.world.fault("monext", method="POST", path="/refunds$", action="drop_after")
    done = run("refund", charged.id, "--amount", "1", "--key", "lost", "--yes", "--json")
    body = json.loads(done.stdout)
    assert (done.exit_code, body["statusCode"], body["key"]) == (5, 503, "lost")


@pytest.mark.parametrize("arguments", [["show"], ["capture", "--yes"]], ids=lambda each: str(each[0]))
def test_commercetools_down_exits_with_5(arguments: list[str], run: Run, authorized: PaidCart) -> None:
    authorized.world.fault("commercetools", action="status", code=503, path="/payments/", times=0)
    assert run(*arguments, authorized.id).exit_code == 5
    authorized.world.reset()
    assert authorized.operations == []


def test_a_store_that_is_not_configured_exits_with_2(sandbox: Sandbox, authorized: PaidCart) -> None:
    keys = {"MONEXT_API_KEY", "MONEXT_POINT_OF_SALE_REF", "MONEXT_CAPTURE_TYPE", "MONEXT_PAYMENT_METHOD_IDS"}
    french = {
        name: json.dumps({"fr-store": json.loads(value)["fr-store"]})
        for name, value in environment(sandbox).items()
        if name in keys
    }
    other = payment_command(InProcess(sandbox, variables=french))
    assert other("capture", authorized.id, "--yes").exit_code == 2
    assert authorized.operations == []
