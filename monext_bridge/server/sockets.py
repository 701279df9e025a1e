"""Says where the server listens, and how many files it may open."""

from __future__ import annotations

import logging
import resource
import socket

from monext_bridge.logs import event
from monext_bridge.runtime import SLOTS_PER_REMOTE

log = logging.getLogger(__name__)

REMOTES, OTHER_FILES = 4, 100
"""Hosts whose connections may all be open at once (commercetools, its tokens, Monext, Redis), and all other files."""


def listening_address(port: int) -> str:
    """Return the address to bind: that of IPv6 where it takes IPv4 as well, as it does on most hosts."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            apart = probe.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY)
            probe.bind(("::", 0))
    except OSError:
        apart = True
    return f"0.0.0.0:{port}" if apart else f"[::]:{port}"


def allow_files(connections: int) -> int:
    """Raise the number of files that a process may open to what a worker needs; return its places for connections.

    Where the host allows fewer files, a warning says so, and there are fewer places: without a file nobody can be
    accepted, and nobody is ended for it either.
    """
    needed = connections + REMOTES * SLOTS_PER_REMOTE + OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    if allowed >= needed:
        return connections
    places = min(connections, allowed // 2)
    then = "a crowd is refused connections, and calls fail; raise the host's ulimit -n"
    event(log, "few_files", level=logging.WARNING, allowed=allowed, needed=needed, places=places, then=then)
    return places
