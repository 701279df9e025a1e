"""`flask payment show` tells all that is known of one payment, and names what could not be read."""

from __future__ import annotations

import uuid
from typing import Any

import click
from flask.cli import with_appcontext

from monext_bridge.domain.record import TransactionType, attempt_status, own_amounts
from monext_bridge.logs import correlation_id
from monext_bridge.services.enquiry import MatchedRow, PartAccount, PaymentAccount
from monext_bridge.web.api import PaymentIntentView, answer
from monext_bridge.web.cli.endings import ExitCode, failures, print_json, printable
from monext_bridge.web.cli.enquiry.needs import NEEDS, runbook_link
from monext_bridge.web.cli.enquiry.options import json_option, only_payment, quoted_argument, verbose_option
from monext_bridge.web.http import services


@click.command()
@quoted_argument
@json_option
@verbose_option
@with_appcontext
def show(quoted: str, as_json: bool) -> None:
    """What happened to a payment, what Monext's ledger has of it, what is left to do, and why it is stuck."""
    correlation_id.set(str(uuid.uuid4()))
    with failures(as_json=as_json):
        account = services().accounts.of(only_payment(quoted))
        if as_json:
            print_json(_as_json(account))
        else:
            # rich, which no server needs
            from monext_bridge.web.cli.enquiry.account_tables import tables_of
            from monext_bridge.web.cli.enquiry.printing import print_tables

            print_tables(*tables_of(account))
        for why in account.unread:
            click.echo(f"Error: {printable(why)}", err=True)
        if account.unread:
            raise click.exceptions.Exit(ExitCode.UNKNOWN)


def _as_json(account: PaymentAccount) -> dict[str, Any]:
    """Return what `GET /operations/payment-intents/<payment id>` answers, and the other facts of the tables."""
    payment, key, order = account.payment, account.key, account.order
    return {
        **answer(PaymentIntentView.of(payment, order)),
        "state": attempt_status(payment).value,
        "cartId": key.cart_id if key else None,
        "store": key.store_key if key else None,
        "method": payment.method,
        "begun": payment.created_at.isoformat() if payment.created_at else None,
        "chargedBack": own_amounts(payment).charged_back.cent_amount,
        "chargebacks": sum(t.type is TransactionType.CHARGEBACK for t in payment.transactions),
        "order": order
        and {
            "id": order.id,
            "number": order.number,
            "orderState": order.state,
            "paymentState": order.payment_state,
            "shipmentState": order.shipment_state,
            "total": order.total.cent_amount,
            "currencyCode": order.total.currency,
        },
        "parts": [_part(part) for part in account.parts],
        "needs": [{"need": n.value, "means": NEEDS[n], "see": runbook_link(n)} for n in account.needs],
        "unread": list(account.unread),
    }


def _part(part: PartAccount) -> dict[str, Any]:
    """Return a part. `ledger` is null where Monext's could not be read, or where nothing was accepted."""
    return {
        "interfaceId": part.id,
        "capturable": part.left.capturable.cent_amount,
        "cancellable": part.left.cancellable.cent_amount,
        "refundable": part.left.refundable.cent_amount,
        "ledger": None if part.rows is None else [_row(each) for each in part.rows],
        "missingInLedger": [t.id for t in part.missing],
        "differs": part.differs,
    }


def _row(each: MatchedRow) -> dict[str, Any]:
    row = each.row
    return {
        "id": row.id,
        "type": row.type,
        "amount": row.amount,
        "ok": row.ok,
        "time": row.date.isoformat() if row.date else None,
        "transactionId": each.transaction.id if each.transaction else None,
    }
