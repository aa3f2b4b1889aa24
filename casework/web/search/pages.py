"""One search box over what a person may see."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from casework.operations.people.administrator_checks import is_administrator
from casework.operations.search import service as search
from casework.operations.search.views import FoundMessage
from casework.web.messages.place import Place, message_url
from casework.web.shell.session import page_transaction

blueprint = Blueprint("search", __name__)


@blueprint.get("/search")
def show() -> str:
    with page_transaction() as (db, actor):
        results = search.search(db, actor, request.args.get("q", ""))
    count = sum(len(getattr(results, kind)) for kind in search.KINDS)
    return render_template(
        "search/show.html", found=results, count=count, shortest=search.SHORTEST, opens_people=is_administrator(actor)
    )


@blueprint.app_template_global()
def found_message_url(message: FoundMessage) -> str:
    """Where a message stands that was found."""
    place = Place("case", message.number) if message.referral is None else Place("referral", message.referral)
    return message_url(place, message.id)
