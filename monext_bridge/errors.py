"""Defines every error that the bridge raises on purpose.

BridgeError
├── SettingsError              start-up: every fault of the environment, in one message
├── SchedulerBusy              a pass of reconciliation is under way elsewhere, over the same queue
├── PageNotFetched          a page that a check looks at, or what it loads, can't be fetched
├── StoreNotConfigured         a cart of a store that no setting names (503)
├── RequestError               what came in can't be served; nothing was done
│   ├── Malformed              400: an id, a parameter, a token or a reference of the wrong shape
│   │   ├── InvalidJson        the body is not JSON
│   │   └── MissingField       a field of the body that has to be there
│   ├── Unauthenticated        401: the JSON API was called without a valid proof of who calls
│   ├── Forbidden              403: a signature, a session or a token that is not the right one
│   │   └── LinkExpired        a link or a reference whose time to start a payment is over
│   ├── NotFound               404: no such cart or payment
│   ├── Conflict               409: the state forbids it
│   │   └── CartNotPayable     the cart can't be paid as it is, with the reason
│   ├── KeyReused              422: an idempotency key with another request than before
│   └── TooMany                429: more than is reasonable was asked for in a short time
└── RemoteError                commercetools or Monext did not do what was asked
    ├── RemoteRefused          an answer that says no, for good: status and codes tell why (502)
    │   ├── RemoteNotFound     404 of the remote
    │   ├── VersionConflict    409 ConcurrentModification: read again and decide again
    │   └── DuplicateField     400: the value of `field` is taken
    └── RemoteUnavailable      no answer that decides anything; what was asked may or may not have happened (503)
        ├── RemoteUnreachable  certainly not executed: the request never left (503)
        ├── RemoteTimeout      sent, and not answered in time (504)
        ├── RemoteTooLarge     sent, and answered with more than anybody reads (503)
        ├── OperationUnknown   whether a capture, cancel or refund happened: ask again with the same key (503)
        ├── OrderRefusedForNow commercetools refuses an order for a reason that may pass: tried again (503)
        └── EarlierAttemptUnknown  an earlier attempt of the cart can't be read, so none is begun (503)
"""

from __future__ import annotations

from typing import Literal

RemoteName = Literal["commercetools", "monext"]


class BridgeError(Exception):
    """Is the base of all errors. Its text is for the log and the operator, never for the buyer."""


class SettingsError(BridgeError):
    """The environment can't be used. `faults` names each fault, without any secret's value."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(["The settings can't be used:", *(f"  - {fault}" for fault in faults)]))
        self.faults = faults


class StoreNotConfigured(BridgeError):
    """A setting is given by store, and this store (or a cart without one) is not in it."""

    def __init__(self, *, store_key: str | None, setting: str) -> None:
        super().__init__(
            f"{setting} names no value for {f'store {store_key!r}' if store_key else 'no store'}"
        )
        self.store_key = store_key
        self.setting = setting


class PageNotFetched(BridgeError):
    """A page that a check looks at, or what it loads, can't be fetched, so nothing is known about it."""


class SchedulerBusy(BridgeError):
    """Another pass of reconciliation is under way over the same queue. It finds what this one was for."""


class RequestError(BridgeError):
    """The request can't be served. `field` names the parameter at fault, where there is one.

    `others` are further faults of the same request, each with its own field.
    """

    status = 400
    code = "General"

    def __init__(
        self, message: str, *, field: str | None = None, others: tuple[RequestError, ...] = ()
    ) -> None:
        super().__init__(message)
        self.field = field
        self.others = others


class Malformed(RequestError):
    status, code = 400, "InvalidField"


class InvalidJson(Malformed):
    code = "InvalidJsonInput"


class MissingField(Malformed):
    code = "RequiredField"


class Unauthenticated(RequestError):
    status, code = 401, "invalid_token"


class Forbidden(RequestError):
    status, code = 403, "access_denied"


class LinkExpired(Forbidden):
    """A link, or the access that a reference carries, has ended. The shop can make a new link."""


class NotFound(RequestError):
    status, code = 404, "ResourceNotFound"


class Conflict(RequestError):
    status, code = 409, "InvalidOperation"


class CartNotPayable(Conflict):
    """The cart can't be paid. `reason` is one of `domain.record.NotPayable`; the page puts it into words."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the cart can't be paid: {reason}")
        self.reason = reason


class KeyReused(RequestError):
    status, code = 422, "InvalidField"


class TooMany(RequestError):
    status, code = 429, "General"


class RemoteError(BridgeError):
    def __init__(self, message: str, *, remote: RemoteName) -> None:
        super().__init__(message)
        self.remote: RemoteName = remote


class RemoteRefused(RemoteError):
    """The remote answered no.

    `codes` are the vendor's error codes, in the vendor's order. `about` has for each of them what it is about, a
    field or a type of resource, and an empty text where it does not say.
    """

    def __init__(
        self,
        message: str,
        *,
        remote: RemoteName,
        status: int,
        codes: tuple[str, ...] = (),
        about: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message, remote=remote)
        self.status = status
        self.codes = codes
        self.about = about


class RemoteNotFound(RemoteRefused):
    pass


class VersionConflict(RemoteRefused):
    """Another writer was first. Never send the same updates again: read, decide, write."""


class DuplicateField(RemoteRefused):
    def __init__(self, message: str, *, remote: RemoteName, status: int, field: str) -> None:
        super().__init__(message, remote=remote, status=status, codes=("DuplicateField",))
        self.field = field


class RemoteUnavailable(RemoteError):
    """No answer decides anything. `retry_after` is in how many seconds to try again, None where that is not known."""

    def __init__(self, message: str, *, remote: RemoteName, retry_after: float | None = None) -> None:
        super().__init__(message, remote=remote)
        self.retry_after = retry_after


class RemoteUnreachable(RemoteUnavailable):
    pass


class RemoteTimeout(RemoteUnavailable):
    pass


class RemoteTooLarge(RemoteUnavailable):
    """The answer was not read to its end, so it says nothing: neither that something was done nor that it was not."""


class OrderRefusedForNow(RemoteUnavailable):
    """commercetools refuses an order for a reason of the cart that may pass. The text says until when it is tried."""


class EarlierAttemptUnknown(RemoteUnavailable):
    """It is not known whether the buyer has paid already.

    Only this failure of a start does not prove that nothing was taken.
    """


class OperationUnknown(RemoteUnavailable):
    """It is not known yet whether Monext did it. A call with the same key finds out; another might do it twice."""
