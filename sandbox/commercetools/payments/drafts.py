"""Drafts of payments and transactions, and what is stored for them."""

from typing import Literal

from sandbox.commercetools.references import custom_fields, reference
from sandbox.commercetools.schema import (
    CustomFieldsDraft,
    IdentifierDraft,
    LocalizedString,
    Moment,
    MoneyDraft,
    Strict,
    check_key,
    money_of,
    parse,
)
from sandbox.commercetools.state import Project, Request
from sandbox.commercetools.wire import Json, new_id, without_nulls

TransactionType = Literal["Authorization", "CancelAuthorization", "Charge", "Refund", "Chargeback"]
TransactionState = Literal["Initial", "Pending", "Success", "Failure"]


class TokenDraft(Strict):
    """A tokenised payment method."""

    value: str


class TransactionDraft(Strict):
    """A transaction; without a state it is Initial."""

    type: TransactionType
    amount: MoneyDraft
    timestamp: Moment | None = None
    interactionId: str | None = None
    state: TransactionState | None = None
    interfaceId: str | None = None
    custom: CustomFieldsDraft | None = None


class MethodInfoDraft(Strict):
    """PSP and payment method."""

    paymentInterface: str | None = None
    method: str | None = None
    name: LocalizedString | None = None
    token: TokenDraft | None = None
    interfaceAccount: str | None = None
    custom: CustomFieldsDraft | None = None


class StatusDraft(Strict):
    """What the PSP says of the payment."""

    interfaceCode: str | None = None
    interfaceText: str | None = None
    state: IdentifierDraft | None = None


class PaymentDraft(Strict):
    """A payment."""

    amountPlanned: MoneyDraft
    key: str | None = None
    customer: IdentifierDraft | None = None
    anonymousId: str | None = None
    interfaceId: str | None = None
    paymentMethodInfo: MethodInfoDraft | None = None
    paymentStatus: StatusDraft | None = None
    transactions: list[TransactionDraft] | None = None
    interfaceInteractions: list[CustomFieldsDraft] | None = None
    custom: CustomFieldsDraft | None = None


def create_payment(request: Request, body: object) -> Json:
    """Store a payment.

    Raises InvalidJsonInput, InvalidInput for a malformed key, ReferencedResourceNotFound, and
    DuplicateField where key, (payment interface, interfaceId) or a transaction's interfaceId is taken.
    """
    draft = parse(PaymentDraft, body)
    project = request.project
    content: Json = {
        "key": check_key(draft.key),
        "customer": reference(project, draft.customer, kind="customer") if draft.customer else None,
        "anonymousId": draft.anonymousId,
        "interfaceId": draft.interfaceId,
        "amountPlanned": money_of(draft.amountPlanned),
        "paymentMethodInfo": _method_info(project, draft.paymentMethodInfo or MethodInfoDraft()),
        "paymentStatus": _status(project, draft.paymentStatus or StatusDraft()),
        "transactions": [transaction(project, item) for item in draft.transactions or []],
        "interfaceInteractions": [custom_fields(project, item) for item in draft.interfaceInteractions or []],
        "custom": custom_fields(project, draft.custom) if draft.custom else None,
    }
    return project.insert("payment", without_nulls(content), caller=request.caller)


def transaction(project: Project, draft: TransactionDraft) -> Json:
    """A transaction as it is stored, with a new id."""
    return {
        **draft.wire(),
        "id": new_id(),
        "amount": money_of(draft.amount),
        "state": draft.state or "Initial",
        **({"custom": custom_fields(project, draft.custom)} if draft.custom else {}),
    }


def _method_info(project: Project, draft: MethodInfoDraft) -> Json:
    custom = {"custom": custom_fields(project, draft.custom)} if draft.custom else {}
    return {**draft.wire(), **custom}


def _status(project: Project, draft: StatusDraft) -> Json:
    state = {"state": reference(project, draft.state, kind="state")} if draft.state else {}
    return {**draft.wire(), **state}
