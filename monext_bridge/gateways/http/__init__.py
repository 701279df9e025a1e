"""Calls remotes over HTTP: connections, deadlines, retries of reads, a breaker, and a log line for each attempt.

What is known when no answer comes is decided here: the call was never sent, not answered in time, broken off, or
answered with more than anybody reads.
"""

from monext_bridge.gateways.http.client import HttpAnswer, HttpClient, Timeouts
from monext_bridge.gateways.http.messages import Request
from monext_bridge.gateways.http.paths import segment
from monext_bridge.gateways.http.retry import Failure
from monext_bridge.gateways.http.wire import RoundTrip, Wire

__all__ = [
    "Failure",
    "HttpAnswer",
    "HttpClient",
    "Request",
    "RoundTrip",
    "Timeouts",
    "Wire",
    "segment",
]
