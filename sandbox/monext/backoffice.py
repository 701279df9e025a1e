"""Pages for the person who plays: what is pending, and Monext's back office with captures and refunds."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from sandbox.monext import acts, buyer, ledger
from sandbox.monext.money import written
from sandbox.monext.platform import platform
from sandbox.monext.transactions import Transaction

backoffice = Blueprint("backoffice", __name__)


@backoffice.get("/")
def index() -> str:
    return render_template("monext/index.html", merchants=platform().settings.merchants)


@backoffice.get("/pending")
def pending_page() -> str:
    return render_template("monext/pending.html", pending=pending_attempts())


@backoffice.post("/pending/<transaction_id>")
def resolve_pending(transaction_id: str) -> Response:
    """The partner (or the risk officer) decides; the merchant gets a second notification."""
    found = [attempt for attempt in pending_attempts() if attempt.id == transaction_id]
    if not found:
        raise NotFound("Nothing is pending under this id.")
    accepted = request.form.get("outcome") == "accepted"
    buyer.resolve(platform(), transaction=found[0], accepted=accepted)
    return redirect("/pending", 303)


@backoffice.get("/backoffice")
def transactions_page() -> str:
    payments = [each for each in platform().transactions.values() if each.is_payment]
    entries = [(each, platform().family(each), _left(each)) for each in reversed(payments)]
    return render_template("monext/backoffice.html", entries=entries, message=request.args.get("message", ""))


@backoffice.post("/backoffice/<transaction_id>/<any(captures, refunds, cancels):kind>")
def act(transaction_id: str, kind: str) -> Response:
    """An act of the merchant's staff; the merchant's server is told by a TRS notification, if anywhere."""
    target = platform().transactions.get(transaction_id)
    amount = request.form.get("amount", "")
    if target is None:
        raise NotFound("No transaction has this id.")
    if not amount.isdecimal():
        return redirect("/backoffice?message=The+amount+is+in+minor+units,+digits+only", 303)
    done = acts_by_hand(target, kind=kind, amount=int(amount))
    return redirect(f"/backoffice?message={done.result.code}+{done.result.title}", 303)


def acts_by_hand(target: Transaction, *, kind: str, amount: int) -> acts.Done:
    """Act as the back office does, and notify `transactionId` where an address is set."""
    order = acts.Order(kind=kind, amount=amount, comment="Back office")
    done = acts.act(platform(), target=target, order=order)
    url = platform().switches.transaction_notification_url
    if url and done.transaction:
        says = {"notificationType": "TRS", "transactionId": done.transaction.id}
        platform().notifier.schedule(url, says=says, about=done.transaction.id)
    return done


def pending_attempts() -> list[Transaction]:
    return [each for each in platform().transactions.values() if each.is_payment and not each.result.is_final]


def _left(payment: Transaction) -> tuple[str, str]:
    left = ledger.balance(platform().rows(payment))
    return (
        written(left.capturable, currency=payment.currency),
        written(left.refundable, currency=payment.currency),
    )
