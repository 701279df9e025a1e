"""What checks make of answers and limits that a sandbox hardly gives: scopes, proxies, versions, a worker's files."""

from __future__ import annotations

import pytest

from monext_bridge.runtime import SLOTS_PER_REMOTE
from monext_bridge.server import OTHER_FILES, REMOTES
from monext_bridge.services.doctor import FILES_NEEDED
from monext_bridge.services.doctor.checks.project import scopes_of
from monext_bridge.services.doctor.checks.public_url import _host, _proxies, _scheme
from monext_bridge.services.doctor.findings import Level
from monext_bridge.services.doctor.self_proof import SeenRequest
from tests.settings_environment import settings_with

ENOUGH = ("manage_payments", "manage_orders", "view_customers", "introspect_oauth_tokens")


def levels(*granted: str, **changes: str) -> dict[str, Level]:
    return {each.code: each.level for each in scopes_of(settings_with(**changes), "It", frozenset(granted))}


def of_project(*names: str, project: str = "shop") -> tuple[str, ...]:
    return tuple(f"{name}:{project}" for name in names)


def test_the_scopes_that_are_needed_are_enough() -> None:
    assert levels(*of_project(*ENOUGH)) == {"ctp_scopes": Level.OK}


@pytest.mark.parametrize(
    ("missing", "level"),
    [("manage_payments", Level.FAULT), ("manage_orders", Level.FAULT), ("view_customers", Level.WARNING)],
)
def test_a_missing_scope_is_as_bad_as_the_feature_is_needed(missing: str, level: Level) -> None:
    granted = of_project(*(each for each in ENOUGH if each != missing))
    assert levels(*granted) == {"ctp_scope_missing": level}


def test_a_client_of_another_project_is_told_alone() -> None:
    assert levels(*of_project(*ENOUGH, project="other")) == {"ctp_project_differs": Level.FAULT}
    assert "ctp_project_differs" not in levels("manage_payments")


def test_a_scope_of_one_store_is_none_of_the_project() -> None:
    assert levels(*(f"{name}:shop:fr-store" for name in ENOUGH))["ctp_scope_missing"] is not None


def test_sessions_need_a_scope_only_where_they_are_read() -> None:
    url = "https://session.example.com"
    assert levels(*of_project(*ENOUGH), CTP_SESSION_URL=url) == {"ctp_scope_missing": Level.FAULT}
    assert levels(*of_project(*ENOUGH, "view_sessions"), CTP_SESSION_URL=url) == {"ctp_scopes": Level.OK}


def test_more_scopes_than_needed_are_a_warning() -> None:
    assert levels(*of_project(*ENOUGH, "manage_products")) == {"ctp_scopes_too_many": Level.WARNING}
    assert levels(*of_project("manage_project")) == {"ctp_scopes_too_many": Level.WARNING}


def seen(
    addresses: int = 1, schemes: tuple[str, ...] = ("https",), host: str = "pay.example.com"
) -> SeenRequest:
    return SeenRequest("0.2.0", addresses, schemes, host)


def test_the_number_of_proxies_is_what_the_request_passed() -> None:
    assert _proxies(1, seen()).level is Level.OK
    assert [_proxies(1, seen(n)).level for n in (0, 2)] == [Level.WARNING, Level.WARNING]


def test_a_proxy_that_says_http_makes_https_pages_redirect_for_ever() -> None:
    assert [each.code for each in _scheme(settings_with(), seen(schemes=("http",)))] == ["proxy_says_http"]
    assert list(_scheme(settings_with(), seen())) == []
    assert list(_scheme(settings_with(), seen(schemes=()))) == []


@pytest.mark.parametrize(
    ("host", "codes"),
    [("pay.example.com", []), ("PAY.example.com:443", []), ("internal", ["host_not_trusted"])],
)
def test_the_name_that_reaches_the_bridge_has_to_be_served(host: str, codes: list[str]) -> None:
    settings = settings_with(TRUSTED_HOSTS="pay.example.com")
    assert [each.code for each in _host(settings, seen(host=host))] == codes


def test_a_worker_needs_the_files_that_the_server_asks_for() -> None:
    assert FILES_NEEDED == 1000 + REMOTES * SLOTS_PER_REMOTE + OTHER_FILES
