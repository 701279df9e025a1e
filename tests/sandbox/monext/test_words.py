"""The hosted page and the widget speak the language of the session; who asks for none gets the browser's."""

import json
import re
from pathlib import Path

import pytest

from sandbox.monext.words import LANGUAGES, words_in
from tests.sandbox.monext.browser import Browser
from tests.sandbox.monext.merchant import Merchant
from tests.sandbox.monext.test_widget import pay, state

MONEXT = Path(__file__).parents[3] / "sandbox" / "monext"
TABLE = json.loads((MONEXT / "words.json").read_text(encoding="utf-8"))
ASKED = {
    "fr": "Comment souhaitez-vous payer ?",
    "de": "Wie möchten Sie bezahlen?",
    "en": "How do you want to pay?",
}


@pytest.mark.parametrize("text", TABLE)
def test_every_sentence_is_in_every_language_with_the_same_gaps(text: str) -> None:
    assert set(TABLE[text]) == set(LANGUAGES)
    gaps = {language: set(re.findall(r"\{\w+\}", said)) for language, said in TABLE[text].items()}
    assert all(found == set(re.findall(r"\{\w+\}", text)) for found in gaps.values())


def test_everything_that_the_widget_asks_for_is_in_the_table() -> None:
    script = (MONEXT / "static" / "widget-min.js").read_text(encoding="utf-8")
    literal = set(re.findall(r'words\("([^"]+)"', script))
    tables = set(re.findall(r'label: "([^"]+)"|PAYMENT_\w+: "([^"]+)"', script))

    assert len(literal) > 10
    assert literal | {one or other for one, other in tables} <= set(TABLE)


@pytest.mark.parametrize(
    ("code", "amount", "card"),
    [
        ("FR", "24,99\xa0€", "Carte bancaire"),
        ("EN", "€24.99", "Bank card"),
        ("NL", "€\xa024,99", "Bankkaart"),
    ],
)
def test_amounts_and_methods_are_written_in_the_language_of_the_page(
    merchant: Merchant, code: str, amount: str, card: str
) -> None:
    token = merchant.create(languageCode=code)
    page = merchant.client.get(f"/v2/?token={token}").get_data(as_text=True)
    current = merchant.client.get(f"/services/token/{token}/state/current").get_json()
    names = [method["name"] for method in current["paymentMethodsList"]["methods"]]

    assert amount in page
    assert current["info"]["PaylineFormattedAmount"] == amount
    assert card in page
    assert card in names


@pytest.mark.parametrize(
    ("code", "browser", "spoken"),
    [
        ("DE", "", "de"),
        ("de", "fr", "de"),
        ("EN", "fr", "en"),
        ("ZH", "fr;q=0.8, zh", "fr"),
        ("DEU", "", "en"),
        ("X-", "zh", "en"),
        (None, "de-AT, en;q=0.5", "de"),
        (None, "", "en"),
    ],
)
def test_language_is_that_of_the_session_else_of_the_browser_else_english(
    merchant: Merchant, code: str | None, browser: str, spoken: str
) -> None:
    token = merchant.create(**({"languageCode": code} if code else {}))
    headers = {"Accept-Language": browser}
    page = merchant.client.get(f"/v2/?token={token}", headers=headers).get_data(as_text=True)
    current = merchant.client.get(f"/services/token/{token}/state/current", headers=headers).get_json()

    assert f'<html lang="{spoken}">' in page
    assert ASKED[spoken] in page
    assert (current["language"], current["words"]) == (spoken.upper(), dict(words_in(spoken)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_of_a_card_payment_is_in_the_language(merchant: Merchant, language: str) -> None:
    words = words_in(language)
    browser = Browser(merchant, merchant.create(languageCode=language.upper()))
    browser.open(f"/v2/?token={browser.token}&method=CB_FR")
    assert words["Card number"] in browser.page.get_text()
    browser.pay()

    assert words["Payment accepted"] in browser.page.get_text()
    assert words["Back to the shop"] in browser.page.get_text()


def test_fault_of_a_form_is_told_in_the_language(merchant: Merchant) -> None:
    token = merchant.create(languageCode="FR")

    assert pay(merchant, token, cvv="1").get_json() == {"faults": {"cvv": "3 chiffres"}}


def test_unknown_token_is_told_to_have_expired_in_the_browsers_language(merchant: Merchant) -> None:
    path = "/services/token/unknown/state/current"
    found = merchant.client.get(path, headers={"Accept-Language": "nl"}).get_json()

    assert found["words"]["This payment has expired"] == "Deze betaling is verlopen"
    assert state(merchant, "unknown")["language"] == "EN"
