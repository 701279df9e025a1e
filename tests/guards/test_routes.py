"""Every endpoint has a declared caller, and proves it before anything leaves the bridge."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from monext_bridge.web import create_routes
from monext_bridge.web.endpoints import Principal, UndeclaredEndpoint, declared_endpoints
from tests.bridges import InProcess
from tests.web.declared_endpoints import ENDPOINTS, ROUTES
from tests.world import World

WEB = Path(__file__).resolve().parents[2] / "monext_bridge" / "web"
SOURCES = sorted(WEB.rglob("*.py"))
FORGED = "e30." + "A" * 43
NOT_PROVED = [
    ("/return/{ref}?paylinetoken=abc", Principal.REFERENCE),
    ("/cancel/{ref}", Principal.REFERENCE),
    ("/result/{ref}", Principal.REFERENCE),
    ("/notification/{ref}?notificationType=WEBTRS&token=abc", Principal.REFERENCE),
]
SHAPELESS = ["x", "e30", "e30.abc", "e30." + "A" * 42 + "!", "a" * 3000, "%00", "e30." + "é" * 43]


def test_every_endpoint_is_declared(in_process: InProcess) -> None:
    assert {rule.endpoint for rule in in_process.app.url_map.iter_rules()} == set(ENDPOINTS)


def test_every_module_with_views_is_part_of_the_application() -> None:
    made = {name for path in SOURCES for name in re.findall(r"= Blueprint\(\"(\w+)\"", path.read_text())}
    assert made == set(ROUTES.blueprints)


def test_an_application_with_endpoints_that_declare_nothing_does_not_start() -> None:
    app = create_routes()
    for name in ("forgotten", "forgotten_too"):
        app.add_url_rule(f"/{name}", endpoint=name, view_func=str)
    with pytest.raises(UndeclaredEndpoint, match=r"declared at: forgotten, forgotten_too$"):
        declared_endpoints(app)


def names_outside_links(source: str) -> set[str]:
    """The names of endpoints that a source has, but for those of which it makes an address."""
    tree = ast.parse(source)
    calls = [
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "url_for"
    ]
    linked = {argument for call in calls for argument in call.args}
    texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and node not in linked]
    return {text.value for text in texts if isinstance(text.value, str)} & set(ENDPOINTS) - {"static"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(WEB)))
def test_nothing_lists_endpoints_beside_their_declarations(path: Path) -> None:
    assert names_outside_links(path.read_text()) == set()


def test_a_list_of_endpoints_is_found() -> None:
    assert names_outside_links('A = {"buyer.result", "other"}\nurl_for("buyer.cancel")') == {"buyer.result"}


def test_an_endpoint_says_in_words_what_it_does_and_who_calls() -> None:
    said = [words for each in ENDPOINTS.values() for words in (each.does, each.callers)]
    assert [words for words in said if not words or words[-1] in ".;," or "|" in words] == []


def test_what_a_reference_opens_is_told_here() -> None:
    opened = {name for name, each in ENDPOINTS.items() if each.caller is Principal.REFERENCE}
    assert {path.split("/")[1] for path, _ in NOT_PROVED} == {
        rule.rule.split("/")[1] for rule in ROUTES.url_map.iter_rules() if rule.endpoint in opened
    }


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
