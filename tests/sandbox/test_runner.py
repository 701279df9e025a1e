import socket
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
import requests

from sandbox.commercetools.seed import cart_id
from sandbox.runner import Ports, Sandbox


def status(url: str) -> int:
    return requests.get(url, timeout=60).status_code


def test_all_are_served_on_ports_of_their_own() -> None:
    with Sandbox(bank_tls=False) as sandbox:
        urls = [sandbox.shop_url, sandbox.commercetools_url, sandbox.monext_url, sandbox.bank_url]
        assert len(set(urls)) == 4
        assert status(f"{sandbox.bank_url}/") == 200
        assert status(f"{sandbox.shop_url}/") == 200
        assert status(f"{sandbox.commercetools_url}/.well-known/jwks.json") == 200
        assert status(f"{sandbox.monext_url}/cdn/scripts/widget-min.js") == 200


def test_the_bank_is_served_over_tls_unless_told_otherwise() -> None:
    with Sandbox() as sandbox:
        assert sandbox.bank_url.startswith("https://")
        with pytest.raises(requests.exceptions.SSLError):
            status(sandbox.bank_url)


def test_nothing_is_served_any_more_afterwards() -> None:
    with Sandbox() as sandbox:
        pass
    for url in (sandbox.shop_url, sandbox.commercetools_url, sandbox.monext_url, sandbox.bank_url):
        with pytest.raises(requests.ConnectionError):
            status(url)


def test_a_taken_port_frees_the_others_and_is_told() -> None:
    with socket.socket() as taken, socket.socket() as probe:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
        probe.close()
        with pytest.raises(OSError, match="in use"):
            Sandbox(ports=Ports(shop=taken.getsockname()[1], commercetools=free, monext=0, bank=0))
        with socket.socket() as again:
            again.bind(("127.0.0.1", free))


def test_the_bridge_may_be_named_after_the_start() -> None:
    with Sandbox() as sandbox:
        sandbox.bridge_url = "http://bridge.example"
        page = requests.get(f"{sandbox.shop_url}/", timeout=60).text
        assert f"http://bridge.example/checkout/{cart_id('guest')}?mode=widget" in page


def test_faults_are_those_of_one_remote_only() -> None:
    with Sandbox() as sandbox:
        rule = {"action": "status", "times": 0}
        requests.post(f"{sandbox.commercetools_url}/_control/faults", json=rule, timeout=60)
        assert status(f"{sandbox.commercetools_url}/.well-known/jwks.json") == 503
        assert status(f"{sandbox.monext_url}/cdn/scripts/widget-min.js") == 200
        assert len(sandbox.commercetools_faults.listed()) == 1


def test_reset_brings_everything_back() -> None:
    with Sandbox() as sandbox:
        guest = f"{sandbox.shop_url}/carts/{cart_id('guest')}"
        before = requests.get(guest, timeout=60).text
        requests.post(f"{guest}/raise", timeout=60)
        requests.post(f"{sandbox.monext_url}/_control/faults", json={"action": "html"}, timeout=60)
        status(f"{sandbox.commercetools_url}/sandbox/carts")
        sandbox.clock.advance(3600)
        sandbox.reset()
        after = requests.get(guest, timeout=60).text
        assert [line for line in before.splitlines() if "EUR" in line] == [
            line for line in after.splitlines() if "EUR" in line
        ]
        assert sandbox.monext_faults.listed() == []
        assert sandbox.commercetools_faults.journal.calls() == ()


def test_the_address_names_the_host_that_was_asked_for() -> None:
    with Sandbox(host="localhost") as sandbox:
        assert sandbox.shop_url.startswith("http://localhost:")
        assert status(f"{sandbox.shop_url}/") == 200


def test_pay_buttons_make_a_session_only_when_pressed_where_the_bridge_wants_one() -> None:
    with Sandbox(access="session") as sandbox:
        page = requests.get(f"{sandbox.shop_url}/carts/{cart_id('guest')}", timeout=60).text
        assert f'href="/carts/{cart_id("guest")}/pay?mode=widget"' in page
        dump = requests.get(f"{sandbox.commercetools_url}/_control/dump", timeout=60).json()
        assert dump["session"] == []


def test_every_answer_carries_the_time_of_its_remote() -> None:
    with Sandbox() as sandbox:
        sandbox.clock.advance(3600)
        requests.post(f"{sandbox.monext_url}/_control/clock", json={"advance": 3600}, timeout=60)
        requests.post(f"{sandbox.commercetools_url}/_control/faults", json={"action": "status"}, timeout=60)
        broken, whole = (ahead(f"{sandbox.commercetools_url}/.well-known/jwks.json") for _ in range(2))
        monext = ahead(f"{sandbox.monext_url}/cdn/scripts/widget-min.js")
    assert [round(hours) for hours in (broken, whole, monext)] == [1, 1, 2]


def ahead(url: str) -> float:
    """By how many hours the only `Date` of an answer is ahead of the true time."""
    dates = requests.get(url, timeout=60).raw.headers.getlist("Date")
    (date,) = dates
    return (parsedate_to_datetime(date) - datetime.now(UTC)) / timedelta(hours=1)
