"""Only our own pages may send forms: a second fence beside the token in each form."""

from __future__ import annotations

from flask import Flask, Response, request

from casework.web.shell.errors import for_programs, show
from casework.web.shell.security_log import note

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def register(app: Flask) -> None:
    app.before_request(_refuse_foreign)


def _refuse_foreign() -> Response | None:
    if request.method in SAFE or for_programs() or from_here():
        return None
    note("foreign_origin")
    return show(400)


def from_here() -> bool:
    """Whether the browser says that the request comes from a page of this host, or says nothing at all."""
    origin = request.headers.get("Origin")
    if origin is not None:
        # Behind a proxy the scheme may differ; the host may not.
        return origin.lower() in (f"http://{request.host.lower()}", f"https://{request.host.lower()}")
    return request.headers.get("Sec-Fetch-Site", "none") in ("same-origin", "none")
