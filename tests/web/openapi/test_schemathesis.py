"""The description against the application: requests made from it, over the sandbox, good ones and bad ones.

Schemathesis checks that no answer is a server error, that every status and every body is described, and that
what the description forbids is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case, HookContext
from schemathesis.checks import CheckFunction
from schemathesis.specs.openapi.checks import positive_data_acceptance

from monext_bridge.web import create_app
from sandbox.runner import Sandbox
from tests.bridges import InProcess
from tests.services.api_clients import Tokens
from tests.services.paid_payments import a_paid_payment
from tests.settings_environment import settings_with
from tests.world import World

EVENTS_SECRET = "events-secret-of-the-tests-only"
CONFIG = {
    "generation": {"deterministic": True, "database": "none"},
    "checks": {
        # Who may call is shown by the tests of the callers; here everybody has a proof.
        "ignored_auth": {"enabled": False},
        "negative_data_rejection": {"expected-statuses": ["400", "401", "404", "405", "409", "413", "422"]},
        # Examples repeat their keys.
        "positive_data_acceptance": {"expected-statuses": ["2xx", "404", "409", "422"]},
    },
}
Proof = Callable[[], dict[str, str]]
FEW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))

api = schemathesis.openapi.from_wsgi(
    "/openapi.json", create_app(settings_with()), config=schemathesis.Config.from_dict(CONFIG)
)


@api.hook
def filter_body(_: HookContext, body: Any) -> bool:
    """1000.0 is an integer to JSON Schema, and no amount to us; other tests show that."""
    return not _has_whole_float(body)


def _has_whole_float(value: Any) -> bool:
    if isinstance(value, dict | list):
        return any(map(_has_whole_float, value.values() if isinstance(value, dict) else value))
    return isinstance(value, float) and value.is_integer()


@pytest.fixture(scope="module")
def bridge(sandbox: Sandbox) -> InProcess:
    return InProcess(sandbox, EVENTS_SECRET=EVENTS_SECRET)


@pytest.fixture(scope="module")
def proofs(sandbox: Sandbox) -> dict[str, Proof]:
    """What each caller shows, by the tag of its endpoints; a shop's page has a cart of its own each time."""
    world = World(sandbox)
    office, merchant_center = world.back_office_token(), Tokens(sandbox).jwt()
    return {
        "Back office": lambda: {"Authorization": f"Bearer {office}"},
        "Merchant Center": lambda: {"Authorization": f"Bearer {merchant_center}"},
        "Shop page": lambda: {"X-Session-Id": world.session(world.cart())},
        "Shipments": lambda: {"Authorization": f"Bearer {EVENTS_SECRET}"},
        "Open": dict,
    }


@pytest.fixture(scope="module")
def authorised(bridge: InProcess, sandbox: Sandbox) -> str:
    """The id of a payment of which a lot can still be captured."""
    return a_paid_payment(bridge, World(sandbox), situation="german-store").id


@api.parametrize()
@FEW
def test_every_endpoint_does_what_its_description_says(
    case: Case[Any], proofs: dict[str, Proof], bridge: InProcess
) -> None:
    (tag,) = case.operation.tags or [""]
    # What a subscription sends has formats of others, which the description does not tell.
    beside: list[CheckFunction] | None = [positive_data_acceptance] if tag == "Shipments" else None
    case.call_and_validate(app=bridge.app, headers=proofs[tag](), excluded_checks=beside)


@api.include(path_regex="payment-intents").parametrize()
@FEW
def test_acts_on_a_real_payment_do_what_their_description_says(
    case: Case[Any], proofs: dict[str, Proof], bridge: InProcess, authorised: str
) -> None:
    case.path_parameters = {"payment_id": authorised}
    case.call_and_validate(app=bridge.app, headers=proofs["Back office"]())
