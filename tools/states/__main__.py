"""Prints docs/states.md."""

from __future__ import annotations

from tools.states.document import states_document

if __name__ == "__main__":
    print(states_document(), end="")
