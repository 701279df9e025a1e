"""Prints docs/metrics.md with its table of metrics as the code declares them.

Nothing here decides anything. `python -m tools.metrics` prints the document, and `make metrics` writes it.
"""
