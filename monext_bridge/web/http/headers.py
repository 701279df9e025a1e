"""Sets the headers of every answer: what a page may load, who may frame it, what may be cached."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial

from flask import Flask, Response, g

from monext_bridge.config import Contracts, MonextEnvironment, origin_of
from monext_bridge.logs import event
from monext_bridge.web.http.widget_sources import Sources, wallet_sources, widget_sources

log = logging.getLogger(__name__)

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""What every answer has, with the reasons in docs/security.md. An answer that sets its own keeps it."""

NEVER_PERMITTED = "camera=(), display-capture=(), geolocation=(), microphone=()"
NO_PAYMENT = "payment=()"
HSTS = "max-age=31536000"
POLICY_HEADER = "Content-Security-Policy"
REPORT_HEADER = "Content-Security-Policy-Report-Only"
REPORTING_GROUP = "policy"
"""The name by which a policy refers to the address of its reports (https://www.w3.org/TR/reporting-1/)."""

OWN: Sources = {
    "default-src": (),
    "script-src": ("'self'",),
    "style-src": ("'self'",),
    "img-src": ("'self'", "data:"),
    "font-src": ("'self'",),
    "connect-src": ("'self'",),
    "frame-src": (),
    "object-src": (),
    "base-uri": (),
    "form-action": ("'self'",),
    "frame-ancestors": (),
}
"""What every page of ours may do. A directive without a source allows nothing."""

WITHOUT_BODY = (204, 304)

ALLOWED = ("sources", "image_sources", "picture_sources", "frame_ancestors")
"""Names in `flask.g` of what was allowed to the present answer beside `OWN`."""

ALWAYS_ENFORCED = ("object-src", "base-uri", "frame-ancestors")
"""The directives that hold with CSP_REPORT_ONLY as well. No widget needs plugins or another base of our links, and
a page that anybody may frame can be covered by a trap."""


def init_headers(
    app: Flask, *, report_only: bool = False, https: bool = False, reports: Callable[[], str] | None = None
) -> None:
    """Set up the headers of all answers.

    `report_only`: browsers only report what the policy of a page forbids. `https`: browsers may call this host by
    https alone from now on. `reports` returns the address that takes what browsers report of pages.
    """
    if report_only:
        then = "browsers report and load all the same; only framing, plugins and another base stay forbidden"
        event(log, "policy_report_only", level=logging.WARNING, setting="CSP_REPORT_ONLY", then=then)
    app.after_request(partial(_add_headers, report_only=report_only, https=https, reports=reports))


def nonce() -> str:
    """Return the request's nonce for scripts, the same at every call."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(18)
    return str(g.csp_nonce)


def allow_widget(
    widget_url: str, environment: MonextEnvironment, *, contracts: Contracts, extra: Sources
) -> None:
    """Let this answer load Monext's widget, and the buttons of the wallets that may be among its contracts.

    Its frames and forms may also go to banks. `extra` are sources that somebody has set beside what we know of.
    """
    allow_sources({"script-src": (f"'nonce-{nonce()}'",)})
    for sources in (
        widget_sources(widget_url, environment),
        *wallet_sources(contracts, nonce=nonce()),
        extra,
    ):
        allow_sources(sources)


def allow_image(url: str | None) -> None:
    """Let this answer show its shop's logo, an image of another host."""
    origin = origin_of(url) if url else None
    g.image_sources = {"img-src": (origin,)} if origin else {}


def allow_pictures(origins: Sequence[str]) -> None:
    """Let this answer show pictures of products from these origins, and from no other place but its shop's logo's."""
    g.picture_sources = {"img-src": tuple(origins)} if origins else {}


def allow_framing(origins: Sequence[str]) -> None:
    """Let pages of these origins frame this answer. Without any origin, nobody may frame it."""
    g.frame_ancestors = tuple(origins)


def allow_sources(sources: Sources) -> None:
    """Let this answer load from these as well. May be repeated: what was allowed stays."""
    g.setdefault("sources", []).append(sources)


def content_security_policy(directives: Iterable[str] = OWN) -> str:
    """Write these directives as this answer allows them."""
    extra = (
        g.get("image_sources"),
        g.get("picture_sources"),
        *g.get("sources", ()),
        _framing(g.get("frame_ancestors", ())),
    )
    allowed = (OWN, *filter(None, extra))
    directives = tuple(directives)
    return _written(directives, allowed) if len(allowed) > 1 else _own_policy(directives)


def _framing(origins: tuple[str, ...]) -> Sources:
    return {"frame-ancestors": origins} if origins else {}


@cache
def _own_policy(directives: tuple[str, ...]) -> str:
    """Write the policy of an answer that nothing more was allowed to, as nearly all are."""
    return _written(directives, (OWN,))


def _written(directives: Iterable[str], allowed: Sequence[Sources]) -> str:
    return "; ".join(
        " ".join((directive, *(_sources(directive, allowed) or ("'none'",)))) for directive in directives
    )


def _sources(directive: str, allowed: Sequence[Sources]) -> tuple[str, ...]:
    """Each source once, in the order in which they were allowed."""
    return tuple(dict.fromkeys(source for sources in allowed for source in sources.get(directive, ())))


def _add_headers(
    response: Response, *, report_only: bool, https: bool, reports: Callable[[], str] | None
) -> Response:
    if _is_page(response) or any(each in g for each in ALLOWED):
        added = _of_this_answer(response, report_only=report_only, https=https, reports=reports)
    else:
        added = _of_plain_answers(https=https)
    own = {name.lower() for name, _ in response.headers}
    response.headers.extend([(name, value) for name, value in added.items() if name.lower() not in own])
    return response


@cache
def _of_plain_answers(*, https: bool) -> Mapping[str, str]:
    """Return the headers of an answer that is no page and that nothing was allowed to: most are like that."""
    policy = {POLICY_HEADER: _own_policy(tuple(OWN))}
    return _together(policy, payment=NO_PAYMENT, framed=False, https=https)


def _of_this_answer(
    response: Response, *, report_only: bool, https: bool, reports: Callable[[], str] | None
) -> Mapping[str, str]:
    policy = _policy(response, report_only=report_only, reports=reports)
    framed = bool(g.get("frame_ancestors"))
    return _together(policy, payment=_payment_permission(), framed=framed, https=https)


def _together(policy: Mapping[str, str], *, payment: str, framed: bool, https: bool) -> Mapping[str, str]:
    added = {**ALWAYS, "Permissions-Policy": f"{NEVER_PERMITTED}, {payment}"}
    if not framed:
        # The older header can't name an origin. Where some origins may frame, only the policy says so.
        added["X-Frame-Options"] = "DENY"
    added |= policy
    if https:
        added["Strict-Transport-Security"] = HSTS
    return added


def _is_page(response: Response) -> bool:
    return response.mimetype == "text/html" and response.status_code not in WITHOUT_BODY


def _payment_permission() -> str:
    """Write who may ask a wallet for money: the page with the widget, and the frames that its policy names.

    A bank's frame is not among them. The widget leaves the page for a bank's challenge, and what the bank asks there
    is asked by its own page (https://www.w3.org/TR/payment-request/#permissions-policy).
    """
    if not g.get("sources"):
        return NO_PAYMENT
    framed = [each for sources in g.sources for each in sources.get("frame-src", ()) if "://" in each]
    origins = " ".join(("self", *(f'"{each}"' for each in dict.fromkeys(framed))))
    return f"payment=({origins})"


def _policy(response: Response, *, report_only: bool, reports: Callable[[], str] | None) -> dict[str, str]:
    """Return the headers that say what this answer may do, and where browsers report what it was kept from."""
    is_page = _is_page(response)
    found, told = {}, ""
    if is_page and reports:
        address = reports()
        found["Reporting-Endpoints"] = f'{REPORTING_GROUP}="{address}"'
        told = f"; report-uri {address}; report-to {REPORTING_GROUP}"
    enforced = ALWAYS_ENFORCED if report_only and is_page else tuple(OWN)
    found[POLICY_HEADER] = content_security_policy(enforced) + told
    if reported := tuple(directive for directive in OWN if directive not in enforced):
        found[REPORT_HEADER] = content_security_policy(reported) + told
    return found
