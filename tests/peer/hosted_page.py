"""Pays at Monext's hosted page as a buyer without JavaScript does, by the links and forms of the pages."""

from __future__ import annotations

from urllib.parse import urljoin

import requests
from bs4 import BeautifulSoup, Tag

from sandbox.monext.cards import ACCEPTED_CARD


def pay_by_card(url: str) -> str:
    """Pay by card at the address that the bridge gives, and give the address that leads back to the bridge."""
    with requests.Session() as browser:
        browser.trust_env = False
        methods = browser.get(url, timeout=60)
        form_page = browser.get(_link(methods, 'a[href$="method=CB_FR"]'), timeout=60)
        form = _found(form_page, "#card-form")
        fields = {str(each["name"]): str(each.get("value", "")) for each in form.select("input[name]")}
        card = {"number": ACCEPTED_CARD, "expiry": "12/35", "cvv": "123"}
        target = urljoin(form_page.url, str(form["action"]))
        return _link(browser.post(target, data=fields | card, timeout=60), "#back-to-shop")


def _link(answer: requests.Response, selector: str) -> str:
    return urljoin(answer.url, str(_found(answer, selector)["href"]))


def _found(answer: requests.Response, selector: str) -> Tag:
    found = BeautifulSoup(answer.text, "html.parser").select_one(selector)
    if found is None:
        raise AssertionError(f"no {selector} on {answer.url}: {answer.status_code}")
    return found
