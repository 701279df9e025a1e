"""Defines what whoever starts a payment may choose, and which contracts the store's settings allow for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from monext_bridge.config import Contracts, PaymentMethod, StoreSettings
from monext_bridge.domain.ids import OrderNumber
from monext_bridge.errors import Malformed


@dataclass(frozen=True, slots=True)
class StartOptions:
    """Options, already checked: URLs by the allow-list, the order number by its form. None: nothing was given.

    `allowed_methods` are names as a commercetools session gives them (`allowedPaymentMethods`), in any case.
    """

    language: str | None = None
    method: PaymentMethod | None = None
    return_url: str | None = None
    cancel_url: str | None = None
    order_number: OrderNumber | None = None
    interface: str | None = None
    allowed_methods: tuple[str, ...] = ()


def chosen_contracts(contracts: Contracts, options: StartOptions) -> tuple[str, ...]:
    """Return the contract numbers for `paymentMethodIDs`; empty means all of the point of sale.

    Raises Malformed where the store has no contract for what was chosen.
    """
    allowed = _allowed(contracts, options)
    if options.method:
        contract = allowed.get(options.method)
        if contract is None:
            raise Malformed(f"{options.method} can't be paid with here", field="method")
        return (contract,)
    return tuple(allowed.values()) if options.allowed_methods else contracts.ids


def chosen_methods(options: StartOptions) -> frozenset[PaymentMethod]:
    """Return the methods that a start is restricted to; empty where nothing restricts it.

    What a session allows and we have no name for is left out.
    """
    if options.method:
        return frozenset({options.method})
    return frozenset(PaymentMethod(name) for name in _names(options) if name in set(PaymentMethod))


def _names(options: StartOptions) -> frozenset[str]:
    """Return what a session allows, as we write names of methods."""
    return frozenset(name.upper().replace("-", "_") for name in options.allowed_methods)


def second_choice(store: StoreSettings, options: StartOptions) -> tuple[str, ...]:
    """Return the contract numbers for `fallbackPaymentMethodIDs`: none where link or session choose the methods."""
    return () if options.method or options.allowed_methods else store.wishes.fallback_method_ids


def _allowed(contracts: Contracts, options: StartOptions) -> Mapping[PaymentMethod, str]:
    """Return the contracts by method, restricted by the session.

    Raises Malformed for a restriction that can't be applied.
    """
    if not options.allowed_methods:
        return contracts.by_method
    names = _names(options)
    chosen = {method: number for method, number in contracts.by_method.items() if method.value in names}
    if not chosen:
        raise Malformed("the session allows no method that the settings name", field="allowedPaymentMethods")
    return chosen
