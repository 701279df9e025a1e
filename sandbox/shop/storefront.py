"""The carts, each with what to try, and what a buyer or shop may do to one before and while it is paid."""

from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sandbox.shop import carts
from sandbox.shop.calls import Json, Refused
from sandbox.shop.checkout import METHODS, MODES, pay_fields, pay_url
from sandbox.shop.links import checkout_url
from sandbox.shop.shop import shop
from sandbox.shop.situations import FIRST, KINDS, Situation, situation_of

pages = Blueprint("storefront", __name__)

EVERYTHING = "all"
LANGUAGES = ("fr", "en", "de", "es", "it", "nl", "pt")


@dataclass(frozen=True, slots=True)
class Shelf:
    """A cart of the seed with its situation and the copies made of it."""

    cart: Json
    situation: Situation
    copies: list[Json] = field(default_factory=list)


@pages.get("/")
def index() -> str:
    """The cart to begin with, and those of the kind that is asked for: of the seed in its order, then all others."""
    shelves, show = _shelves(), request.args.get("show", "")
    return render_template(
        "storefront.html",
        first=next((shelf for shelf in shelves if shelf.cart["id"] == FIRST), None),
        shelves=[shelf for shelf in shelves if show in (EVERYTHING, *shelf.situation.kinds)],
        show=show,
        kinds={**{kind: _count(shelves, kind) for kind in KINDS}, EVERYTHING: len(shelves)},
        names={**KINDS, EVERYTHING: "All of them"},
        **choices(),
    )


@pages.get("/carts/<uuid:cart_id>/pay")
def pay(cart_id: UUID) -> Response | str:
    """To the bridge's checkout page, by whatever the bridge asks for as proof: by a link, or by a form of its own."""
    if request.args.get("sent") == "form":
        fields = pay_fields(shop(), cart_id=str(cart_id), query=request.args)
        page = checkout_url(shop().settings.bridge.value, cart_id=str(cart_id))
        return render_template("pay.html", address=page, fields=fields)
    return redirect(pay_url(shop(), cart_id=str(cart_id), query=request.args), code=303)


@pages.post("/carts/<uuid:cart_id>/copy")
def copy(cart_id: UUID) -> Response:
    """A new cart like this one."""
    here = shop()
    cart = carts.cart_with_payments(here.project, str(cart_id))
    copied = carts.copy_cart(here.project, cart, commercetools_url=here.settings.commercetools_url)
    here.copies.add(copied, of=str(cart_id))
    return _to_cart(copied)


@pages.post("/carts/<uuid:cart_id>/raise")
def raise_quantity(cart_id: UUID) -> Response:
    """One more of the first line."""
    cart = carts.cart_with_payments(shop().project, str(cart_id))
    if not cart["lineItems"]:
        raise Refused(409, message="The cart has no line whose quantity could be raised.")
    carts.raise_quantity(shop().project, cart)
    return _to_cart(str(cart_id))


@pages.post("/carts/<uuid:cart_id>/freeze")
def freeze(cart_id: UUID) -> Response:
    """Frozen, as shops do while a payment is under way."""
    return _frozen(cart_id, frozen=True)


@pages.post("/carts/<uuid:cart_id>/unfreeze")
def unfreeze(cart_id: UUID) -> Response:
    """Thawed again."""
    return _frozen(cart_id, frozen=False)


def choices() -> dict[str, object]:
    """What the pay buttons offer."""
    return {"modes": MODES, "methods": METHODS, "languages": LANGUAGES}


def _count(shelves: list[Shelf], kind: str) -> int:
    return sum(kind in shelf.situation.kinds for shelf in shelves)


def _frozen(cart_id: UUID, *, frozen: bool) -> Response:
    cart = carts.cart_with_payments(shop().project, str(cart_id))
    carts.freeze(shop().project, cart, frozen=frozen)
    return _to_cart(str(cart_id))


def _shelves() -> list[Shelf]:
    here = shop()
    copies: dict[str, list[Json]] = defaultdict(list)
    originals = []
    for cart in carts.all_carts(here.project):
        original = here.copies.original(cart["id"])
        if original == cart["id"]:
            originals.append(cart)
        else:
            copies[original].append(cart)
    shelves = [Shelf(cart, situation_of(cart["id"]), copies[cart["id"]]) for cart in originals]
    return sorted(shelves, key=lambda shelf: shelf.situation.place)


def _to_cart(cart_id: str) -> Response:
    return redirect(url_for("views.cart", cart_id=cart_id), code=303)
