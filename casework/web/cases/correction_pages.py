"""Correct what was mistyped in an earlier form: the form again as it stands, and why it is corrected.

Of a case by its entry in the history; of a referral, a mediation or a task by what was done there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from casework.definitions import load_library
from casework.engine.execution.context import Library
from casework.engine.execution.corrections import REASON, Answer
from casework.engine.state.case import Case
from casework.errors import NotFound
from casework.json_values import JsonObject
from casework.operations.cases import corrections
from casework.operations.cases.form_choices import choices_of
from casework.operations.cases.queries import find_case
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import calendar_of
from casework.operations.core.views import TaskKey, row_as
from casework.operations.mediations.service import find_mediation
from casework.operations.referrals.service import find_referral
from casework.operations.tasks.queries import find_task
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, sight
from casework.web.shell import layout
from casework.web.shell.forms import Texts, read_revision, texts_of
from casework.web.shell.i18n import N_, edition_text
from casework.web.shell.impact_words import say_choices
from casework.web.shell.sent_forms import Sent, answer, kept_form, page_with_form
from casework.web.shell.session import page_transaction
from casework.web.shell.task_links import task_words
from casework.web.tasks.next_action import say_done

blueprint = Blueprint("corrections", __name__)

_WHY: JsonObject = {"name": REASON, "type": "note", "required": True, "fact": False, "max": 10_000}
_LABEL = N_("Why it is corrected, for everybody who reads the history")


@dataclass(frozen=True)
class Where:
    """Where an answer stands: how it is found, with its case, and the page that one comes from and goes back to."""

    draft: str
    find: Callable[[Connection, Actor], tuple[Case, int]]
    back: str
    name: str
    #: Where both versions are read, by the place of the correction in the whole history.
    entry: Callable[[int], str] | None = None


def _in_case(number: str, seq: int) -> Where:
    def find(db: Connection, actor: Actor) -> tuple[Case, int]:
        if seq > 2**53:
            raise NotFound("answer")
        return find_case(db, actor, number)[0], seq

    def entry(seq: int) -> str:
        return url_for("history.entry", number=number, seq=seq)

    return Where(f"correct:{number}:{seq}", find, entry(seq), gettext("Entry %(number)s", number=seq), entry)


def _in_referral(referral: UUID, track: UUID, name: str) -> Where:
    def find(db: Connection, actor: Actor) -> tuple[Case, int]:
        case, above = find_referral(db, actor, str(referral))
        inside = [above, *case.children(above.id)]
        if str(track) not in {part.id for part in inside}:
            raise NotFound("answer")
        return case, corrections.last_of(db, case, str(track), name)

    return Where(f"correct:{track}:{name}", find, url_for("referrals.show", referral=referral), gettext("Referral"))


def _in_mediation(mediation: UUID, track: UUID, name: str) -> Where:
    def find(db: Connection, actor: Actor) -> tuple[Case, int]:
        case = find_mediation(db, actor, str(mediation))
        if sight(actor, case) < Sight.ALL:
            raise NotFound("mediation")
        return case, corrections.last_of(db, case, str(track), name)

    return Where(
        f"correct:{track}:{name}", find, url_for("mediations.show", mediation=mediation), gettext("Sealed mediation")
    )


def _of_task(task: UUID) -> Where:
    def find(db: Connection, actor: Actor) -> tuple[Case, int]:
        case, _ = find_task(db, actor, str(task))
        return case, corrections.last_of_task(db, case, str(task))

    with page_transaction() as (db, actor):
        back = _home(actor, find_task(db, actor, str(task))[0], str(task))
    return Where(f"correct:task:{task}", find, back, gettext("Task"))


def _home(actor: Actor, case: Case, task: str) -> str:
    """The page on which a finished task is told to whoever reads of it."""
    if sight(actor, case) == Sight.ALL:
        return (
            url_for("history.show", number=case.number)
            if case.number
            else url_for("mediations.show", mediation=case.log)
        )
    above = case.referral_of(case.tracks[case.tasks[task].track]) if task in case.tasks else None
    return url_for("referrals.show", referral=above.id) if above else url_for("home.show")


@blueprint.get("/cases/<number>/history/<int:seq>/correct")
def show(number: str, seq: int) -> Response:
    return _show(_in_case(number, seq), None)


@blueprint.post("/cases/<number>/history/<int:seq>/correct")
def correct(number: str, seq: int) -> Response:
    return _correct(_in_case(number, seq))


@blueprint.get("/referrals/<uuid:referral>/<uuid:track>/<name>/correct")
def show_in_referral(referral: UUID, track: UUID, name: str) -> Response:
    return _show(_in_referral(referral, track, name), None)


@blueprint.post("/referrals/<uuid:referral>/<uuid:track>/<name>/correct")
def correct_in_referral(referral: UUID, track: UUID, name: str) -> Response:
    return _correct(_in_referral(referral, track, name))


@blueprint.get("/mediations/<uuid:mediation>/<uuid:track>/<name>/correct")
def show_in_mediation(mediation: UUID, track: UUID, name: str) -> Response:
    return _show(_in_mediation(mediation, track, name), None)


@blueprint.post("/mediations/<uuid:mediation>/<uuid:track>/<name>/correct")
def correct_in_mediation(mediation: UUID, track: UUID, name: str) -> Response:
    return _correct(_in_mediation(mediation, track, name))


@blueprint.get("/tasks/<uuid:task>/correct")
def show_task(task: UUID) -> Response:
    return _show(_of_task(task), None)


@blueprint.post("/tasks/<uuid:task>/correct")
def correct_task(task: UUID) -> Response:
    return _correct(_of_task(task))


def _show(where: Where, sent: Sent | None) -> Response:
    with page_transaction() as (db, actor):
        case, seq = where.find(db, actor)
        layout.use_calendar(calendar_of(db, case.programme))
        given_answer, values, versions = corrections.find_answer(db, actor, case, load_library().editions, seq)
        if sent is None:
            corrections.insist_may_correct(actor, case, given_answer)
        rules = _rules(given_answer)
        texts = texts_of(given_answer.edition, str(given_answer.rule.form))
        name = _draft(where, versions)
        form = kept_form(
            db,
            actor,
            name,
            rules,
            Texts(
                lambda key: gettext(_LABEL) if key == f"{REASON}.label" else texts.get(key),
                lambda key: key == f"{REASON}.label" or texts.has(key),
            ),
            sent=sent,
            choices=say_choices(choices_of(db, actor, case, given_answer.track, rules)),
            values=values,
            revision=versions if sent is None or sent.seen is not None else read_revision(),
        )
    return page_with_form("cases/correct.html", sent, where=where, form=form)


def _draft(where: Where, versions: int) -> str:
    """What was typed over one version of an answer is not offered over the next."""
    return f"{where.draft}:{versions}"


def _rules(given_answer: Answer) -> list[JsonObject]:
    # Days are judged by the day of the action: what was to come then may have passed.
    form = given_answer.edition.form(str(given_answer.rule.form))
    return [*(dict(rule) | ({"future": False} if rule.get("future") else {}) for rule in form), _WHY]


def _correct(where: Where) -> Response:
    """Put what was typed in the place of what stands."""
    with page_transaction() as (db, actor):
        case, seq = where.find(db, actor)
        given_answer, *_ = corrections.find_answer(db, actor, case, load_library().editions, seq)
        corrections.insist_may_correct(actor, case, given_answer)
        rules = _rules(given_answer)

    seen = read_revision()

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        case, seq = where.find(db, actor)
        given = {name: value for name, value in data.items() if name != REASON}
        return corrections.correct_answer(
            db, actor, case, seq, data=given, reason=str(data.get(REASON) or ""), request=key, seen=revision
        )

    said = gettext("The answer is corrected. Both versions stand in the history.")
    return answer(
        _draft(where, seen),
        rules,
        do,
        lambda sent: _show(where, sent),
        lambda done: where.entry(done.answer["seq"]) if where.entry else where.back,
        said=lambda done: say_done(str(case.number), said) if where.entry else said,
    )


def correctable(
    actor: Actor, case: Case, library: Library, at: Callable[[str, str], str], of: str | None = None
) -> list[tuple[str, str]]:
    """What the actor may correct of a case, or `of` one referral of it: what was done, and the page for it."""
    above = case.tracks[of] if of else None
    inside = {track.id for track in (above, *case.children(above.id))} if above else set(case.tracks)
    links = []
    for given in corrections.list_correctable(actor, case, library.editions):
        if given.track.id not in inside:
            continue
        if given.task is None:
            links.append((edition_text(given.edition, f"transitions.{given.name}.do"), at(given.track.id, given.name)))
        else:
            words = task_words(row_as(TaskKey, given.task))
            links.append((words, url_for("corrections.show_task", task=given.task.id)))
    return links


__all__ = ["blueprint", "correctable"]
