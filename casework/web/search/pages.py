"""One search box over what a person may see."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from casework.definitions import load_library
from casework.engine.parts import MAIN
from casework.operations.matching.ranking import make_ready
from casework.operations.people.administrator_checks import is_administrator
from casework.operations.search import service as search
from casework.operations.search.views import Found, FoundMessage, FoundRight, FoundTask
from casework.web.catalogue import assessment_words
from casework.web.catalogue.pages import STATUSES
from casework.web.messages.place import Place, message_url
from casework.web.shell.session import page_transaction
from casework.web.shell.task_links import case_url
from casework.web.shell.values import name_right

blueprint = Blueprint("search", __name__)
#: With so many digits what was written is a number and nothing else.
MANY_DIGITS = 6


@blueprint.get("/search")
def show() -> str | Response:
    words = request.args.get("q", "")
    if words.strip():
        make_ready()
    with page_transaction() as (db, actor):
        results = search.search(db, actor, words)
    count = sum(len(getattr(results, kind)) for kind in search.KINDS)
    if exact := _numbered(results, count):
        return redirect(exact)
    return render_template(
        "search/show.html",
        found=results,
        count=count,
        shortest=search.SHORTEST,
        opens_people=is_administrator(actor),
        statuses=STATUSES,
        assessment_statuses=assessment_words.STATUSES,
        kinds_of_visits=assessment_words.KINDS,
    )


def _numbered(found: Found, count: int) -> str:
    """Where the one thing stands whose number was written: a case, a provider's referral, an IP right, a letter, an organisation by its
    registration, or a need or technology by its source's number; nowhere where it is the number of several, or of none. A few digits are
    a right's, a letter's or an organisation's only where nothing else has them: they may be a year, or stand in a title.
    """
    number = found.words.casefold()
    named = [
        *(case_url(one.number) for one in found.cases if one.number.casefold() == number),
        *(
            url_for("referrals.show", referral=one.id)
            for one in found.referrals
            if (one.number or "").casefold() == number
        ),
        *(url_for("needs.show", need=one.id) for one in found.needs if one.external_id.casefold() == number),
        *(
            url_for("technologies.show", technology=one.id)
            for one in found.technologies
            if one.external_id.casefold() == number
        ),
    ]
    in_doubt = [
        *(url_for("rights.show", right=one.id) for one in found.rights if one.named),
        *(url_for("documents.show", document=one.id) for one in found.documents if one.named),
        *(url_for("parties.show", party=one.id) for one in found.organisations if one.named),
    ]
    if len(named) + len(in_doubt) != 1 or (in_doubt and count > 1 and sum(map(str.isdigit, number)) < MANY_DIGITS):
        return ""
    return (named + in_doubt)[0]


@blueprint.app_template_global()
def found_task_url(task: FoundTask) -> str:
    """Where a task stands that was found: a form of its own on its page, any other where the case or the referral has it."""
    if task.type == "side":
        return url_for("tasks.show", task=task.id)
    if task.referral is not None:
        return url_for("referrals.show", referral=task.referral, _anchor="do")
    main = load_library()[task.edition or ""].part == MAIN
    return f"{case_url(task.number)}#{'next' if main else f'track-{task.track}'}"


@blueprint.app_template_global()
def found_right_name(right: FoundRight) -> str:
    """What a right is called that was found: by its number, or that of its application."""
    return name_right(right.kind, right.office, right.number or right.application_number)


@blueprint.app_template_global()
def found_message_url(message: FoundMessage) -> str:
    """Where a message stands that was found."""
    place = Place("case", message.number) if message.referral is None else Place("referral", message.referral)
    return message_url(place, message.id)
