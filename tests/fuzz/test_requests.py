"""Every address, with any method, path, query, headers and body: never a 500, and nothing comes back as markup."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.runner import Sandbox
from tests.bridges import Answer, Buyer, InProcess
from tests.fuzz.effort import effort
from tests.fuzz.mutations import MARKUP
from tests.fuzz.raw_requests import RawRequest, bodies, headers, path_parts, queries
from tests.web.declared_endpoints import ENDPOINTS, ROUTES
from tests.world import World

EVENTS_SECRET = "events-secret-of-the-tests-only"
OWN_5XX = (502, 503, 504)
"""What the bridge itself answers where a remote failed or a setting is missing."""

METHODS = ("GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "get", "X" * 30)
RULES = sorted({rule.rule for rule in ROUTES.url_map.iter_rules()})


@pytest.fixture(scope="module")
def bridge(sandbox: Sandbox) -> InProcess:
    return InProcess(
        sandbox, EVENTS_SECRET=EVENTS_SECRET, TRUSTED_PROXIES="1", SHOP_ORIGINS="https://shop.example.com"
    )


@pytest.fixture(scope="module")
def genuine(sandbox: Sandbox, bridge: InProcess) -> Mapping[str, str]:
    """One good value for each part of a path and for each proof."""
    world = World(sandbox)
    cart = world.cart()
    page = Buyer(bridge).start(cart)
    return {
        "<cart_id>": cart,
        "<ref>": page.ref,
        "<payment_id>": world.payment(cart)["id"],
        "<name>": "default",
        "<path:filename>": "favicon.svg",
        "session": world.session(cart),
        "office": f"Bearer {world.back_office_token()}",
        "center": f"Bearer {world.merchant_center_token()}",
        "events": f"Bearer {EVENTS_SECRET}",
    }


def proofs(path: str) -> Callable[[Mapping[str, str]], list[tuple[str, str]]]:
    """Give the headers with which an address lets one in, so that what is behind the door is fuzzed as well."""

    def choose(genuine: Mapping[str, str]) -> list[tuple[str, str]]:
        if path.startswith("/events"):
            return [("Authorization", genuine["events"])]
        if path in ("/payment", "/operations/config"):
            return [("X-Session-Id", genuine["session"])]
        centre = path in ("/operations/status", "/operations/payment-components")
        return [("Authorization", genuine["center" if centre else "office"])] if "operations" in path else []

    return choose


@st.composite
def requests(draw: st.DrawFn, genuine: Mapping[str, str], rule: str) -> RawRequest:
    path = rule
    for name, value in genuine.items():
        odd = name in path and draw(st.integers(0, 3)) == 0
        path = path.replace(name, draw(path_parts) if odd else value)
    given_ = draw(headers)
    if draw(st.booleans()):
        given_ = [*proofs(rule)(genuine), *given_]
    return RawRequest(
        method=draw(st.sampled_from(METHODS[:2]) | st.sampled_from(METHODS)),
        path=path,
        query=draw(queries),
        headers=tuple(given_),
        body=draw(bodies),
        scheme=draw(st.sampled_from(("http", "https"))),
    )


@pytest.mark.parametrize("rule", RULES)
@given(data=st.data())
@effort(12)
def test_no_request_is_answered_with_500(
    rule: str, bridge: InProcess, genuine: Mapping[str, str], data: st.DataObject
) -> None:
    request = data.draw(requests(genuine, rule))
    answer = request.send(bridge.app)
    assert answer.status < 500 or answer.status in OWN_5XX, answer.text[:300]
    check_form(answer)
    check_silence(answer, bridge)


def check_form(answer: Answer) -> None:
    """An answer is what its type says, and its headers are lines."""
    assert all("\n" not in value and "\r" not in value for value in answer.headers.values())
    assert MARKUP not in answer.text
    assert "<script>alert(1)" not in answer.text
    if answer.headers.get("Content-Type", "").startswith("application/json") and answer.text:
        json.loads(answer.text)
    if answer.status >= 400 and answer.status != 405:
        assert "Traceback" not in answer.text


def check_silence(answer: Answer, bridge: InProcess) -> None:
    """No secret of the settings is in an answer."""
    project = bridge.settings.commercetools
    secrets = [each.get_secret_value() for each in (*bridge.settings.secret_keys, *project.client_secrets)]
    secrets += [
        key.get_secret_value() for store in bridge.settings.stores() for key in store.credentials.api_keys
    ]
    whole = answer.text + repr(answer.headers)
    assert not [secret for secret in (*secrets, EVENTS_SECRET) if secret in whole]


def test_every_address_is_fuzzed() -> None:
    assert len(RULES) >= len({rule.split("<")[0] for rule in RULES}) > 10
    assert {ROUTES.url_map.bind("x").match(r, method="GET")[0] for r in ("/health", "/ready")} <= set(
        ENDPOINTS
    )
