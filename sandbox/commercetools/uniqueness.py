"""The values that no two resources of a kind may share."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sandbox.commercetools.wire import Json


@dataclass(frozen=True, slots=True)
class UniqueKey:
    """A taken value; `within` narrows the uniqueness, as the payment interface does for an interface id."""

    kind: str
    field: str
    value: str
    within: str = ""


def unique_keys(kind: str, document: Json) -> Iterator[UniqueKey]:
    """Every unique value that the document takes, with repetitions where it takes one twice."""
    if "key" in document:
        yield UniqueKey(kind=kind, field="key", value=document["key"])
    yield from _MORE.get(kind, _none)(document)


def _none(_document: Json) -> Iterator[UniqueKey]:
    return iter(())


def _of_payment(document: Json) -> Iterator[UniqueKey]:
    """Payment.interfaceId within its payment interface; Transaction.interfaceId over all transactions."""
    if "interfaceId" in document:
        interface = document["paymentMethodInfo"].get("paymentInterface", "")
        yield UniqueKey(kind="payment", field="interfaceId", value=document["interfaceId"], within=interface)
    for transaction in document["transactions"]:
        if "interfaceId" in transaction:
            yield UniqueKey(
                kind="payment", field="transactions.interfaceId", value=transaction["interfaceId"]
            )


def _of_order(document: Json) -> Iterator[UniqueKey]:
    if "orderNumber" in document:
        yield UniqueKey(kind="order", field="orderNumber", value=document["orderNumber"])


def _of_customer(document: Json) -> Iterator[UniqueKey]:
    yield UniqueKey(kind="customer", field="lowercaseEmail", value=document["email"].lower())


_MORE: dict[str, Callable[[Json], Iterator[UniqueKey]]] = {
    "payment": _of_payment,
    "order": _of_order,
    "customer": _of_customer,
}
