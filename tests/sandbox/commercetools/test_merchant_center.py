import jwt

from sandbox.clock import ShiftedClock
from tests.sandbox.commercetools.json_client import JsonClient


def _key(http: JsonClient) -> jwt.PyJWK:
    return jwt.PyJWKSet.from_dict(http.get("/.well-known/jwks.json").json).keys[0]


def _token(http: JsonClient, **wanted: object) -> str:
    token: str = http.post("/_control/jwt", json=wanted).json["token"]
    return token


def test_token_is_verified_by_the_published_key(http: JsonClient) -> None:
    token, key = _token(http), _key(http)

    claims = jwt.decode(token, key, algorithms=["RS256"], issuer="http://localhost")

    assert jwt.get_unverified_header(token)["kid"] == key.key_id
    assert claims["http://localhost/claims/project_key"] == "sandbox"


def test_claims_can_be_chosen_and_left_out(http: JsonClient) -> None:
    token = _token(http, claims={"iss": "https://elsewhere.example", "exp": None})

    claims = jwt.decode(token, _key(http), algorithms=["RS256"])

    assert claims["iss"] == "https://elsewhere.example"
    assert "exp" not in claims


def test_token_can_be_expired_already(http: JsonClient, clock: ShiftedClock) -> None:
    token = _token(http, expiresIn=-10)

    claims = jwt.decode(token, _key(http), algorithms=["RS256"], options={"verify_exp": False})

    assert claims["exp"] < clock().timestamp()
