"""Filling an empty project."""

from sandbox.commercetools.carts.drafts import create_cart
from sandbox.commercetools.carts.stock import set_stock
from sandbox.commercetools.carts.updating import LOCK_SCOPE, update_cart
from sandbox.commercetools.catalogue import (
    PRODUCT_TYPES,
    PRODUCTS,
    SHIPPING_METHODS,
    TAX_RATES,
    stable_id,
    tax_category_id,
)
from sandbox.commercetools.customers import store_customer
from sandbox.commercetools.payments.drafts import create_payment
from sandbox.commercetools.products import plant_products
from sandbox.commercetools.seed.people import CUSTOMERS
from sandbox.commercetools.seed.situations import SITUATIONS, Situation, cart_id
from sandbox.commercetools.state import Caller, Project, Request
from sandbox.commercetools.wire import Json

_STORES: dict[str, Json] = {
    "fr-store": {"name": {"fr": "Boutique France", "en": "French shop"}, "languages": ["fr", "en"]},
    "de-store": {"name": {"de": "Laden Deutschland", "en": "German shop"}, "languages": ["de", "en"]},
    "xx-store": {"name": {"en": "A shop nobody configured"}, "languages": ["en"]},
}

_STATES = (
    ("Initial", "LineItemState", True, None),
    ("payment-open", "PaymentState", True, ("payment-done",)),
    ("payment-done", "PaymentState", False, ()),
    ("order-placed", "OrderState", True, ("order-checked",)),
    ("order-checked", "OrderState", False, None),
)

PIECES = 1000
"""What is on stock of each product at the start."""

_BUSINESS_UNIT: Json = {
    "key": "atelier-lefevre",
    "status": "Active",
    "name": "Atelier Lefèvre",
    "unitType": "Company",
    "contactEmail": "achats@example.com",
    "storeMode": "Explicit",
    "stores": [{"typeId": "store", "key": "fr-store"}],
    "associates": [],
    "addresses": [],
}

_INTERACTION_TYPE: Json = {
    "key": "payment-interaction",
    "name": {"en": "Payment interaction"},
    "resourceTypeIds": ["payment-interface-interaction", "payment", "transaction", "order"],
    "fieldDefinitions": [
        {
            "name": name,
            "label": {"en": name},
            "required": False,
            "type": {"name": "String"},
            "inputHint": "SingleLine",
        }
        for name in ("createdAt", "request", "response", "note")
    ],
}


def plant(project: Project) -> None:
    """Replace all documents of the project by the seed."""
    with project.lock:
        project.clear()
        desk = Caller(
            client_id="service-desk",
            scopes=frozenset((f"{LOCK_SCOPE}:{project.settings.project_key}",)),
        )
        request = Request(project=project, caller=desk)
        _plant_configuration(project, caller=desk)
        for customer_id, draft in CUSTOMERS.items():
            store_customer(request, draft, customer_id=customer_id)
        for situation in SITUATIONS.values():
            _plant_cart(request, situation)


def _plant_configuration(project: Project, *, caller: Caller) -> None:
    for key, store in _STORES.items():
        rest: Json = {"countries": [], "distributionChannels": [], "supplyChannels": []}
        content: Json = {"key": key, **store, **rest, "productSelections": []}
        project.insert("store", content, caller=caller, resource_id=stable_id("store", key))
    for key, name in PRODUCT_TYPES.items():
        content = {"key": key, "name": name, "description": name, "attributes": []}
        project.insert("product-type", content, caller=caller, resource_id=stable_id("product-type", key))
    plant_products(project, caller=caller)
    for sku in PRODUCTS:
        set_stock(project, sku, PIECES, caller=caller)
    project.insert("business-unit", _BUSINESS_UNIT, caller=caller)
    for key in TAX_RATES:
        content = {"key": key, "name": key, "rates": []}
        project.insert("tax-category", content, caller=caller, resource_id=tax_category_id(key))
    for method_id, key in SHIPPING_METHODS.items():
        content = {"key": key, "name": key, "active": True, "isDefault": key == "standard", "zoneRates": []}
        project.insert("shipping-method", content, caller=caller, resource_id=method_id)
    for key, kind, initial, transitions in _STATES:
        content = {"key": key, "type": kind, "initial": initial, "builtIn": key == "Initial", "roles": []}
        if transitions is not None:
            content["transitions"] = [
                {"typeId": "state", "id": stable_id("state", target)} for target in transitions
            ]
        project.insert("state", content, caller=caller, resource_id=stable_id("state", key))
    project.insert(
        "type", _INTERACTION_TYPE, caller=caller, resource_id=stable_id("type", "payment-interaction")
    )


def _plant_cart(request: Request, situation: Situation) -> None:
    draft = {"key": f"cart-{situation.name}", **situation.draft}
    cart = create_cart(request, draft, cart_id=cart_id(situation.name))
    actions: list[Json] = []
    if situation.discounts:
        actions.append({"action": "setDirectDiscounts", "discounts": list(situation.discounts)})
    for payment in _other_payments(request, situation):
        actions.append({"action": "addPayment", "payment": {"typeId": "payment", "id": payment["id"]}})
    if situation.ends_as in ("Locked", "Frozen"):
        actions.append({"action": "lockCart" if situation.ends_as == "Locked" else "freezeCart"})
    if actions:
        cart = update_cart(request, cart, {"version": cart["version"], "actions": actions})
    merged = {"cartState": "Merged"} if situation.ends_as == "Merged" else {}
    if merged or situation.states:
        cart = request.project.replace("cart", {**cart, **situation.states, **merged}, caller=request.caller)
    if situation.customer_leaves:
        request.project.delete("customer", request.project.documents["customer"][cart["customerId"]])


def _other_payments(request: Request, situation: Situation) -> list[Json]:
    payments = []
    if situation.gift_card:
        payments.append(_gift_card_payment(request, situation))
    if situation.points:
        payments.append(_points_payment(request, situation.points))
    return payments


def _points_payment(request: Request, yen: int) -> Json:
    amount = {"centAmount": yen, "currencyCode": "JPY"}
    draft = {
        "amountPlanned": amount,
        "paymentMethodInfo": {"paymentInterface": "points"},
        "transactions": [{"type": "Charge", "state": "Success", "amount": amount}],
    }
    return create_payment(request, draft)


def _gift_card_payment(request: Request, situation: Situation) -> Json:
    amount = {"centAmount": situation.gift_card, "currencyCode": situation.draft["currency"]}
    charge = {"type": "Charge", "state": "Success", "amount": amount, "interactionId": "GC-0001"}
    draft = {
        "key": "gift-card-0001",
        "interfaceId": "GC-0001",
        "amountPlanned": amount,
        "paymentMethodInfo": {"paymentInterface": "gift-cards", "method": "GIFTCARD"},
        "transactions": [charge],
    }
    return create_payment(request, draft)
