"""Gathers the declarations of an application's endpoints, once, from the views of its routes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import cast

from flask import Flask
from werkzeug.routing import Rule

from monext_bridge.web.endpoints.endpoint import ATTRIBUTE, Endpoint

Endpoints = Mapping[str, Endpoint]
"""Declarations by the name of the endpoint (`request.endpoint`), in the order of the routes."""

KEPT_AS = "monext_bridge.endpoints"
NOT_OF_THEIR_OWN = {"HEAD", "OPTIONS"}
"""Methods that Flask adds to a route."""


class UndeclaredEndpoint(RuntimeError):
    """An endpoint declares nothing, so nobody has said who may call it. The application does not start."""


def declared_endpoints(app: Flask) -> Endpoints:
    """Gather the declarations of all routes of `app`, which keeps them. Raises UndeclaredEndpoint, with all names."""
    names = list(dict.fromkeys(rule.endpoint for rule in app.url_map.iter_rules()))
    declared = {name: getattr(app.view_functions[name], ATTRIBUTE, None) for name in names}
    missing = [name for name, endpoint in declared.items() if endpoint is None]
    if missing:
        raise UndeclaredEndpoint(f"no Endpoint(...) is declared at: {', '.join(missing)}")
    kept: Endpoints = MappingProxyType(cast("dict[str, Endpoint]", declared))
    app.extensions[KEPT_AS] = kept
    return kept


def endpoints_of(app: Flask) -> Endpoints:
    """Return what `declared_endpoints` gathered."""
    return cast(Endpoints, app.extensions[KEPT_AS])


def method_of(rule: Rule) -> str:
    """Return the one method of a route. Flask's own HEAD and OPTIONS don't count, unless the route has no other."""
    methods = rule.methods or set()
    (method,) = methods - NOT_OF_THEIR_OWN or methods
    return method
