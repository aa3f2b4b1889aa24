"""What lies on an IP right and came of no case here: an officer enters it, corrects it in place, and ends it by a deed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.engine.case_objects.outside_burdens import from_outside
from casework.engine.definition.form_values import build_model, check
from casework.engine.definition.forms import Form
from casework.engine.execution.context import By
from casework.errors import InvalidForm, NotFound
from casework.json_values import JsonMapping, JsonObject
from casework.operations.catalogue import outside_burdens
from casework.operations.catalogue import service as catalogue
from casework.operations.catalogue.evidence import file_for_burden, insist_burden
from casework.operations.catalogue.ip_rights import editable as may_edit
from casework.operations.catalogue.right_history import read_seq
from casework.operations.catalogue.right_names import organisations_named
from casework.operations.catalogue.views import IpRight
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import calendar_of
from casework.operations.core.presenters import names_of
from casework.permissions.actors import Actor
from casework.web.catalogue.evidence_files import files_of, papers_of
from casework.web.catalogue.right_forms import Burden, BurdenCorrected, BurdenEnded, BurdenShown, rules_of, texts_of
from casework.web.catalogue.right_pages import blueprint
from casework.web.catalogue.right_record_pages import editable, show_form
from casework.web.documents.held import FilesOfForm
from casework.web.shell import layout
from casework.web.shell.layout import clock
from casework.web.shell.sent_forms import Sent, answer, kept_form
from casework.web.shell.session import page_transaction

__all__ = ["blueprint"]

#: What the form calls otherwise than the record.
_NAMES = {"uses": "fields", "first_day": "from", "last_day": "until", "recorded_number": "number"}
_ASKED = {recorded: asked for asked, recorded in _NAMES.items()}


@dataclass(frozen=True)
class Asked:
    """A form about what lies on a right: of a new one, or of one that is there."""

    right: str
    burden: str | None
    form: type[Form]
    title: str
    do: str

    @property
    def name(self) -> str:
        return f"right:{self.right}:{self.form.__name__}:{self.burden or 'new'}"

    def files(self) -> FilesOfForm:
        return files_of(self.right, self._home, self.name, self.form)

    def _home(self, db: Connection, actor: Actor) -> tuple[str, By]:
        if self.form is BurdenShown:
            return insist_burden(db, actor, self.right, self.burden or "")
        return may_edit(db, actor, self.right)

    def page(self, sent: Sent | None = None) -> Response:
        files = self.files()
        with page_transaction() as (db, actor):
            one = editable(db, actor, self.right)
            known = _known(db, one, self.burden) if self.burden is not None and self.form is not BurdenShown else {}
            if self.form is BurdenEnded:
                known = {"ended_on": clock().office_today.isoformat()}
            view = kept_form(
                db,
                actor,
                self.name,
                rules_of(self.form),
                texts_of(self.form),
                sent=sent,
                values=known,
                revision=read_seq(db, self.right),
            )
        return show_form(one, files.shown_in(view, sent), sent, self.title, self.do)

    def answered(
        self, do: Callable[[Connection, Actor, Request, int, JsonObject], Done], files: FilesOfForm, said: str
    ) -> BaseResponse:
        """What was sent is checked and done; faults come back under the names that the form has."""
        with page_transaction() as (db, actor):
            layout.use_calendar(calendar_of(db, catalogue.show_record(db, actor, IpRight, self.right).programme))

        def checked(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
            rules = rules_of(self.form)
            given = check(build_model(self.form.__name__, rules), rules, data, clock().office_today)
            try:
                return do(db, actor, key, revision, given)
            except InvalidForm as fault:
                raise InvalidForm(fields={_ASKED.get(name, name): why for name, why in fault.fields.items()}) from None

        return answer(
            self.name,
            rules_of(self.form),
            checked,
            self.page,
            lambda done: url_for("rights.show", right=self.right, _anchor="lies"),
            said=lambda done: said,
            files=files,
        )


def _known(db: Connection, one: IpRight, burden: str) -> JsonObject:
    """What the form shows of an encumbrance from outside that stands. Raises NotFound."""
    stood: Mapping[str, Any] | None = from_outside(one.encumbrances, burden)  # type: ignore[arg-type]  # rows of the column, as the fold writes them
    if stood is None:
        raise NotFound("encumbrance")
    told = {name: stood.get(_NAMES.get(name, name)) for name in (rule["name"] for rule in Burden.rule())}
    holder = stood.get("holder")
    return {name: value for name, value in told.items() if value} | (
        {"holder": names_of(db, set(), {holder}).get(holder, "")} if holder else {}
    )


def _values(db: Connection, actor: Actor, right: UUID, given: JsonMapping) -> JsonObject:
    """What was typed of an encumbrance, as it is recorded. Raises InvalidForm for a holder that is not known."""
    values = {
        _NAMES.get(name, name): given.get(name)
        for name in ("kind", "licence", "territories", "amount", "sublicence", *_NAMES)
        if name != "recorded_number"
    }
    if holder := given.get("holder"):
        programme = catalogue.show_record(db, actor, IpRight, str(right)).programme
        (values["holder"],) = organisations_named(db, programme, [holder], "holder")
    return values


# --- a new one -----------------------------------------------------------------------------------------------------------


def _new(right: UUID) -> Asked:
    title, do = gettext("Enter a pledge, licence or other encumbrance"), gettext("Enter the encumbrance")
    return Asked(str(right), None, Burden, title, do)


@blueprint.get("/rights/<uuid:right>/burdens/new")
def new_burden(right: UUID) -> Response:
    return _new(right).page()


@blueprint.post("/rights/<uuid:right>/burdens/new")
def add_burden(right: UUID) -> BaseResponse:
    asked = _new(right)
    files = asked.files()

    def do(db: Connection, actor: Actor, key: Request, revision: int, given: JsonObject) -> Done:
        return outside_burdens.enter_burden(
            db,
            actor,
            str(right),
            values=_values(db, actor, right, given),
            number=given.get("recorded_number"),
            source=given["source"],
            papers=papers_of(files),
            seen=revision,
            request=key,
        )

    return asked.answered(do, files, gettext("It is on record, and every check counts it."))


# --- one that is there ---------------------------------------------------------------------------------------------------


def _correction(right: UUID, burden: UUID) -> Asked:
    title, do = gettext("Correct what lies on the right"), gettext("Correct the encumbrance")
    return Asked(str(right), str(burden), BurdenCorrected, title, do)


@blueprint.get("/rights/<uuid:right>/burdens/<uuid:burden>/correct")
def correcting_burden(right: UUID, burden: UUID) -> Response:
    return _correction(right, burden).page()


@blueprint.post("/rights/<uuid:right>/burdens/<uuid:burden>/correct")
def correct_burden(right: UUID, burden: UUID) -> BaseResponse:
    asked = _correction(right, burden)
    files = asked.files()

    def do(db: Connection, actor: Actor, key: Request, revision: int, given: JsonObject) -> Done:
        return outside_burdens.correct_burden(
            db,
            actor,
            str(right),
            str(burden),
            values=_values(db, actor, right, given),
            number=given.get("recorded_number"),
            source=given["source"],
            papers=papers_of(files),
            reason=given["reason"],
            seen=revision,
            request=key,
        )

    return asked.answered(do, files, gettext("It is corrected in its place; the history keeps what it said before."))


def _end(right: UUID, burden: UUID) -> Asked:
    title, do = gettext("End what lies on the right"), gettext("Record the end")
    return Asked(str(right), str(burden), BurdenEnded, title, do)


@blueprint.get("/rights/<uuid:right>/burdens/<uuid:burden>/end")
def ending_burden(right: UUID, burden: UUID) -> Response:
    return _end(right, burden).page()


@blueprint.post("/rights/<uuid:right>/burdens/<uuid:burden>/end")
def end_burden(right: UUID, burden: UUID) -> BaseResponse:
    asked = _end(right, burden)
    files = asked.files()

    def do(db: Connection, actor: Actor, key: Request, revision: int, given: JsonObject) -> Done:
        return outside_burdens.end_burden(
            db,
            actor,
            str(right),
            str(burden),
            ended_on=given["ended_on"],
            source=given["source"],
            papers=papers_of(files),
            reason=given["reason"],
            seen=revision,
            request=key,
        )

    return asked.answered(do, files, gettext("Its end is on record; the right is free of it."))


def _more(right: UUID, burden: UUID) -> Asked:
    title = gettext("File what shows what lies on the right")
    return Asked(str(right), str(burden), BurdenShown, title, gettext("File the evidence"))


@blueprint.get("/rights/<uuid:right>/burdens/<uuid:burden>/evidence")
def showing_burden(right: UUID, burden: UUID) -> Response:
    return _more(right, burden).page()


@blueprint.post("/rights/<uuid:right>/burdens/<uuid:burden>/evidence")
def show_burden(right: UUID, burden: UUID) -> BaseResponse:
    asked = _more(right, burden)
    files = asked.files()

    def do(db: Connection, actor: Actor, key: Request, revision: int, given: JsonObject) -> Done:
        return file_for_burden(db, actor, str(right), str(burden), papers=papers_of(files), request=key)

    return asked.answered(do, files, gettext("The evidence is on file."))
