"""Handles what all requests have in common: deadline, slot, parameters, headers of the answer, preload."""

from monext_bridge.web.http.ascii_query import AsciiQuery
from monext_bridge.web.http.below_path import init_path, public_address
from monext_bridge.web.http.context import services
from monext_bridge.web.http.front_door import PossibleHost, init_front_door
from monext_bridge.web.http.headers import (
    allow_framing,
    allow_image,
    allow_pictures,
    allow_widget,
    init_headers,
    nonce,
)
from monext_bridge.web.http.parameters import wishes
from monext_bridge.web.http.picture_sources import picture_origins
from monext_bridge.web.http.policy_reports import PolicyReports, named_hosts
from monext_bridge.web.http.preload import preload
from monext_bridge.web.http.redis_in_clear import tell_redis_in_clear
from monext_bridge.web.http.request_lifecycle import init_request_lifecycle, json_requests, wants_json
from monext_bridge.web.http.request_metrics import init_request_metrics

__all__ = [
    "AsciiQuery",
    "PolicyReports",
    "PossibleHost",
    "allow_framing",
    "allow_image",
    "allow_pictures",
    "allow_widget",
    "init_front_door",
    "init_headers",
    "init_path",
    "init_request_lifecycle",
    "init_request_metrics",
    "json_requests",
    "named_hosts",
    "nonce",
    "picture_origins",
    "preload",
    "public_address",
    "services",
    "tell_redis_in_clear",
    "wants_json",
    "wishes",
]
