"""Update actions of a cart, apart from its lines: https://docs.commercetools.com/api/projects/carts#update-actions"""

from typing import Literal

from sandbox.commercetools import custom
from sandbox.commercetools.carts.countries import require_country
from sandbox.commercetools.carts.drafts import DirectDiscountDraft, customer_email, direct_discount
from sandbox.commercetools.carts.shipping import ShippingRateDraft, custom_info, method_info, set_shipping
from sandbox.commercetools.errors import invalid_operation
from sandbox.commercetools.payments.actions import SetKey, assign
from sandbox.commercetools.payments.holding import PaymentAction, add_payment, remove_payment
from sandbox.commercetools.schema import AddressDraft, Country, IdentifierDraft, Locale, Strict, check_key
from sandbox.commercetools.state import Request
from sandbox.commercetools.updates import ActionTable
from sandbox.commercetools.wire import Json

CART_ACTIONS = ActionTable()
custom.register(CART_ACTIONS)


@CART_ACTIONS.handles("addPayment", PaymentAction)
def _add_payment(request: Request, draft: Json, action: PaymentAction) -> None:
    add_payment(request.project, draft, action.payment)


@CART_ACTIONS.handles("removePayment", PaymentAction)
def _remove_payment(request: Request, draft: Json, action: PaymentAction) -> None:
    remove_payment(request.project, draft, action.payment)


class SetAddress(Strict):
    """`setShippingAddress`, `setBillingAddress`; absent removes it."""

    address: AddressDraft | None = None


@CART_ACTIONS.handles("setBillingAddress", SetAddress)
def _set_billing(_request: Request, draft: Json, action: SetAddress) -> None:
    assign(draft, "billingAddress", action.address.wire() if action.address else None)


@CART_ACTIONS.handles("setShippingAddress", SetAddress)
def _set_shipping(_request: Request, draft: Json, action: SetAddress) -> None:
    assign(draft, "shippingAddress", action.address.wire() if action.address else None)
    if action.address is None:
        draft.pop("shippingInfo", None)


class SetCustomerEmail(Strict):
    """`setCustomerEmail`"""

    email: str | None = None


@CART_ACTIONS.handles("setCustomerEmail", SetCustomerEmail)
def _set_email(_request: Request, draft: Json, action: SetCustomerEmail) -> None:
    assign(draft, "customerEmail", action.email)


class SetLocale(Strict):
    """`setLocale`"""

    locale: Locale | None = None


@CART_ACTIONS.handles("setLocale", SetLocale)
def _set_locale(_request: Request, draft: Json, action: SetLocale) -> None:
    assign(draft, "locale", action.locale)


class SetCountry(Strict):
    """`setCountry`"""

    country: Country | None = None


@CART_ACTIONS.handles("setCountry", SetCountry)
def _set_country(request: Request, draft: Json, action: SetCountry) -> None:
    assign(draft, "country", action.country)
    require_country(request.project, draft)


@CART_ACTIONS.handles("setKey", SetKey)
def _set_key(_request: Request, draft: Json, action: SetKey) -> None:
    assign(draft, "key", check_key(action.key))


class SetCustomerId(Strict):
    """`setCustomerId`; takes the customer's email over."""

    customerId: str | None = None


@CART_ACTIONS.handles("setCustomerId", SetCustomerId)
def _set_customer(request: Request, draft: Json, action: SetCustomerId) -> None:
    email = customer_email(request.project, action.customerId)
    assign(draft, "customerId", action.customerId)
    if email is not None:
        draft["customerEmail"] = email


class SetAnonymousId(Strict):
    """`setAnonymousId`"""

    anonymousId: str | None = None


@CART_ACTIONS.handles("setAnonymousId", SetAnonymousId)
def _set_anonymous(_request: Request, draft: Json, action: SetAnonymousId) -> None:
    if "customerId" in draft:
        raise invalid_operation("The cart is already associated with a customer.")
    assign(draft, "anonymousId", action.anonymousId)


class SetShippingMethod(Strict):
    """`setShippingMethod`; absent removes it."""

    shippingMethod: IdentifierDraft | None = None


@CART_ACTIONS.handles("setShippingMethod", SetShippingMethod)
def _set_method(request: Request, draft: Json, action: SetShippingMethod) -> None:
    method, currency = action.shippingMethod, draft["totalPrice"]["currencyCode"]
    set_shipping(draft, method_info(request.project, method, currency=currency) if method else None)


class SetCustomShippingMethod(Strict):
    """`setCustomShippingMethod`"""

    shippingMethodName: str
    shippingRate: ShippingRateDraft
    taxCategory: IdentifierDraft | None = None


@CART_ACTIONS.handles("setCustomShippingMethod", SetCustomShippingMethod)
def _set_custom_method(request: Request, draft: Json, action: SetCustomShippingMethod) -> None:
    info = custom_info(
        request.project,
        action.shippingMethodName,
        rate=action.shippingRate,
        category=action.taxCategory,
        currency=draft["totalPrice"]["currencyCode"],
    )
    set_shipping(draft, info)


class SetDirectDiscounts(Strict):
    """`setDirectDiscounts`: replaces them all."""

    discounts: list[DirectDiscountDraft]


@CART_ACTIONS.handles("setDirectDiscounts", SetDirectDiscounts)
def _set_discounts(_request: Request, draft: Json, action: SetDirectDiscounts) -> None:
    draft["directDiscounts"] = [direct_discount(discount) for discount in action.discounts]


class FreezeCart(Strict):
    """`freezeCart`"""

    strategy: Literal["SoftFreeze", "HardFreeze"] | None = None


@CART_ACTIONS.handles("freezeCart", FreezeCart)
def _freeze(_request: Request, draft: Json, action: FreezeCart) -> None:
    if not draft["lineItems"] and not draft["customLineItems"]:
        raise invalid_operation("The cart is empty and cannot be frozen.")
    draft["cartState"] = "Frozen"
    draft["freezeStrategy"] = action.strategy or draft.get("freezeStrategy", "SoftFreeze")


class NoMembers(Strict):
    """An action without members."""


@CART_ACTIONS.handles("unfreezeCart", NoMembers)
def _unfreeze(_request: Request, draft: Json, _action: NoMembers) -> None:
    if draft["cartState"] != "Frozen":
        raise invalid_operation("The cart is not frozen.")
    draft["cartState"] = "Active"
    draft.pop("freezeStrategy", None)


@CART_ACTIONS.handles("lockCart", NoMembers)
def _lock(request: Request, draft: Json, _action: NoMembers) -> None:
    draft["lock"] = {"createdAt": request.project.now(), "clientId": request.caller.client_id}


@CART_ACTIONS.handles("unlockCart", NoMembers)
def _unlock(_request: Request, draft: Json, _action: NoMembers) -> None:
    draft.pop("lock", None)
