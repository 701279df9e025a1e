"""The one way out to a remote: connections, deadlines, retries of reads, a breaker, and one log line a call.

It is decided here what is known when no answer comes: never sent, not answered in time, or broken off.
"""

from monext_bridge.gateways.http.client import HttpAnswer, HttpClient, Timeouts
from monext_bridge.gateways.http.connections import RemoteAdapter
from monext_bridge.gateways.http.paths import segment

__all__ = ["HttpAnswer", "HttpClient", "RemoteAdapter", "Timeouts", "segment"]
