"""Who asks for operations in tests: the API clients of the sandbox, as the bridge knows them once they are proved."""

from __future__ import annotations

from monext_bridge.services.operations import Actor

BACK_OFFICE = Actor("back-office")
"""The client that `World.back_office_token` has a token of, so that both have the same keys."""
