"""Whoever leaves: what hangs on the person, and the cases handed over one by one, with a result for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, make_response, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from casework import reasons
from casework.engine.roles import Role
from casework.errors import CaseworkError, InvalidForm
from casework.operations.core.idempotency import Request
from casework.operations.people import offboarding
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import say, say_error
from casework.web.shell.kept_forms import drop_kept, kept_form
from casework.web.shell.session import only, only_show, page_transaction

blueprint = Blueprint("leavers", __name__, url_prefix="/team")


@dataclass(frozen=True)
class Outcome:
    """What became of one case: nothing in `why` where it was handed over."""

    number: str
    why: str = ""


@blueprint.get("/<uuid:person>")
@only(Role.SUPERVISOR)
def show(person: UUID) -> str:
    return _show(str(person), {}, [])


def _show(person: str, faults: Mapping[str, str], outcomes: list[Outcome]) -> str:
    with page_transaction() as (db, actor):
        leaver = offboarding.show_leaver(db, actor, person)
        draft = kept_form(db, actor, f"leaver:{person}")
    everybody = {successor.id: successor for case in leaver.cases for successor in case.successors}
    return render_template(
        "people/offboarding.html",
        one=leaver,
        faults=faults,
        outcomes=outcomes,
        draft=draft,
        everybody=list(everybody.values()),
        done=sum(not outcome.why for outcome in outcomes),
        most=offboarding.MOST,
        why_not={case.number: say(case.why_not) for case in leaver.cases if case.why_not},
    )


@blueprint.post("/<uuid:person>")
@only(Role.SUPERVISOR)
def take_over(person: UUID) -> Response:
    id, asked = str(person), read_request()
    note = request.form.get("note", "").strip()
    chosen = request.form.getlist("case")[: offboarding.MOST]
    faults = {}
    if not chosen:
        faults["case"] = gettext("Choose at least one case.")
    if not note and any(not request.form.get(f"note-{number}", "").strip() for number in chosen):
        faults["note"] = say(reasons.fields.UNANSWERED)
    if faults:
        only_show()
        return make_response(_show(id, faults, []), 422)
    outcomes = [_one(id, number, note, asked) for number in chosen]
    if not any(outcome.why for outcome in outcomes):
        with page_transaction() as (db, actor):
            drop_kept(db, actor)
    only_show()
    return make_response(_show(id, {}, outcomes))


def _one(person: str, number: str, note: str, asked: Request) -> Outcome:
    """One case in a transaction of its own: what refuses it keeps no other from being handed over."""
    successor = request.form.get(f"successor-{number}") or request.form.get("successor") or None
    words = request.form.get(f"note-{number}", "").strip() or note
    try:
        with page_transaction(goes_on=True) as (db, actor):
            offboarding.take_over(
                db,
                actor,
                number,
                leaver=person,
                successor=successor,
                note=words,
                request=Request(f"{asked.key}.{number}", asked.digest),
            )
    except InvalidForm as refusal:
        return Outcome(number, "; ".join(say(why) for why in refusal.fields.values()))
    except CaseworkError as refusal:
        return Outcome(number, say_error(refusal))
    return Outcome(number)


__all__ = ["blueprint"]
