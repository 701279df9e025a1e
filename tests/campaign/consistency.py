"""The books of both sides beside each other: each check tells where they disagree. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from monext_bridge.domain.outcome.order_rules import order_payment_state
from monext_bridge.mapping.commercetools.answers import read_order
from tests.campaign.accounts import Account, accounts_of, due, is_own
from tests.campaign.shared_state import ToldBuyer, ToldOffice
from tests.world import Json

KEPT = ("paid", "authorized")
ENDS: Mapping[str, tuple[str, ...]] = {
    "approved": ("Success",),
    "rejected": ("Failure",),
    "received": ("Success", "Failure", "Pending"),
}
"""What the transaction of an act may read in the end, by what its caller was told."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """`what` is wrong, with which payment of which cart, where it is one's."""

    what: str
    cart: str = ""
    payment: str = ""


@dataclass(frozen=True, slots=True)
class Books:
    """Both dumps, what people were told, and the payments that reconciliation has left to people."""

    commercetools: Json
    monext: Json
    buyers: tuple[ToldBuyer, ...] = ()
    office: tuple[ToldOffice, ...] = ()
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


def compare(books: Books) -> tuple[Disagreement, ...]:
    """All disagreements; none where the books agree to the cent."""
    return tuple(found for check in CHECKS for found in check(books))


def _sums(books: Books) -> Iterator[Disagreement]:
    """Nothing is captured, cancelled or refunded at the one that is not so at the other."""
    for account in books.accounts:
        recorded, held = account.recorded(), account.at_monext()
        if account.accepted is None and not account.acts:
            held = {name: amount for name, amount in held.items() if name[1] == "Success"}
            recorded = {name: amount for name, amount in recorded.items() if name[1] == "Success"}
        if recorded != held:
            yield _of(account, f"the record says {_text(recorded)}, Monext {_text(held)}")


def _accepted_sessions(books: Books) -> Iterator[Disagreement]:
    """What Monext accepted is recorded, under Monext's id of it."""
    by_token = {account.token: account for account in books.accounts}
    for row in books.monext["transactions"]:
        is_payment = row["id"] == row["originTransactionId"]
        if not is_payment or row.get("status") != "OK":
            continue
        account = by_token.get(row["token"])
        if account is None:
            yield Disagreement(f"session {row['token']} was paid, and no payment names it")
        elif account.accepted is None or account.accepted.get("interfaceId") != row["id"]:
            yield _of(account, f"Monext accepted {row['id']}, and the record does not say so")


def _pending(books: Books) -> Iterator[Disagreement]:
    """What waits in the record waits at Monext."""
    for account in books.accounts:
        main = [t for t in account.payment["transactions"] if t.get("interactionId") == account.token]
        waits = any(t["state"] == "Pending" for t in main)
        if waits and not any("status" not in row for row in account.rows):
            yield _of(account, "pending in the record, and nothing is at Monext")


def _initial(books: Books) -> Iterator[Disagreement]:
    """No transaction is left Initial: the sessions are over, the acts are looked up, the unsent are closed."""
    for account in books.accounts:
        for t in account.payment["transactions"]:
            if t["state"] == "Initial":
                yield _of(account, f"{t['type']} {t.get('interactionId')} is left Initial")


def _names(books: Books) -> Iterator[Disagreement]:
    """Each act that went through names its row, each row of ours is named, and none is named twice."""
    named = Counter(t["interfaceId"] for a in books.accounts for t in a.acts if "interfaceId" in t)
    for account in books.accounts:
        rows = {row["id"] for row in account.rows}
        for t in account.acts:
            is_rest = t["interactionId"].endswith("~rest")
            if t["state"] == "Success" and not is_rest and t.get("interfaceId") not in rows:
                yield _of(account, f"{t['interactionId']} went through and names no row of the ledger")
        for row in account.act_rows:
            expected = row["privateData"].get("bridgeKey") and row["type"] != "RESET"
            if expected and named[row["id"]] != 1:
                yield _of(account, f"row {row['id']} is named by {named[row['id']]} transactions")


def _keys(books: Books) -> Iterator[Disagreement]:
    """No key acted twice."""
    for account in books.accounts:
        keys = Counter(
            (row["privateData"]["bridgeKey"], row["type"])
            for row in account.act_rows
            if "bridgeKey" in row["privateData"]
        )
        for (key, kind), times in keys.items():
            if times > 1:
                yield _of(account, f"key {key} made {times} rows {kind}")


def _orders(books: Books) -> Iterator[Disagreement]:
    """Exactly one kept payment for an order, one order for a cart; what is not kept holds nothing.

    What the back office gave back before there was an order needs none.
    """
    by_cart: dict[str, list[Account]] = {}
    for account in books.accounts:
        by_cart.setdefault(account.cart_id, []).append(account)
    for cart_id, accounts in by_cart.items():
        orders = books.orders_of_cart(cart_id)
        kept = [a for a in accounts if a.accepted and a.flag is None]
        if len(orders) > 1:
            yield Disagreement(f"{len(orders)} orders", cart=cart_id)
        if len(kept) > 1:
            yield Disagreement(f"{len(kept)} payments are kept", cart=cart_id, payment=kept[1].id)
        if any(a.held() for a in kept) and not orders:
            yield _of(kept[0], "accepted and kept, and there is no order")
        if orders and not kept:
            yield Disagreement("an order that nobody paid", cart=cart_id, payment=accounts[-1].id)
        yield from _returned(books, accounts)


def _returned(books: Books, accounts: list[Account]) -> Iterator[Disagreement]:
    for account in accounts:
        if account.flag and account.held() and account.id not in books.left_to_people:
            yield _of(account, f"to be given back ({account.flag}), and Monext still holds {account.held()}")


def _amounts(books: Books) -> Iterator[Disagreement]:
    """What was taken is what the order costs, and the order names the payment."""
    payments = {p["id"]: p for p in books.commercetools.get("payment", [])}
    for account in books.accounts:
        if account.accepted is None or account.flag is not None:
            continue
        for order in books.orders_of_cart(account.cart_id):
            named = [reference["id"] for reference in order.get("paymentInfo", {}).get("payments", [])]
            foreign = [payments[i] for i in named if i in payments and not is_own(payments[i])]
            taken, wanted = account.accepted["amount"]["centAmount"], due(order, foreign)
            if account.id not in named:
                yield _of(account, f"order {order['orderNumber']} does not name its payment")
            if taken != wanted:
                yield _of(account, f"{taken} was taken, and the order costs {wanted}")


def _order_states(books: Books) -> Iterator[Disagreement]:
    """The payment state of each order is what its payments say."""
    payments = {p["id"]: p for p in books.commercetools.get("payment", [])}
    for order in books.orders:
        references = order.get("paymentInfo", {}).get("payments", [])
        full = [{**reference, "obj": payments[reference["id"]]} for reference in references]
        read = read_order({**order, "paymentInfo": {"payments": full}})
        wanted = order_payment_state(read.total, read.payments)
        if wanted is not None and wanted.value != order.get("paymentState"):
            what = f"order {order['orderNumber']} reads {order.get('paymentState')}, should {wanted.value}"
            yield Disagreement(what, cart=order["cart"]["id"], payment=references[-1]["id"])


def _promises(books: Books) -> Iterator[Disagreement]:
    """Who was told that it is paid has the order that was named, paid by this payment or by another of the cart.

    Of two payments that are recorded at the same instant the timestamps tell which is kept, so either may be told
    before that is known.
    """
    for told in set(books.buyers):
        account = books.account(told.payment)
        if account is None:
            yield Disagreement(f"a buyer was told {told.status} of no payment", payment=told.payment)
            continue
        own = [a for a in books.accounts if a.cart_id == account.cart_id]
        if told.status in KEPT and not any(a.accepted and a.flag is None for a in own):
            yield _of(account, f"the buyer was told {told.status}, and it is not so ({account.flag})")
        if told.order and told.order not in {o["id"] for o in books.orders_of_cart(account.cart_id)}:
            yield _of(account, f"the buyer was told of order {told.order}, which is not there")


def _answers(books: Books) -> Iterator[Disagreement]:
    """What the back office was told of an act is what became of it."""
    for told in books.office:
        account = books.account(told.payment)
        if account is None:
            continue
        own = [t for t in account.acts if t["interactionId"].partition("~")[0] == told.key]
        states = {t["id"]: t["state"] for t in own}
        if told.end in ENDS and states.get(told.transaction or "") not in ENDS[told.end]:
            yield _of(account, f"key {told.key} was told {told.end}, and reads {states}")
        if told.end == "409" and {"Success", "Pending"} & set(states.values()):
            yield _of(account, f"key {told.key} was told 409, and reads {states}")


CHECKS: tuple[Callable[[Books], Iterator[Disagreement]], ...] = (
    *(_sums, _accepted_sessions, _pending, _initial, _names, _keys),
    *(_orders, _amounts, _order_states, _promises, _answers),
)


def _of(account: Account, what: str) -> Disagreement:
    return Disagreement(what, cart=account.cart_id, payment=account.id)


def _text(sums: Mapping[tuple[str, str], int]) -> str:
    words = [f"{kind} {state} {amount}" for (kind, state), amount in sorted(sums.items())]
    return ", ".join(words) or "nothing"
