import requests

from sandbox.runner import Sandbox


def test_every_server_has_an_icon() -> None:
    with Sandbox() as sandbox:
        for url in (sandbox.shop_url, sandbox.commercetools_url, sandbox.monext_url):
            answer = requests.get(f"{url}/favicon.ico", timeout=60)
            assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/svg+xml")


def test_asking_for_the_icon_uses_up_no_fault() -> None:
    with Sandbox() as sandbox:
        requests.post(f"{sandbox.monext_url}/_control/faults", json={"action": "status"}, timeout=60)
        assert requests.get(f"{sandbox.monext_url}/favicon.ico", timeout=60).status_code == 200
        assert sandbox.monext_faults.journal.calls() == ()
        assert sandbox.monext_faults.listed()[0]["applied"] == 0
