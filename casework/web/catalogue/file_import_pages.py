"""A file of records: handed in, looked at with how its columns are read, tried, taken over, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from io import BytesIO
from typing import Any, BinaryIO, cast
from uuid import UUID

from flask import Blueprint, Flask, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework import reasons
from casework.errors import InvalidForm, NotFound
from casework.json_values import JsonMapping
from casework.operations.auth.step_up import insist_proved
from casework.operations.catalogue import file_imports, import_worker, sources
from casework.operations.catalogue.file_imports import MOST_BYTES, TRYING, WAITING, FileImport
from casework.operations.catalogue.import_content import size_of
from casework.operations.catalogue.import_report import MOST_KEPT, Refused
from casework.operations.catalogue.import_schemas import REQUIRED, SIDES, Kind
from casework.operations.catalogue.mapping_files import MAPPING, read_mapping, write_mapping
from casework.operations.catalogue.mapping_files import MOST_BYTES as MOST_MAPPING
from casework.operations.catalogue.organisation_queries import programme_names
from casework.operations.catalogue.refused_rows import KEPT, all_refused, list_refused
from casework.operations.matching.meanings import show_looking
from casework.web.catalogue.match_words import LABELS
from casework.web.catalogue.pages import FIELDS
from casework.web.catalogue.refused_files import reasons_file, rows_file
from casework.web.shell.i18n import N_, say, say_faults
from casework.web.shell.session import only_show, page_transaction, viewer

#: A list of refused rows begins no later.
MOST_START = 2**31 - 1

blueprint = Blueprint("files_in", __name__, url_prefix="/programmes/<uuid:programme>/imports/<records>")

TITLES: Mapping[Kind, str] = {
    "technologies": N_("Bring in technologies"), "needs": N_("Bring in needs"), "matches": N_("Bring in matches"),
    "past_projects": N_("Bring in past projects"),
}  # fmt: skip
_LISTS: Mapping[Kind, tuple[str, str]] = {
    "needs": ("needs.index", N_("Needs")), "technologies": ("technologies.index", N_("Technologies")),
    "matches": ("matches.index", N_("Matches")), "past_projects": ("past_projects.index", N_("Past projects")),
}  # fmt: skip
#: What is to be known of a file of some kind before it is handed in.
_ABOUT: Mapping[Kind, str] = {
    "matches": N_(
        "A match names a need and a technology by the ids that their sources give them. Bring these in first. They are looked for under"
        " the source below, unless the columns need_source and technology_source name others."
    ),
    "past_projects": N_("Projects that were closed before their cases were kept here. They are listed and counted apart from cases."),
}  # fmt: skip
STATES = {
    "trying": N_("being tried"),
    "waiting": N_("on its way"),
    "done": N_("brought in"),
    "failed": N_("refused"),
    "looked_at": N_("looked at"),
}
_COUNTED = (
    ("rows", N_("Rows")), ("created", N_("New")), ("updated", N_("Changed")), ("unchanged", N_("On record as it is")),
    ("bad", N_("Refused rows")), ("kept", N_("Values left as they are")), ("marked", N_("Placeholders")),
    ("nested", N_("Needs and technologies in the same file")), ("gone", N_("No longer at the source")), ("back", N_("Back at the source")),
)  # fmt: skip
#: What a report lists row by row.
_LISTED = {
    "faults": N_("What is refused"), "kept_fields": N_("What is left as it is"), "marked_fields": N_("Placeholders"),
}  # fmt: skip
#: Of these a report keeps the first ones alone.
_BOUNDED = ("kept_fields", "marked_fields")
#: So many rows of each list a page shows.
_SHOWN = 200
#: What columns are called that no record has as a field of its own, or under another name.
_COLUMNS: Mapping[str, str] = {
    "external_id": N_("Number there"), "source": N_("Source"), "readiness": N_("Readiness"), "owner_country": N_("Country of the owner"),
    "rights": N_("IP rights"), "need": N_("Need"), "technology": N_("Technology"), "need_source": N_("Source of the need"),
    "technology_source": N_("Source of the technology"), "need_owner": N_("Need owner"), "technology_owner": N_("Technology owner"),
    "title": N_("Title"), "title_zh": N_("Title in Chinese"), "district": N_("District"), "started_on": N_("Begun on"),
    "ended_on": N_("Ended on"), "outcome": N_("Outcome"), "contract_value": N_("Contract value"), "contract_currency": N_("Currency"),
    "effect": N_("Effect"),
}  # fmt: skip


def register(app: Flask) -> None:
    """Before a form is read: of whoever may not import nothing large is read."""
    app.extensions["casework.large"] |= {"files_in.hand_in": MOST_BYTES + 1_000_000}
    app.before_request(_allow)


def _allow() -> None:
    if request.endpoint != "files_in.hand_in" or request.method != "POST":
        return
    person = viewer()
    if person is not None and sources.keeps(person.actor, str((request.view_args or {})["programme"])):
        request.max_content_length = MOST_BYTES + 1_000_000


def _kind(records: str) -> Kind:
    for kind in TITLES:
        if kind == records:
            return kind
    raise NotFound()


def _head(programme: str, kind: Kind) -> dict[str, Any]:
    endpoint, name = _LISTS[kind]
    return {
        "title": gettext(TITLES[kind]),
        "programme": programme,
        "kind": kind,
        "crumbs": [(gettext(name), url_for(endpoint))],
        "back": url_for(endpoint),
        "states": {state: gettext(words) for state, words in STATES.items()},
    }


def _called(kind: Kind) -> dict[str, str]:
    """What each column that is read here is called, by its name in files."""
    said = {**LABELS, **_COLUMNS}
    for side, records in SIDES.items():
        said |= FIELDS[side] if records == kind else {}
    return {name: gettext(said[name]) for name in sources.OURS[kind]}


@blueprint.get("")
def new(programme: UUID, records: str) -> Response:
    return _ask(str(programme), _kind(records), {}, request.args.get("cursor"))


def _ask(programme: str, kind: Kind, faults: dict[str, str], cursor: str | None = None) -> Response:
    with page_transaction() as (db, actor):
        earlier = file_imports.list_files(db, actor, programme, kind)
        known = sources.list_sources(db, actor, programme, cursor=cursor)
        home = programme_names(db, [programme])[programme]
        looking = show_looking(db, programme) if kind == "technologies" else None
    page = render_template(
        "catalogue/file_form.html",
        **_head(programme, kind),
        home=home,
        about=gettext(_ABOUT[kind]) if kind in _ABOUT else "",
        complete=kind in SIDES.values(),
        faults=_told_above(faults, "complete"),
        most=MOST_BYTES,
        large=say(reasons.catalogue.FILE_TOO_LARGE(most=MOST_BYTES // 1_000_000)),
        needed=[name.split("|")[0] for name in REQUIRED[kind]],
        called=_called(kind),
        earlier=earlier,
        looking=looking,
        sources=known.items,
        known=list(dict.fromkeys([*(one.name for one in known.items), *sources.PUBLIC])),
        next_url=url_for("files_in.new", programme=programme, records=kind, cursor=known.next) if known.next else "",
        first_url=url_for("files_in.new", programme=programme, records=kind) if cursor else "",
    )
    return make_response(page, 422 if faults else 200)


@blueprint.post("")
def hand_in(programme: UUID, records: str) -> BaseResponse:
    home, noun = str(programme), _kind(records)
    with page_transaction() as (db, actor):
        sources.insist_keeps(actor, home)
    file, source = request.files.get("file"), request.form.get("source", "").strip()
    # It lies in a file without a name, and is never read as a whole.
    content = cast(BinaryIO, file.stream) if file is not None and file.filename else BytesIO()
    faults = {} if size_of(content) else {"file": say(reasons.imports.CHOOSE_FILE)}
    if not source:
        faults["source"] = say(reasons.fields.UNANSWERED)
    mapping, wrong = _mapping_sent(noun)
    faults |= wrong
    if faults:
        return _ask(home, noun, faults)
    try:
        with page_transaction() as (db, actor):
            id = file_imports.add_file(
                db,
                actor,
                home,
                noun,
                content=content,
                name=(file.filename or "")[:300] if file is not None else "",
                source=source,
                complete=request.form.get("complete") == "yes",
                fields=mapping,
            )
    except InvalidForm as refusal:
        return _ask(home, noun, say_faults(refusal))
    return redirect(url_for("files_in.show", programme=home, records=noun, handed=id), 303)


#: What is refused of what this page has no place for beside its question.
_ABOVE = {
    "complete": N_("All records of its source"),
    "file": N_("File of the table"),
    "fields": N_("How its columns are read"),
    "licence": N_("Licence of its data"),
}


def _told_above(faults: dict[str, str], *names: str) -> dict[str, str]:
    above = [f"{gettext(_ABOVE[name])}: {faults[name]}" for name in names or _ABOVE if name in faults]
    return faults | {"": "; ".join(above)} if above else faults


def _mapping_sent(kind: Kind) -> tuple[dict[str, str | None] | None, dict[str, str]]:
    """How columns are read by the file that was sent for it, and what is wrong with it; none where none was chosen."""
    file = request.files.get(MAPPING)
    content = file.stream.read(MOST_MAPPING + 1) if file is not None and file.filename else b""
    if not content:
        return None, {}
    try:
        return read_mapping(kind, content), {}
    except InvalidForm as refusal:
        return None, say_faults(refusal)


def mapping_file(kind: str, fields: Mapping[str, str | None]) -> Response:
    """How columns are read, as a file; its name says of what."""
    answer = Response(write_mapping(fields), mimetype="application/json")
    answer.headers.set("Content-Disposition", "attachment", filename=f"mapping-{kind}.json")
    return answer


def _each(refused: Sequence[Refused]) -> list[tuple[int, str, str]]:
    return [(one.row, name, say(why)) for one in refused for name, why in one.faults]


def _said(report: JsonMapping, name: str) -> list[tuple[int, str, str]]:
    """Row, column and why of a list of a report, in the reader's language."""
    return [(fault.row, fault.field, say(fault.why)) for fault in import_worker.faults_of(report, name)]


@blueprint.get("/<uuid:handed>")
def show(programme: UUID, records: str, handed: UUID) -> Response:
    start = min(max(request.args.get("start", 0, type=int), 0), MOST_START)
    return _show(str(programme), _kind(records), str(handed), {}, start=start)


def _show(programme: str, kind: Kind, id: str, faults: dict[str, str], typed: str = "", *, start: int = 0) -> Response:
    with page_transaction() as (db, actor):
        one = _of_kind(file_imports.show_file(db, actor, programme, id), kind)
        home = programme_names(db, [programme])[programme]
        head = file_imports.read_head(db, one) if one.open else None
        refused = list_refused(db, id, start=start, most=_SHOWN + 1) if one.report else []
        known = sources.named_source(db, programme, one.source) if head is not None else None
    look = file_imports.look_at(one, head) if head is not None else None
    at, reasons_url, rows_url = (
        partial(url_for, f"files_in.{name}", programme=programme, records=kind, handed=id)
        for name in ("show", "refused", "rows")
    )
    told = {name: _said(one.report, name) for name in _LISTED}
    if look is not None and not one.report:
        for name, found in (("faults", look.faults), ("marked_fields", look.marked)):
            told[name] = [(row, column, say(why)) for row, column, why in found]
    shown = {name: rows[start : start + _SHOWN] for name, rows in told.items()}
    more = any(len(rows) > start + _SHOWN for rows in told.values())
    if one.report and (refused or start):
        # Of the whole file all of them, part by part.
        shown["faults"] = _each(refused[:_SHOWN])
        more = len(refused) > _SHOWN or any(len(told[name]) > start + _SHOWN for name in _BOUNDED)
    if start and not any(shown.values()):
        return _show(programme, kind, id, faults, typed)
    page = render_template(
        "catalogue/file_look.html",
        **_head(programme, kind),
        home=home,
        one=one,
        look=look,
        licence=typed or (known.licence if known is not None else None),
        faults=_told_above(faults),
        told=[(gettext(title), shown[name]) for name, title in _LISTED.items() if shown[name]],
        # Of each list the same part is shown: together they end with the longest.
        next_url=at(start=start + _SHOWN) if more else "",
        first_url=at() if start else "",
        most=MOST_KEPT if any(len(told[name]) >= MOST_KEPT for name in _BOUNDED) else 0,
        files=[
            (gettext("Why each row is refused, as a file"), reasons_url()),
            (
                gettext("The refused rows as the file has them, to put them right and hand them in again"),
                rows_url(),
            ),
        ]
        if refused
        else [],
        days=KEPT.days,
        trying=one.state == TRYING,
        tried=one.open and one.state != TRYING and bool(one.report),
        share=f"{one.report.get('share', 0)} %",
        left_out=sorted(one.report.get("left_out", ())),
        columns=[
            (n, name, sources.read_as(name, one.fields, kind), first)
            for n, (name, first) in enumerate(look.columns.items() if look is not None else ())
        ],
        called=_called(kind),
        counts=[(gettext(words), one.report.get(name)) for name, words in _COUNTED if one.report.get(name)],
        waiting=one.state == WAITING,
        mapping_url=url_for("files_in.mapping", programme=programme, records=kind, handed=id),
        at=at(),
    )
    return make_response(page, 422 if faults else 200)


@blueprint.post("/<uuid:handed>")
def take(programme: UUID, records: str, handed: UUID) -> BaseResponse:
    """Say how its columns are read, and look again or take it over."""
    home, noun, id = str(programme), _kind(records), str(handed)
    only_show()
    taken, licence = request.form.get("do") == "take_over", request.form.get("licence", "")
    names, meant = request.form.getlist("column"), request.form.getlist("read_as")
    fields = dict[str, str | None]()
    try:
        with page_transaction() as (db, actor):
            if names and len(names) == len(meant):
                fields |= {name: ours or None for name, ours in zip(names, meant, strict=True)}
                file_imports.set_fields(db, actor, home, id, fields)
            else:
                file_imports.show_file(db, actor, home, id)
            if taken:
                file_imports.take_over(db, actor, home, id, licence=licence)
                flash(gettext("A worker brings the file in now. Nobody has confirmed yet what it says."))
            elif request.form.get("do") == "try":
                file_imports.try_out(db, actor, home, id)
                flash(gettext("A worker tries the whole file now. Nothing of it is recorded."))
    except InvalidForm as refusal:
        return _show(home, noun, id, say_faults(refusal), licence)
    if request.form.get("do") == "take_out":
        return mapping_file(noun, fields)
    if not taken and request.form.get("do") != "try":
        # What was typed beside the columns is shown again, and kept once it is taken over.
        return _show(home, noun, id, {}, licence)
    return redirect(url_for("files_in.show", programme=home, records=noun, handed=id), 303)


@blueprint.post("/<uuid:handed>/mapping")
def use_mapping(programme: UUID, records: str, handed: UUID) -> BaseResponse:
    """Read its columns as a file says."""
    home, noun, id = str(programme), _kind(records), str(handed)
    fields, faults = _mapping_sent(noun)
    if fields is None:
        return _show(home, noun, id, faults or {MAPPING: say(reasons.imports.CHOOSE_FILE)})
    try:
        with page_transaction() as (db, actor):
            _of_kind(file_imports.show_file(db, actor, home, id), noun)
            file_imports.set_fields(db, actor, home, id, fields)
    except InvalidForm as refusal:
        return _show(home, noun, id, say_faults(refusal))
    flash(gettext("The columns are read as the mapping file says. Nothing is recorded yet."))
    return redirect(url_for("files_in.show", programme=home, records=noun, handed=id), 303)


@blueprint.get("/<uuid:handed>/mapping")
def mapping(programme: UUID, records: str, handed: UUID) -> Response:
    """How its columns are read, as a file that is chosen for the next one."""
    noun = _kind(records)
    with page_transaction() as (db, actor):
        one = _of_kind(file_imports.show_file(db, actor, str(programme), str(handed)), noun)
    return mapping_file(noun, one.fields)


@blueprint.get("/<uuid:handed>/refused.csv")
def refused(programme: UUID, records: str, handed: UUID) -> Response:
    """Why each row is refused, as a file."""
    with _taken_out(programme, records, handed) as (db, one):
        return reasons_file(all_refused(db, one.id), "refused.csv")


@blueprint.get("/<uuid:handed>/refused-rows")
def rows(programme: UUID, records: str, handed: UUID) -> Response:
    """The refused rows as the file has them, to be put right and handed in again."""
    with _taken_out(programme, records, handed) as (db, one):
        told = one.report
        return rows_file(
            all_refused(db, one.id), told.get("columns", []), "refused-rows", nested=bool(told.get("nested_cells"))
        )


@contextmanager
def _taken_out(programme: UUID, records: str, handed: UUID) -> Iterator[tuple[Connection, FileImport]]:
    with page_transaction() as (db, actor):
        one = _of_kind(file_imports.show_file(db, actor, str(programme), str(handed)), _kind(records))
        insist_proved(actor)
        yield db, one


def _of_kind(one: FileImport, kind: Kind) -> FileImport:
    """It; raises NotFound where its address says another kind of record."""
    if one.kind != kind:
        raise NotFound()
    return one


__all__ = ["blueprint", "mapping_file", "register"]
