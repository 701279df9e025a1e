"""Serves the description of the JSON endpoints: as `GET /openapi.json`, and as a page at `GET /docs`."""

from __future__ import annotations

import hashlib
import json

from flask import Blueprint, Response, current_app, render_template, request

from monext_bridge.web.api import models
from monext_bridge.web.endpoints import (
    UNLIMITED,
    Answers,
    Description,
    Endpoint,
    Principal,
    endpoints_of,
)
from monext_bridge.web.http import services
from monext_bridge.web.openapi.document import describe
from monext_bridge.web.openapi.faults import ERROR_EXAMPLE, FAULTS, OUTCOMES
from monext_bridge.web.openapi.page import sections, token_command

blueprint = Blueprint("openapi", __name__)

DESCRIPTION_KEPT_FOR = 300
"""Seconds for which either may be cached: they change only with a release or a setting."""

KEPT_AS = "monext_bridge.openapi"


@blueprint.get("/openapi.json")
@Endpoint(
    does="the JSON addresses as OpenAPI 3.1",
    caller=Principal.ANYBODY,
    limits=UNLIMITED,  # the description is computed once, and clients may cache it
    answers=Answers.JSON,
    calls_remotes=False,
    description=Description(
        "This description", "OpenAPI 3.1. Has an ETag.", answers={200: models.ApiDescription, 304: None}
    ),
)
def description() -> Response:
    """Answer the same bytes as long as the process lives, or 304 to a client that has them."""
    return _cacheable(Response(_description(), content_type="application/json"))


@blueprint.get("/docs")
@Endpoint(
    does="the same to read, with examples",
    caller=Principal.ANYBODY,
    limits=UNLIMITED,  # as for the description
    answers=Answers.PAGE,
    calls_remotes=False,
)
def docs() -> Response:
    """Show the description in words, with examples for a shell and without any script."""
    document = json.loads(_description())
    page = render_template(
        "docs.html",
        document=document,
        sections=sections(document),
        token_command=token_command(document),
        error_example=json.dumps(ERROR_EXAMPLE, indent=2),
        faults=FAULTS,
        outcomes=OUTCOMES,
    )
    return _cacheable(Response(page, content_type="text/html; charset=utf-8"))


def _description() -> bytes:
    """Return the description, which is computed once for each application."""
    kept: bytes | None = current_app.extensions.get(KEPT_AS)
    if kept is None:
        settings = services().settings
        document = describe(
            current_app.url_map.iter_rules(),
            endpoints=endpoints_of(current_app),
            public_url=settings.public_url,
            auth_url=settings.commercetools.auth_url,
        )
        kept = current_app.extensions[KEPT_AS] = json.dumps(document, ensure_ascii=False).encode()
    return kept


def _cacheable(response: Response) -> Response:
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32])
    response.cache_control.public, response.cache_control.max_age = True, DESCRIPTION_KEPT_FOR
    response.make_conditional(request)
    return response
