"""Defines what whoever starts a payment may choose, and which contracts the store's settings allow for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from monext_bridge.config import Access, Contracts, PaymentMethod, StoreSettings
from monext_bridge.domain.ids import OrderNumber
from monext_bridge.errors import Malformed
from monext_bridge.services.results import PaymentReference


@dataclass(frozen=True, slots=True)
class Proof:
    """How a start was proved, and until when that opens the payment again, in Unix seconds; None: without end."""

    access: Access | None = None
    expires: int | None = None


NO_PROOF = Proof()


@dataclass(frozen=True, slots=True)
class StartOptions:
    """Options, already checked: URLs by the allow-list, the order number by its form. None: nothing was given.

    `allowed_methods` are names as a commercetools session gives them (`allowedPaymentMethods`), in any case.
    `came_by` is the reference that opened this start, for what the record of its payment knows of the earlier one.
    """

    language: str | None = None
    method: PaymentMethod | None = None
    return_url: str | None = None
    cancel_url: str | None = None
    order_number: OrderNumber | None = None
    interface: str | None = None
    allowed_methods: tuple[str, ...] = ()
    proof: Proof = NO_PROOF
    came_by: PaymentReference | None = None

    @property
    def known_language(self) -> str | None:
        """Return the language that was asked for, now or when the reference was made."""
        return self.language or (self.came_by.language if self.came_by else None)


NOTHING_ALLOWED = "no method that is allowed is one that the settings name"


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

    What a session allows and we have no name for is left out. Raises Malformed where nothing else is left, or where
    the link chooses what is not allowed: a reference of such a start would allow more than the session.
    """
    allowed = frozenset(PaymentMethod(name) for name in _names(options) if name in set(PaymentMethod))
    if options.allowed_methods and not allowed:
        raise Malformed(NOTHING_ALLOWED, field="allowedPaymentMethods")
    if not options.method:
        return allowed
    if allowed and options.method not in allowed:
        raise Malformed(f"{options.method} is not among the methods that are allowed", field="method")
    return frozenset({options.method})


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
        raise Malformed(NOTHING_ALLOWED, field="allowedPaymentMethods")
    return chosen
