"""Whether a programme shows its catalogue to whoever has no account, and where its office is asked: the form by which that is set."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.engine.case_objects.letterheads import READERS
from casework.engine.case_objects.public_catalogues import FIELDS, MOST
from casework.engine.definition.form_values import build_model, check
from casework.engine.definition.forms import Form, Note, Text, YesNo
from casework.json_values import JsonObject
from casework.operations.core.idempotency import Done, Request
from casework.operations.people import letterheads, public_catalogues
from casework.operations.people.views import ProgrammeSettings
from casework.permissions.actors import Actor
from casework.web.shell.forms import own_texts
from casework.web.shell.i18n import N_
from casework.web.shell.layout import clock
from casework.web.shell.sent_forms import Sent, answer, kept_form, page_with_form
from casework.web.shell.session import only, page_transaction

blueprint = Blueprint("public_catalogue", __name__, url_prefix="/programmes")


class CatalogueForm(Form):
    """Whether the catalogue is shown in public, and whom its readers ask."""

    open = YesNo(
        label=N_("Show the catalogue in public"),
        help=N_("With “Yes” everybody reads what is published of needs and technologies, without an account."),
    )
    results = YesNo(
        label=N_("Show results and success stories in public"),
        required=False,
        help=N_("With “Yes” everybody reads the stories of cases to which both parties have agreed."),
    )
    contact = Note(
        label=N_("Where your office is asked"),
        max=MOST,
        required=False,
        help=N_("Address, telephone, hours: it stands below every record. An office, not a person."),
    )
    contact_zh = Note(label=N_("The same in Chinese"), max=MOST, required=False)
    email = Text(label=N_("E-mail of the office"), max=254, required=False)


class ChangedCatalogueForm(CatalogueForm):
    """The same where something was set before."""

    reason = Note(label=N_("Why"))


LABELS = {rule["name"]: CatalogueForm.texts()[f"{rule['name']}.label"] for rule in CatalogueForm.rule()}


def _asked(shown: ProgrammeSettings) -> type[CatalogueForm]:
    """What is asked: why, too, where something stands there already."""
    return ChangedCatalogueForm if shown.catalogue.version else CatalogueForm


def facts_of(shown: ProgrammeSettings) -> list[tuple[str, str]]:
    """What is set, by its labels."""
    said = {name: getattr(shown.catalogue, name) or "" for name in FIELDS}
    for name in ("open", "results"):
        said[name] = gettext("yes") if getattr(shown.catalogue, name) else gettext("no")
    return [(gettext(LABELS[name]), said[name]) for name in FIELDS]


def _draft(programme: str) -> str:
    return f"public_catalogue:{programme}"


@blueprint.get("/<uuid:programme>/settings/catalogue")
@only(*READERS)
def ask(programme: UUID) -> Response:
    return _form(str(programme), None)


def _form(programme: str, sent: Sent | None) -> Response:
    with page_transaction() as (db, actor):
        letterheads.insist_sets(actor, programme)
        shown = letterheads.show_settings(db, actor, programme)
        asked = _asked(shown)
        known: JsonObject = {name: value for name in FIELDS if (value := getattr(shown.catalogue, name)) is not None}
        form = kept_form(
            db,
            actor,
            _draft(programme),
            asked.rule(),
            own_texts(asked),
            values=known,
            sent=sent,
            revision=shown.catalogue.version,
        )
    return page_with_form("people/public_catalogue_form.html", sent, one=shown, form=form)


@blueprint.post("/<uuid:programme>/settings/catalogue")
@only(*READERS)
def set_catalogue(programme: UUID) -> BaseResponse:
    id = str(programme)
    with page_transaction() as (db, actor):
        asked = _asked(letterheads.show_settings(db, actor, id))
    rules = asked.rule()

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        letterheads.insist_sets(actor, id)
        given = check(build_model(asked.__name__, rules), rules, data, clock().office_today)
        reason = given.pop("reason", None)
        return public_catalogues.set_catalogue(db, actor, id, fields=given, reason=reason, seen=revision, request=key)

    return answer(
        _draft(id),
        rules,
        do,
        lambda sent: _form(id, sent),
        lambda done: url_for("programme_settings.show", programme=id) + "#catalogue",
        said=lambda done: gettext("It is set. The public pages follow within a minute."),
    )


__all__ = ["LABELS", "blueprint", "facts_of"]
