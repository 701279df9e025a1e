"""Compares commercetools' records with Monext's ledgers, by pure functions that each tell where they disagree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from monext_bridge.domain.outcome.order_rules import order_payment_state
from monext_bridge.mapping.commercetools.answers import read_order
from tests.campaign.accounts import Account, cost, due
from tests.campaign.evidence import Disagreement, Evidence, disagreement_of, named_payments
from tests.campaign.orders_now import CHECKS_OF_ORDERS

KEPT = ("paid", "authorized")
STATES_BY_OUTCOME: Mapping[str, tuple[str, ...]] = {
    "approved": ("Success",),
    "rejected": ("Failure",),
    "received": ("Success", "Failure", "Pending"),
}
"""The states that an operation's transaction may have in the end, by the outcome that the back office was told."""


def compare(evidence: Evidence) -> tuple[Disagreement, ...]:
    """Give all disagreements; none where both sides agree to the cent."""
    return tuple(found for check in CHECKS for found in check(evidence))


def _sums(evidence: Evidence) -> Iterator[Disagreement]:
    """Whatever is captured, cancelled or refunded on one side is so on the other."""
    for account in evidence.accounts:
        recorded, held = account.recorded(), account.at_monext()
        if account.accepted is None and not account.operations:
            held = {name: amount for name, amount in held.items() if name[1] == "Success"}
            recorded = {name: amount for name, amount in recorded.items() if name[1] == "Success"}
        if recorded != held:
            yield disagreement_of(account, f"the record says {_text(recorded)}, Monext {_text(held)}")


def _accepted_sessions(evidence: Evidence) -> Iterator[Disagreement]:
    """What Monext accepted is recorded, with Monext's id of it."""
    by_token = {account.token: account for account in evidence.accounts}
    for row in evidence.monext["transactions"]:
        is_payment = row["id"] == row["originTransactionId"]
        if not is_payment or row.get("status") != "OK":
            continue
        account = by_token.get(row["token"])
        if account is None:
            yield Disagreement(f"session {row['token']} was paid, and no payment names it")
        elif row["id"] not in {part.get("interfaceId") for part in account.parts}:
            yield disagreement_of(account, f"Monext accepted {row['id']}, and the record does not say so")


def _pending(evidence: Evidence) -> Iterator[Disagreement]:
    """What is pending in the record is pending at Monext."""
    for account in evidence.accounts:
        waits = any(t["state"] == "Pending" for t in account.of_session)
        if waits and not any("status" not in row for row in account.rows):
            yield disagreement_of(account, "pending in the record, and nothing is at Monext")


def _initial(evidence: Evidence) -> Iterator[Disagreement]:
    """No transaction is left Initial: sessions are over, operations are looked up, and unsent ones are closed."""
    for account in evidence.accounts:
        for t in account.payment["transactions"]:
            if t["state"] == "Initial":
                yield disagreement_of(account, f"{t['type']} {t.get('interactionId')} is left Initial")


def _names(evidence: Evidence) -> Iterator[Disagreement]:
    """Each operation that went through names its row, each row of ours is named, and no row is named twice."""
    named = Counter(t["interfaceId"] for a in evidence.accounts for t in a.operations if "interfaceId" in t)
    for account in evidence.accounts:
        rows = {row["id"] for row in account.rows}
        for t in account.operations:
            is_remainder = "~rest~" in f"{t['interactionId']}~"
            if t["state"] == "Success" and not is_remainder and t.get("interfaceId") not in rows:
                yield disagreement_of(
                    account, f"{t['interactionId']} went through and names no row of the ledger"
                )
        for row in account.operation_rows:
            expected = row["privateData"].get("bridgeKey") and row["type"] != "RESET"
            if expected and named[row["id"]] != 1:
                yield disagreement_of(account, f"row {row['id']} is named by {named[row['id']]} transactions")


def _keys(evidence: Evidence) -> Iterator[Disagreement]:
    """No key moved money of one part twice.

    A reversal may, of which an operation was under way when its first piece went back: then not the same amount.
    """
    for account in evidence.accounts:
        keys = Counter(
            (
                key,
                row["type"],
                row["originTransactionId"],
                row["amount"] if key.startswith("giveback-") else None,
            )
            for row in account.operation_rows
            if (key := row["privateData"].get("bridgeKey"))
        )
        for (key, kind, *_), times in keys.items():
            if times > 1:
                yield disagreement_of(account, f"key {key} made {times} rows {kind}")


def _orders(evidence: Evidence) -> Iterator[Disagreement]:
    """An order has exactly one kept payment, a cart has one order, and a payment that is not kept holds nothing.

    A payment that the back office reversed or a bank took back before there was an order needs none, and an order
    that is Cancelled needs no payment.
    """
    by_cart: dict[str, list[Account]] = {}
    for account in evidence.accounts:
        by_cart.setdefault(account.cart_id, []).append(account)
    for cart_id, accounts in by_cart.items():
        orders = evidence.orders_of_cart(cart_id)
        kept = [a for a in accounts if a.accepted and a.reversal_reason is None]
        if len(orders) > 1:
            yield Disagreement(f"{len(orders)} orders", cart=cart_id)
        if len(kept) > 1:
            yield Disagreement(f"{len(kept)} payments are kept", cart=cart_id, payment=kept[1].id)
        if any(a.held() > a.charged_back for a in kept) and not orders:
            yield disagreement_of(kept[0], "accepted and kept, and there is no order")
        if any(cost(order) for order in orders) and not kept:
            yield Disagreement("an order that nobody paid", cart=cart_id, payment=accounts[-1].id)
        yield from _reversed(evidence, accounts)


def _reversed(evidence: Evidence, accounts: list[Account]) -> Iterator[Disagreement]:
    for account in accounts:
        if account.reversal_reason and account.held() and account.id not in evidence.left_to_people:
            yield disagreement_of(
                account,
                f"to be given back ({account.reversal_reason}), and Monext still holds {account.held()}",
            )


def _amounts(evidence: Evidence) -> Iterator[Disagreement]:
    """The accepted amount is what the order cost when it was made, and the order names the payment."""
    for account in evidence.accounts:
        if account.accepted is None or account.reversal_reason is not None:
            continue
        for order in evidence.orders_of_cart(account.cart_id):
            terms = evidence.order_terms.get(order["id"])
            first = terms.first if terms else cost(order)
            expected = due(order, evidence.foreign_payments(order), cents=first)
            if account.id not in named_payments(order):
                yield disagreement_of(account, f"order {order['orderNumber']} does not name its payment")
            if account.taken != expected:
                yield disagreement_of(account, f"{account.taken} was taken, and the order costs {expected}")


def _order_states(evidence: Evidence) -> Iterator[Disagreement]:
    """The payment state of each order is what its payments say, against what it costs now."""
    payments = {p["id"]: p for p in evidence.commercetools.get("payment", [])}
    for order in evidence.orders:
        references = order.get("paymentInfo", {}).get("payments", [])
        full = [{**reference, "obj": payments[reference["id"]]} for reference in references]
        read = read_order({**order, "paymentInfo": {"payments": full}})
        expected = order_payment_state(read.total, read.payments)
        if expected is not None and expected.value != order.get("paymentState"):
            what = f"order {order['orderNumber']} reads {order.get('paymentState')}, should {expected.value}"
            yield Disagreement(what, cart=order["cart"]["id"], payment=references[-1]["id"])


def _promises(evidence: Evidence) -> Iterator[Disagreement]:
    """A buyer who was told that it is paid has the named order, paid by this payment or by another of the cart.

    Where two payments are recorded at the same instant, their timestamps decide which one is kept. Until that is
    known, the buyer may be told of either.
    """
    for promise in set(evidence.buyers):
        account = evidence.account(promise.payment)
        if account is None:
            yield Disagreement(f"a buyer was told {promise.status} of no payment", payment=promise.payment)
            continue
        own = [a for a in evidence.accounts if a.cart_id == account.cart_id]
        if promise.status in KEPT and not any(a.accepted and a.reversal_reason is None for a in own):
            yield disagreement_of(
                account, f"the buyer was told {promise.status}, and it is not so ({account.reversal_reason})"
            )
        if promise.order and promise.order not in {o["id"] for o in evidence.orders_of_cart(account.cart_id)}:
            yield disagreement_of(account, f"the buyer was told of order {promise.order}, which is not there")


def _answers(evidence: Evidence) -> Iterator[Disagreement]:
    """What the back office was told of an operation is what became of it."""
    for answer in evidence.office:
        account = evidence.account(answer.payment)
        if account is None:
            continue
        own = [t for t in account.operations if t["interactionId"].partition("~")[0] == answer.key]
        states = {t["id"]: t["state"] for t in own}
        if (
            answer.outcome in STATES_BY_OUTCOME
            and states.get(answer.transaction or "") not in STATES_BY_OUTCOME[answer.outcome]
        ):
            yield disagreement_of(account, f"key {answer.key} was told {answer.outcome}, and reads {states}")
        if answer.outcome == "409" and {"Success", "Pending"} & set(states.values()):
            yield disagreement_of(account, f"key {answer.key} was told 409, and reads {states}")


CHECKS: tuple[Callable[[Evidence], Iterator[Disagreement]], ...] = (
    *(_sums, _accepted_sessions, _pending, _initial, _names, _keys),
    *(_orders, _amounts, _order_states, _promises, _answers),
    *CHECKS_OF_ORDERS,
)


def _text(sums: Mapping[tuple[str, str], int]) -> str:
    words = [f"{kind} {state} {amount}" for (kind, state), amount in sorted(sums.items())]
    return ", ".join(words) or "nothing"
