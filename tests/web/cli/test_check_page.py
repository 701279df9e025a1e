"""`flask check-page` over real HTTP: an unchanged page passes, and whatever is changed in between is found."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from werkzeug.wrappers import Response

from monext_bridge.services.page_check import OWN_INVENTORY, DifferenceKind
from monext_bridge.web.cli.check_page import check_page_command
from sandbox.runner import Sandbox
from tests.served_bridge import ServedBridge, nothing
from tests.world import World

WIDGET = "/cdn/scripts/widget-min.js"
SKIMMER = "https://evil.example/skimmer.js"
GREEN = '{"accent": "#00664f"}'
STORE = ("--store", "fr-store")


@pytest.fixture(scope="module")
def served(sandbox: Sandbox) -> Iterator[ServedBridge]:
    with ServedBridge(sandbox) as running:
        yield running


@pytest.fixture
def copy(served: ServedBridge, world: World, tmp_path: Path) -> Path:
    """An inventory in which the sandbox's script and style have been looked at."""
    served.change = nothing
    file = tmp_path / "inventory.toml"
    result = check(served, world, "--inventory", str(file), "--accept")
    assert result.exit_code == 0, result.output
    return file


def check(served: ServedBridge, world: World, *options: str, path: str = "") -> Result:
    url = f"{served.url}{path or f'/checkout/{world.cart()}'}"
    return served.bridge.app.test_cli_runner().invoke(check_page_command, [url, *STORE, *options])


def found(result: Result) -> list[tuple[str, str]]:
    return [(each["kind"], each["subject"]) for each in json.loads(result.stdout)["differences"]]


def with_html(old: str, new: str) -> Callable[[Response], None]:
    """A change of the page's HTML, which must have had the old text."""

    def change(response: Response) -> None:
        text = response.get_data(as_text=True)
        assert old in text
        response.set_data(text.replace(old, new, 1))

    return change


def with_header(name: str, value: str | None) -> Callable[[Response], None]:
    def change(response: Response) -> None:
        response.headers.pop(name, None)
        if value is not None:
            response.headers[name] = value

    return change


def with_policy(old: str, new: str) -> Callable[[Response], None]:
    def change(response: Response) -> None:
        policy = response.headers["Content-Security-Policy"]
        assert old in policy
        response.headers["Content-Security-Policy"] = policy.replace(old, new)

    return change


def test_an_unchanged_page_passes_every_day_though_its_nonces_differ(
    served: ServedBridge, copy: Path, world: World
) -> None:
    results = [check(served, world, "--inventory", str(copy)) for _ in range(2)]
    assert [each.exit_code for each in results] == [0, 0], results[0].output
    assert results[0].stdout.splitlines()[-1] == "The same as inventory and release."
    assert results[0].stderr == ""


def test_with_the_inventory_of_the_release_what_nobody_has_looked_at_is_a_difference(
    served: ServedBridge, world: World
) -> None:
    result = check(served, world, "--json")
    assert result.exit_code == 1
    widget = world.sandbox.monext_url
    assert found(result) == [
        ("not_reviewed", f"{widget}/cdn/styles/widget-min.css"),
        ("not_reviewed", f"{widget}{WIDGET}"),
    ]


def test_a_script_that_changed_at_the_cdn_is_found_and_can_be_accepted(
    served: ServedBridge, copy: Path, world: World
) -> None:
    body = {"path": WIDGET, "action": "status", "code": 200, "times": 0}
    world.fault("monext", **body, body="steal()", content_type="text/javascript")
    result = check(served, world, "--inventory", str(copy), "--json")
    assert (result.exit_code, found(result)) == (
        1,
        [("changed_resource", f"{world.sandbox.monext_url}{WIDGET}")],
    )
    assert check(served, world, "--inventory", str(copy), "--accept").exit_code == 0
    assert check(served, world, "--inventory", str(copy)).exit_code == 0


WRONG: dict[str, tuple[Callable[[Response], None], tuple[str, str]]] = {
    "a header is gone": (with_header("X-Frame-Options", None), ("header", "X-Frame-Options")),
    "a header is another": (with_header("Referrer-Policy", "unsafe-url"), ("header", "Referrer-Policy")),
    "a cookie": (with_header("Set-Cookie", "a=b"), ("header", "set-cookie")),
    "a preload": (with_header("Link", f"<{SKIMMER}>; rel=preload"), ("header", "link")),
    "pages of others may read it": (
        with_header("Access-Control-Allow-Origin", "*"),
        ("header", "access-control-allow-origin"),
    ),
    "the policy is gone": (
        with_header("Content-Security-Policy", None),
        ("header", "Content-Security-Policy"),
    ),
    "the policy lets another host in": (
        with_policy("script-src ", "script-src https://evil.example "),
        ("policy", "Content-Security-Policy script-src"),
    ),
    "the policy has a second nonce": (
        with_policy("script-src ", "script-src 'nonce-mine' "),
        ("policy", "Content-Security-Policy script-src"),
    ),
    "a second policy": (
        lambda response: response.headers.add("Content-Security-Policy", "img-src *"),
        ("policy", "Content-Security-Policy report-to"),
    ),
    "a directive is gone": (
        with_policy("object-src 'none'; ", ""),
        ("policy", "Content-Security-Policy object-src"),
    ),
    "a directive is added": (
        with_policy("object-src ", "script-src-elem *; object-src "),
        ("policy", "Content-Security-Policy script-src-elem"),
    ),
    "an inline script": (
        with_html("</main>", "<script>steal()</script></main>"),
        ("inline_script", "<script>"),
    ),
    "an inline handler": (
        with_html("<main>", "<main onclick=steal()>"),
        ("inline_script", "onclick of <main>"),
    ),
    "a script as an address": (
        with_html("<main>", "<main><a href=' java\nscript:steal()'>"),
        ("inline_script", "href of <a>"),
    ),
    "a frame": (
        with_html("<main>", f"<main><iframe src={SKIMMER}>"),
        ("other_element", f"<iframe> of {SKIMMER}"),
    ),
    "a field of its own": (with_html("<main>", "<main><input name=card>"), ("other_element", "<input>")),
    "an inline style": (with_html("</main>", "<style>a{}</style></main>"), ("other_element", "<style>")),
    "another base": (
        with_html("<head>", "<head><base href='https://evil.example'>"),
        ("other_element", "<base> of https://evil.example"),
    ),
    "a script is gone": (
        with_html('<script src="/static/bridge.js"', '<b data-was="'),
        ("missing_resource", "{url}/static/bridge.js"),
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_a_proxy_changes_is_found(case: str, served: ServedBridge, copy: Path, world: World) -> None:
    change, (kind, subject) = WRONG[case]
    served.change = change
    result = check(served, world, "--inventory", str(copy), "--json")
    assert result.exit_code == 1
    assert (kind, subject.replace("{url}", served.url)) in found(result)
    assert len(found(result)) == 1 or case == "another base"


def test_one_s_own_script_is_compared_with_this_release(
    served: ServedBridge, copy: Path, world: World
) -> None:
    served.instead = {"/static/bridge.js": b"steal()"}
    result = check(served, world, "--inventory", str(copy), "--accept", "--json")
    served.instead = {}
    assert (result.exit_code, found(result)) == (1, [("changed_resource", f"{served.url}/static/bridge.js")])


def test_a_script_from_another_host_is_found_with_its_hash(
    served: ServedBridge, copy: Path, world: World, sandbox: Sandbox
) -> None:
    other = f"{sandbox.shop_url}/static/logo.svg"
    served.change = with_html("</main>", f"<script src={other}></script></main>")
    result = check(served, world, "--inventory", str(copy), "--json")
    assert (result.exit_code, found(result)) == (1, [("unknown_resource", other)])
    assert re.search(rf"unknown script {other}, sha256 [0-9a-f]{{64}}", result.stdout)


def test_a_script_of_a_host_that_is_away_is_a_difference_all_the_same(
    served: ServedBridge, copy: Path, world: World
) -> None:
    other = "http://127.0.0.1:9/skimmer.js"
    served.change = with_html("</main>", f"<script src={other}></script></main>")
    result = check(served, world, "--inventory", str(copy), "--json")
    assert (result.exit_code, found(result)) == (1, [("unknown_resource", other)])


def test_a_store_is_asked_for_where_the_settings_differ_by_store(served: ServedBridge) -> None:
    for options in ((), ("--store", "nowhere")):
        result = served.bridge.app.test_cli_runner().invoke(check_page_command, [served.url, *options])
        assert result.exit_code == 2
        assert "with --store: de-store, fr-store" in result.stderr


def test_a_style_of_ours_that_is_not_of_this_page_is_unknown(
    served: ServedBridge, copy: Path, world: World
) -> None:
    own = f"{served.url}/static/docs.css"
    served.change = with_html("</main>", '<link rel="stylesheet" href="/static/docs.css"></main>')
    result = check(served, world, "--inventory", str(copy), "--json")
    assert (result.exit_code, found(result)) == (1, [("unknown_resource", own)])


def test_the_colours_of_a_shop_are_of_this_release(sandbox: Sandbox, world: World, tmp_path: Path) -> None:
    with ServedBridge(sandbox, SHOP_COLORS=GREEN) as served:
        result = check(served, world, "--inventory", str(tmp_path / "copy"), "--accept")
    assert result.exit_code == 0, result.output
    assert "/theme/" in result.stdout


def test_the_hosts_of_pictures_are_of_this_release_and_others_are_not(
    sandbox: Sandbox, world: World, tmp_path: Path
) -> None:
    copy = str(tmp_path / "copy")
    with ServedBridge(sandbox, IMAGE_HOSTS="images.example.com") as served:
        same = check(served, world, "--inventory", copy, "--accept")
        served.change = with_policy(
            "https://images.example.com", "https://images.example.com https://evil.example"
        )
        other = check(served, world, "--inventory", copy, "--json")
    assert same.exit_code == 0, same.output
    assert (other.exit_code, found(other)) == (1, [("policy", "Content-Security-Policy img-src")])


@pytest.mark.parametrize(
    ("path", "why"), [("/checkout/no-cart", "answered with 400"), ("/nowhere", "answered with 404")]
)
def test_what_is_no_page_ends_with_2(path: str, why: str, served: ServedBridge, world: World) -> None:
    result = check(served, world, path=path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert why in result.stderr


def test_a_script_that_can_t_be_had_ends_with_2(served: ServedBridge, copy: Path, world: World) -> None:
    world.fault("monext", path=WIDGET, action="drop_before", times=0)
    result = check(served, world, "--inventory", str(copy))
    assert result.exit_code == 2
    assert WIDGET in result.stderr
    assert "Not everything was seen." in result.stdout


def test_a_page_of_plain_http_elsewhere_is_not_fetched(served: ServedBridge) -> None:
    runner = served.bridge.app.test_cli_runner()
    result = runner.invoke(check_page_command, ["http://pay.example.com/checkout/x", *STORE])
    assert result.exit_code == 2
    assert "only https" in result.stderr


def test_the_proof_of_the_link_is_never_printed(served: ServedBridge, copy: Path, world: World) -> None:
    path = f"/checkout/{world.cart()}?lang=en&signature=5ec7e7"
    for options in (("--json",), ()):
        result = check(served, world, "--inventory", str(copy), *options, path=path)
        assert "5ec7e7" not in result.output


class TestAccept:
    def test_a_copy_is_asked_for(self, served: ServedBridge, world: World) -> None:
        result = check(served, world, "--accept")
        assert result.exit_code == 2
        assert "--inventory" in result.stderr

    def test_the_inventory_of_the_release_is_never_written(self, served: ServedBridge, world: World) -> None:
        before = OWN_INVENTORY.read_text()
        assert check(served, world, "--accept", "--inventory", str(OWN_INVENTORY)).exit_code == 2
        assert OWN_INVENTORY.read_text() == before

    def test_all_but_hash_and_date_stays_as_it_stands(self, copy: Path) -> None:
        before, after = (file.read_text().splitlines() for file in (OWN_INVENTORY, copy))
        dates = [line for line in after if line.startswith("reviewed") and "yet" not in line]
        assert len(dates) == 2
        written = ("sha256", "reviewed")
        assert [each for each in after if not each.startswith(written)] == [
            each for each in before if not each.startswith(written)
        ]

    def test_an_unknown_script_is_never_accepted(
        self, served: ServedBridge, copy: Path, world: World
    ) -> None:
        served.change = with_html("</main>", '<script src="/static/enabler.js"></script></main>')
        result = check(served, world, "--inventory", str(copy), "--accept", "--json")
        assert (result.exit_code, found(result)) == (
            1,
            [("unknown_resource", f"{served.url}/static/enabler.js")],
        )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[[script", "no TOML"),
        ("[[font]]", "nothing else"),
        ('[[header]]\nname = "Link"\nvalue = "any"', "reason"),
        ('[[header]]\nname = "Link"\nvalue = "any"\nreason = ""\nfar = ""', "far"),
        ('[[header]]\nname = "Link"\nvalue = 1\nreason = ""', "type"),
    ],
)
def test_a_faulty_inventory_is_named(
    text: str, why: str, served: ServedBridge, world: World, tmp_path: Path
) -> None:
    file = tmp_path / "copy.toml"
    file.write_text(text)
    result = check(served, world, "--inventory", str(file))
    assert (result.exit_code, result.stdout) == (2, "")
    assert why in result.stderr


def test_a_header_that_one_s_proxy_adds_can_be_listed(served: ServedBridge, copy: Path, world: World) -> None:
    copy.write_text(
        f'{copy.read_text()}\n[[header]]\nname = "Set-Cookie"\nvalue = "any"\nreason = "our balancer"\n'
    )
    served.change = with_header("Set-Cookie", "balancer=a")
    assert check(served, world, "--inventory", str(copy)).exit_code == 0


def test_every_kind_of_difference_is_shown_once(served: ServedBridge) -> None:
    shown: set[Any] = {kind for _, (kind, _) in WRONG.values()}
    shown |= {"not_reviewed", "changed_resource", "unknown_resource"}
    assert shown == {kind.value for kind in DifferenceKind}
