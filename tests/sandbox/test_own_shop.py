import base64
import re
import stat
from pathlib import Path

import pytest
import requests

from monext_bridge.config import load_settings
from sandbox.bridge_settings import bridge_environment
from sandbox.own_shop import ORIGINS, kept_in, shop_environment, told, welcome_environment
from sandbox.runner import Sandbox
from sandbox.shop import Access


@pytest.fixture(scope="module")
def environment() -> dict[str, str]:
    with Sandbox(bridge_url="http://localhost:8000") as sandbox:
        return shop_environment(sandbox, link_secret="link-secret")


def test_the_bridge_takes_the_settings_that_let_own_shops_in() -> None:
    with Sandbox() as sandbox:
        base = bridge_environment(sandbox, port=8000, access="open", link_secret="link-secret-of-tests")
        welcome = welcome_environment(sandbox.shop_url, origins=[*ORIGINS, "http://localhost:4321"])
    settings = load_settings(base | welcome)
    assert settings.shop_origins == {sandbox.shop_url, *ORIGINS, "http://localhost:4321"}
    assert {"localhost:3000", "localhost:4321"} <= settings.allowed_url_hosts


@pytest.mark.parametrize("prefix", ["SHOP_CLIENT", "CTP_CLIENT", "BACK_OFFICE_CLIENT"])
def test_each_client_gets_a_token(prefix: str) -> None:
    with Sandbox() as sandbox:
        own = shop_environment(sandbox, link_secret="link-secret")
        proof = base64.b64encode(f"{own[f'{prefix}_ID']}:{own[f'{prefix}_SECRET']}".encode()).decode()
        answer = requests.post(
            f"{own['CTP_AUTH_URL']}/oauth/token",
            data={"grant_type": "client_credentials"},
            headers={"Authorization": f"Basic {proof}"},
            timeout=60,
        )
    assert answer.json()["token_type"] == "Bearer"


def test_the_file_is_its_owners_alone_and_goes_at_the_end(
    environment: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "new" / "demo.env"
    with kept_in(path, environment):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert dict(line.split("=", 1) for line in path.read_text().splitlines()) == environment
    assert not path.exists()


def test_a_file_that_an_earlier_demo_left_is_replaced(environment: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "demo.env"
    path.write_text("LINK_SECRET=old\n")
    path.chmod(0o644)
    with kept_in(path, environment):
        assert "old" not in path.read_text()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_demo_beside_another_leaves_its_file_alone(environment: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "demo.env"
    with kept_in(path, environment) as first:
        before = path.read_text()
        with kept_in(path, environment | {"PUBLIC_URL": "http://localhost:8001"}) as second:
            assert second == tmp_path / "demo-2.env"
            assert "PUBLIC_URL=http://localhost:8001\n" in second.read_text()
        assert not second.exists()
        assert (first, path.read_text()) == (path, before)


def test_the_file_has_the_names_of_the_documents(environment: dict[str, str]) -> None:
    document = (Path(__file__).parents[2] / "docs" / "integrate.md").read_text()
    named = set(
        re.findall(
            r"\b(?:PUBLIC_URL|LINK_SECRET|(?:SHOP|BACK_OFFICE)_CLIENT_(?:ID|SECRET)|CTP_\w+)\b", document
        )
    )
    assert {"PUBLIC_URL", "SHOP_CLIENT_ID", "SHOP_CLIENT_SECRET"} <= named
    assert named - set(environment) == set()


@pytest.mark.parametrize(("access", "warned"), [("open", True), ("session", True), ("signed", False)])
def test_a_secret_that_nobody_checks_is_told(
    access: Access, warned: bool, environment: dict[str, str]
) -> None:
    lines = told(environment, origins=ORIGINS, path=None, access=access)
    (secret,) = [line for line in lines if "Link secret" in line]
    assert ("not checked; --access signed" in secret) is warned


def test_all_that_is_needed_is_told_in_few_lines(environment: dict[str, str]) -> None:
    lines = told(environment, origins=ORIGINS, path=Path("build/demo.env"), access="open")
    text = "\n".join(lines)
    credentials = [value for name, value in environment.items() if "CLIENT" in name or "SECRET" in name]
    assert [value for value in credentials if value not in text] == []
    assert "localhost:3000, :3001" in text
    assert "build/demo.env" in text
    assert len(lines) < 10
