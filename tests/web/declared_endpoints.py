"""Gives the declarations of the bridge's endpoints, for tests that walk all of them."""

from __future__ import annotations

from monext_bridge.web import create_routes
from monext_bridge.web.endpoints import Description, declared_endpoints

ROUTES = create_routes()
ENDPOINTS = declared_endpoints(ROUTES)
DESCRIPTIONS: dict[str, Description] = {
    name: endpoint.description for name, endpoint in ENDPOINTS.items() if endpoint.description
}
