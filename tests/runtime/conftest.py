"""Gives the remote over real HTTP from the gateways' tests."""

from tests.gateways.conftest import remote

__all__ = ["remote"]
