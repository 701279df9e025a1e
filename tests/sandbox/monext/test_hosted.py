"""The hosted page as a buyer without JavaScript uses it."""

from urllib.parse import parse_qs, urlsplit

import pytest

from sandbox.monext.cards import ACCEPTED_CARD
from tests.sandbox.monext.browser import Browser
from tests.sandbox.monext.merchant import RETURN_URL, Merchant, found

REFUSED_CARD = "4970103469011001"


@pytest.fixture
def browser(merchant: Merchant) -> Browser:
    return Browser(merchant, merchant.create())


def test_page_shows_amount_order_and_methods_in_the_order_asked(merchant: Merchant) -> None:
    token = merchant.create(paymentMethod={"paymentMethodIDs": ["IDEAL_FR", "CB_FR"]})
    browser = Browser(merchant, token)
    browser.open(f"/v2/?token={token}")
    assert found(browser.page, "#amount").text == "€24.99"
    assert found(browser.page, "#order-reference").text == "order-1"
    assert [link.text for link in browser.page.select(".method")] == ["iDEAL", "Bank card"]


def test_empty_list_of_methods_offers_all_of_the_point_of_sale(merchant: Merchant) -> None:
    token = merchant.create(paymentMethod={"paymentMethodIDs": []})
    browser = Browser(merchant, token)
    browser.open(f"/v2/?token={token}")
    assert len(browser.page.select(".method")) == 10


def test_accepted_card_ends_with_a_ticket_and_the_way_back(browser: Browser) -> None:
    browser.pay()
    assert browser.state == "PAYMENT_SUCCESS"
    back = str(found(browser.page, "#back-to-shop")["href"])
    assert back == f"{RETURN_URL}&paylinetoken={browser.token}"
    assert browser.merchant.code(browser.token) == "00000"


@pytest.mark.parametrize("name", ["session_id", "monext_session_id", "x" * 20])
def test_token_comes_back_under_the_name_that_the_point_of_sale_chose(browser: Browser, name: str) -> None:
    browser.merchant.control("settings", sessionIdParameterName=name)
    browser.pay()
    query = parse_qs(urlsplit(str(found(browser.page, "#back-to-shop")["href"])).query)
    assert query == {"cart": ["1"], name: [browser.token]}


def test_automatic_redirect_skips_the_ticket(browser: Browser) -> None:
    browser.merchant.control("settings", automaticRedirect=True)
    browser.pay()
    assert browser.left_for == f"{RETURN_URL}&paylinetoken={browser.token}"


def test_refused_card_may_try_again_in_the_same_session(browser: Browser) -> None:
    browser.pay(REFUSED_CARD)
    assert "try again" in found(browser.page, "#failure").text
    assert browser.merchant.code(browser.token) == "01100"
    browser.pay()
    assert browser.merchant.code(browser.token) == "00000"


def test_third_refused_card_ends_the_payment(browser: Browser) -> None:
    for _ in range(3):
        browser.pay(REFUSED_CARD)
    assert browser.state == "PAYMENT_FAILURE"


def test_test_amount_is_refused_whatever_the_card(merchant: Merchant) -> None:
    browser = Browser(merchant, merchant.create(order={"amount": 33305}))
    browser.pay()
    assert merchant.code(browser.token) == "01100"


def test_fault_in_the_form_makes_no_attempt(browser: Browser) -> None:
    browser.pay("4970101234567803", holder="Jean Dupont")
    assert found(browser.page, "#number-fault").text == "This is not a card number"
    assert found(browser.page, "#holder")["value"] == "Jean Dupont"
    assert found(browser.page, "#cvv")["value"] == ""
    assert browser.merchant.code(browser.token) == "02306"


def test_double_click_pays_once(browser: Browser) -> None:
    browser.choose("CB_FR")
    form = browser.page
    for _ in range(2):
        browser.page = form
        browser.submit("#card-form", number=ACCEPTED_CARD, expiry="12/30", cvv="123")
    assert len(browser.merchant.read(browser.token)["transactions"]) == 1


@pytest.mark.parametrize("method", ["APPLE_FR", "GOOGLE_FR", "PAYPAL_FR", "BANCONTACT_FR", "IDEAL_FR"])
@pytest.mark.parametrize(
    ("button", "code"), [("approve", "00000"), ("refuse", "02020"), ("pending", "02016")]
)
def test_partner_page_plays_each_answer(browser: Browser, method: str, button: str, code: str) -> None:
    browser.choose(method)
    browser.submit("#partner-form", button)
    assert browser.merchant.code(browser.token) == code


def test_cancel_at_the_partner_cancels_the_payment(browser: Browser) -> None:
    browser.choose("IDEAL_FR")
    browser.submit("#partner-form", "partner-cancel")
    assert browser.merchant.code(browser.token) == "02319"


@pytest.mark.parametrize(
    ("button", "code", "state"),
    [("approve", "00000", "PAYMENT_SUCCESS"), ("pending", "02000", "PAYMENT_ONHOLD_PARTNER")],
)
def test_phone_is_on_hold_until_it_is_answered(browser: Browser, button: str, code: str, state: str) -> None:
    browser.choose("MBWAY_FR")
    browser.submit("#phone-form")
    assert browser.merchant.read(browser.token)["result"]["title"] == "ONHOLD_PARTNER"
    browser.submit("#phone-answer", button)
    assert (browser.merchant.code(browser.token), browser.state) == (code, state)


def test_phone_refused_may_try_again(browser: Browser) -> None:
    browser.choose("MBWAY_FR")
    browser.submit("#phone-form")
    browser.submit("#phone-answer", "refuse")
    assert found(browser.page, "#failure")


def test_cancel_goes_back_to_the_shop(browser: Browser) -> None:
    browser.open(f"/v2/?token={browser.token}")
    browser.submit('form[action^="/v2/cancel"]')
    assert browser.left_for == f"{RETURN_URL}&paylinetoken={browser.token}"
    assert browser.merchant.code(browser.token) == "02319"


def test_cancel_after_payment_changes_nothing(browser: Browser) -> None:
    browser.pay()
    browser.merchant.client.post(f"/v2/cancel?token={browser.token}")
    assert browser.merchant.code(browser.token) == "00000"


def test_page_of_an_expired_session_says_so(browser: Browser) -> None:
    browser.open(f"/v2/?token={browser.token}")
    browser.submit('form[action^="/v2/expire"]')
    assert browser.state == "TOKEN_EXPIRED"
    assert browser.merchant.code(browser.token) == "02324"


def test_unknown_token_is_a_404_page(merchant: Merchant) -> None:
    answer = merchant.client.get("/v2/?token=1unknown")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")


def test_visit_is_told_as_the_device(browser: Browser) -> None:
    browser.open(f"/v2/?token={browser.token}")
    assert browser.merchant.read(browser.token)["device"]["type"] == "COMPUTER"
