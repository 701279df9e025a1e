"""A buyer's browser without JavaScript, at Monext's pages and the bank's: links and forms, taken from the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup
from werkzeug.test import TestResponse

from tests.sandbox.monext.merchant import Merchant, found, page_of

MONEXT = "http://localhost"
SHOP = "https://shop.example"
ACCEPTED_CARD = "4970101234567802"


@dataclass
class Browser:
    """Follows what the pages offer. `left_for` is where the shop takes over."""

    merchant: Merchant
    token: str
    page: BeautifulSoup = field(default_factory=BeautifulSoup)
    url: str = MONEXT
    left_for: str = ""

    def open(self, url: str) -> None:
        self._land(self._send("GET", url))

    def choose(self, method: str) -> None:
        self.open(f"{MONEXT}/v2/?token={self.token}")
        self.open(str(found(self.page, f'a[href$="method={method}"]')["href"]))

    def fields(self, form: str) -> dict[str, str]:
        """What a form of the page sends, without a button."""
        return {
            str(each["name"]): str(each.get("value", ""))
            for each in found(self.page, form).select("input[name]")
        }

    def submit(self, form: str, button: str = "", **values: str) -> None:
        """Press a button (by its id) of a form, with its fields filled in."""
        fields = self.fields(form)
        if button:
            pressed = found(self.page, f"{form} #{button}")
            fields[str(pressed["name"])] = str(pressed["value"])
        self.post(str(found(self.page, form)["action"]), fields | values)

    def post(self, url: str, fields: Mapping[str, str]) -> None:
        """Send a form."""
        self._land(self._send("POST", url, fields))

    def pay(self, number: str = ACCEPTED_CARD, **values: str) -> None:
        self.choose("CB_FR")
        self.submit("#card-form", **{"number": number, "expiry": "12/30", "cvv": "123", **values})

    def answer_bank(self, button: str) -> None:
        """From the page that leads to the bank to what follows the buyer's answer."""
        self.submit("#send-on")
        self.submit("#acs-form", button)
        self.submit("#send-on")

    @property
    def state(self) -> str:
        return str(found(self.page, "#state")["data-state"])

    @property
    def refusal(self) -> str:
        """The protocol's error code on the page."""
        return str(found(self.page, "#refusal")["data-code"])

    def _send(self, method: str, url: str, fields: Mapping[str, str] | None = None) -> TestResponse:
        self.url = urljoin(self.url, url)
        at_bank = not self.url.startswith(MONEXT)
        client = self.merchant.bank if at_bank else self.merchant.client
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(self.url))
        data = None if fields is None else dict(fields)
        return client.open(self.url.removeprefix(origin), base_url=origin, method=method, data=data)

    def _land(self, answer: TestResponse) -> None:
        while answer.status_code in (302, 303):
            if answer.location.startswith(SHOP):
                self.left_for = answer.location
                return
            answer = self._send("GET", answer.location)
        assert answer.status_code in (200, 400)
        assert "Sandbox – no real money" in answer.get_data(as_text=True)
        self.page = page_of(answer)
