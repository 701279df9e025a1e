"""What a cart costs, computed from its prices, tax rates and discounts alone.

Follows https://docs.commercetools.com/api/carts-orders-overview and the field descriptions of Cart: lines are
rounded half to even, taxes are computed line by line (`LineItemLevel`), and a discount on the total price
lowers every taxed amount in the same proportion.
"""

from decimal import Decimal

from sandbox.commercetools.carts.discounts import discount_lines, discount_shipping, total_discounts
from sandbox.commercetools.money import cents, rounded, shares, times
from sandbox.commercetools.wire import Json


def recompute(cart: Json) -> None:
    """Derive every total of the cart anew. Repeatable: a second run changes nothing."""
    discount_lines(cart)
    discount_shipping(cart)
    for item in [*cart["lineItems"], *cart["customLineItems"]]:
        _price_item(item)
    for info in shipping_infos(cart):
        _tax(info, charge_of(info), rate=info.get("taxRate"))
    _price_cart(cart)


def shipping_infos(cart: Json) -> list[Json]:
    """The shipping methods of the cart, one or several."""
    single = [cart["shippingInfo"]] if "shippingInfo" in cart else []
    return [*single, *(entry["shippingInfo"] for entry in cart["shipping"])]


def charge_of(info: Json) -> int:
    """What the shipping costs, after discounts on it."""
    price = info["discountedPrice"]["value"] if "discountedPrice" in info else info["price"]
    return int(price["centAmount"])


def unit_price(item: Json) -> Json:
    """The price of one piece before cart discounts: the sale price where there is one."""
    if "money" in item:
        money: Json = item["money"]
        return money
    price = item["price"]
    chosen: Json = price["discounted"]["value"] if "discounted" in price else price["value"]
    return chosen


def taxed(amount: int, *, currency: str, rate: Json) -> Json:
    """Net, gross and tax of an amount, by whether the rate is included in it."""
    factor = 1 + Decimal(str(rate["amount"]))
    net, gross = amount, amount
    if rate["includedInPrice"]:
        net = rounded(amount / factor)
    else:
        gross = rounded(amount * factor)
    portion = {"rate": rate["amount"], "name": rate["name"], "amount": cents(gross - net, currency)}
    return _taxed_price(net, gross, portions=[portion], currency=currency)


def _taxed_price(net: int, gross: int, *, portions: list[Json], currency: str) -> Json:
    return {
        "totalNet": cents(net, currency),
        "totalGross": cents(gross, currency),
        "taxPortions": portions,
        "totalTax": cents(gross - net, currency),
    }


def _price_item(item: Json) -> None:
    price = unit_price(item)
    discounted = item["discountedPricePerQuantity"]
    total = times(price, item["quantity"])
    if discounted:
        total = sum(part["discountedPrice"]["value"]["centAmount"] * part["quantity"] for part in discounted)
    item["totalPrice"] = cents(total, price["currencyCode"])
    if item["perMethodTaxRate"]:
        _tax_by_method(item, total)
    else:
        item["taxedPricePortions"] = []
        _tax(item, total, rate=item.get("taxRate"))


def _tax(holder: Json, amount: int, *, rate: Json | None) -> None:
    if rate is None:
        holder.pop("taxedPrice", None)
        return
    currency = (holder.get("totalPrice") or holder["price"])["currencyCode"]
    holder["taxedPrice"] = taxed(amount, currency=currency, rate=rate)


def _tax_by_method(item: Json, total: int) -> None:
    """With several shipping methods each part of the line is taxed where it goes."""
    currency = item["totalPrice"]["currencyCode"]
    rates = {entry["shippingMethodKey"]: entry["taxRate"] for entry in item["perMethodTaxRate"]}
    targets = [
        target for target in item["shippingDetails"]["targets"] if target.get("shippingMethodKey") in rates
    ]
    amounts = shares(total, [target["quantity"] for target in targets])
    portions = [
        {
            "shippingMethodKey": target["shippingMethodKey"],
            "taxedPrice": taxed(amount, currency=currency, rate=rates[target["shippingMethodKey"]]),
        }
        for target, amount in zip(targets, amounts, strict=True)
    ]
    item["taxedPricePortions"] = portions
    item["taxedPrice"] = _sum([portion["taxedPrice"] for portion in portions], currency=currency)


def _sum(prices: list[Json], *, currency: str) -> Json:
    """Several taxed prices together; portions of the same rate and name are accumulated."""
    portions: dict[tuple[float, str], int] = {}
    for portion in (portion for price in prices for portion in price["taxPortions"]):
        rate = (portion["rate"], portion["name"])
        portions[rate] = portions.get(rate, 0) + portion["amount"]["centAmount"]
    return _taxed_price(
        sum(price["totalNet"]["centAmount"] for price in prices),
        sum(price["totalGross"]["centAmount"] for price in prices),
        portions=[
            {"rate": rate, "name": name, "amount": cents(amount, currency)}
            for (rate, name), amount in portions.items()
        ],
        currency=currency,
    )


def _price_cart(cart: Json) -> None:
    currency = cart["totalPrice"]["currencyCode"]
    items, infos = [*cart["lineItems"], *cart["customLineItems"]], shipping_infos(cart)
    total = sum(item["totalPrice"]["centAmount"] for item in items) + sum(map(charge_of, infos))
    discounts = total_discounts(cart, total)
    off = sum(part["discountedAmount"]["centAmount"] for part in discounts)
    cart["totalPrice"] = cents(total - off, currency)
    cart["totalLineItemQuantity"] = sum(item["quantity"] for item in cart["lineItems"])
    for name in ("taxedPrice", "taxedShippingPrice", "discountOnTotalPrice"):
        cart.pop(name, None)
    if discounts:
        cart["discountOnTotalPrice"] = {
            "discountedAmount": cents(off, currency),
            "includedDiscounts": discounts,
        }
    left = Decimal(total - off) / total if total else Decimal(1)
    if not cart["lineItems"]:
        del cart["totalLineItemQuantity"]
    _tax_cart(cart, items=items, infos=infos, left=left)


def _tax_cart(cart: Json, *, items: list[Json], infos: list[Json], left: Decimal) -> None:
    """Set the cart's taxed prices once all in it is taxed; `left` is what discounts on the total leave."""
    currency = cart["totalPrice"]["currencyCode"]
    if infos and all("taxedPrice" in info for info in infos):
        cart["taxedShippingPrice"] = _scaled(
            _sum([info["taxedPrice"] for info in infos], currency=currency), left
        )
    if not items or not all("taxedPrice" in part for part in [*items, *infos]):
        return
    before = _sum([part["taxedPrice"] for part in [*items, *infos]], currency=currency)
    cart["taxedPrice"] = _scaled(before, left)
    if "discountOnTotalPrice" in cart:
        for name, field in (("totalNet", "discountedNetAmount"), ("totalGross", "discountedGrossAmount")):
            off = before[name]["centAmount"] - cart["taxedPrice"][name]["centAmount"]
            cart["discountOnTotalPrice"][field] = cents(off, currency)


def _scaled(price: Json, left: Decimal) -> Json:
    if left == 1:
        return price
    currency = price["totalNet"]["currencyCode"]
    net, gross = (rounded(price[name]["centAmount"] * left) for name in ("totalNet", "totalGross"))
    weights = [portion["amount"]["centAmount"] for portion in price["taxPortions"]]
    taxes = shares(gross - net, weights)
    portions = [
        {**portion, "amount": cents(tax, currency)}
        for portion, tax in zip(price["taxPortions"], taxes, strict=True)
    ]
    return _taxed_price(net, gross, portions=portions, currency=currency)
