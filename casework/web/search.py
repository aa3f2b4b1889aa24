"""One search box over what a person may see."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from casework.operations import search
from casework.web.actor import page_transaction

blueprint = Blueprint("search", __name__)


@blueprint.get("/search")
def show() -> str:
    with page_transaction() as (db, actor):
        found = search.search(db, actor, request.args.get("q", ""))
    count = sum(len(found[kind]) for kind in ("cases", "referrals", "mediations"))
    return render_template("search/show.html", found=found, count=count, shortest=search.SHORTEST)
