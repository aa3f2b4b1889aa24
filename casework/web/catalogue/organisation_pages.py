"""Organisations as records that people keep: list them, read one with its history, enter one, confirm or correct one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.engine.case_objects.organisations import EDITORS, KINDS, LANGUAGES, PROVIDER, SCREENERS, SIZES
from casework.engine.definition.form_values import build_model, check
from casework.engine.definition.forms import Choice, Form, Note, Text, YesNo
from casework.engine.roles import Role
from casework.errors import NotAllowed, NotFound
from casework.json_values import JsonMapping, JsonObject
from casework.ledger.redactable_bodies import ERASED_WORDS
from casework.operations.catalogue import organisation_queries as queries
from casework.operations.catalogue import organisations, screenings
from casework.operations.catalogue.evidence import evidence_of, screenings_to_show
from casework.operations.core.i18n import SERVICES
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import calendar_of
from casework.operations.privacy.legal_holds import may_place
from casework.permissions.actors import Actor
from casework.permissions.visibility import reach
from casework.permissions.work import in_the_programme
from casework.web.catalogue.organisation_words import (
    KINDS_OF_ORGANISATIONS,
    SIZES_OF_ORGANISATIONS,
    WRITTEN_IN,
    say_entry,
)
from casework.web.shell import layout
from casework.web.shell.countries import COUNTRIES, countries, with_countries
from casework.web.shell.forms import FormView, own_texts
from casework.web.shell.i18n import N_
from casework.web.shell.layout import clock, country_name
from casework.web.shell.screening_words import RESULTS
from casework.web.shell.sent_forms import Sent, answer, kept_form, page_with_form
from casework.web.shell.session import list_transaction, page_transaction
from casework.web.shell.values import name_right

blueprint = Blueprint("parties", __name__)


class Looked(Form):
    """What an organisation says of itself, as whoever looked it up found it: what is right stays as it is."""

    name = Text(label=N_("Name"), max=300)
    name_zh = Text(label=N_("Chinese name"), max=300, required=False)
    kind = Choice(label=N_("Kind of organisation"), choices={code: KINDS_OF_ORGANISATIONS[code] for code in KINDS})
    country = Choice(label=N_("Country or region"), choices={code: code for code in COUNTRIES}, required=False)
    register_number = Text(
        label=N_("Registration number"),
        max=100,
        required=False,
        help=N_("In China the unified social credit code of 18 characters; its last one is checked."),
    )
    address = Text(label=N_("Address"), max=500, required=False)
    size = Choice(label=N_("Size"), choices={code: SIZES_OF_ORGANISATIONS[code] for code in SIZES}, required=False)
    state_owned = YesNo(label=N_("State-owned"), required=False)
    language = Choice(label=N_("Language of letters"), choices={code: WRITTEN_IN[code] for code in LANGUAGES})
    source = Text(label=N_("Where you looked it up"), max=300, help=N_("The company register, a licence, or a call."))


class Look(Looked):
    """The same of one that is recorded."""

    reason = Note(
        label=N_("Why it says something else now"),
        required=False,
        help=N_("Needed where you change what somebody confirmed before."),
    )


#: What a field is called on pages and in a history, as the forms call it.
LABELS = {rule["name"]: Look.texts()[f"{rule['name']}.label"] for rule in Look.rule()}


# --- read ------------------------------------------------------------------------------------------------------------


@blueprint.get("/organisations")
def index() -> str:
    args = request.args
    words, cursor = args.get("q", "").strip()[:200], args.get("cursor")
    country, kind = args.get("country", "").strip().upper()[:2], args.get("kind", "")
    state = args.get("state", "")
    given: dict[str, Any] = {
        "words": words,
        "country": country,
        "kind": kind if kind in KINDS_OF_ORGANISATIONS else "",
    }
    filters: dict[str, Any] = {name: value for name, value in given.items() if value}
    if state in ("confirmed", "open"):
        filters["confirmed"] = state == "confirmed"
    if state == "expired":
        filters["expired"] = True
    with list_transaction() as (db, actor):
        _sees(actor)
        listed = queries.list_organisations(db, actor, filters=filters, cursor=cursor)
        homes = _homes(db, actor)
    asked: dict[str, Any] = {
        "q": words or None,
        "country": country or None,
        "kind": kind or None,
        "state": state or None,
    }
    return render_template(
        "catalogue/organisations.html",
        rows=listed.items,
        words=words,
        country=country,
        countries=countries(),
        kind=kind,
        state=state,
        kinds=KINDS_OF_ORGANISATIONS,
        homes=homes,
        filtered=bool(filters),
        next_url=url_for("parties.index", **asked, cursor=listed.next) if listed.next else "",
        first_url=url_for("parties.index", **asked) if cursor else "",
    )


def _sees(actor: Actor) -> None:
    if not reach(actor).all_of:
        raise NotFound()


def _homes(db: Connection, actor: Actor) -> list[tuple[str, str]]:
    """The programmes for which the actor enters organisations: id and name."""
    programmes = [id for id in sorted(reach(actor).all_of) if in_the_programme(actor, id, EDITORS)]
    names = queries.programme_names(db, programmes)
    return [(id, names[id]) for id in programmes]


@blueprint.get("/organisations/<uuid:party>")
def show(party: UUID) -> str:
    id = str(party)
    with page_transaction() as (db, actor):
        one = queries.show_organisation(db, actor, id)
        entries = queries.read_entries(db, actor, id)
        belongs = {
            "needs": queries.needs_of(db, actor, id),
            "technologies": queries.technologies_of(db, actor, id),
            "rights": [
                (right["id"], name_right(right["kind"], right["office"], right["number"]))
                for right in queries.rights_of(db, actor, id)
            ],
            "cases": queries.cases_of(db, actor, id),
        }
        may = may_keep(db, actor, id)
        screened = screenings.list_screenings(db, actor, id)
        shown_by = evidence_of(db, actor, [row.id for row in screened])
        screens = _may(db, actor, id, SCREENERS)
        to_show = screenings_to_show(db, actor, id) if screens else frozenset()
        stays = queries.show_organisation(db, actor, one.merged_into) if one.merged_into else None
    return render_template(
        "catalogue/organisation.html",
        one=one,
        facts=[(gettext(LABELS[field]), words) for field, words in facts_of(one) if words],
        kinds=KINDS_OF_ORGANISATIONS,
        languages=WRITTEN_IN,
        entries=[(entry, *say_entry(entry)) for entry in entries],
        may=may,
        mergeable=may and one.programme is not None,
        stays=stays,
        screened=screened,
        shown_by=shown_by,
        screens=screens,
        to_show=to_show,
        results=RESULTS,
        erased_words=ERASED_WORDS,
        services=[gettext(SERVICES.get(code, code)) for code in one.services],
        provider=one.kind == PROVIDER,
        holds=any(may_place(actor, programme) for programme in reach(actor).all_of),
        **belongs,
    )


def facts_of(one: Any) -> list[tuple[str, str]]:
    """Field and what it says, in the order of a page."""
    owned = {True: gettext("yes"), False: gettext("no"), None: ""}
    return [
        ("name_zh", one.name_zh or ""),
        ("kind", gettext(KINDS_OF_ORGANISATIONS.get(one.kind, one.kind or ""))),
        ("country", country_name(one.country) if one.country else ""),
        ("register_number", one.register_number or ""),
        ("address", one.address or ""),
        ("size", gettext(SIZES_OF_ORGANISATIONS[one.size]) if one.size else ""),
        ("state_owned", owned[one.state_owned]),
        ("language", gettext(WRITTEN_IN[one.language]) if one.language in WRITTEN_IN else one.language),
    ]


def may_keep(db: Connection, actor: Actor, organisation: str) -> bool:
    """Whether the actor corrects this one, which is no provider and stands for itself."""
    return _may(db, actor, organisation, EDITORS)


def _may(db: Connection, actor: Actor, organisation: str, roles: tuple[Role, ...]) -> bool:
    try:
        organisations.insist_home(db, actor, organisation, roles)
    except NotAllowed:
        return False
    return True


# --- enter one -------------------------------------------------------------------------------------------------------


def _ask_new(programme: str, sent: Sent | None = None) -> Response:
    with page_transaction() as (db, actor):
        _insist_enters(actor, programme)
        layout.use_calendar(calendar_of(db, programme))
        form = form_of(db, actor, f"organisation:new:{programme}", Looked, sent=sent)
    return form_page(
        gettext("Enter an organisation"),
        form,
        sent,
        do=gettext("Enter the organisation"),
        back=url_for("parties.index"),
    )


def _insist_enters(actor: Actor, programme: str) -> None:
    if programme not in reach(actor).all_of:
        raise NotFound("programme")
    if not actor.in_programme(programme, EDITORS):
        raise NotAllowed()


@blueprint.get("/programmes/<uuid:programme>/organisations/new")
def new(programme: UUID) -> Response:
    return _ask_new(str(programme))


@blueprint.post("/programmes/<uuid:programme>/organisations/new")
def add(programme: UUID) -> BaseResponse:
    home = str(programme)

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        _insist_enters(actor, home)
        given = checked(Looked, data)
        source = given.pop("source")
        return organisations.record_organisation(db, actor, programme=home, fields=given, source=source, request=key)

    return answer(
        f"organisation:new:{home}",
        Looked.rule(),
        do,
        lambda sent: _ask_new(home, sent),
        lambda done: url_for("parties.show", party=done.answer["id"]),
        said=lambda done: gettext("The organisation is entered. Add its contacts and owners next."),
    )


# --- confirm or correct one ------------------------------------------------------------------------------------------


def _ask_look(organisation: str, sent: Sent | None = None) -> Response:
    with page_transaction() as (db, actor):
        one = queries.show_organisation(db, actor, organisation)
        organisations.insist_home(db, actor, organisation, EDITORS, itself=True)
        known = {name: value for name in LABELS if (value := getattr(one, name, None)) is not None}
        seq = organisations.read_seq(db, organisation)
        form = form_of(db, actor, f"organisation:{organisation}", Look, known=known, sent=sent, revision=seq)
    back = url_for("parties.show", party=organisation)
    return form_page(
        gettext("Confirm or correct the organisation"), form, sent, do=gettext("Confirm all"), back=back, under=one.name
    )


@blueprint.get("/organisations/<uuid:party>/look")
def look(party: UUID) -> Response:
    return _ask_look(str(party))


@blueprint.post("/organisations/<uuid:party>/look")
def confirm(party: UUID) -> BaseResponse:
    id = str(party)

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        given = checked(Look, data)
        source, reason = given.pop("source", ""), given.pop("reason", None)
        return organisations.confirm_organisation(
            db,
            actor,
            id,
            # What the form holds no longer is emptied.
            fields={name: given.get(name) for name in LABELS if name not in ("source", "reason")},
            source=source,
            reason=reason,
            seen=revision,
            request=key,
        )

    return answer(
        f"organisation:{id}",
        Look.rule(),
        do,
        lambda sent: _ask_look(id, sent),
        lambda done: url_for("parties.show", party=id),
        said=lambda done: gettext("Confirmed: letters and checks rely on it from now on."),
    )


# --- what its forms have in common -----------------------------------------------------------------------------------


def form_of(
    db: Connection,
    actor: Actor,
    name: str,
    form: type[Form],
    *,
    sent: Sent | None,
    known: JsonMapping | None = None,
    revision: int | None = None,
    sources: Mapping[str, str] | None = None,
) -> FormView:
    view = kept_form(
        db, actor, name, form.rule(), own_texts(form), sent=sent, values=known, sources=sources, revision=revision
    )
    return with_countries(view)


def form_page(
    title: str, form: FormView, sent: Sent | None, *, do: str, back: str, under: str = "", **more: Any
) -> Response:
    crumbs: list[tuple[str, str]] = [(gettext("Organisations"), url_for("parties.index"))]
    return page_with_form(
        "catalogue/organisation_form.html",
        sent,
        title=title,
        under=[under],
        form=form,
        do=do,
        back=back,
        crumbs=[*crumbs, (under, back)] if under else crumbs,
        **{"named": "", "consequence": "", "irreversible": False} | more,
    )


def checked(form: type[Form], data: JsonMapping) -> JsonObject:
    rules = form.rule()
    return check(build_model(form.__name__, rules), rules, data, clock().office_today)


__all__ = ["LABELS", "blueprint"]
