"""The page of a source: under which licence its data are, when it was read last, how its columns are read, and what it has no more."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext

from casework.errors import NotFound
from casework.operations.catalogue import sources
from casework.operations.catalogue.kept_records import EDITORS
from casework.operations.catalogue.organisation_queries import programme_names
from casework.operations.catalogue.sources import GoneRecord
from casework.operations.core.perform import calendar_of
from casework.web.catalogue.file_import_pages import TITLES, mapping_file
from casework.web.catalogue.pages import FIELDS
from casework.web.shell import layout
from casework.web.shell.session import page_transaction

blueprint = Blueprint("sources", __name__, url_prefix="/programmes/<uuid:programme>/sources")


@blueprint.get("/<uuid:source>")
def show(programme: UUID, source: UUID) -> str:
    home = str(programme)
    at = partial(_source_at, home)
    with page_transaction() as (db, actor):
        one = sources.show_source(db, actor, home, str(source))
        gone = sources.list_gone(db, actor, one.id)
        listed = sources.list_sources(db, actor, home, cursor=request.args.get("cursor"))
        layout.use_calendar(calendar_of(db, home))
        name = programme_names(db, [home])[home]
        may = actor.in_programme(home, EDITORS)
    return render_template(
        "catalogue/source.html",
        title=one.name,
        home=name,
        one=one,
        fields=list(
            dict.fromkeys(
                (theirs, _label(ours))
                for _, read in sorted(one.fields.items())
                for theirs, ours in sorted(read.items())
            )
        ),
        mappings=[
            (words, url_for("sources.mapping", programme=home, source=one.id, records=kind))
            for kind, words in (
                ("technologies", gettext("Mapping of technologies as a file")),
                ("needs", gettext("Mapping of needs as a file")),
                ("matches", gettext("Mapping of matches as a file")),
                ("past_projects", gettext("Mapping of past projects as a file")),
            )
            if one.fields.get(kind)
        ],
        gone=[(record, _at(record)) for record in gone],
        others=[(other, at(other.id)) for other in listed.items if other.id != one.id],
        next_url=at(one.id, cursor=listed.next) if listed.next else "",
        first_url=at(one.id) if request.args.get("cursor") else "",
        bring=[
            (gettext(words), url_for("files_in.new", programme=home, records=kind)) for kind, words in TITLES.items()
        ]
        if may
        else [],
    )


@blueprint.get("/<uuid:source>/mapping/<records>")
def mapping(programme: UUID, source: UUID, records: str) -> Response:
    """How the columns of its files of a kind are read, as a file that is chosen with the next one."""
    if records not in sources.OURS:
        raise NotFound()
    with page_transaction() as (db, actor):
        one = sources.show_source(db, actor, str(programme), str(source))
    return mapping_file(records, one.fields.get(records, {}))


def _label(ours: str | None) -> str:
    """What a field of ours is called; what has no name of its own by the name that files give it."""
    if ours is None:
        return gettext("the column is not read")
    named = "readiness_text" if ours == "readiness" else ours
    words = next((told[named] for told in (FIELDS["technology"], FIELDS["need"]) if named in told), None)
    return gettext(words) if words else ours


def _source_at(programme: str, id: str, **more: Any) -> str:
    return url_for("sources.show", programme=programme, source=id, **more)


def _at(one: GoneRecord) -> str:
    return url_for("needs.show", need=one.id) if one.noun == "need" else url_for("technologies.show", technology=one.id)
