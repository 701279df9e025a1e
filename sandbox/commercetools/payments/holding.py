"""Payments of a cart or order: a payment belongs to one of each at most."""

from sandbox.commercetools.errors import invalid_operation
from sandbox.commercetools.references import resolve
from sandbox.commercetools.schema import IdentifierDraft, Strict
from sandbox.commercetools.state import Project, held_payments
from sandbox.commercetools.wire import Json


class PaymentAction(Strict):
    """`addPayment`, `removePayment`"""

    payment: IdentifierDraft


def add_payment(project: Project, draft: Json, identifier: IdentifierDraft) -> None:
    """Add a payment to the draft; one that is there already changes nothing.

    Raises InvalidOperation where the payment is assigned to an order or another active cart.
    """
    payment_id = resolve(project, identifier, kind="payment")["id"]
    if payment_id in held_payments(draft):
        return
    for kind, holder in project.holders(payment_id):
        if kind == "order" or holder["cartState"] in ("Active", "Frozen"):
            raise invalid_operation(
                f"The payment '{payment_id}' is already assigned to the {kind} '{holder['id']}'."
            )
    references = draft.setdefault("paymentInfo", {"payments": []})["payments"]
    references.append({"typeId": "payment", "id": payment_id})


def remove_payment(project: Project, draft: Json, identifier: IdentifierDraft) -> None:
    """Remove a payment from the draft; raises InvalidOperation where it is not there."""
    payment_id = resolve(project, identifier, kind="payment")["id"]
    left = [other for other in held_payments(draft) if other != payment_id]
    if len(left) == len(held_payments(draft)):
        raise invalid_operation(f"The payment '{payment_id}' was not found.")
    if left:
        draft["paymentInfo"] = {"payments": [{"typeId": "payment", "id": other} for other in left]}
    else:
        del draft["paymentInfo"]
