"""What somebody decides: a page for each, with what is asked and why, what follows from each answer, and one button for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from casework import reasons
from casework.definitions import load_library
from casework.engine.analysis.decisions import AGREE, CONFIRM, FIRE, REFUSE, Answer, answers_of
from casework.engine.execution.task_lifecycle import COMPLETE
from casework.engine.state.case import Case, Task
from casework.errors import NotAllowed, NotFound
from casework.json_values import JsonObject
from casework.operations.auth.step_up import insist_proved_for_task
from casework.operations.cases.about import show_about, show_party
from casework.operations.cases.case_events import view_of
from casework.operations.cases.editors import editors_beside
from casework.operations.cases.transitions import fire_transition
from casework.operations.core.drafts import find_draft
from casework.operations.core.idempotency import Done, find_done
from casework.operations.core.idempotency import Request as Key
from casework.operations.core.perform import calendar_of
from casework.operations.core.unread import look
from casework.operations.history.decisions import DecisionView, OpenAnswer, insist_same_subject, read_decision
from casework.operations.tasks import service as tasks
from casework.operations.tasks.queries import read_task
from casework.operations.tasks.request_context import what_was_asked
from casework.operations.tasks.views import PlacedTask
from casework.operations.tasks.workload import DECIDING
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, sight
from casework.permissions.work import asked as has_asked
from casework.permissions.work import barred, may_work, operate, operations
from casework.web.history.sentences import say_entry
from casework.web.shell import layout, sent_forms
from casework.web.shell.form_actions import moved_since
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import edition_text, listed, say
from casework.web.shell.second_person import who_decides
from casework.web.shell.sent_forms import Sent
from casework.web.shell.session import current_actor, only_show, page_transaction
from casework.web.shell.task_links import capital, place_url, queue_name, task_url, task_words
from casework.web.tasks import decision_forms
from casework.web.tasks import decision_views as views
from casework.web.tasks.decision_facts import facts_of
from casework.web.tasks.next_action import say_done
from casework.web.tasks.operation_pages import list_items, menu, told
from casework.web.tasks.pages import work_on_list

blueprint = Blueprint("decisions", __name__)


@dataclass(frozen=True)
class Standing:
    """A task that decides, as its reader finds it."""

    case: Case
    details: PlacedTask
    #: None where the case keeps it no longer.
    task: Task | None
    answers: tuple[Answer, ...]


def _stand(db: Connection, actor: Actor, id: str) -> Standing:
    """Raises NotFound for what decides nothing, and for who does not see the whole case.

    Where the second word is said of a referral, its provider sees the task and not what the office wrote.
    """
    case, details = read_task(db, actor, id)
    answers = answers_of(load_library()[details.edition], details.type, details.rule)
    if not answers or sight(actor, case) < Sight.ALL:
        raise NotFound("task")
    layout.use_calendar(calendar_of(db, case.programme))
    return Standing(case, details, case.tasks.get(id), answers)


@blueprint.get("/decisions/<uuid:task>")
def show(task: UUID) -> Response:
    return _show(str(task), None)


def _show(id: str, sent: Sent | None) -> Response:
    with page_transaction() as (db, actor):
        standing = _stand(db, actor, id)
        done_at = task_url(standing.details, standing.case)
        if done_at != url_for("decisions.show", task=id) and sent is None:
            return redirect(done_at, 303)
        page = _page(db, actor, standing, sent)
        details = standing.details
        look(db, actor, standing.case.log, details.referral if details.organisation else None)
    return make_response(page, sent.status if sent else 200)


def _page(db: Connection, actor: Actor, standing: Standing, sent: Sent | None) -> str:
    case, task, details = standing.case, standing.task, standing.details
    edition, library = load_library()[details.edition], load_library()
    allowed = operations(actor, case, task, edition) if task is not None else []
    common = dict[str, Any](
        one=details,
        listed=bool(actor.roles() & set(DECIDING)),
        place=place_url(details),
        sent=sent,
        told=told(details),
        queue=queue_name(details.queue),
        menu=menu(details, allowed, without=("resume",)),
    )
    if task is None or not task.open:
        return render_template("tasks/decide.html", view=None, decides=False, reviews=False, items=(), **common)
    view = read_decision(db, actor, case, task)
    draft = find_draft(db, actor.person, _draft(details.id)) if sent is None else None
    typed = MultiDict((name, value) for name, values in draft.data.items() for value in values) if draft else None
    shown = sent or (Sent(typed, {}, 200) if typed else None)
    forms = decision_forms.Forms(db=db, actor=actor, case=case, task=task, view=view, sent=shown)
    buttons = views.buttons(forms, view, views.moved_words(what_was_asked(db, actor, case, task)))
    facts, why = views.said_with(view.asked)
    since = moved_since(db, actor, case, task.track, sent.seen) if sent else []
    written = sent.data if sent else typed
    return render_template(
        "tasks/decide.html",
        view=view,
        decides=view.decides,
        barred=_barred(actor, standing, view, buttons),
        asked=view.asked,
        party=show_party(db, actor, case, task.about),
        facts=facts + views.settled_words(edition, task, view, view.asked),
        why=why,
        done=say_entry(view.asked, library.editions) if view.asked and not view.asked.by_system else "",
        rests=list(facts_of(case, show_about(db, actor, case), view.asked, task, library.editions))
        if case.need
        else (),
        # The oldest first.
        rounds=views.rounds(reversed(view.earlier)),
        waivers=views.rounds(view.waivers),
        evidence=views.evidence(edition, view),
        effects=_effects(standing),
        buttons=buttons,
        common=forms.common(),
        reason=written.get("reason", "") if written else _prepared_reason(view),
        prepared=views.prepared_answer(edition, view),
        draft_of=draft.saved_at.isoformat() if draft else None,
        draft=_draft(details.id),
        editors=editors_beside(db, actor, _draft(details.id), lambda other: may_work(other, case, task)),
        since=[(entry, say_entry(view_of(case, entry), library.editions)) for entry in since],
        state=listed(
            edition_text(library[case.tracks[task.track].edition], f"states.{leaf}")
            for leaf in case.tracks[task.track].states
        ),
        items=list_items(db, case, edition, details.id),
        allowed=allowed,
        reviews=details.type == "side" and COMPLETE in allowed and view.decides,
        **common,
    )


def _barred(actor: Actor, standing: Standing, view: DecisionView, buttons: Sequence[views.Button]) -> str:
    """Why the reader gives no answer, and who does."""
    assert standing.task is not None
    holder, against = standing.details.holder, barred(actor, standing.case)
    why = [capital(say(one)) for one in ((against,) if against else view.why_not)]
    return who_decides(
        [queue_name(standing.details.queue)],
        asked=has_asked(actor, standing.case, standing.task),
        taken_by=holder.name or "" if holder is not None and holder.id != actor.person else "",
        why=why or dict.fromkeys(words for button in buttons for words in button.why_not),
    )


def _prepared_reason(view: DecisionView) -> str:
    return next(
        (str(view.prepared[one.reason]) for one in view.answers if one.reason and one.reason in view.prepared), ""
    )


def _effects(standing: Standing) -> list[str]:
    """What holds since it was asked for."""
    edition = load_library()[standing.details.edition]
    confirm = next((answer for answer in standing.answers if answer.kind == CONFIRM), None)
    if confirm is None:
        return []
    rule = next(rule for rule in edition.transitions if rule.name == confirm.name)
    return [gettext(views.EFFECTS[effect]) for effect in rule.proposal_effects if effect in views.EFFECTS]


def _draft(id: str) -> str:
    return f"decide:{id}"


# --- answering -------------------------------------------------------------------------------------------------------


@blueprint.post("/decisions/<uuid:task>")
def decide(task: UUID) -> Response:
    """Give one answer, upon which it is done at once; what stands beside it as an item to be added is added first."""
    if request.form.get("own", "").strip():
        return work_on_list(task)
    id, code, reason = str(task), request.form.get("answer", ""), request.form.get("reason", "").strip()
    with page_transaction() as (db, actor):
        standing = _stand(db, actor, id)
        twice = find_done(db, actor, read_request()) is not None
        view = None
        if not twice and standing.task is not None and standing.task.open:
            view = read_decision(db, actor, standing.case, standing.task)
            _insist_may(actor, standing, view)
    if twice:
        # It is answered as the first time.
        return _answered(standing, next((answer for answer in standing.answers if answer.code == code), None))
    if view is None:
        return _again(id, Sent(request.form, {}, 409, gettext("This has been decided, or the case has moved on.")))
    one = next((one for one in view.answers if one.answer.code == code), None)
    if one is None:
        return _again(id, Sent(request.form, {"answer": gettext("Press one of the buttons.")}, 422))
    details, answer = standing.details, one.answer

    def do(db: Connection, actor: Actor, key: Key, seen: int, data: JsonObject) -> Done:
        return _give(db, actor, standing, view, one, key=key, data=data, reason=reason)

    return sent_forms.answer(
        _draft(id),
        (),
        do,
        lambda sent: _again(id, sent, one),
        lambda _: place_url(details),
        said=lambda _: _said(standing, answer),
        sure=answer.kind != FIRE
        or not _irreversible(standing, answer)
        or request.form.get(decision_forms.place_of(answer) + "sure") == "yes",
        missing=_reason_faults(standing, one, reason),
        files=decision_forms.files_of(current_actor(), standing.case, id, view, one),
        read=lambda sent: decision_forms.given(view, one, sent, reason),
    )


def _give(
    db: Connection,
    actor: Actor,
    standing: Standing,
    view: DecisionView,
    one: OpenAnswer,
    *,
    key: Key,
    data: JsonObject,
    reason: str,
) -> Done:
    """The deed itself."""
    insist = insist_same_subject(standing.details.id, request.form.get("subject", ""))
    if one.answer.kind in (AGREE, FIRE):
        assert standing.task is not None
        return fire_transition(
            db,
            actor,
            standing.case.log,
            standing.case.kind,
            standing.task.track,
            transition=one.answer.name,
            data=data,
            revision=view.revision,
            request=key,
            reason=reason or None if one.reason == "" else None,
            insist=insist,
        )
    return tasks.complete_task(db, actor, standing.details.id, data=data, happened_on=None, request=key, insist=insist)


def _insist_may(actor: Actor, standing: Standing, view: DecisionView) -> None:
    """Raises NotAllowed for who has no answer to give, and asks again who somebody is before an answer is even read."""
    case, task = standing.case, standing.task
    assert task is not None
    edition = load_library()[task.edition]
    if not view.answers:
        if task.type != "step":
            operate(actor, case, task, edition, COMPLETE)
        why = view.why_not or (reasons.cases.FOR_ROLES(roles=[task.queue]),)
        raise NotAllowed(why=why[0])
    insist_proved_for_task(actor, edition, task)


def _irreversible(standing: Standing, answer: Answer) -> bool:
    return f"transitions.{answer.name}.consequence" in load_library()[standing.details.edition].texts


def _reason_faults(standing: Standing, one: OpenAnswer, reason: str) -> dict[str, str]:
    """Why the reason does not fit the answer; words that have no place are not dropped in silence."""
    if one.needs_reason and not reason:
        return {"reason": gettext("Enter the reason.")}
    if reason and one.reason is None and not one.answer.refuses:
        words = views.words_of(load_library()[standing.details.edition], one.answer)
        return {"reason": gettext("“%(answer)s” takes no reason. Delete it, or press another button.", answer=words)}
    return {}


def _answered(standing: Standing, answer: Answer | None) -> Response:
    """Go on as after the answer that was given."""
    only_show()
    if answer is not None:
        flash(_said(standing, answer))
    return redirect(place_url(standing.details), 303)


def _said(standing: Standing, answer: Answer) -> str:
    edition = load_library()[standing.details.edition]
    done = views.done_words(edition, standing.task, answer) if standing.task else ""
    return _say(standing.details, done, answer)


def _say(details: PlacedTask, done: str, answer: Answer) -> str:
    """What was done, and in a case what comes next."""
    if answer.kind in (CONFIRM, REFUSE):
        done = (
            gettext("You agreed: %(do)s.", do=task_words(details))
            if answer.kind == CONFIRM
            else gettext("You did not agree: %(do)s.", do=task_words(details))
        )
    words = done or gettext("Done: %(task)s.", task=task_words(details))
    return say_done(details.case.number, words) if details.case else words


def _again(id: str, sent: Sent, one: OpenAnswer | None = None) -> Response:
    faults: Mapping[str, str] = views.field_faults(one, sent.faults) if one else sent.faults
    return _show(id, Sent(request.form, faults, sent.status, sent.why, sent.seen, sent.doubts, sent.held))


__all__ = ["blueprint"]
