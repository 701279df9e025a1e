"""Controls of what a cart meets on its way to an order: its own states, and what changes around it."""

from dataclasses import asdict, dataclass
from typing import Annotated, Literal, cast

from flask import Blueprint, Response, request
from pydantic import Field

from sandbox.commercetools.answers import answer
from sandbox.commercetools.carts.lines import InventoryMode
from sandbox.commercetools.carts.stock import set_stock
from sandbox.commercetools.carts.totals import shipping_infos
from sandbox.commercetools.catalogue import PRODUCTS, stable_id
from sandbox.commercetools.conditions import Differences, NextOrders, WithoutAddress
from sandbox.commercetools.errors import invalid_operation, not_found
from sandbox.commercetools.schema import Country, Currency, Locale, Strict, parse, read_json
from sandbox.commercetools.state import Caller, Project
from sandbox.commercetools.wire import Json, copied

_CALLER = Caller(client_id="control")


class SituationControl(Strict):
    """What a cart says from now on; what is left out stays.

    `discountCode` is the state of the one discount code that the cart then has.
    """

    discountCode: str | None = None
    shippingMethod: Literal["MatchesCart", "DoesNotMatchCart"] | None = None
    shippingDetails: Literal["valid", "invalid"] | None = None
    customer: Literal["gone"] | None = None
    shippingAddress: Literal["gone"] | None = None
    inventoryMode: InventoryMode | None = None
    locale: Locale | None = None


class NextOrdersControl(Strict):
    """A code with which the next `times` orders are refused, or all; null ends it."""

    code: str | None
    times: Annotated[int, Field(ge=1)] | None = None


class WithoutAddressControl(Strict):
    """Which carts are ordered without a shipping address."""

    allowed: WithoutAddress


class DifferencesControl(Strict):
    """Where the project is otherwise than it was thought; what is left out stays."""

    longestStatusText: Annotated[int, Field(ge=0)] | None = None
    longestOrderNumber: Annotated[int, Field(ge=0)] | None = None
    frozenOrders: bool | None = None
    uniqueTransactionIds: bool | None = None
    externalUsers: bool | None = None
    sessionEnds: bool | None = None


class PriceControl(Strict):
    """What a product costs from now on; null takes the price away."""

    sku: str
    currency: Currency
    centAmount: Annotated[int, Field(ge=0)] | None


class TaxRateControl(Strict):
    """Whether a tax category has its rate in a country."""

    category: str
    country: Country
    present: bool


class StockControl(Strict):
    """How many pieces are there."""

    sku: str
    quantity: int


class StoreControl(Strict):
    """Where a store sells to; no country means everywhere."""

    countries: list[Country]


def situation_controls(project: Project) -> Blueprint:
    """The controls, under `/_control`."""
    endpoints = _Situations(project=project)
    control = Blueprint("situations", __name__, url_prefix="/_control")
    control.post("/carts/<cart_id>/situation")(endpoints.change_cart)
    control.get("/orders/trouble")(endpoints.show_next_orders)
    control.post("/orders/trouble")(endpoints.refuse_next_orders)
    control.post("/orders/without-address")(endpoints.allow_without_address)
    control.post("/differences")(endpoints.differ)
    control.delete("/differences")(endpoints.differ_no_more)
    control.post("/prices")(endpoints.set_price)
    control.post("/tax-rates")(endpoints.set_tax_rate)
    control.post("/stock")(endpoints.count_stock)
    control.post("/stores/<key>")(endpoints.set_countries)
    return control


@dataclass(frozen=True, slots=True)
class _Situations:
    project: Project

    def change_cart(self, cart_id: str) -> Response:
        wanted = parse(SituationControl, read_json(request.data))
        with self.project.lock:
            cart = self.project.get("cart", cart_id)
            if cart is None:
                raise not_found(cart_id)
            draft = copied(cart)
            _change(self.project, draft, wanted)
            changed = self.project.replace("cart", draft, caller=_CALLER)
        return answer(changed)

    def show_next_orders(self) -> Response:
        with self.project.lock:
            upcoming = self.project.conditions.next_orders
            shown: Json = {"code": None, "times": None}
            if upcoming is not None:
                shown = {"code": upcoming.code, "times": upcoming.times}
            shown["withoutAddress"] = self.project.conditions.without_address
        return answer(shown)

    def refuse_next_orders(self) -> Response:
        wanted = parse(NextOrdersControl, read_json(request.data))
        with self.project.lock:
            upcoming = NextOrders(code=wanted.code, times=wanted.times) if wanted.code is not None else None
            self.project.conditions.next_orders = upcoming
        return answer({})

    def allow_without_address(self) -> Response:
        wanted = parse(WithoutAddressControl, read_json(request.data))
        with self.project.lock:
            self.project.conditions.without_address = wanted.allowed
        return answer({})

    def differ(self) -> Response:
        wanted = parse(DifferencesControl, read_json(request.data))
        given = {name: value for name, value in wanted.model_dump().items() if value is not None}
        with self.project.lock:
            differences = self.project.conditions.differences
            for name, value in given.items():
                setattr(differences, _snake(name), value)
            return answer(asdict(differences))

    def differ_no_more(self) -> Response:
        with self.project.lock:
            self.project.conditions.differences = Differences()
        return answer({})

    def set_price(self) -> Response:
        wanted = parse(PriceControl, read_json(request.data))
        if wanted.sku not in PRODUCTS:
            raise not_found(wanted.sku, by="SKU")
        with self.project.lock:
            self.project.conditions.prices[wanted.sku, wanted.currency] = wanted.centAmount
        return answer({})

    def set_tax_rate(self) -> Response:
        wanted = parse(TaxRateControl, read_json(request.data))
        with self.project.lock:
            missing, place = self.project.conditions.missing_rates, (wanted.category, wanted.country)
            if wanted.present:
                missing.discard(place)
            else:
                missing.add(place)
        return answer({})

    def count_stock(self) -> Response:
        wanted = parse(StockControl, read_json(request.data))
        with self.project.lock:
            return answer(set_stock(self.project, wanted.sku, wanted.quantity, caller=_CALLER))

    def set_countries(self, key: str) -> Response:
        wanted = parse(StoreControl, read_json(request.data))
        with self.project.lock:
            store = self.project.get_by("store", field="key", value=key)
            if store is None:
                raise not_found(key, by="key")
            countries = [{"code": country} for country in wanted.countries]
            changed = self.project.replace("store", {**store, "countries": countries}, caller=_CALLER)
        return answer(changed)


def _change(project: Project, draft: Json, wanted: SituationControl) -> None:
    if wanted.discountCode is not None:
        reference = {"typeId": "discount-code", "id": stable_id("discount-code", "SPRING")}
        draft["discountCodes"] = [{"discountCode": reference, "state": wanted.discountCode}]
    if wanted.shippingMethod is not None:
        for info in shipping_infos(draft):
            info["shippingMethodState"] = wanted.shippingMethod
    if wanted.shippingDetails is not None:
        _set_details(draft, valid=wanted.shippingDetails == "valid")
    if wanted.customer is not None:
        _forget_customer(project, draft)
    if wanted.shippingAddress is not None:
        draft.pop("shippingAddress", None)
    for name in ("inventoryMode", "locale"):
        if name in wanted.model_fields_set:
            draft[name] = getattr(wanted, name)


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def _set_details(draft: Json, *, valid: bool) -> None:
    """The first line's pieces all have an address, or none has."""
    if not draft["lineItems"]:
        raise invalid_operation("The cart has no line whose shipping details could change.")
    item = cast(Json, draft["lineItems"][0])
    targets = [{"addressKey": "home", "quantity": item["quantity"]}] if valid else []
    item["shippingDetails"] = {"targets": targets, "valid": valid}


def _forget_customer(project: Project, draft: Json) -> None:
    """Delete the cart's customer; the cart keeps the id, as with commercetools."""
    customer = project.get("customer", draft.get("customerId", ""))
    if customer is None:
        raise invalid_operation("The cart has no customer.")
    project.delete("customer", customer)
