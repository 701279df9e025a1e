"""Serves the operations API, which back offices and commercetools Checkout call after the payment."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for

from monext_bridge import __version__
from monext_bridge.concerns import now_concerns
from monext_bridge.domain.ids import CartId
from monext_bridge.errors import NotFound
from monext_bridge.runtime import together
from monext_bridge.services.operations import AuditedAct, audited_request, check_store
from monext_bridge.web.access import actor_of, api_client, signed_query
from monext_bridge.web.api import examples, models
from monext_bridge.web.api.act_requests import read_act, read_payment_id
from monext_bridge.web.api.bodies import answer, read_body
from monext_bridge.web.api.payment_intent_models import PaymentIntentResult, PaymentIntentView
from monext_bridge.web.api.sessions import active_session
from monext_bridge.web.endpoints import (
    LOOK_UPS,
    OPERATION_SECONDS,
    REFUSALS,
    SESSION,
    SHOP,
    Answers,
    Cors,
    Description,
    Endpoint,
    Principal,
)
from monext_bridge.web.http import public_address, services

blueprint = Blueprint("operations", __name__, url_prefix="/operations")


@blueprint.post("/payment-intents/<payment_id>")
@Endpoint(
    does="captures, cancels, refunds or reverses a payment",
    caller=Principal.BACK_OFFICE,
    limits=(REFUSALS, LOOK_UPS),
    answers=Answers.JSON,
    seconds=OPERATION_SECONDS,
    moves_money=True,
    description=Description(
        "Capture, refund, cancel or reverse a payment",
        "One act a call. Amounts are integers in minor units of the payment's currency. With an "
        "Idempotency-Key the same request acts once, for ever; asked again, it tells the state of the act. A key "
        "belongs to its API client: the same key of another client is another act. "
        "After a 503 ask again with the same key, never with another.",
        answers={200: PaymentIntentResult},
        answer=examples.RESULT,
        refusals=(400, 401, 403, 404, 409, 413, 422, 429, *examples.REMOTES),
        parameters=(examples.OF_PAYMENT, examples.WITH_KEY),
        body=models.PaymentIntentUpdate,
        examples=examples.OPERATIONS,
    ),
)
def modify(payment_id: str) -> dict[str, Any]:
    """Carry out one operation. The same `Idempotency-Key` with the same body is carried out once, for ever."""
    by = actor_of(api_client())
    with audited_request(AuditedAct(by)) as told:
        asked = read_act(payment_id, told=told)
    result = services().operations.perform(
        asked.payment_id,
        asked.operation,
        by=by,
        key=asked.key,
        merchant_reference=asked.merchant_reference,
    )
    return answer(PaymentIntentResult.of(result))


@blueprint.get("/payment-intents/<payment_id>")
@Endpoint(
    does="what happened to a payment, and what may still be done",
    caller=Principal.BACK_OFFICE,
    limits=(REFUSALS, LOOK_UPS),
    answers=Answers.JSON,
    description=Description(
        "What happened to a payment, and what may still be done",
        "All amounts are integers in minor units of currencyCode. What is under way counts as done in "
        "capturable, cancellable and refundable.",
        answers={200: PaymentIntentView},
        answer=examples.PAYMENT,
        refusals=(400, 401, 403, 404, 429, *examples.REMOTES),
        parameters=(examples.OF_PAYMENT,),
    ),
)
def show(payment_id: str) -> dict[str, Any]:
    """Answer what happened to a payment, and what may still be done."""
    id_, by = read_payment_id(payment_id), actor_of(api_client())
    payment, order = together(
        lambda: services().operations.payment(id_, by=by), lambda: services().operations.order_of(id_)
    )
    return answer(PaymentIntentView.of(payment, order))


@blueprint.post("/checkout-links")
@Endpoint(
    does="makes a signed link to the payment of a cart",
    caller=Principal.BACK_OFFICE,
    limits=(REFUSALS, LOOK_UPS),
    answers=Answers.JSON,
    description=Description(
        "Make a signed link to the payment of a cart",
        "expiresIn is in seconds (60 to 2592000, a day by default), expires in Unix seconds. Whether the "
        "cart can be paid is told when the link is opened. Only for a token of stores it is looked up: a cart of "
        "another store is refused.",
        answers={201: models.CheckoutLink},
        answer=examples.LINK,
        refusals=(400, 401, 403, 404, 413, 429, *examples.REMOTES),
        body=models.CheckoutLinkRequest,
        examples={"A link of one hour, in French": examples.LINK_REQUEST},
    ),
)
def checkout_link() -> tuple[dict[str, Any], int]:
    """Make a signed link to the payment of a cart, for shops that would rather not sign themselves."""
    requested = read_body(models.CheckoutLinkRequest)
    now_concerns(cart=requested.cartId)
    _check_cart_of_store(CartId(requested.cartId))
    settings = services().settings
    expires = int(services().machine_clock().timestamp()) + requested.expiresIn
    said = {"mode": requested.mode, "lang": requested.language, "expires": str(expires)}
    query = signed_query(requested.cartId, said, key=settings.link_secrets[0])
    address = public_address(
        url_for("checkout.start", cart_id=requested.cartId), public_url=settings.public_url
    )
    url = f"{address}?{query}"
    return answer(models.CheckoutLink(url=url, expires=expires)), 201


@blueprint.get("/status")
@Endpoint(
    does="whether both remotes answer",
    caller=Principal.MERCHANT_CENTER,
    limits=(REFUSALS,),
    answers=Answers.JSON,
    description=Description(
        "Whether commercetools and Monext answer",
        "As commercetools' connectors answer it to the Merchant Center.",
        answers={200: models.OperationsStatus},
        answer={
            "status": "Partially Available",
            "timestamp": "2026-01-01T12:00:00Z",
            "version": __version__,
            "metadata": {"name": "monext-bridge"},
            "checks": [{"name": "commercetools", "status": "UP"}, {"name": "monext", "status": "DOWN"}],
        },
        refusals=(401, 403, 429, 503),
    ),
)
def status() -> dict[str, Any]:
    """Tell the Merchant Center whether both remotes answer."""
    remotes = services().readiness.remotes()
    words = {2: "OK", 1: "Partially Available", 0: "Unavailable"}
    return answer(
        models.OperationsStatus(
            status=words[sum(remotes.values())],  # type: ignore[arg-type]
            timestamp=services().machine_clock(),
            version=__version__,
            metadata={
                "name": "monext-bridge",
                "description": "Payments of commercetools carts through Monext",
            },
            checks=[models.Check(name=name, status="UP" if up else "DOWN") for name, up in remotes.items()],
        )
    )


@blueprint.get("/payment-components")
@Endpoint(
    does="what commercetools Checkout may offer",
    caller=Principal.MERCHANT_CENTER,
    limits=(REFUSALS,),
    answers=Answers.JSON,
    description=Description(
        "What commercetools Checkout may offer",
        "Monext's hosted page (hpp) and its widget (embedded).",
        answers={200: models.PaymentComponents},
        answer={"dropins": [{"type": "hpp"}, {"type": "embedded"}], "components": [], "express": []},
        refusals=(401, 403, 429, 503),
    ),
)
def payment_components() -> dict[str, Any]:
    """Tell commercetools Checkout what it may offer: Monext's hosted page and the embedded widget."""
    return answer(
        models.PaymentComponents(
            dropins=[models.Dropin(type="hpp"), models.Dropin(type="embedded")], components=[], express=[]
        )
    )


@blueprint.get("/config")
@Endpoint(
    does="what a page needs to embed the widget, for the store of the session's cart",
    caller=Principal.SESSION,
    limits=(SESSION, SHOP, REFUSALS, LOOK_UPS),
    answers=Answers.JSON,
    cors=Cors.CALL,
    description=Description(
        "What a shop's page needs to embed the widget",
        "Of the store of the session's cart only.",
        answers={200: models.OperationsConfig},
        answer=examples.CONFIG,
        refusals=(400, 401, 404, 429, *examples.REMOTES),
    ),
)
def config() -> dict[str, Any]:
    """Answer what a shop's page needs to embed the widget, for the store of the shop session's cart only."""
    settings = services().settings
    shop_session = active_session()
    cart = services().records.cart(shop_session.cart_id)
    if cart is None:
        raise NotFound("the session's cart is gone")
    now_concerns(store=cart.store_key)
    store = settings.store(cart.store_key)
    return answer(
        models.OperationsConfig(
            environment=store.environment.value,
            mode=settings.mode.value,
            widget=models.WidgetAssets(
                script=f"{store.widget_url}/cdn/scripts/widget-min.js",
                style=f"{store.widget_url}/cdn/styles/widget-min.css",
            ),
            paymentMethods=[method.value for method in store.contracts.by_method],
        )
    )


def _check_cart_of_store(cart_id: CartId) -> None:
    """Look the cart up for a client whose token is for stores alone.

    Raises Forbidden for a cart of another store or of none, NotFound for one that is not there.
    """
    stores = api_client().stores
    if stores is None:
        return
    cart = services().records.cart(cart_id)
    if cart is None:
        raise NotFound("no such cart")
    check_store(cart.store_key, stores=stores)
