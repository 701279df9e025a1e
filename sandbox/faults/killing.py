"""Kills a process in the middle of a call: nothing else shows what a crash leaves behind."""

import os
import signal
from contextlib import suppress

from sandbox.faults.rules import KILLS, Rule, RuleError


def check_kill(rule: Rule, *, allowed: bool) -> None:
    """Raise RuleError for a kill where none is allowed, or where it would hit the sandbox itself."""
    if rule.action not in KILLS:
        return
    if not allowed:
        raise RuleError(f"{rule.action} is for tests: this sandbox was not started with allow_kill")
    if rule.pid is not None and (rule.pid <= 1 or rule.pid in (os.getpid(), os.getppid())):
        raise RuleError("pid must be that of another process than the sandbox and its parent")
    if rule.pgid is not None and (rule.pgid <= 1 or rule.pgid == os.getpgrp()):
        raise RuleError("pgid must be that of another process group than the sandbox's")


def kill(rule: Rule) -> None:
    """SIGKILL to the process or process group of the rule; one that is gone already is no fault.

    Once this has returned, no thread of the victim runs on: it can't answer to how the call then ends.
    """
    with suppress(ProcessLookupError):
        if rule.pgid is not None:
            os.killpg(rule.pgid, signal.SIGKILL)
        elif rule.pid is not None:
            os.kill(rule.pid, signal.SIGKILL)
