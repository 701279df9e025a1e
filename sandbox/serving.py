"""A WSGI application on a real port, over HTTP/1.1 connections that stay open.

Werkzeug's own handler closes the connection after each answer, which would hide how a client behaves on
reused connections; this one reads the request's body whole, answers whole, and keeps the connection.
"""

import logging
import socket
from io import BytesIO
from threading import Lock, Thread
from typing import IO, Any
from wsgiref.types import WSGIApplication as WSGIApp

from werkzeug.exceptions import InternalServerError
from werkzeug.serving import LISTEN_QUEUE, ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.wrappers import Response

log = logging.getLogger("sandbox.serving")

_BODILESS = (204, 304)


class KeepAliveHandler(WSGIRequestHandler):
    """Answers requests one after the other on one connection, as HTTP/1.1 has it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    # Head and body leave in one packet: the buffer is flushed once an answer is complete.
    wbufsize = 64 * 1024

    def run_wsgi(self) -> None:
        """One request to the application; its ConnectionError closes the connection without an answer."""
        try:
            response = self._answer()
        except ConnectionError:
            self.close_connection = True
            return
        self._send(response)

    def _answer(self) -> Response:
        environ = self.make_environ()
        length = int(environ.get("CONTENT_LENGTH") or 0)
        chunked = environ.get("wsgi.input_terminated", False)
        stream: IO[bytes] = environ["wsgi.input"]
        environ["wsgi.input"] = BytesIO(stream.read() if chunked else stream.read(length))
        environ["wsgi.input_terminated"] = True
        try:
            return Response.from_app(self.server.app, environ, buffered=True)
        except ConnectionError:
            raise
        except Exception:
            log.exception("%s %s failed in the application", self.command, self.path.partition("?")[0])
            return Response.from_app(InternalServerError(), environ, buffered=True)

    def _send(self, response: Response) -> None:
        body = b"" if self.command == "HEAD" else response.get_data()
        reason = response.status.partition(" ")[2]
        self.send_response_only(response.status_code, reason)
        self.send_header("Server", self.version_string())
        if "Date" not in response.headers:
            self.send_header("Date", self.date_time_string())
        for name, value in response.headers.items():
            self.send_header(name, value)
        if "Content-Length" not in response.headers and response.status_code not in _BODILESS:
            self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def finish(self) -> None:
        """A client that was killed does not take its last answer, which is no fault of the server's."""
        try:
            super().finish()
        except ConnectionError as error:
            log.debug("a client has gone without its answer: %s", error)

    def log(self, type: str, message: str, *args: Any) -> None:
        """Quiet: requests are kept in the journal of `sandbox.faults`, the log has them at DEBUG only."""
        log.log(logging.ERROR if type == "error" else logging.DEBUG, message, *args)


class _Listener(ThreadedWSGIServer):
    """Knows its open connections, so that stopping does not leave one behind."""

    def __init__(self, app: WSGIApp, *, host: str, listening: socket.socket) -> None:
        self._open: set[socket.socket] = set()
        self._open_lock = Lock()
        super().__init__(host, 0, app, KeepAliveHandler, fd=listening.fileno())

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        with self._open_lock:
            for connection in self._open:
                # Ends the handler's blocking read; the handler itself closes the socket.
                _shut(connection)


class Server:
    """One application on one port; `port` 0 takes a free one.

    The constructor binds the port, and raises OSError where it is taken, so `url` is known before `start`.
    """

    def __init__(self, app: WSGIApp, *, port: int = 0, host: str = "127.0.0.1") -> None:
        with _listen(host, port=port) as listening:
            self._listener = _Listener(app, host=host, listening=listening)
        self.host = host
        self.port: int = self._listener.port
        self._thread: Thread | None = None

    @property
    def url(self) -> str:
        """The address without a slash at its end."""
        return f"http://{self.host}:{self.port}"

    def start(self) -> None:
        """Serve from a thread of its own; does not wait."""
        self._thread = Thread(
            target=self._listener.serve_forever,
            kwargs={"poll_interval": 0.02},
            name=f"sandbox-{self.port}",
            daemon=True,
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop listening and close every connection; may be repeated."""
        if self._thread is not None:
            self._listener.shutdown()
            self._thread.join()
            self._thread = None
        self._listener.server_close()
        self._listener.close_connections()


def _listen(host: str, *, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(LISTEN_QUEUE)
    except OSError:
        listening.close()
        raise
    return listening


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError as error:
        log.debug("a connection was closed by its client first: %s", error)
