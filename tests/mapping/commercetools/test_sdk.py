"""Every model of the SDK that is written is written as by the SDK itself."""

from __future__ import annotations

import ast
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from commercetools.platform import models

from monext_bridge.mapping.commercetools import lent_cart, writes
from monext_bridge.mapping.commercetools.sdk import to_json

EUR_1 = models.Money(cent_amount=100, currency_code="EUR")
CUSTOMER = models.CustomerResourceIdentifier(id="c-1")
METHOD = models.PaymentMethodInfo(payment_interface="monext")
CART = models.CartResourceIdentifier(id="c-1")
NOON = datetime(2026, 12, 1, 12, 0, 0, 123456, tzinfo=UTC)
NAMES = models.LocalizedString({"fr-FR": "Carte", "en": "Card", "not_a": "member"})
SUCCESS = models.TransactionState.SUCCESS

MODELS = [
    EUR_1,
    CUSTOMER,
    METHOD,
    CART,
    models.PaymentResourceIdentifier(id="p-1"),
    models.PaymentDraft(amount_planned=EUR_1, key="k-1", payment_method_info=METHOD, customer=CUSTOMER),
    models.PaymentDraft(amount_planned=EUR_1, key="k-1", payment_method_info=METHOD, anonymous_id="a-1"),
    models.PaymentSetKeyAction(key="k-2"),
    models.PaymentChangeAmountPlannedAction(amount=EUR_1),
    models.PaymentSetInterfaceIdAction(interface_id="token"),
    models.PaymentSetStatusInterfaceCodeAction(interface_code="00000"),
    models.PaymentSetStatusInterfaceTextAction(interface_text="ACCEPTED\né"),
    models.PaymentSetMethodInfoMethodAction(method="CB"),
    models.PaymentSetMethodInfoNameAction(name=NAMES),
    models.TransactionDraft(type=models.TransactionType.CHARGE, amount=EUR_1, state=SUCCESS),
    models.TransactionDraft(
        type=models.TransactionType.CANCEL_AUTHORIZATION, amount=EUR_1, interaction_id="key~1", state=SUCCESS
    ),
    models.PaymentChangeTransactionStateAction(transaction_id="t-1", state=SUCCESS),
    models.PaymentChangeTransactionInteractionIdAction(transaction_id="t-1", interaction_id="key~1"),
    models.CartAddPaymentAction(payment=models.PaymentResourceIdentifier(id="p-1")),
    models.OrderFromCartDraft(
        cart=CART, version=3, order_number="M-1", payment_state=models.PaymentState.PAID
    ),
    models.OrderChangePaymentStateAction(payment_state=models.PaymentState.BALANCE_DUE),
    models.CartFreezeCartAction(),  # type: ignore[no-untyped-call]
    models.CartUnfreezeCartAction(),  # type: ignore[no-untyped-call]
    models.OrderChangeOrderStateAction(order_state=models.OrderState.CANCELLED),
]
TIMED = models.PaymentChangeTransactionTimestampAction(transaction_id="t-1", timestamp=NOON)


def _written_by(module: Any) -> set[str]:
    """Names the models that a module makes: what it calls as `models.Name(…)` and the SDK can serialise."""
    tree = ast.parse(Path(module.__file__).read_text())
    called = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = {func.attr for func in called if isinstance(func, ast.Attribute) and _is_the_sdk(func.value)}
    return {name for name in names if hasattr(getattr(models, name), "serialize")}


def _is_the_sdk(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "models"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_a_model_is_written_as_by_the_sdk_itself(model: Any) -> None:
    assert to_json(model) == model.serialize()


def test_every_model_that_is_written_is_compared() -> None:
    written = _written_by(writes) | _written_by(lent_cart)
    assert len(written) > 15
    assert written - {type(model).__name__ for model in (*MODELS, TIMED)} == set()


@pytest.mark.parametrize(
    "moment", [NOON, datetime.fromisoformat("2026-12-01T14:00:00.123456+02:00")], ids=["UTC", "Helsinki"]
)
def test_a_time_has_milliseconds_and_is_universal(moment: datetime) -> None:
    draft = models.PaymentChangeTransactionTimestampAction(transaction_id="t-1", timestamp=moment)
    assert to_json(draft) == {
        "action": "changeTransactionTimestamp",
        "transactionId": "t-1",
        "timestamp": "2026-12-01T12:00:00.123Z",
    }
    assert set(draft.serialize()) == set(to_json(draft))


def test_a_value_of_a_kind_that_nothing_writes_yet_is_refused_and_not_left_out() -> None:
    with pytest.raises(TypeError):
        to_json(models.PaymentDraft(amount_planned=EUR_1, transactions=[]))
