"""Assessments of a city's needs: list them, read one with how far it has come, plan one and change it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.engine.case_objects.programme_lists import Lists, offered
from casework.engine.definition.forms import Choice, Date, Form, Many, Note, Number, Text
from casework.json_values import JsonMapping, JsonObject
from casework.operations.catalogue import assessment_parts as parts
from casework.operations.catalogue import assessment_queries as queries
from casework.operations.catalogue import needs_assessments as assessments
from casework.operations.catalogue.assessment_values import CONCLUDED, FIELDS, PLANNED, STATUSES
from casework.operations.catalogue.assessment_views import Assessment
from casework.operations.catalogue.kept_records import EDITORS
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import calendar_of
from casework.operations.core.programme_lists import read_lists
from casework.permissions.actors import Actor
from casework.web.catalogue import assessment_words as words
from casework.web.catalogue.organisation_pages import checked, form_of
from casework.web.catalogue.pages import STATUSES as NEED_STATUSES
from casework.web.shell import layout
from casework.web.shell.forms import FormView
from casework.web.shell.i18n import N_, name_of
from casework.web.shell.sent_forms import Sent, answer
from casework.web.shell.session import list_transaction, page_transaction

blueprint = Blueprint("assessments", __name__)


class _Plan(Form):
    title = Text(label=words.LABELS["title"], max=300)
    title_zh = Text(label=words.LABELS["title_zh"], max=300, required=False)
    starts_on = Date(label=words.LABELS["starts_on"])
    ends_on = Date(label=words.LABELS["ends_on"])
    sectors = Many(label=words.LABELS["sectors"], required=False)
    districts = Many(label=words.LABELS["districts"], required=False)
    enterprises_target = Number(label=words.LABELS["enterprises_target"], min="1", whole=True, required=False)
    needs_target = Number(label=words.LABELS["needs_target"], min="1", whole=True, required=False)
    status = Choice(label=words.LABELS["status"], choices={code: words.STATUSES[code] for code in STATUSES})
    conclusion = Note(
        label=words.LABELS["conclusion"],
        when=("status", (CONCLUDED,)),
        help=N_("What the city needs, what is missing, and what is to be done next."),
    )


class NewPlan(_Plan):
    source = Text(
        label=N_("Who asked for it"), max=300, required=False, help=N_("A plan of the city, a letter, or a meeting.")
    )


class ChangedPlan(_Plan):
    reason = Note(
        label=N_("Why it changes"), required=False, help=N_("Needed where the assessment is concluded already.")
    )


def plan_form(form: type[Form], lists: Lists, stands: JsonMapping) -> type[Form]:
    """A form with what the programme's lists offer; what stands in it stays possible."""
    fields = {}
    for name in ("sectors", "districts"):
        codes = dict.fromkeys([*(entry.key for entry in offered(lists[name])), *(stands.get(name) or ())])
        choices = {code: words.say_listed(lists, name, code) for code in codes}
        fields[name] = Many(label=words.LABELS[name], required=False, choices=choices)
    return type(form.__name__, (form,), fields)


# --- read ------------------------------------------------------------------------------------------------------------


@blueprint.get("/needs-assessments")
def index() -> str:
    cursor = request.args.get("cursor")
    with list_transaction() as (db, actor):
        listed = queries.list_assessments(db, actor, cursor=cursor)
    own = dict.fromkeys(m.programme for m in actor.memberships if m.role in EDITORS and m.programme)
    return render_template(
        "needs/assessments.html",
        rows=[(one, title_of(one), words.say_progress(one)) for one in listed.items],
        statuses=words.STATUSES,
        plan=[url_for("assessments.new", programme=programme) for programme in own],
        next_url=url_for("assessments.index", cursor=listed.next) if listed.next else "",
        first_url=url_for("assessments.index") if cursor else "",
    )


def title_of(one: Any) -> str:
    return name_of({"name": one.title, "name_zh": one.title_zh})


@blueprint.get("/needs-assessments/<uuid:needs_assessment>")
def show(needs_assessment: UUID) -> str:
    id = str(needs_assessment)
    with page_transaction() as (db, actor):
        one = queries.show_assessment(db, actor, id)
        layout.use_calendar(calendar_of(db, one.programme))
        lists = read_lists(db, one.programme)
        entries = queries.read_entries(db, actor, id)
        edits = bool(actor.in_programme(one.programme, EDITORS))
    return render_template(
        "needs/assessment.html",
        one=one,
        title=title_of(one),
        progress=words.say_progress(one),
        facts=_facts(one, lists),
        statuses=words.STATUSES,
        states=words.STATES,
        kinds=words.KINDS,
        need_statuses=NEED_STATUSES,
        visits={visit.id: visit.title for visit in one.visits},
        district_of=lambda code: words.say_listed(lists, "district", code) if code else "",
        entries=[(entry, *words.say_entry(entry, lists)) for entry in entries],
        edits=edits,
        may=edits and one.status != CONCLUDED,
    )


def _facts(one: Assessment, lists: Lists) -> list[tuple[str, list[str]]]:
    said = [
        (words.LABELS[name], [words.say_listed(lists, name, code) for code in getattr(one, name)])
        for name in ("sectors", "districts")
    ]
    return [(gettext(label), listed) for label, listed in said if listed]


# --- plan one, and change it -----------------------------------------------------------------------------------------


@blueprint.get("/programmes/<uuid:programme>/needs-assessments/new")
def new(programme: UUID) -> Response:
    return _ask_new(str(programme))


def _ask_new(programme: str, sent: Sent | None = None) -> Response:
    with page_transaction() as (db, actor):
        asked = _new_form(db, actor, programme)
        form = form_of(db, actor, f"assessment:new:{programme}", asked, known={"status": PLANNED}, sent=sent)
    return form_page(gettext("Plan a needs assessment"), form, sent, back=url_for("assessments.index"))


def _new_form(db: Connection, actor: Actor, programme: str) -> type[Form]:
    parts.may_assess(actor, programme)
    layout.use_calendar(calendar_of(db, programme))
    return plan_form(NewPlan, read_lists(db, programme), {})


@blueprint.post("/programmes/<uuid:programme>/needs-assessments/new")
def plan(programme: UUID) -> BaseResponse:
    home = str(programme)
    with page_transaction() as (db, actor):
        asked = _new_form(db, actor, home)

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        given = checked(asked, data)
        source = given.pop("source", None)
        return assessments.plan_assessment(db, actor, programme=home, fields=given, source=source, request=key)

    return answer(
        f"assessment:new:{home}",
        asked.rule(),
        do,
        lambda sent: _ask_new(home, sent),
        lambda done: url_for("assessments.show", needs_assessment=done.answer["id"]),
        said=lambda done: gettext("The assessment is planned. Put the enterprises on its list next."),
    )


@blueprint.get("/needs-assessments/<uuid:needs_assessment>/change")
def ask_change(needs_assessment: UUID) -> Response:
    return _ask_change(str(needs_assessment))


def _ask_change(id: str, sent: Sent | None = None) -> Response:
    with page_transaction() as (db, actor):
        asked, one = _changed_form(db, actor, id)
        seen = parts.read_count(db, one.programme, id)
        known = {name: value for name in FIELDS if (value := asdict(one)[name]) not in (None, [])}
        form = form_of(db, actor, f"assessment:{id}", asked, known=known, sent=sent, revision=seen)
    back = url_for("assessments.show", needs_assessment=id)
    return form_page(gettext("Change the needs assessment"), form, sent, back=back, under=title_of(one))


def _changed_form(db: Connection, actor: Actor, id: str) -> tuple[type[Form], Assessment]:
    parts.assessed_by(db, actor, id)
    one = queries.show_assessment(db, actor, id)
    layout.use_calendar(calendar_of(db, one.programme))
    return plan_form(ChangedPlan, read_lists(db, one.programme), asdict(one)), one


@blueprint.post("/needs-assessments/<uuid:needs_assessment>/change")
def change(needs_assessment: UUID) -> BaseResponse:
    id = str(needs_assessment)
    with page_transaction() as (db, actor):
        asked, one = _changed_form(db, actor, id)

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        given = checked(asked, data)
        # What the form holds no longer is emptied; a conclusion that it does not ask for stays.
        fields = {name: given.get(name) for name in FIELDS if name != "conclusion" or name in given}
        reason = given.get("reason")
        return assessments.change_assessment(db, actor, id, fields=fields, reason=reason, seen=revision, request=key)

    return answer(
        f"assessment:{id}",
        asked.rule(),
        do,
        lambda sent: _ask_change(id, sent),
        lambda done: url_for("assessments.show", needs_assessment=id),
        said=lambda done: gettext("Recorded."),
    )


def form_page(title: str, form: FormView, sent: Sent | None, *, back: str, under: str = "", do: str = "") -> Response:
    """A form about an assessment, or about a part of it; `under` is what the assessment is called."""
    crumbs = [(gettext("Needs assessments"), url_for("assessments.index"))]
    page = render_template(
        "catalogue/right_form.html",
        title=title,
        under=[under],
        form=form,
        sent=sent,
        do=do or title,
        back=back,
        crumbs=[*crumbs, (under, back)] if under else crumbs,
    )
    return make_response(page, sent.status if sent else 200)


__all__ = ["blueprint", "form_page", "title_of"]
