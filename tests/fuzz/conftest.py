"""Gives the sandbox's own answers, which the fuzz tests begin from."""

from __future__ import annotations

import pytest

from sandbox.runner import Sandbox
from tests.fuzz.real_answers import RealAnswers, answers_of_one_purchase


@pytest.fixture(scope="session")
def real(sandbox: Sandbox) -> RealAnswers:
    """Every kind of answer that the bridge reads while one cart is paid, captured, refunded and looked after."""
    return answers_of_one_purchase(sandbox)
