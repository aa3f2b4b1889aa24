"""The page that shows what pages are made of, for those who make them: each component in every state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Blueprint, render_template

from casework.web.shell.session import current_actor

blueprint = Blueprint("components", __name__)


@blueprint.get("/components")
def show() -> str:
    """Every macro of the pages in every state; nothing here is read from the database but who looks."""
    current_actor()
    now = datetime.now(UTC)
    return render_template("shell/components.html", soon=now + timedelta(days=3), late=now - timedelta(days=3))
