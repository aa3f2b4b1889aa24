"""Secrets of links between two pages: in a cookie that no script reads, and in no address.

A link from a mail carries its secret behind the mark (`#`), which browsers send to nobody. The page where it leads sends
it by a form, at once where there are scripts; else its reader copies the key of the link from the mail.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TypeVar

from flask import current_app, flash, request
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from casework.errors import NotFound
from casework.operations.links import office_links
from casework.web.shell.layout import LANGUAGE_COOKIE
from casework.web.shell.session import cookie_named

R = TypeVar("R", bound=Response)


def _cookie(name: str) -> str:
    return f"__Host-{name}" if current_app.config["SESSION_COOKIE_SECURE"] else name


def held(name: str) -> str:
    """The secret that this browser keeps under the name, or nothing."""
    return request.cookies.get(_cookie(name)) or ""


def insist_shown(db: Connection, name: str) -> None:
    """A page of the office's links sends what its own link opens: another link may have been opened in this browser since, and what
    is typed about one must not be kept as said of the other. Raises NotFound."""
    opens = office_links.id_of(db, held(name))
    if opens is None or request.form.get("link") != opens:
        if opens is not None and request.headers.get("X-Casework") != "script":
            flash(gettext("Nothing was sent: another link was opened in this browser since. Open yours again."), "warn")
        raise NotFound("link")


def hold(response: R, name: str, secret: str, lasts: timedelta) -> R:
    """Have the browser keep a secret for so long."""
    response.set_cookie(
        _cookie(name),
        secret,
        max_age=int(lasts.total_seconds()),
        path="/",
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return response


def forget(response: R, *names: str) -> R:
    """Take what was kept away from the browser."""
    for name in names:
        response.delete_cookie(
            _cookie(name), path="/", httponly=True, samesite="Lax", secure=current_app.config["SESSION_COOKIE_SECURE"]
        )
    return response


def speak(response: R, language: str, lasts: timedelta) -> R:
    """Speak the language of whom a link was sent to, unless this browser has chosen one."""
    name = cookie_named(LANGUAGE_COOKIE)
    if name not in request.cookies:
        response.set_cookie(
            name,
            language,
            max_age=int(lasts.total_seconds()),
            httponly=True,
            samesite="Lax",
            path="/",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )
    return response


__all__ = ["forget", "held", "hold", "insist_shown", "speak"]
