"""What a task that decides is about: who asked what and when, the rounds before, and what each answer needs. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, text

from casework.definitions import load_audited, load_library
from casework.engine.analysis.decisions import (
    AGREE,
    COMPLETE,
    CONFIRM,
    FIRE,
    VALUE,
    Answer,
    answers_of,
    as_proposed,
    asked_in,
    fields_with,
    reason_of,
    rounds_of,
    settled,
    subject_of,
)
from casework.engine.definition.edition_schema import WrittenField
from casework.engine.definition.editions import Edition, TransitionRule
from casework.engine.definition.grammar import WAIVER
from casework.engine.definition.prefill import prefill
from casework.engine.execution.guards import duty_reasons
from casework.engine.execution.task_lifecycle import COMPLETE as FINISH
from casework.engine.state.case import Case, Task
from casework.engine.state.events import APPROVED, CHANGES_ASKED, HANDED_BACK
from casework.errors import CaseHasMoved, CaseworkError
from casework.json_values import Answers, JsonValue
from casework.operations.cases.action_views import ActionView, NeededPaper
from casework.operations.cases.form_choices import choices_of
from casework.operations.cases.known_answers import owner_rows
from casework.operations.cases.queries import describe_whole
from casework.operations.cases.refused_answers import refusals_in_task
from casework.operations.history import timeline
from casework.operations.history.views import HistoryEntry
from casework.operations.tasks.queries import prepared
from casework.permissions.actors import Actor
from casework.permissions.work import barred, operate
from casework.reasons import Why

#: So many rounds before this one are shown.
ROUNDS = 6
#: How a task comes back with its form filled in.
COME_BACK = frozenset({HANDED_BACK, APPROVED, CHANGES_ASKED})
#: The event that opened a task.
_OPENED = text("""
    SELECT seq FROM events WHERE log_id = CAST(:log AS uuid)
    AND effects->'tasks' @> jsonb_build_array(jsonb_build_object('id', CAST(:task AS text))) ORDER BY seq LIMIT 1
""")
#: What was asked and answered: tasks that were finished, and proposals of the same action. The newest first.
_ROUNDS = text("""
    SELECT seq, effects->>'task' AS task FROM events WHERE log_id = CAST(:log AS uuid) AND (
        kind = 'completed' AND effects->>'task' = ANY(CAST(:tasks AS text[]))
        OR kind IN ('proposed', 'refused') AND effects->>'transition' = :transition AND track_id = CAST(:track AS uuid)
    ) ORDER BY seq DESC LIMIT :most
""")


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenAnswer:
    """An answer to what is decided, as far as the reader may give it now."""

    answer: Answer
    #: What else it asks for: fields of its form beside the question, what is settled, and the reason.
    fields: tuple[WrittenField, ...]
    #: The field of the form that the reason goes into; "" where the action takes one beside its form, None where none goes with it.
    reason: str | None
    needs_reason: bool
    #: Why it cannot be given, although the reader is one of those who decide.
    why_not: tuple[Why, ...]
    papers: tuple[NeededPaper, ...]
    #: The guards of its action with whether each holds; none where that is not known.
    conditions: tuple[tuple[str, bool], ...]
    known: Answers
    #: What is agreed to as the case has proposed it, and goes with the answer.
    said: Answers


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionView:
    """A decision that waits."""

    #: What was asked, by whom and when; None where the task was not opened by anything that was said.
    asked: HistoryEntry | None
    #: The rounds before, the newest first.
    earlier: tuple[HistoryEntry, ...]
    #: What else was asked to be waived on the same track, the oldest first: whoever answers takes it into account.
    waivers: tuple[HistoryEntry, ...]
    answers: tuple[OpenAnswer, ...]
    #: What was asked for and is not changed by whoever answers, by the form's fields.
    settled: Answers
    #: What whoever prepared it has filled in.
    prepared: Answers
    #: What tells whether it is still the same that is decided on, and the revision of the track.
    subject: str
    revision: int
    #: Whether the reader may answer now; and why not, for somebody who had a part in it.
    decides: bool
    why_not: tuple[Why, ...]


def insist_same_subject(task: str, seen: str | None) -> Callable[[Case], None]:
    """For an action under its lock. Raises CaseHasMoved where another thing is decided on than was seen."""

    def insist(case: Case) -> None:
        current = case.tasks.get(task)
        if seen is None or current is None or not current.open:
            return
        if subject_of(load_library()[current.edition], case, current) != seen:
            raise CaseHasMoved

    return insist


def read_decision(db: Connection, actor: Actor, case: Case, task: Task) -> DecisionView:
    """What is decided by an open task, for somebody who sees the whole case."""
    library = load_library()
    edition, track = library[task.edition], case.tracks[task.track]
    answers, known = answers_of(edition, task.type, task.rule), dict[str, Any]()
    form = edition.form(edition.tasks[task.rule].form) if task.type == "side" else []
    if form:
        known = prefill(case, track, form)
    fixed = settled(form, known)
    offered = choices_of(db, actor, case, track, [field for field in form if field["name"] in fixed])
    for name in fixed:
        if name in offered and isinstance(known[name], list):
            # What has ended meanwhile can no longer be decided on.
            still = {choice.id for choice in offered[name]}
            known[name] = [id for id in known[name] if id in still]
    actions = _actions(db, actor, case, task, answers)
    refused = (
        refusals_in_task(db, actor, case, track, edition.tasks[task.rule], task=task) if task.type == "side" else {}
    )
    known |= owner_rows(db, case, task.about, form)
    may, why_not = _may_finish(actor, case, task, edition)
    open_answers = tuple(
        _open(
            edition,
            case,
            task,
            answer,
            actions.get(answer.name),
            known=known,
            fixed=fixed,
            barred=bool(barred(actor, case)),
            against=_against(answer, refused),
        )
        for answer in answers
        if may or answer.kind in (AGREE, FIRE) and _yours(actions.get(answer.name))
    )
    # Where the case has proposed nothing there is nothing to agree to.
    open_answers = tuple(one for one in open_answers if one.said or one.answer.kind != AGREE)
    asked, earlier = _said(db, case, task, edition)
    return DecisionView(
        asked=asked,
        earlier=earlier,
        waivers=_waivers(db, case, task, {entry.seq for entry in (asked, *earlier) if entry is not None}),
        answers=open_answers,
        settled={name: known[name] for name in fixed},
        prepared=prepared(db, task.id) if task.handed is not None and task.handed["how"] in COME_BACK else {},
        subject=subject_of(edition, case, task),
        revision=track.revision,
        decides=any(not one.why_not for one in open_answers),
        why_not=why_not,
    )


def _waivers(db: Connection, case: Case, task: Task, told: Collection[int | None]) -> tuple[HistoryEntry, ...]:
    """What answers of finished tasks of the track asked to be waived, as far as it is not `told` already."""
    asking = {(rule.name, rule.field): rule.value for rule in load_audited() if rule.question == WAIVER and rule.field}
    ids = [
        one.id
        for one in case.tasks.values()
        if one.track == task.track
        and any(one.name == name and one.result.get(field) == value for (name, field), value in asking.items())
    ]
    given = {"log": case.log, "tasks": ids, "transition": None, "track": task.track, "most": ROUNDS}
    seqs = [row.seq for row in db.execute(_ROUNDS, given) if row.seq not in told] if ids else []
    entries = {entry.seq: entry for entry in timeline.tell(db, case.log, set(seqs))} if seqs else {}
    return tuple(entries[seq] for seq in sorted(seqs))


def _actions(
    db: Connection, actor: Actor, case: Case, task: Task, answers: Sequence[Answer]
) -> Mapping[str, ActionView]:
    """The actions among the answers, as they stand for the reader."""
    if all(answer.kind in (VALUE, COMPLETE) for answer in answers):
        return {}
    return {
        action.transition: action for action in describe_whole(db, actor, case).actions if action.track == task.track
    }


def _yours(action: ActionView | None) -> bool:
    return action is not None and action.yours


def _may_finish(actor: Actor, case: Case, task: Task, edition: Edition) -> tuple[bool, tuple[Why, ...]]:
    """Whether the reader may finish the task itself, and what part in it stands against that."""
    try:
        by = operate(actor, case, task, edition, FINISH)
    except CaseworkError:
        return False, ()
    if task.type != "side":
        return True, ()
    against = duty_reasons(case, edition.tasks[task.rule].not_by, {by.person, by.acting_for}, case.tracks[task.track])
    return not against, tuple(against)


def _open(
    edition: Edition,
    case: Case,
    task: Task,
    answer: Answer,
    action: ActionView | None,
    *,
    known: Answers,
    fixed: Sequence[str],
    barred: bool,
    against: tuple[Why, ...],
) -> OpenAnswer:
    fields, said = fields_with(edition, answer), dict[str, JsonValue]()
    if answer.kind in (AGREE, FIRE):
        known = prefill(case, case.tracks[task.track], fields)
    if answer.kind == AGREE:
        said, fields = as_proposed(fields, known)
    reason = reason_of(fields)
    takes = reason["name"] if reason else None if answer.kind in (VALUE, COMPLETE, CONFIRM) else ""
    acts = answer.kind in (AGREE, FIRE, CONFIRM)
    return OpenAnswer(
        answer=answer,
        fields=tuple(field for field in fields if field is not reason and field["name"] not in fixed),
        reason=takes,
        needs_reason=answer.refuses or reason is not None and reason["required"],
        why_not=tuple(action.why_not) if acts and action else against,
        papers=tuple(action.papers) if acts and action else (),
        conditions=_conditions(edition, answer, action) if acts and action and action.yours and not barred else (),
        known=known,
        said=said,
    )


def _against(answer: Answer, refused: Mapping[str, Mapping[str, tuple[Why, ...]]]) -> tuple[Why, ...]:
    """Why the form of the task would be refused with this answer, as the case stands."""
    return refused.get(answer.name, {}).get(str(answer.value), ()) if answer.kind == VALUE else ()


def _conditions(edition: Edition, answer: Answer, action: ActionView) -> tuple[tuple[str, bool], ...]:
    """What the rule of an action asks, each with whether it holds; of what only a filled form can answer nothing is said."""
    rule = rule_of(edition, answer.name)
    failing = {name for name in rule.guards if edition.as_reason(f"guards.{name}") in action.why_not}
    sure = rule.form is None or action.proposed
    return tuple((name, name not in failing) for name in rule.guards if sure or name in failing)


def rule_of(edition: Edition, transition: str) -> TransitionRule:
    return next(rule for rule in edition.transitions if rule.name == transition)


def _said(
    db: Connection, case: Case, task: Task, edition: Edition
) -> tuple[HistoryEntry | None, tuple[HistoryEntry, ...]]:
    """What was asked by what opened the task, and the rounds before it."""
    pending = case.proposals.get(task.of or "") if task.type == "decision" else None
    given = {
        "log": case.log,
        "track": task.track,
        "transition": pending.transition if pending else None,
        "most": ROUNDS + 1,
        "tasks": [one.id for one in rounds_of(edition, case, task)],
    }
    said = db.execute(_ROUNDS, given).all()
    last = asked_in(edition, case, task)
    seq = next((row.seq for row in said if last is not None and row.task == last.id), None)
    if seq is None:
        opened = {"log": case.log, "task": task.id}
        seq = pending.seq if pending else db.execute(_OPENED, opened).scalar_one_or_none()
    if seq is None:
        return None, ()
    before = [row.seq for row in said if row.seq < seq]
    entries = {entry.seq: entry for entry in timeline.tell(db, case.log, {seq, *before})}
    earlier = tuple(entries[each] for each in before)
    asked = entries[seq]
    same = next((one for one in earlier if one.form == asked.form and asked.form is not None), None)
    return (replace(asked, before_data=same.data) if same else asked), earlier


__all__ = ["DecisionView", "OpenAnswer", "insist_same_subject", "read_decision", "rule_of"]
