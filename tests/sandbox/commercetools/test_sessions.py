from collections.abc import Callable

import pytest

from sandbox.clock import ShiftedClock
from sandbox.commercetools.seed import cart_id
from tests.sandbox.commercetools.conftest import Api, Json, code


def _session(api: Api, **changes: object) -> Json:
    wanted = {"cartId": cart_id("guest"), **changes}
    session: Json = api.http.post("/_control/sessions", json=wanted).json
    return session


def test_session_names_its_cart_and_metadata(api: Api) -> None:
    made = _session(api, metadata={"futureOrderNumber": "W-77"})

    session = api.get(f"sessions/{made['id']}").json

    assert session["activeCart"]["cartRef"]["id"] == cart_id("guest")
    assert (session["state"], session["metadata"]) == ("Active", {"futureOrderNumber": "W-77"})


def test_session_expires(api: Api, clock: ShiftedClock) -> None:
    made = _session(api, expiresIn=60)
    clock.advance(61)

    assert api.get(f"sessions/{made['id']}").json["state"] == "Expired"


def test_session_can_be_in_any_state(api: Api) -> None:
    assert api.get(f"sessions/{_session(api, state='active')['id']}").json["state"] == "active"


def test_unknown_session_is_not_found(api: Api) -> None:
    assert code(api.get("sessions/unknown")) == "404 ResourceNotFound"


def test_sessions_need_a_token(api: Api) -> None:
    assert api.http.get(f"/sandbox/sessions/{_session(api)['id']}").status_code == 401


def test_shop_opens_a_session_by_the_api(api: Api) -> None:
    cart = {"cartRef": {"typeId": "cart", "id": cart_id("guest")}}

    made = api.post("sessions", {"cart": cart, "metadata": {"allowedPaymentMethods": ["CB"]}})

    assert made.status_code == 201
    assert api.get(f"sessions/{made.json['id']}").json == made.json


@pytest.mark.parametrize(
    ("scope", "reads", "opens"),
    [("view_sessions", 200, 403), ("manage_sessions", 200, 201), ("view_orders", 403, 403)],
)
def test_a_scope_to_view_sessions_is_enough_to_read_one(
    api: Api, login: Callable[..., Api], scope: str, reads: int, opens: int
) -> None:
    made, secret = _session(api), "secret-of-a-reader"
    api.http.post("/_control/clients", json={"id": scope, "secret": secret, "scopes": [scope]})
    client = login(scope, secret)
    cart = {"cartRef": {"typeId": "cart", "id": cart_id("guest")}}
    assert client.get(f"sessions/{made['id']}").status_code == reads
    assert client.post("sessions", {"cart": cart}).status_code == opens


def test_a_project_may_not_tell_when_a_session_ends(api: Api) -> None:
    made = _session(api)
    api.http.post("/_control/differences", json={"sessionEnds": False})
    assert "expiresAt" not in api.get(f"sessions/{made['id']}").json


@pytest.mark.parametrize("state", ["Active", "ACTIVE"])
def test_a_session_ends_in_whatever_case_its_state_is_written(
    api: Api, clock: ShiftedClock, state: str
) -> None:
    wanted = {"cartId": cart_id("guest"), "state": state, "expiresIn": 60}
    session = api.http.post("/_control/sessions", json=wanted).json
    assert api.get(f"sessions/{session['id']}").json["state"] == state

    clock.advance(61)

    assert api.get(f"sessions/{session['id']}").json["state"] == "Expired"
