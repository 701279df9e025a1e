"""Prints `docs/api.md` with its tables of addresses and limits as the endpoints declare them.

Nothing here decides anything. `python -m tools.endpoints` prints the document, and `make endpoints` writes it.
"""
