"""Knows what the lines of the log are about: the store, the cart, the payment and the order, once each is known."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar

Concerns = MutableMapping[str, str]
"""What lines are about: the key of the store, and commercetools' ids of the cart, the payment and the order. It grows
while the work goes on, also from the threads of a hop, which have the same one."""

_concerns: ContextVar[Concerns | None] = ContextVar("concerns", default=None)

CONCERNS = "monext_bridge.concerns"
"""The name under which the environ of a request holds its `Concerns`, for the access line, which is written last."""


@contextmanager
def concerning(
    *,
    store: str | None = None,
    cart: str | None = None,
    payment: str | None = None,
    order: str | None = None,
) -> Iterator[None]:
    """Names these in every line inside, beside what is known already. What is found out inside is forgotten after it.

    Whoever handles several payments, carts or orders, one after the other or at once, uses it for each.
    """
    found = _present(store=store, cart=cart, payment=payment, order=order)
    outer = _concerns.get()
    # A chain and not a copy: what a call of the same hop finds out meanwhile is named here too.
    token = _concerns.set(ChainMap(found, {} if outer is None else outer))
    try:
        yield
    finally:
        _concerns.reset(token)


def now_concerns(
    *,
    store: str | None = None,
    cart: str | None = None,
    payment: str | None = None,
    order: str | None = None,
) -> None:
    """Names these in every line from now on, to the end of the innermost `concerning` or of the request.

    Outside of both nothing is named: nobody would end it.
    """
    known = _concerns.get()
    if known is not None:
        known.update(_present(store=store, cart=cart, payment=payment, order=order))


def begin_concerns(known: Concerns) -> None:
    """Begins a request: what it is found to be about is kept in `known`."""
    _concerns.set(known)


def end_concerns() -> None:
    """Ends a request. What is done between two of them is about none."""
    _concerns.set(None)


def present_concerns() -> dict[str, str]:
    """Returns what a line is about that is written now."""
    return dict(_concerns.get() or {})


def _present(**ids: str | None) -> dict[str, str]:
    return {name: value for name, value in ids.items() if value is not None}
