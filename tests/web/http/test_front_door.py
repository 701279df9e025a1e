"""Which host names are served, and what becomes of a request that a proxy says came without TLS."""

from __future__ import annotations

import pytest

from monext_bridge.errors import SettingsError
from sandbox.runner import Sandbox
from tests.bridges import AnyBridge, InProcess
from tests.web.declared_endpoints import ENDPOINTS

PUBLIC = "https://pay.shop.example"
PROBES = ("/health", "/ready")


@pytest.fixture
def bridge(sandbox: Sandbox) -> InProcess:
    variables = {"PUBLIC_URL": PUBLIC, "TRUSTED_HOSTS": "pay.shop.example,10.0.0.7", "TRUSTED_PROXIES": "1"}
    return InProcess(sandbox, variables=variables)


def served(bridge: AnyBridge, path: str, *, host: str, method: str = "GET", **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return bridge.call(method, path, headers={"Host": host, **named}).status


class TestHosts:
    @pytest.mark.parametrize(
        "host", ["pay.shop.example", "PAY.shop.EXAMPLE", "pay.shop.example:8443", "10.0.0.7", "10.0.0.7:8000"]
    )
    def test_a_named_host_is_served_whatever_its_port(self, host: str, bridge: AnyBridge) -> None:
        assert served(bridge, "/openapi.json", host=host) == 200

    @pytest.mark.parametrize("path", ["/openapi.json", "/nowhere", "/static/bridge.css", "/result/x"])
    @pytest.mark.parametrize(
        "host",
        ["evil.example", "pay.shop.example.evil.example", "xpay.shop.example", "localhost", "10.0.0.77"],
    )
    def test_any_other_is_not(self, host: str, path: str, bridge: AnyBridge) -> None:
        assert served(bridge, path, host=host) == 400

    @pytest.mark.parametrize("path", PROBES)
    def test_probes_are_served_under_any_name(self, path: str, bridge: AnyBridge) -> None:
        assert served(bridge, path, host="10.9.8.7:8000") == 200

    def test_a_proxys_word_about_the_host_counts_for_nothing(self, bridge: AnyBridge) -> None:
        named = served(bridge, "/openapi.json", host="evil.example", X_Forwarded_Host="pay.shop.example")
        assert named == 400

    @pytest.mark.parametrize("host", ["x" * 64, "a..b", ".", f"{'x' * 300}:8000", "pay.shop.example.."])
    @pytest.mark.parametrize("path", ["/openapi.json", "/nowhere", "/result/x"])
    def test_what_can_be_no_name_is_one_that_nobody_has(
        self, host: str, path: str, bridge: AnyBridge, in_process: AnyBridge
    ) -> None:
        assert served(bridge, path, host=host) == 400
        assert served(in_process, path, host=host) == served(in_process, path, host="invalid") < 500

    def test_without_the_setting_every_name_is_served(self, in_process: AnyBridge) -> None:
        assert served(in_process, "/openapi.json", host="whatever.example") == 200

    @pytest.mark.parametrize(
        "given", ["https://pay.shop.example", "pay.shop.example:443", "*.shop.example", "a/b", "[::1]"]
    )
    def test_what_is_no_host_name_is_a_fault_at_start(self, given: str, sandbox: Sandbox) -> None:
        with pytest.raises(SettingsError, match="TRUSTED_HOSTS"):
            InProcess(sandbox, variables={"TRUSTED_HOSTS": given})


class TestHttps:
    def call(self, bridge: AnyBridge, path: str, proto: str | None, method: str = "GET") -> tuple[int, str]:
        headers = {"Host": "pay.shop.example"} | ({"X-Forwarded-Proto": proto} if proto is not None else {})
        answer = bridge.call(method, path, headers=headers)
        return answer.status, answer.headers.get("Location", "")

    def test_a_get_by_http_is_led_to_the_public_address(self, bridge: AnyBridge) -> None:
        status, location = self.call(bridge, "/result/a%20b?lang=fr&x=%C3%A9", "http")
        assert (status, location) == (301, f"{PUBLIC}/result/a%20b?lang=fr&x=%C3%A9")

    @pytest.mark.parametrize("path", ["//evil.example/x", "/\\evil.example", "/%0d%0aSet-Cookie:a=b"])
    def test_it_is_never_led_elsewhere(self, path: str, bridge: AnyBridge) -> None:
        status, location = self.call(bridge, path, "http")
        assert status in (301, 308, 404)
        assert not location or location.startswith(f"{PUBLIC}/")
        assert "\n" not in location

    def test_a_post_by_http_is_refused(self, bridge: AnyBridge) -> None:
        assert self.call(bridge, "/payment", "http", method="POST")[0] == 403

    @pytest.mark.parametrize("path", PROBES)
    def test_a_probe_by_http_is_answered(self, path: str, bridge: AnyBridge) -> None:
        assert self.call(bridge, path, "http")[0] == 200

    @pytest.mark.parametrize("proto", [None, "", "https", "http, https", "HTTPS"])
    def test_what_no_counting_proxy_calls_http_is_served(self, proto: str | None, bridge: AnyBridge) -> None:
        assert self.call(bridge, "/openapi.json", proto)[0] == 200

    def test_the_scheme_is_read_in_any_case(self, bridge: AnyBridge) -> None:
        assert self.call(bridge, "/openapi.json", "HTTP")[0] == 301

    def test_of_two_proxies_the_outer_one_counts(self, sandbox: Sandbox) -> None:
        bridge = InProcess(sandbox, variables={"PUBLIC_URL": PUBLIC, "TRUSTED_PROXIES": "2"})
        assert self.call(bridge, "/openapi.json", "http, https")[0] == 301
        assert self.call(bridge, "/openapi.json", "https, http")[0] == 200
        assert self.call(bridge, "/openapi.json", "http")[0] == 200

    def test_without_a_trusted_proxy_its_word_counts_for_nothing(self, sandbox: Sandbox) -> None:
        bridge = InProcess(sandbox, variables={"PUBLIC_URL": PUBLIC, "TRUSTED_PROXIES": "0"})
        assert self.call(bridge, "/openapi.json", "http")[0] == 200

    def test_a_bridge_that_is_public_by_http_leads_nowhere(self, in_process: AnyBridge) -> None:
        assert self.call(in_process, "/openapi.json", "http")[0] == 200

    def test_browsers_are_told_to_come_by_https_alone_where_the_bridge_is_public_so(
        self, bridge: AnyBridge, in_process: AnyBridge
    ) -> None:
        told = [each.call("GET", "/health", headers={}).headers for each in (bridge, in_process)]
        assert ["Strict-Transport-Security" in each for each in told] == [True, False]


def test_only_what_machines_ask_beside_us_is_a_probe() -> None:
    probes = {name for name, endpoint in ENDPOINTS.items() if endpoint.is_probe}
    assert probes == {"health.health", "health.ready", "metrics.metrics"}


TWINS = ["bridge.css/", "enabler.d.ts/", "./bridge.css", "x/../bridge.css", "bridge.css/.", "bridge.css%2f"]


@pytest.mark.parametrize("path", TWINS)
def test_a_static_file_has_one_name(path: str, in_process: InProcess) -> None:
    assert in_process.call("GET", f"/static/{path}").status == 404


@pytest.mark.parametrize("path", ["/checkout//evil", "//checkout/evil", "/static//bridge.css", "/health//"])
def test_no_address_is_mended_by_a_redirect_to_the_name_that_was_asked_for(
    path: str, in_process: AnyBridge
) -> None:
    answer = in_process.call("GET", path, headers={"Host": "evil.example"})
    assert (answer.status, answer.location) == (404, "")
