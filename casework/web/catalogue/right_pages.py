"""IP rights as records that officers keep: list them, read one with its history, enter one, confirm or correct one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.engine.case_objects.ip_rights import FIELDS
from casework.engine.definition.form_values import build_model, check
from casework.engine.definition.forms import Choice, Date, Form, Note, Text, YesNo
from casework.errors import NotAllowed, NotFound
from casework.json_values import JsonMapping, JsonObject
from casework.operations.cases import case_rights
from casework.operations.cases.queries import describe_whole, find_case
from casework.operations.catalogue import ip_rights
from casework.operations.catalogue import service as catalogue
from casework.operations.catalogue.ip_rights import EDITORS
from casework.operations.catalogue.views import IpRight, Technology
from casework.operations.core.drafts import find_draft
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import calendar_of
from casework.operations.core.presenters import names_of
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, reach
from casework.web.shell import layout
from casework.web.shell.form_actions import Sent, answer
from casework.web.shell.forms import FormView, build_form, own_texts
from casework.web.shell.i18n import N_
from casework.web.shell.layout import clock
from casework.web.shell.session import list_transaction, page_transaction
from casework.web.shell.values import ENCUMBRANCES, KINDS_OF_RIGHTS, Values, name_right

blueprint = Blueprint("rights", __name__)

#: What no register numbers.
UNREGISTERED = ("trade_secret", "know_how")
REGISTERED = tuple(kind for kind in KINDS_OF_RIGHTS if kind not in UNREGISTERED)
_NUMBERED = ("kind", REGISTERED)
#: Kinds for which somebody pays to keep them in force.
_FEES = ("kind", ("invention", "utility_model", "design"))


class NewRight(Form):
    kind = Choice(label=N_("Kind of right"), choices=KINDS_OF_RIGHTS)
    office = Text(label=N_("Office"), max=200, when=_NUMBERED, help=N_("For example CNIPA, EPO or DPMA."))
    number = Text(label=N_("Number"), max=200, when=_NUMBERED, help=N_("As the register writes it."))
    owner = Text(label=N_("Owner of the right"), max=300, help=N_("As the register or the contract says it."))
    in_force = YesNo(label=N_("In force"), when=_NUMBERED)
    expires_on = Date(label=N_("Expires on"), required=False, when=_NUMBERED)
    fee_paid_to = Date(label=N_("Fee paid until"), required=False, when=_FEES)
    checked_on = Date(label=N_("Looked up on"), past=True)
    source = Text(label=N_("Where you looked it up"), max=300, help=N_("The register, its extract, or the contract."))


class Look(Form):
    """What a look into the register has shown: what is right stays as it is."""

    office = Text(label=N_("Office"), max=200, required=False)
    number = Text(label=N_("Number"), max=200, required=False)
    owner = Text(label=N_("Owner of the right"), max=300, required=False)
    in_force = YesNo(label=N_("In force"), required=False)
    expires_on = Date(label=N_("Expires on"), required=False)
    fee_paid_to = Date(label=N_("Fee paid until"), required=False)
    checked_on = Date(label=N_("Looked up on"), past=True)
    source = Text(label=N_("Where you looked it up"), max=300, help=N_("The register, its extract, or the contract."))
    reason = Note(
        label=N_("Why it says something else now"),
        required=False,
        help=N_("Needed where you change what somebody confirmed before."),
    )


#: What a field is called in a history, as the forms call it; the fields of the record in the order of a page.
_ALL_LABELS = {rule["name"]: form.texts()[f"{rule['name']}.label"] for form in (NewRight, Look) for rule in form.rule()}
LABELS = {name: _ALL_LABELS[name] for name in ("kind", *FIELDS)}
_ORDER = tuple(LABELS)
#: What an entry of a right's history says happened.
HAPPENED: Mapping[str, str] = {
    "recorded": N_("%(who)s entered the right"),
    "confirmed": N_("%(who)s confirmed the right"),
    "corrected": N_("%(who)s confirmed the right, with corrections"),
    "encumbered": N_("%(case)s recorded on it: %(burden)s"),
    "erased": N_("Words that named a person were erased"),
    "released": N_("%(case)s ended what it had recorded on it"),
}


@blueprint.get("/rights")
def index() -> str:
    words, cursor = request.args.get("q", "").strip()[:200], request.args.get("cursor")
    technology = id_or_none(request.args.get("technology", ""))
    with list_transaction() as (db, actor):
        _sees(actor)
        filters = {name: value for name, value in (("words", words), ("technology", technology)) if value}
        listed = catalogue.list_records(db, actor, IpRight, filters=filters, cursor=cursor)
        technologies = catalogue.titles_of(
            db, actor, "technology", {technology, *(one.technology for one in listed.items)}
        )
    asked: dict[str, Any] = {"q": words or None, "technology": technology}
    return render_template(
        "catalogue/rights.html",
        rows=listed.items,
        technologies=technologies,
        words=words,
        kinds=KINDS_OF_RIGHTS,
        lying=ENCUMBRANCES,
        technology=technology,
        next_url=url_for("rights.index", **asked, cursor=listed.next) if listed.next else "",
        first_url=url_for("rights.index", **asked) if cursor else "",
    )


def id_or_none(words: str) -> str | None:
    """An id from an address; None where it is none."""
    try:
        return str(UUID(words))
    except ValueError:
        return None


def _sees(actor: Actor) -> None:
    if not reach(actor).all_of:
        raise NotFound()


@blueprint.get("/rights/<uuid:right>")
def show(right: UUID) -> str:
    with page_transaction() as (db, actor):
        one = catalogue.show_record(db, actor, IpRight, str(right))
        entries = ip_rights.read_entries(db, actor, one.id)
        about = ip_rights.cases_of(db, actor, one.id)
        titles = catalogue.titles_of(db, actor, "technology", {one.technology})
        burdens = [burden for burden in one.encumbrances if not burden.get("to")]
        cases = {case.id: case.number for case in ip_rights.name_cases(db, actor, {b["case"] for b in burdens})}
        holders = names_of(db, set(), {burden.get("holder") for burden in burdens})
        may = actor.in_programme(one.programme, EDITORS)
    values = Values(holders)
    return render_template(
        "catalogue/right.html",
        one=one,
        name=_name(one),
        technology=titles.get(one.technology or ""),
        facts=[
            (gettext(label), values.say(getattr(one, field), field))
            for field, label in LABELS.items()
            if getattr(one, field) not in (None, "")
        ],
        burdens=[(burden, holders.get(burden.get("holder") or ""), cases.get(burden["case"])) for burden in burdens],
        lying=ENCUMBRANCES,
        about=about,
        entries=[(entry, _say(entry), _changes(entry, values)) for entry in entries],
        may=may,
    )


def _name(one: IpRight) -> str:
    return name_right(one.kind, one.office, one.number)


def _say(entry: Any) -> str:
    what = "corrected" if entry.kind == "confirmed" and set(entry.changes) - {"checked_on"} else entry.kind
    return gettext(
        HAPPENED[what],
        who=entry.who or gettext("The system"),
        case=entry.case or gettext("Another case"),
        burden=gettext(ENCUMBRANCES[entry.burden]) if entry.burden in ENCUMBRANCES else entry.burden or "",
    )


def _changes(entry: Any, values: Values) -> list[tuple[str, Any, Any]]:
    """Label, what it said before, what it says then; of an erased one that it is."""
    told = [
        (gettext(LABELS[name]), values.say(before, name) if before is not None else "", values.say(after, name))
        for name, (before, after) in sorted(entry.changes.items(), key=lambda change: _ORDER.index(change[0]))
        if name not in entry.erased and (entry.kind != "recorded" or after not in (None, ""))
    ]
    return told + [(gettext(_ALL_LABELS[name]), "", gettext("erased")) for name in entry.erased]


# --- enter one -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Subject:
    """What a new right is entered for: the technology that it protects and, where it was begun there, the case."""

    technology: str
    number: str | None = None

    @property
    def draft(self) -> str:
        return f"right:new:{self.number or self.technology}"

    @property
    def back(self) -> str:
        if self.number is not None:
            return url_for("cases.show", number=self.number, _anchor="rights")
        return url_for("rights.index", technology=self.technology)


def _of_case(number: str) -> Subject:
    """A case's technology. Raises NotFound, also for a case that has none."""
    with page_transaction() as (db, actor):
        case, level = find_case(db, actor, number)
        if level < Sight.ALL or case.technology is None:
            raise NotFound("case")
        if "add_rights" not in describe_whole(db, actor, case).case_actions:
            raise NotAllowed()
    return Subject(case.technology, number)


def _ask_new(subject: Subject, sent: Sent | None = None) -> Response:
    with page_transaction() as (db, actor):
        technology = catalogue.show_record(db, actor, Technology, subject.technology)
        if not actor.in_programme(technology.programme, EDITORS):
            raise NotAllowed()
        layout.use_calendar(calendar_of(db, technology.programme))
        revision = find_case(db, actor, subject.number)[0].revision if subject.number else None
        known = {"checked_on": clock().office_today.isoformat()}
        form = _form(db, actor, subject.draft, NewRight, known=known, sent=sent, revision=revision)
        titles = catalogue.titles_of(db, actor, "technology", {technology.id})
    page = render_template(
        "catalogue/right_form.html",
        title=gettext("Enter an IP right"),
        under=[
            titles[technology.id],
            gettext("for the case %(number)s", number=subject.number) if subject.number else "",
        ],
        form=form,
        sent=sent,
        do=gettext("Enter the right"),
        back=subject.back,
        crumbs=[(gettext("Cases"), url_for("cases.index")), (subject.number, subject.back)]
        if subject.number
        else [(gettext("IP rights"), url_for("rights.index"))],
    )
    return make_response(page, sent.status if sent else 200)


def _add(subject: Subject) -> BaseResponse:
    """Enter a right; begun in a case it becomes the case's in the same transaction."""
    with page_transaction() as (db, actor):
        technology = catalogue.show_record(db, actor, Technology, subject.technology)
        layout.use_calendar(calendar_of(db, technology.programme))

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        given = _checked(NewRight, data)
        kind, source = given.pop("kind"), given.pop("source")
        done = ip_rights.record_right(
            db,
            actor,
            programme=technology.programme,
            technology=technology.id,
            kind=kind,
            fields=given,
            confirmed=True,
            source=source,
            request=key,
        )
        if subject.number is not None and not done.repeated:
            case_rights.add_entered_right(
                db,
                actor,
                subject.number,
                done.answer["id"],
                revision=revision,
                request=Request(f"{key.key[:150]}:case", key.digest),
            )
        return done

    return answer(
        subject.draft,
        NewRight.rule(),
        do,
        lambda sent: _ask_new(subject, sent),
        lambda done: subject.back if subject.number else url_for("rights.show", right=done.answer["id"]),
        said=lambda done: (
            gettext("The right is entered, and the case is about it.")
            if subject.number
            else gettext("The right is entered.")
        ),
    )


@blueprint.get("/technologies/<uuid:technology>/rights/new")
def new(technology: UUID) -> Response:
    return _ask_new(Subject(str(technology)))


@blueprint.post("/technologies/<uuid:technology>/rights/new")
def add(technology: UUID) -> BaseResponse:
    return _add(Subject(str(technology)))


@blueprint.get("/cases/<number>/rights/new")
def new_of_case(number: str) -> Response:
    return _ask_new(_of_case(number))


@blueprint.post("/cases/<number>/rights/new")
def add_of_case(number: str) -> BaseResponse:
    return _add(_of_case(number))


# --- confirm or correct one ----------------------------------------------------------------------------------------------


def _ask_look(right: str, sent: Sent | None = None) -> Response:
    with page_transaction() as (db, actor):
        one = catalogue.show_record(db, actor, IpRight, right)
        layout.use_calendar(calendar_of(db, one.programme))
        if not actor.in_programme(one.programme, EDITORS):
            raise NotAllowed()
        known = {name: value for name in ip_rights.CORRECTED if (value := getattr(one, name)) is not None}
        known["checked_on"] = clock().office_today.isoformat()
        seq = ip_rights.read_seq(db, right)
        form = _form(db, actor, f"right:{right}", Look, known=known, sent=sent, revision=seq)
    page = render_template(
        "catalogue/right_form.html",
        title=gettext("Confirm or correct the right"),
        under=[_name(one)],
        form=form,
        sent=sent,
        do=gettext("Confirm the right"),
        back=url_for("rights.show", right=right),
        crumbs=[(gettext("IP rights"), url_for("rights.index")), (_name(one), url_for("rights.show", right=right))],
    )
    return make_response(page, sent.status if sent else 200)


@blueprint.get("/rights/<uuid:right>/look")
def look(right: UUID) -> Response:
    return _ask_look(str(right))


@blueprint.post("/rights/<uuid:right>/look")
def confirm(right: UUID) -> BaseResponse:
    id = str(right)
    with page_transaction() as (db, actor):
        layout.use_calendar(calendar_of(db, catalogue.show_record(db, actor, IpRight, id).programme))

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        given = _checked(Look, data)
        return ip_rights.confirm_right(
            db,
            actor,
            id,
            checked_on=date.fromisoformat(given["checked_on"]),
            # What the form holds no longer is emptied.
            fields={name: given.get(name) for name in ip_rights.CORRECTED},
            source=given.get("source"),
            reason=given.get("reason"),
            seen=revision,
            request=key,
        )

    return answer(
        f"right:{id}",
        Look.rule(),
        do,
        lambda sent: _ask_look(id, sent),
        lambda done: url_for("rights.show", right=id),
        said=lambda done: gettext("Confirmed: from now on rules may rely on it."),
    )


def _form(
    db: Connection,
    actor: Actor,
    name: str,
    form: type[Form],
    *,
    sent: Sent | None,
    known: JsonMapping | None = None,
    revision: int | None = None,
) -> FormView:
    return build_form(
        name,
        form.rule(),
        own_texts(form),
        values=known,
        submitted=sent.data if sent else None,
        faults=sent.faults if sent else None,
        draft=None if sent else find_draft(db, actor.person, name),
        revision=revision,
        doubts=sent.doubts if sent else (),
        sources={"checked_on": gettext("Today.")},
    )


def _checked(form: type[Form], data: JsonMapping) -> JsonObject:
    rules = form.rule()
    return check(build_model(form.__name__, rules), rules, data, clock().office_today)
