"""What must hold before an action is done: the role, four eyes, the form, the guards. Each raises what refuses it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

from pydantic import BaseModel

from casework import reasons
from casework.engine.definition import form_values
from casework.engine.definition.edition_schema import WrittenField
from casework.engine.definition.editions import Edition, TransitionRule
from casework.engine.definition.guard_facts import Facts, Sound
from casework.engine.definition.required_documents import papers_for, reason
from casework.engine.definition.value_types import insist_day
from casework.engine.execution.effect_roles import accepted
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.guard_refusals import Against, refused_by
from casework.engine.execution.task_lifecycle import refusal
from casework.engine.execution.withheld import as_told
from casework.engine.roles import ORGANISATION_QUEUES, ORGANISATION_ROLES, Role
from casework.engine.state.case import COMPLETED as DONE
from casework.engine.state.case import HELD, SUSPENDED, Case, Fired, Task, Track
from casework.engine.state.effects_schema import Effects
from casework.engine.state.events import SYSTEM_ACTOR
from casework.engine.two_person import are_apart
from casework.errors import AlreadyTaken, InvalidForm, NotAllowed, Refused
from casework.json_values import Answers
from casework.reasons import Reason, Why


def refusals(
    builder: EventBuilder, track: Track, rule: TransitionRule, data: Answers, *, by_itself: bool = False
) -> Against:
    """The reasons of guards and of papers that are not on file against a transition.

    With `UNKNOWN` data, guards that read the form are not asked. What moves `by_itself` is judged by all that is known.
    """
    edition = builder.library[track.edition]
    facts = builder.facts(track, data)
    told = facts if by_itself else told_to_actor(builder, facts)
    papers = [why for paper in papers_for(facts, rule) if (why := reason(edition, paper)) is not None]
    return refused_by(edition, rule.guards, edition.form(rule.form), told, papers)


def told_to_actor(builder: EventBuilder, facts: Facts) -> Facts:
    """The facts without what the case sheet keeps back from whoever acts."""
    return as_told(facts, builder.library.editions, builder.by.role)


def insist_role(builder: EventBuilder, edition: Edition, rule: TransitionRule, roles: tuple[Role, ...]) -> None:
    if builder.by.role not in accepted(builder.case, roles):
        raise NotAllowed(
            why=reasons.cases.ACTION_FOR_ROLES(action=edition.as_reason(f"transitions.{rule.name}.do"), roles=roles)
        )


def insist_not_held(builder: EventBuilder, track: Track, rule: TransitionRule) -> None:
    """While somebody holds the step task, others of the same queue role are refused."""
    if rule.target == "=same" or builder.by.person == SYSTEM_ACTOR:
        return
    for task in builder.case.step_tasks(track.id):
        left = any(task.of == place or str(task.of).startswith(place + ".") for place in rule.sources)
        if left and task.state in HELD and task.holder != builder.by.person and builder.works(task.queue):
            raise AlreadyTaken(holder=task.holder)


def insist_not_frozen(
    builder: EventBuilder, track: Track | None = None, rule: TransitionRule | None = None, place: str = ""
) -> None:
    """While a stop is being decided providers do nothing, and nothing is handed to them."""
    if not builder.case.frozen:
        return
    outward = builder.by.role in ORGANISATION_ROLES
    if track is not None and rule is not None and rule.target != "=same":
        edition = builder.library[track.edition]
        to = track.came_from.get(place, ()) if rule.target == "=previous" else edition.entered(rule.target)
        outward |= any(edition.states[leaf].queue in ORGANISATION_QUEUES for leaf in to if leaf not in track.states)
    if outward:
        raise Refused(reasons.cases.STANDS_STILL)


def insist_operation(builder: EventBuilder, id: str, operation: str) -> Task:
    """The task, if the table lets the actor do this to it as it stands. Raises what refuses it."""
    task = builder.task(id)
    if (why := refusal(builder.library[task.edition], builder.case, task, builder.by, operation)) is not None:
        raise why
    if task.queue in ORGANISATION_QUEUES and task.state == SUSPENDED and builder.case.frozen:
        insist_not_frozen(builder)
    return task


def begin_on(builder: EventBuilder, task: Task, kind: str, body: Answers | None = None) -> None:
    """Begin the event of an operation on a task."""
    effects: Effects = {"task": task.id}
    if task.holder not in (None, builder.by.person):
        # Whom it concerns as well: the holder, when somebody else does it.
        effects["held_by"] = task.holder
    builder.begin(kind, builder.case.tracks[task.track], effects, body)


def insist_guards(builder: EventBuilder, track: Track, rule: TransitionRule, data: Answers) -> None:
    """Raises Refused with the guards' reasons."""
    insist_nothing(refusals(builder, track, rule, data))


def insist_nothing(against: Against) -> None:
    """Raises Refused with what is against it."""
    if against.reasons:
        raise Refused(*against.reasons, at=against.at)


def form_data(
    builder: EventBuilder,
    edition: Edition,
    form: str | None,
    data: Answers,
    *,
    track: Track,
    against: Mapping[str, Why] | None = None,
    beside: Callable[[Answers], Against] | None = None,
    stands: Answers | None = None,
    at: datetime | None = None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A form's values as facts and as words. Raises InvalidForm with every fault at once.

    `against` is what was found against fields outside the log; `beside` says of sound answers what refuses them beside the faults.
    Of a form that is sent again, days are judged by the day `at` which it was filled in, and what `stands` is not asked anew.
    """
    if form is None:
        if data:
            raise InvalidForm(fields=dict.fromkeys(data, reasons.fields.NOT_OF_FORM))
        return {}, {}
    rules = edition.form(form)
    values, faults = form_values.judge(
        edition.model(form), rules, data, builder.context.calendar.local_date(at or builder.context.now)
    )
    faults |= against or {}
    anew = {name: value for name, value in sound(values, faults).items() if (stands or {}).get(name) != value}
    faults |= known_faults(builder, track, rules, anew)
    if faults:
        facts, _ = form_values.split(rules, sound(values, faults))
        more = beside(Sound(facts, _faulty(faults))) if beside else Against()
        raise InvalidForm(faults, more.reasons, more.at)
    return form_values.split(rules, values)


def _faulty(faults: Iterable[str]) -> set[str]:
    """The fields of a form in which something is wrong, be it in a row of one."""
    return {name.split(".")[0] for name in faults}


def sound(values: Answers, faults: Iterable[str]) -> dict[str, Any]:
    """The values of the fields in which nothing is wrong."""
    faulty = _faulty(faults)
    return {name: value for name, value in values.items() if name not in faulty}


#: What is said of a right that is not the case's.
UNKNOWN_HERE = dict.fromkeys(("right", "rights"), reasons.fields.RIGHT_NOT_OF_CASE)


def insist_right_to_name(builder: EventBuilder, edition: Edition, track: Track, form: str | None) -> None:
    """What asks for rights is done by nobody who may name none of the case's. Raises Refused."""
    asks = form is not None and any(
        rule["type"] in UNKNOWN_HERE and rule["required"] and not {"when", "asked_if"} & rule.keys()
        for rule in edition.form(form)
    )
    rights = builder.case.rights
    if asks and rights and not told_to_actor(builder, builder.facts(track, {})).kept.told_of(rights):
        raise Refused(reasons.cases.NO_RIGHT_TO_NAME)


def known_faults(builder: EventBuilder, track: Track, rules: Iterable[WrittenField], values: Answers) -> dict[str, Why]:
    """Ids of the case's own things must be its own, and none that is kept back from whoever names it: what is wrong, by field."""
    rights = told_to_actor(builder, builder.facts(track, values)).kept.told_of(builder.case.rights)
    known: dict[str, Any] = {
        "right": rights,
        "rights": rights,
        "impact": {record.id for record in builder.case.impacts.values() if record.stands},
        "documents": builder.case.usable_documents(),
        "tasks": {task.id for task in builder.case.open_tasks()},
    }
    faults: dict[str, Why] = {}
    for rule in rules:
        if rule["type"] in known and rule["name"] in values:
            given = values[rule["name"]]
            if any(named not in known[rule["type"]] for named in ([given] if isinstance(given, str) else given)):
                faults[rule["name"]] = UNKNOWN_HERE.get(rule["type"], reasons.fields.NOT_OF_CASE)
            elif rule["type"] == "documents" and (why := _unfit(builder, rule, given)):
                faults[rule["name"]] = why
    return faults


def _unfit(builder: EventBuilder, rule: WrittenField, given: list[str]) -> Reason | None:
    """What is wrong with the documents that were named; None for nothing."""
    named = [builder.case.documents[document_id] for document_id in given]
    if rule.get("kinds") and any(document.kind not in rule["kinds"] for document in named):
        return reasons.documents.OTHER_KIND
    today = builder.context.calendar.local_date(builder.context.now).isoformat()
    if rule.get("valid") and any(
        document.valid_until is not None and document.valid_until < today for document in named
    ):
        return reasons.documents.EXPIRED
    return None


def line(words: str, name: str, most: int = 10_000) -> str:
    """Words that somebody typed, checked as a form would; a reason must hold words."""
    model, rule = _line_form(name, most)
    return str(form_values.check(model, [rule], {name: words}, date.min)[name])


@cache
def _line_form(name: str, most: int) -> tuple[type[BaseModel], WrittenField]:
    """A form of one line. Its model is made once, which takes longer than all else of an action."""
    kind = "note" if name == "reason" else "text"
    rule: WrittenField = {"name": name, "type": kind, "required": True, "fact": False, "max": most}
    return form_values.build_model("Line", [rule]), rule


def happened(builder: EventBuilder, day: str | None) -> Effects:
    """The day that something took place, where it is recorded afterwards, as part of an event."""
    if day is None:
        return {}
    today = builder.context.calendar.local_date(builder.context.now).isoformat()
    insist_day(day, "happened_on")
    if day > today:
        raise InvalidForm(fields={"happened_on": reasons.fields.NOT_IN_FUTURE})
    return {"happened_on": day}


def insist_another(builder: EventBuilder, people: set[str | None]) -> None:
    """Raises NotAllowed for one of these people, and for who acts in the place of one."""
    if not are_apart(people, (builder.by.person, builder.by.acting_for)):
        raise NotAllowed(why=reasons.cases.ANOTHER_DECIDES)


def insist_not_held_task(builder: EventBuilder, task: Task) -> None:
    if task.state in HELD and task.holder != builder.by.person:
        raise AlreadyTaken(holder=task.holder)


def insist_another_than(builder: EventBuilder, actions: tuple[str, ...], track: Track) -> None:
    """Four eyes: whoever did one of these actions, or had it done in their name, may not do this one."""
    if against := duty_reasons(builder.case, actions, {builder.by.person, builder.by.acting_for}, track):
        raise NotAllowed(why=against[0])


def duty_reasons(case: Case, actions: tuple[str, ...], people: set[str | None], track: Track) -> list[Reason]:
    """Why these people may not do something that nobody who did one of `actions` may do.

    Of several transitions the last one that fired counts, of tasks the last of each name.
    """
    _, fired = last_fired(track, actions)
    if fired and not are_apart(people, (fired.actor, fired.acting_for)):
        return [reasons.cases.ANOTHER_THAN_BEFORE]
    for name in actions:
        last = last_done(case, name)
        if last and not are_apart(people, (last.closed_by, last.acted_for)):
            return [reasons.cases.ANOTHER_THAN_PREPARED]
    return []


def last_fired(track: Track, actions: Iterable[str]) -> tuple[str, Fired | None]:
    """Of some transitions the last one that fired on a track; "" and None where none did."""
    fired = ((name, track.fired[name]) for name in actions if name in track.fired)
    return max(fired, key=lambda pair: pair[1].at, default=("", None))


def last_done(case: Case, name: str) -> Task | None:
    """The side task of a name that was done last."""
    done = [t for t in case.tasks.values() if t.name == name and t.type == "side" and t.state == DONE and t.closed_at]
    return max(done, key=lambda t: (t.closed_at, t.id), default=None)
