"""The shop's back office: captures, refunds and cancels of a payment, by the bridge's public API."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, abort, render_template, request

from sandbox.shop import carts, controls
from sandbox.shop.calls import Json
from sandbox.shop.intents import ACTIONS, Answer, action_of, new_key
from sandbox.shop.shop import shop

pages = Blueprint("back_office", __name__)

AMOUNTS = (
    "planned",
    "authorized",
    "captured",
    "refunded",
    "cancelled",
    "capturable",
    "cancellable",
    "refundable",
)


@pages.get("/back-office")
def index() -> str:
    """The payments that the bridge began, and what to try with them."""
    return render_template("back_office/index.html", payments=carts.latest_payments(shop().project))


@pages.get("/back-office/<uuid:payment_id>")
def payment(payment_id: UUID) -> str:
    """What the bridge, commercetools and Monext say of a payment, and a form for each action."""
    return _page(str(payment_id))


@pages.post("/back-office/<uuid:payment_id>")
def act(payment_id: UUID) -> str:
    """One action, and the bridge's answer to it.

    The page is the answer itself, not a redirect: a reload sends the same key and body again, which must not
    act a second time.
    """
    form = request.form
    if form.get("action") not in ACTIONS:
        abort(400)
    action, key = action_of(form), form.get("key", "")
    answer = shop().intents.order(str(payment_id), action=action, key=key)
    return _page(str(payment_id), form=form, sent={"actions": [action]}, answer=answer)


def _page(
    payment_id: str,
    *,
    form: Mapping[str, str] | None = None,
    sent: Json | None = None,
    answer: Answer | None = None,
) -> str:
    here = shop()
    document = here.project.get(f"payments/{payment_id}")
    intent = here.intents.show(payment_id)
    filled, moneys = form or {}, _moneys(document)
    said = intent.document if intent.good and intent.document else {}
    planned: Json = document["amountPlanned"]
    currency = str(said.get("currencyCode", planned["currencyCode"]))
    return render_template(
        "back_office/payment.html",
        payment=document,
        order=carts.order_of_payment(here.project, payment_id),
        intent=intent,
        currency=currency,
        moneys=moneys,
        amounts=_amounts(said, like=moneys.get(currency, planned)),
        ledger=controls.ledger(here.settings.monext_url, token=document.get("interfaceId", "")),
        keys={action: _key(filled, action) for action in ACTIONS},
        form=filled,
        sent=sent,
        answer=answer,
    )


def _key(form: Mapping[str, str], action: str) -> str:
    """The key of the action that was just sent stays, so that it can be sent again; all others are new."""
    return form["key"] if form.get("action") == action and "key" in form else new_key()


def _moneys(payment: Json) -> dict[str, Json]:
    """A money object of each currency that a payment is in: what is taken is not always in what was planned."""
    amounts = (*(each["amount"] for each in payment["transactions"]), payment["amountPlanned"])
    return {amount["currencyCode"]: amount for amount in amounts}


def _amounts(document: Json, *, like: Json) -> dict[str, Json]:
    """The amounts of an answer by their names, as money objects with the digits of `like`."""
    return {
        name: {**like, "centAmount": document[name]}
        for name in AMOUNTS
        if isinstance(document.get(name), int)
    }
