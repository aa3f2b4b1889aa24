"""Parts of an assessment of a city's needs: whom it asks, its visits and events, and from where a need came."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework import reasons
from casework.engine.case_objects.programme_lists import Lists, offered
from casework.engine.definition.forms import Choice, Date, Form, Many, Note, Number, Rows, Text
from casework.errors import InvalidForm
from casework.json_values import JsonMapping, JsonObject
from casework.operations.auth.preferences import LANGUAGES
from casework.operations.catalogue import assessment_parts as parts
from casework.operations.catalogue import assessment_queries as queries
from casework.operations.catalogue import assessment_visits as visits
from casework.operations.catalogue import kept_records
from casework.operations.catalogue import needs_assessments as assessments
from casework.operations.catalogue.assessment_values import KINDS, MOST_PARTICIPANTS, STATES, VISIT_FIELDS
from casework.operations.catalogue.assessment_views import Assessment
from casework.operations.catalogue.need_statements import DAYS, MOST_DAYS
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import calendar_of
from casework.operations.core.programme_lists import read_lists
from casework.permissions.actors import Actor
from casework.web.catalogue import assessment_words as words
from casework.web.catalogue.assessment_pages import form_page, title_of
from casework.web.catalogue.organisation_pages import checked, form_of
from casework.web.catalogue.statement_pages import give_link, mailed_to
from casework.web.shell import layout
from casework.web.shell.forms import parse_form, read_request
from casework.web.shell.i18n import N_
from casework.web.shell.sent_forms import Sent, answer
from casework.web.shell.session import page_transaction, secret_box

blueprint = Blueprint("assessment_rows", __name__)


class Listing(Form):
    organisations = Note(
        label=N_("Enterprises"), help=N_("One in each line: the name of the organisation, as it is registered here.")
    )


class Stands(Form):
    state = Choice(label=words.LABELS["state"], choices={code: words.STATES[code] for code in STATES})
    source = Text(label=N_("How you know"), max=300, required=False, help=N_("A call, a letter, or a meeting."))


class Asking(Form):
    """How an enterprise of the list is asked; whom is known."""

    address = Text(
        label=N_("E-mail address"),
        max=254,
        required=False,
        help=N_("Left empty, you hand the link over yourself. It is shown once."),
    )
    language = Choice(label=N_("Language"), choices={"zh-Hans": "简体中文", "en": "English"})
    days = Number(label=N_("Days until it ends"), min="1", max=str(MOST_DAYS), whole=True)


class Somebody(Form):
    """A row of who came to a visit from outside."""

    name = Text(label=N_("Full name"), max=200, required=False)
    role = Text(label=N_("What the person does there"), max=200, required=False)


class Came(Form):
    """The same, with one of the organisations of the assessment."""

    organisation = Choice(label=N_("Organisation"), required=False)
    name = Somebody.fields()["name"]
    role = Somebody.fields()["role"]


class NewVisit(Form):
    kind = Choice(label=words.LABELS["kind"], choices={code: words.KINDS[code] for code in KINDS})
    day = Date(label=words.LABELS["day"])
    title = Text(label=words.LABELS["title"], max=300)
    place = Text(label=words.LABELS["place"], max=300, required=False)
    district = Choice(label=words.LABELS["district"], required=False)
    participants = Rows(label=words.LABELS["participants"], row=Came, required=False)
    staff = Many(label=words.LABELS["staff"], required=False)
    notes = Note(label=words.LABELS["notes"], required=False)


class ChangedVisit(NewVisit):
    reason = Note(label=N_("Why it changes"))


class TakenOut(Form):
    reason = Note(label=N_("Why it is taken out"))


@dataclass(frozen=True)
class Part:
    """A form about a part of an assessment: what it reads before it is shown, and what it does."""

    title: str
    draft: str
    #: The assessment, the form, and what stands in it.
    read: Callable[[Connection, Actor], tuple[Assessment, type[Form], JsonMapping]]
    do: Callable[[Connection, Actor, Request, int, JsonObject], Done]
    anchor: str

    def ask(self, sent: Sent | None = None) -> Response:
        with page_transaction() as (db, actor):
            one, asked, known = self.read(db, actor)
            seen = parts.read_count(db, one.programme, one.id)
            form = form_of(db, actor, self.draft, asked, known=known, sent=sent, revision=seen)
        return form_page(self.title, form, sent, back=self.back(one), under=title_of(one))

    def back(self, one: Assessment) -> str:
        return url_for("assessments.show", needs_assessment=one.id, _anchor=self.anchor)

    def answer(self) -> BaseResponse:
        with page_transaction() as (db, actor):
            one, asked, _ = self.read(db, actor)

        def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
            return self.do(db, actor, key, revision, checked(asked, data))

        return answer(
            self.draft,
            asked.rule(),
            do,
            self.ask,
            lambda done: self.back(one),
            said=lambda done: gettext("Recorded."),
        )


def _open(db: Connection, actor: Actor, id: str) -> Assessment:
    parts.insist_open(parts.assessed_by(db, actor, id)[0])
    one = queries.show_assessment(db, actor, id)
    layout.use_calendar(calendar_of(db, one.programme))
    return one


def _of(db: Connection, actor: Actor, what: str, id: str) -> tuple[Assessment, Any]:
    """The assessment of an enterprise or a visit, and that part of it."""
    one = _open(db, actor, parts.open_part(db, actor, what, id).assessment)
    return one, next(part for part in getattr(one, what) if part.id == id)


# --- whom it asks ----------------------------------------------------------------------------------------------------


def _listing(id: str) -> Part:
    def do(db: Connection, actor: Actor, key: Request, revision: int, given: JsonObject) -> Done:
        programme = queries.show_assessment(db, actor, id).programme
        names = [line.strip() for line in given["organisations"].splitlines() if line.strip()]
        found = [_organisation(db, programme, name) for name in names]
        return assessments.add_enterprises(db, actor, id, organisations=found, request=key)

    return Part(
        gettext("Put enterprises on the list"),
        f"assessment:{id}:enterprises:new",
        lambda db, actor: (_open(db, actor, id), Listing, {}),
        do,
        "enterprises",
    )


def _organisation(db: Connection, programme: str, name: str) -> str:
    """The organisation of a name. Raises InvalidForm at the field that asks for it, with the name."""
    try:
        return str(kept_records.find_owner(db, programme, name))
    except InvalidForm as refusal:
        several = refusal.fields["owner"] == reasons.catalogue.SEVERAL_OWNERS
        why = reasons.catalogue.NAME_OF_SEVERAL if several else reasons.catalogue.NAME_NOT_KNOWN
        raise InvalidForm(fields={"organisations": why(name=name)}) from None


@blueprint.get("/needs-assessments/<uuid:needs_assessment>/enterprises/new")
def ask_enterprises(needs_assessment: UUID) -> Response:
    return _listing(str(needs_assessment)).ask()


@blueprint.post("/needs-assessments/<uuid:needs_assessment>/enterprises/new")
def add_enterprises(needs_assessment: UUID) -> BaseResponse:
    return _listing(str(needs_assessment)).answer()


def _standing(id: str) -> Part:
    def read(db: Connection, actor: Actor) -> tuple[Assessment, type[Form], JsonMapping]:
        one, enterprise = _of(db, actor, "enterprises", id)
        return one, Stands, {"state": enterprise.state}

    return Part(
        gettext("Say how the enterprise stands"),
        f"assessment:enterprise:{id}",
        read,
        lambda db, actor, key, revision, given: assessments.set_enterprise(
            db, actor, id, state=given["state"], source=given.get("source"), request=key
        ),
        "enterprises",
    )


@blueprint.get("/assessment-enterprises/<uuid:enterprise>")
def show_enterprise(enterprise: UUID) -> Response:
    return _standing(str(enterprise)).ask()


@blueprint.post("/assessment-enterprises/<uuid:enterprise>")
def set_enterprise(enterprise: UUID) -> BaseResponse:
    return _standing(str(enterprise)).answer()


@blueprint.get("/assessment-enterprises/<uuid:enterprise>/ask")
def ask_link(enterprise: UUID) -> Response:
    return _ask_link(str(enterprise))


def _ask_link(id: str, sent: Sent | None = None) -> Response:
    with page_transaction() as (db, actor):
        one, enterprise = _of(db, actor, "enterprises", id)
        known = {"language": LANGUAGES[-1], "days": str(DAYS)}
        form = form_of(db, actor, f"assessment:enterprise:{id}:ask", Asking, known=known, sent=sent)
    back = url_for("assessments.show", needs_assessment=one.id, _anchor="enterprises")
    title = gettext("Ask %(enterprise)s to state a need", enterprise=enterprise.name)
    return form_page(title, form, sent, back=back, under=title_of(one), do=gettext("Make the link"))


@blueprint.post("/assessment-enterprises/<uuid:enterprise>/ask")
def make_link(enterprise: UUID) -> Response:
    """What opens the link stands in this answer alone."""
    id = str(enterprise)

    def make(db: Connection, actor: Actor) -> tuple[Done, str]:
        _of(db, actor, "enterprises", id)
        where = mailed_to(checked(Asking, parse_form(Asking.rule(), request.form)))
        done = assessments.ask_enterprise(db, actor, secret_box(), id, request=read_request(), **where)
        return done, where["address"]

    def again(faults: Mapping[str, str], status: int) -> Response:
        fields = {name: words for name, words in faults.items() if name}
        return _ask_link(id, Sent(request.form, fields, status, faults.get("", "")))

    return give_link(make, again)


# --- visits and events -----------------------------------------------------------------------------------------------


def _visit_form(db: Connection, one: Assessment, form: type[Form], visit: Any = None) -> type[Form]:
    """The form with the districts, organisations and staff that can be chosen; what stands in it stays possible."""
    lists: Lists = read_lists(db, one.programme)
    codes = dict.fromkeys([*(entry.key for entry in offered(lists["districts"])), *_some(visit and visit.district)])
    came = visit.participants if visit else ()
    organisations = {row.organisation: row.organisation_name or "" for row in came if row.organisation}
    organisations |= {row.organisation: row.name for row in one.enterprises}
    staff = visits.staff_of(db, one.programme, [person.id for person in visit.staff] if visit else ())
    row = _came(organisations)
    fields = {
        "district": Choice(
            label=words.LABELS["district"],
            choices={code: words.say_listed(lists, "district", code) for code in codes},
            required=False,
        ),
        "participants": Rows(
            label=words.LABELS["participants"],
            row=row,
            most=MOST_PARTICIPANTS,
            required=False,
            help=N_("An organisation of the list, somebody from there, or anybody else by name."),
        ),
        "staff": Many(label=words.LABELS["staff"], choices=staff, required=False),
    }
    return type(form.__name__, (form,), fields)


def _came(organisations: Mapping[str, str]) -> type[Form]:
    """A row of who came; where no enterprise is on the list yet, it asks for names alone."""
    if not organisations:
        return Somebody
    chosen = Choice(label=N_("Organisation"), choices=organisations, required=False)
    return type("Came", (Came,), {"organisation": chosen})


def _some(value: Any) -> list[str]:
    return [value] if value else []


def _new_visit(id: str) -> Part:
    def read(db: Connection, actor: Actor) -> tuple[Assessment, type[Form], JsonMapping]:
        one = _open(db, actor, id)
        return one, _visit_form(db, one, NewVisit), {}

    return Part(
        gettext("Enter a visit or an event"),
        f"assessment:{id}:visits:new",
        read,
        lambda db, actor, key, revision, given: visits.add_visit(db, actor, id, fields=given, request=key),
        "visits",
    )


@blueprint.get("/needs-assessments/<uuid:needs_assessment>/visits/new")
def ask_visit(needs_assessment: UUID) -> Response:
    return _new_visit(str(needs_assessment)).ask()


@blueprint.post("/needs-assessments/<uuid:needs_assessment>/visits/new")
def add_visit(needs_assessment: UUID) -> BaseResponse:
    return _new_visit(str(needs_assessment)).answer()


def _changed_visit(id: str) -> Part:
    def read(db: Connection, actor: Actor) -> tuple[Assessment, type[Form], JsonMapping]:
        one, visit = _of(db, actor, "visits", id)
        known = {
            name: value for name, value in asdict(visit).items() if name in VISIT_FIELDS and value not in (None, [])
        }
        known["staff"] = [person.id for person in visit.staff]
        return one, _visit_form(db, one, ChangedVisit, visit), known

    def do(db: Connection, actor: Actor, key: Request, revision: int, given: JsonObject) -> Done:
        # What the form holds no longer is emptied.
        fields = {name: given.get(name) for name in VISIT_FIELDS}
        return visits.change_visit(db, actor, id, fields=fields, reason=given["reason"], seen=revision, request=key)

    return Part(gettext("Change the visit or event"), f"assessment:visit:{id}", read, do, "visits")


@blueprint.get("/assessment-visits/<uuid:visit>")
def show_visit(visit: UUID) -> Response:
    return _changed_visit(str(visit)).ask()


@blueprint.post("/assessment-visits/<uuid:visit>")
def change_visit(visit: UUID) -> BaseResponse:
    return _changed_visit(str(visit)).answer()


# --- what is taken out again -------------------------------------------------------------------------------------------


def _out(what: str, id: str) -> Part:
    titles = {"enterprises": gettext("Take the enterprise out"), "visits": gettext("Take the visit or event out")}
    return Part(
        titles[what],
        f"assessment:{what}:{id}:out",
        lambda db, actor: (_of(db, actor, what, id)[0], TakenOut, {}),
        lambda db, actor, key, revision, given: parts.take_out(
            db, actor, what, id, reason=given["reason"], request=key
        ),
        what,
    )


@blueprint.get("/assessment-enterprises/<uuid:enterprise>/remove")
def ask_enterprise_out(enterprise: UUID) -> Response:
    return _out("enterprises", str(enterprise)).ask()


@blueprint.post("/assessment-enterprises/<uuid:enterprise>/remove")
def take_enterprise_out(enterprise: UUID) -> BaseResponse:
    return _out("enterprises", str(enterprise)).answer()


@blueprint.get("/assessment-visits/<uuid:visit>/remove")
def ask_visit_out(visit: UUID) -> Response:
    return _out("visits", str(visit)).ask()


@blueprint.post("/assessment-visits/<uuid:visit>/remove")
def take_visit_out(visit: UUID) -> BaseResponse:
    return _out("visits", str(visit)).answer()


__all__ = ["blueprint"]
