"""What a party sees of the link that asks whether its story may be told, without an account: the story, and yes or no to it."""

from __future__ import annotations

from flask import Response, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.api.protocol.files import HARMLESS
from casework.engine.definition.form_values import build_model, check
from casework.engine.definition.forms import Choice, Form, Note, Text
from casework.errors import NotFound
from casework.operations.results import consent_links
from casework.operations.results.consent_links import Says, ShownStory
from casework.operations.results.consent_mail import STORY
from casework.operations.results.stories import OPEN
from casework.web.auth.link_secrets import held
from casework.web.links.office_pages import Faults, LinkPages, Typed
from casework.web.shell.forms import build_form, own_texts, parse_form
from casework.web.shell.i18n import N_
from casework.web.shell.layout import clock
from casework.web.shell.session import open_transaction
from casework.web.shell.story_text import say_story


class Consent(Form):
    consents = Choice(
        label=N_("May we tell this story in public?"),
        choices={"yes": N_("Yes, as it stands here"), "no": N_("No")},
    )
    words = Note(label=N_("What you want to say to it"), required=False, max=4_000)
    by = Text(label=N_("Your name"), max=200)
    position = Text(label=N_("Your position"), max=200, required=False)


def _page(one: ShownStory, typed: Typed | None, faults: Faults) -> str:
    """The story with the form, or what became of the answer."""
    form = None
    if one.state == OPEN:
        form = build_form("story", Consent.rule(), own_texts(Consent), submitted=typed, faults=dict(faults))
    return render_template(
        "results/link.html",
        one=one,
        story=say_story(one.told) if one.told is not None else None,
        picture=url_for("story.picture") if one.has_picture else "",
        form=form,
        faults=faults,
    )


def _parse(one: ShownStory) -> Says:
    if one.state != OPEN:
        raise NotFound("link")
    rules = Consent.rule()
    given = check(build_model("Consent", rules), rules, parse_form(rules, request.form), clock().office_today)
    return Says(
        consents=given["consents"] == "yes",
        by=given["by"],
        position=given.get("position") or "",
        words=given.get("words") or "",
    )


def _send(db: Connection, token: str, opened: str, given: Says) -> None:
    consent_links.answer_story(db, token, opened, given)


PAGES = LinkPages(
    kind=STORY,
    name="story",
    title=N_("May we tell your story?"),
    read=consent_links.show_story_of,
    page=_page,
    parse=_parse,
    send=_send,
)
blueprint = PAGES.blueprint(__name__)


@blueprint.post("/withdraw")
def withdraw() -> BaseResponse:
    return PAGES.act(consent_links.withdraw_story, gettext("Your consent is withdrawn. The story is shown no longer."))


@blueprint.get("/picture")
def picture() -> Response:
    """The picture of the story, to the browser that has opened the link."""
    with open_transaction() as db:
        answer = Response(consent_links.picture_behind(db, held("story-link"), held("story")), mimetype="image/png")
    answer.headers["Content-Security-Policy"] = HARMLESS
    return answer


__all__ = ["blueprint"]
