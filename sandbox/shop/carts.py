"""What the shop does with carts: list them, copy one, change one, find what became of it."""

from threading import Lock
from typing import Any

from sandbox.shop.calls import Json, answered, call
from sandbox.shop.project import Project

PAYMENT_INTERFACE = "monext"

# Members that commercetools gives a cart itself, or that belong to what happened to the original.
_NOT_COPIED = (
    "id",
    "key",
    "version",
    "versionModifiedAt",
    "createdAt",
    "createdBy",
    "lastModifiedAt",
    "lastModifiedBy",
    "paymentInfo",
)


class Copies:
    """Which cart was copied from which, so that a copy is shown with the situation of its original."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._original: dict[str, str] = {}

    def add(self, copy_id: str, *, of: str) -> None:
        """Remember a copy; the copy of a copy has the first original."""
        with self._lock:
            self._original[copy_id] = self._original.get(of, of)

    def original(self, cart_id: str) -> str:
        """The first original of a cart, which is the cart itself where it is no copy."""
        with self._lock:
            return self._original.get(cart_id, cart_id)

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._original.clear()


def all_carts(project: Project) -> list[Json]:
    """The carts of the project, oldest first, with their payments."""
    page = project.get("carts", limit=200, sort="createdAt asc", expand="paymentInfo.payments[*]")
    return list(page["results"])


def cart_with_payments(project: Project, cart_id: str) -> Json:
    """One cart with its payments."""
    return project.get(f"carts/{cart_id}", expand="paymentInfo.payments[*]")


def payments_of(cart: Json) -> list[Json]:
    """The payments on a cart or order that was read with them."""
    references = cart.get("paymentInfo", {}).get("payments", [])
    return [reference["obj"] for reference in references if "obj" in reference]


def order_of_payment(project: Project, payment_id: str) -> Json | None:
    """The order that names a payment, where there is one."""
    query: dict[str, Any] = {"where": "paymentInfo(payments(id=:payment))", "var.payment": payment_id}
    found = project.get("orders", limit=1, **query)["results"]
    return found[0] if found else None


def cart_of_payment(project: Project, payment_id: str) -> Json | None:
    """The cart that a payment is on, where there is one."""
    query: dict[str, Any] = {"where": "paymentInfo(payments(id=:payment))", "var.payment": payment_id}
    found = project.get("carts", limit=1, **query)["results"]
    return found[0] if found else None


def latest_payments(project: Project) -> list[tuple[Json, Json | None]]:
    """The payments that the bridge began, the newest first, each with its order."""
    orders = project.get("orders", limit=200, sort="createdAt desc")["results"]
    held = {
        reference["id"]: order
        for order in orders
        for reference in order.get("paymentInfo", {}).get("payments", [])
    }
    payments = project.get("payments", limit=100, sort="createdAt desc")["results"]
    return [(each, held.get(each["id"])) for each in payments if is_the_bridges(each)]


def is_the_bridges(payment: Json) -> bool:
    """Whether a payment is one that the bridge began at Monext."""
    interface = payment["paymentMethodInfo"].get("paymentInterface")
    return interface == PAYMENT_INTERFACE and "interfaceId" in payment


def order_of_cart(project: Project, cart: Json) -> Json | None:
    """The order made from a cart; found by its payments, as a cart does not name its order."""
    if cart.get("cartState") != "Ordered":
        return None
    orders = (order_of_payment(project, payment["id"]) for payment in payments_of(cart))
    return next((order for order in orders if order), None)


def copy_cart(project: Project, cart: Json, *, commercetools_url: str) -> str:
    """A new cart with the same contents, with what other means of payment hold and nothing of the bridge's.

    Answers the id of the copy. Made by the sandbox's control, as a shop cannot make locked or merged carts.
    """
    document = {name: value for name, value in cart.items() if name not in _NOT_COPIED}
    if document.get("cartState") == "Ordered":
        document["cartState"] = "Active"
    held = [
        p for p in payments_of(cart) if p["paymentMethodInfo"].get("paymentInterface") != PAYMENT_INTERFACE
    ]
    if held:
        copies = [_copy_payment(project, payment) for payment in held]
        document["paymentInfo"] = {"payments": [{"typeId": "payment", "id": copy_id} for copy_id in copies]}
    made = answered(call("POST", f"{commercetools_url}/_control/carts", json=document))
    return str(made["id"])


def raise_quantity(project: Project, cart: Json) -> Json:
    """The cart with one more of its first line, as by a buyer in another tab. Raises Refused."""
    line = cart["lineItems"][0]
    action = {
        "action": "changeLineItemQuantity",
        "lineItemId": line["id"],
        "quantity": line["quantity"] + 1,
    }
    return project.update(f"carts/{cart['id']}", version=cart["version"], action=action)


def freeze(project: Project, cart: Json, *, frozen: bool) -> Json:
    """The cart frozen, or thawed. Raises Refused."""
    action = {"action": "freezeCart" if frozen else "unfreezeCart"}
    return project.update(f"carts/{cart['id']}", version=cart["version"], action=action)


def _copy_payment(project: Project, payment: Json) -> str:
    method = {
        n: v for n, v in payment["paymentMethodInfo"].items() if n in ("paymentInterface", "method", "name")
    }
    draft = {
        "amountPlanned": _plain(payment["amountPlanned"]),
        "paymentMethodInfo": method,
        "transactions": [
            {"type": t["type"], "state": t["state"], "amount": _plain(t["amount"])}
            for t in payment["transactions"]
        ],
    }
    return str(project.create("payments", draft=draft)["id"])


def _plain(amount: Json) -> Json:
    return {"centAmount": amount["centAmount"], "currencyCode": amount["currencyCode"]}
