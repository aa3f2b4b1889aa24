"""Who is at the other end: through proxies of one's own, as many as the settings say, and in production by TLS alone."""

from __future__ import annotations

import logging

from flask import Flask, Response, current_app, request
from werkzeug.middleware.proxy_fix import ProxyFix

from casework.api.protocol.requests import client_address
from casework.settings import Settings
from casework.web.shell.errors import for_programs

_log = logging.getLogger(__name__)

#: What is said where the settings and the way here do not fit.
UNEXPECTED = (
    "This request came through a proxy, and CASEWORK_PROXY_HOPS is 0: say there how many proxies stand in front.\n"
)
PLAIN = "Only by https. A proxy in front must set X-Forwarded-Proto and add to X-Forwarded-For.\n"


def register(app: Flask, settings: Settings) -> None:
    """Believe so many proxies, and no header beyond what they set: not the host, the port nor the prefix."""
    hops = settings.proxy_hops
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0, x_port=0, x_prefix=0)  # type: ignore[method-assign]  # as Flask says it is done
    app.config["PROXY_HOPS"] = hops
    if settings.profile == "production":
        app.before_request(_insist)


def _insist() -> Response | None:
    """Refuse what would make every client look like the proxy, and what others on the way could read."""
    if request.path in ("/health", "/ready"):
        return None
    if not current_app.config["PROXY_HOPS"] and "X-Forwarded-For" in request.headers:
        _log.error("a request from %s came through a proxy, and CASEWORK_PROXY_HOPS is 0", client_address(request))
        return Response(UNEXPECTED, 400, mimetype="text/plain")
    if not request.is_secure:
        return Response(PLAIN, 403 if for_programs() else 400, mimetype="text/plain")
    return None
