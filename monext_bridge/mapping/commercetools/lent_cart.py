"""Writes what the homologation check does with a cart that a person lends, and no payment of a buyer ever needs."""

from __future__ import annotations

from monext_bridge.mapping.commercetools.sdk import models, to_json
from monext_bridge.mapping.json_object import Json


def freeze_cart(version: int) -> Json:
    """Returns the update that freezes an Active cart."""
    return _update(version, to_json(models.CartFreezeCartAction()))  # type: ignore[no-untyped-call]


def unfreeze_cart(version: int) -> Json:
    """Returns the update that makes a Frozen cart Active again."""
    return _update(version, to_json(models.CartUnfreezeCartAction()))  # type: ignore[no-untyped-call]


def cancel_order(version: int) -> Json:
    """Returns the update that makes an order Cancelled."""
    state = models.OrderState.CANCELLED
    return _update(version, to_json(models.OrderChangeOrderStateAction(order_state=state)))


def _update(version: int, action: Json) -> Json:
    return {"version": version, "actions": [action]}
