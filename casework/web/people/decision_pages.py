"""What one person asked for and a second one decides: a page for each, with what follows from either answer."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from casework.definitions import load_library
from casework.engine.definition.editions import Edition, TransitionRule
from casework.engine.execution.task_lifecycle import COMPLETE
from casework.engine.state.case import Case, Task, Track
from casework.errors import AlreadyTaken, InvalidForm, NotAllowed, NotFound, Refused, WrongState
from casework.json_values import JsonObject
from casework.operations.core.perform import calendar_of
from casework.operations.core.unread import look
from casework.operations.core.views import Named
from casework.operations.history import timeline
from casework.operations.tasks import service as tasks
from casework.operations.tasks.queries import read_task
from casework.permissions.visibility import Sight, sight
from casework.permissions.work import asked, operations
from casework.web.history.sentences import say_fields
from casework.web.shell import layout
from casework.web.shell.form_actions import Sent
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import N_, edition_text, role_name, say_error, say_faults
from casework.web.shell.session import page_transaction
from casework.web.shell.task_links import place_url, task_words
from casework.web.shell.values import service_name
from casework.web.tasks.next_action import say_done
from casework.web.tasks.operation_pages import menu, told

blueprint = Blueprint("decisions", __name__)

CONFIRM, REFUSE = "confirm", "refuse"
#: What an effect of a proposal, or of its refusal, does, as whoever decides must know it.
_EFFECTS = {
    "freeze": N_("Since it was asked for, nothing goes out of the case."),
    "thaw": N_("What has stood still since it was asked for goes on."),
}


@blueprint.get("/decisions/<uuid:task>")
def show(task: UUID) -> Response | str:
    return _show(str(task), None)


def _show(id: str, sent: Sent | None) -> Response | str:
    with page_transaction() as (db, actor):
        case, details = read_task(db, actor, id)
        # Where the second word is said of a referral, its provider sees the task and not what the office wrote.
        if details.type != "decision" or sight(actor, case) < Sight.ALL:
            raise NotFound("task")
        layout.use_calendar(calendar_of(db, case.programme))
        task = case.tasks.get(id)
        edition = load_library()[details.edition]
        allowed = operations(actor, case, task, edition) if task is not None else []
        standing = _standing(db, case, task, edition) if task is not None and task.open else None
        mine = task is not None and asked(actor, case, task)
        look(db, actor, case.log, details.referral if details.organisation else None)
    return render_template(
        "tasks/decide.html",
        one=details,
        place=place_url(details),
        sent=sent,
        standing=standing,
        decides=standing is not None and COMPLETE in allowed,
        mine=mine,
        told=told(details),
        menu=menu(details, allowed, without=("resume",)),
    )


def _standing(db: Connection, case: Case, task: Task, edition: Edition) -> JsonObject:
    """What was asked for, by whom, when and why, and what follows from either answer."""
    pending = case.proposals[str(task.of)]
    track = case.tracks[task.track]
    rule = next(transition for transition in edition.transitions if transition.name == pending.transition)
    entry = next(timeline.tell(db, case.log, {pending.seq}))
    return {
        "asker": entry.actor,
        "acting_for": entry.acting_for,
        "at": entry.at,
        "happened_on": entry.happened_on,
        "fields": say_fields(entry, load_library().editions),
        "roles": [role_name(role) for role in rule.confirm_by],
        "since": [gettext(_EFFECTS[effect]) for effect in rule.proposal_effects if effect in _EFFECTS],
        "confirmed": _if_confirmed(edition, rule, track),
        "refused": _if_refused(edition, rule, track, entry.actor),
    }


def _if_confirmed(edition: Edition, rule: TransitionRule, track: Track) -> list[str]:
    """Where it leads, and what is opened with it."""
    here = ", ".join(edition_text(edition, f"states.{leaf}") for leaf in track.states)
    if rule.target == "=same":
        consequences = [gettext("The case stays at “%(state)s”.", state=here)]
    elif rule.target == "=previous":
        consequences = [gettext("The case goes back to where it was before.")]
    else:
        consequences = [
            gettext(
                "The case goes from “%(here)s” to “%(there)s”.",
                here=here,
                there=edition_text(edition, f"states.{rule.target}"),
            )
        ]
    consequence = f"transitions.{rule.name}.consequence"
    if consequence in edition.texts and not rule.proposal_effects:
        consequences.append(edition_text(edition, consequence))
    kinds: dict[str, list[str]] = {"task": [], "referral": []}
    for item in rule.opens:
        if item["open"] == "task":
            kinds["task"].append(edition_text(edition, f"tasks.{item['task']}"))
        elif item["open"] == "referral":
            kinds["referral"].append(service_name(item["service"]))
    if kinds["task"]:
        consequences.append(gettext("New tasks: %(tasks)s.", tasks=", ".join(dict.fromkeys(kinds["task"]))))
    if kinds["referral"]:
        consequences.append(
            gettext(
                "A request is prepared where the plan names a provider: %(services)s.",
                services=", ".join(kinds["referral"]),
            )
        )
    return consequences


def _if_refused(edition: Edition, rule: TransitionRule, track: Track, asker: Named) -> list[str]:
    here = ", ".join(edition_text(edition, f"states.{leaf}") for leaf in track.states)
    consequences = [gettext("The case stays at “%(state)s”, and %(name)s is told.", state=here, name=asker.name)]
    return consequences + [gettext(_EFFECTS[effect]) for effect in rule.refusal_effects if effect in _EFFECTS]


@blueprint.post("/decisions/<uuid:task>")
def decide(task: UUID) -> Response:
    """Agree, upon which it is done at once, or do not, with a reason."""
    id, answer, reason = str(task), request.form.get("decision", ""), request.form.get("reason", "").strip()
    with page_transaction() as (db, actor):
        _, details = read_task(db, actor, id)
    if details.type != "decision":
        raise NotFound("task")
    data = {"decision": answer} | ({"reason": reason} if answer == REFUSE and reason else {})
    try:
        with page_transaction() as (db, actor):
            tasks.complete_task(db, actor, id, data=data, happened_on=None, request=read_request())
    except InvalidForm as refusal:
        return _again(id, say_faults(refusal), 422)
    except (NotAllowed, AlreadyTaken, Refused, WrongState) as refusal:
        return _again(id, {}, 403 if isinstance(refusal, NotAllowed) else 409, say_error(refusal))
    words = (
        gettext("You agreed: %(do)s.", do=task_words(details))
        if answer == CONFIRM
        else gettext("You did not agree: %(do)s.", do=task_words(details))
    )
    flash(say_done(details.case.number, words) if details.case else words)
    return redirect(place_url(details), 303)


def _again(id: str, faults: Mapping[str, str], status: int, why: str = "") -> Response:
    return make_response(_show(id, Sent(MultiDict(request.form), faults, status, why)), status)


__all__ = ["blueprint"]
