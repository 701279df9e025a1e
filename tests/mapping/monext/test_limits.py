import re
from itertools import product

import pytest

from monext_bridge.mapping.monext.countries import COUNTRIES
from monext_bridge.mapping.monext.limits import EMAIL, LIMITS, Limit, TooLong, within_limits
from monext_bridge.mapping.monext.requests import session_request
from tests.builders import Json, a_session_draft
from tests.monext_openapi import ecma, needs_openapi, paths_of, published_fields

TEXTS = {path: limit for path, limit in LIMITS.items() if limit.least is None and limit.most is None}
NUMBERS = {path: limit for path, limit in LIMITS.items() if path not in TEXTS}
LONGEST = {path: limit for path, limit in TEXTS.items() if limit.longest is not None}


def put(path: str, value: object) -> Json:
    """A document with nothing but this value at a dotted path."""
    first, _, rest = path.partition(".")
    inner = put(rest, value) if rest else value
    return {first.removesuffix("[]"): [inner] if first.endswith("[]") else inner}


def taken(path: str, value: object) -> object:
    """What is sent of a value at a dotted path, None where it is left out."""
    found: object = within_limits(put(path, value))
    for name in path.split("."):
        found = found.get(name.removesuffix("[]")) if isinstance(found, dict) else None
        found = found[0] if name.endswith("[]") and isinstance(found, list) else found
    return found


@pytest.mark.parametrize("path", [p for p, limit in LONGEST.items() if limit.too_long is TooLong.CUT])
def test_a_text_that_is_too_long_is_cut(path: str) -> None:
    longest = LONGEST[path].longest
    assert taken(path, "x" * 1000) == "x" * (longest or 0)


@pytest.mark.parametrize("path", [p for p, limit in LONGEST.items() if limit.too_long is TooLong.DROP])
def test_a_text_of_which_a_part_is_useless_is_left_out(path: str) -> None:
    assert taken(path, "1" * 1000) is None


@pytest.mark.parametrize("path", [p for p, limit in TEXTS.items() if limit.allowed or limit.accepts])
def test_a_text_that_is_not_acceptable_is_left_out(path: str) -> None:
    assert taken(path, "?!") is None


@pytest.mark.parametrize("path", list(TEXTS))
@pytest.mark.parametrize("nothing", ["", "   ", "\x00", "\ud800"])
def test_nothing_empty_is_sent(path: str, nothing: str) -> None:
    assert within_limits(put(path, nothing)) == {}


@pytest.mark.parametrize("path", list(NUMBERS))
@pytest.mark.parametrize("number", [-1, 10**19])
def test_a_number_out_of_range_is_left_out(path: str, number: int) -> None:
    limit = NUMBERS[path]
    inside = (limit.least is None or number >= limit.least) and (limit.most is None or number <= limit.most)
    assert taken(path, number) == (number if inside else None)


@pytest.mark.parametrize("path", list(NUMBERS))
def test_a_number_in_range_is_sent(path: str) -> None:
    assert taken(path, 1) == 1


def test_empty_objects_and_lists_disappear_with_what_they_were_in() -> None:
    assert within_limits({"buyer": {"billingAddress": {"city": ""}}, "order": {"items": [{}, None]}}) == {}


def test_an_empty_list_of_methods_is_sent_for_it_means_all() -> None:
    assert within_limits({"paymentMethod": {"paymentMethodIDs": []}}) == {
        "paymentMethod": {"paymentMethodIDs": []}
    }


def test_a_field_without_a_limit_is_sent_whole() -> None:
    url = "https://pay.example.com/return/" + "x" * 1900
    assert within_limits({"returnURL": url}) == {"returnURL": url}


@pytest.mark.parametrize(
    "email", ["jean.dupont@example.com", "j+d@sub.example.fr", "a_b-c@example-shop.info", "ab@x.y-z1"]
)
def test_an_email_that_monext_takes_is_sent(email: str) -> None:
    assert taken("buyer.email", email) == email


@pytest.mark.parametrize(
    "email",
    [
        "jean@gallery.photography",
        "j@example.com",
        "jean@localhost",
        "jérôme@example.com",
        "jean@exämple.com",
        "jean dupont@example.com",
        "jean@example.com>",
        f"{'x' * 150}@example.com",
        "٣٣@example.com",
    ],
)
def test_an_email_that_monext_refuses_is_left_out(email: str) -> None:
    assert taken("buyer.email", email) is None


def test_emails_are_told_as_by_monext_s_own_pattern() -> None:
    """Which reads some characters twice, and so costs a square of a long text's length."""
    own = re.compile(r"[\w.-]+[\w+]+@([\w-]+\.)+[\w-]{2,4}", re.ASCII)
    for length in range(6):
        for local in map("".join, product("aZ_.-+@", repeat=length)):
            for text in (local, f"{local}@x.fr"):
                assert bool(EMAIL.fullmatch(text)) == bool(own.fullmatch(text)), text


@pytest.mark.parametrize("number", ["+33 6 12 34 56 78 ext. 12345", "+" + "1" * 30, "by email", "(0)", "12"])
def test_a_telephone_number_that_is_none_is_left_out(number: str) -> None:
    assert taken("buyer.mobile", number) is None


@pytest.mark.parametrize(("code", "sent"), [("FR", "FR"), ("fr", "FR"), ("XK", None), ("France", None)])
def test_a_country_is_sent_where_it_is_one_of_iso(code: str, sent: str | None) -> None:
    assert taken("order.country", code) == sent


def test_a_reference_has_no_slash() -> None:
    assert taken("order.reference", "2026/42") == "202642"


def test_an_emoji_counts_as_two() -> None:
    assert taken("buyer.firstName", "😀" * 60) == "😀" * 50


@needs_openapi
@pytest.mark.parametrize("path", [p for p in LIMITS if p != "comment"])
def test_every_limit_is_the_published_one(path: str) -> None:
    _compare(LIMITS[path], published_fields()[path])


@needs_openapi
def test_the_comment_of_an_act_has_the_published_limit() -> None:
    field = published_fields("TransactionActionRequest")["comment"]
    _compare(LIMITS["comment"], field)
    assert ecma(field["pattern"]).search(str(taken("comment", "<late>")))


@needs_openapi
def test_every_published_limit_of_what_is_sent_is_applied() -> None:
    published = published_fields()
    ours = {"pointOfSaleReference", "order.amount", "order.currency", "payment.amount"}
    fixed = {"payment.paymentType", "payment.capture", "order.origin", "buyer.legalStatus"}
    limited = {p for p, f in published.items() if {"maxLength", "pattern", "enum", "minimum"} & set(f)}
    sent = set(paths_of(session_request(a_session_draft())))
    assert (limited & sent) - ours - fixed <= set(LIMITS)


@needs_openapi
def test_the_countries_are_the_published_ones() -> None:
    assert set(published_fields()["order.country"]["enum"]) == COUNTRIES


def _compare(limit: Limit, field: Json) -> None:
    two_letters = "enum" in field and limit.allowed is COUNTRIES
    assert limit.longest == (None if two_letters or "enum" in field else field.get("maxLength"))
    assert (limit.allowed is None) == ("enum" not in field)
    assert limit.allowed is None or limit.allowed == set(field["enum"])
    assert limit.most == field.get("maximum")
    assert "minimum" not in field or limit.least == field["minimum"]
