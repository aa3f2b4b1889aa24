"""The home page: what to do next, by role."""

from __future__ import annotations

from flask import Blueprint, render_template

from casework.web.actor import current_actor

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def show() -> str:
    return render_template("home/show.html", actor=current_actor())
