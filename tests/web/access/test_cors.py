"""Pages of SHOP_ORIGINS may use three addresses from a browser; no other page may, nor more. The module is public."""

from __future__ import annotations

from pathlib import Path

import pytest

from monext_bridge.config import load_settings
from monext_bridge.errors import SettingsError
from monext_bridge.web.access.cors import ANSWER_HEADERS, REQUEST_HEADERS
from monext_bridge.web.endpoints import Cors
from sandbox.runner import Sandbox
from tests.bridges import Answer, Buyer, InProcess, environment
from tests.guards.test_routes import FORGED
from tests.web.declared_endpoints import ENDPOINTS
from tests.web.limited_endpoints import with_one_tight_limit
from tests.world import World

SHOP, OTHER_SHOP, FOREIGN = "https://shop.example.com", "http://localhost:9000", "https://evil.example.com"
ORIGINS = f"{SHOP},{OTHER_SHOP}"
PATHS = {"payment.create": "/payment", "operations.config": "/operations/config"}
METHODS = {"payment.create": "POST", "operations.config": "GET"}
STATIC = Path(__file__).resolve().parents[3] / "static"
MODULE = [STATIC / "enabler.js", *sorted((STATIC / "enabler").iterdir())]
OTHERS = sorted(path for path in STATIC.rglob("*") if path.is_file() and path not in MODULE)
JSON = {"Accept": "application/json"}
CROSS_ORIGIN = "Access-Control-"
LIKE_OURS = [
    "null",
    "*",
    "",
    "http://shop.example.com",
    "https://shop.example.com:8443",
    "https://shop.example.com.evil.example.com",
    "https://a.shop.example.com",
    "https://shop.example.com/",
    "https://SHOP.example.com",
    f"{SHOP} {FOREIGN}",
]


@pytest.fixture(scope="module")
def bridge(sandbox: Sandbox) -> InProcess:
    return InProcess(sandbox, SHOP_ORIGINS=ORIGINS)


def cors(answer: Answer) -> dict[str, str]:
    """What an answer lets browsers do, without its common beginning."""
    return {
        name.removeprefix(CROSS_ORIGIN): value
        for name, value in answer.headers.items()
        if name.startswith(CROSS_ORIGIN)
    }


def preflight(
    bridge: InProcess, path: str, *, origin: str = SHOP, method: str = "POST", **more: str
) -> Answer:
    headers = {"Origin": origin, "Access-Control-Request-Method": method, **more}
    return bridge.call("OPTIONS", path, headers=headers)


def start(bridge: InProcess, session: str = "", *, origin: str = SHOP) -> Answer:
    return bridge.call("POST", "/payment", json={}, headers={"Origin": origin, "X-Session-Id": session})


# preflights


@pytest.mark.parametrize("endpoint", METHODS)
@pytest.mark.parametrize("origin", [SHOP, OTHER_SHOP])
def test_a_shops_page_is_told_what_it_may_send(
    endpoint: str, origin: str, bridge: InProcess, world: World
) -> None:
    answer = preflight(bridge, PATHS[endpoint], origin=origin)
    assert answer.status == 204
    assert answer.text == ""
    assert cors(answer) == {
        "Allow-Origin": origin,
        "Allow-Methods": METHODS[endpoint],
        "Allow-Headers": REQUEST_HEADERS,
        "Expose-Headers": ANSWER_HEADERS,
        "Max-Age": "7200",
    }
    assert "Origin" in answer.headers["Vary"]
    assert world.calls("commercetools") == world.calls("monext") == []


@pytest.mark.parametrize("origin", [FOREIGN, *LIKE_OURS])
def test_another_page_is_told_nothing(origin: str, bridge: InProcess) -> None:
    for path in PATHS.values():
        answer = preflight(bridge, path, origin=origin)
        assert (answer.status, cors(answer)) == (204, {}), path
        assert "Origin" in answer.headers["Vary"], path


def test_a_preflight_spends_nothing(sandbox: Sandbox, world: World) -> None:
    for budget in ("session", "shop"):
        tight = InProcess(sandbox, limits=with_one_tight_limit(budget, amount=1), SHOP_ORIGINS=SHOP)
        session = world.session(world.cart())
        assert {preflight(tight, "/payment", **{"X-Session-Id": session}).status for _ in range(5)} == {204}
        assert start(tight, session).status == 200


@pytest.mark.parametrize(
    "path", ["/operations/status", "/operations/checkout-links", "/events/commercetools", "/health", "/ready"]
)
def test_no_other_address_lets_pages_in(path: str, bridge: InProcess) -> None:
    assert cors(preflight(bridge, path)) == {}
    assert cors(bridge.call("GET", path, headers={"Origin": SHOP})) == {}


def test_pages_may_call_these_endpoints_and_no_others() -> None:
    assert {name for name, endpoint in ENDPOINTS.items() if endpoint.cors is Cors.CALL} == set(METHODS)
    assert [name for name, endpoint in ENDPOINTS.items() if endpoint.cors is Cors.READ_JSON] == [
        "buyer.result"
    ]


# answers


def test_a_shops_page_starts_a_payment_and_reads_it(bridge: InProcess, world: World) -> None:
    answer = start(bridge, world.session(world.cart()))
    assert answer.status == 200
    assert cors(answer) == {"Allow-Origin": SHOP, "Expose-Headers": ANSWER_HEADERS}
    assert "Origin" in answer.headers["Vary"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_shops_page_reads_the_config(bridge: InProcess, world: World) -> None:
    headers = {"Origin": OTHER_SHOP, "X-Session-Id": world.session(world.cart())}
    answer = bridge.call("GET", "/operations/config", headers=headers)
    assert (answer.status, cors(answer)["Allow-Origin"]) == (200, OTHER_SHOP)


def test_no_answer_lets_cookies_in(bridge: InProcess, world: World) -> None:
    answers = [preflight(bridge, "/payment"), start(bridge, world.session(world.cart()))]
    assert all(
        "Allow-Credentials" not in cors(answer) and "Set-Cookie" not in answer.headers for answer in answers
    )


def test_a_page_without_origin_gets_its_answer_and_no_permission(bridge: InProcess, world: World) -> None:
    headers = {"X-Session-Id": world.session(world.cart())}
    answer = bridge.call("POST", "/payment", headers=headers)
    assert (answer.status, cors(answer)) == (200, {})
    assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize("origin", [FOREIGN, *LIKE_OURS])
def test_another_page_can_not_read_an_answer(origin: str, bridge: InProcess) -> None:
    assert cors(start(bridge, "made-up", origin=origin)) == {}


def test_without_the_setting_no_page_is_let_in(in_process: InProcess) -> None:
    assert cors(preflight(in_process, "/payment", origin="")) == {}
    assert cors(start(in_process, "made-up")) == {}


# errors


def test_a_shops_page_can_tell_a_session_that_has_ended(bridge: InProcess, world: World) -> None:
    for session in ("", "made-up", world.session(world.cart(), state="Expired")):
        answer = start(bridge, session)
        assert (answer.status, cors(answer)["Allow-Origin"]) == (401, SHOP)


def test_a_shops_page_can_tell_a_cart_that_can_not_be_paid(bridge: InProcess, world: World) -> None:
    answer = start(bridge, world.session(world.cart("empty")))
    assert (answer.status, cors(answer)["Allow-Origin"]) == (409, SHOP)


def test_a_shops_page_can_tell_how_long_to_wait(sandbox: Sandbox, world: World) -> None:
    tight = InProcess(sandbox, limits=with_one_tight_limit("session", amount=1), SHOP_ORIGINS=SHOP)
    session = world.session(world.cart())
    first, second = start(tight, session), start(tight, session)
    assert (first.status, second.status) == (200, 429)
    assert cors(second)["Allow-Origin"] == SHOP
    assert "Retry-After" in second.headers
    assert "Retry-After" in cors(second)["Expose-Headers"]


def test_a_shops_page_can_tell_that_a_remote_is_down(bridge: InProcess, world: World) -> None:
    session = world.session(world.cart())
    world.fault("commercetools", action="status", code=503, path="/carts/", times=0)
    answer = start(bridge, session)
    assert (answer.status, cors(answer)["Allow-Origin"]) == (503, SHOP)


def test_a_shops_page_can_tell_a_malformed_body(bridge: InProcess, world: World) -> None:
    headers = {"Origin": SHOP, "X-Session-Id": world.session(world.cart())}
    answer = bridge.call("POST", "/payment", data="{", content_type="application/json", headers=headers)
    assert (answer.status, cors(answer)["Allow-Origin"]) == (400, SHOP)


# what is exposed to who has a session


def test_a_buyers_browser_learns_no_more_than_the_contract_says(bridge: InProcess, world: World) -> None:
    headers = {"Origin": SHOP, "X-Session-Id": world.session(world.cart())}
    started = bridge.app.test_client().post("/payment", json={}, headers=headers).get_json()
    config = bridge.app.test_client().get("/operations/config", headers=headers).get_json()
    assert set(started) == {"redirectURL", "sessionId", "paymentReference"}
    assert set(config) == {"environment", "mode", "widget", "paymentMethods"}


# what became of a payment


@pytest.fixture
def result(bridge: InProcess, world: World) -> str:
    """The address of a payment that went through, and that nobody has looked at yet."""
    page = Buyer(bridge).start(world.cart())
    world.pay(page.token)
    return f"/result/{page.ref}"


def test_a_shops_page_reads_what_became_of_a_payment(result: str, bridge: InProcess) -> None:
    answer = bridge.call("GET", result, headers={"Origin": SHOP, **JSON})
    assert (answer.status, cors(answer)) == (200, {"Allow-Origin": SHOP, "Expose-Headers": ANSWER_HEADERS})
    assert '"status":"paid"' in answer.text.replace(" ", "")
    assert "Origin" in answer.headers["Vary"]


def test_a_shops_page_can_tell_a_reference_that_is_refused(bridge: InProcess) -> None:
    answer = bridge.call("GET", f"/result/{FORGED}", headers={"Origin": SHOP, **JSON})
    assert (answer.status, cors(answer)["Allow-Origin"]) == (403, SHOP)


@pytest.mark.parametrize("origin", [FOREIGN, *LIKE_OURS])
def test_another_page_can_not_read_what_became_of_a_payment(
    origin: str, result: str, bridge: InProcess
) -> None:
    assert cors(bridge.call("GET", result, headers={"Origin": origin, **JSON})) == {}


def test_the_page_in_words_is_for_no_script_of_a_shop(result: str, bridge: InProcess) -> None:
    answer = bridge.call("GET", result, headers={"Origin": SHOP, "Accept": "text/html"})
    assert (answer.status, cors(answer)) == (200, {})
    assert "Origin" in answer.headers["Vary"]


def test_what_became_of_a_payment_is_asked_without_a_preflight(result: str, bridge: InProcess) -> None:
    answer = preflight(bridge, result, method="GET")
    assert not {"Allow-Methods", "Allow-Headers"} & set(cors(answer))


@pytest.mark.parametrize("path", [f"/return/{FORGED}?token=abc", f"/cancel/{FORGED}", "/checkout/x"])
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_other_buyer_pages_are_not_for_a_shops_script(path: str, accept: str, bridge: InProcess) -> None:
    assert cors(bridge.call("GET", path, headers={"Origin": SHOP, "Accept": accept})) == {}


# the module


def fetched(bridge: InProcess, path: Path, **headers: str) -> Answer:
    return bridge.call("GET", f"/static/{path.relative_to(STATIC)}", buffered=True, headers=headers)


@pytest.mark.parametrize("origin", [{}, {"Origin": SHOP}, {"Origin": FOREIGN}], ids=str)
def test_every_page_may_run_the_module_whole(origin: dict[str, str], bridge: InProcess) -> None:
    answers = {str(path.relative_to(STATIC)): fetched(bridge, path, **origin) for path in MODULE}
    assert {
        name for name, a in answers.items() if (a.status, cors(a)) != (200, {"Allow-Origin": "*"})
    } == set()
    types = {name: answer.headers["Content-Type"].partition(";")[0] for name, answer in answers.items()}
    assert types == dict.fromkeys(answers, "text/javascript")
    policies = {name: answer.headers["Cross-Origin-Resource-Policy"] for name, answer in answers.items()}
    assert policies == dict.fromkeys(answers, "cross-origin")
    assert [name for name, answer in answers.items() if "Origin" in answer.headers.get("Vary", "")] == []


def test_all_of_the_module_is_asked_about_each_time_and_not_sent_again(bridge: InProcess) -> None:
    first = {path: fetched(bridge, path) for path in MODULE}
    again = {
        path: fetched(bridge, path, **{"Origin": SHOP, "If-None-Match": answer.headers["ETag"]})
        for path, answer in first.items()
    }
    told = {
        str(path.relative_to(STATIC)): (answer.status, answer.text, cors(answer))
        for path, answer in again.items()
    }
    assert {name for name, t in told.items() if t != (304, "", {"Allow-Origin": "*"})} == set()
    kept = {answer.headers["Cache-Control"] for answer in (*first.values(), *again.values())}
    assert kept == {"no-cache"}


def test_everything_else_is_for_our_own_pages(bridge: InProcess) -> None:
    answers = {str(path.relative_to(STATIC)): fetched(bridge, path, Origin=SHOP) for path in OTHERS}
    assert {name for name, answer in answers.items() if (answer.status, cors(answer)) != (200, {})} == set()
    assert {a.headers["Cross-Origin-Resource-Policy"] for a in answers.values()} == {"same-origin"}


@pytest.mark.parametrize(
    "path",
    ["enabler/", "enabler/bridge.css", "enabler/../bridge.js", "enabler/..%2fbridge.js", "enabler/a/b.js"],
)
def test_what_is_no_part_of_the_module_is_not_let_out(path: str, bridge: InProcess) -> None:
    answer = bridge.call("GET", f"/static/{path}", buffered=True, headers={"Origin": SHOP})
    assert cors(answer) == {}


# the setting


@pytest.mark.parametrize(
    "value",
    [
        "*",
        "https://*.example.com",
        "null",
        "shop.example.com",
        "http://shop.example.com",
        "https://shop.example.com/checkout",
        "https://shop.example.com?a=b",
        "https://user@shop.example.com",
        f"{SHOP},,{OTHER_SHOP}",
    ],
)
def test_what_is_no_origin_is_a_fault(value: str, sandbox: Sandbox) -> None:
    with pytest.raises(SettingsError, match="SHOP_ORIGINS"):
        load_settings(environment(sandbox, SHOP_ORIGINS=value))


def test_origins_are_read_as_browsers_send_them(sandbox: Sandbox) -> None:
    settings = load_settings(
        environment(sandbox, SHOP_ORIGINS="https://Shop.Example.com:443 , http://localhost:9000")
    )
    assert settings.shop_origins == {SHOP, OTHER_SHOP}


def test_beside_a_store_in_production_origins_are_https(sandbox: Sandbox) -> None:
    with pytest.raises(SettingsError, match="SHOP_ORIGINS: must be https://"):
        load_settings(environment(sandbox, SHOP_ORIGINS=OTHER_SHOP, MONEXT_ENVIRONMENT="PRODUCTION"))


def test_origins_need_a_session_api(sandbox: Sandbox) -> None:
    with pytest.raises(SettingsError, match="CTP_SESSION_URL: is needed by SHOP_ORIGINS"):
        load_settings(environment(sandbox, SHOP_ORIGINS=SHOP, CTP_SESSION_URL=""))
