"""The auth server: tokens and introspection."""

from flask import Blueprint, Response, request

from sandbox.commercetools.answers import answer
from sandbox.commercetools.auth.tokens import Tokens
from sandbox.commercetools.errors import AuthError, invalid_client
from sandbox.commercetools.settings import ApiClient


def auth_server(tokens: Tokens) -> Blueprint:
    """`/oauth/token` (client credentials) and `/oauth/introspect`, with HTTP Basic and a form body."""
    server = Blueprint("auth", __name__)

    def client() -> ApiClient:
        credentials = request.authorization
        if credentials is None or credentials.type != "basic":
            raise invalid_client()
        return tokens.authenticate(credentials.username, credentials.password)

    @server.post("/oauth/token")
    def issue_token() -> Response:
        caller = client()
        grant = _required("grant_type")
        if grant != "client_credentials":
            message = f"Invalid parameter: grant_type: Invalid grant type: {grant}"
            raise AuthError(400, code="unsupported_grant_type", message=message)
        return answer(tokens.issue(caller, requested=_parameter("scope")))

    @server.post("/oauth/introspect")
    def introspect() -> Response:
        client()
        return answer(tokens.introspect(_required("token")))

    return server


def _parameter(name: str) -> str | None:
    """A parameter of the form body, or of the query, where commercetools' own examples put the grant."""
    return request.form.get(name) or request.args.get(name)


def _required(name: str) -> str:
    value = _parameter(name)
    if not value:
        raise AuthError(400, code="invalid_request", message=f"Missing required parameter: {name}.")
    return value
