"""Who may ask the API what, and how it turns others down."""

import base64

import pytest

from tests.sandbox.monext.merchant import Inbox, Merchant, make_merchant


def test_another_merchant_sees_nothing(merchant: Merchant) -> None:
    token = merchant.create()
    transaction = merchant.play(token)["transactions"][0]
    other = Merchant(merchant.client, "sandbox-be:sandbox-be-key")
    assert other.get(f"checkout/payments/sessions/{token}").status_code == 404
    assert other.get(f"checkout/transactions/{transaction}").status_code == 404
    assert other.act(transaction, "refunds", amount=1)["status"] == 404


@pytest.mark.parametrize("credentials", ["sandbox:wrong", "nobody:sandbox-key", "sandbox"])
def test_bad_key_is_401(merchant: Merchant, credentials: str) -> None:
    answer = Merchant(merchant.client, credentials).get("checkout/alive")
    assert (answer.status_code, answer.get_json()["title"]) == (401, "Unauthorized")


@pytest.mark.parametrize("header", ["", "Basic", "Basic %%%", "Bearer abc"])
def test_header_that_is_no_basic_credential_is_401(merchant: Merchant, header: str) -> None:
    answer = merchant.client.get("/v1/checkout/alive", headers={"Authorization": header})
    assert answer.status_code == 401


def test_bad_key_can_be_answered_with_200_as_was_seen(merchant: Merchant) -> None:
    merchant.control("settings", unauthorizedAs200=True)
    answer = Merchant(merchant.client, "sandbox:wrong").get("checkout/alive")
    assert (answer.status_code, answer.get_json()["title"]) == (200, "Unauthorized")


def test_a_merchant_has_several_keys_and_a_withdrawn_one_is_401(merchant: Merchant) -> None:
    newer = Merchant(merchant.client, "sandbox:newer-key")
    merchant.control("keys", merchant="sandbox", accessKey="newer-key")
    assert [each.get("checkout/alive").status_code for each in (merchant, newer)] == [200, 200]
    withdrawn = {"merchant": "sandbox", "accessKey": "sandbox-key"}
    assert merchant.client.delete("/_control/keys", json=withdrawn).status_code == 200
    assert [each.get("checkout/alive").status_code for each in (merchant, newer)] == [401, 200]
    assert merchant.client.delete("/_control/keys", json=withdrawn).status_code == 400
    assert Merchant(merchant.client, "sandbox-be:newer-key").get("checkout/alive").status_code == 401


def test_what_was_begun_with_one_key_is_read_with_another(merchant: Merchant) -> None:
    token = merchant.create()
    merchant.control("keys", merchant="sandbox", accessKey="newer-key")
    newer = Merchant(merchant.client, "sandbox:newer-key")
    assert newer.get(f"checkout/payments/sessions/{token}").status_code == 200


def test_a_reset_brings_the_first_keys_back(merchant: Merchant) -> None:
    merchant.client.delete("/_control/keys", json={"merchant": "sandbox", "accessKey": "sandbox-key"})
    merchant.client.post("/_control/reset")
    assert merchant.get("checkout/alive").status_code == 200


@pytest.mark.parametrize(
    "body", [{"merchant": "nobody", "accessKey": "k"}, {"merchant": "sandbox"}, {"accessKey": "k"}]
)
def test_a_key_of_nobody_is_not_made(merchant: Merchant, body: dict[str, str]) -> None:
    assert merchant.client.post("/_control/keys", json=body).status_code == 400


def test_unknown_path_and_method_are_flat_results(merchant: Merchant) -> None:
    assert merchant.get("checkout/nothing").get_json()["title"] == "ERROR"
    answer = merchant.client.delete("/v1/checkout/alive", headers=merchant.headers)
    assert (answer.status_code, answer.get_json()["title"]) == (405, "ERROR")
    assert "GET" in answer.headers["Allow"]


def test_points_of_sale_and_contracts_can_be_looked_up(merchant: Merchant) -> None:
    methods = merchant.get("merchants/sandbox/pointsofsale/POS_FR/paymentMethods").get_json()[
        "paymentMethods"
    ]
    assert methods[0]["id"] == "CB_FR"
    assert methods[0]["paymentInstrumentType"]["code"] == "CB"
    assert merchant.get("merchants/sandbox-be/pointsofsale").status_code == 404


def test_key_is_compared_whole() -> None:
    header = base64.b64encode(b"sandbox:sandbox-key").decode()
    client = make_merchant(Inbox()).client
    answer = client.get("/v1/checkout/alive", headers={"Authorization": f"Digest {header}"})
    assert answer.status_code == 401
