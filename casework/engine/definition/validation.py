"""Everything wrong with a workflow, all at once and in plain words; a faulty edition is never published."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from casework.engine.deadlines.deadlines import WrittenLimit
from casework.engine.definition.asked_fields import asked_faults
from casework.engine.definition.by_link import LINK_FILLS
from casework.engine.definition.edition_schema import WrittenOpening
from casework.engine.definition.editions import Edition, StateRule, TaskRule, TransitionRule, ancestors
from casework.engine.definition.graph import Fault, Graph, quoted, shape_faults, way_faults
from casework.engine.definition.money_faults import asks, money_faults, price_faults
from casework.engine.definition.own_limits import limit_faults
from casework.engine.definition.registry import EFFECTS, GUARDS
from casework.engine.definition.sheet_faults import sheet_faults
from casework.engine.definition.state_space import space_faults, with_ways
from casework.engine.parties import BODIES
from casework.engine.parts import (
    ACCEPTS,
    DECISIONS,
    FINAL_PARTS,
    REFERRAL,
    SCOPES,
    SENDS,
    STATE_PARTS,
    TAKES_RIGHTS,
    TASK_PARTS,
    TRANSITION_PARTS,
    UNSENT,
    WORKFLOW_PARTS,
)
from casework.engine.roles import ORGANISATION_QUEUES, QUEUE_ROLES, STANDS_FOR, Role

#: Nobody is asked more at once than this.
MOST_EMPTY_FIELDS = 7
#: Where an `Also` may lead.
RELATED = ("child", "parent", "referrals", "unsent", "replaced")


def faults(edition: Edition, library_names: Collection[str] = (), others: Iterable[Edition] = ()) -> list[Fault]:
    """What is wrong with an edition, and with what it opens (`library_names`) and fires there (`others`), where these are given."""
    graph, others = Graph(edition), tuple(others)
    named = [
        *_states(graph),
        *_names(graph),
        *_parts(edition),
        *_forms(graph),
        *_dates(graph),
        *money_faults(edition),
        *price_faults(edition),
        *sheet_faults(edition),
        *limit_faults(edition),
        *_workflows(graph, library_names, {other.workflow: other for other in others}),
    ]
    # Where the shape is wrong nothing can be said of the ways, and where these are, nothing of how tracks come to stand.
    return [*(shape_faults(graph) or with_ways(edition, way_faults(graph)) or space_faults(edition, others)), *named]


# --- states ----------------------------------------------------------------------------------------------------------


def _states(graph: Graph) -> Iterator[Fault]:
    for path, state in graph.states.items():
        if state.type != "state":
            continue
        if not state.step:
            yield Fault("no_step", path, f"{quoted(path)} has no place on the step bar.")
        if state.due is None:
            yield Fault("no_limit", path, f"{quoted(path)} has no limit: nobody would be reminded.")
        if not state.queue or state.queue not in QUEUE_ROLES:
            yield Fault("no_queue", path, f"{quoted(path)} is in no queue that somebody works.")
        elif not _busy(graph, state):
            yield Fault("idle_queue", path, f"In {quoted(path)} the queue {state.queue} has nothing to do.")
    for key, task in graph.edition.tasks.items():
        if task.queue not in QUEUE_ROLES:
            yield Fault("no_queue_role", f"task {key}", f"No role works its queue {quoted(task.queue)}.")


def _busy(graph: Graph, state: StateRule) -> bool:
    """Whether whoever works the queue can fire something there, decide on it, or add a task."""
    workers = QUEUE_ROLES[str(state.queue)]
    for place in ancestors(state.path):
        for rule in graph.rules:
            if place in rule.sources and _accepts((*rule.by, *rule.confirm_by), workers):
                return True
        for offer in graph.edition.rules["on_request"]:
            if place in offer["from"] and _accepts(offer["by"], workers):
                return True
    return any(
        graph.edition.tasks[opening["task"]].queue == state.queue
        for rule in graph.rules
        if rule.target in ancestors(state.path)
        for opening in rule.opens
        if opening["open"] == "task" and opening["task"] in graph.edition.tasks
    )


def _accepts(roles: Iterable[str], workers: Collection[Role]) -> bool:
    wanted = set(roles)
    return any(worker in wanted or STANDS_FOR.get(worker, frozenset()) & wanted for worker in workers)


# --- names -----------------------------------------------------------------------------------------------------------


def _names(graph: Graph) -> Iterator[Fault]:
    edition = graph.edition
    tasks = {task.name for task in edition.tasks.values()}
    actions = {rule.name for rule in graph.rules} | tasks
    for rule in graph.rules:
        where = f"transition {rule.name}"
        yield from _functions(where, rule.guards, (*rule.effects, *rule.proposal_effects, *rule.refusal_effects))
        yield from _papers(edition, rule, where)
        yield from _form_and_others(edition, where, rule.form, rule.not_by, actions)
        for name in (*rule.ends, *rule.drops):
            if name not in tasks:
                yield Fault("unknown_ends", where, f"It ends the task {quoted(name)}, which does not exist.")
        for related, name in rule.also:
            if related not in RELATED:
                yield Fault("unknown_also", where, f"It fires {quoted(name)} on {quoted(related)}, which is nowhere.")
    for path, state in edition.states.items():
        yield from _awaits(f"state {path}", state.awaits)
    for key, task in edition.tasks.items():
        where = f"task {key}"
        yield from _awaits(where, task.awaits)
        yield from _functions(where, task.guards, task.effects)
        yield from _form_and_others(edition, where, task.form, task.not_by, actions)
        yield from _by_link(edition, where, task)
    for where, opening in _openings(edition):
        if opening["open"] in ("task", "next_provider") and opening["task"] not in edition.tasks:
            yield Fault("unknown_task", where, f"It opens the task {quoted(opening['task'])}, which does not exist.")


def _awaits(where: str, body: str) -> Iterator[Fault]:
    if body and body not in BODIES:
        yield Fault("unknown_body", where, f"It waits for {quoted(body)}, which is none of: {', '.join(BODIES)}.")


def _by_link(edition: Edition, where: str, task: TaskRule) -> Iterator[Fault]:
    """What a one-time link fills in and leaves out are fields of the task's form, and nothing else hangs on what it leaves out."""
    if task.by_link is None:
        return
    fields = {field["name"]: field for field in edition.rules["forms"].get(task.form or "", ())}
    apart = [*(task.by_link[name] for name in LINK_FILLS if name in task.by_link), *task.by_link["leaves"]]
    without = task.by_link.get("without", {})
    for name in sorted({*apart, *without} - fields.keys()):
        yield Fault("unknown_link_field", where, f"Its link speaks of {quoted(name)}, which its form does not ask.")
    for field in fields.values():
        if not set(without.get(field["name"], ())) <= set(field.get("choices", ())):
            yield Fault("unknown_link_choice", where, f"Its link takes from {quoted(field['name'])} what is no choice.")
        if "when" in field and field["when"][0] in apart and field["name"] not in apart:
            yield Fault("link_asks_too_late", where, f"{quoted(field['name'])} hangs on what its link does not ask.")
    if task.queue in ORGANISATION_QUEUES:
        yield Fault("link_of_provider", where, "A provider's task is answered by no link: its people have accounts.")


def _form_and_others(
    edition: Edition, where: str, form: str | None, not_by: Iterable[str], actions: Collection[str]
) -> Iterator[Fault]:
    """The form that something asks for, and what else must have been done by others."""
    if form is not None and form not in edition.rules["forms"]:
        yield Fault("unknown_form", where, f"No form is called {quoted(form)}.")
    for name in not_by:
        if name not in actions:
            yield Fault("unknown_not_by", where, f"Nothing that somebody does is called {quoted(name)}.")


def _parts(edition: Edition) -> Iterator[Fault]:
    """Parts must be known to the engine, and a referral must play those without which nobody could be asked."""
    states = edition.states.values()
    played = [
        ("workflow", edition.part, WORKFLOW_PARTS),
        *((f"state {state.path}", state.part, FINAL_PARTS if state.final else STATE_PARTS) for state in states),
        *((f"transition {transition.name}", transition.part, TRANSITION_PARTS) for transition in edition.transitions),
        *((f"task {key}", task.part, TASK_PARTS) for key, task in edition.tasks.items()),
    ]
    for where, part, known in played:
        if part and part not in known:
            yield Fault("unknown_part", where, f"No part that it could play is called {quoted(part)}.")
    yield from _words(edition)
    for part in sorted(TRANSITION_PARTS | TASK_PARTS):
        names = {transition.name for transition in edition.transitions if transition.part == part}
        names |= {task.name for task in edition.tasks.values() if task.part == part}
        if len(names) > 1 and part != TAKES_RIGHTS:
            yield Fault("part_twice", part, f"More than one plays the part {quoted(part)}.")
    if edition.part != REFERRAL:
        return
    for part in (SENDS, ACCEPTS):
        if not any(transition.part == part for transition in edition.transitions):
            yield Fault(
                "part_missing", "workflow", f"A referral needs a transition that plays the part {quoted(part)}."
            )
    first = edition.states.get(str(edition.rules["initial"]))
    if first is None or first.part != UNSENT:
        yield Fault("part_missing", "workflow", f"A referral begins in a state that plays the part {quoted(UNSENT)}.")
    for rule in edition.transitions:
        if (
            rule.part == SENDS
            and first is not None
            and first.part == UNSENT
            and any(edition.states[path].part != UNSENT for path in rule.sources if path in edition.states)
        ):
            yield Fault("sent_twice", f"transition {rule.name}", "Its provider was asked already where it begins.")
        if rule.target in edition.states and edition.states[rule.target].part == UNSENT:
            yield Fault(
                "unsent_again", f"transition {rule.name}", "It leads back to where its provider was not asked yet."
            )


def _words(edition: Edition) -> Iterator[Fault]:
    """What a provider's own system needs for it, and what a decision is about, are said by words that the pages know."""
    said = [
        *((f"transition {rule.name}", rule.scope, SCOPES) for rule in edition.transitions),
        *((f"transition {rule.name}", rule.decides, DECISIONS) for rule in edition.transitions),
        *((f"task {key}", task.decides, DECISIONS) for key, task in edition.tasks.items()),
    ]
    for where, word, known in said:
        if word and word not in known:
            yield Fault("unknown_word", where, f"{quoted(word)} is none of: {', '.join(sorted(known))}.")


def _papers(edition: Edition, rule: TransitionRule, where: str) -> Iterator[Fault]:
    """Papers that a transition asks for must be somebody's to hand in, and to know of."""
    if rule.needs and not rule.by_people:
        yield Fault(
            "paper_by_itself", where, "It happens by itself, when nobody could hand in the papers that it asks for."
        )
    kinds = [need.kind for need in rule.needs]
    for kind in sorted({kind for kind in kinds if kinds.count(kind) > 1}):
        yield Fault("paper_twice", where, f"It asks twice for the paper {quoted(kind)}.")
    services = {opening["service"] for _, opening in _openings(edition) if opening["open"] == "referral"}
    for need in rule.needs:
        if not edition.text(f"papers.{need.kind}").strip():
            yield Fault("paper_unnamed", where, f"The paper {quoted(need.kind)} has no name for people.")
        if need.of is not None and edition.rules["inside"]:
            yield Fault(
                "paper_hidden",
                where,
                f"It asks for the paper {quoted(need.kind)} of another referral, which nobody there may see.",
            )
        elif need.of is not None and need.of not in services:
            yield Fault(
                "paper_of_nobody",
                where,
                f"It asks for a paper of {quoted(need.of)}, for which no referral is opened here.",
            )


def _functions(where: str, guards: Iterable[str], effects: Iterable[str]) -> Iterator[Fault]:
    for name in guards:
        if name not in GUARDS:
            yield Fault("unknown_guard", where, f"No guard is called {quoted(name)}.")
        elif GUARDS[name].sealed:
            yield Fault(
                "sealed_guard", where, f"The guard {quoted(name)} reads a sealed log, and its answer would betray it."
            )
    for name in effects:
        if name not in EFFECTS:
            yield Fault("unknown_effect", where, f"No effect is called {quoted(name)}.")


def _openings(edition: Edition) -> Iterator[tuple[str, WrittenOpening]]:
    """Everything that is opened, with what opens it."""
    for opening in edition.rules["opens"]:
        yield "opens", opening
    for rule in edition.transitions:
        for opening in rule.opens:
            yield f"transition {rule.name}", opening
    for key, task in edition.tasks.items():
        for opened in (*task.opens, *(opening for _, _, opens in task.opens_if for opening in opens)):
            yield f"task {key}", opened


def _workflows(graph: Graph, names: Collection[str], others: Mapping[str, Edition]) -> Iterator[Fault]:
    edition = graph.edition
    if names:
        yield from _unknown_workflows(edition, names)
    if not others:
        return
    asked = next((other for other in others.values() if other.part == REFERRAL), None)
    for where, opening in _openings(edition):
        if opening["open"] in ("referral", "next_provider", "beside") and asked is None:
            yield Fault("unknown_workflow", where, "It asks a provider, and no workflow says how that is done.")
    if edition.part and any(
        other.part == edition.part != "" and name != edition.workflow for name, other in others.items()
    ):
        yield Fault("part_twice", "workflow", f"Another workflow plays the part {quoted(edition.part)}.")
    first = edition.rules["first_step_fires"]
    above = others.get(edition.rules["inside"] or "")
    if first is not None and (above is None or not above.has(first)):
        yield Fault("unknown_also", "first_step_fires", f"No transition of the track above is called {quoted(first)}.")
    yield from _fired_elsewhere(graph, others, above, asked)


def _unknown_workflows(edition: Edition, names: Collection[str]) -> Iterator[Fault]:
    for where, opening in _openings(edition):
        workflow = opening.get("workflow")
        if workflow is not None and workflow not in names:
            yield Fault("unknown_workflow", where, f"It opens the workflow {quoted(workflow)}, which does not exist.")
    inside = edition.rules["inside"]
    if inside is not None and inside not in names:
        yield Fault("unknown_workflow", "inside", f"It runs inside {quoted(inside)}, which does not exist.")


def _fired_elsewhere(
    graph: Graph, others: Mapping[str, Edition], above: Edition | None, asked: Edition | None
) -> Iterator[Fault]:
    """What a transition fires on another track must be there: above, below, in a referral or in what was replaced."""
    below = [other for other in others.values() if other.rules["inside"] == graph.edition.workflow]
    for rule in graph.rules:
        for where, name in rule.also:
            there: list[Edition | None] = [*below]
            if where != "child":
                there = [{"parent": above, "replaced": graph.edition}.get(where, asked)]
            if not any(candidate is not None and candidate.has(name) for candidate in there):
                told = f"Nothing that it fires elsewhere is called {quoted(name)}."
                yield Fault("unknown_also", f"transition {rule.name}", told)


# --- forms and days --------------------------------------------------------------------------------------------------


def _forms(graph: Graph) -> Iterator[Fault]:
    for name, fields in graph.edition.rules["forms"].items():
        yield from asked_faults(name, fields)
        empty = [
            field["name"] for field in fields if field["required"] and "when" not in field and "prefill" not in field
        ]
        if len(empty) > MOST_EMPTY_FIELDS:
            yield Fault(
                "long_form",
                f"form {name}",
                f"It asks {len(empty)} questions at once; at most {MOST_EMPTY_FIELDS} may be empty.",
            )


def _dates(graph: Graph) -> Iterator[Fault]:
    """Limits that count from a day must count from one that some form asks for."""
    edition = graph.edition
    for path, state in graph.states.items():
        entering = [
            rule.form for rule in graph.rules if not rule.target.startswith("=") and rule.target in ancestors(path)
        ]
        for limit in (state.due, *(limit for limit, _ in state.escalation)):
            yield from _law(edition, f"state {path}", limit)
            yield from _since(edition, f"state {path}", limit, entering)
        for rule in graph.rules:
            if path in rule.sources:
                yield from _since(edition, f"transition {rule.name}", rule.after, entering)
    for rule in graph.rules:
        for opening in rule.opens:
            if opening["open"] == "referral":
                yield from _since(edition, f"transition {rule.name}", opening["due"], [rule.form])
    openers = _openers(graph)
    for key, task in edition.tasks.items():
        where, forms = f"task {key}", openers.get(key, [])
        yield from _condition(edition, where, task, forms)
        yield from _law(edition, where, task.due)
        yield from _functions(where, [task.only_if] if task.only_if else [], ())
        yield from _since(edition, where, task.after, forms)
        if task.per is None or not task.per.startswith("items:"):
            yield from _since(edition, where, task.due, forms)
            continue
        # Each item has its own day; its list must be one.
        wanted = task.per.removeprefix("items:")
        if not any(asks(edition, form, wanted, "items") or _asks_days(edition, form, wanted) for form in forms):
            yield Fault("unknown_date", where, f"No form that opens it has the list {quoted(wanted)}.")


def _condition(edition: Edition, where: str, task: TaskRule, forms: Iterable[str | None]) -> Iterator[Fault]:
    """What a task hangs on must be a fact of every form that opens it, and the answers such as can be given."""
    if task.where is None:
        return
    name, values = task.where
    for form in forms:
        field = next((field for field in edition.rules["forms"].get(form or "", []) if field["name"] == name), None)
        can = [True, False] if field and field["type"] == "yes_no" else field.get("choices", ()) if field else ()
        if field is None or not field["fact"] or not set(values) <= set(can):
            yield Fault("unknown_condition", where, f"It is opened by an answer to {quoted(name)} that no form takes.")


def _openers(graph: Graph) -> Mapping[str, list[str | None]]:
    """By task, the forms of what opens it."""
    openers: dict[str, list[str | None]] = {}
    for rule in graph.rules:
        for opening in rule.opens:
            if opening["open"] in ("task", "next_provider"):
                openers.setdefault(opening["task"], []).append(rule.form)
    for task in graph.edition.tasks.values():
        for opened in (*task.opens, *(opening for _, _, opens in task.opens_if for opening in opens)):
            if opened["open"] == "task":
                openers.setdefault(opened["task"], []).append(task.form)
    return openers


def _law(edition: Edition, where: str, limit: WrittenLimit | None) -> Iterator[Fault]:
    """The article that sets a limit has a name for people."""
    if limit is not None and "law" in limit and not edition.texts.get(f"laws.{limit['law']}", "").strip():
        yield Fault("law_unnamed", where, f"The law {quoted(limit['law'])} that sets its limit has no name for people.")


def _since(edition: Edition, where: str, limit: WrittenLimit | None, own: Iterable[str | None]) -> Iterator[Fault]:
    if limit is None or limit["since"] is None:
        return
    for name in limit["since"].split("|"):
        action, dot, field = name.partition(".")
        forms = list(own)
        if dot:
            forms = [rule.form for rule in edition.transitions if rule.name == action]
            forms += [task.form for task in edition.tasks.values() if task.name == action]
        if not any(asks(edition, form, field if dot else action, "date") for form in forms):
            yield Fault("unknown_date", where, f"It counts from {quoted(name)}, a day that no form asks for.")


def _asks_days(edition: Edition, form: str | None, field: str) -> bool:
    """Whether a table of facts has a day in each row, under the name that an item has it."""
    return any(
        asked["name"] == field
        and asked["type"] == "rows"
        and asked["fact"]
        and any((cell["name"], cell["type"], cell["required"]) == ("by", "date", True) for cell in asked["fields"])
        for asked in edition.rules["forms"].get(form or "", [])
    )


__all__ = ["Fault", "faults"]
