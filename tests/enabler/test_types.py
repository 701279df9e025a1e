"""The types of the shop's JavaScript module: what they say is true of it, and what they forbid does not compile."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.document_blocks import blocks, column, table
from tests.enabler.test_module import DOCUMENT, STATIC

TYPES = Path(__file__).parent / "types"
COMPILER = TYPES / "node_modules" / "typescript" / "bin" / "tsc"
NODE = shutil.which("node")
DECLARED = (STATIC / "enabler.d.ts").read_text()
MODULE = (STATIC / "enabler.js").read_text()

compiled = pytest.mark.skipif(
    NODE is None or not COMPILER.is_file(),
    reason="needs node, and TypeScript by `npm ci` in tests/enabler/types: make test",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The programs with the types, and with the module beside them under a name that the types don't cover."""
    for name in ("samples", "module"):
        shutil.copytree(TYPES / name, tmp_path / name)
    shutil.copytree(STATIC / "enabler", tmp_path / "made" / "enabler")
    shutil.copy(STATIC / "enabler.js", tmp_path / "made" / "module.js")
    shutil.copy(STATIC / "enabler.d.ts", tmp_path / "made")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    return tmp_path


def compiler_says(project: Path) -> str:
    """Give what the compiler finds; empty where all is well."""
    assert NODE is not None
    done = subprocess.run([NODE, COMPILER, "-p", project], capture_output=True, text=True, timeout=300)
    return done.stdout + done.stderr


@compiled
def test_a_shops_program_compiles_and_a_wrong_one_does_not(folder: Path) -> None:
    assert compiler_says(folder / "samples") == ""


@compiled
def test_the_documents_program_compiles(folder: Path) -> None:
    (program,) = blocks(DOCUMENT, "ts")
    own = "declare const publicUrl: string, sessionId: string, askYourServer: (...told: unknown[]) => void;\n"
    text = own + program.replace('"./enabler"', '"../made/enabler.js"')
    (folder / "samples" / "document.ts").write_text(text)
    assert compiler_says(folder / "samples") == ""


@compiled
def test_each_wrong_line_is_refused_by_itself(folder: Path) -> None:
    wrong = folder / "samples" / "wrong.ts"
    expected = [line for line in wrong.read_text().splitlines() if "@ts-expect-error" in line]
    wrong.write_text("\n".join(line for line in wrong.read_text().splitlines() if line not in expected))
    assert compiler_says(folder / "samples").count("): error TS") == len(expected)


@compiled
def test_the_module_is_what_its_types_say(folder: Path) -> None:
    assert compiler_says(folder / "module") == ""


@compiled
@pytest.mark.parametrize(
    ("told", "instead"),
    [
        ("  remove(): void;", "  remove(): void;\n  update(): void;"),
        ("  remove(): void;\n", ""),
        ("  dropinHasSubmit: boolean;", "  dropinHasSubmit: string;"),
        ("  setStorePaymentDetails(enabled?: boolean): void;\n", ""),
        ("Promise<{ storedPaymentMethods: unknown[] }>", "Promise<unknown[]>"),
    ],
)
def test_types_that_say_something_else_are_found_out(folder: Path, told: str, instead: str) -> None:
    assert told in DECLARED
    (folder / "made" / "enabler.d.ts").write_text(DECLARED.replace(told, instead, 1))
    assert "error TS" in compiler_says(folder / "module")


def members(interface: str) -> set[str]:
    body = re.search(rf"export interface {interface} \{{\n(.*?)\n\}}", DECLARED, re.DOTALL)
    assert body
    return set(re.findall(r"^  (\w+)\??[:(]", body[1], re.M))


def union(name: str) -> set[str]:
    found = re.search(rf"export type {name} =\n(.*?);\n", DECLARED, re.DOTALL)
    assert found
    return set(re.findall(r'"(\w+)"', found[1]))


def names(heading: str) -> set[str]:
    """The names in the first column of a table of the document, without the arguments of those that are functions."""
    cells = (re.sub(r"\(.*?\)", "", cell) for cell in column(DOCUMENT, heading=heading))
    return {name for cell in cells for name in cell.split(", ")}


def test_the_options_of_the_module_are_those_of_the_document_and_of_the_code() -> None:
    taken = re.search(r"const \{ (.*?) \} = options \?\? \{\}", MODULE)
    assert taken
    found = {*taken[1].split(", "), *re.findall(r"options\.(\w+)", MODULE)}
    assert members("EnablerOptions") == found == names("Option | Meaning")


def test_the_options_of_a_drop_in_are_those_of_the_document() -> None:
    assert members("DropinOptions") == names("Option | `embedded`")


def test_the_codes_are_those_of_the_document() -> None:
    assert union("ErrorCode") == names("`code`")


@pytest.mark.parametrize("success", ["true", "false"])
def test_the_statuses_are_those_of_the_document(success: str) -> None:
    found = re.search(rf"isSuccess: {success}; status: (.*?) \}}", DECLARED)
    assert found
    told = {row[0].strip("`") for row in table(DOCUMENT, heading="`status`") if row[1] == f"`{success}`"}
    assert set(re.findall(r'"(\w+)"', found[1])) == told
