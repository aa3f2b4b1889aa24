"""Who is away, and who stands in meanwhile: one's own, and for those who lead a programme or an organisation on behalf."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from casework import reasons
from casework.errors import CasesStranded, InvalidForm, WrongState
from casework.operations.core.views import NamedInBoth
from casework.operations.people import absences
from casework.operations.people.views import AbsenceScope
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import name_of, say_error, say_faults
from casework.web.shell.kept_forms import drop_kept, kept_form
from casework.web.shell.session import only, page_transaction

blueprint = Blueprint("absences", __name__, url_prefix="/away")


@blueprint.get("")
@only(*absences.COVERED)
def index() -> str:
    return _index({})


def _index(faults: Mapping[str, str]) -> str:
    with page_transaction() as (db, actor):
        rows = absences.list_absences(db, actor).items
        offered = absences.absence_choices(db, actor)
        draft = kept_form(db, actor, "absence")
    several = len(offered) > 1
    whom = [(f"{scope.id} {enter.id}", _within(enter, scope, several)) for scope in offered for enter in scope.enters]
    # Oneself first: that is whom most enter.
    whom.sort(key=lambda pair: not pair[0].endswith(actor.person))
    # Nobody gives a role to themselves: neither to stand in for others nor for oneself.
    people = {
        person.id: _within(person, scope, several)
        for scope in offered
        for person in scope.people
        if person.id != actor.person
    }
    return render_template(
        "people/absences.html",
        rows=rows,
        whom=whom,
        substitutes=list(people.items()),
        faults=faults,
        me=actor.person,
        draft=draft,
    )


def _within(person: NamedInBoth, scope: AbsenceScope, several: bool) -> str:
    return f"{name_of(person)} · {name_of(scope)}" if several else name_of(person)


@blueprint.post("")
@only(*absences.COVERED)
def record() -> Response:
    try:
        scope, person = _ids("whom", 2)
        (substitute,) = _ids("substitute", 1)
        first, last = _day("first_day"), _day("last_day")
        with page_transaction() as (db, actor):
            absences.record_absence(
                db,
                actor,
                scope=scope,
                person=person,
                substitute=substitute,
                first_day=first,
                last_day=last,
                request=read_request(),
            )
            drop_kept(db, actor)
    except InvalidForm as refusal:
        faults = {"whom" if name == "person" else name: why for name, why in say_faults(refusal).items()}
        return make_response(_index(faults), 422)
    except CasesStranded as refusal:
        return make_response(_index({"": say_error(refusal), "stranded": "yes"}), 409)
    flash(
        gettext(
            "The absence is entered. On its days the substitute may act in the person's name, and it ends by itself."
        )
    )
    return redirect(url_for("absences.index"), 303)


@blueprint.post("/<uuid:absence>/end")
@only(*absences.COVERED)
def end(absence: UUID) -> Response:
    try:
        with page_transaction() as (db, actor):
            absences.end_absence(db, actor, str(absence), read_request())
    except WrongState as refusal:
        flash(say_error(refusal), "warn")
        return redirect(url_for("absences.index"), 303)
    flash(gettext("The absence has ended. What the substitute held in the person's name is free again."))
    return redirect(url_for("absences.index"), 303)


def _ids(name: str, count: int) -> list[str]:
    """The ids in a field. Raises InvalidForm."""
    given = request.form.get(name, "").split()
    if not given:
        raise InvalidForm(fields={name: reasons.fields.REQUIRED})
    try:
        ids = [str(UUID(value)) for value in given]
    except ValueError:
        ids = []
    if len(ids) != count:
        raise InvalidForm(fields={name: reasons.fields.NOT_A_CHOICE})
    return ids


def _day(name: str) -> date:
    given = request.form.get(name, "").strip()
    if not given:
        raise InvalidForm(fields={name: reasons.fields.REQUIRED})
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise InvalidForm(fields={name: reasons.fields.NO_DAY}) from None


__all__ = ["blueprint"]
