"""The catalogue in public: what is published of technologies and needs, read without an account and without a cookie.

Whoever is signed in sees the same as a stranger, byte by byte. Where no programme shows its catalogue there is no such page.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from casework.errors import InvalidForm, NotFound
from casework.matching.facets import PUBLIC_FACETS
from casework.operations.core.perform import calendar_of
from casework.operations.core.programme_lists import read_lists
from casework.operations.core.record_log import Kept
from casework.operations.matching import published
from casework.operations.matching.published_views import Office, Published
from casework.operations.matching.ranking import make_ready
from casework.operations.matching.search_box import COUNTED
from casework.operations.results import published as results
from casework.web.catalogue.listed_fields import names_in
from casework.web.catalogue.pages import FIELDS, say_value
from casework.web.catalogue.record_lists import LONGEST, Asked, say_cut, selects_of
from casework.web.matching.desk_words import say_range
from casework.web.shell import layout
from casework.web.shell.figure_words import target_of
from casework.web.shell.i18n import N_, name_of
from casework.web.shell.layout import day_element, place_names
from casework.web.shell.public_frame import languages_of, public_url, read_as_nobody
from casework.web.shell.session import open_transaction
from casework.web.shell.story_text import say_story

blueprint = Blueprint("public", __name__)

#: For so many seconds a browser, and what stands before us, may show a page again: what is taken back is gone soon.
KEPT_S = 60
KINDS: dict[str, Kept] = {"technologies": "technology", "needs": "need"}
_NAMES = {"technologies": N_("Technologies"), "needs": N_("Needs")}
#: What these addresses ask for; anything else in one is left out of the addresses that lead on.
_ASKED = frozenset({"kind", "q", "cursor", *(name for names in PUBLIC_FACETS.values() for name in names)})
_READINESS = ("readiness_low", "readiness_high")


blueprint.before_request(read_as_nobody)


@blueprint.after_request
def keep_for_a_while(response: Response) -> Response:
    """Whoever reads may show it again for some seconds, and asks then whether it has changed."""
    if response.status_code == 200:
        response.headers.setdefault("Cache-Control", f"public, max-age={KEPT_S}")
        response.add_etag()
        if len(request.args.keys() - {"language", "kind"}):
            # Of searches there is no end: what they find has pages of its own.
            response.headers["X-Robots-Tag"] = "noindex"
        response.make_conditional(request)
    return response


@blueprint.errorhandler(NotFound)
def _none(error: NotFound) -> BaseResponse:
    """What is not published does not exist: the same page, whatever the reason."""
    return make_response(render_template("matching/public_none.html", **_frame()), 404)


def _url(page: str, **values: Any) -> str:
    return public_url(f"public.{page}", **values)


def _list_of(kind: str) -> str:
    return _url("index", kind=kind if kind != "technologies" else None)


def _frame() -> dict[str, Any]:
    """What the frame of every one of these pages shows."""
    return {"languages": languages_of(_ASKED), "list_url": _url("index")}


@blueprint.get("/catalogue")
def index() -> str:
    """What is published, searched in and narrowed."""
    kind = request.args.get("kind", "technologies")
    kind = kind if kind in KINDS else "technologies"
    noun = KINDS[kind]
    asked = Asked(noun, PUBLIC_FACETS[noun])
    if asked.words:
        make_ready()
    with open_transaction() as db:
        try:
            found = published.list_published(db, noun, said=asked.words, facets=asked.facets, cursor=asked.cursor)
        except InvalidForm:
            # A cursor that we have not given out leads nowhere.
            raise NotFound from None
        offices = published.list_offices(db)
        lists = [read_lists(db, office.id) for office in offices]
    of = {office.id: (office, some) for office, some in zip(offices, lists, strict=True)}
    here = {"kind": kind if kind != "technologies" else None} | asked.query
    return render_template(
        "matching/public_list.html",
        **_frame(),
        kind=kind,
        tabs=[
            (gettext(words), _url("index", kind=name if name != "technologies" else None), name == kind)
            for name, words in _NAMES.items()
        ],
        offices=offices,
        rows=[
            (
                one,
                name_of({"name": one.title, "name_zh": one.title_zh}),
                _page_of(noun, one.id),
                _outline(noun, one, of[one.programme][1])
                + ([name_of(of[one.programme][0])] if len(offices) > 1 else []),
            )
            for one in found.items
        ],
        words=asked.words,
        longest=LONGEST,
        narrowed=bool(asked.facets),
        selects=selects_of(asked, found, lists),
        counted=" ".join(
            [
                _say_count(found.records, at_least=found.at_least),
                *(say_cut(found.records, found.listed) if asked.words else []),
            ]
        ),
        next_url=_url("index", **here, cursor=found.next) if found.next else "",
        first_url=_url("index", **here) if asked.cursor else "",
        whole_url=_list_of(kind),
        json_url=url_for("public_json.index", **here | {"kind": kind}),
    )


def _say_count(records: int, *, at_least: bool) -> str:
    if at_least:
        return gettext("%(count)s or more are found; what stands beside choices counts so many.", count=f"{COUNTED:,}")
    return gettext("Found: %(count)s", count=f"{records:,}")


def _page_of(noun: Kept, id: str) -> str:
    return _url("show_technology", technology=id) if noun == "technology" else _url("show_need", need=id)


def _outline(noun: Kept, one: Published, lists: Any) -> list[str]:
    """The few facts that stand below a title in the list."""
    names = names_in(lists, noun, one.fields)
    told = [_readiness(one)]
    if noun == "technology":
        told += [
            place_names(one.fields.get("developed_in") or ()),
            *(str(word) for word in one.fields.get("green_topics") or ()),
        ][:4]
    else:
        told += [str(say_value(one.fields.get(name), name, names)) for name in ("sector", "district")]
    return [words for words in told if words]


def _readiness(one: Published) -> str:
    low, high = (one.fields.get(name) for name in _READINESS)
    if low is None and high is None:
        return ""
    return gettext("readiness %(range)s", range=say_range(low or high, high or low))


@blueprint.get("/catalogue/technologies/<uuid:technology>")
def show_technology(technology: UUID) -> BaseResponse:
    return _show("technology", str(technology))


@blueprint.get("/catalogue/needs/<uuid:need>")
def show_need(need: UUID) -> BaseResponse:
    return _show("need", str(need))


def _show(noun: Kept, id: str) -> BaseResponse:
    with open_transaction() as db:
        one, office = published.show_published(db, noun, id)
        stories = results.list_of_record(db, one, noun)
        lists = read_lists(db, office.id)
        layout.use_calendar(calendar_of(db, office.id))
    names = names_in(lists, noun, one.fields)
    kind = "technologies" if noun == "technology" else "needs"
    page = render_template(
        "matching/public_record.html",
        **_frame(),
        title=name_of({"name": one.title, "name_zh": one.title_zh}),
        one=one,
        kind_name=gettext(_NAMES[kind]),
        kind_url=_list_of(kind),
        values=[
            (gettext(FIELDS[noun][name]), say_value(one.fields[name], name, names), name in one.checked, name)
            for name in FIELDS[noun]
            if name in one.fields and name != "title_zh"
        ],
        figures=[target_of(row) for row in one.fields.get("figures") or []],
        json_url=url_for(f"public_json.show_{noun}", **dict[str, Any]({noun: one.id})),
        stories=[
            (say_story(story.told), public_url("results.show", story=story.id), day_element(story.published_at))
            for story in stories
        ],
        ask=_ask_words(noun),
        office=office,
        contact=_contact(office),
    )
    answer = make_response(page)
    if stories:
        # A consent that is withdrawn is heard at once, as on the page of the story.
        answer.headers["Cache-Control"] = "no-cache"
    return answer


def _ask_words(noun: Kept) -> str:
    return gettext("Ask about this technology") if noun == "technology" else gettext("Ask about this need")


def _contact(office: Office) -> list[str]:
    """Where the office is asked, line by line, in the reader's language where it is said in it."""
    return name_of({"name": office.contact or "", "name_zh": office.contact_zh}).splitlines()


@blueprint.get("/robots.txt")
def robots() -> Response:
    """What those who read the web by themselves may read: the public catalogue and results where there are any, and nothing else."""
    open_to_all = []
    with open_transaction() as db:
        for path, list_offices in (("/catalogue", published.list_offices), ("/results", results.list_offices)):
            try:
                list_offices(db)
            except NotFound:
                continue
            open_to_all.append(f"Allow: {path}")
    if open_to_all:
        open_to_all.append("Allow: /static/")
    return Response("\n".join(["User-agent: *", *open_to_all, "Disallow: /"]) + "\n", mimetype="text/plain")


__all__ = ["KEPT_S", "KINDS", "blueprint", "keep_for_a_while"]
