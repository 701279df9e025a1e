"""What documents write for a shell works: each command is run as it stands, against the bridge and the sandbox."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest
from click.testing import Result

from sandbox.runner import Sandbox
from tests.bridges import METRICS_TOKEN, Buyer
from tests.document_blocks import README, blocks, variables
from tests.document_commands import FLASK, SHELL, Command, all_commands, who_runs
from tests.sample_programs import documented_environment
from tests.served_bridge import ServedBridge
from tests.world import World

HERE = [each for each in all_commands() if who_runs(each) == ["tests/e2e/test_document_commands.py"]]
ANSWERED = [each for each in HERE if each.begins(*SHELL) and not each.is_assignment]
FLASKS = [each for each in HERE if each.begins(FLASK)]
LINK_SECRET = "for-the-sandbox-only"
AUTHORISED = ("payment capture", "payment cancel")
"""Commands for which money must be open; all others get a payment that is captured."""

ACTS = ("capture", "refund", "cancel", "reverse")
NOTHING_FOUND = 4
"""The exit code of a search: at the time that a document names, nothing may have been bought."""


@pytest.fixture(scope="module")
def served(sandbox: Sandbox) -> Iterator[ServedBridge]:
    with ServedBridge(sandbox, LINK_SECRET=LINK_SECRET) as running:
        yield running


@dataclass
class Shop:
    """A shop beside the bridge, with whatever a document's command takes for granted."""

    served: ServedBridge
    sandbox: Sandbox
    world: World

    @cached_property
    def paid(self) -> str:
        """A cart that is paid, and captured."""
        return self._bought("guest")

    @cached_property
    def authorised(self) -> str:
        return self._bought("german-store")

    def _bought(self, situation: str) -> str:
        buyer = Buyer(self.served.bridge)
        page = buyer.start(cart := self.world.cart(situation))
        self.world.pay(page.token, outcome="accepted")
        buyer.comes_back(page)
        return cart

    def environment(self, command: Command) -> dict[str, str]:
        """The variables that the documents name. The cart is paid where the command asks what was paid."""
        is_paid = any(word in command.text for word in ("/orders", "/carts/", "$PAYMENT_ID"))
        cart = self.paid if is_paid else self.world.cart()
        told = documented_environment(
            commercetools_url=self.sandbox.commercetools_url, public_url=self.served.url
        )
        return {
            **told,
            "CART_ID": cart,
            "SESSION": self.world.session(cart),
            "BACK_OFFICE_CLIENT_ID": "back-office",
            "BACK_OFFICE_CLIENT_SECRET": "back-office-secret",
            "PAYMENT_ID": self.world.payment(cart)["id"] if is_paid else "",
            "METRICS_TOKEN": METRICS_TOKEN,
        }

    def words(self, command: Command) -> list[str]:
        """The words of a flask command, with an order, a payment and a cart that are there."""
        line = re.sub(r"\s*2?>>?\s*\S+$", "", command.line).removeprefix(FLASK)
        cart = self.authorised if line.startswith(AUTHORISED) else self.paid
        payment = self.world.payment(cart)
        number = self.world.orders(cart)[0]["orderNumber"]
        known = {
            "ORDER-1042": number,
            "$order": number,
            "$parcel": "7",
            "20354d7a-e4fe-47af-8ff6-187bca92f3f9": payment["id"],
            "26327404982633": payment["transactions"][0]["interfaceId"],
            "jane@example.com": self.world.project.get(f"carts/{cart}")["customerEmail"],
            "$LINK": f"{self.served.url}/checkout/{self.world.cart()}",
        }
        for text, meant in known.items():
            line = line.replace(text, meant)
        return shlex.split(line)


@pytest.fixture
def shop(served: ServedBridge, sandbox: Sandbox, world: World) -> Shop:
    return Shop(served, sandbox, world)


def in_shell(command: Command, shop: Shop, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run it in a fresh shell, below the assignments that stand before it in its document."""
    before = [each.text for each in HERE if each.is_assignment and each.document == command.document]
    moved = command.text.replace("http://localhost:8000", shop.served.url)
    remotes = {"localhost:9001": shop.sandbox.commercetools_url, "localhost:9002": shop.sandbox.monext_url}
    for told, meant in remotes.items():
        moved = moved.replace(told, meant.removeprefix("http://"))
    (folder / ".curlrc").write_text("fail\nsilent\nshow-error\n")
    environment = {"PATH": os.environ["PATH"], "CURL_HOME": str(folder), "NO_PROXY": "*"}
    return subprocess.run(
        ["sh", "-euc", "\n".join([*before, moved])],
        cwd=folder,
        env={**environment, **shop.environment(command)},
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
@pytest.mark.parametrize("command", ANSWERED, ids=str)
def test_a_command_of_the_shell_is_answered_as_its_document_shows(
    command: Command, shop: Shop, tmp_path: Path
) -> None:
    done = in_shell(command, shop, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert [name for name in command.said_to_answer if f'"{name}":' not in done.stdout] == []


@pytest.mark.parametrize("command", FLASKS, ids=str)
def test_a_flask_command_does_what_it_says(
    command: Command, shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = shop.words(command)
    if words[0] == "check-page":
        words += ["--store", "fr-store"]
        invoke(shop, [*words, *([] if "--accept" in words else ["--accept"])])
    if words[0] == "payment" and words[1] in ACTS and "--yes" not in words:
        words.append("--yes")
    if words[0] == "setup":
        shop.sandbox.reset()
    done = invoke(shop, words)
    may_find_nothing = words[:2] == ["payment", "find"] and "--from" in words
    assert done.exit_code in ({0, NOTHING_FOUND} if may_find_nothing else {0}), done.output


def invoke(shop: Shop, words: list[str]) -> Result:
    return shop.served.bridge.app.test_cli_runner().invoke(args=words, env={"GRID_KEY": "key-of-the-topic"})


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
def test_the_link_that_the_shell_signs_opens_its_cart(sandbox: Sandbox, world: World, tmp_path: Path) -> None:
    (echo,) = [each for each in ANSWERED if each.begins("echo ")]
    with ServedBridge(sandbox, LINK_SECRET=LINK_SECRET, CHECKOUT_ACCESS="signed") as signed:
        done = in_shell(echo, Shop(signed, sandbox, world), tmp_path)
        path = done.stdout.strip().removeprefix(signed.url)
        assert signed.bridge.call("GET", path).status == 200
        assert signed.bridge.call("GET", path[:-4] + "0000").status == 403


def test_the_key_that_the_shell_encodes_is_the_one_of_the_readme(shop: Shop, tmp_path: Path) -> None:
    (encode,) = [each for each in ANSWERED if "base64" in each.text]
    (example,) = blocks(README, "dotenv")
    assert in_shell(encode, shop, tmp_path).stdout.strip() == variables(example)["MONEXT_API_KEY"]
