"""Signed links: what version 2 signs, how it is written, and that version 1 goes on working."""

from __future__ import annotations

import json
import shutil
import subprocess
from urllib.parse import parse_qsl

import pytest
from pydantic import SecretStr
from werkzeug.datastructures import MultiDict

from monext_bridge.errors import BridgeError, Forbidden, LinkExpired, Malformed
from monext_bridge.web.access.signed_links import LONGEST_LINK, check_link, form_encoded, signed_query
from tests.log_lines import LogLines
from tests.signed_links import LINK_KEY, signed, signed_all

CART, OTHER_CART = "6f6f1a2e-6b0e-4a53-8a0b-1d2f3c4b5a69", "7f6f1a2e-6b0e-4a53-8a0b-1d2f3c4b5a69"
NOW = 1_767_225_600
EXPIRES = NOW + 3600
SAID = {
    "mode": "redirect",
    "lang": "fr-FR",
    "method": "CB",
    "returnUrl": "https://shop.example.com/thanks?a=b c&d=é~*",
    "cancelUrl": "https://shop.example.com/cart#top",
}
ODD = [
    "",
    " ",
    "*-._",
    "~",
    "a+b",
    "é",
    "\N{SNOWMAN}",
    "\N{PILE OF POO}",
    "!'()",
    "\x00\x1f\x7f",
    "%7e",
    "&=?#/:;@,$",
    "".join(map(chr, range(0x250))),
]

IN_NODE = """
const [cart, key, all] = JSON.parse(process.argv[1]);
const signed = (given) => {
  const query = new URLSearchParams(given);
  query.sort();
  const signature = require("node:crypto").createHmac("sha256", key).update(`2.${cart}.${query}`).digest("hex");
  return [String(query), signature];
};
console.log(JSON.stringify(all.map(signed)));
"""


def check(
    given: dict[str, str] | MultiDict[str, str], *, cart: str = CART, keys: tuple[str, ...] = (LINK_KEY,)
) -> int:
    return check_link(cart, MultiDict(given), keys=[SecretStr(key) for key in keys], now=NOW)


def link(**changes: str) -> dict[str, str]:
    return signed_all(CART, SAID, expires=EXPIRES) | changes


def test_a_link_of_version_2_tells_when_it_expires() -> None:
    assert check(link()) == EXPIRES


def test_a_link_of_version_1_goes_on_working() -> None:
    assert check(signed(CART, expires=EXPIRES) | SAID | {"utm_source": "mail"}) == EXPIRES


@pytest.mark.parametrize("name", [*SAID, "expires", "ref", "session"])
def test_all_that_version_2_says_is_signed(name: str) -> None:
    with pytest.raises(Forbidden):
        check(link(**{name: str(EXPIRES + 1)}))
    without = {key: value for key, value in link().items() if key != name}
    if name in link():
        with pytest.raises(BridgeError):
            check(without)


@pytest.mark.parametrize("name", ["utm_source", "gclid", "Lang", "status"])
def test_what_we_do_not_read_is_not_signed(name: str) -> None:
    assert check(MultiDict([*link().items(), (name, "1"), (name, "2")])) == EXPIRES


@pytest.mark.parametrize("name", [*SAID, "expires", "signature", "v"])
def test_what_version_2_says_twice_is_refused(name: str) -> None:
    with pytest.raises(Malformed) as raised:
        check(MultiDict([*link().items(), (name, link()[name])]))
    assert raised.value.field == name


@pytest.mark.parametrize("version", ["", "1", "3", "02", "2 ", "²"])
def test_an_unknown_version_is_refused_with_words(version: str) -> None:
    with pytest.raises(Malformed, match="version"):
        check(link(v=version))


def test_neither_version_is_taken_for_the_other() -> None:
    with pytest.raises(Forbidden):
        check({key: value for key, value in link().items() if key != "v"})
    with pytest.raises(Forbidden):
        check(signed(CART, expires=EXPIRES) | {"v": "2"})


@pytest.mark.parametrize(
    "expires",
    [
        f"0{EXPIRES}",
        f"+{EXPIRES}",
        f" {EXPIRES}",
        f"{EXPIRES}\n",
        f"{EXPIRES}.0",
        "\u0661" * 10,
        "00",
        "-1",
        "",
    ],
)
@pytest.mark.parametrize("version", [1, 2])
def test_an_expiry_has_one_spelling(expires: str, version: int) -> None:
    """Else one signature is good for many addresses."""
    given = {"expires": expires, "signature": "0" * 64} | ({"v": "2"} if version > 1 else {})
    with pytest.raises(Malformed):
        check(given)


def test_a_link_is_for_its_own_cart() -> None:
    with pytest.raises(Forbidden):
        check(link(), cart=OTHER_CART)


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize(
    ("expires", "error"),
    [(NOW, None), (NOW - 1, LinkExpired), (NOW + LONGEST_LINK, None), (NOW + LONGEST_LINK + 1, Forbidden)],
)
def test_a_link_lasts_until_it_expires(expires: int, error: type[BridgeError] | None, version: int) -> None:
    given = signed_all(CART, SAID, expires=expires) if version == 2 else signed(CART, expires=expires)
    if error is None:
        assert check(given) == expires
        return
    with pytest.raises(error) as raised:
        check(given)
    assert type(raised.value) is error


def test_all_keys_verify_a_link_and_no_other() -> None:
    assert check(link(), keys=("another-key-of-these-links", LINK_KEY)) == EXPIRES
    with pytest.raises(Forbidden):
        check(link(), keys=("another-key-of-these-links",))


def test_what_the_bridge_signs_is_what_a_shop_would() -> None:
    said = {"mode": "redirect", "lang": None, "expires": str(EXPIRES)}
    made = dict(parse_qsl(signed_query(CART, said, key=SecretStr(LINK_KEY))))
    assert made == signed_all(CART, {"mode": "redirect"}, expires=EXPIRES)


def test_a_known_link_of_version_2() -> None:
    """An example: whoever signs links can compare with it."""
    said = {
        "lang": "fr-FR",
        "mode": "redirect",
        "returnUrl": "https://shop.example.com/thanks?a=b c~*",
        "v": "2",
    }
    assert form_encoded(said) == (
        "lang=fr-FR&mode=redirect&returnUrl=https%3A%2F%2Fshop.example.com%2Fthanks%3Fa%3Db+c%7E*&v=2"
    )


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
def test_it_is_encoded_and_signed_as_node_does() -> None:
    all_said = [{**SAID, "returnUrl": odd, "expires": str(EXPIRES), "v": "2"} for odd in ODD]
    asked = json.dumps([CART, LINK_KEY, all_said])
    done = subprocess.run(
        ["node", "-e", IN_NODE, asked], capture_output=True, text=True, check=True, timeout=120
    )
    for said, (text, signature) in zip(all_said, json.loads(done.stdout), strict=True):
        assert form_encoded(dict(sorted(said.items()))) == text
        assert check(said | {"signature": signature}) == EXPIRES


NEW, OLD = "the-new-secret-of-links", "the-old-secret-of-links"


def check_by(signed_with: str, *keys: str) -> None:
    given = MultiDict(signed(CART, expires=EXPIRES, key=signed_with))
    check_link(CART, given, keys=[SecretStr(key) for key in keys], now=NOW)


def test_every_secret_of_the_list_opens_a_link(lines: LogLines) -> None:
    check_by(NEW, NEW, OLD)
    assert lines.of("old_secret_used") == []
    check_by(OLD, NEW, OLD)
    (told,) = lines.of("old_secret_used")
    assert (told["level"], told["setting"], told["place"]) == ("INFO", "LINK_SECRET", 2)


def test_a_secret_that_was_taken_out_opens_none() -> None:
    with pytest.raises(Forbidden):
        check_by(OLD, NEW)
