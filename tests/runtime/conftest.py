"""The remote over real HTTP that the gateways' tests have."""

from tests.gateways.conftest import remote

__all__ = ["remote"]
