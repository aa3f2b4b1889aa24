"""Our own files, packed for the way. Pages are not: they carry a secret beside what a stranger may have written."""

from __future__ import annotations

import gzip
from functools import lru_cache

from flask import Flask, Response, request

#: What shrinks; pictures and fonts are packed already.
SHRINK = frozenset({"text/css", "text/javascript", "image/svg+xml"})


def register(app: Flask) -> None:
    app.after_request(_pack)


def _pack(response: Response) -> Response:
    if request.endpoint != "static" or response.mimetype not in SHRINK:
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code != 200 or not request.accept_encodings["gzip"]:
        return response
    response.direct_passthrough = False
    etag, _ = response.get_etag()
    response.set_data(_packed(response.get_data()))
    response.headers["Content-Encoding"] = "gzip"
    if etag is not None:
        # The same file in another form is the same only weakly (RFC 9110, 8.8.1).
        response.set_etag(etag, weak=True)
    return response


@lru_cache(64)
def _packed(data: bytes) -> bytes:
    return gzip.compress(data, 9, mtime=0)
