"""Everything wrong with a workflow, all at once and in plain words; a faulty edition is never published."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from casework.engine.editions import Edition, StateRule, TransitionRule, ancestors
from casework.engine.limits import LADDER
from casework.engine.registry import EFFECTS, GUARDS
from casework.engine.roles import QUEUE_ROLES, STANDS_FOR

Json = Any

#: Nobody is asked more at once than this.
MOST_EMPTY_FIELDS = 7
#: Where an `Also` may lead.
RELATED = ("child", "parent", "referrals")


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: its kind, where it is, and a sentence that says so."""

    kind: str
    place: str
    sentence: str


def faults(edition: Edition, library_names: Collection[str] = (), others: Iterable[Edition] = ()) -> list[Fault]:
    """What is wrong with an edition.

    `library_names` are the workflows that it may open; `others` their editions, against which it is checked that the
    transitions exist that it fires there. Without them these questions are not asked.
    """
    graph = _Graph(edition)
    # The shape first: where a name leads nowhere, nothing can be said of the ways that go through it.
    shape = [*_unknown_places(graph), *_nesting(graph)]
    named = [
        *_states(graph), *_names(graph), *_forms(graph), *_dates(graph),
        *_workflows(graph, library_names, {one.workflow: one for one in others}),
    ]  # fmt: skip
    if shape:
        return [*shape, *named]
    ways = [*_ways(graph), *_joins(graph), *_histories(graph), *_siblings(graph), *_ambiguous(graph), *_loops(graph)]
    return [*ways, *named]


class _Graph:
    """The states of an edition and the ways between them, with every guard taken to hold."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.states = edition.states
        self.rules = edition.transitions

    @cached_property
    def leaves(self) -> list[str]:
        return [path for path, state in self.states.items() if state.type in ("state", "final")]

    def below(self, place: str) -> list[str]:
        return [leaf for leaf in self.leaves if leaf == place or leaf.startswith(place + ".")]

    def out_of(self, leaf: str) -> Iterator[tuple[TransitionRule, str]]:
        """Transitions that leave a leaf or what it lies in. What waits for an end waits until the leaf is one."""
        for place in ancestors(leaf):
            for rule in self.rules:
                waits = rule.automatic and place != leaf
                if place in rule.sources and (not waits or self.states[leaf].final):
                    yield rule, place

    def targets(self, rule: TransitionRule, place: str) -> tuple[str, ...]:
        """The leaves to which a transition out of `place` may lead."""
        if rule.target == "=same":
            return ()
        if rule.target == "=previous":
            return tuple(self.came_from.get(place, ()))
        return self.edition.entered(rule.target)

    @cached_property
    def came_from(self) -> dict[str, dict[str, None]]:
        """state: the leaves from which it is entered, other than itself."""
        found: dict[str, dict[str, None]] = {}
        for rule in self.rules:
            if rule.target.startswith("="):
                continue
            for entered in self.edition.entered(rule.target):
                for source in rule.sources:
                    found.setdefault(entered, {}).update(
                        dict.fromkeys(leaf for leaf in self.below(source) if leaf != entered)
                    )
        return found

    @cached_property
    def reached(self) -> set[str]:
        """Every leaf to which some way leads from the start."""
        seen: set[str] = set()
        todo = list(self.edition.initial)
        while todo:
            leaf = todo.pop()
            if leaf in seen:
                continue
            seen.add(leaf)
            for rule, place in self.out_of(leaf):
                todo += self.targets(rule, place)
        return seen

    @cached_property
    def ending(self) -> set[str]:
        """Every leaf from which some way leads to an end of the track."""
        seen = {leaf for leaf in self.leaves if self.states[leaf].final and "." not in leaf}
        grown = True
        while grown:
            grown = False
            for leaf in self.leaves:
                if leaf not in seen and self._leads_to(leaf, seen):
                    seen.add(leaf)
                    grown = True
        return seen

    def _leads_to(self, leaf: str, seen: set[str]) -> bool:
        return any(to in seen for rule, place in self.out_of(leaf) for to in self.targets(rule, place))


# --- the shape -------------------------------------------------------------------------------------------------------


def _unknown_places(graph: _Graph) -> Iterator[Fault]:
    edition = graph.edition
    if edition.rules["initial"] not in graph.states:
        yield Fault("unknown_state", "initial", "The workflow has no state to begin in.")
    for rule in graph.rules:
        where = f"transition {rule.name}"
        for source in rule.sources:
            if source not in graph.states:
                yield Fault("unknown_state", where, f"It leaves {_plain(source)}, which is no state of this workflow.")
        if rule.target not in graph.states and rule.target not in ("=same", "=previous"):
            yield Fault(
                "unknown_target", where, f"It leads to {_plain(rule.target)}, which is no state of this workflow."
            )
    for offer in edition.rules["on_request"]:
        for place in offer["from"]:
            if place not in graph.states:
                yield Fault(
                    "unknown_state", f"task {offer['task']}", f"It may be added in {_plain(place)}, which is no state."
                )
    for name, places in edition.milestones.items():
        for place in sorted(places - set(graph.states)):
            yield Fault("unknown_milestone", f"milestone {name}", f"It names {_plain(place)}, which is no state.")
    for place in sorted(edition.outlives - set(graph.states)):
        yield Fault("unknown_outlives", "outlives", f"It names {_plain(place)}, which is no state.")
    steps = edition.ladder
    if set(steps) != set(LADDER) or not (0 < steps["remind"] < 100 and 0 < steps["escalate"] < steps["flag"]):
        yield Fault(
            "bad_ladder", "ladder", "It needs remind, a percentage below 100, and working days escalate and then flag."
        )


def _plain(path: str) -> str:
    return f"“{path.removeprefix('?')}”"


def _nesting(graph: _Graph) -> Iterator[Fault]:
    for path, state in graph.states.items():
        if state.type not in ("stage", "parallel"):
            continue
        parts = path.split(".")
        region = len(parts) == 2 and state.type == "stage" and graph.states[parts[0]].type == "parallel"
        if len(parts) > 1 and not region:
            yield Fault("too_deep", path, f"{_plain(path)} nests states deeper than one level.")
        rule = graph.edition.rules["states"][path]
        if not (rule.get("children") or rule.get("regions")):
            yield Fault("empty", path, f"{_plain(path)} holds no states.")
        if state.type == "parallel":
            for one in rule["regions"]:
                if graph.states[one].type != "stage":
                    yield Fault("endless_join", path, f"The region {_plain(one)} is no stage, so it can never end.")


# --- the ways --------------------------------------------------------------------------------------------------------


def _ways(graph: _Graph) -> Iterator[Fault]:
    for leaf in graph.leaves:
        state = graph.states[leaf]
        if leaf not in graph.reached:
            yield Fault("unreachable", leaf, f"No way leads to {_plain(leaf)}.")
        if state.final:
            continue
        if not any(rule.target != "=same" for rule, _ in graph.out_of(leaf)):
            yield Fault("dead_end", leaf, f"{_plain(leaf)} has no way out and is no end.")
        elif leaf not in graph.ending:
            yield Fault("no_end", leaf, f"From {_plain(leaf)} no end can be reached.")
    for rule in graph.rules:
        for source in rule.sources:
            if graph.states[source].final and not rule.reopens:
                yield Fault(
                    "leaves_final",
                    f"transition {rule.name}",
                    f"It leaves the end {_plain(source)} without reopening it.",
                )


def _joins(graph: _Graph) -> Iterator[Fault]:
    """A region that never ends holds up for ever what waits for all of them; a stage without an end likewise."""
    waited = {source for rule in graph.rules if rule.automatic for source in rule.sources}
    for path, state in graph.states.items():
        region = path.split(".")[0] != path and state.type == "stage"
        if state.type != "stage" or not (region or path in waited):
            continue
        if not any(graph.states[leaf].final and leaf in graph.reached for leaf in graph.below(path)):
            yield Fault(
                "endless_join", path, f"{_plain(path)} has no end that can be reached, so nothing can wait for it."
            )


def _histories(graph: _Graph) -> Iterator[Fault]:
    for rule in graph.rules:
        if rule.target != "=previous":
            continue
        for place in rule.sources:
            if not graph.came_from.get(place):
                yield Fault(
                    "nothing_precedes",
                    f"transition {rule.name}",
                    f"It leads back from {_plain(place)}, where nobody came to.",
                )
            elif place in graph.edition.initial:
                yield Fault(
                    "nothing_precedes",
                    f"transition {rule.name}",
                    f"{_plain(place)} is where the workflow begins: nothing is before it.",
                )


def _siblings(graph: _Graph) -> Iterator[Fault]:
    """Regions live and end together: nothing leaves one for outside, and nothing enters only one."""
    for rule in graph.rules:
        for place in rule.sources:
            region = _region(graph, place)
            for target in {rule.target} - {"=same", "=previous"}:
                into = _region(graph, target)
                if region is not None and into != region:
                    yield Fault(
                        "drops_siblings", f"transition {rule.name}",
                        f"It leaves the region {_plain(region)} alone; the regions beside it would be dropped.",
                    )  # fmt: skip
                elif region is None and into is not None:
                    yield Fault(
                        "drops_siblings", f"transition {rule.name}",
                        f"It enters the region {_plain(into)} alone; the regions beside it would be left out.",
                    )  # fmt: skip


def _region(graph: _Graph, path: str) -> str | None:
    """The region of a parallel in which a place lies (or which it is)."""
    for place in ancestors(path):
        above = place.rpartition(".")[0]
        if above and graph.states[above].type == "parallel":
            return place
    return None


def _ambiguous(graph: _Graph) -> Iterator[Fault]:
    for n, rule in enumerate(graph.rules):
        for other in graph.rules[:n]:
            if rule.name != other.name:
                continue
            both = sorted({one for one in rule.sources for two in other.sources if _together(graph, one, two)})
            if both:
                yield Fault(
                    "ambiguous", f"transition {rule.name}", f"Two of this name can be fired in {_plain(both[0])}."
                )


def _together(graph: _Graph, one: str, two: str) -> bool:
    """Whether a track can stand in both places at once."""
    if one in ancestors(two) or two in ancestors(one):
        return True
    left, right = _region(graph, one), _region(graph, two)
    return left is not None and right is not None and left != right and left.split(".")[0] == right.split(".")[0]


def _loops(graph: _Graph) -> Iterator[Fault]:
    """Transitions by themselves in a circle. Their guards may exclude each other today, but nothing says so."""
    by_itself: dict[str, dict[str, str]] = {}
    for leaf in graph.leaves:
        for rule, place in graph.out_of(leaf):
            if not rule.automatic:
                continue
            # What stays where it is would fire again and again.
            for to in (leaf,) if rule.target == "=same" else graph.targets(rule, place):
                by_itself.setdefault(leaf, {})[to] = rule.name
    found: set[str] = set()
    for start in by_itself:
        seen: set[str] = set()
        todo = list(by_itself[start])
        while todo:
            leaf = todo.pop()
            if leaf not in seen:
                seen.add(leaf)
                todo += by_itself.get(leaf, ())
        if start in seen and start not in found:
            found |= seen
            names = ", ".join(sorted(set(by_itself[start].values())))
            yield Fault("automatic_loop", start, f"From {_plain(start)} it can run in a circle by itself: {names}.")


# --- states ----------------------------------------------------------------------------------------------------------


def _states(graph: _Graph) -> Iterator[Fault]:
    for path, state in graph.states.items():
        if state.type != "state":
            continue
        if not state.step:
            yield Fault("no_step", path, f"{_plain(path)} has no place on the step bar.")
        if state.due is None:
            yield Fault("no_limit", path, f"{_plain(path)} has no limit: nobody would be reminded.")
        if not state.queue or state.queue not in QUEUE_ROLES:
            yield Fault("no_queue", path, f"{_plain(path)} is in no queue that somebody works.")
        elif not _busy(graph, state):
            yield Fault("idle_queue", path, f"In {_plain(path)} the queue {state.queue} has nothing to do.")
    for key, task in graph.edition.tasks.items():
        if task.queue not in QUEUE_ROLES:
            yield Fault("no_queue_role", f"task {key}", f"No role works its queue {_plain(task.queue)}.")


def _busy(graph: _Graph, state: StateRule) -> bool:
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
        graph.edition.tasks[one["task"]].queue == state.queue
        for rule in graph.rules if rule.target in ancestors(state.path)
        for one in rule.opens if one["open"] == "task" and one["task"] in graph.edition.tasks
    )  # fmt: skip


def _accepts(roles: Iterable[str], workers: Collection[str]) -> bool:
    wanted = set(roles)
    return any(worker in wanted or STANDS_FOR.get(worker, frozenset()) & wanted for worker in workers)


# --- names -----------------------------------------------------------------------------------------------------------


def _names(graph: _Graph) -> Iterator[Fault]:
    edition = graph.edition
    deeds = {rule.name for rule in graph.rules}
    tasks = {task.name for task in edition.tasks.values()}
    for rule in graph.rules:
        where = f"transition {rule.name}"
        yield from _functions(where, rule.guards, (*rule.effects, *rule.proposal_effects, *rule.refusal_effects))
        yield from _papers(edition, rule, where)
        if rule.form is not None and rule.form not in edition.rules["forms"]:
            yield Fault("unknown_form", where, f"No form is called {_plain(rule.form)}.")
        for name in rule.not_by:
            if name not in deeds | tasks:
                yield Fault("unknown_not_by", where, f"Nothing that somebody does is called {_plain(name)}.")
        for name in rule.ends:
            if name not in tasks:
                yield Fault("unknown_ends", where, f"It ends the task {_plain(name)}, which does not exist.")
        for related, name in rule.also:
            if related not in RELATED:
                yield Fault("unknown_also", where, f"It fires {_plain(name)} on {_plain(related)}, which is nowhere.")
    for key, task in edition.tasks.items():
        where = f"task {key}"
        yield from _functions(where, task.guards, task.effects)
        if task.form is not None and task.form not in edition.rules["forms"]:
            yield Fault("unknown_form", where, f"No form is called {_plain(task.form)}.")
        for name in task.not_by:
            if name not in deeds | tasks:
                yield Fault("unknown_not_by", where, f"Nothing that somebody does is called {_plain(name)}.")
    for where, one in _openings(edition):
        if one["open"] in ("task", "next_provider") and one["task"] not in edition.tasks:
            yield Fault("unknown_task", where, f"It opens the task {_plain(one['task'])}, which does not exist.")


def _papers(edition: Edition, rule: TransitionRule, where: str) -> Iterator[Fault]:
    """Papers that a transition asks for must be somebody's to hand in, and to know of."""
    if rule.needs and not rule.by_people:
        yield Fault("paper_by_itself", where, "It happens by itself, when nobody could hand in the papers that it asks for.")
    kinds = [one.kind for one in rule.needs]
    for kind in sorted({kind for kind in kinds if kinds.count(kind) > 1}):
        yield Fault("paper_twice", where, f"It asks twice for the paper {_plain(kind)}.")
    services = {one["service"] for _, one in _openings(edition) if one["open"] == "referral"}
    for one in rule.needs:
        if not edition.text(f"papers.{one.kind}").strip():
            yield Fault("paper_unnamed", where, f"The paper {_plain(one.kind)} has no name for people.")
        if one.of is not None and edition.rules["inside"]:
            yield Fault("paper_hidden", where, f"It asks for the paper {_plain(one.kind)} of another referral, which nobody there may see.")
        elif one.of is not None and one.of not in services:
            yield Fault("paper_of_nobody", where, f"It asks for a paper of {_plain(one.of)}, for which no referral is opened here.")


def _functions(where: str, guards: Iterable[str], effects: Iterable[str]) -> Iterator[Fault]:
    for name in guards:
        if name not in GUARDS:
            yield Fault("unknown_guard", where, f"No guard is called {_plain(name)}.")
        elif GUARDS[name].sealed:
            yield Fault(
                "sealed_guard", where, f"The guard {_plain(name)} reads a sealed log, and its answer would betray it."
            )
    for name in effects:
        if name not in EFFECTS:
            yield Fault("unknown_effect", where, f"No effect is called {_plain(name)}.")


def _openings(edition: Edition) -> Iterator[tuple[str, Mapping[str, Json]]]:
    """Everything that is opened, with what opens it."""
    for one in edition.rules["opens"]:
        yield "opens", one
    for rule in edition.transitions:
        for one in rule.opens:
            yield f"transition {rule.name}", one
    for key, task in edition.tasks.items():
        for one in (*task.opens, *(one for _, _, opens in task.opens_if for one in opens)):
            yield f"task {key}", one


def _workflows(graph: _Graph, names: Collection[str], others: Mapping[str, Edition]) -> Iterator[Fault]:
    edition = graph.edition
    if names:
        for where, one in _openings(edition):
            workflow = {"track": one.get("workflow"), "referral": "referral", "next_provider": "referral", "beside": "referral"}.get(one["open"])
            if workflow is not None and workflow not in names:
                yield Fault(
                    "unknown_workflow", where, f"It opens the workflow {_plain(workflow)}, which does not exist."
                )
        inside = edition.rules["inside"]
        if inside is not None and inside not in names:
            yield Fault("unknown_workflow", "inside", f"It runs inside {_plain(inside)}, which does not exist.")
    if not others:
        return
    first = edition.rules["first_step_fires"]
    above = others.get(edition.rules["inside"] or "")
    if first is not None and (above is None or not above.has(first)):
        yield Fault("unknown_also", "first_step_fires", f"No transition of the track above is called {_plain(first)}.")
    for rule in graph.rules:
        for where, name in rule.also:
            below = [one for one in others.values() if one.rules["inside"] == edition.workflow]
            there: list[Edition | None] = [*below]
            if where != "child":
                there = [above if where == "parent" else others.get("referral")]
            if not any(one is not None and one.has(name) for one in there):
                yield Fault(
                    "unknown_also",
                    f"transition {rule.name}",
                    f"Nothing that it fires elsewhere is called {_plain(name)}.",
                )


# --- forms and days --------------------------------------------------------------------------------------------------


def _forms(graph: _Graph) -> Iterator[Fault]:
    for name, fields in graph.edition.rules["forms"].items():
        empty = [one["name"] for one in fields if one["required"] and "when" not in one and "prefill" not in one]
        if len(empty) > MOST_EMPTY_FIELDS:
            yield Fault(
                "long_form",
                f"form {name}",
                f"It asks {len(empty)} questions at once; at most {MOST_EMPTY_FIELDS} may be empty.",
            )


def _dates(graph: _Graph) -> Iterator[Fault]:
    """Limits that count from a day must count from one that some form asks for."""
    edition = graph.edition
    for path, state in graph.states.items():
        entering = [
            rule.form for rule in graph.rules if not rule.target.startswith("=") and rule.target in ancestors(path)
        ]  # fmt: skip
        for limit in (state.due, *(limit for limit, _ in state.ladder)):
            yield from _since(edition, f"state {path}", limit, entering)
        for rule in graph.rules:
            if path in rule.sources:
                yield from _since(edition, f"transition {rule.name}", rule.after, entering)
    openers: dict[str, list[str | None]] = {}
    for rule in graph.rules:
        for one in rule.opens:
            if one["open"] in ("task", "next_provider"):
                openers.setdefault(one["task"], []).append(rule.form)
            elif one["open"] == "referral":
                yield from _since(edition, f"transition {rule.name}", one["due"], [rule.form])
    for task in edition.tasks.values():
        for one in (*task.opens, *(one for _, _, opens in task.opens_if for one in opens)):
            if one["open"] == "task":
                openers.setdefault(one["task"], []).append(task.form)
    for key, task in edition.tasks.items():
        where, forms = f"task {key}", openers.get(key, [])
        yield from _since(edition, where, task.after, forms)
        if task.per is None or not task.per.startswith("items:"):
            yield from _since(edition, where, task.due, forms)
            continue
        # Each item has its own day; its list must be one.
        wanted = task.per.removeprefix("items:")
        if not any(_asks(edition, form, wanted, "items") for form in forms):
            yield Fault("unknown_date", where, f"No form that opens it has the list {_plain(wanted)}.")


def _since(
    edition: Edition, where: str, limit: Mapping[str, Json] | None, own: Iterable[str | None]
) -> Iterator[Fault]:
    if limit is None or limit["since"] is None:
        return
    for name in limit["since"].split("|"):
        deed, dot, field = name.partition(".")
        forms = list(own)
        if dot:
            forms = [rule.form for rule in edition.transitions if rule.name == deed]
            forms += [task.form for task in edition.tasks.values() if task.name == deed]
        if not any(_asks(edition, form, field if dot else deed, "date") for form in forms):
            yield Fault("unknown_date", where, f"It counts from {_plain(name)}, a day that no form asks for.")


def _asks(edition: Edition, form: str | None, field: str, type: str) -> bool:
    fields = edition.rules["forms"].get(form, ())
    # A day that stands in the body only cannot be counted from.
    return any(one["name"] == field and one["type"] == type and (one["fact"] or type == "items") for one in fields)
