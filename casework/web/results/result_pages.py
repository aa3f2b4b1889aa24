"""A programme's results in public: the success stories to which both parties consent, read without an account and without a cookie.

Whoever is signed in sees the same as a stranger. Nobody keeps a page without asking again: a consent that is withdrawn is heard at
once. Where no programme shows its results there is no such page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID
from xml.etree import ElementTree

from flask import Blueprint, Response, current_app, jsonify, make_response, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from casework.api.protocol.files import HARMLESS
from casework.errors import NotFound
from casework.json_values import JsonObject
from casework.ledger.canonical_json import instant
from casework.operations.core.perform import calendar_of
from casework.operations.core.programme_lists import read_lists
from casework.operations.core.record_log import Kept
from casework.operations.results import published
from casework.operations.results.views import PublishedStory
from casework.web.results.shown_figures import say_figures
from casework.web.shell import layout
from casework.web.shell.i18n import name_of
from casework.web.shell.public_frame import languages_of, public_url, read_as_nobody
from casework.web.shell.session import open_transaction
from casework.web.shell.story_text import say_story

blueprint = Blueprint("results", __name__)
blueprint.before_request(read_as_nobody)
#: The name space of a feed.
_ATOM = "http://www.w3.org/2005/Atom"


@blueprint.after_request
def _ask_again(response: Response) -> Response:
    if response.status_code == 200:
        response.headers["Cache-Control"] = "no-cache"
        response.add_etag()
        response.make_conditional(request)
    return response


@blueprint.errorhandler(NotFound)
def _none(error: NotFound) -> BaseResponse:
    """What is not published does not exist: the same page, whatever the reason."""
    return make_response(render_template("matching/public_none.html", languages=languages_of()), 404)


@blueprint.get("/results")
def index() -> str:
    """The stories, the newest first."""
    with open_transaction() as db:
        offices, stories = published.list_published(db)
        counted = published.list_figures(db)
        lists = {one.programme: read_lists(db, one.programme) for one in counted}
        layout.use_calendar(calendar_of(db, offices[0].id))
    names = {office.id: name_of(office) for office in offices}
    return render_template(
        "results/list.html",
        languages=languages_of(),
        offices=offices,
        rows=[
            (
                say_story(one.told),
                public_url("results.show", story=one.id),
                layout.day_element(one.published_at),
                names[one.programme] if len(offices) > 1 else "",
            )
            for one in stories
        ],
        counted=[
            (
                names[one.programme] if len(offices) > 1 else "",
                layout.day_element(one.as_of),
                say_figures(one, lists[one.programme]),
            )
            for one in counted
        ],
        feed_url=public_url("results.feed"),
        json_url=url_for("results.as_json"),
    )


@blueprint.get("/results/<uuid:story>")
def show(story: UUID) -> str:
    with open_transaction() as db:
        one, office = published.show_published(db, str(story))
        layout.use_calendar(calendar_of(db, office.id))
    return render_template(
        "results/show.html",
        languages=languages_of(),
        list_url=public_url("results.index"),
        story=say_story(one.told),
        picture=url_for("results.picture", story=one.id) if one.has_picture else "",
        published_at=one.published_at,
        office=office,
        contact=name_of({"name": office.contact or "", "name_zh": office.contact_zh}).splitlines(),
    )


@blueprint.get("/results/<uuid:story>/picture")
def picture(story: UUID) -> Response:
    with open_transaction() as db:
        answer = Response(published.picture_of(db, str(story)), mimetype="image/png")
    answer.headers["Content-Security-Policy"] = HARMLESS
    return answer


@blueprint.get("/results.json")
def as_json() -> Response:
    """The same for programs, in both languages."""
    with open_transaction() as db:
        offices, stories = published.list_published(db)
        about = published.records_of(db, stories)
        counted = published.list_figures(db)
    codes = {office.id: office.code for office in offices}
    return jsonify(
        {
            "programmes": [
                {"code": one.code, "name": one.name, "name_zh": one.name_zh, "contact": one.contact, "email": one.email}
                for one in offices
            ],
            "stories": [_as_json(one, codes[one.programme]) | _records(about.get(one.id, {})) for one in stories],
            "figures": [
                {"programme": codes[one.programme], "as_of": instant(one.as_of), **one.told} for one in counted
            ],
        }
    )


def _as_json(one: PublishedStory, programme: str) -> JsonObject:
    told = one.told
    return {
        "id": one.id,
        "programme": programme,
        "url": _whole(url_for("results.show", story=one.id)),
        "published_at": instant(one.published_at),
        "title": told.title,
        "title_zh": told.title_zh,
        "text": told.words,
        "text_zh": told.words_zh,
        "picture": _whole(url_for("results.picture", story=one.id)) if one.has_picture else None,
        "caption": told.caption,
        "caption_zh": told.caption_zh,
        "measured": [
            {
                "what": impact.called,
                "what_zh": impact.called_zh,
                "level": impact.level,
                "value": impact.value,
                "saving": impact.saving,
                "unit": impact.unit,
                "from": impact.from_on,
                "to": impact.to_on,
            }
            for impact in told.impacts
        ],
    }


def _records(about: Mapping[Kept, str]) -> JsonObject:
    """Where the public catalogue tells of the technology and the need of a story, as far as it does."""
    technology, need = about.get("technology"), about.get("need")
    return {
        "technology": _whole(url_for("public.show_technology", technology=technology)) if technology else None,
        "need": _whole(url_for("public.show_need", need=need)) if need else None,
    }


def _whole(path: str) -> str:
    """An address as it is written elsewhere."""
    return (current_app.config["BASE_URL"] or request.host_url).rstrip("/") + path


@blueprint.get("/results.atom")
def feed() -> Response:
    """The same as a feed, in the language that is asked for."""
    with open_transaction() as db:
        offices, stories = published.list_published(db)
    names = {office.id: name_of(office) for office in offices}
    ElementTree.register_namespace("", _ATOM)
    root = ElementTree.Element(f"{{{_ATOM}}}feed")
    here = _whole(public_url("results.index"))
    _add(root, "id", here)
    _add(root, "title", gettext("Results: %(programmes)s", programmes=", ".join(names.values())))
    _add(root, "updated", instant(stories[0].published_at) if stories else "1970-01-01T00:00:00Z")
    _add(root, "link", href=here)
    _add(root, "link", rel="self", href=_whole(public_url("results.feed")))
    for one in stories:
        said, at = say_story(one.told), instant(one.published_at)
        entry = _add(root, "entry")
        _add(entry, "id", f"urn:uuid:{one.id}")
        _add(entry, "title", said.title)
        _add(entry, "updated", at)
        _add(entry, "published", at)
        _add(_add(entry, "author"), "name", names[one.programme])
        _add(entry, "link", href=_whole(public_url("results.show", story=one.id)))
        _add(entry, "content", "\n\n".join(said.paragraphs), type="text")
    return Response(ElementTree.tostring(root, "utf-8", xml_declaration=True), mimetype="application/atom+xml")


def _add(to: ElementTree.Element, name: str, words: str = "", **attributes: Any) -> ElementTree.Element:
    child = ElementTree.SubElement(to, f"{{{_ATOM}}}{name}", attributes)
    child.text = words or None
    return child


__all__ = ["blueprint"]
