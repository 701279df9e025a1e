"""The remotes of the bench answer any flow as the sandbox answered the one that they were taught."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from bench.remotes.lessons import Given, Lessons, Track, prefixes
from bench.remotes.proof import differences
from bench.remotes.recording import Exchange, Recording, Untaught, own_strings

CART, PAYMENT, TOKEN = (
    "b1f0e451-6b1f-4762-9b6c-d27f534679cf",
    "82bf253f-4728-404d-8c9c-2d78b652128b",
    "1D97D68gsvr0AxqFYe0a1796070941000",
)
OTHER_CART, OTHER_PAYMENT, OTHER_TOKEN = (
    "0c5fbd0e-1a44-4a55-8a5e-1f2e3d4c5b6a",
    "5a1e9d4c-77aa-4b0b-9c0d-0e1f2a3b4c5d",
    "1Xk39fkwlQmv81PzWn4t1796070955555",
)
BEGUN = 1796070940.0  # 2026-11-30T20:35:40Z


def exchange(
    method: str,
    path: str,
    answer: Any,
    *,
    body: Any = None,
    epochs: tuple[int, int] = (0, 0),
    status: int = 200,
) -> Exchange:
    return Exchange(
        remote="commercetools",
        method=method,
        path=path,
        body=b"" if body is None else json.dumps(body).encode(),
        status=status,
        headers={"Content-Type": "application/json"},
        answer=json.dumps(answer),
        epochs=epochs,
    )


def recording(
    cart: str = CART, payment: str = PAYMENT, token: str = TOKEN, *, number: str = "MLEWUT7QMF4BR"
) -> Recording:
    """One flow: a cart is read, a payment made, a session opened, the payment read before and after an update."""
    key, made = f"{cart}-1-20bb10ccf2a9", "2026-11-30T20:35:41.304Z"
    order = {"reference": number, "cart": cart}
    return Recording(
        track="return",
        cart=cart,
        begun=BEGUN,
        exchanges=[
            exchange("GET", f"/p/carts/{cart}", {"id": cart, "currency": "EUR"}),
            exchange("GET", f"/p/orders/order-number={number}", {"statusCode": 404}, status=404),
            exchange(
                "POST", "/p/payments", {"id": payment, "key": key, "createdAt": made}, body={"key": key}
            ),
            exchange(
                "POST",
                "/v1/sessions",
                {"token": token, "url": f"https://m/?t={token}"},
                body=order,
                epochs=(1, 1),
            ),
            exchange("GET", f"/p/payments/{payment}", {"id": payment, "version": 1}, epochs=(2, 2)),
            exchange(
                "POST",
                f"/p/payments/{payment}",
                {"id": payment, "version": 2, "interfaceId": token},
                body={"actions": [{"action": "setInterfaceId", "interfaceId": token}]},
                epochs=(2, 2),
            ),
            exchange("GET", f"/p/payments/{payment}", {"id": payment, "version": 2}, epochs=(3, 3)),
            exchange("GET", f"/p/orders/order-number={number}", {"orderNumber": number}, epochs=(3, 3)),
        ],
    )


def other() -> Recording:
    return recording(OTHER_CART, OTHER_PAYMENT, OTHER_TOKEN, number="MQ2XA7WSBIPCF")


@pytest.fixture
def lessons() -> Lessons:
    return Lessons([recording()], others=[other()])


def ask(lessons: Lessons, method: str, path: str, *, body: Any = None) -> Any:
    sent = b"" if body is None else json.dumps(body).encode()
    flow = lessons.flow_of(path, sent)
    assert flow is not None, "nobody's"
    _, given = lessons.answer(flow, remote="commercetools", method=method, path=path, body=sent)
    assert isinstance(given, Given)
    return json.loads(given.body)


def cart_of(number: int) -> str:
    return f"{CART[:-6]}{number:06d}"


def payment_of(number: int) -> str:
    return f"{PAYMENT[:-6]}{number:06d}"


def test_what_a_remote_gave_out_and_what_the_bridge_made_are_told_apart() -> None:
    own = own_strings(recording(), others=other().text())
    assert set(own.issued) == {CART, PAYMENT, TOKEN}
    assert set(own.captured) == {f"{CART}-1-20bb10ccf2a9", "MLEWUT7QMF4BR"}


def test_another_flow_gets_ids_of_its_own(lessons: Lessons) -> None:
    assert ask(lessons, "GET", f"/p/carts/{cart_of(42)}") == {"id": cart_of(42), "currency": "EUR"}


def test_what_the_bridge_sent_comes_back_and_what_was_taught_does_not(lessons: Lessons) -> None:
    made = ask(lessons, "POST", "/p/payments", body={"key": f"{cart_of(42)}-1-another"})
    assert made["key"] == f"{cart_of(42)}-1-another"
    assert made["id"] == payment_of(42)


def test_an_id_inside_of_a_url_is_the_flow_s_own_too(lessons: Lessons) -> None:
    opened = ask(lessons, "POST", "/v1/sessions", body={"reference": "MAAAAAAAAAAAA", "cart": cart_of(42)})
    assert opened["url"] == f"https://m/?t={opened['token']}"
    assert opened["token"].endswith("000042")


def test_a_read_sees_the_writes_before_it(lessons: Lessons) -> None:
    update = {"actions": [{"action": "setInterfaceId", "interfaceId": "x"}]}
    ask(lessons, "POST", "/p/payments", body={"key": f"{cart_of(7)}-1-k"})
    ask(lessons, "POST", "/v1/sessions", body={"reference": "MAAAAAAAAAAAA", "cart": cart_of(7)})
    before = ask(lessons, "GET", f"/p/payments/{payment_of(7)}")["version"]
    ask(lessons, "POST", f"/p/payments/{payment_of(7)}", body=update)
    assert (before, ask(lessons, "GET", f"/p/payments/{payment_of(7)}")["version"]) == (1, 2)
    assert lessons.oddities == {}


def test_a_flow_is_found_by_a_value_that_the_bridge_made(lessons: Lessons) -> None:
    ask(lessons, "POST", "/v1/sessions", body={"reference": "MBBBBBBBBBBBB", "cart": cart_of(9)})
    flow = lessons.flow_of("/p/orders/order-number=MBBBBBBBBBBBB", b"")
    assert flow is not None
    assert flow.number == 9


def test_flows_do_not_see_each_other(lessons: Lessons) -> None:
    ask(lessons, "POST", "/p/payments", body={"key": f"{cart_of(1)}-1-k"})
    ask(lessons, "POST", "/v1/sessions", body={"reference": "MCCCCCCCCCCCC", "cart": cart_of(1)})
    assert lessons.flows[1].epoch == 2
    ask(lessons, "GET", f"/p/carts/{cart_of(2)}")
    assert lessons.flows[2].epoch == 0


def test_times_are_those_of_the_flow(lessons: Lessons) -> None:
    made = ask(lessons, "POST", "/p/payments", body={"key": f"{cart_of(3)}-1-k"})["createdAt"]
    expected = lessons.flows[3].begun.timestamp() + 1.304
    assert made.endswith("Z")
    assert abs(_unix(made) - expected) < 0.01


def _unix(stamp: str) -> float:

    return datetime.fromisoformat(stamp).timestamp()


def test_what_nobody_taught_is_counted_and_not_made_up(lessons: Lessons) -> None:
    flow = lessons.flow_of(f"/p/carts/{cart_of(4)}/odd", b"")
    assert flow is not None
    path = f"/p/carts/{cart_of(4)}/odd"
    _, given = lessons.answer(flow, remote="commercetools", method="GET", path=path, body=b"")
    assert given is None
    assert lessons.oddities == {"untaught commercetools GET /p/carts/*/odd": 1}


def test_a_read_between_other_writes_than_taught_is_counted(lessons: Lessons) -> None:
    ask(lessons, "GET", f"/p/payments/{payment_of(5)}")
    assert sum(lessons.oddities.values()) == 1


def test_what_belongs_to_no_flow_is_nobody_s(lessons: Lessons) -> None:
    assert lessons.flow_of("/oauth/token", b"grant_type=client_credentials") is None


def test_two_ids_that_differ_in_their_last_digits_only_cannot_be_taught() -> None:
    taught = recording(payment=f"{CART[:-6]}123456")
    with pytest.raises(Untaught):
        own_strings(taught, others="")


def test_the_load_is_told_what_ids_begin_with(lessons: Lessons) -> None:
    assert prefixes(lessons.tracks, [{"cart": CART, "payment": PAYMENT}]) == [
        {"cart": CART[:-6], "payment": PAYMENT[:-6]}
    ]


def test_flows_that_are_alike_do_not_differ() -> None:
    track = Track(recording(), others=other().text())
    assert list(differences(track, replayed=other().exchanges, witness=other())) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"answer": '{"id": "x", "currency": "USD"}'}, "USD"),
        ({"status": 404}, "404"),
        ({"answer": json.dumps({"id": CART, "currency": "EUR"})}, "of another flow"),
        ({"path": "/p/carts"}, "nobody asked"),
    ],
)
def test_a_difference_to_the_sandbox_is_named(changed: dict[str, Any], said: str) -> None:
    track = Track(recording(), others=other().text())
    first, *rest = other().exchanges
    found = list(differences(track, replayed=[replace(first, **changed), *rest], witness=other()))
    assert any(said in each for each in found), found


def with_search(found: Recording, answer: Any, *, epochs: tuple[int, int]) -> Recording:
    """The flow with a search for orders beside its first write."""
    found.exchanges.append(exchange("GET", "/p/orders?where=x", answer, epochs=epochs))
    return found


UNPAID: dict[str, list[str]] = {"results": []}
PAID = {"results": ["a payment"]}


@pytest.mark.parametrize("epochs", [((0, 0), (0, 1)), ((0, 1), (0, 1)), ((0, 0), (1, 1))])
def test_a_read_beside_a_write_may_have_seen_it_or_not(
    epochs: tuple[tuple[int, int], tuple[int, int]],
) -> None:
    track = Track(with_search(recording(), UNPAID, epochs=epochs[0]), others=other().text())
    replayed = with_search(other(), UNPAID, epochs=(0, 0)).exchanges
    witness = with_search(other(), PAID, epochs=epochs[1])
    assert list(differences(track, replayed=replayed, witness=witness)) == []


@pytest.mark.parametrize(
    ("answer", "epochs"), [({"results": ["another"]}, (0, 1)), (UNPAID, (0, 0))], ids=["third", "apart"]
)
def test_any_other_answer_to_a_read_is_a_difference(answer: Any, epochs: tuple[int, int]) -> None:
    track = Track(with_search(recording(), UNPAID, epochs=epochs), others=other().text())
    replayed = with_search(other(), answer, epochs=(0, 0)).exchanges
    witness = with_search(other(), PAID, epochs=epochs)
    (found,) = differences(track, replayed=replayed, witness=witness)
    assert "a payment" in found
