"""The hosted page as a buyer without JavaScript uses it: links and forms, taken from the page."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup

from sandbox.monext.cards import ACCEPTED_CARD, CHALLENGED_CARD
from tests.sandbox.monext.merchant import RETURN_URL, Merchant, found, page_of

REFUSED_CARD = "4970103469011001"
SOFT_DECLINED_CARD = "4970103469011316"


@dataclass
class Browser:
    """Follows what the pages offer. `left_for` is where the shop takes over."""

    merchant: Merchant
    token: str
    page: BeautifulSoup = field(default_factory=BeautifulSoup)
    left_for: str = ""

    def open(self, url: str) -> None:
        self._land(self.merchant.client.get(url))

    def choose(self, method: str) -> None:
        self.open(f"/v2/?token={self.token}")
        self.open(str(found(self.page, f'a[href$="method={method}"]')["href"]))

    def submit(self, form: str, button: str = "", **values: str) -> None:
        """Press a button (by its id) of a form, with its fields filled in."""
        tag = found(self.page, form)
        fields = {str(each["name"]): str(each.get("value", "")) for each in tag.select("input[name]")}
        if button:
            pressed = found(self.page, f"{form} #{button}")
            fields[str(pressed["name"])] = str(pressed["value"])
        self._land(self.merchant.client.post(str(tag["action"]), data={**fields, **values}))

    def pay(self, number: str = ACCEPTED_CARD, **values: str) -> None:
        self.choose("CB_FR")
        self.submit("#card-form", **{"number": number, "expiry": "12/30", "cvv": "123", **values})

    @property
    def state(self) -> str:
        return str(found(self.page, "#state")["data-state"])

    def _land(self, answer: Any) -> None:
        while answer.status_code in (302, 303):
            if answer.location.startswith("https://shop.example"):
                self.left_for = answer.location
                return
            answer = self.merchant.client.get(answer.location)
        assert answer.status_code == 200
        assert "Sandbox – no real money" in answer.get_data(as_text=True)
        self.page = page_of(answer)


@pytest.fixture
def browser(merchant: Merchant) -> Browser:
    return Browser(merchant, merchant.create())


def test_page_shows_amount_order_and_methods_in_the_order_asked(merchant: Merchant) -> None:
    token = merchant.create(paymentMethod={"paymentMethodIDs": ["IDEAL_FR", "CB_FR"]})
    browser = Browser(merchant, token)
    browser.open(f"/v2/?token={token}")
    assert found(browser.page, "#amount").text == "24.99 EUR"
    assert found(browser.page, "#order-reference").text == "order-1"
    assert [link.text for link in browser.page.select(".method")] == ["iDEAL", "Carte bancaire"]


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


def test_session_id_comes_under_a_second_name_where_that_is_set(browser: Browser) -> None:
    browser.merchant.control("settings", sessionIdParameter=True)
    browser.pay()
    query = parse_qs(urlsplit(str(found(browser.page, "#back-to-shop")["href"])).query)
    assert query == {"cart": ["1"], "paylinetoken": [browser.token], "monext_session_id": [browser.token]}


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


def test_challenged_card_authenticates_first(browser: Browser) -> None:
    browser.pay(CHALLENGED_CARD)
    assert browser.merchant.code(browser.token) == "02306"
    browser.submit("#acs-form", "authenticate")
    (transaction,) = browser.merchant.read(browser.token)["transactions"]
    assert transaction["authenticationResultData"]["transStatus"] == "Y"
    assert browser.state == "PAYMENT_SUCCESS"


def test_failed_authentication_is_a_refusal(browser: Browser) -> None:
    browser.pay(CHALLENGED_CARD)
    browser.submit("#acs-form", "fail")
    assert browser.merchant.code(browser.token) == "03003"


@pytest.mark.parametrize("wish", ["CHALLENGE_MANDATE", "CHALLENGE_REQUESTED"])
def test_merchant_may_ask_for_authentication(merchant: Merchant, wish: str) -> None:
    browser = Browser(merchant, merchant.create(threeDS={"challengeInd": wish}))
    browser.pay()
    assert found(browser.page, "#acs-form")


def test_soft_decline_is_retried_with_authentication(browser: Browser) -> None:
    browser.pay(SOFT_DECLINED_CARD)
    assert browser.merchant.code(browser.token) == "01131"
    browser.pay(SOFT_DECLINED_CARD)
    browser.submit("#acs-form", "authenticate")
    assert browser.merchant.code(browser.token) == "00000"


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
