"""Orders that change after they were made."""

import pytest
from flask import Flask

from sandbox.commercetools import create_app
from sandbox.commercetools.push import Target
from tests.sandbox.commercetools.conftest import Api, Json, code, sign_in
from tests.sandbox.commercetools.json_client import JsonAnswer, json_client
from tests.sandbox.commercetools.test_messages import order, told

ONE_LESS: Json = {"action": "changeLineItemQuantity", "quantity": 1}


@pytest.fixture
def app() -> Flask:
    app = create_app()
    app.extensions["pusher"].target = Target("http://bridge.example/events")
    return app


@pytest.fixture
def api(app: Flask) -> Api:
    return sign_in(json_client(app))


@pytest.fixture
def made(api: Api) -> Json:
    """An order of two chairs and a lamp: 2 × 129.00 + 49.90 + 14.90 of express delivery."""
    return order(api, "customer")


def less(order: Json) -> Json:
    """One chair instead of two."""
    return {**ONE_LESS, "lineItemId": order["lineItems"][0]["id"]}


def edit_of(api: Api, order: Json, *staged: Json) -> JsonAnswer:
    draft = {"resource": {"typeId": "order", "id": order["id"]}, "stagedActions": list(staged)}
    return api.post("orders/edits", draft)


def applied(api: Api, edit: Json, order: Json, **changes: int) -> JsonAnswer:
    body = {"editVersion": edit["version"], "resourceVersion": order["version"], **changes}
    return api.post(f"orders/edits/{edit['id']}/apply", body)


def test_an_edit_changes_nothing_before_it_is_applied(api: Api, made: Json) -> None:
    edit = edit_of(api, made, less(made)).json

    assert edit["result"]["type"] == "PreviewSuccess"
    assert edit["result"]["preview"]["totalPrice"]["centAmount"] == 12900 + 4990 + 1490
    assert api.get(f"orders/{made['id']}").json == made
    assert api.get(f"orders/edits/{edit['id']}").json == edit


def test_an_applied_edit_changes_lines_and_both_totals(api: Api, made: Json) -> None:
    edit = applied(api, edit_of(api, made, less(made)).json, made).json

    changed = api.get(f"orders/{made['id']}").json
    assert changed["version"] > made["version"]
    assert changed["lineItems"][0]["quantity"] == 1
    assert changed["totalPrice"]["centAmount"] == made["totalPrice"]["centAmount"] - 12900
    gross = changed["taxedPrice"]["totalGross"]["centAmount"]
    assert gross == made["taxedPrice"]["totalGross"]["centAmount"] - 12900
    assert edit["result"]["type"] == "Applied"
    before, after = edit["result"]["excerptBeforeEdit"], edit["result"]["excerptAfterEdit"]
    assert (before["totalPrice"], before["version"]) == (made["totalPrice"], made["version"])
    assert (after["totalPrice"], after["version"]) == (changed["totalPrice"], changed["version"])


def test_an_applied_edit_is_told_about_the_order(api: Api, made: Json) -> None:
    edit = applied(api, edit_of(api, made, less(made)).json, made).json

    message = told(api.http)[-1]
    changed = api.get(f"orders/{made['id']}").json
    assert message["type"] == "OrderEditApplied"
    assert message["resource"] == {"typeId": "order", "id": made["id"]}
    assert message["resourceVersion"] == changed["version"]
    assert message["sequenceNumber"] == changed["lastMessageSequenceNumber"] == 2
    assert (message["edit"], message["result"]) == (edit, edit["result"])


def test_a_line_of_negative_money_lowers_the_order(api: Api, made: Json) -> None:
    line = {
        "action": "addCustomLineItem",
        "name": {"en": "Goodwill"},
        "slug": "goodwill",
        "money": {"currencyCode": "EUR", "centAmount": -2000},
        "taxCategory": {"typeId": "tax-category", "key": "standard"},
    }
    applied(api, edit_of(api, made, line).json, made)

    gross = api.get(f"orders/{made['id']}").json["taxedPrice"]["totalGross"]["centAmount"]
    assert gross == made["taxedPrice"]["totalGross"]["centAmount"] - 2000


def test_an_edit_decided_on_another_version_is_refused(api: Api, made: Json) -> None:
    edit = edit_of(api, made, less(made)).json

    other_order = applied(api, edit, made, resourceVersion=made["version"] + 1)
    other_edit = applied(api, edit, made, editVersion=edit["version"] + 1)

    assert code(other_order) == code(other_edit) == "409 ConcurrentModification"
    assert api.get(f"orders/{made['id']}").json == made


def test_an_edit_is_applied_once(api: Api, made: Json) -> None:
    edit = applied(api, edit_of(api, made, less(made)).json, made).json
    changed = api.get(f"orders/{made['id']}").json

    assert code(applied(api, edit, changed)) == "400 InvalidOperation"
    action = {"action": "setStagedActions", "stagedActions": []}
    assert code(api.update("orders/edits", edit, action)) == "400 InvalidOperation"


def test_an_edit_that_cannot_be_applied_says_why_and_changes_nothing(api: Api, made: Json) -> None:
    edit = edit_of(api, made, {**less(made), "lineItemId": "nowhere"}).json
    assert edit["result"]["type"] == "PreviewFailure"

    refused = applied(api, edit, made)

    assert code(refused) == "400 EditPreviewFailed"
    assert refused.json["errors"][0]["result"]["errors"][0]["code"] == "InvalidOperation"
    assert [message["type"] for message in told(api.http)] == ["OrderCreated"]


def test_staged_actions_can_be_changed_before_they_are_applied(api: Api, made: Json) -> None:
    edit = edit_of(api, made).json
    edit = api.update("orders/edits", edit, {"action": "addStagedAction", "stagedAction": less(made)}).json
    assert edit["result"]["preview"]["lineItems"][0]["quantity"] == 1

    applied(api, edit, made)

    assert api.get(f"orders/{made['id']}").json["lineItems"][0]["quantity"] == 1


def test_an_edit_of_no_order_is_refused(api: Api, made: Json) -> None:
    ghost = {**made, "id": "c0000000-0000-4000-8000-00000000ffff"}
    assert code(edit_of(api, ghost)) == "400 ReferencedResourceNotFound"


def test_edits_are_found_by_their_order(api: Api, made: Json) -> None:
    edit = edit_of(api, made, less(made)).json
    query = {"where": "resource(id=:order)", "var.order": made["id"]}
    assert api.get("orders/edits", **query).json["results"] == [edit]
