"""Decisions, as pure functions over values: no input or output, and no clock."""
