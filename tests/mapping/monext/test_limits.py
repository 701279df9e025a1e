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


def test_a_text_that_is_too_long_is_cut() -> None:
    wanted = {p: "x" * (lim.longest or 0) for p, lim in LONGEST.items() if lim.too_long is TooLong.CUT}
    assert {path: taken(path, "x" * 1000) for path in wanted} == wanted


def test_a_text_of_which_a_part_is_useless_is_left_out() -> None:
    paths = [path for path, limit in LONGEST.items() if limit.too_long is TooLong.DROP]
    assert [path for path in paths if taken(path, "1" * 1000) is not None] == []


def test_a_text_that_is_not_acceptable_is_left_out() -> None:
    paths = [path for path, limit in TEXTS.items() if limit.allowed or limit.accepts]
    assert [path for path in paths if taken(path, "?!") is not None] == []


@pytest.mark.parametrize("nothing", ["", "   ", "\x00", "\ud800"])
def test_nothing_empty_is_sent(nothing: str) -> None:
    assert [path for path in TEXTS if within_limits(put(path, nothing)) != {}] == []


@pytest.mark.parametrize("number", [-1, 10**19])
def test_a_number_out_of_range_is_left_out(number: int) -> None:
    assert {path: taken(path, number) for path in NUMBERS} == {
        path: number if _is_inside(number, limit) else None for path, limit in NUMBERS.items()
    }


def _is_inside(number: int, limit: Limit) -> bool:
    return (limit.least is None or number >= limit.least) and (limit.most is None or number <= limit.most)


def test_a_number_in_range_is_sent() -> None:
    assert [path for path in NUMBERS if taken(path, 1) != 1] == []


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
def test_every_limit_is_the_published_one() -> None:
    published = published_fields()
    wrong = {path: _differences(LIMITS[path], published[path]) for path in LIMITS if path != "comment"}
    assert {path: found for path, found in wrong.items() if found} == {}


@needs_openapi
def test_the_comment_of_an_act_has_the_published_limit() -> None:
    field = published_fields("TransactionActionRequest")["comment"]
    assert _differences(LIMITS["comment"], field) == []
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


def _differences(limit: Limit, field: Json) -> list[str]:
    """In what a limit of ours is not the published one: what we have, and what a field may have."""
    listed = set(field["enum"]) if "enum" in field else None
    same = {
        "longest": limit.longest == (None if listed else field.get("maxLength")),
        "allowed": (set(limit.allowed) if limit.allowed is not None else None) == listed,
        "most": limit.most == field.get("maximum"),
        "least": "minimum" not in field or limit.least == field["minimum"],
    }
    return [name for name, is_same in same.items() if not is_same]
