"""Tells commercetools for whom the bridge writes, so that its own history names who did it.

https://docs.commercetools.com/api/client-logging: what stands in `X-External-User-ID` is kept in `createdBy` and
`lastModifiedBy`, as `externalUserId`. Nothing that identifies a person may stand there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

EXTERNAL_USER = "X-External-User-ID"

_principal: ContextVar[str | None] = ContextVar("acting_principal", default=None)


@contextmanager
def acting_as(principal: str) -> Iterator[None]:
    """Writes inside are made for this principal, also those of calls that `runtime.together` makes."""
    before = _principal.set(principal)
    try:
        yield
    finally:
        _principal.reset(before)


def acting_principal() -> str | None:
    """Returns the principal for whom writes are made now, None where they are the bridge's everyday ones."""
    return _principal.get()


def external_user(method: str) -> Mapping[str, str]:
    """Returns the header that a request of this method carries; none for a request that writes nothing."""
    principal = _principal.get()
    return {EXTERNAL_USER: principal} if principal and method != "GET" else {}
