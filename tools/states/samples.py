"""Makes payments in every state. The document of the states is printed by asking the code about each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from monext_bridge.domain.ids import (
    CartId,
    MonextTransactionId,
    OrderId,
    OrderNumber,
    PaymentId,
    RecordTransactionId,
    SessionToken,
)
from monext_bridge.domain.money import Money
from monext_bridge.domain.operations import REVERSAL_PREFIX, UNSENT
from monext_bridge.domain.record import (
    LandingPages,
    Order,
    Payment,
    ReversalReason,
    Transaction,
    TransactionState,
    TransactionType,
)

CART_ID = CartId("c0000000-0000-4000-8000-000000000001")
PAYMENT_ID = PaymentId("p")
TOKEN = SessionToken("session")
SEEN = datetime(2026, 1, 1, tzinfo=UTC)
PRICE = Money(10000, "EUR")
GIVE_BACK = f"{REVERSAL_PREFIX}{TOKEN}"

INITIAL, PENDING, SUCCESS, FAILURE = TransactionState
AUTHORIZATION, CANCEL, CHARGE, REFUND = (
    TransactionType.AUTHORIZATION,
    TransactionType.CANCEL_AUTHORIZATION,
    TransactionType.CHARGE,
    TransactionType.REFUND,
)

LANDING = LandingPages("https://shop.example.com/RETURN_URL", "https://shop.example.com/CANCEL_URL")
ORDER = Order(
    OrderId("o"), version=1, number=OrderNumber("1"), cart_id=CART_ID, total=PRICE, payment_ids=(PAYMENT_ID,)
)


@dataclass(frozen=True, slots=True)
class Sample:
    """Holds a payment. `case` tells it from the others of its attempt status."""

    payment: Payment
    case: str = ""


def _session_transaction(kind: TransactionType, state: TransactionState) -> Transaction:
    monext_id = MonextTransactionId("1") if state is SUCCESS else None
    return Transaction(RecordTransactionId("main"), kind, state, PRICE, TOKEN, monext_id, SEEN)


def _operation(
    kind: TransactionType, amount: int, state: TransactionState = SUCCESS, mark: str = ""
) -> Transaction:
    name = f"{kind}-{amount}~01234567{mark}"
    return Transaction(
        RecordTransactionId(name), kind, state, PRICE.with_amount(amount), name, timestamp=SEEN
    )


def _reversal(kind: TransactionType, state: TransactionState) -> Transaction:
    return Transaction(
        RecordTransactionId("back"), kind, state, PRICE, f"{GIVE_BACK}~01234567", timestamp=SEEN
    )


def _payment(*transactions: Transaction, code: str | None = None, text: str | None = None) -> Payment:
    return Payment(
        PAYMENT_ID,
        version=1,
        planned=PRICE,
        key=f"{CART_ID}-1-0123456789ab",
        interface="monext",
        interface_id=TOKEN if transactions else None,
        status_code=code,
        status_text=text,
        transactions=transactions,
    )


def _accepted(*transactions: Transaction) -> Payment:
    return _payment(*transactions, code="00000", text="ACCEPTED: ")


def _to_be_reversed(*transactions: Transaction) -> Payment:
    return _payment(
        *transactions,
        code=ReversalReason.AMOUNT_MISMATCH.value,
        text="Planned 10000 EUR, Monext took 9000 EUR",
    )


def _failed(code: str, title: str) -> Payment:
    return _payment(_session_transaction(CHARGE, FAILURE), code=code, text=f"{title}: ")


AUTHORISED, CHARGED = _session_transaction(AUTHORIZATION, SUCCESS), _session_transaction(CHARGE, SUCCESS)

SAMPLES = (
    Sample(_payment()),
    Sample(_payment(_session_transaction(CHARGE, INITIAL), text="https://monext.example.com")),
    Sample(_payment(_session_transaction(CHARGE, PENDING), code="02016", text="ONHOLD_PARTNER: ")),
    Sample(
        _payment(_session_transaction(CHARGE, PENDING), code="02016", text="PENDING_RISK: "),
        "title PENDING_RISK",
    ),
    Sample(_accepted(AUTHORISED), "no operation yet"),
    Sample(_accepted(AUTHORISED, _operation(CHARGE, 4000, INITIAL)), "a capture of 4000 under way"),
    Sample(_accepted(CHARGED), "all captured"),
    Sample(_accepted(AUTHORISED, _operation(CHARGE, 4000)), "4000 captured, the rest not"),
    Sample(
        _accepted(AUTHORISED, _operation(CHARGE, 4000), _operation(CANCEL, 6000)),
        "4000 captured, the rest cancelled",
    ),
    Sample(_accepted(CHARGED, _operation(REFUND, 4000, PENDING)), "a refund of 4000 under way"),
    Sample(
        _accepted(CHARGED, _operation(REFUND, 4000, INITIAL, f"~{UNSENT}")),
        "an unsent refund of 4000",
    ),
    Sample(_accepted(CHARGED, _operation(REFUND, 10000)), "refunded"),
    Sample(_failed("01100", "REFUSED"), "declined"),
    Sample(_failed("02319", "CANCELLED"), "cancelled"),
    Sample(_failed("02324", "ERROR"), "expired"),
    Sample(_accepted(AUTHORISED, _operation(CANCEL, 10000)), "authorised, then all cancelled"),
    Sample(_to_be_reversed(CHARGED, _reversal(REFUND, INITIAL)), "reversal under way"),
    Sample(_to_be_reversed(CHARGED, _reversal(REFUND, SUCCESS)), "reversed by a refund"),
    Sample(_to_be_reversed(AUTHORISED, _reversal(CANCEL, SUCCESS)), "reversed by a cancel"),
    Sample(_to_be_reversed(CHARGED, _reversal(REFUND, FAILURE)), "reversal rejected"),
)
