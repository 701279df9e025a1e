"""References and signed links of any text: what was not signed is refused, and says so by one of three errors."""

from __future__ import annotations

import json
from contextlib import suppress
from hashlib import sha256
from urllib.parse import parse_qsl

from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer
from pydantic import SecretStr
from werkzeug.datastructures import MultiDict

from monext_bridge.errors import Forbidden, Malformed
from monext_bridge.services.payment_reference import ReferenceSigner
from monext_bridge.services.payment_reference.earlier import EarlierReferences
from monext_bridge.web.access.signed_links import LINK_PARAMETERS, check_link, signed_query
from tests.fuzz.effort import effort
from tests.fuzz.mutations import TEXTS, any_json, on_the_wire
from tests.services.payment_reference.references import CART_ID, KEY, REFERENCE, references
from tests.signed_links import signed

SIGNER = ReferenceSigner([KEY])
NOW = 1_800_000_000.0
SAID = {
    "expires": str(int(NOW) + 600),
    "mode": "widget",
    "lang": "fr",
    "returnUrl": "https://shop.example.com/a?b=c",
}
LINK = dict(parse_qsl(signed_query(CART_ID, SAID, key=KEY)))

odd_texts = st.sampled_from(TEXTS) | st.text(max_size=200)
"""Any text. A query holds no halves of surrogate pairs, whatever stands in the URL."""


@st.composite
def changed_text(draw: st.DrawFn, text: str) -> str:
    """Draw the text with some characters replaced, removed or put in."""
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, min(len(text), start + 6)))
    return text[:start] + draw(st.text("AZaz09-_.=~%/\x00é", max_size=4)) + text[end:]


@given(data=st.data())
@effort(100)
def test_a_reference_that_was_not_signed_is_refused(data: st.DataObject) -> None:
    signed_one = SIGNER.sign(data.draw(references))
    text = data.draw(changed_text(signed_one) | odd_texts)
    with suppress(Malformed, Forbidden):
        SIGNER.read(text)
        assert text == signed_one


@given(fields=(any_json | st.lists(any_json, min_size=5, max_size=8)).map(on_the_wire).map(json.loads))
@effort(40)
def test_an_earlier_reference_of_any_content_is_read_or_malformed(fields: object) -> None:
    """Its signature is right: an earlier release may have signed anything, halves of a pair included."""
    serializer = URLSafeSerializer(
        KEY.get_secret_value(),
        salt="monext-bridge.reference",
        serializer_kwargs={"ensure_ascii": True},
        signer_kwargs={"key_derivation": "hmac", "digest_method": staticmethod(sha256)},
    )
    with suppress(Malformed):
        EarlierReferences([KEY]).read(str(serializer.dumps(fields)))


@given(data=st.data())
@effort(100)
def test_a_link_of_version_2_that_says_something_else_is_refused(data: st.DataObject) -> None:
    given_: MultiDict[str, str] = MultiDict(LINK)
    name = data.draw(st.sampled_from((*LINK_PARAMETERS, "utm_source")))
    before = given_.getlist(name)
    value = as_decoded(data.draw(odd_texts | changed_text(LINK.get(name, ""))))
    given_.poplist(name)
    for each in data.draw(st.sampled_from(((value,), (), (*before, value)))):
        given_.add(name, each)
    with suppress(Malformed, Forbidden):
        check_link(CART_ID, given_, keys=[KEY], now=NOW)
        assert name == "utm_source" or given_.getlist(name) == before


@given(data=st.data())
@effort(100)
def test_a_link_of_version_1_for_another_cart_or_end_is_refused(data: st.DataObject) -> None:
    link = signed(CART_ID, expires=int(NOW) + 600, key=KEY.get_secret_value())
    name = data.draw(st.sampled_from(("expires", "signature", "v")))
    value = as_decoded(data.draw(odd_texts | changed_text(link.get(name, ""))))
    with suppress(Malformed, Forbidden):
        check_link(CART_ID, MultiDict(link | {name: value}), keys=[SecretStr("another"), KEY], now=NOW)
        assert link.get(name) == value or (name == "expires" and int(value) == int(link[name]))


def as_decoded(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def test_the_genuine_ones_are_taken() -> None:
    assert SIGNER.read(SIGNER.sign(REFERENCE)) == REFERENCE
    assert check_link(CART_ID, MultiDict(LINK), keys=[KEY], now=NOW) == int(NOW) + 600
