"""The states of a payment and of an operation as tables, and `docs/states.md`, which is printed from them.

Nothing here decides anything: the tests hold the tables to the code, edge by edge. `python -m tools.states` prints
the document, `make states` writes it.
"""
