"""Resolves once what a start carries: its options, with what the cart, its store and the settings say."""

from __future__ import annotations

from dataclasses import dataclass

from monext_bridge.config import PaymentMethod, Settings, StoreSettings
from monext_bridge.domain.checkout import AttemptTerms, next_note
from monext_bridge.domain.ids import OrderNumber, PaymentId
from monext_bridge.domain.outcome import order_number
from monext_bridge.domain.record import Cart, LandingPages, Payment, StartNote, not_payable
from monext_bridge.errors import CartNotPayable
from monext_bridge.mapping.monext import language_code
from monext_bridge.services.checkout.options import (
    StartOptions,
    chosen_contracts,
    chosen_methods,
    second_choice,
)
from monext_bridge.services.results import PaymentReference, store_mark


@dataclass(frozen=True, slots=True)
class ResolvedStart:
    """A start of one cart as it was read. `interface_index` is None where the start chose no interface.

    `named` are the landing pages that the start names, which may be none.
    """

    cart: Cart
    store: StoreSettings
    options: StartOptions
    named: LandingPages
    order_number: OrderNumber
    methods: frozenset[PaymentMethod]
    interface: str
    interface_index: int | None

    @property
    def language(self) -> str | None:
        """Return the language that was asked for, in which the cart was read."""
        return self.options.language

    def reference(self, payment_id: PaymentId) -> PaymentReference:
        """Return the reference of a payment of this cart, under the rules of this start."""
        return PaymentReference(
            payment_id=payment_id,
            cart_id=self.cart.id,
            store_mark=store_mark(self.cart.store_key),
            order_number=self.order_number,
            methods=self.methods,
            interface=self.interface_index,
            language=self.language,
        )

    def note(self, payment: Payment) -> StartNote:
        """Return the note of a payment of this cart after this start."""
        of_store = LandingPages(self.store.return_url, self.store.cancel_url)
        return next_note(payment.start_note, named=self.named, of_store=of_store, language=self.language)


def resolve_start(cart: Cart, options: StartOptions, *, settings: Settings) -> ResolvedStart:
    """Return what the start carries. Raises StoreNotConfigured."""
    chosen = options.interface
    return ResolvedStart(
        cart=cart,
        store=settings.store(cart.store_key),
        options=options,
        named=LandingPages(options.return_url, options.cancel_url),
        order_number=options.order_number or order_number(cart.id),
        methods=chosen_methods(options),
        interface=chosen or settings.interfaces[0],
        interface_index=settings.interfaces.index(chosen) if chosen else None,
    )


def attempt_terms(start: ResolvedStart, *, settings: Settings) -> AttemptTerms:
    """Return the terms by which an attempt is used again.

    Raises CartNotPayable, and Malformed for a method that the store does not have.
    """
    due = start.cart.due(interfaces=frozenset(settings.interfaces))
    reason = not_payable(
        start.cart, due=due, currencies=settings.currencies, digital_types=settings.digital_product_types
    )
    if reason:
        raise CartNotPayable(reason.value)
    return AttemptTerms(
        due=due,
        payment_method_ids=chosen_contracts(start.store.contracts, start.options),
        language=language_code(start.language or start.cart.locale),
        order_number=start.order_number,
        interface=start.interface,
        fallback_method_ids=second_choice(start.store, start.options),
    )
