"""3-D Secure, from the card to the result: in the widget, on the hosted page, and with a browser that tells lies."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.bank import CARDS, Scenario, written
from tests.sandbox.monext.browser import MONEXT, Browser
from tests.sandbox.monext.merchant import RETURN_URL, Inbox, Merchant, found, make_merchant, page_of

PAGE = "https://shop.example/checkout/1"
SOFT_DECLINED_CARD = "4970103469011316"


class Widget:
    """What the widget does: it asks the server, and sends the browser or a frame where that says."""

    def __init__(self, merchant: Merchant, **session: Any) -> None:
        self.merchant, self.token = merchant, merchant.create(**session)
        self.browser = Browser(merchant, self.token)
        self.state: dict[str, Any] = {}

    def call(self, path: str, **body: Any) -> Widget:
        self.state = self.merchant.client.post(f"/services/token/{self.token}/{path}", json=body).get_json()
        return self

    def pay(self, number: str, *, framed: bool = False) -> Widget:
        card = {"number": number, "expiry": "12/30", "cvv": "123", "contractNumber": "CB_FR"}
        return self.call("securedPaymentRequest", **card, pageUrl=PAGE, framed=framed)

    @property
    def data(self) -> dict[str, Any]:
        assert self.state["type"] == "PAYMENT_REDIRECT_NO_RESPONSE"
        return dict(self.state["paymentRedirectNoResponse"]["redirectionData"])

    def go(self) -> Browser:
        """Send the browser where the server says."""
        if self.data["requestType"] == "POST":
            self.browser.post(self.data["requestUrl"], self.data["requestFields"])
        else:
            self.browser.open(self.data["requestUrl"])
        return self.browser

    def to_challenge(self, number: str = CARDS[Scenario.CHALLENGE], **how: bool) -> Widget:
        self.pay(number, **how).go().submit("#send-on")
        return self.call("redirection/continue")


@pytest.fixture
def widget(merchant: Merchant) -> Widget:
    return Widget(merchant)


def transaction(merchant: Merchant, token: str) -> dict[str, Any]:
    (found,) = merchant.read(token)["transactions"]
    return dict(found)


def test_the_method_is_a_form_for_a_hidden_frame_as_the_sdk_describes_it(widget: Widget) -> None:
    data = widget.pay(CARDS[Scenario.CHALLENGE]).data
    assert (data["requestType"], data["requestUrl"]) == ("POST", "https://bank.example/acs/3ds-method")
    assert data["requestFields"].keys() == {"threeDSMethodData", "3DSMethodData"}
    assert (data["iframeEmbeddable"], data["iframeWidth"], data["iframeHeight"]) == (True, 1, 1)
    assert (data["isCompletionMethod"], data["timeoutInMs"]) == (True, 10_000)


def test_the_challenge_is_a_form_for_the_whole_page(widget: Widget) -> None:
    data = widget.to_challenge().data
    assert (data["requestType"], data["requestUrl"]) == ("POST", "https://bank.example/acs/challenge")
    assert data["requestFields"].keys() == {"creq"}
    assert data["isCompletionMethod"] is False


@pytest.mark.parametrize(
    ("scenario", "button", "code"),
    [
        (Scenario.CHALLENGE, "authenticate", "00000"),
        (Scenario.CHALLENGE, "fail", "03003"),
        (Scenario.CHALLENGE, "abandon", "03022"),
        (Scenario.CHALLENGE_REFUSED, "authenticate", "03003"),
    ],
)
def test_the_buyers_answer_decides(widget: Widget, scenario: Scenario, button: str, code: str) -> None:
    browser = widget.to_challenge(CARDS[scenario]).go()
    browser.submit("#acs-form", button)
    browser.submit("#send-on")
    assert browser.left_for == f"{RETURN_URL}&paylinetoken={widget.token}"
    assert widget.merchant.code(widget.token) == code
    authenticated = transaction(widget.merchant, widget.token).get("authenticationResultData")
    assert (authenticated is not None and authenticated["transStatus"] == "Y") == (code == "00000")


def test_a_buyer_who_does_not_answer_in_time_is_sent_back(widget: Widget) -> None:
    widget.to_challenge(CARDS[Scenario.CHALLENGE_ABANDONED]).go().submit("#send-on")
    assert widget.merchant.code(widget.token) == "03022"


def test_where_the_method_is_enough_nobody_is_asked(widget: Widget) -> None:
    widget.pay(CARDS[Scenario.FRICTIONLESS]).go().submit("#send-on")
    assert widget.call("redirection/continue").state["type"] == "PAYMENT_SUCCESS"
    assert transaction(widget.merchant, widget.token)["authenticationResultData"]["transStatus"] == "Y"


def test_after_a_method_that_did_not_report_the_buyer_is_asked(widget: Widget) -> None:
    widget.pay(CARDS[Scenario.SILENT_METHOD]).go()
    assert widget.call("redirection/continue").data["isCompletionMethod"] is False


def test_without_the_method_the_bank_asks_whom_it_would_not_have(widget: Widget) -> None:
    widget.pay(CARDS[Scenario.FRICTIONLESS])
    assert widget.call("redirection/continue").data["requestUrl"].endswith("/acs/challenge")


def test_going_on_twice_asks_the_bank_once(widget: Widget) -> None:
    first = widget.to_challenge().data["requestFields"]
    assert widget.call("redirection/continue").data["requestFields"] == first


def test_the_page_that_the_hidden_frame_ends_at_tells_the_widget_and_nothing_of_the_payment(
    widget: Widget,
) -> None:
    browser = widget.pay(CARDS[Scenario.CHALLENGE]).go()
    browser.submit("#send-on")
    script = str(found(browser.page, "script")["src"])
    with widget.merchant.client.get(script) as answer:
        assert "postMessage" in answer.get_data(as_text=True)
    assert widget.token not in str(browser.page)


def test_a_framed_challenge_ends_in_the_frame(widget: Widget) -> None:
    browser = widget.to_challenge(framed=True).go()
    browser.submit("#acs-form", "authenticate")
    browser.submit("#send-on")
    assert browser.url == f"{MONEXT}/v2/done?token={widget.token}"
    assert widget.merchant.code(widget.token) == "00000"


def test_by_setting_the_browser_comes_back_to_the_page_of_the_widget(widget: Widget) -> None:
    widget.merchant.control("settings", returnToPage=True)
    browser = widget.to_challenge().go()
    browser.submit("#acs-form", "authenticate")
    browser.submit("#send-on")
    assert browser.left_for == f"{PAGE}?paylinetoken={widget.token}"


@pytest.mark.parametrize("scenario", Scenario)
def test_the_control_decides_for_all_cards(merchant: Merchant, scenario: Scenario) -> None:
    merchant.control("settings", threeDSecure=scenario.value, methodMilliseconds=100)
    data = Widget(merchant).pay("4970101234567802").data
    assert data["isCompletionMethod"] is True
    assert data["timeoutInMs"] == 100
    assert data["requestUrl"].startswith("https://bank.example/silent") == (scenario == "silent_method")
    merchant.control("settings", threeDSecure="")
    assert (
        Widget(merchant, order={"reference": "other"}).pay("4970101234567802").state["type"]
        == "PAYMENT_SUCCESS"
    )


def test_the_control_takes_no_scenario_that_there_is_not(merchant: Merchant) -> None:
    answer = merchant.client.post("/_control/settings", json={"threeDSecure": "sometimes"})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("button", "code"), [("authenticate", "00000"), ("fail", "03003"), ("abandon", "03022")]
)
def test_the_hosted_page_leads_to_the_bank_and_needs_no_script(
    widget: Widget, button: str, code: str
) -> None:
    widget.browser.pay(CARDS[Scenario.CHALLENGE])
    assert widget.merchant.code(widget.token) == "02306"
    widget.browser.answer_bank(button)
    assert widget.merchant.code(widget.token) == code


@pytest.mark.parametrize("wish", ["CHALLENGE_MANDATE", "CHALLENGE_REQUESTED"])
def test_merchant_may_ask_for_authentication(merchant: Merchant, wish: str) -> None:
    browser = Browser(merchant, merchant.create(threeDS={"challengeInd": wish}))
    browser.pay()
    browser.submit("#send-on")
    assert found(browser.page, "#acs-form")


def test_soft_decline_is_retried_with_authentication(widget: Widget) -> None:
    widget.browser.pay(SOFT_DECLINED_CARD)
    assert widget.merchant.code(widget.token) == "01131"
    widget.browser.pay(SOFT_DECLINED_CARD)
    widget.browser.answer_bank("authenticate")
    assert widget.merchant.code(widget.token) == "00000"


def test_a_payment_begun_in_the_widget_can_go_on_at_the_hosted_page(widget: Widget) -> None:
    widget.pay(CARDS[Scenario.CHALLENGE])
    widget.browser.open(f"{MONEXT}/v2/?token={widget.token}")
    assert found(widget.browser.page, "#send-on")["action"] == "https://bank.example/acs/challenge"


def test_to_a_bank_over_plain_http_monexts_own_pages_lead(inbox: Inbox) -> None:
    widget = Widget(make_merchant(inbox, bank_url="http://bank.example:9003"))
    method = widget.pay(CARDS[Scenario.CHALLENGE]).data
    assert (method["requestType"], method["requestFields"]) == ("GET", None)
    assert method["requestUrl"] == f"{MONEXT}/3ds/method?token={widget.token}"
    form = found(widget.go().page, "#send-on")
    assert (form["target"], form["action"]) == ("bank", "http://bank.example:9003/acs/3ds-method")
    widget.browser.submit("#send-on")
    widget.browser.submit("#send-on")
    challenge = widget.call("redirection/continue").data
    assert challenge["requestUrl"] == f"{MONEXT}/3ds/challenge?token={widget.token}"
    widget.go().answer_bank("authenticate")
    assert widget.merchant.code(widget.token) == "00000"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"transStatus": "Y"}, "305"),
        ({"acsTransID": "7"}, "301"),
        ({"threeDSServerTransID": "7"}, "301"),
        ({"transStatus": None}, "201"),
    ],
)
def test_what_the_browser_brings_is_believed_only_where_the_bank_bears_it_out(
    widget: Widget, changes: dict[str, Any], code: str
) -> None:
    browser = widget.to_challenge().go()
    session = widget.merchant.client.application.extensions["monext"].sessions[widget.token]
    told = {
        "threeDSServerTransID": session.authentication.server_trans_id,
        "acsTransID": session.authentication.challenge.acs_trans_id,
        "messageType": "CRes",
        "messageVersion": "2.2.0",
        "transStatus": "N",
    }
    browser.submit("#acs-form", "fail")
    lie = {name: value for name, value in (told | changes).items() if value is not None}
    browser.post(f"{MONEXT}/3ds/return?token={widget.token}", {"cres": written(lie)})
    assert browser.refusal == code
    assert widget.merchant.code(widget.token) == "02306"


def test_an_answer_that_the_bank_has_not_given_is_refused(widget: Widget) -> None:
    widget.to_challenge().go()
    widget.browser.post(f"{MONEXT}/3ds/return?token={widget.token}", {"cres": "nothing"})
    assert widget.browser.refusal == "203"
    assert widget.merchant.code(widget.token) == "02306"


def test_an_answer_that_is_brought_twice_counts_once(widget: Widget) -> None:
    browser = widget.to_challenge().go()
    browser.submit("#acs-form", "authenticate")
    for _ in range(2):
        browser.left_for = ""
        browser.submit("#send-on")
        assert browser.left_for == f"{RETURN_URL}&paylinetoken={widget.token}"
    assert transaction(widget.merchant, widget.token)["authenticationResultData"]["transStatus"] == "Y"


def test_a_report_of_a_method_that_nobody_waits_for_is_refused(merchant: Merchant) -> None:
    form = {"threeDSMethodData": written({"threeDSServerTransID": "7"})}
    answer = merchant.client.post("/3ds/method-notification", data=form)
    assert answer.status_code == 400
    assert found(page_of(answer), "#refusal")["data-code"] == "301"


@pytest.mark.parametrize("leaving", ["redirection/abandon", "end", "cancel"])
def test_who_left_the_bank_is_not_authenticated_afterwards(widget: Widget, leaving: str) -> None:
    browser = widget.to_challenge().go()
    browser.submit("#acs-form", "authenticate")
    form = browser.page
    widget.call(leaving)
    browser.page = form
    browser.submit("#send-on")
    assert browser.refusal == "301"
    assert not widget.merchant.read(widget.token).get("transactions")
