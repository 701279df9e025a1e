"""The resources of the API: where they are, which scope opens them, how they are made and changed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sandbox.commercetools.carts.drafts import create_cart
from sandbox.commercetools.carts.updating import update_cart
from sandbox.commercetools.customers import create_customer, update_customer
from sandbox.commercetools.errors import not_found
from sandbox.commercetools.orders.actions import update_order
from sandbox.commercetools.orders.drafts import create_order
from sandbox.commercetools.orders.edits import create_edit, update_edit
from sandbox.commercetools.payments.drafts import create_payment
from sandbox.commercetools.payments.updating import update_payment
from sandbox.commercetools.products import as_asked
from sandbox.commercetools.state import Project, Request
from sandbox.commercetools.subscriptions import create_subscription, update_subscription
from sandbox.commercetools.wire import Json


def as_stored(_project: Project, document: Json, _parameters: Mapping[str, Sequence[str]]) -> Json:
    """The document itself."""
    return document


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind of resource; without `create` and `update` it can only be read.

    `present` is what a reader gets, by the query's parameters.
    """

    kind: str
    scope: str
    lookups: tuple[tuple[str, str], ...] = (("key", "key"),)
    create: Callable[[Request, object], Json] | None = None
    update: Callable[[Request, Json, object], Json] | None = None
    present: Callable[[Project, Json, Mapping[str, Sequence[str]]], Json] = as_stored


RESOURCES: dict[str, Resource] = {
    "carts": Resource("cart", "orders", create=create_cart, update=update_cart),
    "orders": Resource(
        "order", "orders", (("order-number", "orderNumber"),), create=create_order, update=update_order
    ),
    "orders/edits": Resource("order-edit", "orders", create=create_edit, update=update_edit),
    "payments": Resource("payment", "payments", create=create_payment, update=update_payment),
    "customers": Resource("customer", "customers", create=create_customer, update=update_customer),
    "subscriptions": Resource(
        "subscription", "subscriptions", create=create_subscription, update=update_subscription
    ),
    "stores": Resource("store", "stores"),
    "business-units": Resource("business-unit", "business_units"),
    "inventory": Resource("inventory-entry", "products"),
    "product-projections": Resource("product-projection", "products", present=as_asked),
    "product-types": Resource("product-type", "products"),
    "states": Resource("state", "states"),
    "types": Resource("type", "types"),
    "shipping-methods": Resource("shipping-method", "shipping_methods"),
}


def find(project: Project, resource: Resource, selector: str) -> Json:
    """The document that an id, `key=…` or `order-number=…` names; raises ResourceNotFound."""
    for prefix, field in resource.lookups:
        if selector.startswith(f"{prefix}="):
            value = selector.removeprefix(f"{prefix}=")
            document = project.get_by(resource.kind, field=field, value=value)
            if document is None:
                raise not_found(value, by=field if field != "orderNumber" else "order number")
            return document
    document = project.get(resource.kind, selector)
    if document is None:
        raise not_found(selector)
    return document
