"""The screening of an organisation and of its owners above 25 per cent, recorded for all cases of the programme."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.engine.case_objects.organisations import SCREENERS
from casework.engine.definition.forms import Choice, Date, Form, Note, Text
from casework.json_values import JsonObject
from casework.operations.catalogue import organisation_queries as queries
from casework.operations.catalogue import organisations, screenings
from casework.operations.core.idempotency import Done, Request
from casework.permissions.actors import Actor
from casework.web.catalogue.organisation_pages import checked, form_of, form_page
from casework.web.shell.form_actions import Sent, answer
from casework.web.shell.i18n import N_
from casework.web.shell.layout import clock
from casework.web.shell.screening_words import RESULTS
from casework.web.shell.session import page_transaction

blueprint = Blueprint("party_screenings", __name__)

_OWNER = "owner_"


class Screening(Form):
    result = Choice(label=N_("Result for the organisation"), choices=RESULTS)
    checked_on = Date(label=N_("Checked on"), past=True)
    lists = Text(label=N_("Lists and their versions"), max=500)
    evidence = Text(
        label=N_("Where the extract is filed, or what it says"),
        max=500,
        help=N_("A file’s place, or the number of the query."),
    )
    valid_until = Date(label=N_("Holds until"), help=N_("Cases rely on it up to that day; a year at most."))
    finding = Note(label=N_("What was found"), required=False, help=N_("Needed where somebody stands on a list."))


def _form(owners: list[Any]) -> type[Form]:
    """The form with one question for each owner on record."""
    asked = {
        f"{_OWNER}{n}": Choice(label=owner.name, choices=RESULTS, help=N_("An owner above 25 per cent."))
        for n, owner in enumerate(owners)
    }
    return type("ScreeningOf", (Screening,), asked) if asked else Screening


def _ask(organisation: str, sent: Sent | None = None) -> Response:
    with page_transaction() as (db, actor):
        one = queries.show_organisation(db, actor, organisation)
        organisations.insist_home(db, actor, organisation, SCREENERS)
        today = clock().office_today
        known = {"checked_on": today.isoformat(), "valid_until": screenings.usual_end(today).isoformat()}
        seq = organisations.read_seq(db, organisation)
        form = form_of(db, actor, _draft(organisation), _form(one.owners), known=known, sent=sent, revision=seq)
    title = gettext("Record a screening")
    return form_page(title, form, sent, do=title, back=_back(organisation), under=one.name)


def _draft(organisation: str) -> str:
    return f"organisation:{organisation}:screening"


def _back(organisation: str) -> str:
    return url_for("parties.show", party=organisation, _anchor="screenings")


@blueprint.get("/organisations/<uuid:party>/screenings/new")
def new(party: UUID) -> Response:
    return _ask(str(party))


@blueprint.post("/organisations/<uuid:party>/screenings/new")
def add(party: UUID) -> BaseResponse:
    id = str(party)
    with page_transaction() as (db, actor):
        owners = queries.show_organisation(db, actor, id).owners
    form = _form(owners)

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        given = checked(form, data)
        said = {owner.id: given.pop(f"{_OWNER}{n}", "") for n, owner in enumerate(owners)}
        return screenings.record_screening(db, actor, id, fields=given, owners=said, seen=revision, request=key)

    return answer(
        _draft(id),
        form.rule(),
        do,
        lambda sent: _ask(id, sent),
        lambda done: _back(id),
        said=lambda done: gettext("Recorded: the cases of this organisation rely on it until it runs out."),
    )


__all__ = ["blueprint"]
