"""Prints the README with its tables of addresses and limits as the endpoints declare them.

Nothing here decides anything. `python -m tools.endpoints` prints the README, and `make endpoints` writes it.
"""
