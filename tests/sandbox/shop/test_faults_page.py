import pytest
import requests

from sandbox.commercetools.seed import cart_id
from sandbox.shop import controls
from tests.sandbox.shop.conftest import Browser


@pytest.mark.parametrize("remote", ["commercetools", "monext"])
def test_a_fault_ordered_on_the_page_hits_the_remote(browser: Browser, remote: str) -> None:
    url = getattr(browser.sandbox, f"{remote}_url")
    form = {"action": "status", "method": "GET", "path": "/x$", "times": "2", "skip": "", "code": "502"}
    assert browser.post(f"/faults/{remote}/rules", **form).status_code == 303
    assert requests.get(f"{url}/x", timeout=60).status_code == 502
    assert "status 502" in browser.page("/faults").get_text()


def test_a_wrong_fault_is_refused_with_its_reason(browser: Browser) -> None:
    response = browser.post("/faults/monext/rules", action="status", code="abc")
    assert response.status_code == 400
    assert "code must be of type int" in response.text


def test_a_remote_nobody_knows_is_not_found(browser: Browser) -> None:
    assert browser.post("/faults/elsewhere/rules", action="status").status_code == 404


def test_clearing_ends_all_faults_of_a_remote(browser: Browser) -> None:
    browser.post("/faults/monext/rules", action="status", times="0")
    browser.post("/faults/monext/clear")
    assert requests.get(f"{browser.sandbox.monext_url}/v1/checkout/alive", timeout=60).status_code != 503


def test_the_shop_itself_is_spared(browser: Browser) -> None:
    browser.post("/faults/commercetools/rules", action="status", times="0")
    assert browser.get("/").status_code == 200


def test_the_journal_shows_calls_and_what_befell_them(browser: Browser) -> None:
    browser.post("/faults/commercetools/rules", action="status", code="500")
    requests.get(f"{browser.sandbox.commercetools_url}/sandbox/carts", timeout=60)
    text = browser.page("/faults").get_text(" ", strip=True)
    assert "/sandbox/carts 500" in text


def test_the_mode_of_notifications_is_set_and_shown(browser: Browser) -> None:
    assert browser.post("/faults/notifications", mode="late", late="3", interval="0.5").status_code == 303
    page = browser.page("/faults")
    assert page.select_one("option[selected]").get_text() == "late"  # type: ignore[union-attr]
    assert page.select_one("input[name=interval]")["value"] == "0.5"  # type: ignore[index]


def test_an_act_that_is_done_though_the_answer_says_error_is_ordered_on_the_page(browser: Browser) -> None:
    form = {"act": "refunds", "outcome": "accepted", "says": "01197", "code": "", "status": "", "times": "2"}
    assert browser.post("/faults/acts", **form).status_code == 303
    shown = browser.page("/faults").select_one(".acts")
    assert shown is not None
    assert shown.get_text() == "2 × refunds: accepted, answered 201 with 01197"
    assert browser.post("/faults/acts/forget").status_code == 303
    assert not browser.page("/faults").select(".acts")


def test_every_code_that_does_not_tell_what_happened_can_be_chosen(browser: Browser) -> None:
    codes = [str(option["value"]) for option in browser.page("/faults").select("select[name=says] option")]
    assert len(codes) == 14
    for code in filter(None, codes):
        assert browser.post("/faults/acts", says=code).status_code == 303


@pytest.mark.parametrize("name", ["zeroAuthorizedAmount", "lowercaseCurrency", "sessionTransactions"])
def test_what_answers_have_or_lack_is_ordered_on_the_page(browser: Browser, name: str) -> None:
    for sent, checked in (({name: "on"}, 1), ({}, 0)):
        assert browser.post("/faults/answers", **sent).status_code == 303
        assert len(browser.page("/faults").select(f"input[name={name}][checked]")) == checked
    browser.post("/faults/answers", sessionTransactions="on")


@pytest.mark.parametrize(
    ("name", "value", "own"),
    [
        ("sessionTitle", "INPROGRESS", ""),
        ("sessionCode", "02005", ""),
        ("notificationType", "ALERT", ""),
        ("sessionIdParameterName", "session_id", "paylinetoken"),
    ],
)
def test_what_answers_say_is_ordered_on_the_page(browser: Browser, name: str, value: str, own: str) -> None:
    for wanted in (value, own):
        sent = {name: wanted, "sessionTransactions": "on"}
        assert browser.post("/faults/answers", **sent).status_code == 303
        assert browser.page("/faults").select_one(f"input[name={name}]")["value"] == wanted  # type: ignore[index]


@pytest.mark.parametrize("name", ["ledger", "notificationMethod", "notificationNames"])
def test_every_choice_of_an_answer_can_be_ordered_on_the_page(browser: Browser, name: str) -> None:
    options = browser.page("/faults").select(f"select[name={name}] option")
    values = [str(option.get("value", option.get_text())) for option in options]
    assert len(values) >= 3
    for value in (*values, values[0]):
        assert browser.post("/faults/answers", sessionTransactions="on", **{name: value}).status_code == 303


def test_a_parameter_name_that_is_too_long_is_refused_with_its_reason(browser: Browser) -> None:
    response = browser.post("/faults/answers", sessionIdParameterName="x" * 21)
    assert response.status_code == 400
    assert "sessionIdParameterName" in response.text


def test_the_title_of_an_acts_answer_is_ordered_on_the_page(browser: Browser) -> None:
    form = {"act": "cancels", "outcome": "accepted", "says": "02601", "title": "ERROR", "status": "400"}
    assert browser.post("/faults/acts", **form).status_code == 303
    shown = browser.page("/faults").select_one(".acts")
    assert shown is not None
    assert shown.get_text() == "1 × cancels: accepted, answered 400 with ERROR 02601"
    browser.post("/faults/acts/forget")


def test_waiting_notifications_can_be_sent(browser: Browser) -> None:
    assert browser.post("/faults/notifications/flush").status_code == 303


def test_time_passes_at_monext(browser: Browser) -> None:
    assert browser.post("/faults/clock", advance="60").status_code == 303


def test_reset_brings_the_seed_back(browser: Browser) -> None:
    guest = cart_id("guest")
    browser.post(f"/carts/{guest}/raise")
    browser.post(f"/carts/{guest}/copy")
    browser.post("/faults/monext/rules", action="status", times="0")
    assert browser.post("/reset").status_code == 303
    assert browser.project(f"carts/{guest}")["lineItems"][0]["quantity"] == 1
    assert not browser.page("/").select(".copies")
    assert "No rule: all goes well." in browser.page("/faults").get_text()


def test_how_3d_secure_goes_for_all_cards_is_ordered_on_the_page(browser: Browser) -> None:
    chosen = "select[name=scenario] option[selected]"
    assert browser.post("/faults/three-d-secure", scenario="challenge_refused").status_code == 303
    option = browser.page("/faults").select_one(chosen)
    assert option is not None
    assert option["value"] == "challenge_refused"
    assert controls.switches(browser.sandbox.monext_url)["threeDSecure"] == "challenge_refused"
    browser.post("/faults/three-d-secure", scenario="")
    assert browser.page("/faults").select_one(chosen) is None


def test_a_key_of_monext_is_made_and_withdrawn_on_the_page(browser: Browser) -> None:
    assert browser.post("/faults/keys", merchant="sandbox", accessKey="newer-key").status_code == 303
    old = {"merchant": "sandbox", "accessKey": "sandbox-key"}
    assert browser.post("/faults/keys/withdraw", **old).status_code == 303
    shown = browser.page("/faults").select_one("#keys")
    assert shown is not None
    assert [each.get_text() for each in shown.select("ul code")][:2] == ["newer-key", "sandbox-be-key"]
    alive = f"{browser.sandbox.monext_url}/v1/checkout/alive"
    assert requests.get(alive, auth=("sandbox", "sandbox-key"), timeout=5).status_code == 401
    assert browser.post("/faults/keys/withdraw", **old).status_code == 400


def test_an_api_client_is_made_and_deleted_on_the_page(browser: Browser) -> None:
    assert browser.post("/faults/clients", id="newer", secret="newer-secret").status_code == 303
    assert browser.post("/faults/clients/bridge/delete").status_code == 303
    tokens, form = f"{browser.sandbox.commercetools_url}/oauth/token", {"grant_type": "client_credentials"}
    asked = [
        requests.post(tokens, data=form, auth=client, timeout=5).status_code
        for client in (("bridge", "bridge-secret"), ("newer", "newer-secret"))
    ]
    assert asked == [401, 200]
    assert browser.post("/faults/clients/bridge/delete").status_code == 404
