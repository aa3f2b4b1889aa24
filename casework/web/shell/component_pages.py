"""The page that shows what pages are made of, for administrators and those who make them: each component in every state."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, render_template

from casework.engine.roles import Role
from casework.web.shell.session import only

blueprint = Blueprint("components", __name__)
#: Moments that are ahead and gone for everybody who looks, and the same at each look.
SOON, LATE = datetime(2099, 6, 5, 9, tzinfo=UTC), datetime(2025, 6, 5, 9, tzinfo=UTC)


@blueprint.get("/components")
@only(Role.ADMINISTRATOR)
def show() -> str:
    """Every macro of the pages in every state; nothing here is read from the database but who looks."""
    return render_template("shell/components.html", soon=SOON, late=LATE)
