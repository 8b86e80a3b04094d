"""Public pages go out compressed.

Pages behind the sign-in don't: they hold a form token, or what only staff may read, beside words
that somebody else typed, and the length of a compressed page tells how much alike the two are
(the BREACH attack). A public page knows nobody: no session is looked at, so whatever stands in it
can be had by anybody who asks, and its length gives nothing away. Where a page did look at the
session, it stays as it is.
"""

import gzip
from collections.abc import Callable

from flask import Flask, Response, request, session

# Below this a page fits one packet either way.
_WORTHWHILE = 800
_LEVEL = 6


def init_compression(app: Flask, is_public: Callable[[str | None], bool]) -> None:
    """Compress the pages of endpoints that `is_public`."""

    def compress(response: Response) -> Response:
        if not is_public(request.endpoint) or response.mimetype != "text/html":
            return response
        if response.is_streamed or "Content-Encoding" in response.headers:
            return response
        if session.accessed and session:
            return response
        response.vary.add("Accept-Encoding")
        if request.accept_encodings["gzip"] > 0:
            body = response.get_data()
            if len(body) >= _WORTHWHILE:
                response.set_data(gzip.compress(body, _LEVEL, mtime=0))
                response.headers["Content-Encoding"] = "gzip"
        return response

    app.after_request(compress)
