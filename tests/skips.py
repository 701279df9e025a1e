"""Fails a test where CI would skip it: .ci/run brings what tests need, and none of them goes missing in silence."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest

NOT_OURS = "MONEXT_OPENAPI"
"""Stands in the reason of tests that CI may skip: Monext's description is not ours to publish."""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        assert isinstance(report.longrepr, tuple), "of what is skipped, pytest gives file, line and reason"
        _, _, reason = report.longrepr
        if NOT_OURS not in reason:
            report.outcome, report.longrepr = "failed", f"CI has to run it. {reason}"
    return report
