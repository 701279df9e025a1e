"""A line that makes an order cost what it should."""

from sandbox.commercetools.wire import Json, new_id


def line_to_reach(order: Json, total: int) -> Json:
    """The staged action after which the order costs `total` minor units, taxes in it.

    It is exact where no relative discount is on the order's total price.
    """
    present = order.get("taxedPrice", {}).get("totalGross") or order["totalPrice"]
    money = {"currencyCode": present["currencyCode"], "centAmount": total - present["centAmount"]}
    return {
        "action": "addCustomLineItem",
        "name": {"en": "Changed after the order", "fr": "Modifié après la commande"},
        "slug": f"edit-{new_id()[:8]}",
        "money": money,
        **_taxed_like(order),
    }


def _taxed_like(order: Json) -> Json:
    """How the line is taxed: whatever its tax, it is in the line's money."""
    if "taxedPrice" not in order:
        return {}
    if order["taxMode"] != "Platform":
        country = order.get("shippingAddress", {}).get("country", "FR")
        rate = {"name": "0 %", "amount": 0.0, "country": country, "includedInPrice": True}
        return {"externalTaxRate": rate}
    taxed: Json = {"taxCategory": {"typeId": "tax-category", "key": "standard"}}
    if order["shipping"]:
        method, address = order["shipping"][0]["shippingKey"], order["itemShippingAddresses"][0]["key"]
        target = {"addressKey": address, "quantity": 1, "shippingMethodKey": method}
        taxed["shippingDetails"] = {"targets": [target]}
    return taxed
