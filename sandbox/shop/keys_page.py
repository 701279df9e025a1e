"""Keys of Monext's merchants and API clients of commercetools: made and taken away, as their back offices do."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from sandbox.shop.calls import Json, answered, call
from sandbox.shop.shop import shop

pages = Blueprint("keys", __name__)


def known_keys() -> dict[str, Any]:
    """What the page of faults shows: the access keys by merchant, and the API clients without their secrets."""
    settings = shop().settings
    keys = answered(call("GET", f"{settings.monext_url}/_control/keys"))
    clients = answered(call("GET", f"{settings.commercetools_url}/_control/clients"))
    return {"merchants": keys["merchants"], "api_clients": clients["clients"]}


@pages.post("/faults/keys")
def make_key() -> Response:
    """One more access key of a merchant."""
    return _order("POST", f"{shop().settings.monext_url}/_control/keys", body={**request.form})


@pages.post("/faults/keys/withdraw")
def withdraw_key() -> Response:
    """An access key is refused from now on."""
    return _order("DELETE", f"{shop().settings.monext_url}/_control/keys", body={**request.form})


@pages.post("/faults/clients")
def make_client() -> Response:
    """One more API client with all that the bridge may do."""
    body = {**request.form, "scopes": ["manage_project"]}
    return _order("POST", f"{shop().settings.commercetools_url}/_control/clients", body=body)


@pages.post("/faults/clients/<client_id>/delete")
def delete_client(client_id: str) -> Response:
    """The secret of an API client is refused from now on, and its tokens end."""
    return _order("DELETE", f"{shop().settings.commercetools_url}/_control/clients/{client_id}")


def _order(method: str, url: str, *, body: Json | None = None) -> Response:
    answered(call(method, url, json=body))
    return redirect(url_for("faults.index"), code=303)
