"""What of closed cases may be removed by a day: by class, and which. Nothing is removed here."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext

from casework.errors import NotFound
from casework.operations.people import lists
from casework.operations.privacy.legal_holds import READERS
from casework.operations.privacy.retention_preview import preview_retention
from casework.web.people.retention_words import outcome_name, say_years
from casework.web.shell.session import only, page_transaction

blueprint = Blueprint("retention", __name__, url_prefix="/retention")


@blueprint.get("")
@only(*READERS)
def index() -> str:
    said, code, cursor = request.args.get("by", ""), request.args.get("class", ""), request.args.get("cursor")
    by, fault = _day(said)
    with page_transaction() as (db, actor):
        programmes = [one for one in lists.list_programmes(db, actor).items if actor.in_programme(one.id, READERS)]
        chosen = next((one for one in programmes if request.args.get("programme") in (one.code, one.id)), programmes[0])
        shown = preview_retention(db, actor, chosen.id, by=by, code=code or None, cursor=cursor)
    if code and code not in {one.code for one in shown.classes}:
        raise NotFound("item")
    asked: dict[str, Any] = {"programme": chosen.code, "by": shown.by, "class": code or None}
    return render_template(
        "privacy/retention.html",
        within=programmes,
        chosen=chosen,
        shown=shown,
        code=code,
        fault=fault,
        names={one.code: one.name for one in shown.classes},
        outcome_name=outcome_name,
        say_years=say_years,
        next_url=url_for("retention.index", **asked, cursor=shown.next) if shown.next else "",
        first_url=url_for("retention.index", **asked) if cursor else "",
    )


def _day(said: str) -> tuple[date | None, str]:
    """The day that was asked for, none for today; and what is wrong with it."""
    if not said:
        return None, ""
    try:
        day = date.fromisoformat(said)
    except ValueError:
        return None, gettext("Write a day as YYYY-MM-DD.")
    return (day, "") if 1900 <= day.year <= 2199 else (None, gettext("Write a year from 1900 to 2199."))


__all__ = ["blueprint"]
