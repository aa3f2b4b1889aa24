"""The screening of an organisation and of its owners above 25 per cent, recorded for all cases of the programme."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.engine.case_objects.organisations import SCREENERS
from casework.engine.definition.forms import Choice, Date, Documents, Form, Note, Text
from casework.engine.execution.context import By
from casework.json_values import JsonObject
from casework.operations.catalogue import organisation_queries as queries
from casework.operations.catalogue import organisations, screenings
from casework.operations.catalogue.evidence import file_for_screening, insist_screening
from casework.operations.core.idempotency import Done, Request
from casework.permissions.actors import Actor
from casework.web.catalogue.evidence_files import files_of, papers_of
from casework.web.catalogue.organisation_pages import checked, form_of, form_page
from casework.web.catalogue.right_forms import EVIDENCE
from casework.web.documents.held import FilesOfForm
from casework.web.shell.i18n import N_
from casework.web.shell.layout import clock
from casework.web.shell.limit_words import with_limit
from casework.web.shell.screening_words import RESULTS
from casework.web.shell.sent_forms import Sent, answer
from casework.web.shell.session import page_transaction

blueprint = Blueprint("party_screenings", __name__)

_OWNER = "owner_"


class Screening(Form):
    result = Choice(label=N_("Result for the organisation"), choices=RESULTS)
    checked_on = Date(label=N_("Checked on"), past=True)
    lists = Text(label=N_("Lists and their versions"), max=500)
    extract = Text(
        label=N_("What the extract says, or the number of the query"),
        max=500,
    )
    evidence = Documents(label=EVIDENCE, help=N_("The answer of the lists: a scan, a picture of the screen or a PDF."))
    valid_until = Date(label=N_("Holds until"), help=N_("Cases rely on it up to that day."))
    finding = Note(label=N_("What was found"), required=False, help=N_("Needed where somebody stands on a list."))


class ScreeningShown(Form):
    """A file more that shows a screening."""

    evidence = Documents(label=EVIDENCE, help=N_("The answer of the lists: a scan, a picture of the screen or a PDF."))


def _form(owners: list[screenings.OwnerToScreen]) -> type[Form]:
    """The form with one question for each owner on record."""
    asked = {
        f"{_OWNER}{n}": Choice(label=owner.name, choices=RESULTS, help=N_("An owner above 25 per cent."))
        for n, owner in enumerate(owners)
    }
    return type("ScreeningOf", (Screening,), asked) if asked else Screening


def _ask(organisation: str, sent: Sent | None = None) -> Response:
    with page_transaction() as (db, actor):
        one = queries.show_organisation(db, actor, organisation)
        owners = screenings.owners_to_screen(db, actor, organisation)
        today = clock().office_today
        most = screenings.most_days(db, actor, organisation)
        known = {"checked_on": today.isoformat(), "valid_until": screenings.usual_end(today, most).isoformat()}
        seq = organisations.read_seq(db, organisation)
        asked = _form(owners)
        usual = {} if most < screenings.USUAL else {"valid_until": gettext("The usual 90 days from today.")}
        form = form_of(db, actor, _draft(organisation), asked, known=known, sent=sent, revision=seq, sources=usual)
    form = _files(organisation, asked).shown_in(with_limit(form, "valid_until", most, "cd"), sent)
    title = gettext("Record a screening")
    return form_page(title, form, sent, do=title, back=_back(organisation), under=one.name)


def _files(organisation: str, form: type[Form], screening: str | None = None) -> FilesOfForm:
    def home(db: Connection, actor: Actor) -> tuple[str, By]:
        if screening is not None:
            return insist_screening(db, actor, organisation, screening)
        return organisations.insist_home(db, actor, organisation, SCREENERS)

    return files_of(organisation, home, _draft(organisation, screening), form)


def _draft(organisation: str, screening: str | None = None) -> str:
    return f"organisation:{organisation}:screening" + (f":{screening}" if screening else "")


def _back(organisation: str) -> str:
    return url_for("parties.show", party=organisation, _anchor="screenings")


@blueprint.get("/organisations/<uuid:party>/screenings/new")
def new(party: UUID) -> Response:
    return _ask(str(party))


@blueprint.post("/organisations/<uuid:party>/screenings/new")
def add(party: UUID) -> BaseResponse:
    id = str(party)
    with page_transaction() as (db, actor):
        owners = screenings.owners_to_screen(db, actor, id)
    form = _form(owners)
    files = _files(id, form)

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        given = checked(form, data)
        said = {owner.id: given.pop(f"{_OWNER}{n}", "") for n, owner in enumerate(owners)}
        given["evidence"] = given.pop("extract")
        papers = papers_of(files)
        return screenings.record_screening(
            db, actor, id, fields=given, owners=said, papers=papers, seen=revision, request=key
        )

    return answer(
        _draft(id),
        form.rule(),
        do,
        lambda sent: _ask(id, sent),
        lambda done: _back(id),
        said=lambda done: gettext("Recorded: the cases of this organisation rely on it until it runs out."),
        files=files,
    )


def _ask_more(organisation: str, screening: str, sent: Sent | None = None) -> Response:
    files = _files(organisation, ScreeningShown, screening)
    with page_transaction() as (db, actor):
        one = queries.show_organisation(db, actor, organisation)
        form = form_of(db, actor, _draft(organisation, screening), ScreeningShown, sent=sent)
    title, do = gettext("File what shows the screening"), gettext("File the evidence")
    return form_page(title, files.shown_in(form, sent), sent, do=do, back=_back(organisation), under=one.name)


@blueprint.get("/organisations/<uuid:party>/screenings/<uuid:entry>/evidence")
def show(party: UUID, entry: UUID) -> Response:
    return _ask_more(str(party), str(entry))


@blueprint.post("/organisations/<uuid:party>/screenings/<uuid:entry>/evidence")
def file_evidence(party: UUID, entry: UUID) -> BaseResponse:
    id, about = str(party), str(entry)
    files = _files(id, ScreeningShown, about)

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        checked(ScreeningShown, data)
        return file_for_screening(db, actor, id, about, papers=papers_of(files), request=key)

    return answer(
        _draft(id, about),
        ScreeningShown.rule(),
        do,
        lambda sent: _ask_more(id, about, sent),
        lambda done: _back(id),
        said=lambda done: gettext("The evidence is on file."),
        files=files,
    )


__all__ = ["blueprint"]
