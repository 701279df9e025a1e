"""Says on what was measured."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from contextlib import suppress
from pathlib import Path


def describe() -> dict[str, object]:
    """Gives cores, CPU model, memory, system, Python and how busy the machine was when it was asked."""
    return {
        "cores": os.cpu_count() or 0,
        "cpu": _first(r"model name\s*:\s*(.+)", "/proc/cpuinfo") or platform.machine(),
        "memoryMB": int(_first(r"MemTotal:\s+(\d+)", "/proc/meminfo") or 0) // 1024,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "loadBefore": round(os.getloadavg()[0], 2),
    }


def version(checkout: Path) -> str:
    """Names a checkout by its commit, and says whether it has changes beside it."""
    commit = _git(checkout, "rev-parse", "--short=9", "HEAD") or "unversioned"
    return f"{commit} with changes" if _git(checkout, "status", "--porcelain", "-uno") else commit


def _git(checkout: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", checkout, *arguments], capture_output=True, text=True, check=False)  # noqa: S607
    return done.stdout.strip()


def _first(pattern: str, path: str) -> str:
    with suppress(OSError):
        found = re.search(pattern, Path(path).read_text())
        return found[1].strip() if found else ""
    return ""
