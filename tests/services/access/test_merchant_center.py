"""The Merchant Center's tokens: what is signed by its key, by its issuer, for our project, and for now."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from monext_bridge.errors import Forbidden, RemoteUnreachable, Unauthenticated
from monext_bridge.services.access.principals import PrincipalNotConfigured, Principals
from sandbox.runner import Sandbox
from tests.bridges import InProcess
from tests.gateways.remotes import free_port
from tests.services.api_clients import Tokens, principals_of
from tests.world import World

FOREIGN_KEY = rsa.generate_private_key(65_537, 2048)


@pytest.fixture
def tokens(sandbox: Sandbox) -> Tokens:
    return Tokens(sandbox)


@pytest.fixture
def principals(in_process: InProcess, world: World) -> Principals:
    return principals_of(in_process)


def part(content: dict[str, Any] | bytes) -> str:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Header, claims and signature of a token, unchecked."""
    complete = jwt.decode_complete(token, options={"verify_signature": False})
    return dict(complete["header"]), dict(complete["payload"]), token.rpartition(".")[2]


def public_pem(tokens: Tokens) -> bytes:
    key: Any = jwt.PyJWK(tokens.keys()[0]).key
    return bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def key_fetches(world: World) -> int:
    return len([call for call in world.calls("commercetools") if call["path"] == "/.well-known/jwks.json"])


def test_a_token_of_our_project_opens(principals: Principals, tokens: Tokens) -> None:
    principals.merchant_center(tokens.jwt())


def test_the_keys_are_fetched_once(principals: Principals, tokens: Tokens, world: World) -> None:
    for _ in range(3):
        principals.merchant_center(tokens.jwt())
    assert key_fetches(world) == 1


def test_an_audience_is_not_asked_for(principals: Principals, tokens: Tokens) -> None:
    principals.merchant_center(tokens.jwt(aud="somebody"))


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://mc-api.example.com"},
        {"iss": None},
        {"exp": None},
        {"exp": "tomorrow"},
        {"nbf": "yesterday"},
    ],
    ids=json.dumps,
)
def test_a_token_with_wrong_claims_is_refused(
    claims: dict[str, Any], principals: Principals, tokens: Tokens
) -> None:
    with pytest.raises(Unauthenticated):
        principals.merchant_center(tokens.jwt(**claims))


@pytest.mark.parametrize(("claim", "seconds"), [("exp", -1), ("nbf", 600)])
def test_a_token_of_another_time_is_refused(
    claim: str, seconds: int, principals: Principals, tokens: Tokens
) -> None:
    """Counted from now: these tests may have been collected long ago."""
    with pytest.raises(Unauthenticated):
        principals.merchant_center(tokens.jwt(**{claim: int(time.time()) + seconds}))


@pytest.mark.parametrize("project", ["sandbox2", "sandbo", "Sandbox", "", None, ["sandbox"]])
def test_a_token_of_another_project_is_forbidden(
    project: object, principals: Principals, tokens: Tokens
) -> None:
    with pytest.raises(Forbidden):
        principals.merchant_center(tokens.jwt_of_project(project))


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", ""])
def test_a_token_without_signature_is_refused_before_any_key_is_fetched(
    algorithm: str, principals: Principals, tokens: Tokens, world: World
) -> None:
    header, claims, _ = parts(tokens.jwt())
    with pytest.raises(Unauthenticated):
        principals.merchant_center(f"{part(header | {'alg': algorithm})}.{part(claims)}.")
    assert key_fetches(world) == 0


@pytest.mark.parametrize(("algorithm", "digest"), [("HS256", "sha256"), ("HS512", "sha512")])
def test_the_public_key_is_no_shared_secret(
    algorithm: str, digest: str, principals: Principals, tokens: Tokens, world: World
) -> None:
    header, claims, _ = parts(tokens.jwt())
    pem = public_pem(tokens)
    world.forget_calls()
    signed = f"{part(header | {'alg': algorithm})}.{part(claims)}"
    signature = hmac.new(pem, signed.encode(), getattr(hashlib, digest)).digest()
    with pytest.raises(Unauthenticated):
        principals.merchant_center(f"{signed}.{part(signature)}")
    assert key_fetches(world) == 0


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512", "PS256"])
def test_a_token_by_another_key_is_refused(algorithm: str, principals: Principals, tokens: Tokens) -> None:
    header, claims, _ = parts(tokens.jwt())
    forged = jwt.encode(claims, FOREIGN_KEY, algorithm=algorithm, headers={"kid": header["kid"]})
    with pytest.raises(Unauthenticated):
        principals.merchant_center(forged)


def test_a_token_brings_no_key_and_no_address_of_its_own(
    principals: Principals, tokens: Tokens, sandbox: Sandbox
) -> None:
    header, claims, _ = parts(tokens.jwt())
    own = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(FOREIGN_KEY.public_key()))
    brought = {"kid": header["kid"], "jwk": own, "jku": "https://keys.example.com/jwks.json"}
    with pytest.raises(Unauthenticated):
        principals.merchant_center(jwt.encode(claims, FOREIGN_KEY, algorithm="RS256", headers=brought))


def test_changed_claims_are_refused(principals: Principals, tokens: Tokens) -> None:
    header, claims, signature = parts(tokens.jwt(expires_in=-1))
    longer = claims | {"exp": claims["exp"] + 3600}
    with pytest.raises(Unauthenticated):
        principals.merchant_center(f"{part(header)}.{part(longer)}.{signature}")


def test_made_up_key_ids_do_not_hammer_the_keys_address(
    principals: Principals, tokens: Tokens, world: World
) -> None:
    _, claims, _ = parts(tokens.jwt())
    for number in range(20):
        forged = jwt.encode(claims, FOREIGN_KEY, algorithm="RS256", headers={"kid": f"made-up-{number}"})
        with pytest.raises(Unauthenticated):
            principals.merchant_center(forged)
    assert key_fetches(world) == 1


NESTED = part(b'{"alg":' + b"[" * 2500 + b"]" * 2500 + b"}")[:4000]


@pytest.mark.parametrize(
    "token",
    ["x", "a.b.c", "..", f"{part(b'[]')}.e30.", f"{part(b'{')}.e30.", f"{NESTED}.e30.", "a b", "", "é"],
    ids=lambda token: token[:12],
)
def test_what_is_no_token_is_refused(token: str, principals: Principals, world: World) -> None:
    with pytest.raises(Unauthenticated):
        principals.merchant_center(token)
    assert key_fetches(world) == 0


@pytest.mark.parametrize("kid", [None, 1, ["a"]])
def test_a_token_whose_key_has_no_name_is_refused(
    kid: object, principals: Principals, tokens: Tokens
) -> None:
    header, claims, signature = parts(tokens.jwt())
    with pytest.raises(Unauthenticated):
        principals.merchant_center(f"{part(header | {'kid': kid})}.{part(claims)}.{signature}")


def test_an_oauth_token_is_none_of_the_merchant_center(principals: Principals, tokens: Tokens) -> None:
    with pytest.raises(Unauthenticated):
        principals.merchant_center(tokens.oauth("manage_project"))


@pytest.mark.parametrize("action", ["status", "html", "drop_before"])
def test_without_keys_the_caller_is_neither_let_in_nor_accused(
    action: str, principals: Principals, tokens: Tokens, world: World
) -> None:
    token = tokens.jwt()
    world.fault("commercetools", action=action, path="jwks", times=0)
    with pytest.raises(RemoteUnreachable):
        principals.merchant_center(token)


def test_keys_that_nobody_serves_open_nothing(sandbox: Sandbox, tokens: Tokens) -> None:
    away = InProcess(sandbox, CTP_JWKS_URL=f"http://127.0.0.1:{free_port()}/keys")
    with pytest.raises(RemoteUnreachable):
        principals_of(away).merchant_center(tokens.jwt())


def test_without_the_settings_nobody_is_let_in(sandbox: Sandbox, tokens: Tokens) -> None:
    unset = InProcess(sandbox, CTP_JWKS_URL="", CTP_JWT_ISSUER="")
    with pytest.raises(PrincipalNotConfigured) as raised:
        principals_of(unset).merchant_center(tokens.jwt())
    assert raised.value.status == 503
