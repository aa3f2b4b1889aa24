"""The administrator's pages of organisations, programmes and their phases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from casework import reasons
from casework.engine.case_objects.countries import is_country
from casework.engine.roles import Role
from casework.errors import InvalidForm, NotFound
from casework.operations.core.i18n import SERVICES
from casework.operations.core.idempotency import Done, Request
from casework.operations.people import lists
from casework.operations.people import queries as people_queries
from casework.operations.people import service as people
from casework.operations.people.administrator_checks import insist_administers
from casework.operations.people.programme_copies import copy_programme
from casework.permissions.actors import Actor
from casework.reasons import Why
from casework.web.people.administration_forms import (
    LANGUAGES,
    do_or_ask_again,
    insist_typed,
    typed,
    typed_day,
    typed_or_none,
)
from casework.web.shell.countries import countries
from casework.web.shell.i18n import N_, name_of
from casework.web.shell.kept_forms import kept_form, kept_forms
from casework.web.shell.session import only, page_transaction

blueprint = Blueprint("organisations", __name__, url_prefix="/administration")

KINDS = {
    "company": N_("company"), "institution": N_("institution"), "government": N_("government office"),
    "association": N_("association"), "provider": N_("provider of services"), "other": N_("other"),
}  # fmt: skip
CALENDARS = {"china": N_("China's public holidays"), "monday_to_friday": N_("Monday to Friday, without holidays")}


@blueprint.get("/organisations")
@only(Role.ADMINISTRATOR)
def index() -> str:
    cursor = request.args.get("cursor")
    with page_transaction() as (db, actor):
        listing = lists.list_organisations(db, actor, cursor=cursor)
    return render_template(
        "people/organisations.html",
        items=listing.items,
        kinds=KINDS,
        services=SERVICES,
        next_url=url_for("organisations.index", cursor=listing.next) if listing.next else "",
        first_url=url_for("organisations.index") if cursor else "",
    )


@blueprint.get("/organisations/new")
@only(Role.ADMINISTRATOR)
def new() -> str:
    return _new_organisation({})


#: The services that a provider can take referrals for.
OFFERED = ("assessment", "ip", "pledge", "finance", "agreement", "deployment", "mediation", "verification")


def _new_organisation(faults: Mapping[str, str]) -> str:
    services = {code: SERVICES[code] for code in OFFERED}
    with page_transaction() as (db, actor):
        draft = kept_form(db, actor, "organisation.new")
        mine = people_queries.own_programmes(actor)
        homes = [(one.id, name_of(one)) for one in lists.list_programmes(db, actor).items if one.id in mine]
    return render_template(
        "people/new_organisation.html",
        faults=faults,
        kinds=KINDS,
        services=services,
        languages=LANGUAGES,
        countries=countries(),
        draft=draft,
        homes=homes,
    )


@blueprint.post("/organisations/new")
@only(Role.ADMINISTRATOR)
def add() -> Response:
    def do(db: Connection, actor: Actor, asked: Request) -> Done:
        insist_typed("name", "kind")
        services = request.form.getlist("services")
        country = typed("country").upper()
        faults: dict[str, Why] = {}
        if typed("kind") not in KINDS:
            faults["kind"] = reasons.fields.NOT_A_CHOICE
        if set(services) - set(OFFERED):
            faults["services"] = reasons.fields.NOT_A_CHOICE
        if country and not is_country(country):
            faults["country"] = reasons.fields.NO_COUNTRY
        if typed("language") not in LANGUAGES:
            faults["language"] = reasons.fields.NOT_A_CHOICE
        if faults:
            raise InvalidForm(fields=faults)
        return people.create_organisation(
            db,
            actor,
            name=typed("name")[:200],
            name_zh=typed_or_none("name_zh"),
            country=country or None,
            kind=typed("kind"),
            services=services,
            register_number=typed_or_none("register_number"),
            language=typed("language"),
            programme=typed_or_none("programme"),
            request=asked,
        )

    return do_or_ask_again(
        do,
        _new_organisation,
        lambda done: url_for("organisations.show", organisation=done.answer["id"]),
        gettext("The organisation is there. Give its people their roles next."),
    )


@blueprint.get("/organisations/<uuid:organisation>")
@only(Role.ADMINISTRATOR)
def show(organisation: Any) -> str:
    with page_transaction() as (db, actor):
        shown = people_queries.show_organisation(db, actor, str(organisation))
    return render_template("people/organisation.html", one=shown, kinds=KINDS, services=SERVICES, languages=LANGUAGES)


# --- programmes ----------------------------------------------------------------------------------------


@blueprint.get("/programmes")
@only(Role.ADMINISTRATOR)
def programmes() -> str:
    return _programmes({})


def _programmes(faults: Mapping[str, str]) -> str:
    with page_transaction() as (db, actor):
        items = lists.list_programmes(db, actor).items
        mine = people_queries.own_programmes(actor)
        drafts = kept_forms(db, actor, ["programme.new", *(f"phase.new:{id}" for id in mine)])
    return render_template(
        "people/programmes.html", items=items, mine=mine, faults=faults, calendars=CALENDARS, drafts=drafts
    )


@blueprint.post("/programmes")
@only(Role.ADMINISTRATOR)
def add_programme() -> Response:
    def do(db: Connection, actor: Actor, asked: Request) -> Done:
        insist_typed("code", "name")
        return people.create_programme(
            db,
            actor,
            code=typed("code"),
            name=typed("name")[:200],
            name_zh=typed_or_none("name_zh"),
            calendar=typed("calendar") if typed("calendar") in CALENDARS else "",
            request=asked,
        )

    return do_or_ask_again(
        do,
        _programmes,
        lambda _: url_for("organisations.programmes"),
        gettext("The programme is there. You administer it."),
    )


@blueprint.get("/programmes/<uuid:programme>/copy")
@only(Role.ADMINISTRATOR)
def ask_copy(programme: Any) -> str:
    return _copy_form(str(programme), {})


def _copy_form(programme: str, faults: Mapping[str, str]) -> str:
    with page_transaction() as (db, actor):
        insist_administers(actor, programme)
        one = next(item for item in lists.list_programmes(db, actor).items if item.id == programme)
        draft = kept_form(db, actor, f"programme.copy:{programme}")
    return render_template("people/copy_programme.html", one=one, faults=faults, draft=draft)


@blueprint.post("/programmes/<uuid:programme>/copy")
@only(Role.ADMINISTRATOR)
def copy(programme: Any) -> Response:
    id = str(programme)

    def do(db: Connection, actor: Actor, asked: Request) -> Done:
        insist_administers(actor, id)
        insist_typed("code", "name")
        if request.form.get("sure") != "yes":
            raise InvalidForm(fields={"sure": reasons.fields.TICK_THE_BOX})
        name, name_zh = typed("name")[:200], typed_or_none("name_zh")
        return copy_programme(db, actor, id, code=typed("code"), name=name, name_zh=name_zh, request=asked)

    return do_or_ask_again(
        do,
        lambda faults: _copy_form(id, faults),
        lambda done: url_for("programme_settings.show", programme=done.answer["id"]),
        gettext("The programme is there, with these settings. You administer it; give its people their roles next."),
    )


@blueprint.post("/programmes/<uuid:programme>/phases")
@only(Role.ADMINISTRATOR)
def add_phase(programme: Any) -> Response:
    id = str(programme)

    def do(db: Connection, actor: Actor, asked: Request) -> Done:
        if not actor.in_programme(id, (Role.ADMINISTRATOR,)):
            raise NotFound("programme")
        insist_typed("phase_name", "starts_on")
        begin = typed_day("starts_on")
        assert begin is not None
        try:
            return people.create_phase(
                db,
                actor,
                id,
                name=typed("phase_name")[:200],
                name_zh=typed_or_none("phase_name_zh"),
                starts_on=begin,
                ends_on=typed_day("ends_on"),
                request=asked,
            )
        except InvalidForm as refusal:
            raise InvalidForm(
                {"phase_name" if name == "name" else name: why for name, why in refusal.fields.items()}
            ) from None

    def again(faults: Mapping[str, str]) -> str:
        return _programmes({f"{id}.{name}": why for name, why in faults.items()})

    return do_or_ask_again(do, again, lambda _: url_for("organisations.programmes"), gettext("The phase is added."))
