"""Prints `docs/states.md`: the states of a payment and of an operation, as tables.

Nothing here decides anything: the tests compare the tables with the code, edge by edge. `python -m
tools.states` prints the document, and `make states` writes it.
"""
