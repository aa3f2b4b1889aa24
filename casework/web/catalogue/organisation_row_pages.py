"""The contacts and the owners of an organisation: enter one, change one, take one out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.engine.case_objects.organisations import EDITORS, LANGUAGES, OWNER_KINDS
from casework.engine.definition.forms import Choice, Form, Note, Number, Text
from casework.errors import NotFound
from casework.json_values import JsonObject
from casework.operations.catalogue import organisation_queries as queries
from casework.operations.catalogue import organisations
from casework.operations.catalogue.contact_merging import merge_contacts
from casework.operations.core.idempotency import Done, Request
from casework.permissions.actors import Actor
from casework.web.catalogue.organisation_pages import checked, form_of, form_page
from casework.web.catalogue.organisation_words import KINDS_OF_OWNERS, WRITTEN_IN
from casework.web.shell.countries import COUNTRIES
from casework.web.shell.i18n import N_
from casework.web.shell.sent_forms import Sent, answer
from casework.web.shell.session import page_transaction

blueprint = Blueprint("party_rows", __name__)


class Contact(Form):
    name = Text(label=N_("Full name"), max=300)
    role = Text(label=N_("What the person does there"), max=200, required=False)
    email = Text(label=N_("E-mail"), max=200, required=False)
    telephone = Text(label=N_("Telephone"), max=60, required=False)
    language = Choice(label=N_("Language of letters"), choices={code: WRITTEN_IN[code] for code in LANGUAGES})


class NewContact(Contact):
    source = Text(label=N_("Who gave it to you"), max=300, help=N_("A call, a business card, or their website."))


class ChangedContact(Contact):
    reason = Note(label=N_("Why it changes"))


class MergedContact(Form):
    """Of which other contact this is a second entry; the choices are those of the organisation."""

    reason = Note(label=N_("Why they are one person"))


class Owner(Form):
    name = Text(label=N_("Name of the owner"), max=300)
    kind = Choice(label=N_("Who the owner is"), choices={code: KINDS_OF_OWNERS[code] for code in OWNER_KINDS})
    country = Choice(label=N_("Country or region"), choices={code: code for code in COUNTRIES}, required=False)
    share = Number(
        label=N_("Share in per cent"), required=False, min="0", max="100", help=N_("Owners above 25 per cent.")
    )


class NewOwner(Owner):
    source = Text(label=N_("Where you looked it up"), max=300, help=N_("The company register, a licence, or a call."))


class ChangedOwner(Owner):
    reason = Note(label=N_("Why it changes"))


class TakenOut(Form):
    reason = Note(label=N_("Why it is taken out"))


@dataclass(frozen=True)
class Said:
    """The forms of a contact or an owner, and what is said about them."""

    new: type[Form]
    changed: type[Form]
    enter: str
    change: str
    remove: str


SAID: Mapping[str, Said] = {
    "contacts": Said(
        NewContact, ChangedContact, N_("Enter a contact"), N_("Change the contact"), N_("Take the contact out")
    ),
    "owners": Said(NewOwner, ChangedOwner, N_("Enter an owner"), N_("Change the owner"), N_("Take the owner out")),
}


@dataclass(frozen=True)
class Row:
    """What a form is about: one of an organisation's contacts or owners, or a new one."""

    organisation: str
    what: str
    id: str | None = None
    gone: bool = False

    @property
    def form(self) -> type[Form]:
        if self.gone:
            return TakenOut
        return SAID[self.what].changed if self.id else SAID[self.what].new

    @property
    def title(self) -> str:
        said = SAID[self.what]
        return gettext(said.remove if self.gone else said.change if self.id else said.enter)

    @property
    def draft(self) -> str:
        return f"organisation:{self.organisation}:{self.what}:{self.id or 'new'}{':out' if self.gone else ''}"

    @property
    def back(self) -> str:
        return url_for("parties.show", party=self.organisation, _anchor=self.what)


def _ask(row: Row, sent: Sent | None = None) -> Response:
    with page_transaction() as (db, actor):
        one = queries.show_organisation(db, actor, row.organisation)
        organisations.insist_home(db, actor, row.organisation, EDITORS)
        known = _known(one, row) if row.id else None
        seq = organisations.read_seq(db, row.organisation)
        form = form_of(db, actor, row.draft, row.form, known=known, sent=sent, revision=seq)
    named = known["name"] if known and row.gone else ""
    return form_page(row.title, form, sent, do=row.title, back=row.back, under=one.name, named=named)


def _known(one: Any, row: Row) -> JsonObject:
    """What is recorded of it. Raises NotFound."""
    for kept in getattr(one, row.what):
        if kept.id == row.id:
            names = [rule["name"] for rule in SAID[row.what].new.rule() if rule["name"] != "source"]
            return {name: value for name in names if (value := getattr(kept, name)) is not None}
    raise NotFound


def _answer(row: Row) -> BaseResponse:
    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        given = checked(row.form, data)
        common: dict[str, Any] = {"seen": revision, "request": key}
        if row.gone and row.id:
            reason = given["reason"]
            return organisations.remove_row(db, actor, row.organisation, row.what, row.id, reason=reason, **common)
        words = {name: given.pop(name, None) for name in ("source", "reason")}
        names = organisations.ROWS[row.what].fields
        # What the form holds no longer is emptied.
        fields = {name: given.get(name) for name in names} if row.id else given
        return organisations.keep_row(db, actor, row.organisation, row.what, row.id, fields=fields, **words, **common)

    return answer(
        row.draft,
        row.form.rule(),
        do,
        lambda sent: _ask(row, sent),
        lambda done: row.back,
        said=lambda done: gettext("Recorded."),
    )


# --- one person entered twice ----------------------------------------------------------------------------------------


def _merging(row: Row) -> tuple[type[Form], Any, Any]:
    """The form, the organisation, and the contact that goes. Raises NotFound where it is there no more."""
    with page_transaction() as (db, actor):
        one = queries.show_organisation(db, actor, row.organisation)
        organisations.insist_home(db, actor, row.organisation, EDITORS)
    contact = next((kept for kept in one.contacts if kept.id == row.id), None)
    if contact is None:
        raise NotFound
    others = {
        kept.id: " · ".join(filter(None, (kept.name, kept.role, kept.email)))
        for kept in one.contacts
        if kept != contact
    }
    asked = {"into": Choice(label=N_("The contact that stays"), choices=others)}
    return type("Merging", (MergedContact,), asked) if others else MergedContact, one, contact


def _ask_merging(row: Row, sent: Sent | None = None) -> Response:
    asked, one, contact = _merging(row)
    with page_transaction() as (db, actor):
        seq = organisations.read_seq(db, row.organisation)
        form = form_of(db, actor, f"{row.draft}:merge", asked, sent=sent, revision=seq)
    title = gettext("Merge the contact into another")
    return form_page(title, form, sent, do=title, back=row.back, under=one.name, named=contact.name)


@blueprint.get("/organisations/<uuid:party>/contacts/<uuid:contact>/merge")
def ask_merging(party: UUID, contact: UUID) -> Response:
    return _ask_merging(Row(str(party), "contacts", str(contact)))


@blueprint.post("/organisations/<uuid:party>/contacts/<uuid:contact>/merge")
def merge(party: UUID, contact: UUID) -> BaseResponse:
    row = Row(str(party), "contacts", str(contact))
    asked, _, _ = _merging(row)

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        given = checked(asked, data)
        return merge_contacts(
            db,
            actor,
            row.organisation,
            str(contact),
            into=given.get("into") or "",
            reason=given["reason"],
            seen=revision,
            request=key,
        )

    return answer(
        f"{row.draft}:merge",
        asked.rule(),
        do,
        lambda sent: _ask_merging(row, sent),
        lambda done: row.back,
        said=lambda done: gettext("The two contacts are one."),
    )


_ROWS = "/organisations/<uuid:party>/<any(contacts, owners):what>"


@blueprint.get(f"{_ROWS}/new")
def new_row(party: UUID, what: str) -> Response:
    return _ask(Row(str(party), what))


@blueprint.post(f"{_ROWS}/new")
def add_row(party: UUID, what: str) -> BaseResponse:
    return _answer(Row(str(party), what))


@blueprint.get(f"{_ROWS}/<uuid:row>")
def show_row(party: UUID, what: str, row: UUID) -> Response:
    return _ask(Row(str(party), what, str(row)))


@blueprint.post(f"{_ROWS}/<uuid:row>")
def change_row(party: UUID, what: str, row: UUID) -> BaseResponse:
    return _answer(Row(str(party), what, str(row)))


@blueprint.get(f"{_ROWS}/<uuid:row>/remove")
def ask_out(party: UUID, what: str, row: UUID) -> Response:
    return _ask(Row(str(party), what, str(row), gone=True))


@blueprint.post(f"{_ROWS}/<uuid:row>/remove")
def take_out(party: UUID, what: str, row: UUID) -> BaseResponse:
    return _answer(Row(str(party), what, str(row), gone=True))
