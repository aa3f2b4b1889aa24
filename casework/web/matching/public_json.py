"""The public catalogue for programs: what its pages tell, in both languages, with the same search, facets and pages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, jsonify, request, url_for

from casework.errors import InvalidForm, NotFound
from casework.json_values import JsonObject
from casework.matching.facets import PUBLIC_FACETS
from casework.operations.core.record_log import Kept
from casework.operations.matching import published
from casework.operations.matching.published_views import Published
from casework.operations.matching.ranking import make_ready
from casework.web.catalogue.record_lists import Asked
from casework.web.matching.public_pages import KINDS, keep_for_a_while
from casework.web.shell.public_frame import read_as_nobody
from casework.web.shell.session import open_transaction

blueprint = Blueprint("public_json", __name__)
blueprint.before_request(read_as_nobody)
blueprint.after_request(keep_for_a_while)


@blueprint.get("/catalogue.json")
def index() -> Response:
    """A part of what is published of one kind, with where the next one is; {"error": "not_found"} for a kind that there is not."""
    kind = request.args.get("kind", "technologies")
    if kind not in KINDS:
        return _none()
    noun = KINDS[kind]
    asked = Asked(noun, PUBLIC_FACETS[noun])
    if asked.words:
        make_ready()
    with open_transaction() as db:
        try:
            found = published.list_published(db, noun, said=asked.words, facets=asked.facets, cursor=asked.cursor)
            codes = {office.id: office.code for office in published.list_offices(db)}
        except (InvalidForm, NotFound):
            return _none()
    here: dict[str, Any] = {"kind": kind} | asked.query
    return jsonify(
        {
            "records": found.records,
            # So many, and perhaps more: they are counted no further.
            "at_least": found.at_least,
            "items": [_as_json(noun, one, codes[one.programme]) for one in found.items],
            "facets": {
                name: [{"value": one.value, "records": one.records} for one in some]
                for name, some in found.facets.items()
            },
            "next": url_for("public_json.index", **here, cursor=found.next) if found.next else None,
        }
    )


@blueprint.get("/catalogue/technologies/<uuid:technology>.json")
def show_technology(technology: UUID) -> Response:
    return _show("technology", str(technology))


@blueprint.get("/catalogue/needs/<uuid:need>.json")
def show_need(need: UUID) -> Response:
    return _show("need", str(need))


def _show(noun: Kept, id: str) -> Response:
    with open_transaction() as db:
        try:
            one, office = published.show_published(db, noun, id)
        except NotFound:
            return _none()
    return jsonify(_as_json(noun, one, office.code))


def _as_json(noun: Kept, one: Published, programme: str) -> JsonObject:
    page = (
        url_for("public.show_technology", technology=one.id)
        if noun == "technology"
        else url_for("public.show_need", need=one.id)
    )
    return {
        "id": one.id,
        "programme": programme,
        "title": one.title,
        "title_zh": one.title_zh,
        # Only its outline is told; the office tells more on request.
        "on_request": one.on_request,
        "fields": dict(one.fields),
        "confirmed": sorted(one.checked),
        "page": page,
    }


def _none() -> Response:
    """What is not published does not exist, whatever the reason."""
    answer = jsonify({"error": "not_found"})
    answer.status_code = 404
    return answer
