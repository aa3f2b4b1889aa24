"""Programmes, organisations, people and their roles."""

from __future__ import annotations

from flask import current_app

from casework.api.people import schemas
from casework.api.protocol import fields
from casework.api.protocol import schemas as shared
from casework.api.protocol.encryption import secret_box
from casework.api.protocol.routes import Call, Route, get, post
from casework.api.protocol.schemas import text_of
from casework.json_values import JsonObject
from casework.operations.core.idempotency import Done
from casework.operations.core.paging import Page
from casework.operations.people import (
    administrator_checks,
    letterheads,
    lists,
    offboarding,
    programme_copies,
    public_catalogues,
)
from casework.operations.people import service as people
from casework.operations.people.views import AccountRow, Leaver, Organisation, PersonRow, Programme, ProgrammeSettings


def list_programmes(call: Call) -> Page[Programme]:
    return lists.list_programmes(call.db, call.actor)


def list_organisations(call: Call) -> Page[Organisation]:
    asked = call.query
    return lists.list_organisations(
        call.db, call.actor, service=asked.service, words=asked.words, cursor=asked.cursor, limit=asked.limit
    )


def list_people(call: Call) -> Page[PersonRow | AccountRow]:
    return lists.list_people(call.db, call.actor, cursor=call.query.cursor, limit=call.query.limit)


def create_programme(call: Call) -> Done:
    return people.create_programme(call.db, call.actor, **_fields(call), request=call.request)


def copy_programme(call: Call) -> Done:
    administrator_checks.insist_administers(call.actor, call.path["programme"])
    return programme_copies.copy_programme(
        call.db, call.actor, call.path["programme"], **_fields(call), request=call.request
    )


def create_phase(call: Call) -> Done:
    return people.create_phase(call.db, call.actor, call.path["programme"], **_fields(call), request=call.request)


def show_settings(call: Call) -> ProgrammeSettings:
    return letterheads.show_settings(call.db, call.actor, call.path["programme"])


def set_letterhead(call: Call) -> Done:
    fields = _fields(call)
    reason, seen = fields.pop("reason"), fields.pop("seen")
    return letterheads.set_letterhead(
        call.db, call.actor, call.path["programme"], fields=fields, reason=reason, seen=seen, request=call.request
    )


def set_catalogue(call: Call) -> Done:
    fields = _fields(call)
    reason, seen = fields.pop("reason"), fields.pop("seen")
    return public_catalogues.set_catalogue(
        call.db, call.actor, call.path["programme"], fields=fields, reason=reason, seen=seen, request=call.request
    )


def create_organisation(call: Call) -> Done:
    return people.create_organisation(call.db, call.actor, **_fields(call), request=call.request)


def create_person(call: Call) -> Done:
    return people.create_person(
        call.db, call.actor, secret_box(), **_fields(call), mailing=current_app.config["MAILING"], request=call.request
    )


def send_link(call: Call) -> Done:
    mailing = current_app.config["MAILING"]
    return people.send_link(call.db, call.actor, secret_box(), call.path["person"], call.request, mailing=mailing)


def reopen_person(call: Call) -> Done:
    mailing = current_app.config["MAILING"]
    return people.reopen_person(call.db, call.actor, secret_box(), call.path["person"], call.request, mailing=mailing)


def create_membership(call: Call) -> Done:
    body = call.body
    return people.create_membership(
        call.db,
        call.actor,
        person=str(body.person),
        role=body.role,
        programme=text_of(body.programme),
        organisation=text_of(body.organisation),
        deputy_for=text_of(body.deputy_for),
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        request=call.request,
    )


def end_membership(call: Call) -> Done:
    return people.end_membership(call.db, call.actor, call.path["membership"], call.request)


def deactivate_person(call: Call) -> Done:
    return people.deactivate_person(call.db, call.actor, call.path["person"], call.request, at_once=call.body.at_once)


def show_leaver(call: Call) -> Leaver:
    return offboarding.show_leaver(call.db, call.actor, call.path["person"])


def _fields(call: Call) -> JsonObject:
    return {name: getattr(call.body, name) for name in type(call.body).model_fields}


ROUTES: tuple[Route, ...] = (
    get("/programmes", list_programmes, "List your programmes and their phases", schemas.ProgrammePage),
    post("/programmes", create_programme, "Make a programme", shared.Made, body=schemas.NewProgramme, status=201, scope="admin"),
    post("/programmes/{programme}/copy", copy_programme, "Make a programme that begins with the settings of another", shared.Made,
        body=schemas.CopiedProgramme, status=201, scope="admin"),
    post("/programmes/{programme}/phases", create_phase, "Add a phase to a programme", shared.Made, body=schemas.NewPhase,
        status=201, scope="admin"),
    get("/programmes/{programme}/settings", show_settings, "Show what a programme has set for itself",
        schemas.ProgrammeSettings),
    post("/programmes/{programme}/settings/letterhead", set_letterhead, "Set what letters have above and below their words",
        schemas.LetterheadMade, body=schemas.NewLetterhead),
    post("/programmes/{programme}/settings/catalogue", set_catalogue, "Show what is published to whoever has no account, or stop",
        schemas.LetterheadMade, body=schemas.NewCatalogue),
    get("/organisations", list_organisations, "List organisations", schemas.OrganisationPage, query=schemas.OrganisationQuery),
    post("/organisations", create_organisation, "Make an organisation", shared.Made, body=schemas.NewOrganisation, status=201,
        scope="admin"),
    get("/people", list_people, "List the people that you work with", schemas.PersonPage, query=fields.Paged, noun="person"),
    post("/people/{person}/link", send_link, "Make a new link for somebody who has set no password yet", schemas.AccountMade,
        scope="admin", noun="person"),
    post("/people/{person}/reopen", reopen_person, "Open a closed account again, without a role", schemas.AccountMade,
        scope="admin", noun="person"),
    post("/people", create_person, "Make an account; its person sets the password by a link", schemas.AccountMade,
        body=schemas.NewPerson, status=201, scope="admin", noun="person"),
    post("/people/{person}/deactivate", deactivate_person, "Close an account: its tokens, sessions and roles end", shared.Made,
        body=schemas.Leaving, scope="admin", noun="person"),
    get("/people/{person}/leaving", show_leaver, "Show what hangs on somebody in the programmes that you supervise",
        schemas.Leaver, noun="person"),
    post("/memberships", create_membership, "Give a person a role, or ask for one to which a second person must agree",
        schemas.MembershipMade, body=schemas.NewMembership, status=201, scope="admin", noun="programme"),
    post("/memberships/{membership}/end", end_membership, "End a role", shared.Made, body=schemas.Ending, scope="admin", noun="membership"),
)  # fmt: skip
