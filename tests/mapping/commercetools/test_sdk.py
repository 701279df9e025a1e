"""A schema that is kept writes what the SDK's own would."""

from __future__ import annotations

from typing import Any, cast

import pytest
from commercetools.platform import models

from monext_bridge.mapping.commercetools.sdk import to_json

EUR_1 = models.Money(cent_amount=100, currency_code="EUR")
CUSTOMER = models.CustomerResourceIdentifier(id="c-1")
METHOD = models.PaymentMethodInfo(payment_interface="monext")
CART = models.CartResourceIdentifier(id="c-1")

MODELS = [
    models.PaymentDraft(amount_planned=EUR_1, key="k-1", payment_method_info=METHOD, customer=CUSTOMER),
    models.PaymentDraft(amount_planned=EUR_1, key="k-1", payment_method_info=METHOD, anonymous_id="a-1"),
    models.PaymentSetMethodInfoNameAction(name=models.LocalizedString({"fr": "Carte", "en": "Card"})),
    models.PaymentSetInterfaceIdAction(interface_id="token"),
    models.TransactionDraft(
        type=models.TransactionType.CHARGE, amount=EUR_1, state=models.TransactionState.SUCCESS
    ),
    models.CartAddPaymentAction(payment=models.PaymentResourceIdentifier(id="p-1")),
    models.OrderFromCartDraft(cart=CART, version=3, payment_state=models.PaymentState.PAID),
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_a_model_is_written_as_by_the_sdk_itself_and_again(model: Any) -> None:
    assert to_json(model) == to_json(model) == model.serialize()


def test_nothing_of_one_model_is_written_with_the_next() -> None:
    first, second = cast("list[Any]", MODELS[:2])
    to_json(first)
    assert to_json(second) == second.serialize()
