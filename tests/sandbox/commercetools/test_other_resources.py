import pytest

from tests.sandbox.commercetools.conftest import Api, Json, code

SUBSCRIPTION: Json = {
    "key": "bridge-shipments",
    "destination": {"type": "GoogleCloudPubSub", "projectId": "shop", "topic": "orders"},
    "messages": [{"resourceTypeId": "order", "types": ["OrderShipmentStateChanged"]}],
}


def test_project_describes_itself(api: Api) -> None:
    project = api.http.get("/sandbox", headers=api.headers).json

    assert project["key"] == "sandbox"
    assert "EUR" in project["currencies"]


@pytest.mark.parametrize("key", ["fr-store", "de-store", "xx-store"])
def test_stores_are_read_by_key(api: Api, key: str) -> None:
    assert api.get(f"stores/key={key}").json["key"] == key


def test_customer_has_personal_data(api: Api) -> None:
    customer = api.get("customers/key=jean-dupont").json

    assert (customer["salutation"], customer["dateOfBirth"]) == ("M.", "1980-02-29")
    assert customer["addresses"][0]["id"] == "address-1"


def test_customers_email_is_unique_whatever_its_case(api: Api) -> None:
    answer = api.post("customers", {"email": "Jean.Dupont@example.com"})

    assert code(answer) == "400 DuplicateField"


def test_created_customer_is_signed_in(api: Api) -> None:
    made = api.post("customers", {"email": "new@example.com", "lastName": "Neuf"}).json["customer"]

    assert api.get(f"customers/{made['id']}").json == made


def test_subscription_is_created_by_key_and_changed(api: Api) -> None:
    assert code(api.get("subscriptions/key=bridge-shipments")) == "404 ResourceNotFound"
    made = api.post("subscriptions", SUBSCRIPTION).json

    changed = api.update(
        "subscriptions", made, {"action": "setMessages", "messages": [{"resourceTypeId": "order"}]}
    )

    assert changed.json["messages"] == [{"resourceTypeId": "order", "types": []}]
    assert api.get("subscriptions/key=bridge-shipments").json == changed.json
    assert code(api.post("subscriptions", SUBSCRIPTION)) == "400 DuplicateField"


def test_unknown_destination_is_refused(api: Api) -> None:
    draft = {**SUBSCRIPTION, "destination": {"type": "Pigeon"}}

    assert code(api.post("subscriptions", draft)) == "400 InvalidJsonInput"


def test_a_subscription_tells_how_its_destination_does(api: Api) -> None:
    made = api.post("subscriptions", SUBSCRIPTION).json
    assert made["status"] == "Healthy"

    api.http.post("/_control/subscriptions/bridge-shipments/status", json={"status": "ConfigurationError"})

    assert api.get("subscriptions/key=bridge-shipments").json["status"] == "ConfigurationError"
    wrong = api.http.post("/_control/subscriptions/bridge-shipments/status", json={"status": "Ill"})
    assert code(wrong) == "400 InvalidJsonInput"
