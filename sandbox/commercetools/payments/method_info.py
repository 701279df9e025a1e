"""Update actions of a payment's method: which PSP, which payment method."""

from sandbox.commercetools import custom
from sandbox.commercetools.payments.actions import PAYMENT_ACTIONS, assign, assign_once
from sandbox.commercetools.payments.drafts import TokenDraft
from sandbox.commercetools.references import custom_fields
from sandbox.commercetools.schema import CustomFieldsDraft, LocalizedString, Strict
from sandbox.commercetools.state import Request
from sandbox.commercetools.wire import Json


class SetMethodInfoInterface(Strict):
    """`setMethodInfoInterface`; the value keeps once it is set."""

    interface: str


@PAYMENT_ACTIONS.handles("setMethodInfoInterface", SetMethodInfoInterface)
def _set_interface(_request: Request, draft: Json, action: SetMethodInfoInterface) -> None:
    assign_once(draft["paymentMethodInfo"], "paymentInterface", action.interface)


class SetMethodInfoMethod(Strict):
    """`setMethodInfoMethod`"""

    method: str | None = None


@PAYMENT_ACTIONS.handles("setMethodInfoMethod", SetMethodInfoMethod)
def _set_method(_request: Request, draft: Json, action: SetMethodInfoMethod) -> None:
    assign(draft["paymentMethodInfo"], "method", action.method)


class SetMethodInfoName(Strict):
    """`setMethodInfoName`"""

    name: LocalizedString | None = None


@PAYMENT_ACTIONS.handles("setMethodInfoName", SetMethodInfoName)
def _set_method_name(_request: Request, draft: Json, action: SetMethodInfoName) -> None:
    assign(draft["paymentMethodInfo"], "name", action.name)


class SetMethodInfoInterfaceAccount(Strict):
    """`setMethodInfoInterfaceAccount`"""

    interfaceAccount: str | None = None


@PAYMENT_ACTIONS.handles("setMethodInfoInterfaceAccount", SetMethodInfoInterfaceAccount)
def _set_account(_request: Request, draft: Json, action: SetMethodInfoInterfaceAccount) -> None:
    assign(draft["paymentMethodInfo"], "interfaceAccount", action.interfaceAccount)


class SetMethodInfoToken(Strict):
    """`setMethodInfoToken`"""

    token: TokenDraft | None = None


@PAYMENT_ACTIONS.handles("setMethodInfoToken", SetMethodInfoToken)
def _set_token(_request: Request, draft: Json, action: SetMethodInfoToken) -> None:
    assign(draft["paymentMethodInfo"], "token", action.token.wire() if action.token else None)


class SetMethodInfo(Strict):
    """`setMethodInfo`: several members at once; custom fields that are not provided are removed."""

    paymentInterface: str | None = None
    method: str | None = None
    name: LocalizedString | None = None
    token: TokenDraft | None = None
    interfaceAccount: str | None = None
    custom: CustomFieldsDraft | None = None


@PAYMENT_ACTIONS.handles("setMethodInfo", SetMethodInfo)
def _set_method_info(request: Request, draft: Json, action: SetMethodInfo) -> None:
    info = draft["paymentMethodInfo"]
    if action.paymentInterface is not None:
        assign_once(info, "paymentInterface", action.paymentInterface)
    for name in action.model_fields_set - {"paymentInterface", "token", "custom"}:
        assign(info, name, getattr(action, name))
    if "token" in action.model_fields_set:
        assign(info, "token", action.token.wire() if action.token else None)
    assign(info, "custom", custom_fields(request.project, action.custom) if action.custom else None)


@PAYMENT_ACTIONS.handles("setMethodInfoCustomType", custom.SetCustomType)
def _set_method_custom_type(request: Request, draft: Json, action: custom.SetCustomType) -> None:
    custom.set_type(request.project, draft["paymentMethodInfo"], action)


@PAYMENT_ACTIONS.handles("setMethodInfoCustomField", custom.SetCustomField)
def _set_method_custom_field(request: Request, draft: Json, action: custom.SetCustomField) -> None:
    custom.set_field(request.project, draft["paymentMethodInfo"], action)
