from datetime import UTC, datetime
from decimal import Decimal

import pytest

from monext_bridge.errors import RemoteUnavailable
from monext_bridge.mapping.json_object import JsonObject, UnreadableResource


def read(**members: object) -> JsonObject:
    return JsonObject.of(members, what="cart")


@pytest.mark.parametrize("body", [None, [], "text", 7, True])
def test_anything_but_an_object_reads_as_an_empty_one(body: object) -> None:
    assert JsonObject.of(body, what="cart").members == {}


@pytest.mark.parametrize("value", [100, 100.0, Decimal("100"), Decimal("100.0"), Decimal("1E+2")])
def test_an_integer_is_read_however_it_is_written(value: object) -> None:
    assert read(amount=value).whole("amount") == 100


@pytest.mark.parametrize(
    "value",
    [True, "100", 1.5, Decimal("0.5"), Decimal("NaN"), Decimal("Infinity"), Decimal("1E+99999"), None],
)
def test_what_is_no_integer_reads_as_absent(value: object) -> None:
    assert read(amount=value).whole("amount") is None


@pytest.mark.parametrize("value", [Decimal("0.0255"), "0.0255", 0.0255])
def test_a_decimal_is_exactly_what_is_written(value: object) -> None:
    assert read(rate=value).decimal("rate") == Decimal("0.0255")


@pytest.mark.parametrize("value", [True, "a fifth", float("nan"), "Infinity", None, {}])
def test_what_is_no_finite_number_reads_as_absent(value: object) -> None:
    assert read(rate=value).decimal("rate") is None


@pytest.mark.parametrize(
    "written", ["2026-11-23T10:00:00.000Z", "2026-11-23T11:00:00.000+01:00", "2026-11-23T10:00:00"]
)
def test_a_time_without_an_offset_is_utc(written: str) -> None:
    assert read(at=written).instant("at") == datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.mark.parametrize("written", ["yesterday", "", 1700000000, None])
def test_what_is_no_time_reads_as_absent(written: object) -> None:
    assert read(at=written).instant("at") is None


def test_money_of_high_precision_has_its_cents() -> None:
    price = {
        "type": "highPrecision",
        "currencyCode": "EUR",
        "centAmount": 1,
        "preciseAmount": 123456,
        "fractionDigits": 7,
    }
    money = read(price=price).money("price")
    assert money is not None
    assert (money.cent_amount, money.currency) == (1, "EUR")


def test_money_keeps_the_digits_of_its_currency() -> None:
    money = read(p={"currencyCode": "JPY", "centAmount": 500, "fractionDigits": 0}).money("p")
    assert money is not None
    assert money.fraction_digits == 0


@pytest.mark.parametrize("value", [None, {}, {"centAmount": 1}, {"currencyCode": "EUR"}, "1 EUR"])
def test_money_without_amount_or_currency_reads_as_absent(value: object) -> None:
    assert read(price=value).money("price") is None


def test_elements_of_other_types_are_passed_over() -> None:
    found = read(payments=[{"id": "a"}, None, "b", ["c"]])
    assert [p.text("id") for p in found.parts("payments")] == ["a"]


def test_texts_are_those_of_the_array_that_are_texts() -> None:
    assert read(methods=["CB", "", None, 3, "IDEAL"]).texts("methods") == ("CB", "IDEAL")


def test_the_error_names_the_resource_and_the_field() -> None:
    with pytest.raises(UnreadableResource, match=r"cart\.store has no readable key"):
        read(store={"key": 3}).part("store").required_text("key")


def test_an_unreadable_resource_tells_nothing_of_the_remotes_state() -> None:
    assert issubclass(UnreadableResource, RemoteUnavailable)


@pytest.mark.parametrize("number", [2**63, -(10**400), Decimal("1E+300")])
def test_an_integer_of_more_than_64_bits_is_none(number: object) -> None:
    assert JsonObject({"n": number}, "x").whole("n") is None


@pytest.mark.parametrize("number", [Decimal("1E+999999"), "1E-999999", Decimal("1E+19"), 10**400])
def test_a_number_far_from_all_others_is_none(number: object) -> None:
    assert JsonObject({"n": number}, "x").decimal("n") is None


@pytest.mark.parametrize("time", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_a_time_at_the_ends_of_the_calendar_is_none(time: str) -> None:
    assert JsonObject({"at": time}, "x").instant("at") is None


@pytest.mark.parametrize("digits", [-1, 21, 2**62])
def test_digits_that_no_currency_has_are_two(digits: int) -> None:
    amount = {"centAmount": 1, "currencyCode": "EUR", "fractionDigits": digits}
    money = JsonObject({"m": amount}, "x").money("m")
    assert money is not None
    assert money.fraction_digits == 2
