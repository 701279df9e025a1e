"""Defines what the bridge writes to a Payment, as values: one class for each update action that it uses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monext_bridge.domain.ids import MonextTransactionId, RecordTransactionId, SessionToken
from monext_bridge.domain.money import Money
from monext_bridge.domain.record.payment import StartNote, TransactionState, TransactionType


@dataclass(frozen=True, slots=True)
class SetKey:
    key: str


@dataclass(frozen=True, slots=True)
class ChangeAmountPlanned:
    amount: Money


@dataclass(frozen=True, slots=True)
class SetInterfaceId:
    """Sets the session token, which can't be changed once it is set."""

    token: SessionToken


@dataclass(frozen=True, slots=True)
class SetStatusCode:
    code: str


@dataclass(frozen=True, slots=True)
class SetStatusText:
    """Sets the text of the status. The start note stays beside it."""

    text: str


@dataclass(frozen=True, slots=True)
class SetStartNote:
    """Sets the start note. The text of the status stays beside it."""

    note: StartNote


@dataclass(frozen=True, slots=True)
class SetMethod:
    """Sets Monext's instrument code (CB, PAYPAL, IDEAL ...). The method's name is written beside it."""

    method: str


@dataclass(frozen=True, slots=True)
class AddTransaction:
    type: TransactionType
    state: TransactionState
    amount: Money
    interaction_id: str
    timestamp: datetime
    interface_id: MonextTransactionId | None = None


@dataclass(frozen=True, slots=True)
class ChangeTransactionState:
    transaction_id: RecordTransactionId
    state: TransactionState


@dataclass(frozen=True, slots=True)
class ChangeTransactionTimestamp:
    transaction_id: RecordTransactionId
    timestamp: datetime


@dataclass(frozen=True, slots=True)
class ChangeInteractionId:
    transaction_id: RecordTransactionId
    interaction_id: str


@dataclass(frozen=True, slots=True)
class SetTransactionInterfaceId:
    transaction_id: RecordTransactionId
    interface_id: MonextTransactionId


Update = (
    SetKey
    | ChangeAmountPlanned
    | SetInterfaceId
    | SetStatusCode
    | SetStatusText
    | SetStartNote
    | SetMethod
    | AddTransaction
    | ChangeTransactionState
    | ChangeTransactionTimestamp
    | ChangeInteractionId
    | SetTransactionInterfaceId
)
