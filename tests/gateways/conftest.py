"""Gives a remote that serves over real HTTP, and a commercetools gateway that talks to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from monext_bridge.gateways.commercetools.api import CommercetoolsGateway
from tests.gateways.project import Project, gateway_to
from tests.gateways.remotes import Remote, serving


@pytest.fixture
def remote() -> Iterator[Remote]:
    with serving(Remote()) as running:
        yield running


@pytest.fixture
def project(remote: Remote) -> Project:
    """The remote, which now answers as a commercetools project that grants tokens and requires them."""
    project = Project(lambda _: (200, {"id": "x", "results": []}))
    remote.reply = project
    return project


@pytest.fixture
def commercetools(remote: Remote, project: Project) -> CommercetoolsGateway:
    return gateway_to(remote.url)
