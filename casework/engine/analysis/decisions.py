"""What can be answered to a task that decides: each answer once, with what it asks for besides. Pure, from the edition alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from casework.engine.definition.edition_schema import WrittenField, WrittenOpening
from casework.engine.definition.editions import Edition, TaskRule, TransitionRule
from casework.engine.definition.grammar import RETURN
from casework.engine.roles import QUEUE_ROLES, Role
from casework.engine.state.case import COMPLETED, Case, Task
from casework.json_values import Answers, JsonValue
from casework.ledger.canonical_json import digest

#: The second word on a proposal, for it or against it; an action of the workflow, as it was proposed or otherwise; the task's
#: own form, sent as it is, or with one value of its first question.
CONFIRM, REFUSE, AGREE, FIRE, COMPLETE, VALUE = "confirm", "refuse", "as_proposed", "fire", "complete", "value"
#: Who decides on what others have prepared.
DECIDERS = frozenset({Role.SUPERVISOR, Role.COMPLIANCE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer to what is decided, and so one button."""

    kind: str
    #: The transition that it fires, or the field that it fills in.
    name: str = ""
    value: bool | str | None = None
    #: The form whose other fields go with it.
    form: str | None = None
    #: Where its words stand among the edition's texts, the best first.
    words: tuple[str, ...] = ()
    #: It says no to what was asked: why, is owed to whoever asked.
    refuses: bool = False

    @property
    def code(self) -> str:
        """What its button sends."""
        if self.kind == VALUE:
            return f"{self.name}:{_plain(self.value)}"
        return f"{self.kind}:{self.name}" if self.kind in (AGREE, FIRE) else self.kind


def answers_of(edition: Edition, type: str, rule: str) -> tuple[Answer, ...]:
    """The answers to a task of a type, the one that goes on first; none where the task decides nothing."""
    if type == "decision":
        return _to_proposal(edition, rule)
    if type == "step":
        state = edition.states[rule]
        return _to_step(edition, _leaving(edition, rule, state.queue)) if state.decides else ()
    task = edition.tasks[rule]
    return _to_side_task(edition, task) if _is_verdict(task) else ()


def _is_verdict(task: TaskRule) -> bool:
    """Whether it is a decision: of a subject, of who decides, of somebody who did not ask, or one that both sides hear of."""
    return bool(task.decides or task.not_by or task.answers) or task.queue in DECIDERS


def _to_step(edition: Edition, rules: Sequence[TransitionRule]) -> tuple[Answer, ...]:
    """What a case has proposed is agreed to as it is, not agreed to by what leads back, or decided otherwise by the same action."""
    answers = _by_actions(rules)
    otherwise = [one for one in answers if any(map(_is_proposed, edition.form(one.form)))]
    back = {rule.name for rule in rules if otherwise and rule.kind == RETURN}
    rest = (replace(one, refuses=one.name in back) for one in answers if one not in otherwise)
    return (*(replace(one, kind=AGREE) for one in otherwise), *rest, *otherwise)


def _is_proposed(field: WrittenField) -> bool:
    """Whether a field says what the case itself keeps as proposed."""
    return field["required"] and str(field.get("prefill") or "").startswith("case.")


def _to_proposal(edition: Edition, name: str) -> tuple[Answer, ...]:
    rule = next(transition for transition in edition.transitions if transition.name == name)
    do = f"transitions.{rule.name}.do"
    return (Answer(kind=CONFIRM, name=rule.name, words=(do,)), Answer(kind=REFUSE, name=rule.name, refuses=True))


def _to_side_task(edition: Edition, task: TaskRule) -> tuple[Answer, ...]:
    ending = [rule for rule in edition.transitions if task.name in rule.ends and _fires(rule, task.queue)]
    question = next((field for field in edition.form(task.form) if _asks(field)), None)
    if question is not None:
        return (*_by_actions(ending), *(_value(task, question, value) for value in _values(question)))
    # Its form alone is no choice; beside actions that end the task it is one more answer.
    words = (f"tasks.{task.key}.press", f"tasks.{task.key}")
    return (*_by_actions(ending), Answer(kind=COMPLETE, form=task.form, words=words)) if ending else ()


def _asks(field: WrittenField) -> bool:
    """Whether a field is the question that is decided: one of several answers, always asked, and not known before."""
    if not field["required"] or field.get("when") or field.get("prefill") or field.get("must") is not None:
        return False
    return field["type"] in ("yes_no", "choice")


def _values(field: WrittenField) -> list[bool | str]:
    return [True, False] if field["type"] == "yes_no" else list(field["choices"])


def _value(task: TaskRule, field: WrittenField, value: bool | str) -> Answer:
    form, name = task.form, field["name"]
    words = tuple(f"forms.{form}.{name}.{what}.{_plain(value)}" for what in ("press", "choices"))
    return Answer(kind=VALUE, name=name, value=value, form=form, words=words, refuses=value is False)


def _by_actions(rules: Iterable[TransitionRule]) -> tuple[Answer, ...]:
    return tuple(
        Answer(kind=FIRE, name=rule.name, form=rule.form, words=(f"transitions.{rule.name}.do",)) for rule in rules
    )


def _leaving(edition: Edition, state: str, queue: str | None) -> list[TransitionRule]:
    return [rule for rule in edition.transitions if state in rule.sources and queue and _fires(rule, queue)]


def _fires(rule: TransitionRule, queue: str) -> bool:
    """Whether whoever works the queue does it."""
    return bool(QUEUE_ROLES.get(queue, frozenset()) & frozenset(rule.by_people))


def _plain(value: bool | str | None) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


# --- what an answer asks for besides -----------------------------------------------------------------------------------


def fields_with(edition: Edition, answer: Answer) -> list[WrittenField]:
    """The fields that are asked with an answer: of its form all that do not depend on another answer."""
    left_out, asked = {answer.name} if answer.kind == VALUE else set[str](), list[WrittenField]()
    for field in edition.form(answer.form):
        on, values = field.get("when") or (None, ())
        if on in left_out and not (on == answer.name and answer.value in values):
            left_out.add(field["name"])
        elif field["name"] != answer.name or answer.kind != VALUE:
            asked.append(field)
    return asked


def reason_of(fields: Iterable[WrittenField]) -> WrittenField | None:
    """Of the fields that an answer asks for the one that takes the words why."""
    notes = [field for field in fields if field["type"] == "note"]
    return notes[-1] if notes else None


def as_proposed(fields: Iterable[WrittenField], known: Answers) -> tuple[dict[str, JsonValue], list[WrittenField]]:
    """What the case has proposed to an action, by field, and what is left to be asked of whoever agrees to it."""
    said, left = dict[str, JsonValue](), list[WrittenField]()
    for field in fields:
        on, values = field.get("when") or (None, ())
        if on in said and said[on] not in values:
            continue
        if _is_proposed(field) and known.get(field["name"]) is not None:
            said[field["name"]] = known[field["name"]]
        else:
            left.append(field)
    return said, left


def settled(fields: Iterable[WrittenField], known: Answers) -> list[str]:
    """Fields that say what is decided on: whoever asked has filled them in, and who answers does not change them."""
    return [field["name"] for field in fields if field["name"] in known and not field.get("when")]


def opened_by(edition: Edition, type: str, rule: str, answer: Answer) -> tuple[WrittenOpening, ...]:
    """What an answer opens."""
    if answer.kind in (CONFIRM, AGREE, FIRE):
        return next(transition.opens for transition in edition.transitions if transition.name == answer.name)
    if type != "side":
        return ()
    task = edition.tasks[rule]
    chosen = (opens for name, value, opens in task.opens_if if (name, value) == (answer.name, answer.value))
    return (*task.opens, *(opening for opens in chosen for opening in opens))


# --- what is decided on --------------------------------------------------------------------------------------------------


def rounds_of(edition: Edition, case: Case, task: Task) -> list[Task]:
    """The tasks in which the same was asked and decided before, on the same track and about the same, in the order of time."""
    if task.type != "side":
        return []
    kept = {task.rule, *_asking(edition, task.rule), *returned_by(edition, task.rule)}
    done = [
        one
        for one in case.tasks.values()
        if (one.type, one.state) == ("side", COMPLETED)
        and (one.track, one.edition, one.about) == (task.track, task.edition, task.about)
        and one.rule in kept
    ]
    return sorted(done, key=lambda one: (one.closed_at or one.opened_at, one.id))


def asked_in(edition: Edition, case: Case, task: Task) -> Task | None:
    """The task whose being finished asked for this decision, the last of several."""
    asking = _asking(edition, task.rule) if task.type == "side" else frozenset()
    return next((one for one in reversed(rounds_of(edition, case, task)) if one.rule in asking), None)


def subject_of(edition: Edition, case: Case, task: Task) -> str:
    """What tells whether it is still the same that is decided on: where the track stands, and what was asked."""
    asked, pending = asked_in(edition, case, task), case.proposals.get(task.of or "")
    return digest(
        {
            "revision": case.tracks[task.track].revision,
            "asked": [asked.id, dict(asked.result)] if asked else None,
            "proposed": [pending.id, dict(pending.data)] if pending else None,
        }
    )


def _asking(edition: Edition, rule: str) -> frozenset[str]:
    """The side tasks whose being finished opens one."""
    return frozenset(key for key, opened in _opens(edition).items() if rule in opened)


# --- what comes back ---------------------------------------------------------------------------------------------------


def returned_by(edition: Edition, rule: str) -> frozenset[str]:
    """The tasks whose being finished gives one back to be done once more: those that it opens, and that open it.

    One that opens itself asks for what is left; it gives nothing back.
    """
    return _opens(edition)[rule] & _asking(edition, rule) - {rule}


def returned_round(edition: Edition, case: Case, task: Task) -> Task | None:
    """The task that was finished before and came back with this one, to be done once more."""
    rounds = rounds_of(edition, case, task)
    back = returned_by(edition, task.rule) if task.type == "side" else frozenset()
    if not any(one.rule in back and one.closed_at == task.opened_at for one in rounds):
        return None
    return next((one for one in reversed(rounds) if one.rule == task.rule), None)


def _opens(edition: Edition) -> Mapping[str, frozenset[str]]:
    """By side task the side tasks that its being finished always opens."""
    return {
        key: frozenset(opening["task"] for opening in task.opens if opening["open"] == "task")
        for key, task in edition.tasks.items()
    }


__all__ = [
    "AGREE", "COMPLETE", "CONFIRM", "FIRE", "REFUSE", "VALUE", "Answer", "answers_of", "as_proposed", "asked_in", "fields_with",
    "opened_by", "reason_of", "returned_by", "returned_round", "rounds_of", "settled", "subject_of",
]  # fmt: skip
