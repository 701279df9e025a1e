"""Updating payments."""

from sandbox.commercetools.payments import method_info, transactions
from sandbox.commercetools.payments.actions import PAYMENT_ACTIONS
from sandbox.commercetools.state import Request
from sandbox.commercetools.updates import update
from sandbox.commercetools.wire import Json

# Importing the modules fills the table.
_FILLED_BY = (method_info, transactions)


def update_payment(request: Request, payment: Json, body: object) -> Json:
    """Update a payment; raises as `updates.update`, and DuplicateField as the creation does."""
    return update(request, "payment", payment, body=body, table=PAYMENT_ACTIONS)
