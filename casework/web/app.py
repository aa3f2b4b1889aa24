"""The application that a WSGI server runs: pages, the API, and what every answer carries."""

from __future__ import annotations

from importlib.resources import files

import uuid_utils
from flask import Flask, Response, current_app, g, render_template, request
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from casework.api import PREFIX, create_blueprint
from casework.api.errors import answer_database, answer_error, answer_http
from casework.errors import CaseworkError, InvalidSettings
from casework.records.database import connect_engine, transaction
from casework.settings import Settings

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
ONE_YEAR = "max-age=31536000; includeSubDomains"


def create_app(settings: Settings) -> Flask:
    """The application for one installation. Connects to the database at the first request."""
    app = Flask("casework", template_folder=str(files("casework.templates")), static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=1_000_000, MAX_FORM_MEMORY_SIZE=500_000, MAX_FORM_PARTS=1_000)
    if settings.secret_key is not None:
        app.config["SECRET_KEY"] = settings.secret_key.get_secret_value()
    _trust(app, settings)
    app.extensions["casework"] = connect_engine(settings)
    app.before_request(_number)
    app.after_request(lambda response: _secure(response, https=settings.profile == "production"))
    app.register_blueprint(create_blueprint())
    app.add_url_rule("/", "home", lambda: render_template("home.html", prefix=PREFIX))
    app.add_url_rule("/health", "health", _health)
    app.register_error_handler(CaseworkError, answer_error)
    app.register_error_handler(DBAPIError, answer_database)
    app.register_error_handler(HTTPException, _unrouted)
    return app


def _trust(app: Flask, settings: Settings) -> None:
    hosts = [host.strip() for host in settings.trusted_hosts.split(",") if host.strip()]
    if hosts:
        app.config["TRUSTED_HOSTS"] = hosts
    elif settings.profile == "production":
        raise InvalidSettings("trusted_hosts must name the hosts that this installation answers to.")


def _number() -> None:
    g.request_id = str(uuid_utils.uuid7())


def _secure(response: Response, *, https: bool) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if https:
        response.headers.setdefault("Strict-Transport-Security", ONE_YEAR)
    # What one person was shown is no other one's.
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Request-ID"] = g.get("request_id", "")
    response.vary.update(("Authorization", "Cookie"))
    return response


def _health() -> Response:
    """Whether the database answers; 503 when it does not."""
    with transaction(current_app.extensions["casework"]) as db:
        db.execute(text("SELECT 1"))
    return Response('{"status": "ok"}\n', mimetype="application/json")


def _unrouted(error: HTTPException) -> Response | HTTPException:
    """Programs get problem details, people the server's plain page."""
    if request.path.startswith(PREFIX) or request.path == "/health":
        return answer_http(error)
    return error
