"""Which scopes open which endpoint: https://docs.commercetools.com/api/scopes"""

from sandbox.commercetools.auth.tokens import Tokens, grants
from sandbox.commercetools.errors import insufficient_scope, invalid_token
from sandbox.commercetools.state import Caller


def caller_of(tokens: Tokens, authorization: str | None, *, external_user: str | None = None) -> Caller:
    """Who holds the bearer token, and whom it acts for; raises `invalid_token`."""
    scheme, _, text = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        raise invalid_token()
    token = tokens.read(text.strip())
    return Caller(client_id=token.client_id, scopes=token.scopes, external_user=external_user)


def require_scope(caller: Caller, resource: str, *, project_key: str, writes: bool) -> None:
    """Raise `insufficient_scope` unless the caller may read, or write, that part of the project.

    `resource` is the last part of the scope's name, as in `manage_payments`.
    """
    names = [f"manage_{resource}"] if writes else [f"view_{resource}", f"manage_{resource}"]
    if not any(grants(caller.scopes, f"{name}:{project_key}", project_key=project_key) for name in names):
        raise insufficient_scope(*names)
