"""Makes the tables of addresses and limits from what the endpoints declare, in the order of the routes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from monext_bridge.web import create_routes
from monext_bridge.web.endpoints import (
    Counted,
    Endpoint,
    RateLimit,
    RateLimitKey,
    declared_endpoints,
    method_of,
)

ADDRESSES = ("Address", "Called by", "What it does")
LIMITS = ("Address", "At most")
OF_ONE = {
    RateLimitKey.ADDRESS: "from an address",
    RateLimitKey.CART: "for a cart",
    RateLimitKey.KNOWN_CART: "for a cart by its id alone",
    RateLimitKey.KNOWN_CART_FROM: "for a cart by its id alone from an address",
    RateLimitKey.PAYMENT: "for a payment",
    RateLimitKey.SESSION: "for a session",
}
NOT_PROVED = {
    Counted.REFUSED: "refused (401, 403), together: {figure}; what is proved is not affected",
    Counted.LOOKED_UP: "tokens, sessions, cart ids and certificates that a remote is asked about and does not know, "
    "together: {figure}; what one knew less than a minute ago is not affected",
}
ARGUMENT = re.compile(r"<.*")


def renewed(document: str) -> str:
    """Return the document with both tables as the code has them. Raises ValueError where one is missing."""
    return _with_table(_with_table(document, ADDRESSES, address_rows()), LIMITS, limit_rows())


def address_rows() -> list[Sequence[str]]:
    return [(f"`{method} {path}`", endpoint.callers, endpoint.does) for method, path, endpoint in _served()]


def limit_rows() -> list[Sequence[str]]:
    """Return a row for each set of limits: the addresses that share it, and its figures for a minute.

    What is proved comes first; then each limit of what is not proved has a row.
    """
    groups: dict[tuple[RateLimit, ...], dict[str, Endpoint]] = {}
    for counted in Counted:
        for _, path, endpoint in _served():
            limits = tuple(limit for limit in endpoint.limits if limit.counts is counted)
            if limits:
                groups.setdefault(limits, {})[ARGUMENT.sub("…", path)] = endpoint
    return [
        (", ".join(f"`{path}`" for path in found), _figures(limits, list(found.values())))
        for limits, found in groups.items()
    ]


def _served() -> list[tuple[str, str, Endpoint]]:
    """Return method, path and declaration of every route; Flask's own, the static files, come last."""
    app = create_routes()
    endpoints = declared_endpoints(app)
    rules = sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint == "static")
    return [(method_of(rule), rule.rule, endpoints[rule.endpoint]) for rule in rules]


def _figures(limits: Iterable[RateLimit], endpoints: Sequence[Endpoint]) -> str:
    words = ", ".join(_figure(limit) for limit in limits)
    if any(limit.counts in NOT_PROVED for limit in limits):
        return words
    if len(endpoints) > 1:
        words += ", together"
    if any(endpoint.bare_503_when_limited for endpoint in endpoints):
        words += "; then 503, so that Monext sends it again"
    return words


def _figure(limit: RateLimit) -> str:
    figure = f"{limit.amount} {OF_ONE[limit.key]}"
    return NOT_PROVED.get(limit.counts, "{figure}").format(figure=figure)


def _with_table(document: str, heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = f"{_line(heading)}|{'---|' * len(heading)}\n"
    before, found, after = document.partition(head)
    if not found:
        raise ValueError(f"there is no table with the heading {' | '.join(heading)}")
    _, _, rest = after.partition("\n\n")
    return f"{before}{head}{''.join(map(_line, rows))}\n{rest}"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |\n"
