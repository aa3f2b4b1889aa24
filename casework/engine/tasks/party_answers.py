"""What a party answers by a one-time link: the task is finished as by anybody, with the same form, guards and effects.

Whose word it is stands in the event: the party's organisation, the link, and in the body the name and position that were typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casework import reasons
from casework.engine.case_objects.party_links import OPEN, USED, agrees_to_none, asked_fields, refusal, rule_of
from casework.engine.definition import form_values
from casework.engine.definition.edition_schema import WrittenField
from casework.engine.definition.editions import Edition, TaskRule
from casework.engine.definition.names import insist_name
from casework.engine.definition.registry import GUARDS
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.guards import known_faults, line, sound
from casework.engine.execution.record_commands import AnswerByLink, FileTold
from casework.engine.execution.task_changes import commit
from casework.engine.state.case import Task
from casework.engine.state.effects_schema import Effects
from casework.engine.state.events import DOCUMENT_REGISTERED
from casework.engine.state.party_links import PartyLink
from casework.engine.tasks.task_operations import complete
from casework.errors import InvalidForm, NotFound, Refused, WrongState
from casework.json_values import Answers
from casework.reasons import Why

#: So many files come with one answer.
MOST_FILES = 5
#: What a document is that comes with an answer.
KIND = "other"
#: Under which keys the body says who answered.
BY, AS = "answered_by", "answered_as"


def answer_by_link(builder: EventBuilder, command: AnswerByLink) -> None:
    """Hand the files in and finish the task; the link is used up by it."""
    link = builder.case.party_links.get(command.link)
    if link is None:
        raise NotFound("link")
    task = builder.task(link.task)
    edition, do = builder.library[task.edition], reasons.actions.ANSWER_BY_LINK
    if link.state != OPEN or builder.context.now >= link.until:
        raise WrongState(action=do, why=reasons.links.OVER)
    if (why := refusal(builder.case, edition, task)) is not None:
        raise WrongState(action=do, why=why)
    rule = rule_of(edition, task)
    assert rule is not None
    who, values = checked(builder, edition, rule, link, command)
    values |= _filled(builder, rule, link, command)
    track = builder.case.tracks[task.track]
    if against := [
        edition.as_reason(f"guards.{name}") for name in rule.guards if not _holds(builder, name, task, values)
    ]:
        raise Refused(*against)
    handed_in = [_hand_in(builder, link, told, who) for told in command.files]
    if handed_in and rule.by_link is not None and "files" in rule.by_link:
        values[rule.by_link["files"]] = handed_in
    facts, body = form_values.split(edition.form(rule.form), values)
    extra: Effects = {"link": link.id, "link_states": [{"id": link.id, "state": USED}]}
    if handed_in:
        extra["handed_in"] = handed_in
    complete(builder, task, rule, track, facts, body=body | who, extra=extra)


def checked(
    builder: EventBuilder, edition: Edition, rule: TaskRule, link: PartyLink, command: AnswerByLink
) -> tuple[dict[str, str], dict[str, Any]]:
    """Who answered, and the values of what was asked; all faults are told together. Raises InvalidForm."""
    faults: dict[str, Why] = {}
    who: dict[str, str] = {}
    for key, words in ((BY, command.name), (AS, command.position)):
        try:
            who[key] = insist_name(line(words, key, 200), key, 200)
        except InvalidForm as fault:
            faults |= fault.fields
    if len(command.files) > MOST_FILES:
        faults["files"] = reasons.links.MOST_FILES(most=MOST_FILES)
    fields = asked_fields(edition, rule, link)
    today = builder.context.calendar.local_date(builder.context.now)
    values, wrong = form_values.judge(form_values.build_model("Asked", fields), fields, command.data, today)
    # Silence is no consent: whoever agrees says to whom.
    lists = {field["name"] for field in fields if field["type"] == "providers"}
    wrong |= {name: reasons.links.TICK_ONE for name in lists if wrong.get(name) == reasons.fields.REQUIRED}
    faults |= wrong | dict(command.against)
    faults |= known_faults(builder, builder.case.tracks[builder.task(link.task).track], fields, sound(values, faults))
    usable = builder.case.usable_documents()
    offered = {"documents": [id for id in link.documents if id in usable], "providers": list(link.providers)}
    for field in fields:
        shown = offered.get(field["type"])
        if shown is None or field["name"] in faults or not _asked(field, values):
            continue
        named = values.get(field["name"], ())
        if not set(named) <= set(shown):
            faults[field["name"]] = reasons.links.NOT_OFFERED
        elif not named:
            # What is not ticked is not agreed to.
            values[field["name"]] = []
    if faults:
        raise InvalidForm(fields=faults)
    return who, values | {field["name"]: [] for field in agrees_to_none(edition, rule, link) if _asked(field, values)}


def _asked(field: WrittenField, values: Answers) -> bool:
    return "when" not in field or values.get(field["when"][0]) in field["when"][1]


def _holds(builder: EventBuilder, guard: str, task: Task, values: Answers) -> bool:
    return GUARDS[guard].holds(builder.facts(builder.case.tracks[task.track], values, task))


def _filled(builder: EventBuilder, rule: TaskRule, link: PartyLink, command: AnswerByLink) -> dict[str, Any]:
    """The fields that the link fills in by itself."""
    today = builder.context.calendar.local_date(builder.context.now).isoformat()
    told: Mapping[str, Any] = {"party": link.party, "name": command.name.strip(), "day": today}
    by_link: Mapping[str, Any] = rule.by_link or {}
    return {by_link[what]: value for what, value in told.items() if what in by_link}


def _hand_in(builder: EventBuilder, link: PartyLink, told: FileTold, who: Mapping[str, str]) -> str:
    """A file of the party becomes a document of the case, whose it is."""
    id = builder.context.new_id()
    effects: Effects = {
        "link": link.id,
        "documents": [{"id": id, "party": link.party, "kind": KIND, "valid_until": None}],
        "files": [{"id": builder.context.new_id(), "document": id, "version": 1, "type": told.type, "size": told.size}],
    }
    title = told.name.rpartition(".")[0] or told.name
    body = {"title": line(title, "title", 300), "file": line(told.name, "file", 200), "sha256": told.digest, **who}
    builder.begin(DOCUMENT_REGISTERED, None, effects, body)
    commit(builder)
    return id
