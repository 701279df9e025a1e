"""Remembers with a payment what was derived of it.

A payment is a value that never changes, and one request asks for the same sums of it again and again: what is
derived once is true as long as the value lives. Another value, also one made by `replace`, begins without any.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from monext_bridge.domain.record.payment import Payment

T = TypeVar("T")
_MISSING: Any = object()


def derived_once(derive: Callable[[Payment], T]) -> Callable[[Payment], T]:
    """Decorates a pure function of a payment alone, so that it works once for each value.

    What it returns must not hold the payment itself: the two would keep each other alive. Two threads may both work
    it out, and find the same.
    """
    name = derive.__qualname__

    @wraps(derive)
    def derived(payment: Payment) -> T:
        found = payment.derived.get(name, _MISSING)
        if found is _MISSING:
            found = payment.derived[name] = derive(payment)
        return cast(T, found)

    return derived
