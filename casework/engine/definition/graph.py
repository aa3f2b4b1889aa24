"""The states of an edition and the ways between them, and what is wrong with their shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from casework.engine.deadlines.deadlines import ESCALATION
from casework.engine.definition.editions import Edition, TransitionRule, ancestors


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: its kind, where it is, and a sentence that says so."""

    kind: str
    place: str
    sentence: str
    #: The transitions by which a track comes to where it shows, where that is known.
    path: tuple[str, ...] = ()


class Graph:
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
        origins: dict[str, dict[str, None]] = {}
        for rule in self.rules:
            if rule.target.startswith("="):
                continue
            for entered in self.edition.entered(rule.target):
                for source in rule.sources:
                    origins.setdefault(entered, {}).update(
                        dict.fromkeys(leaf for leaf in self.below(source) if leaf != entered)
                    )
        return origins

    @cached_property
    def reached(self) -> set[str]:
        """Every leaf to which some way leads from the start."""
        seen: set[str] = set()
        waiting = list(self.edition.initial)
        while waiting:
            leaf = waiting.pop()
            if leaf in seen:
                continue
            seen.add(leaf)
            for rule, place in self.out_of(leaf):
                waiting += self.targets(rule, place)
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


def shape_faults(graph: Graph) -> list[Fault]:
    """Where a name leads nowhere, or states lie wrongly in one another: then nothing can be said of the ways."""
    return [*_unknown_places(graph), *_nesting(graph)]


def way_faults(graph: Graph) -> list[Fault]:
    """Where nobody comes or gets away, what never ends, and ways that contradict each other."""
    return [*_ways(graph), *_joins(graph), *_histories(graph), *_siblings(graph), *_ambiguous(graph), *_loops(graph)]


# --- the shape -------------------------------------------------------------------------------------------------------


def _unknown_ends(graph: Graph) -> Iterator[Fault]:
    """Transitions that leave or lead to what is no state."""
    for rule in graph.rules:
        where = f"transition {rule.name}"
        for source in rule.sources:
            if source not in graph.states:
                yield Fault("unknown_state", where, f"It leaves {quoted(source)}, which is no state of this workflow.")
        if rule.target not in graph.states and rule.target not in ("=same", "=previous"):
            yield Fault(
                "unknown_target", where, f"It leads to {quoted(rule.target)}, which is no state of this workflow."
            )


def _unknown_places(graph: Graph) -> Iterator[Fault]:
    edition = graph.edition
    if edition.rules["initial"] not in graph.states:
        yield Fault("unknown_state", "initial", "The workflow has no state to begin in.")
    yield from _unknown_ends(graph)
    for offer in edition.rules["on_request"]:
        for place in offer["from"]:
            if place not in graph.states:
                yield Fault(
                    "unknown_state", f"task {offer['task']}", f"It may be added in {quoted(place)}, which is no state."
                )
    for name, places in edition.milestones.items():
        for place in sorted(places - set(graph.states)):
            yield Fault("unknown_milestone", f"milestone {name}", f"It names {quoted(place)}, which is no state.")
    for place in sorted(edition.outlives - set(graph.states)):
        yield Fault("unknown_outlives", "outlives", f"It names {quoted(place)}, which is no state.")
    steps = edition.escalation
    if set(steps) != set(ESCALATION) or not (0 < steps["remind"] < 100 and 0 < steps["escalate"] < steps["flag"]):
        yield Fault(
            "bad_escalation",
            "escalation",
            "It needs remind, a percentage below 100, and working days escalate and then flag.",
        )


def quoted(path: str) -> str:
    return f"“{path.removeprefix('?')}”"


def _nesting(graph: Graph) -> Iterator[Fault]:
    for path, state in graph.states.items():
        if state.type not in ("stage", "parallel"):
            continue
        parts = path.split(".")
        region = len(parts) == 2 and state.type == "stage" and graph.states[parts[0]].type == "parallel"
        if len(parts) > 1 and not region:
            yield Fault("too_deep", path, f"{quoted(path)} nests states deeper than one level.")
        rule = graph.edition.rules["states"][path]
        if not (rule.get("children") or rule.get("regions")):
            yield Fault("empty", path, f"{quoted(path)} holds no states.")
        if state.type == "parallel":
            for child in rule["regions"]:
                if graph.states[child].type != "stage":
                    yield Fault("endless_join", path, f"The region {quoted(child)} is no stage, so it can never end.")


# --- the ways --------------------------------------------------------------------------------------------------------


def _ways(graph: Graph) -> Iterator[Fault]:
    for leaf in graph.leaves:
        state = graph.states[leaf]
        if leaf not in graph.reached:
            yield Fault("unreachable", leaf, f"No way leads to {quoted(leaf)}.")
        if state.final:
            continue
        if not any(rule.target != "=same" for rule, _ in graph.out_of(leaf)):
            yield Fault("dead_end", leaf, f"{quoted(leaf)} has no way out and is no end.")
        elif leaf not in graph.ending:
            yield Fault("no_end", leaf, f"From {quoted(leaf)} no end can be reached.")
    for rule in graph.rules:
        for source in rule.sources:
            if graph.states[source].final and not rule.reopens:
                yield Fault(
                    "leaves_final",
                    f"transition {rule.name}",
                    f"It leaves the end {quoted(source)} without reopening it.",
                )


def _joins(graph: Graph) -> Iterator[Fault]:
    """A region that never ends holds up for ever what waits for all of them; a stage without an end likewise."""
    waited = {source for rule in graph.rules if rule.automatic for source in rule.sources}
    for path, state in graph.states.items():
        region = path.split(".")[0] != path and state.type == "stage"
        if state.type != "stage" or not (region or path in waited):
            continue
        if not any(graph.states[leaf].final and leaf in graph.reached for leaf in graph.below(path)):
            yield Fault(
                "endless_join", path, f"{quoted(path)} has no end that can be reached, so nothing can wait for it."
            )


def _histories(graph: Graph) -> Iterator[Fault]:
    for rule in graph.rules:
        if rule.target != "=previous":
            continue
        for place in rule.sources:
            if not graph.came_from.get(place):
                yield Fault(
                    "nothing_precedes",
                    f"transition {rule.name}",
                    f"It leads back from {quoted(place)}, where nobody came to.",
                )
            elif place in graph.edition.initial:
                yield Fault(
                    "nothing_precedes",
                    f"transition {rule.name}",
                    f"{quoted(place)} is where the workflow begins: nothing is before it.",
                )


def _siblings(graph: Graph) -> Iterator[Fault]:
    """Regions live and end together: nothing leaves one for outside, and nothing enters only one."""
    for rule in graph.rules:
        for place in rule.sources:
            region = _region(graph, place)
            for target in {rule.target} - {"=same", "=previous"}:
                into = _region(graph, target)
                if region is not None and into != region:
                    yield Fault(
                        "drops_siblings",
                        f"transition {rule.name}",
                        f"It leaves the region {quoted(region)} alone; the regions beside it would be dropped.",
                    )
                elif region is None and into is not None:
                    yield Fault(
                        "drops_siblings",
                        f"transition {rule.name}",
                        f"It enters the region {quoted(into)} alone; the regions beside it would be left out.",
                    )


def _region(graph: Graph, path: str) -> str | None:
    """The region of a parallel in which a place lies (or which it is)."""
    for place in ancestors(path):
        above = place.rpartition(".")[0]
        if above and graph.states[above].type == "parallel":
            return place
    return None


def _ambiguous(graph: Graph) -> Iterator[Fault]:
    for n, rule in enumerate(graph.rules):
        for other in graph.rules[:n]:
            if rule.name != other.name:
                continue
            both = sorted({source for source in rule.sources for two in other.sources if _together(graph, source, two)})
            if both:
                yield Fault(
                    "ambiguous", f"transition {rule.name}", f"Two of this name can be fired in {quoted(both[0])}."
                )


def _together(graph: Graph, place: str, other: str) -> bool:
    """Whether a track can stand in both places at once."""
    if place in ancestors(other) or other in ancestors(place):
        return True
    left, right = _region(graph, place), _region(graph, other)
    return left is not None and right is not None and left != right and left.split(".")[0] == right.split(".")[0]


def _loops(graph: Graph) -> Iterator[Fault]:
    """Transitions by themselves in a circle. Their guards may exclude each other today, but nothing says so."""
    by_itself: dict[str, dict[str, str]] = {}
    for leaf in graph.leaves:
        for rule, place in graph.out_of(leaf):
            if not rule.automatic:
                continue
            # What stays where it is would fire again and again.
            for to in (leaf,) if rule.target == "=same" else graph.targets(rule, place):
                by_itself.setdefault(leaf, {})[to] = rule.name
    looping: set[str] = set()
    for start in by_itself:
        seen: set[str] = set()
        waiting = list(by_itself[start])
        while waiting:
            leaf = waiting.pop()
            if leaf not in seen:
                seen.add(leaf)
                waiting += by_itself.get(leaf, ())
        if start in seen and start not in looping:
            looping |= seen
            names = ", ".join(sorted(set(by_itself[start].values())))
            yield Fault("automatic_loop", start, f"From {quoted(start)} it can run in a circle by itself: {names}.")
