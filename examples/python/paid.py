"""What was paid, by commercetools alone.

The `status` in the address of the landing page is no proof: anybody can type it. The rule is that of
docs/integrate.md: the order stands, its `paymentState` lets it be shipped, and its payments hold what it costs.
"""

from typing import Any

Json = dict[str, Any]

# What came in counts once it is certain; what goes out counts unless it certainly did not.
CAME = {"Success"}
MAY_HAVE_GONE = {"Success", "Pending", "Initial"}

# Reasons for which the bridge gives the money of a payment back.
RETURNED = {"AMOUNT_MISMATCH", "SECOND_PAYMENT", "ORDER_REFUSED"}


def due(resource: Json) -> Json:
    """What it costs, in minor units: with tax, where commercetools has computed the tax."""
    cost: Json = resource["taxedPrice"]["totalGross"] if "taxedPrice" in resource else resource["totalPrice"]
    return cost


def state_of_order(order: Json) -> str:
    """`paid`: the money is there. `reserved`: it is certain, and is taken on shipment. `open`: don't ship."""
    if order["orderState"] == "Cancelled" or order.get("paymentState") not in (
        "Paid",
        "Pending",
        "BalanceDue",
    ):
        return "open"
    cost = due(order)
    moneys = [_money(payment, cost["currencyCode"]) for payment in _payments(order)]
    if sum(taken for taken, _ in moneys) >= cost["centAmount"]:
        return "paid"
    return "reserved" if sum(map(sum, moneys)) >= cost["centAmount"] else "open"


def is_under_way(cart: Json) -> bool:
    """Before there is an order: whether money is there or on its way, so that nobody is asked to pay twice."""
    return any(
        sum(_money(payment, due(cart)["currencyCode"])) > 0
        or any(
            t["type"] in ("Charge", "Authorization") and t["state"] == "Pending"
            for t in payment["transactions"]
        )
        for payment in _payments(cart)
    )


def _payments(resource: Json) -> list[Json]:
    """Of a cart or order that was read with `expand=paymentInfo.payments[*]`."""
    return [reference["obj"] for reference in resource.get("paymentInfo", {}).get("payments", [])]


def _money(payment: Json, currency: str) -> tuple[int, int]:
    """What is taken, and what is reserved and not taken yet."""
    if payment.get("paymentStatus", {}).get("interfaceCode") in RETURNED:
        return 0, 0

    def total(*types: str, states: set[str]) -> int:
        return sum(
            t["amount"]["centAmount"]
            for t in payment["transactions"]
            if t["type"] in types and t["state"] in states and t["amount"]["currencyCode"] == currency
        )

    charged = total("Charge", states=CAME)
    gone = total("Refund", "Chargeback", states=MAY_HAVE_GONE)
    reserved = total("Authorization", states=CAME) - total("CancelAuthorization", states=MAY_HAVE_GONE)
    return charged - gone, max(reserved - charged, 0)
