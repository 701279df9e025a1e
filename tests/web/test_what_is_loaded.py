"""What a server loads: nothing of what it does not use, since each start waits for it and each worker carries it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from sandbox.runner import Sandbox
from tests.bridges import ROOT, environment

UNUSED = (
    "redis",
    "dramatiq",
    "rich",
    "requests",
    "requests_oauthlib",
    "commercetools.platform.client",
    "commercetools.platform.models._schemas",
    "monext_bridge.queue",
    "monext_bridge.web.cli.doctor",
    "sandbox",
    "pytest",
)


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """The modules that `gunicorn app:app` has before its first request, without Redis."""
    with Sandbox() as sandbox:
        variables = {**os.environ, **environment(sandbox)}
        program = "import json, sys, app; print(json.dumps(sorted(sys.modules)))"
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env=variables,
            capture_output=True,
            text=True,
            check=True,
        )
    return set(json.loads(done.stdout))


def test_an_application_is_loaded(loaded: set[str]) -> None:
    assert {"app", "monext_bridge.web", "flask"} <= loaded


@pytest.mark.parametrize("name", UNUSED)
def test_what_is_not_used_is_not_loaded(name: str, loaded: set[str]) -> None:
    assert name not in loaded
