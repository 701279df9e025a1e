"""Inventory: https://docs.commercetools.com/api/inventory-overview

`None` ignores it, `TrackOnly` counts down whatever is there, `ReserveOnOrder` needs the pieces when the order is
made, `ReserveOnCart` as well, and until then keeps them from other carts. A line may have a mode of its own. A SKU
without an entry has no stock. What a cart in mode `ReserveOnCart` cannot have, it says only when it is ordered: the
reservations themselves, their ends and warnings are not played.
"""

from sandbox.commercetools.state import Caller, Project
from sandbox.commercetools.wire import Json

_RESERVING = frozenset(("ReserveOnOrder", "ReserveOnCart"))
_COUNTED = _RESERVING | {"TrackOnly"}
_KIND = "inventory-entry"


def missing(project: Project, cart: Json) -> list[Json]:
    """The cart's lines that an order cannot have."""
    lines = [item for item in cart["lineItems"] if _mode(cart, item) in _RESERVING]
    wanted = _pieces(lines)
    return [
        item
        for item in lines
        if wanted[item["variant"]["sku"]] > _available(project, item["variant"]["sku"], besides=cart["id"])
    ]


def take(project: Project, cart: Json, *, caller: Caller) -> None:
    """Count down what an order of the cart takes."""
    lines = [item for item in cart["lineItems"] if _mode(cart, item) in _COUNTED]
    for sku, quantity in _pieces(lines).items():
        entry = entry_of(project, sku)
        if entry is not None:
            left = entry["availableQuantity"] - quantity
            project.replace(_KIND, {**entry, "availableQuantity": left}, caller=caller)


def entry_of(project: Project, sku: str) -> Json | None:
    """The inventory entry of a SKU."""
    return next((entry for entry in project.all(_KIND) if entry["sku"] == sku), None)


def set_stock(project: Project, sku: str, quantity: int, *, caller: Caller) -> Json:
    """So many pieces are there from now on, all of them available."""
    counts: Json = {"sku": sku, "quantityOnStock": quantity, "availableQuantity": quantity}
    entry = entry_of(project, sku)
    if entry is None:
        return project.insert(_KIND, counts, caller=caller)
    return project.replace(_KIND, {**entry, **counts}, caller=caller)


def _mode(cart: Json, item: Json) -> str:
    return str(item.get("inventoryMode") or cart["inventoryMode"])


def _pieces(lines: list[Json]) -> dict[str, int]:
    pieces: dict[str, int] = {}
    for item in lines:
        sku = item["variant"]["sku"]
        pieces[sku] = pieces.get(sku, 0) + item["quantity"]
    return pieces


def _available(project: Project, sku: str, *, besides: str) -> int:
    """The pieces that no order and no other open cart has."""
    entry = entry_of(project, sku)
    if entry is None:
        return 0
    reserved = [
        item
        for cart in project.all("cart")
        if cart["id"] != besides and cart["cartState"] in ("Active", "Frozen")
        for item in cart["lineItems"]
        if _mode(cart, item) == "ReserveOnCart"
    ]
    return int(entry["availableQuantity"]) - _pieces(reserved).get(sku, 0)
