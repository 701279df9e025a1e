"""Every endpoint has a declared caller, and proves it before anything leaves the bridge."""

from __future__ import annotations

import pytest

from monext_bridge.web.access.endpoint_callers import PRINCIPALS, Principal
from tests.bridges import InProcess
from tests.world import World

FORGED = "e30." + "A" * 43
NOT_PROVED = [
    ("/return/{ref}?paylinetoken=abc", Principal.REFERENCE),
    ("/cancel/{ref}", Principal.REFERENCE),
    ("/result/{ref}", Principal.REFERENCE),
    ("/notification/{ref}?notificationType=WEBTRS&token=abc", Principal.REFERENCE),
]
SHAPELESS = ["x", "e30", "e30.abc", "e30." + "A" * 42 + "!", "a" * 3000, "%00", "e30." + "é" * 43]


def test_every_endpoint_has_a_declared_caller(in_process: InProcess) -> None:
    assert {rule.endpoint for rule in in_process.app.url_map.iter_rules()} == set(PRINCIPALS)


@pytest.mark.parametrize(("path", "caller"), NOT_PROVED, ids=[path.split("/")[1] for path, _ in NOT_PROVED])
def test_a_forged_reference_is_refused_without_a_call(
    path: str, caller: Principal, in_process: InProcess, world: World
) -> None:
    assert in_process.call("GET", path.format(ref=FORGED)).status == 403
    assert world.calls("commercetools") == world.calls("monext") == []


@pytest.mark.parametrize("ref", SHAPELESS, ids=range(len(SHAPELESS)))
@pytest.mark.parametrize("path", [path for path, _ in NOT_PROVED])
def test_a_shapeless_reference_is_malformed_without_a_call(
    path: str, ref: str, in_process: InProcess, world: World
) -> None:
    assert in_process.call("GET", path.format(ref=ref)).status == 400
    assert world.calls("commercetools") == world.calls("monext") == []


def test_an_unknown_path_is_not_found(in_process: InProcess) -> None:
    assert in_process.call("GET", "/operations/nothing").status == 404


@pytest.mark.parametrize("path", ["/checkout/1", "/health", "/payment"])
def test_other_methods_are_refused(path: str, in_process: InProcess) -> None:
    assert in_process.call("DELETE", path).status == 405
