"""Monext's results: title, code and detail (sections 3 and 3.1 of its return code pages)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

FINAL_TITLES = frozenset({"ACCEPTED", "REFUSED", "CANCELLED", "ERROR"})


@dataclass(frozen=True, slots=True)
class Result:
    """What Monext says about a request, a session or a transaction."""

    title: str
    code: str
    detail: str

    @property
    def is_final(self) -> bool:
        return self.title in FINAL_TITLES

    def as_json(self) -> dict[str, str]:
        return {"title": self.title, "code": self.code, "detail": self.detail}


@dataclass(frozen=True, slots=True)
class InvalidParam:
    """One field that breaks the published limits."""

    name: str
    reason: str
    arguments: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        return {
            "name": self.name[:255],
            "reason": self.reason[:255],
            "codes": ["{form.group.error}"],
            "arguments": list(self.arguments),
        }


class ApiError(Exception):
    """A request that the API turns down with an HTTP error and a flat Result."""

    def __init__(self, status: int, answer: Result, *, invalid: Sequence[InvalidParam] = ()) -> None:
        super().__init__(f"{status} {answer.code} {answer.detail}")
        self.status = status
        self.answer = answer
        self.invalid = tuple(invalid)

    def as_json(self) -> dict[str, object]:
        body: dict[str, object] = {**self.answer.as_json()}
        if self.invalid:
            body["invalidParams"] = [param.as_json() for param in self.invalid]
        return body


_CODES: dict[str, tuple[str, str]] = {
    "00000": ("ACCEPTED", "Transaction approved"),
    "01100": ("REFUSED", "Do not honor"),
    "01101": ("REFUSED", "Card expired"),
    "01103": ("REFUSED", "Contact your bank for authorization"),
    "01108": ("REFUSED", "Contact your bank for special condition"),
    "01109": ("ERROR", "Invalid merchant"),
    "01110": ("ERROR", "Invalid amount"),
    "01111": ("REFUSED", "Invalid card number"),
    "01116": ("REFUSED", "Amount limit"),
    "01117": ("REFUSED", "Invalid PIN"),
    "01118": ("REFUSED", "Card not registered"),
    "01119": ("REFUSED", "Transaction not authorized"),
    "01120": ("REFUSED", "Transaction refused by terminal"),
    "01121": ("REFUSED", "Debit limit exceeded"),
    "01122": ("REFUSED", "Security violation"),
    "01123": ("REFUSED", "Debit transaction frequency exceeded"),
    "01125": ("REFUSED", "Inactive card"),
    "01129": ("REFUSED", "Counterfeit suspected"),
    "01130": ("REFUSED", "Invalid CVV2"),
    "01131": ("REFUSED", "3D Secure authentication required"),
    "01180": ("ERROR", "Invalid bank"),
    "01181": ("ERROR", "Invalid currency"),
    "01196": ("ERROR", "Incomplete answer of the bank"),
    "01197": ("ERROR", "Acquirer communication error"),
    "01199": ("ERROR", "Back-end internal error"),
    "01200": ("REFUSED", "Do not honor"),
    "01201": ("REFUSED", "Card expired"),
    "01202": ("REFUSED", "Fraud suspected by partner"),
    "01206": ("REFUSED", "Number of attempts exceeded"),
    "01207": ("REFUSED", "Special condition"),
    "01208": ("REFUSED", "Card lost"),
    "01209": ("REFUSED", "Card stolen"),
    "01902": ("REFUSED", "Invalid transaction"),
    "01904": ("REFUSED", "Format error"),
    "01907": ("REFUSED", "Card provider server error"),
    "01909": ("REFUSED", "Bank server internal error"),
    "01912": ("REFUSED", "Card provider server unknown or unavailable"),
    "01913": ("REFUSED", "Transaction already exists"),
    "02000": ("ONHOLD_PARTNER", "Transaction in progress, please wait for the transaction status"),
    "02001": ("ERROR", "Duplicate transaction"),
    "02002": ("ERROR", "Duplicate transaction, the first one is pending"),
    "02003": ("REFUSED", "Issuer communication error, the transaction must be cancelled"),
    "02005": ("ONHOLD_PARTNER", "Transaction in progress"),
    "02006": ("ONHOLD_PARTNER", "Transaction in progress, retry in progress"),
    "02008": ("CANCELLED", "Payment cancelled by the user"),
    "02011": ("ERROR", "The transaction is to be reversed"),
    "02013": ("ERROR", "Communication error, the transaction is to be reversed"),
    "02015": ("REFUSED", "Transaction in progress"),
    "02016": ("ONHOLD_PARTNER", "Transaction on hold at the partner"),
    "02020": ("REFUSED", "Transaction refused by the partner"),
    "02101": ("ERROR", "Front-end internal error"),
    "02102": ("ERROR", "Acquirer server communication error"),
    "02103": ("ERROR", "Connection timeout"),
    "02105": ("ERROR", "Capture sent for settlement before cancellation process"),
    "02106": ("ERROR", "Partner error"),
    "02110": ("ERROR", "Invalid amount"),
    "02301": ("ERROR", "Transaction ID is invalid"),
    "02302": ("ERROR", "Transaction is invalid"),
    "02303": ("ERROR", "Invalid contract number"),
    "02304": ("ERROR", "No transaction found for this token"),
    "02305": ("ERROR", "Invalid field format, please refer to the user guide"),
    "02306": ("INPROGRESS", "Customer has to fill in the payment data"),
    "02319": ("CANCELLED", "Payment cancelled by the buyer"),
    "02324": ("CANCELLED", "Session expired"),
    "02533": ("INPROGRESS", "Payment in progress"),
    "02601": ("ERROR", "Transaction reset"),
    "02602": ("ERROR", "Transaction reset already"),
    "02619": ("ERROR", "Re-authorization option not available"),
    "03003": ("REFUSED", "3D Secure authentication failed"),
    "03022": ("CANCELLED", "3D Secure authentication cancelled"),
    "04003": ("PENDING_RISK", "Fraud alert, manual review"),
}
CODES = MappingProxyType(_CODES)


def result(code: str, *, title: str = "REFUSED", codes: Mapping[str, tuple[str, str]] = CODES) -> Result:
    """The result of a return code; one that the table lacks gets `title`."""
    known_title, detail = codes.get(code, (title, "See the list of return codes"))
    return Result(known_title, code, detail)


ACCEPTED = result("00000")
UNAUTHORIZED = Result("Unauthorized", "401", "Authentication failed: wrong merchant id or access key")
