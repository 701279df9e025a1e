"""Checks what a request brings before anything else uses it: ids, tokens, languages, modes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar

from flask import Request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from monext_bridge.config import CheckoutMode, PaymentMethod, Settings
from monext_bridge.domain.ids import CartId, SessionToken
from monext_bridge.errors import Malformed
from monext_bridge.services.checkout import StartOptions
from monext_bridge.services.outcome import allowed_landing_url

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SESSION_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,49}")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,2}")
POLL = re.compile(r"[1-9][0-9]{0,2}")
RETURN_TOKENS = ("paylinetoken", "monext_session_id", "token")
"""Names under which Monext may hand the session token back.

A setting of the point of sale decides which one, and may be any other: the reference alone names the payment then.
"""


LONGEST_WISH = 1000
"""Characters that are read of a header by which a browser wishes for languages or types. Browsers send some
fifty, and each thousand takes half a millisecond."""

A = TypeVar("A", bound=Accept)


def wishes(request: Request, header: str, *, kind: type[A]) -> A:
    """Return what `Accept` or `Accept-Language` of a request wishes for, best first. What is too much is not read."""
    return parse_accept_header(request.headers.get(header, "")[:LONGEST_WISH], kind)


def uuid(text: str, *, field: str) -> str:
    if not UUID.fullmatch(text):
        raise Malformed("not an id of commercetools", field=field)
    return text


def cart_id(text: str) -> CartId:
    return CartId(uuid(text, field="cart_id"))


def token(args: Mapping[str, object], *, names: tuple[str, ...]) -> SessionToken | None:
    """Return the first value that is given under one of the names; None where there is none, or an empty one.

    Raises Malformed where any value under these names can't be a token.
    """
    given = {name: args[name] for name in names if args.get(name) not in (None, "")}
    for name, value in given.items():
        if not isinstance(value, str) or not SESSION_TOKEN.fullmatch(value):
            raise Malformed("not a session token", field=name)
    return next((SessionToken(str(value)) for value in given.values()), None)


def language(text: str | None, *, field: str = "lang") -> str | None:
    if text is None:
        return None
    if not LANGUAGE.fullmatch(text):
        raise Malformed("not a language tag", field=field)
    return text.replace("_", "-")


def mode(text: str | None, *, default: CheckoutMode, field: str = "mode") -> CheckoutMode:
    if text is None:
        return default
    try:
        return CheckoutMode(text)
    except ValueError as error:
        raise Malformed("one of widget, redirect, direct", field=field) from error


def polls_so_far(text: str | None) -> int:
    """Return how often the page has polled by itself; 0 where a person has opened it."""
    if not text:
        return 0
    if not POLL.fullmatch(text):
        raise Malformed("a small number is needed", field="waiting")
    return int(text)


def method(text: str | None, *, field: str = "method") -> PaymentMethod | None:
    if text is None:
        return None
    try:
        return PaymentMethod(text)
    except ValueError as error:
        raise Malformed("not a payment method", field=field) from error


def options(args: Mapping[str, str], *, settings: Settings) -> StartOptions:
    """Read the start options from the query of a checkout link."""
    return StartOptions(
        language=language(args.get("lang")),
        method=method(args.get("method")),
        return_url=allowed_landing_url(args.get("returnUrl"), field="returnUrl", settings=settings),
        cancel_url=allowed_landing_url(args.get("cancelUrl"), field="cancelUrl", settings=settings),
    )
