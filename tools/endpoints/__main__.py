"""Prints README.md with its tables renewed."""

from __future__ import annotations

from pathlib import Path

from tools.endpoints.tables import renewed

README = Path(__file__).resolve().parents[2] / "README.md"

if __name__ == "__main__":
    print(renewed(README.read_text()), end="")
