"""What the rules of an edition say of the facts of that moment."""

from __future__ import annotations

from collections.abc import Iterable

from casework.engine.definition.edition_schema import WrittenField
from casework.engine.definition.editions import Edition
from casework.engine.definition.guard_facts import Facts, NotGiven, NotTold
from casework.engine.definition.list_names import listed_in
from casework.engine.definition.registry import EFFECTS, GUARDS
from casework.engine.execution.withheld import as_told
from casework.engine.state.case import Case, Task, Track
from casework.engine.state.events import Event
from casework.json_values import JsonMapping, JsonObject
from casework.operations.verification.authorization.evidence import Evidence, Reasons, plain

#: Effects that an event holds as the rule's functions gave them: they must come out the same again.
AS_GIVEN = (
    "grants_returned",
    "owner",
    "team",
    "outcome",
    "reasons",
    "named",
    "replaced",
    "provider",
    "rights",
    "join",
    "objection",
    "impacts",
    "statement",
    "screened",
)


def edition_of(evidence: Evidence, track: Track) -> Edition:
    return evidence.library[track.edition]


def facts_of(
    evidence: Evidence, before: Case, track: Track, event: Event, data: JsonMapping, *, task: Task | None = None
) -> Facts:
    milestones = {
        track.edition: evidence.library[track.edition].milestones
        for track in before.tracks.values()
        if track.edition in evidence.library.editions
    }
    calendar = evidence.past.calendar(before.programme, event.at)
    outside = event.effects.get("facts", {})
    return Facts(before, track, event.at, calendar, event.actor, data, outside, task, milestones, event.acting_for)


def unlisted(
    evidence: Evidence, before: Case, event: Event, form: Iterable[WrittenField], data: JsonMapping
) -> Reasons:
    """What an answer names of a catalogue that the programme did not offer then."""
    for rule in form:
        for one in listed_in(rule, data.get(rule["name"])):
            if one.key not in evidence.past.listed(before.programme, one.catalogue, event.at):
                yield f"the programme did not offer “{one.key}” then"


def told_to_actor(evidence: Evidence, event: Event, facts: Facts) -> Facts:
    """The facts without what the case sheet kept back from whoever did it."""
    return as_told(facts, evidence.library.editions, event.role)


def guards_against(names: Iterable[str], facts: Facts) -> Reasons:
    for name in names:
        if name not in GUARDS:
            yield f"its guard “{name}” is unknown"
            continue
        try:
            holds = GUARDS[name].holds(facts)
        except NotTold:
            # Whoever did it was not judged by what was kept back from them.
            continue
        except NotGiven as missing:
            yield f"it does not keep the facts that “{name}” reads: {missing}"
            continue
        if not holds:
            yield f"its guard “{name}” refuses: {GUARDS[name].refusal}"


def follows(names: Iterable[str], facts: Facts, event: Event) -> Reasons:
    """What the rule's effects give, given the same facts, is what the event says, and nothing beside it."""
    wanted: JsonObject = {}
    for name in names:
        try:
            wanted |= EFFECTS[name].follows(facts) if name in EFFECTS else {}
        except NotGiven as missing:
            yield f"it does not keep the facts that “{name}” reads: {missing}"
    for key in AS_GIVEN:
        if key not in wanted and key not in event.effects:
            continue
        given, said = plain(wanted.get(key)), plain(event.effects.get(key))
        # An earlier release gave the case to the deputy who took it.
        as_before = key == "owner" and given is not None and given == event.acting_for and said == event.actor
        if said != given and not as_before:
            yield f"its effect on {key} is not what the rule gives"
