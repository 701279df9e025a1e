import requests

from sandbox.commercetools.catalogue import PRODUCTS
from sandbox.commercetools.seed import cart_id
from sandbox.runner import Sandbox


def test_every_product_has_a_picture_that_is_served() -> None:
    with Sandbox() as sandbox:
        for sku in PRODUCTS:
            picture = requests.get(f"{sandbox.commercetools_url}/pictures/{sku.lower()}.svg", timeout=60)
            assert (picture.status_code, picture.headers["Content-Type"]) == (200, "image/svg+xml"), sku


def test_a_line_names_its_picture_as_commercetools_does() -> None:
    with Sandbox() as sandbox:
        dump = requests.get(f"{sandbox.commercetools_url}/_control/dump", timeout=60).json()
    cart = next(each for each in dump["cart"] if each["id"] == cart_id("guest"))
    picture = {
        "url": f"{sandbox.commercetools_url}/pictures/chair-oak.svg",
        "dimensions": {"w": 400, "h": 400},
    }
    assert [line["variant"]["images"] for line in cart["lineItems"]] == [[picture]]


def test_looking_at_a_picture_uses_up_no_fault() -> None:
    with Sandbox() as sandbox:
        url = sandbox.commercetools_url
        requests.post(f"{url}/_control/faults", json={"action": "status"}, timeout=60)
        assert requests.get(f"{url}/pictures/chair-oak.svg", timeout=60).status_code == 200
        assert sandbox.commercetools_faults.journal.calls() == ()
