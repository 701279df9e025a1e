"""Prints docs/metrics.md with its table renewed."""

from __future__ import annotations

from pathlib import Path

from tools.metrics.table import renewed

METRICS = Path(__file__).resolve().parents[2] / "docs" / "metrics.md"

if __name__ == "__main__":
    print(renewed(METRICS.read_text()), end="")
