"""Holds programs for those who work on the bridge. Nothing of them is needed to run it."""
