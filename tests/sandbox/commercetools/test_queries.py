import pytest

from sandbox.commercetools.query.fields import ANY, QUERYABLE
from sandbox.commercetools.query.predicates import compile_predicate
from sandbox.commercetools.resources import RESOURCES
from sandbox.commercetools.seed import SITUATIONS, cart_id
from tests.sandbox.commercetools.conftest import Api, Json, attach, code, transaction

DOCUMENT: Json = {
    "id": "p1",
    "version": 3,
    "open": True,
    "rate": 0.055,
    "createdAt": "2026-05-04T10:00:00.000Z",
    "info": {"interface": "monext", "tags": ["a", "b"]},
    "rows": [{"state": "Initial", "amount": 10}, {"state": "Success", "amount": 25}],
    "name": {"fr": "Chaise"},
}


@pytest.mark.parametrize(
    ("predicate", "holds"),
    [
        ('id = "p1"', True),
        ('id="p2"', False),
        ('id != "p2"', True),
        ('id <> "p1"', False),
        ("version >= 3 and version < 4", True),
        ("version > 3 or version <= 2", False),
        ("not (version = 3)", False),
        ('not (version = 3) or (id = "p1" and open = true)', True),
        ('id = "p2" or id = "p1" and version = 4', False),
        ("rate = 0.055", True),
        ("version in (1, 2, 3)", True),
        ("version not in (1, 2, 3)", False),
        ('info(interface = "monext")', True),
        ('info(interface = "monext" and tags contains any ("x", "b"))', True),
        ('info(tags contains all ("a", "x"))', False),
        ('rows(state = "Initial")', True),
        ('rows(state = "Initial" and amount = 25)', False),
        ('rows(state = "Initial") and rows(amount = 25)', True),
        ("missing is defined", False),
        ("missing is not defined", True),
        ("info is defined", True),
        ("none is empty", True),
        ('name(fr = "Chaise")', True),
        ('createdAt = "2026-05-04T10:00:00Z"', True),
        ('createdAt > "2026-05-04T11:30:00+02:00"', True),
        ('createdAt < "2026-05-04T10:00:00.000Z"', False),
        ("id = :id and version = :version", True),
        ("id in :ids", True),
        ('id in (:ids, "p9")', True),
        ("version = :ids", False),
        ('missing > "a"', False),
    ],
)
def test_predicate_holds_as_the_grammar_says(predicate: str, holds: bool) -> None:
    variables = {"id": ["p1"], "version": ["3"], "ids": ["p0", "p1"]}

    assert compile_predicate(predicate, fields=ANY, variables=variables)(DOCUMENT) is holds


@pytest.mark.parametrize(
    "predicate",
    [
        "",
        "id",
        "id =",
        'id = "p1',
        'id = "p1" and',
        'id == "p1"',
        "(version = 1",
        "version = 1)",
        "id = p1",
        "id in ()",
        "id is nothing",
        "id = :unbound",
        'nonsense = "1"',
        'transactions(nonsense = "1")',
        "not version = 1",
        "version = 1; drop",
    ],
)
def test_malformed_predicate_is_refused(api: Api, predicate: str) -> None:
    answer = api.get("payments", where=predicate)

    assert code(answer) == "400 InvalidInput"
    assert answer.json["message"].startswith("Malformed parameter: where: ")


def test_carts_are_found_by_their_payment(api: Api) -> None:
    payment = api.payment()
    attach(api, api.cart("guest"), payment)

    found = api.get("carts", where="paymentInfo(payments(id=:x))", **{"var.x": payment["id"]}).json

    assert [cart["id"] for cart in found["results"]] == [cart_id("guest")]


def test_open_payments_of_an_interface_are_found(api: Api) -> None:
    ours = {"paymentMethodInfo": {"paymentInterface": "monext"}}
    wanted = api.payment(**ours, transactions=[transaction(state="Initial")])
    api.payment(**ours, transactions=[transaction(state="Success")])
    api.payment(transactions=[transaction(state="Initial")])

    where = 'paymentMethodInfo(paymentInterface="monext") and transactions(state="Initial")'

    assert api.get("payments", where=where).json["results"] == [wanted]


def test_repeated_where_must_all_hold(api: Api) -> None:
    one = api.payment(key="one")
    api.payment(key="two")

    found = api.get("payments", where=["version = 1", 'key in ("one", "three")']).json

    assert found["results"] == [one]


def test_page_tells_limit_offset_count_and_total(api: Api) -> None:
    page = api.get("carts", limit=5, offset=20, sort="id asc").json

    assert {name: page[name] for name in ("limit", "offset", "count", "total")} == {
        "limit": 5,
        "offset": 20,
        "count": 5,
        "total": len(SITUATIONS),
    }
    assert "total" not in api.get("carts", withTotal="false").json


def test_limit_is_twenty_unless_told(api: Api) -> None:
    page = api.get("carts").json

    assert (page["limit"], page["count"]) == (20, 20)


@pytest.mark.parametrize("query", [{"limit": 501}, {"limit": "many"}, {"offset": -1}, {"sort": "id up"}])
def test_malformed_paging_is_refused(api: Api, query: Json) -> None:
    assert code(api.get("carts", **query)) == "400 InvalidInput"


def test_results_are_sorted_by_several_fields(api: Api) -> None:
    for key, interface in (("aa", "2"), ("bb", "1"), ("cc", "2")):
        api.payment(key=key, paymentMethodInfo={"paymentInterface": interface})

    found = api.get(
        "payments",
        where="key in :k",
        sort=["paymentMethodInfo.paymentInterface desc", "key desc"],
        **{"var.k": ["aa", "bb", "cc"]},
    ).json

    assert [payment["key"] for payment in found["results"]] == ["cc", "aa", "bb"]


def test_unknown_sort_field_is_refused(api: Api) -> None:
    assert code(api.get("payments", sort="nonsense asc")) == "400 InvalidInput"


def test_payments_of_a_cart_are_expanded(api: Api) -> None:
    payment = api.payment(customer={"typeId": "customer", "key": "jean-dupont"})
    attach(api, api.cart("guest"), payment)

    cart = api.get(f"carts/{cart_id('guest')}", expand="paymentInfo.payments[*].customer").json

    expanded = cart["paymentInfo"]["payments"][0]["obj"]
    assert expanded["id"] == payment["id"]
    assert expanded["customer"]["obj"]["firstName"] == "Jean"


def test_expansion_does_not_stay(api: Api) -> None:
    attach(api, api.cart("guest"), api.payment())
    api.get("carts", expand="paymentInfo.payments[*]")

    assert "obj" not in api.cart("guest")["paymentInfo"]["payments"][0]


def test_expansion_of_nothing_does_nothing(api: Api) -> None:
    path = f"carts/{cart_id('guest')}"

    assert api.get(path, expand="paymentInfo.payments[*]").json == api.get(path).json


@pytest.mark.parametrize("plural", RESOURCES)
def test_every_resource_can_be_queried(api: Api, plural: str) -> None:
    assert RESOURCES[plural].kind in QUERYABLE
    assert api.get(plural, where="version >= 1", sort="createdAt desc").status_code == 200


@pytest.mark.parametrize(
    "predicate",
    [
        'version = "1"',
        'transactions(amount(centAmount in ("13490")))',
        "version = :word",
        "key = 5",
        "createdAt > 2026",
        'createdAt > "yesterday"',
        "transactions(timestamp >= :word)",
        'amountPlanned = "13490"',
        'transactions = "Success"',
        "key = true",
    ],
)
def test_a_field_is_compared_with_values_of_its_own_kind_alone(api: Api, predicate: str) -> None:
    assert code(api.get("payments", where=predicate, **{"var.word": "many"})) == "400 InvalidInput"


def test_a_variable_is_read_as_the_kind_of_its_field(api: Api) -> None:
    wanted = api.payment(transactions=[transaction(timestamp="2026-11-30T20:00:00.000Z")])
    api.payment(transactions=[transaction(timestamp="2026-12-01T00:00:00.000Z")])

    found = api.get(
        "payments",
        where="transactions(timestamp >= :from and timestamp < :to and amount(centAmount = :amount))",
        **{"var.from": "2026-11-30T21:00:00+01:00", "var.to": "2026-12-01T00:00:00Z", "var.amount": "13490"},
    ).json

    assert [payment["id"] for payment in found["results"]] == [wanted["id"]]
