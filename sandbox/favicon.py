"""The icon that every browser asks for unasked: answered before anything that counts or breaks calls."""

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment
from wsgiref.types import WSGIApplication as WSGIApp

from werkzeug.wrappers import Response

PATH = "/favicon.ico"
_DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">
<rect width="16" height="16" rx="3" fill="#0b5d57"/>
<path d="M2.5 11c2-5 9-5 11 0M5.2 8v3.5M8 7.2v4.3M10.8 8v3.5M2.5 11.5h11" fill="none" stroke="#fff"/>
</svg>
"""


def with_favicon(app: WSGIApp) -> WSGIApp:
    """`app`, with the icon in the place where browsers look."""

    def middleware(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] == PATH:
            icon = Response(_DRAWING, content_type="image/svg+xml")
            icon.cache_control.max_age = 86_400
            return icon(environ, start_response)
        return app(environ, start_response)

    return middleware
