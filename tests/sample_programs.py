"""Runs the samples of docs/samples.md, taken out of the document, each language in its program."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.document_blocks import DOCS, blocks, variables

SAMPLES = DOCS / "samples.md"
NODE_CALLS = """
const asked = { checkoutLink, signedLink, openSession, orderOf, heldBy };
const answers = [];
for (const [name, ...given] of JSON.parse(process.argv[2])) answers.push(await asked[name](...given));
console.log(JSON.stringify(answers));
"""
PYTHON_CALLS = """
import sys

asked = {
    "checkoutLink": checkout_link,
    "signedLink": lambda cart, says: signed_link(cart, **says),
    "openSession": lambda cart, metadata: open_session(cart, **metadata),
    "orderOf": order_of,
    "heldBy": held_by,
}
print(json.dumps([asked[name](*given) for name, *given in json.loads(sys.argv[1])]))
"""
PHP_CALLS = """
$answers = [];
foreach (json_decode($argv[1], true) as $call) {
    $answers[] = array_shift($call)(...$call);
}
echo json_encode($answers);
"""


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the document, what calls its functions, and the program that runs both."""

    name: str
    calls: str
    file: str
    program: str

    def found(self) -> str:
        """The path of the program. Skips the test where there is none."""
        path = shutil.which(self.program)
        if path is None:
            pytest.skip(f"needs {self.program} on the PATH")
        return path


LANGUAGES = (
    Language("js", NODE_CALLS, "samples.mjs", "node"),
    Language("python", PYTHON_CALLS, "samples.py", sys.executable),
    Language("php", PHP_CALLS, "samples.php", "php"),
)


@dataclass(frozen=True, slots=True)
class Samples:
    """The functions of one language, in an environment as the document has it, but for where the sandbox listens."""

    language: Language
    folder: Path
    environment: dict[str, str]

    def call(self, *calls: tuple[Any, ...]) -> list[Any]:
        """Call functions by name, one after the other in one program, and give their answers."""
        program = self.language.found()
        (code,) = blocks(SAMPLES, self.language.name)
        file = self.folder / self.language.file
        file.write_text(code + self.language.calls)
        done = subprocess.run(
            [program, str(file), json.dumps(calls)],
            env={"PATH": os.environ["PATH"], "NO_PROXY": "*", **self.environment},
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return list(json.loads(done.stdout))


def documented_environment(*, commercetools_url: str, public_url: str) -> dict[str, str]:
    """The document's environment, with the addresses of this sandbox and bridge."""
    (text,) = blocks(SAMPLES, "dotenv")
    told = variables(text)
    assert told["CTP_API_URL"] == "http://localhost:9001"
    moved = {name: commercetools_url for name, value in told.items() if value == told["CTP_API_URL"]}
    return told | moved | {"PUBLIC_URL": public_url}
