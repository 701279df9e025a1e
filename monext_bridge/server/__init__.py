"""Is gunicorn's gevent worker, such that a slow client holds up nobody and a crowd is served in turn.

What a client can delay has an end, connections are accepted as fast as they come, and how long the rounds of the
event loop take is told to whoever lets requests in. Nothing else in the bridge knows gevent or gunicorn.
"""

from monext_bridge.server.sockets import OTHER_FILES, REMOTES, allow_files, listening_address
from monext_bridge.server.worker import PatientWorker

__all__ = ["OTHER_FILES", "REMOTES", "PatientWorker", "allow_files", "listening_address"]
