"""Handles what all requests have in common: deadline, slot, parameters, headers of the answer, preload."""

from monext_bridge.web.http.context import services
from monext_bridge.web.http.headers import allow_framing, allow_image, allow_widget, init_headers, nonce
from monext_bridge.web.http.preload import preload
from monext_bridge.web.http.request_lifecycle import init_request_lifecycle, json_requests, wants_json

__all__ = [
    "allow_framing",
    "allow_image",
    "allow_widget",
    "init_headers",
    "init_request_lifecycle",
    "json_requests",
    "nonce",
    "preload",
    "services",
    "wants_json",
]
