"""Captures, refunds and cancels of a payment. Nothing is idempotent: the same request twice acts twice.

What the ledger forbids is answered with 201 and a result ERROR, and leaves no row.
"""

from dataclasses import dataclass, field, replace

from sandbox.monext import ledger
from sandbox.monext.platform import Platform, ScriptedAct
from sandbox.monext.results import ACCEPTED, Result, result
from sandbox.monext.transactions import CAPTURE_AGE, Transaction

CAPTURE, REFUND, CANCEL = "captures", "refunds", "cancels"
KINDS = (CAPTURE, REFUND, CANCEL)


@dataclass(frozen=True, slots=True)
class Order:
    """What the merchant asks for: `amount` in minor units."""

    kind: str
    amount: int
    option: str = "STANDARD"
    comment: str = ""
    merchant_reference: str = ""
    private_data: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Done:
    """`status` is 201, 202 for an act that is taken but not finished, or what was scripted.

    No transaction: nothing happened, or the answer does not tell what did.
    """

    status: int
    result: Result
    transaction: Transaction | None = None


def act(platform: Platform, *, target: Transaction, order: Order) -> Done:
    """Do what `order` asks on `target`, within the bounds of the ledger."""
    code = _refusal_code(platform, target=target, order=order)
    if code:
        return Done(201, result(code))
    script = _next_script(platform, kind=order.kind)
    outcomes = {"accepted": ACCEPTED, "pending": result("02000"), "refused": result(script.code)}
    outcome = outcomes[script.outcome]
    if outcome.title == "ACCEPTED":
        _reauthorize(platform, target=target, order=order)
    done = _book(platform, target=target, order=order, outcome=outcome)
    if outcome.title == "ACCEPTED":
        _release_rest(platform, target=target, order=order)
    if script.says or script.title:
        said = result(script.says or outcome.code, title="ERROR")
        return Done(script.status, replace(said, title=script.title or said.title))
    return Done(script.status, outcome, done)


def finish(platform: Platform, *, transaction: Transaction, accepted: bool) -> None:
    """A pending act gets its end; a final capture that is accepted now releases what is left."""
    transaction.result = ACCEPTED if accepted else result("02020")
    if accepted:
        target = platform.transactions[transaction.payment_id]
        _release_rest(platform, target=target, order=_order_of(transaction))


def _refusal_code(platform: Platform, *, target: Transaction, order: Order) -> str:
    if order.kind == CANCEL:
        return _cancel_refusal(platform, target=target, amount=order.amount)
    if not target.is_payment:
        return "02301"
    if not target.is_accepted_payment:
        return "02302"
    left = ledger.balance(platform.rows(target))
    if order.kind == REFUND:
        return _bound(order.amount, left.refundable)
    refused = _capture_age_refusal(platform, target=target, order=order) or _repeated(platform, target=target)
    return refused or _bound(order.amount, left.capturable)


def _repeated(platform: Platform, *, target: Transaction) -> str:
    """By switch a contract takes one capture of an authorisation alone."""
    captured = any(row.type == "CAPTURE" and row.status == "OK" for row in platform.rows(target))
    return "02302" if captured and not platform.switches.several_captures else ""


def _capture_age_refusal(platform: Platform, *, target: Transaction, order: Order) -> str:
    if target.type != "AUTHORIZATION":
        return "02302"
    if platform.now - target.date < CAPTURE_AGE:
        return ""
    if order.option != "LATE_DELIVERY":
        return "02302"
    return "" if platform.switches.late_delivery else "02619"


def _cancel_refusal(platform: Platform, *, target: Transaction, amount: int) -> str:
    rows = platform.rows(target)
    row = next(row for row in rows if row.id == target.id)
    if row.status != "OK" or row.type not in ledger.PAYMENTS | {"CAPTURE", "REFUND"}:
        return "02302"
    captured = any(each.type == "CAPTURE" and each.status == "OK" and each.remitted for each in rows)
    too_late = row.remitted if row.type != "AUTHORIZATION" else captured
    over = _bound(amount, ledger.cancellable(rows, target=row))
    return platform.switches.late_cancel_code if over and too_late else over


def _bound(amount: int, limit: int) -> str:
    return "" if 0 < amount <= limit else "02110"


def _next_script(platform: Platform, *, kind: str) -> ScriptedAct:
    for script in platform.scripted_acts:
        if script.kind in ("", kind) and script.times > 0:
            script.times -= 1
            return script
    return ScriptedAct(kind=kind, outcome="accepted", status=201, code="", times=1)


def _book(
    platform: Platform, *, target: Transaction, order: Order, outcome: Result, type_name: str = ""
) -> Transaction:
    types = {CAPTURE: "CAPTURE", REFUND: "REFUND", CANCEL: platform.switches.cancel_type}
    booked = Transaction(
        id=platform.new_id(),
        type=type_name or types[order.kind],
        amount=order.amount,
        currency=target.currency,
        date=platform.now,
        result=outcome,
        payment_id=target.payment_id,
        origin_id=target.id,
        token=target.token,
        merchant_id=target.merchant_id,
        contract=target.contract,
        comment=order.comment,
        merchant_reference=order.merchant_reference,
        private_data=dict(order.private_data),
        option=order.option,
    )
    return platform.add(booked)


def _order_of(booked: Transaction) -> Order:
    """What was asked for, from the row that it became; only captures have an option."""
    return Order(
        kind=CAPTURE if booked.type == "CAPTURE" else "",
        amount=booked.amount,
        option=booked.option,
        merchant_reference=booked.merchant_reference,
        private_data=booked.private_data,
    )


def _reauthorize(platform: Platform, *, target: Transaction, order: Order) -> None:
    """An authorisation that is over is asked for again before the capture."""
    if order.kind == CAPTURE and platform.now - target.date >= CAPTURE_AGE:
        _book(platform, target=target, order=order, outcome=ACCEPTED, type_name="REAUTHORIZATION")


def _release_rest(platform: Platform, *, target: Transaction, order: Order) -> None:
    """FINAL: what is left of the authorisation is given free."""
    rest = ledger.balance(platform.rows(target)).capturable if platform.switches.final_releases else 0
    if order.kind == CAPTURE and order.option == "FINAL" and rest:
        _book(platform, target=target, order=replace(order, amount=rest), outcome=ACCEPTED, type_name="RESET")
