"""`flask export`: a row for each transaction of a time, whole or said not to be, and safe in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from monext_bridge.runtime import utc_now
from monext_bridge.web.cli.enquiry.export import export
from monext_bridge.web.cli.enquiry.rows import COLUMNS, write_csv
from tests.bridges import Buyer, InProcess
from tests.web.paid_orders import PaidCart, payment_command
from tests.world import World

Export = Callable[..., Result]
Rows = list[dict[str, str]]


@pytest.fixture
def run(in_process: InProcess) -> Export:
    def invoke(*arguments: str) -> Result:
        return in_process.app.test_cli_runner().invoke(export, arguments)

    return invoke


@pytest.fixture
def paid(world: World, buyer: Buyer) -> PaidCart:
    return PaidCart(world, buyer, "german-store")


def rows(result: Result) -> Rows:
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(io.StringIO(result.stdout)))


def of(found: Rows, paid: PaidCart) -> Rows:
    return [row for row in found if row["payment"] == paid.id]


def stamped(world: World, paid: PaidCart, moment: datetime) -> None:
    """Let the first transaction of a payment have another stamp."""
    payment = world.payment(paid.cart)
    action = {
        "action": "changeTransactionTimestamp",
        "transactionId": payment["transactions"][0]["id"],
        "timestamp": moment.isoformat().replace("+00:00", "Z"),
    }
    world.project.update(f"payments/{payment['id']}", version=payment["version"], action=action)


def test_a_row_has_all_that_is_known_of_a_transaction(
    run: Export, in_process: InProcess, paid: PaidCart
) -> None:
    payment_command(in_process)("capture", paid.id, "--amount", "10.50", "--key", "parcel-1", "--yes")
    transaction = paid.world.payment(paid.cart)["transactions"][1]
    row = of(rows(run()), paid)[1]
    assert datetime.fromisoformat(row.pop("time")) == datetime.fromisoformat(transaction["timestamp"])
    assert row == {
        "day": transaction["timestamp"][:10],
        "store": "de-store",
        "order": paid.order_number,
        "payment": paid.id,
        "cart": paid.cart,
        "monext_transaction": transaction["interfaceId"],
        "type": "Charge",
        "state": "Success",
        "amount_minor": "1050",
        "amount": "10.50",
        "currency": "EUR",
        "method": row["method"],
        "principal": "terminal",
        "key": "parcel-1",
        "session": paid.page.token[:6],
    }


def test_a_payment_that_was_begun_before_is_there_by_its_transaction(
    run: Export, world: World, paid: PaidCart
) -> None:
    day = datetime(2031, 5, 4, 23, 59, 59, tzinfo=UTC)
    stamped(world, paid, day)
    assert [row["time"] for row in of(rows(run("--from", "2031-05-04")), paid)] == [
        "2031-05-04T23:59:59.000Z"
    ]
    assert of(rows(run("--from", "2031-05-05")), paid) == []


@pytest.mark.parametrize(
    ("bounds", "is_in"),
    [
        (("--from", "2031-05-01", "--to", "2031-05-04"), True),
        (("--from", "2031-05-01", "--to", "2031-05-03"), False),
        (("--to", "2031-05-04"), True),
        (("--from", "2031-05-04T12:00:00Z", "--to", "2031-05-04T12:00:01Z"), True),
        (("--from", "2031-05-04T11:00:00Z", "--to", "2031-05-04T12:00:00Z"), False),
        (("--from", "2031-05-04T14:00+02:00", "--to", "2031-05-05"), True),
    ],
)
def test_a_time_has_its_beginning_and_the_whole_of_its_last_day(
    bounds: tuple[str, ...], is_in: bool, run: Export, world: World, paid: PaidCart
) -> None:
    stamped(world, paid, datetime(2031, 5, 4, 12, tzinfo=UTC))
    assert bool(of(rows(run(*bounds)), paid)) is is_in


def test_json_lines_have_the_same_columns(run: Export, paid: PaidCart) -> None:
    lines: list[dict[str, Any]] = [json.loads(line) for line in run("--format", "jsonl").stdout.splitlines()]
    (line,) = [line for line in lines if line["payment"] == paid.id]
    assert tuple(line) == COLUMNS
    assert line["amount_minor"] == 55490


def test_a_store_has_its_own_rows_alone(run: Export, world: World, buyer: Buyer, paid: PaidCart) -> None:
    french = PaidCart(world, buyer, "guest")
    found = rows(run("--store", "de-store"))
    assert of(found, paid)
    assert not of(found, french)


def test_totals_are_told_by_day_store_method_and_type_of_what_succeeded(
    run: Export, world: World, buyer: Buyer
) -> None:
    day = utc_now() + timedelta(days=900)
    for _ in range(2):
        stamped(world, PaidCart(world, buyer, "german-store"), day)
    refused = buyer.start(cart := world.cart("german-store"))
    world.pay(refused.token, outcome="refused")
    buyer.notification_arrives(refused)
    result = run("--from", str(day.date()), "--totals")
    (total,) = rows(result)
    assert (total["day"], total["store"], total["type"]) == (str(day.date()), "de-store", "Authorization")
    assert (total["transactions"], total["amount_minor"], total["amount"]) == ("2", "110980", "1109.80")
    assert run("--from", str(day.date())).stderr == result.stdout
    assert world.orders(cart) == []


def test_a_file_is_there_once_it_is_whole_and_for_its_owner_alone(
    run: Export, paid: PaidCart, tmp_path: Path
) -> None:
    result = run("--output", str(tmp_path / "day.csv"))
    assert result.stdout == ""
    assert paid.id in (tmp_path / "day.csv").read_text()
    assert stat.S_IMODE(os.stat(tmp_path / "day.csv").st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["day.csv"]


def test_an_export_that_breaks_off_is_5_says_so_and_leaves_no_file(
    run: Export, world: World, paid: PaidCart, tmp_path: Path
) -> None:
    world.fault("commercetools", action="status", code=503, times=50, method="GET", path="/orders$")
    result = run("--output", str(tmp_path / "day.csv"))
    assert result.exit_code == 5
    assert "not complete" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_2(run: Export, tmp_path: Path) -> None:
    assert run("--output", str(tmp_path / "none" / "day.csv")).exit_code == 2


def test_rows_hold_nothing_about_the_buyer_and_no_session(run: Export, world: World, buyer: Buyer) -> None:
    world.refuse_orders(cart := world.cart(customerEmail="jane@mail.example"), "MatchingPriceNotFound")
    world.pay((page := buyer.start(cart)).token, outcome="accepted")
    buyer.notification_arrives(page)
    text = run().stdout
    assert world.payment(cart)["id"] in text
    assert "giveback-" in text
    assert "jane@" not in text
    assert page.token not in text


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "＝", "＋", "－", "＠"])
def test_a_spreadsheet_calculates_no_cell(begin: str) -> None:
    written = io.StringIO()
    write_csv(written, [dict.fromkeys(COLUMNS, f'{begin}HYPERLINK("https://x.example")')], COLUMNS)
    (row,) = list(csv.DictReader(io.StringIO(written.getvalue(), newline="")))
    assert all(cell.startswith(f"'{begin}") for cell in row.values())


@pytest.mark.parametrize("odd", ["\t", "\r", "\n", "\x1b[2J", "\u202e", "\x9b"])
def test_no_cell_ends_its_line_or_commands_a_terminal(odd: str) -> None:
    written = io.StringIO()
    write_csv(written, [dict.fromkeys(COLUMNS, f'{odd}=HYPERLINK("https://x.example")')], COLUMNS)
    _, row, *others = written.getvalue().split("\n")
    assert row.isprintable()
    assert not any(cell.startswith(("=", "\t")) for cell in next(csv.reader([row])))
    assert others == [""]


def test_commas_and_quotes_stay_in_their_cell() -> None:
    written = io.StringIO()
    write_csv(written, [dict.fromkeys(COLUMNS, 'a,"b"')], COLUMNS)
    (row,) = list(csv.DictReader(io.StringIO(written.getvalue(), newline="")))
    assert set(row.values()) == {'a,"b"'}
