"""Compares commercetools' records with Monext's ledgers, by pure functions that each tell where they disagree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from monext_bridge.domain.outcome.order_rules import order_payment_state
from monext_bridge.mapping.commercetools.answers import read_order
from tests.campaign.accounts import Account, accounts_of, due, is_own
from tests.campaign.shared_state import BuyerPromise, OfficeAnswer
from tests.world import Json

KEPT = ("paid", "authorized")
STATES_BY_OUTCOME: Mapping[str, tuple[str, ...]] = {
    "approved": ("Success",),
    "rejected": ("Failure",),
    "received": ("Success", "Failure", "Pending"),
}
"""The states that an operation's transaction may have in the end, by the outcome that the back office was told."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What is wrong, in words, and with which payment of which cart, where it is about one."""

    what: str
    cart: str = ""
    payment: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is compared: both dumps, what people were told, and the payments that reconciliation left to people."""

    commercetools: Json
    monext: Json
    buyers: tuple[BuyerPromise, ...] = ()
    office: tuple[OfficeAnswer, ...] = ()
    left_to_people: frozenset[str] = frozenset()
    accounts: tuple[Account, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "accounts", accounts_of(self.commercetools, self.monext))

    @property
    def orders(self) -> list[Json]:
        return list(self.commercetools.get("order", []))

    def orders_of_cart(self, cart_id: str) -> list[Json]:
        return [o for o in self.orders if o.get("cart", {}).get("id") == cart_id]

    def account(self, payment_id: str) -> Account | None:
        return next((a for a in self.accounts if a.id == payment_id), None)


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
            yield _of(account, f"the record says {_text(recorded)}, Monext {_text(held)}")


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
        elif account.accepted is None or account.accepted.get("interfaceId") != row["id"]:
            yield _of(account, f"Monext accepted {row['id']}, and the record does not say so")


def _pending(evidence: Evidence) -> Iterator[Disagreement]:
    """What is pending in the record is pending at Monext."""
    for account in evidence.accounts:
        of_session = [t for t in account.payment["transactions"] if t.get("interactionId") == account.token]
        waits = any(t["state"] == "Pending" for t in of_session)
        if waits and not any("status" not in row for row in account.rows):
            yield _of(account, "pending in the record, and nothing is at Monext")


def _initial(evidence: Evidence) -> Iterator[Disagreement]:
    """No transaction is left Initial: sessions are over, operations are looked up, and unsent ones are closed."""
    for account in evidence.accounts:
        for t in account.payment["transactions"]:
            if t["state"] == "Initial":
                yield _of(account, f"{t['type']} {t.get('interactionId')} is left Initial")


def _names(evidence: Evidence) -> Iterator[Disagreement]:
    """Each operation that went through names its row, each row of ours is named, and no row is named twice."""
    named = Counter(t["interfaceId"] for a in evidence.accounts for t in a.operations if "interfaceId" in t)
    for account in evidence.accounts:
        rows = {row["id"] for row in account.rows}
        for t in account.operations:
            is_remainder = "~rest~" in f"{t['interactionId']}~"
            if t["state"] == "Success" and not is_remainder and t.get("interfaceId") not in rows:
                yield _of(account, f"{t['interactionId']} went through and names no row of the ledger")
        for row in account.operation_rows:
            expected = row["privateData"].get("bridgeKey") and row["type"] != "RESET"
            if expected and named[row["id"]] != 1:
                yield _of(account, f"row {row['id']} is named by {named[row['id']]} transactions")


def _keys(evidence: Evidence) -> Iterator[Disagreement]:
    """No key moved money twice."""
    for account in evidence.accounts:
        keys = Counter(
            (row["privateData"]["bridgeKey"], row["type"])
            for row in account.operation_rows
            if "bridgeKey" in row["privateData"]
        )
        for (key, kind), times in keys.items():
            if times > 1:
                yield _of(account, f"key {key} made {times} rows {kind}")


def _orders(evidence: Evidence) -> Iterator[Disagreement]:
    """An order has exactly one kept payment, a cart has one order, and a payment that is not kept holds nothing.

    A payment that the back office reversed before there was an order needs none.
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
        if any(a.held() for a in kept) and not orders:
            yield _of(kept[0], "accepted and kept, and there is no order")
        if orders and not kept:
            yield Disagreement("an order that nobody paid", cart=cart_id, payment=accounts[-1].id)
        yield from _reversed(evidence, accounts)


def _reversed(evidence: Evidence, accounts: list[Account]) -> Iterator[Disagreement]:
    for account in accounts:
        if account.reversal_reason and account.held() and account.id not in evidence.left_to_people:
            yield _of(
                account,
                f"to be given back ({account.reversal_reason}), and Monext still holds {account.held()}",
            )


def _amounts(evidence: Evidence) -> Iterator[Disagreement]:
    """The accepted amount is what the order costs, and the order names the payment."""
    payments = {p["id"]: p for p in evidence.commercetools.get("payment", [])}
    for account in evidence.accounts:
        if account.accepted is None or account.reversal_reason is not None:
            continue
        for order in evidence.orders_of_cart(account.cart_id):
            named = [reference["id"] for reference in order.get("paymentInfo", {}).get("payments", [])]
            foreign = [payments[i] for i in named if i in payments and not is_own(payments[i])]
            accepted, expected = account.accepted["amount"]["centAmount"], due(order, foreign)
            if account.id not in named:
                yield _of(account, f"order {order['orderNumber']} does not name its payment")
            if accepted != expected:
                yield _of(account, f"{accepted} was taken, and the order costs {expected}")


def _order_states(evidence: Evidence) -> Iterator[Disagreement]:
    """The payment state of each order is what its payments say."""
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
            yield _of(
                account, f"the buyer was told {promise.status}, and it is not so ({account.reversal_reason})"
            )
        if promise.order and promise.order not in {o["id"] for o in evidence.orders_of_cart(account.cart_id)}:
            yield _of(account, f"the buyer was told of order {promise.order}, which is not there")


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
            yield _of(account, f"key {answer.key} was told {answer.outcome}, and reads {states}")
        if answer.outcome == "409" and {"Success", "Pending"} & set(states.values()):
            yield _of(account, f"key {answer.key} was told 409, and reads {states}")


CHECKS: tuple[Callable[[Evidence], Iterator[Disagreement]], ...] = (
    *(_sums, _accepted_sessions, _pending, _initial, _names, _keys),
    *(_orders, _amounts, _order_states, _promises, _answers),
)


def _of(account: Account, what: str) -> Disagreement:
    return Disagreement(what, cart=account.cart_id, payment=account.id)


def _text(sums: Mapping[tuple[str, str], int]) -> str:
    words = [f"{kind} {state} {amount}" for (kind, state), amount in sorted(sums.items())]
    return ", ".join(words) or "nothing"
