"""Resolves once what a start carries: its options, with what the cart, its store and the settings say."""

from __future__ import annotations

from dataclasses import dataclass

from monext_bridge.config import PaymentMethod, Settings, StoreSettings
from monext_bridge.domain.checkout import AttemptTerms, next_note
from monext_bridge.domain.ids import OrderNumber, PaymentId
from monext_bridge.domain.outcome import order_number
from monext_bridge.domain.record import NO_NOTE, Cart, LandingPages, Payment, StartNote, not_payable
from monext_bridge.errors import CartNotPayable
from monext_bridge.mapping.monext import language_code
from monext_bridge.services.checkout.options import (
    StartOptions,
    chosen_contracts,
    chosen_methods,
    second_choice,
)
from monext_bridge.services.outcome import valid_note
from monext_bridge.services.results import PaymentReference, store_mark


@dataclass(frozen=True, slots=True)
class ResolvedStart:
    """A start of one cart as it was read. `interface_index` is None where the start chose no interface.

    `named` are the landing pages that the start names, which may be none. `language` is the one that was asked for.
    """

    cart: Cart
    store: StoreSettings
    options: StartOptions
    named: LandingPages
    order_number: OrderNumber
    methods: frozenset[PaymentMethod]
    interface: str
    interface_index: int | None
    language: str | None

    def reference(self, payment_id: PaymentId) -> PaymentReference:
        """Return the reference of a payment of this cart, under the rules of this start."""
        return PaymentReference(
            payment_id=payment_id,
            cart_id=self.cart.id,
            store_mark=store_mark(self.cart.store_key),
            order_number=self.order_number,
            methods=self.methods,
            interface=self.interface_index,
            access=self.options.proof.access,
            expires=self.options.proof.expires,
            language=self.language,
        )

    def shown_methods(self) -> tuple[PaymentMethod, ...]:
        """Return the methods that this start leaves to the buyer, as far as the settings name them."""
        return tuple(
            each for each in self.store.contracts.by_method if not self.methods or each in self.methods
        )

    def note(self, payment: Payment) -> StartNote:
        """Return the note of a payment of this cart after this start."""
        of_store = LandingPages(self.store.return_url, self.store.cancel_url)
        return next_note(payment.start_note, named=self.named, of_store=of_store, language=self.language)


def resolve_start(cart: Cart, options: StartOptions, *, settings: Settings) -> ResolvedStart:
    """Return what the start carries. Raises StoreNotConfigured, and Malformed for methods that are not allowed."""
    chosen, noted = options.interface, _noted(cart, options, settings=settings)
    return ResolvedStart(
        cart=cart,
        store=settings.store(cart.store_key),
        options=options,
        named=_named(noted, options),
        order_number=options.order_number or order_number(cart.id),
        methods=chosen_methods(options),
        interface=chosen or settings.interfaces[0],
        interface_index=settings.interfaces.index(chosen) if chosen else None,
        language=options.language or noted.language,
    )


def named_pages(cart: Cart, options: StartOptions, *, settings: Settings) -> LandingPages:
    """Return the landing pages that a start names.

    Where it came by a reference, those that the payment's record notes come before those of the link.
    """
    return _named(_noted(cart, options, settings=settings), options)


def _named(noted: StartNote, options: StartOptions) -> LandingPages:
    return LandingPages(
        return_url=noted.landing.return_url or options.return_url,
        cancel_url=noted.landing.cancel_url or options.cancel_url,
    )


def _noted(cart: Cart, options: StartOptions, *, settings: Settings) -> StartNote:
    """Return what the start of the reference asked for. A payment that has left its cart tells nothing about it."""
    reference = options.came_by
    if reference is None:
        return NO_NOTE
    noted = next((p.start_note for p in cart.payments if p.id == reference.payment_id), NO_NOTE)
    return valid_note(noted, reference=reference, settings=settings)


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
