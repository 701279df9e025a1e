"""The gateway to commercetools over real HTTP: paths, bodies, and what its answers mean."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from monext_bridge.errors import (
    BridgeError,
    DuplicateField,
    Malformed,
    RemoteNotFound,
    RemoteRefused,
    RemoteTooLarge,
    RemoteUnavailable,
    RemoteUnreachable,
    SettingsError,
    VersionConflict,
)
from monext_bridge.gateways.commercetools import acting_as, acting_principal
from monext_bridge.gateways.commercetools.api import CommercetoolsGateway
from monext_bridge.gateways.http.bodies import LARGEST_ANSWER
from monext_bridge.runtime import together
from tests.gateways.project import Project, error, gateway_to, requests_but_tokens
from tests.gateways.remotes import Remote, Request
from tests.world import wait_for

EXPAND = {"expand": "paymentInfo.payments[*]"}
Calling = Callable[[CommercetoolsGateway], object]

CALLS: list[tuple[Calling, str, str, dict[str, str]]] = [
    (lambda g: g.get_cart("c-1"), "GET", "/shop/carts/c-1", EXPAND),
    (lambda g: g.update_cart("c-1", {"version": 1}), "POST", "/shop/carts/c-1", EXPAND),
    (lambda g: g.get_payment("p-1"), "GET", "/shop/payments/p-1", {}),
    (lambda g: g.get_payment_by_key("k_1"), "GET", "/shop/payments/key=k_1", {}),
    (lambda g: g.create_payment({"version": 1}), "POST", "/shop/payments", {}),
    (lambda g: g.update_payment("p-1", {"version": 1}), "POST", "/shop/payments/p-1", {}),
    (lambda g: g.get_order_by_number("a/b?c#d"), "GET", "/shop/orders/order-number=a%2Fb%3Fc%23d", EXPAND),
    (lambda g: g.create_order({"version": 1}), "POST", "/shop/orders", {}),
    (lambda g: g.update_order("o-1", {"version": 1}), "POST", "/shop/orders/o-1", {}),
    (lambda g: g.get_customer("u-1"), "GET", "/shop/customers/u-1", {}),
    (lambda g: g.get_session("s-1"), "GET", "/shop/sessions/s-1", {}),
    (lambda g: g.check(), "GET", "/shop/payments", {"limit": "1", "withTotal": "false"}),
    (
        lambda g: g.query_orders("paymentInfo(payments(id=:p))", {"p": '"x"'}, limit=1),
        "GET",
        "/shop/orders",
        {"where": "paymentInfo(payments(id=:p))", "limit": "1", "withTotal": "false", "var.p": '"x"'},
    ),
    (
        lambda g: g.query_payments("key=:k", {"k": "1"}, limit=500, sort="id asc", expand="customer"),
        "GET",
        "/shop/payments",
        {
            "where": "key=:k",
            "limit": "500",
            "withTotal": "false",
            "sort": "id asc",
            "expand": "customer",
            "var.k": "1",
        },
    ),
]


class TestCalls:
    @pytest.mark.parametrize(("call", "method", "path", "query"), CALLS)
    def test_each_call_has_its_method_path_and_query(
        self,
        commercetools: CommercetoolsGateway,
        remote: Remote,
        call: Calling,
        method: str,
        path: str,
        query: dict[str, str],
    ) -> None:
        call(commercetools)
        (request,) = requests_but_tokens(remote)
        target = urlsplit(request.target)
        assert (request.method, target.path, dict(parse_qsl(target.query))) == (method, path, query)

    @pytest.mark.parametrize(("call", "method"), [(call, method) for call, method, _, _ in CALLS])
    def test_a_write_names_for_whom_it_is_made_and_a_read_does_not(
        self, commercetools: CommercetoolsGateway, remote: Remote, call: Calling, method: str
    ) -> None:
        call(commercetools)
        with acting_as("erp"):
            assert acting_principal() == "erp"
            together(lambda: call(commercetools), lambda: call(commercetools))
        assert acting_principal() is None
        named = [request.headers.get("x-external-user-id") for request in requests_but_tokens(remote)]
        assert named == [None, *(["erp"] * 2 if method == "POST" else [None] * 2)]

    @pytest.mark.parametrize(
        "call",
        [
            lambda g: g.get_cart("c-1", product_types=True),
            lambda g: g.update_cart("c-1", {"version": 1}, product_types=True),
        ],
    )
    def test_a_cart_is_read_with_product_types_where_they_are_asked_for(
        self, commercetools: CommercetoolsGateway, remote: Remote, call: Calling
    ) -> None:
        call(commercetools)
        (request,) = requests_but_tokens(remote)
        expanded = [value for name, value in parse_qsl(urlsplit(request.target).query) if name == "expand"]
        assert expanded == ["paymentInfo.payments[*]", "lineItems[*].productType"]

    @pytest.mark.parametrize("call", [call for call, method, _, _ in CALLS if method == "POST"])
    def test_a_write_sends_its_body_and_is_never_repeated(
        self, commercetools: CommercetoolsGateway, remote: Remote, call: Calling
    ) -> None:
        remote.add_fault("drop_after", path="^/shop", times=0)
        with pytest.raises(RemoteUnavailable) as raised:
            call(commercetools)
        assert not isinstance(raised.value, RemoteUnreachable)
        wait_for(lambda: bool(requests_but_tokens(remote)))
        assert [json.loads(request.body) for request in requests_but_tokens(remote)] == [{"version": 1}]

    def test_a_query_gives_its_results(self, commercetools: CommercetoolsGateway, project: Project) -> None:
        project.reply = lambda _: (200, {"results": [{"id": "a"}, {"id": "b"}]})
        assert commercetools.query_payments("key=:k", {"k": "1"}) == [{"id": "a"}, {"id": "b"}]

    def test_a_list_that_is_too_large_is_read_in_parts_and_in_order(
        self, commercetools: CommercetoolsGateway, project: Project, remote: Remote
    ) -> None:
        """An order may have 16 MB by itself; here three are larger than what is read at once."""

        def page(request: Request) -> tuple[int, Any]:
            asked = dict(parse_qsl(urlsplit(request.target).query))
            offset = int(asked.get("offset", 0))
            found = [{"id": n} for n in range(7)][offset : offset + int(asked["limit"])]
            padding = "x" * (LARGEST_ANSWER // 3 * len(found))
            return 200, {"results": found, "padding": padding}

        project.reply = page
        found = commercetools.query_orders("id in (:i)", {"i": ["1", "2"]}, limit=10)
        assert [each["id"] for each in found] == list(range(7))
        asked = [dict(parse_qsl(urlsplit(each.target).query)) for each in requests_but_tokens(remote)]
        assert "sort" not in asked[0]
        assert {each["sort"] for each in asked[1:]} == {"id asc"}

    def test_a_single_one_that_is_too_large_is_not_read(
        self, commercetools: CommercetoolsGateway, project: Project
    ) -> None:
        project.reply = lambda _: (200, {"results": [], "padding": "x" * LARGEST_ANSWER})
        with pytest.raises(RemoteTooLarge):
            commercetools.query_orders("id=:i", {"i": "1"}, limit=4)

    def test_a_query_without_results_is_no_usable_answer(
        self, commercetools: CommercetoolsGateway, project: Project
    ) -> None:
        project.reply = lambda _: (200, {"id": "x"})
        with pytest.raises(RemoteUnavailable):
            commercetools.query_orders("id=:i", {"i": "1"})

    @pytest.mark.parametrize("cart_id", ["", ".", ".."])
    def test_an_id_that_would_change_the_path_is_not_sent(
        self, commercetools: CommercetoolsGateway, remote: Remote, cart_id: str
    ) -> None:
        with pytest.raises(Malformed):
            commercetools.get_cart(cart_id)
        assert remote.requests == []

    def test_sessions_without_a_url_are_a_fault_of_the_settings(self, remote: Remote) -> None:
        with pytest.raises(SettingsError, match="CTP_SESSION_URL"):
            gateway_to(remote.url, session_url=None).get_session("s-1")

    def test_readiness_is_asked_once(self, commercetools: CommercetoolsGateway, remote: Remote) -> None:
        remote.add_fault("status", code=503, path="^/shop", times=0)
        with pytest.raises(RemoteUnavailable):
            commercetools.check()
        assert [call.path for call in remote.calls()] == ["/oauth/token", "/shop/payments"]


class TestMeaning:
    @pytest.mark.parametrize(
        ("status", "body", "kind"),
        [
            (404, error(404, "ResourceNotFound"), RemoteNotFound),
            (409, error(409, "ConcurrentModification", currentVersion=3), VersionConflict),
            (409, error(409, "ReferenceExists"), RemoteRefused),
            (400, error(400, "DuplicateField", field="key"), DuplicateField),
            (400, error(400, "InvalidOperation"), RemoteRefused),
            (403, {"statusCode": 403, "message": "no", "error": "insufficient_scope"}, RemoteRefused),
            (413, {"statusCode": 413, "message": "too large"}, RemoteRefused),
            (408, {"statusCode": 408, "message": "slow"}, RemoteUnavailable),
            (429, {"statusCode": 429, "message": "busy"}, RemoteUnavailable),
            (500, error(500, "General"), RemoteUnavailable),
            (503, error(503, "Pending"), RemoteUnavailable),
            (302, {"a": 1}, RemoteUnavailable),
            (404, b"<html>a proxy's own page</html>", RemoteUnavailable),
            (200, b"<html>a proxy's own page</html>", RemoteUnavailable),
            (200, b"[]", RemoteUnavailable),
            (201, b"", RemoteUnavailable),
        ],
    )
    def test_each_refusal_is_the_error_that_says_what_may_be_done(
        self,
        commercetools: CommercetoolsGateway,
        project: Project,
        status: int,
        body: Any,
        kind: type[BridgeError],
    ) -> None:
        project.reply = lambda _: (status, body)
        with pytest.raises(BridgeError) as raised:
            commercetools.update_payment("p-1", {"version": 1})
        assert type(raised.value) is kind

    def test_a_refusal_has_status_and_codes(
        self, commercetools: CommercetoolsGateway, project: Project
    ) -> None:
        both = {**error(400, "OutOfStock"), "errors": [{"code": "OutOfStock"}, {"code": "PriceChanged"}]}
        project.reply = lambda _: (400, both)
        with pytest.raises(RemoteRefused) as raised:
            commercetools.create_order({"version": 1})
        assert (raised.value.status, raised.value.codes) == (400, ("OutOfStock", "PriceChanged"))

    @pytest.mark.parametrize("errors", [None, "odd", ["odd"], [{}], [{"code": None}]])
    def test_an_error_of_another_form_is_a_refusal_without_codes(
        self, commercetools: CommercetoolsGateway, project: Project, errors: object
    ) -> None:
        project.reply = lambda _: (400, {"message": "odd", "errors": errors})
        with pytest.raises(RemoteRefused) as raised:
            commercetools.get_payment("p-1")
        assert raised.value.codes == ()

    def test_a_duplicate_names_its_field(self, commercetools: CommercetoolsGateway, project: Project) -> None:
        project.reply = lambda _: (400, error(400, "DuplicateField", field="orderNumber"))
        with pytest.raises(DuplicateField) as raised:
            commercetools.create_order({"version": 1})
        assert raised.value.field == "orderNumber"

    def test_what_commercetools_asks_to_wait_is_told(
        self, commercetools: CommercetoolsGateway, remote: Remote
    ) -> None:
        remote.add_fault("status", code=429, retry_after=9, path="^/shop")
        with pytest.raises(RemoteUnavailable) as raised:
            commercetools.update_payment("p-1", {"version": 1})
        assert raised.value.retry_after == 9

    def test_the_error_of_a_session_does_not_hold_its_id(
        self, commercetools: CommercetoolsGateway, project: Project
    ) -> None:
        project.reply = lambda _: (404, {"message": "No session secret-session-id", "errors": []})
        with pytest.raises(RemoteNotFound) as raised:
            commercetools.get_session("secret-session-id")
        assert "secret-session-id" not in str(raised.value)


def test_the_time_of_the_records_comes_with_every_answer_of_the_api(project: Project, remote: Remote) -> None:
    gateway = gateway_to(remote.url)
    assert not gateway.clock.is_known
    gateway.get_payment("p-1")
    ahead = gateway.clock.machine_is_ahead_by()
    assert ahead is not None
    assert abs(ahead) < timedelta(seconds=30)
