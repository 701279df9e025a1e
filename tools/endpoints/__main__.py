"""Prints docs/api.md with its tables renewed."""

from __future__ import annotations

from pathlib import Path

from tools.endpoints.tables import renewed

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "api.md"

if __name__ == "__main__":
    print(renewed(DOCUMENT.read_text()), end="")
