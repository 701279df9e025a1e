"""Prints a document that lists the settings: the one that the first argument names."""

from __future__ import annotations

import sys

from tools.settings.documents import renewed

if __name__ == "__main__":
    print(renewed(sys.argv[1]), end="")
