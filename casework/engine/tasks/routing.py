"""By which table a programme says whom its queues give a task to: what a row may ask, whom it names, and what the history keeps of it.

A row asks only what the log of the case tells, so that the table can be asked again when the history is verified. It names somebody;
whether that person may have the task, the candidates say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from casework import reasons
from casework.engine.decision_tables.checks import Checked, check
from casework.engine.decision_tables.conditions import ANY, Condition, Equal, parse
from casework.engine.decision_tables.evaluation import evaluate, evaluation_json, read_inputs
from casework.engine.decision_tables.tables import COLLECT, UNIQUE, Input, Output, Table, TableFault, from_json, to_json
from casework.engine.decision_tables.values import NUMBER, TEXT, WHOLE, Value, as_json, feel, read
from casework.engine.parts import SENDS
from casework.engine.state.case import Case, Task
from casework.engine.state.case_values import Routed
from casework.engine.tasks.allocation import ANYBODY, IN_PROGRAMMES, TO
from casework.errors import FieldFault
from casework.json_values import JsonMapping, JsonObject
from casework.reasons import Why

#: What the table is called in a file.
NAME = "routing"
TASK_KINDS = ("step", "side", "decision")
#: Amounts are told in this currency; one in another is not known.
CURRENCY = "CNY"


def _one_of(choices: Iterable[str]) -> Condition:
    return Condition(tuple(Equal(str(one)) for one in choices))


#: What a row may ask of a task and its case.
FACTS: Mapping[str, Input] = {
    one.name: one
    for one in (
        Input("queue", TEXT, allowed=_one_of(IN_PROGRAMMES)),
        Input("service", TEXT),
        Input("kind", TEXT, allowed=_one_of(TASK_KINDS)),
        Input("technology_field", TEXT, optional=True),
        Input("sector", TEXT, optional=True),
        Input("district", TEXT, optional=True),
        Input("amount", NUMBER, allowed=parse(">= 0", NUMBER), optional=True),
        Input("age", WHOLE, allowed=parse(">= 0", WHOLE)),
    )
}
#: The table of a programme that has set none: every task goes by the rule of its queue.
EMPTY = Table(NAME, UNIQUE, tuple(FACTS.values()), (Output(TO, TEXT, default=ANYBODY),))


@dataclass(frozen=True, slots=True)
class Routing:
    """A version of a programme's table."""

    version: int
    table: Table


def routing_in(kept: JsonMapping) -> Routing | None:
    """The table that is in force, of what the programme's row or an event holds; None where none was ever set.

    Raises TableFault where it is none.
    """
    return Routing(kept["version"], from_json(kept["table"])) if kept else None


def facts_of(case: Case, task: Task, as_opened: JsonMapping) -> JsonObject:
    """What is known of a task and its case; `as_opened`: what the case was opened with."""
    track = case.tracks[task.track]
    referral = case.referral_of(track)
    asked = referral.last_fired(SENDS) if referral is not None else None
    return facts(
        place=(task.queue, track.kind, task.type),
        as_opened=as_opened,
        wanted=asked.data.get("amount") if asked is not None else None,
        age=task.opened_at - case.opened_at,
    )


def facts(*, place: tuple[str, str, str], as_opened: JsonMapping, wanted: object, age: timedelta) -> JsonObject:
    """The same from what stands in rows: queue, service and kind of a task, what was asked of the provider, and how old its case was."""
    queue, service, kind = place
    return {
        "queue": queue,
        "service": service,
        "kind": kind,
        "technology_field": as_opened.get("technology_field"),
        "sector": as_opened.get("sector"),
        "district": as_opened.get("district"),
        "amount": _amount(wanted),
        "age": str(max(age.days, 0)),
    }


def _amount(wanted: object) -> str | None:
    """What was asked for; None where that is in another currency, or no amount."""
    if not isinstance(wanted, Mapping) or wanted.get("currency") != CURRENCY:
        return None
    try:
        said = read(NUMBER, wanted.get("amount"))
    except FieldFault:
        return None
    return str(as_json(said)) if said is not None and FACTS["amount"].has(said) else None


def route(routing: Routing, facts: JsonMapping) -> Routed:
    """What the table says of a task: what was asked, which rows hold, and whom they name. Raises TableFault."""
    asked = {one.name: facts[one.name] for one in routing.table.inputs}
    found = evaluation_json(routing.table, evaluate(routing.table, read_inputs(routing.table, asked)))
    return {
        "version": routing.version,
        "inputs": found["inputs"],
        "hits": found["hits"],
        "outputs": found["outputs"],
    }


# --- a table that somebody proposes ----------------------------------------------------------------------------------


def fitted(table: Table) -> Table:
    """A table, from wherever it comes, as a routing table: its columns are those that are known here. Raises TableFault."""
    faults: dict[str, Why] = {}
    for n, one in enumerate(table.inputs, 1):
        ours = FACTS.get(one.name)
        if ours is None:
            faults[f"inputs.{n}.name"] = reasons.routing.NO_FACT(facts=", ".join(FACTS))
        elif one.type != ours.type:
            faults[f"inputs.{n}.type"] = reasons.routing.OTHER_TYPE(type=ours.type)
        elif one.allowed not in (ANY, ours.allowed):
            faults[f"inputs.{n}.allowed"] = reasons.routing.OTHER_VALUES(values=str(ours.allowed))
    if [(one.name, one.type, one.allowed) for one in table.outputs] != [(TO, TEXT, ANY)]:
        faults["outputs"] = reasons.routing.OTHER_OUTPUT
    if faults:
        raise TableFault(faults)
    columns = tuple(FACTS[one.name] for one in table.inputs)
    outputs = tuple(Output(TO, TEXT, default=one.default) for one in table.outputs)
    notes = tuple(replace(rule, note=" ".join(rule.note.split())) for rule in table.rules)
    # Read again, for a value that a cell names must be one that the column may have.
    return from_json(to_json(replace(table, name=NAME, title="", inputs=columns, outputs=outputs, rules=notes)))


def people_in(table: Table) -> list[tuple[str, str]]:
    """Whom a table names, each with the place where it does."""
    said = [(f"rules.{n}.outputs.{TO}", rule.outputs[0]) for n, rule in enumerate(table.rules, 1)]
    said += [(f"outputs.1.{TO}", one.default) for one in table.outputs]
    return [(place, str(one)) for place, one in said if one not in (None, ANYBODY)]


def unsound(table: Table, found: Checked | None = None) -> Why | None:
    """The first thing that is wrong with a table as a whole, with an input that shows it; None where it can be in force."""
    found = found or check(table)
    if found.overlapping and table.hit_policy == UNIQUE:
        one = found.overlaps[0]
        return reasons.routing.OVERLAP(
            first=str(one.rows[0]), second=str(one.rows[1]), inputs=shown(table, one.witness)
        )
    if found.gaps and table.hit_policy != COLLECT:
        return reasons.routing.GAP(inputs=shown(table, found.gaps[0]))
    if found.idle:
        return reasons.routing.IDLE(row=str(found.idle[0]))
    return None if found.whole else reasons.routing.TOO_LARGE


def shown(table: Table, inputs: Sequence[Value]) -> str:
    """Inputs as they are written in cells: those that some row asks."""
    asked = {n for rule in table.rules for n, condition in enumerate(rule.conditions) if condition != ANY}
    return ", ".join(f"{one.name}={feel(inputs[n])}" for n, one in enumerate(table.inputs) if n in asked or not asked)


def without_words(table: Table) -> JsonObject:
    """A table as events hold it: notes are words, and stand in the body of the event, where they can be erased."""
    return to_json(replace(table, rules=tuple(replace(rule, note="") for rule in table.rules)))


def notes_of(table: Table) -> dict[str, str]:
    """The notes of a table, by the number of the row."""
    return {str(n): rule.note for n, rule in enumerate(table.rules, 1) if rule.note}


def with_words(written: JsonMapping, notes: object) -> Table:
    """A table of what an event holds, with its notes where these were not erased."""
    table = from_json(written)
    said = notes if isinstance(notes, Mapping) else {}
    rules = tuple(replace(rule, note=str(said.get(str(n), ""))) for n, rule in enumerate(table.rules, 1))
    return replace(table, rules=rules)


__all__ = [
    "CURRENCY", "EMPTY", "FACTS", "NAME", "TASK_KINDS", "Routing",
    "facts", "facts_of", "fitted", "notes_of", "people_in", "route", "routing_in", "shown", "unsound", "with_words", "without_words",
]  # fmt: skip
