"""How the office tells of a case that went well: it writes the story, asks both parties, publishes it, and takes it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework import reasons
from casework.api.protocol.files import HARMLESS, document_store
from casework.engine.definition.form_values import build_model, check
from casework.engine.definition.forms import Choice, Form, Note, Number, Text
from casework.engine.parties import PARTIES
from casework.errors import FileBlocked, FilePending, NotFound
from casework.json_values import JsonObject
from casework.operations.cases.queries import find_case
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import calendar_of
from casework.operations.documents.previews import NoPreview, draw_page, has_preview, open_preview
from casework.operations.documents.service import list_documents
from casework.operations.documents.storage import BLOCKED
from casework.operations.results import consents, stories
from casework.operations.results.consents import Asking
from casework.operations.results.stories import DRAFT, FIELDS, WRITERS
from casework.operations.results.views import StoryOfCase
from casework.permissions.actors import Actor
from casework.web.results.story_words import ANSWERS, SAID, SIDES, STATES
from casework.web.shell import layout
from casework.web.shell.forms import Texts, own_texts, read_request
from casework.web.shell.i18n import N_, say
from casework.web.shell.layout import clock
from casework.web.shell.sent_forms import Sent, answer, kept_form, page_with_form
from casework.web.shell.session import only, page_transaction, secret_box
from casework.web.shell.story_text import say_story

blueprint = Blueprint("stories", __name__)

NEED_OWNER, TECHNOLOGY_OWNER = PARTIES
#: Of the papers that a picture may be made of: none.
NONE = "none"


class TextForm(Form):
    title = Text(label=N_("Title"), max=stories.TITLE)
    words = Note(
        label=N_("The story"),
        max=stories.WORDS,
        help=N_("Everybody reads it. Who the parties are is told only where you write it here."),
    )
    title_zh = Text(label=N_("Title in Chinese"), max=stories.TITLE)
    words_zh = Note(label=N_("The story in Chinese"), max=stories.WORDS)


class PictureForm(Form):
    paper = Choice(
        label=N_("The picture"),
        choices={NONE: N_("no picture")},
        help=N_(
            "A picture among the documents of the case, or the first page of one. What a camera wrote beside it is left out."
        ),
    )
    caption = Text(label=N_("What the picture shows"), max=stories.CAPTION, required=False)
    caption_zh = Text(label=N_("The same in Chinese"), max=stories.CAPTION, required=False)


class AskForm(Form):
    address = Text(label=N_("E-mail address"), max=254)
    language = Choice(label=N_("Language"), choices={"zh-Hans": "简体中文", "en": "English"})
    days = Number(label=N_("Days until it ends"), min="1", max=str(consents.MOST_DAYS), whole=True)
    message = Note(
        label=N_("Your message"),
        required=False,
        max=consents.LONGEST,
        help=N_("It stands in the mail and above what is asked."),
    )


class BackForm(Form):
    reason = Note(label=N_("Why"))


@blueprint.app_template_global()
def say_consent(said: str) -> str:
    """What a party has said to a story."""
    return gettext(SAID[said])


@blueprint.get("/stories")
@only(*WRITERS)
def index() -> str:
    """The stories of one's programmes."""
    with page_transaction() as (db, actor):
        rows = stories.list_stories(db, actor)
    return render_template("results/stories.html", rows=rows, states=STATES)


@blueprint.get("/cases/<number>/story")
def show(number: str) -> str:
    with page_transaction() as (db, actor):
        one = _of(db, actor, number)
    return render_template(
        "results/story.html",
        one=one,
        story=say_story(one.story.told) if one.story else None,
        picture=url_for("stories.image", number=number) if one.story and one.story.told.caption is not None else "",
        states=STATES,
        answers=ANSWERS,
        sides=SIDES,
        ask=[side for side in one.parties if _asks(one, side)],
    )


def _of(db: Connection, actor: Actor, number: str) -> StoryOfCase:
    one = stories.show_story(db, actor, number)
    layout.use_calendar(calendar_of(db, one.programme))
    return one


def _asks(one: StoryOfCase, side: str) -> bool:
    """Whether a party may be asked now: it neither consents nor is asked by a link that works."""
    waits = any(said.side == side and said.state in (stories.OPEN, stories.GIVEN) for said in one.consents)
    return one.went_well and one.story is not None and one.story.state != stories.PUBLISHED and not waits


def _checked(form: type[Form], data: JsonObject) -> JsonObject:
    rules = form.rule()
    given: JsonObject = check(build_model(form.__name__, rules), rules, data, clock().office_today)
    return given


def _then(number: str) -> str:
    return url_for("stories.show", number=number)


def _writable(one: StoryOfCase) -> bool:
    return one.went_well and (one.story is None or one.story.state == DRAFT)


# --- its text --------------------------------------------------------------------------------------------------------


@blueprint.get("/cases/<number>/story/text")
def ask_text(number: str) -> Response:
    return _text(number, None)


def _text(number: str, sent: Sent | None) -> Response:
    with page_transaction() as (db, actor):
        one = _of(db, actor, number)
        known: JsonObject = {name: getattr(one.story.told, name) for name in FIELDS} if one.story else {}
        form = kept_form(
            db,
            actor,
            f"story:{number}",
            TextForm.rule(),
            own_texts(TextForm),
            sent=sent,
            values=known,
            revision=one.story.revision if one.story else 0,
        )
    return page_with_form("results/text.html", sent, one=one, form=form, writable=_writable(one))


@blueprint.post("/cases/<number>/story/text")
def write_text(number: str) -> BaseResponse:
    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        fields = _checked(TextForm, data)
        return stories.write_story(db, actor, number, fields=fields, request=key, seen=revision)

    return answer(
        f"story:{number}",
        TextForm.rule(),
        do,
        lambda sent: _text(number, sent),
        lambda done: _then(number),
        said=lambda done: gettext("The text is kept. Nobody outside the office reads it yet."),
    )


# --- its picture -----------------------------------------------------------------------------------------------------


def _papers(db: Connection, actor: Actor, number: str) -> dict[str, tuple[str, int]]:
    """The documents of which a picture can be made: by id what each is called, and its newest version."""
    case, _ = find_case(db, actor, number)
    return {
        one.id: (one.title or gettext("A document"), one.versions[0].version)
        for one in list_documents(db, actor, case)
        if one.withdrawn_at is None
        and one.versions
        and one.versions[0].kept
        and one.versions[0].scan != BLOCKED
        and has_preview(one.versions[0].type)
    }


def _picture_form(papers: dict[str, tuple[str, int]]) -> tuple[list[Any], Texts]:
    rules: list[JsonObject] = [dict(rule) for rule in PictureForm.rule()]
    rules[0]["choices"] = [*papers, NONE]
    words = {f"paper.choices.{id}": title for id, (title, _) in papers.items()}
    own = own_texts(PictureForm)
    return rules, Texts(
        lambda key: words[key] if key in words else own.get(key), lambda key: key in words or own.has(key)
    )


@blueprint.get("/cases/<number>/story/picture")
def ask_picture(number: str) -> Response:
    return _picture(number, None)


def _picture(number: str, sent: Sent | None) -> Response:
    with page_transaction() as (db, actor):
        one = _of(db, actor, number)
        form = None
        if one.story is not None and one.story.state == DRAFT:
            rules, texts = _picture_form(_papers(db, actor, number))
            told = one.story.told
            known: JsonObject = {"caption": told.caption, "caption_zh": told.caption_zh} if told.caption else {}
            form = kept_form(db, actor, f"story_picture:{number}", rules, texts, sent=sent, values=known)
    return page_with_form("results/picture.html", sent, one=one, form=form)


@blueprint.post("/cases/<number>/story/picture")
def set_picture(number: str) -> BaseResponse:
    chosen, missing = request.form.get("f-paper", ""), dict[str, str]()
    drawn: bytes | None = None
    with page_transaction() as (db, actor):
        _of(db, actor, number)
        papers = _papers(db, actor, number)
    if chosen in papers:
        try:
            drawn = _draw(chosen, papers[chosen][1])
        except (NoPreview, FilePending, FileBlocked):
            missing["paper"] = say(reasons.results.NO_PICTURE)
    rules, _ = _picture_form(papers)

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        given = check(build_model("PictureForm", rules), rules, data, clock().office_today)
        return stories.set_picture(db, actor, number, picture=drawn, fields=given, request=key)

    return answer(
        f"story_picture:{number}",
        rules,
        do,
        lambda sent: _picture(number, sent),
        lambda done: _then(number),
        said=lambda done: gettext("The picture is set."),
        missing=missing,
    )


def _draw(document: str, version: int) -> bytes:
    """Its first page as a picture. No transaction waits for that."""
    with page_transaction() as (db, actor):
        opened = open_preview(db, actor, document_store(), document, version, address=request.path)
    return draw_page(opened, 1)


@blueprint.get("/cases/<number>/story/image")
def image(number: str) -> Response:
    """The picture, for the office."""
    with page_transaction() as (db, actor):
        found = Response(stories.picture_of(db, actor, number), mimetype="image/png")
    found.headers["Content-Security-Policy"] = HARMLESS
    return found


# --- its parties -----------------------------------------------------------------------------------------------------


@blueprint.get("/cases/<number>/story/ask-need-owner", defaults={"side": NEED_OWNER})
@blueprint.get("/cases/<number>/story/ask-technology-owner", defaults={"side": TECHNOLOGY_OWNER})
def ask_party(number: str, side: str) -> Response:
    return _ask(number, side, None)


def _ask(number: str, side: str, sent: Sent | None) -> Response:
    with page_transaction() as (db, actor):
        one = _of(db, actor, number)
        if side not in one.parties:
            raise NotFound("page")
        _, name, contacts = one.parties[side]
        first = next((contact for contact in contacts if contact.email), None)
        known: JsonObject = {
            "address": first.email if first else None,
            "language": "en" if first and first.language == "en" else "zh-Hans",
            "days": str(consents.DAYS),
        }
        form = kept_form(
            db, actor, f"story_ask:{number}:{side}", AskForm.rule(), own_texts(AskForm), sent=sent, values=known
        )
    return page_with_form(
        "results/ask.html",
        sent,
        one=one,
        form=form,
        organisation=name,
        contacts=[contact for contact in contacts if contact.email],
        may=_asks(one, side),
    )


@blueprint.post("/cases/<number>/story/ask-need-owner", defaults={"side": NEED_OWNER})
@blueprint.post("/cases/<number>/story/ask-technology-owner", defaults={"side": TECHNOLOGY_OWNER})
def send_to_party(number: str, side: str) -> BaseResponse:
    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        given = _checked(AskForm, data)
        asking = Asking(
            side=side,
            address=given["address"],
            language=given["language"],
            message=given.get("message") or "",
            days=int(given["days"]),
        )
        return consents.ask_party(db, actor, secret_box(), number, asking, request=key)

    return answer(
        f"story_ask:{number}:{side}",
        AskForm.rule(),
        do,
        lambda sent: _ask(number, side, sent),
        lambda done: _then(number),
        said=lambda done: gettext("The party is asked. From now on nothing of the story changes."),
    )


@blueprint.post("/story-consents/<uuid:story_consent>/withdraw")
def withdraw(story_consent: UUID) -> BaseResponse:
    with page_transaction() as (db, actor):
        done = consents.withdraw_consent(db, actor, str(story_consent), read_request())
    flash(gettext("It is withdrawn: the story is shown to nobody without it."))
    return redirect(_then(done.answer["number"]), 303)


# --- out and back ----------------------------------------------------------------------------------------------------


@blueprint.post("/cases/<number>/story/publish")
def publish(number: str) -> BaseResponse:
    with page_transaction() as (db, actor):
        stories.publish_story(db, actor, number, read_request())
    flash(gettext("The story is published, as long as both parties consent."))
    return redirect(_then(number), 303)


@blueprint.get("/cases/<number>/story/take-back")
def ask_back(number: str) -> Response:
    return _back(number, None)


def _back(number: str, sent: Sent | None) -> Response:
    with page_transaction() as (db, actor):
        one = _of(db, actor, number)
        form = kept_form(db, actor, f"story_back:{number}", BackForm.rule(), own_texts(BackForm), sent=sent)
    return page_with_form("results/take_back.html", sent, one=one, form=form)


@blueprint.post("/cases/<number>/story/take-back")
def take_back(number: str) -> BaseResponse:
    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        return stories.take_back(db, actor, number, reason=_checked(BackForm, data)["reason"], request=key)

    return answer(
        f"story_back:{number}",
        BackForm.rule(),
        do,
        lambda sent: _back(number, sent),
        lambda done: _then(number),
        said=lambda done: gettext("It is a draft again. What both parties said to it has ended."),
    )


__all__ = ["blueprint"]
