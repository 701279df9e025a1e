"""The server behind the widget, and the promises of its files."""

import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

from sandbox.monext.cards import ACCEPTED_CARD, CHALLENGED_CARD
from tests.sandbox.monext.merchant import RETURN_URL, Merchant

PAGE = "https://shop.example/checkout/1"


def state(merchant: Merchant, token: str) -> dict[str, Any]:
    return dict(merchant.client.get(f"/services/token/{token}/state/current").get_json())


def post(merchant: Merchant, token: str, path: str, **body: Any) -> TestResponse:
    return merchant.client.post(f"/services/token/{token}/{path}", json=body)


def pay(merchant: Merchant, token: str, **changes: Any) -> TestResponse:
    card = {"number": ACCEPTED_CARD, "expiry": "12/30", "cvv": "123"}
    body = {"contractNumber": "CB_FR", **card, "pageUrl": PAGE, "framed": False, **changes}
    return post(merchant, token, "securedPaymentRequest", **body)


def test_state_lists_the_methods_and_the_context(merchant: Merchant) -> None:
    token = merchant.create()
    current = state(merchant, token)
    assert current["type"] == "PAYMENT_METHODS_LIST"
    assert current["paymentMethodsList"]["methods"][0]["contractNumber"] == "CB_FR"
    assert current["info"]["PaylineAmountSmallestUnit"] == 2499
    assert current["info"]["PaylineOrderRef"] == "order-1"
    assert current["returnUrl"] == f"{RETURN_URL}&paylinetoken={token}"


def test_any_page_may_call_it_without_cookies(merchant: Merchant) -> None:
    path = f"/services/token/{merchant.create()}/securedPaymentRequest"
    answer = merchant.client.options(path, headers={"Origin": "https://shop.example"})
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Content-Type" in answer.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_card_is_paid(merchant: Merchant) -> None:
    token = merchant.create()
    assert pay(merchant, token).get_json()["type"] == "PAYMENT_SUCCESS"
    assert merchant.code(token) == "00000"


def test_fault_of_the_form_is_told_by_field(merchant: Merchant) -> None:
    token = merchant.create()
    answer = pay(merchant, token, cvv="1")
    assert (answer.status_code, answer.get_json()) == (400, {"faults": {"cvv": "3 digits"}})
    assert state(merchant, token)["type"] == "PAYMENT_METHODS_LIST"


def test_refusal_offers_the_methods_again_with_its_reason(merchant: Merchant) -> None:
    current = pay(merchant, merchant.create(), number="4970103469011001").get_json()
    assert current["type"] == "PAYMENT_FAILURE_WITH_RETRY"
    assert current["paymentMethodsList"]["failure"] == "Do not honor"


@pytest.mark.parametrize(
    ("to_page", "start"), [(False, f"{RETURN_URL}&paylinetoken="), (True, f"{PAGE}?paylinetoken=")]
)
def test_full_page_challenge_comes_back_with_the_token(merchant: Merchant, to_page: bool, start: str) -> None:
    merchant.control("settings", returnToPage=to_page)
    token = merchant.create()
    current = pay(merchant, token, number=CHALLENGED_CARD).get_json()
    assert current["type"] == "PAYMENT_REDIRECT_NO_RESPONSE"
    redirect_url = current["paymentRedirectNoResponse"]["redirectUrl"]
    assert redirect_url == f"http://localhost/acs?token={token}"
    answer = merchant.client.post(redirect_url, data={"answer": "authenticate"})
    assert (answer.status_code, answer.location) == (303, start + token)


def test_framed_challenge_ends_in_the_frame(merchant: Merchant) -> None:
    token = merchant.create()
    current = pay(merchant, token, number=CHALLENGED_CARD, framed=True).get_json()
    assert current["paymentRedirectNoResponse"]["framed"] is True
    answer = merchant.client.post(f"/acs?token={token}", data={"answer": "authenticate"})
    assert answer.location == f"/v2/done?token={token}"
    assert state(merchant, token)["type"] == "PAYMENT_SUCCESS"


def test_partner_gets_the_buyer_and_sends_him_back(merchant: Merchant) -> None:
    token = merchant.create()
    current = post(merchant, token, "paymentRequest", contractNumber="PAYPAL_FR", pageUrl=PAGE).get_json()
    redirect_url = current["paymentRedirectNoResponse"]["redirectUrl"]
    assert merchant.client.get(redirect_url).status_code == 200
    form = {"method": "PAYPAL_FR", "outcome": "accepted"}
    answer = merchant.client.post(f"/v2/partner?token={token}", data=form)
    assert answer.location == f"{RETURN_URL}&paylinetoken={token}"


def test_buyer_who_left_the_partner_may_choose_again(merchant: Merchant) -> None:
    token = merchant.create()
    post(merchant, token, "paymentRequest", contractNumber="PAYPAL_FR", pageUrl=PAGE)
    assert post(merchant, token, "redirection/abandon").get_json()["type"] == "PAYMENT_METHODS_LIST"


def test_phone_is_polled_until_it_answers(merchant: Merchant) -> None:
    token = merchant.create()
    current = post(merchant, token, "paymentRequest", contractNumber="MBWAY_FR", pageUrl=PAGE).get_json()
    assert current["type"] == "ACTIVE_WAITING"
    poll = f"/services/token/{token}/cardCode/MBWAY/activewaiting/isDone?timestamp=1"
    assert merchant.client.get(poll).get_json() is False
    merchant.client.post(f"/v2/phone/answer?token={token}", data={"outcome": "accepted"})
    assert merchant.client.get(poll).get_json() is True
    assert state(merchant, token)["type"] == "PAYMENT_SUCCESS"


def test_ended_token_shows_expired_and_can_not_be_paid(merchant: Merchant) -> None:
    token = merchant.create()
    assert post(merchant, token, "end").get_json()["type"] == "TOKEN_EXPIRED"
    assert pay(merchant, token).get_json()["type"] == "TOKEN_EXPIRED"
    assert merchant.code(token) == "02319"


def test_end_of_a_paid_token_changes_nothing(merchant: Merchant) -> None:
    token = merchant.create()
    pay(merchant, token)
    assert post(merchant, token, "end").get_json()["type"] == "PAYMENT_SUCCESS"


def test_cancel_in_the_widget_cancels(merchant: Merchant) -> None:
    token = merchant.create()
    assert post(merchant, token, "cancel").get_json()["type"] == "PAYMENT_CANCELED"


def test_unknown_token_looks_expired(merchant: Merchant) -> None:
    assert state(merchant, "1unknown")["type"] == "TOKEN_EXPIRED"


@pytest.mark.parametrize("prefix", ["/cdn", ""])
@pytest.mark.parametrize(
    ("name", "kind"),
    [("scripts/widget-min.js", "text/javascript"), ("styles/widget-min.css", "text/css")],
)
def test_files_have_the_names_of_the_real_ones(merchant: Merchant, prefix: str, name: str, kind: str) -> None:
    answer = merchant.client.get(f"{prefix}/{name}")
    assert (answer.status_code, answer.mimetype) == (200, kind)


def test_script_needs_nothing_that_a_strict_policy_forbids(merchant: Merchant) -> None:
    script = merchant.client.get("/cdn/scripts/widget-min.js").get_data(as_text=True)
    code = re.sub(r"/\*.*?\*/|//[^\n]*", "", script, flags=re.DOTALL)
    forbidden = ["eval(", "new Function", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write"]
    forbidden += ["style=", '"style"', ".style.", "cssText", "setTimeout('", 'setTimeout("', "https:"]
    assert [word for word in forbidden if word in code] == []
