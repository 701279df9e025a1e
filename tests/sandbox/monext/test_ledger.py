"""What is left to capture, refund and cancel: the pure table, without a server."""

import pytest

from sandbox.monext.ledger import Balance, Row, balance, cancellable

AUTHORIZED = Row("a", "AUTHORIZATION", 1000, "OK", "a")
CHARGED = Row("a", "AUTHORIZATION_AND_CAPTURE", 1000, "OK", "a")


def row(kind: str, amount: int, *, status: str | None = "OK", origin: str = "a", row_id: str = "x") -> Row:
    return Row(row_id, kind, amount, status, origin)


@pytest.mark.parametrize(
    ("rows", "left"),
    [
        ([AUTHORIZED], Balance(1000, 0)),
        ([CHARGED], Balance(0, 1000)),
        ([row("AUTHORIZATION", 1000, status="KO")], Balance(0, 0)),
        ([row("AUTHORIZATION", 1000, status=None)], Balance(0, 0)),
        ([row("ORDER", 1000)], Balance(0, 0)),
        ([AUTHORIZED, row("CAPTURE", 300)], Balance(700, 300)),
        ([AUTHORIZED, row("CAPTURE", 300), row("CAPTURE", 700)], Balance(0, 1000)),
        ([AUTHORIZED, row("CAPTURE", 300, status="KO")], Balance(1000, 0)),
        ([AUTHORIZED, row("CAPTURE", 300, status=None)], Balance(700, 0)),
        ([AUTHORIZED, row("CAPTURE", 300), row("RESET", 700)], Balance(0, 300)),
        ([AUTHORIZED, row("CANCEL", 1000)], Balance(0, 0)),
        ([AUTHORIZED, row("CANCEL", 1000, status=None)], Balance(0, 0)),
        ([CHARGED, row("REFUND", 400)], Balance(0, 600)),
        ([CHARGED, row("REFUND", 400, status=None)], Balance(0, 600)),
        ([CHARGED, row("REFUND", 400, status="KO")], Balance(0, 1000)),
        ([CHARGED, row("CANCEL", 1000)], Balance(0, 0)),
        ([AUTHORIZED, row("CAPTURE", 300, row_id="c"), row("RESET", 300, origin="c")], Balance(700, 0)),
        ([CHARGED, row("REFUND", 400, row_id="r"), row("RESET", 400, origin="r")], Balance(0, 1000)),
        (
            [CHARGED, row("REFUND", 400, row_id="r"), row("RESET", 400, origin="r", status=None)],
            Balance(0, 600),
        ),
    ],
)
def test_balance_follows_the_rows(rows: list[Row], left: Balance) -> None:
    assert balance(rows) == left


REMITTED = Row("c", "CAPTURE", 300, "OK", "a", remitted=True)


@pytest.mark.parametrize(
    ("rows", "target", "limit"),
    [
        ([AUTHORIZED], AUTHORIZED, 1000),
        ([AUTHORIZED, row("CAPTURE", 300)], AUTHORIZED, 700),
        ([CHARGED], CHARGED, 1000),
        ([CHARGED, row("REFUND", 400)], CHARGED, 600),
        ([CHARGED, row("CANCEL", 400)], CHARGED, 600),
        ([AUTHORIZED, REMITTED], REMITTED, 0),
        ([AUTHORIZED, row("CAPTURE", 300, row_id="c")], row("CAPTURE", 300, row_id="c"), 300),
        ([CHARGED, row("REFUND", 400, row_id="r")], row("REFUND", 400, row_id="r"), 400),
        ([row("AUTHORIZATION", 1000, status="KO")], row("AUTHORIZATION", 1000, status="KO"), 0),
    ],
)
def test_cancel_takes_back_what_the_bank_has_not_got(rows: list[Row], target: Row, limit: int) -> None:
    assert cancellable(rows, target=target) == limit
