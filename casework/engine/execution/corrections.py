"""Correct an answer: what was mistyped in the last form of an action or a finished task, with both versions in the history.

By whoever wrote it while the step lasts, afterwards by an officer of the case; always with a reason. A correction changes
what the form says and nothing else: where something else followed from the wrong answer (a consent, a task, a deadline, a
guard that would have refused), it is refused and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from casework import reasons
from casework.engine.definition.editions import Edition, TaskRule, TransitionRule
from casework.engine.definition.guard_facts import Facts, NotGiven, NotTold
from casework.engine.definition.registry import EFFECTS, GUARDS
from casework.engine.definition.sheets import NOTHING_KEPT, KeptBack
from casework.engine.execution.commands import CorrectAnswer
from casework.engine.execution.context import By
from casework.engine.execution.effect_roles import accepted
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.guards import form_data, line
from casework.engine.execution.task_changes import commit
from casework.engine.execution.withheld import kept_from
from casework.engine.roles import Role
from casework.engine.state.case import COMPLETED as DONE
from casework.engine.state.case import Case, Task, Track
from casework.engine.state.effects_schema import Effects
from casework.engine.state.events import CORRECTED
from casework.errors import NotAllowed, NotFound, Refused, WrongState
from casework.json_values import Answers
from casework.reasons import Why

#: What the page and the refusals call it.
DO = reasons.actions.CORRECT_ANSWER
#: The field of the body in which its reason stands, beside those of the form.
REASON = "correction_reason"


@dataclass(frozen=True)
class Answer:
    """The last answers to a form: of a transition of a track, or of a finished task."""

    track: Track
    name: str
    edition: Edition
    rule: TransitionRule | TaskRule
    data: Answers
    writers: frozenset[str]
    #: When it was given, whatever was corrected since.
    at: datetime
    task: Task | None = None

    @property
    def lasts(self) -> bool:
        """Whether the track still stands where it was written; one that has ended stands nowhere."""
        return self.track.live and self.track.entered_at <= self.at

    @property
    def guards(self) -> tuple[str, ...]:
        return self.rule.guards

    @property
    def effects(self) -> tuple[str, ...]:
        return self.rule.effects

    @property
    def reads(self) -> frozenset[str]:
        """Keys of the facts from outside that its guards and effects read."""
        return frozenset(
            key
            for known, names in ((GUARDS, self.guards), (EFFECTS, self.effects))
            for name in names
            for key in known[name].reads
        )


def answer_of(
    editions: Mapping[str, Edition], case: Case, track: str, transition: str | None, task: str | None
) -> Answer | None:
    """What stands now as the answer to this form; None where there is none."""
    home = case.tracks.get(track)
    if home is None:
        return None
    if task is not None:
        done = case.tasks.get(task)
        if done is None or done.type != "side" or done.state != DONE or done.track != track or done.closed_at is None:
            return None
        edition = editions[done.edition]
        rule, writers = edition.tasks[done.rule], (done.closed_by, done.acted_for)
        return (
            Answer(home, done.name, edition, rule, done.result, _people(writers), done.closed_at, done)
            if rule.form
            else None
        )
    fired = home.fired.get(transition or "")
    if fired is None:
        return None
    edition = editions[home.edition]
    rules = [candidate for candidate in edition.transitions if candidate.name == transition and candidate.form]
    fits = [rule for rule in rules if set(fired.data) <= {field["name"] for field in edition.form(rule.form)}]
    if not fits:
        return None
    return Answer(
        home, str(transition), edition, fits[0], fired.data, _people((fired.actor, fired.acting_for)), fired.at
    )


def _people(ids: Collection[str | None]) -> frozenset[str]:
    return frozenset(id_ for id_ in ids if id_)


def may_correct(case: Case, answer: Answer, by: By) -> bool:
    """Whether it is theirs to correct: the writer's while the step lasts, an officer's of the case at any time."""
    return answer.lasts and by.person in answer.writers or by.role in accepted(case, (Role.OFFICER,))


def _hangs_otherwise(rule: TaskRule, was: Facts, now: Facts) -> bool:
    """Whether a task that one answer opens would not be opened by another."""
    field, values = rule.where or ("", ())
    if rule.where is not None and (was.data.get(field) in values) != (now.data.get(field) in values):
        return True
    return bool(rule.only_if) and GUARDS[rule.only_if].holds(was) != GUARDS[rule.only_if].holds(now)


def reasons_against(answer: Answer, case: Case, was: Facts, now: Facts, kept: KeptBack = NOTHING_KEPT) -> Iterator[Why]:
    """What speaks against other answers: all that followed from those that stood. `was` and `now` differ in their data.

    `kept`: what the case sheet keeps back from whoever corrects, which no guard tells them.
    """
    for name in answer.guards:
        try:
            if GUARDS[name].holds(replace(was, kept=kept)) and not GUARDS[name].holds(replace(now, kept=kept)):
                yield answer.edition.as_reason(f"guards.{name}")
        except NotTold:
            continue
        except NotGiven:
            yield reasons.cases.GUARD_NOT_ASKED_AGAIN(name=name)
    for name in (*answer.effects, *getattr(answer.rule, "proposal_effects", ())):
        try:
            if EFFECTS[name].follows(was) != EFFECTS[name].follows(now):
                yield reasons.cases.FOLLOWED
        except NotGiven:
            yield reasons.cases.NOT_WORKED_OUT
    for field, value, _ in getattr(answer.rule, "opens_if", ()):
        if (answer.data.get(field) == value) != (now.data.get(field) == value):
            yield reasons.cases.TASKS_OPENED
    opened = (answer.edition.tasks[opening["task"]] for opening in answer.rule.opens if opening["open"] == "task")
    if any(_hangs_otherwise(rule, was, now) for rule in opened):
        yield reasons.cases.TASKS_OPENED
    days = {value for field, value in answer.data.items() if isinstance(value, str) and now.data.get(field) != value}
    if any(step.rule.get("day") in days for clock in case.clocks.values() for step in clock.steps):
        yield reasons.cases.DEADLINE_COUNTS


def correct_answer(builder: EventBuilder, command: CorrectAnswer) -> None:
    """Put other answers in the place of those that stand."""
    case = builder.case
    answer = answer_of(builder.library.editions, case, command.track, command.transition, command.task)
    if answer is None:
        raise NotFound("answer")
    if case.closed_at is not None:
        raise WrongState(action=DO, why=reasons.cases.CLOSED)
    if not may_correct(case, answer, builder.by):
        raise NotAllowed(why=reasons.cases.CORRECTED_BY)
    facts, body = form_data(
        builder,
        answer.edition,
        answer.rule.form,
        command.data,
        track=answer.track,
        against=command.against,
        stands=answer.data,
        at=answer.at,
    )
    words = {name: said for name, said in body.items() if command.words.get(name) != said}
    gone = [name for name in command.words if name not in body]
    if facts == dict(answer.data) and not words and not gone:
        raise WrongState(action=DO, why=reasons.cases.NOTHING_DIFFERENT)
    items = [name for name in (*words, *gone) if _opens_for(answer, name)]
    was = builder.facts(answer.track, answer.data, answer.task)
    now = builder.facts(answer.track, facts, answer.task)
    kept = kept_from(was, builder.library.editions, builder.by.role)
    against = list(dict.fromkeys(reasons_against(answer, case, was, now, kept)))
    if against or items:
        raise Refused(*(against or [reasons.cases.ITEMS_OPENED]))
    effects: Effects = {"of": command.of, "before": dict(answer.data), "data": facts}
    if answer.task is not None:
        effects |= {"task": answer.task.id, "name": answer.name}
    else:
        effects["transition"] = answer.name
    read = {key: builder.context.facts[key] for key in sorted(answer.reads) if key in builder.context.facts}
    if read:
        effects["facts"] = read
    builder.begin(
        CORRECTED, answer.track, effects, words | {REASON: line(command.reason, "reason")}, because=command.of
    )
    if answer.task is not None:
        builder.set_task(answer.task, result=facts)
    commit(builder)


def _opens_for(answer: Answer, field: str) -> bool:
    """Whether the action opened a task for each item of this field."""
    opened = [rule for rule in answer.edition.tasks.values() if rule.per == f"items:{field}"]
    return any(opening.get("task") in {rule.key for rule in opened} for opening in answer.rule.opens)


def faults_of(
    editions: Mapping[str, Edition],
    before: Case,
    track: str,
    effects: Effects,
    by: By,
    *,
    facts: Callable[[Answer, Answers], Facts],
) -> Iterator[str]:
    """What is wrong with a recorded correction. `facts` gives the facts of an answer with some data."""
    answer = answer_of(editions, before, track, effects.get("transition"), effects.get("task"))
    if answer is None:
        yield "there was no such answer to correct"
        return
    if not may_correct(before, answer, by):
        yield "it was not theirs to correct"
    if dict(effects["before"]) != dict(answer.data):
        yield "it says that something else stood there before"
    known = {field["name"] for field in answer.edition.form(str(answer.rule.form))}
    if not set(effects["data"]) <= known:
        yield "it answers what the form does not ask"
    was, now = facts(answer, answer.data), facts(answer, effects["data"])
    yield from map(str, reasons_against(answer, before, was, now, kept_from(was, editions, by.role)))


__all__ = ["Answer", "answer_of", "correct_answer", "faults_of", "may_correct", "reasons_against"]
