"""Pictures of what the sandbox sells, our own drawings, served as from the host that a project's pictures have."""

from collections.abc import Iterable
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment
from wsgiref.types import WSGIApplication as WSGIApp

from werkzeug.wrappers import Response

_DRAWINGS = {f"/pictures/{path.name}": path for path in Path(__file__).parent.glob("*.svg")}


def with_pictures(app: WSGIApp) -> WSGIApp:
    """`app`, with the pictures, which are answered before anything that counts or breaks calls."""

    def middleware(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        drawing = _DRAWINGS.get(environ["PATH_INFO"])
        if drawing is None:
            return app(environ, start_response)
        picture = Response(drawing.read_bytes(), content_type="image/svg+xml")
        picture.cache_control.max_age = 86_400
        return picture(environ, start_response)

    return middleware
