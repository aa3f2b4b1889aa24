"""What differs between two editions of a workflow: what came, what went, and what is otherwise now, each by its name.

Names are what binds: a state that was renamed went, and another came. Where such a pair is the same in all else, each says which
the other may be (`like`), and nothing is made of it. What follows from another difference is not told twice: the words of what
came or went, and that a stage now holds it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from casework.engine.definition.edition_schema import WrittenState
from casework.engine.definition.editions import Edition, ancestors
from casework.json_values import JsonObject

Kind = Literal["added", "removed", "changed"]
Thing = Literal["workflow", "state", "transition", "task", "form", "field", "limit", "text"]
#: In this order they are told.
THINGS: tuple[Thing, ...] = ("workflow", "state", "transition", "task", "form", "field", "limit", "text")

_MIRRORED: Mapping[Kind, Kind] = {"added": "removed", "removed": "added", "changed": "changed"}
#: What is compared part by part, what tells one edition from another, and what follows from the states.
_IN_PARTS = frozenset({"states", "order", "transitions", "tasks", "forms", "limits", "edition", "workflow"})
_WITHIN = frozenset({"children", "regions"})


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: of what, by which name, and what it was and is."""

    kind: Kind
    thing: Thing
    name: str
    #: Which of its rules is otherwise; nothing where the whole came or went.
    rule: str = ""
    #: The rule in the earlier edition and in the later one; of what came or went all of it.
    before: Any = None
    after: Any = None
    #: Of what came what went, or the other way round, where they are the same but for the name.
    like: str = ""
    #: Of a transition the states that it leaves in both editions: two may have one name.
    at: tuple[str, ...] = ()

    def mirrored(self) -> Change:
        """The same difference seen from the other edition."""
        return replace(self, kind=_MIRRORED[self.kind], before=self.after, after=self.before)

    @property
    def place(self) -> tuple[int, str, tuple[str, ...], str, str]:
        """Where it stands among others."""
        return THINGS.index(self.thing), self.name, self.at, self.rule, _plain((self.kind, self.before, self.after))


@dataclass(frozen=True, kw_only=True)
class Compared:
    """Two editions of a workflow by their fingerprints, and what differs."""

    workflow: str
    earlier: str
    later: str
    changes: list[Change]


def compare(earlier: Edition, later: Edition) -> Compared:
    return Compared(
        workflow=later.workflow,
        earlier=earlier.fingerprint,
        later=later.fingerprint,
        changes=list(differences(earlier, later)),
    )


def differences(earlier: Edition, later: Edition) -> tuple[Change, ...]:
    """Everything in which the later edition is another than the earlier one; empty where they say the same."""
    found = (
        *_of_workflow(earlier, later),
        *_of_states(earlier, later),
        *_of_transitions(earlier, later),
        *_of_named("task", earlier.rules["tasks"], later.rules["tasks"], _without_name),
        *_of_forms(earlier, later),
        *_of_named("limit", earlier.guard_limits, later.guard_limits, _plain),
        *_of_texts(earlier, later),
    )
    return tuple(sorted(found, key=lambda one: one.place))


def _of_workflow(earlier: Edition, later: Edition) -> Iterator[Change]:
    a, b = cast(JsonObject, earlier.rules), cast(JsonObject, later.rules)
    yield from _rules("workflow", earlier.workflow, a, b, skip=_IN_PARTS)
    yield from _order("workflow", earlier.workflow, earlier.rules["order"], later.rules["order"])


def _of_states(earlier: Edition, later: Edition) -> Iterator[Change]:
    a, b = earlier.rules["states"], later.rules["states"]
    like = _alike(
        {path: _state_alone(earlier, path) for path in a.keys() - b.keys()},
        {path: _state_alone(later, path) for path in b.keys() - a.keys()},
    )
    yield from _came_and_went("state", a, b, like)
    for path in a.keys() & b.keys():
        yield from _rules("state", path, a[path], b[path], skip=_WITHIN)
        # What came or went is told by itself; here it counts what moved from one to another.
        held, holds = _held(a[path]), _held(b[path])
        if (held & b.keys()) != (holds & a.keys()):
            yield Change("changed", "state", path, "children", sorted(held & b.keys()), sorted(holds & a.keys()))


def _held(state: WrittenState) -> set[str]:
    """What lies in a stage, or the regions of a parallel."""
    return {*state.get("children", ()), *state.get("regions", ())}


def _state_alone(edition: Edition, path: str) -> str:
    """A state with every way into it and out of it, whatever it is called."""

    def named(where: str) -> str:
        return "*" + where.removeprefix(path) if path in ancestors(where) else where

    state = edition.rules["states"][path]
    rule = {
        **state,
        "children": [*map(named, state.get("children", ()))],
        "regions": [*map(named, state.get("regions", ()))],
    }
    ways = [
        {**way, "from": [named(where) for where in way["from"]], "to": named(way["to"])}
        for way in edition.rules["transitions"]
        if path in (*way["from"], way["to"])
    ]
    return _plain([rule, ways])


def _of_transitions(earlier: Edition, later: Edition) -> Iterator[Change]:
    a, b = earlier.rules["transitions"], later.rules["transitions"]
    pairs = list(_pairs(a, b))
    gone = [n for n in range(len(a)) if n not in {i for i, _ in pairs}]
    come = [n for n in range(len(b)) if n not in {j for _, j in pairs}]
    like = _alike(
        {str(n): _without_name(a[n]) for n in gone},
        {str(n): _without_name(b[n]) for n in come},
    )
    back = {other: one for one, other in like.items()}
    for n in gone:
        other = b[int(like[str(n)])]["name"] if str(n) in like else ""
        yield Change("removed", "transition", a[n]["name"], "", a[n], None, other, tuple(a[n]["from"]))
    for n in come:
        other = a[int(back[str(n)])]["name"] if str(n) in back else ""
        yield Change("added", "transition", b[n]["name"], "", None, b[n], other, tuple(b[n]["from"]))
    for i, j in pairs:
        both = tuple(sorted(set(a[i]["from"]) & set(b[j]["from"])))
        yield from _rules("transition", a[i]["name"], a[i], b[j], at=both)
    # Which comes first is which fires first by itself.
    places = [j for _, j in sorted(pairs)]
    if places != sorted(places):
        before, after = [a[i]["name"] for i, _ in sorted(pairs)], [b[j]["name"] for j in sorted(places)]
        yield Change("changed", "workflow", earlier.workflow, "transitions", before, after)


def _pairs(a: Sequence[Any], b: Sequence[Any]) -> Iterator[tuple[int, int]]:
    """Which transition of the one is which of the other: of one name, those that are most alike first."""
    near = sorted(
        (
            (-sum(one[key] == other.get(key) for key in one), i + j, abs(i - j), i, j)
            for i, one in enumerate(a)
            for j, other in enumerate(b)
            if one["name"] == other["name"]
        )
    )
    taken: tuple[set[int], set[int]] = (set(), set())
    for *_, i, j in near:
        if i not in taken[0] and j not in taken[1]:
            taken[0].add(i)
            taken[1].add(j)
            yield i, j


def _of_forms(earlier: Edition, later: Edition) -> Iterator[Change]:
    a, b = earlier.rules["forms"], later.rules["forms"]
    yield from _came_and_went("form", a, b, _alike(_only(a, b, _plain), _only(b, a, _plain)))
    for name in a.keys() & b.keys():
        yield from _of_fields("form", name, a[name], b[name])


def _of_fields(thing: Thing, name: str, a: Sequence[Any], b: Sequence[Any]) -> Iterator[Change]:
    """The questions of a form, or of each row of one, by their place in it."""
    yield from _order(thing, name, [one["name"] for one in a], [one["name"] for one in b])
    first, second = ({f"{name}.{one['name']}": one for one in fields} for fields in (a, b))
    yield from _came_and_went(
        "field", first, second, _alike(_only(first, second, _without_name), _only(second, first, _without_name))
    )
    for key in first.keys() & second.keys():
        yield from _rules("field", key, first[key], second[key], skip=frozenset({"fields"}))
        rows = first[key].get("fields", []), second[key].get("fields", [])
        if any(rows):
            yield from _of_fields("field", key, *rows)


def _of_texts(earlier: Edition, later: Edition) -> Iterator[Change]:
    """Words that were changed; those that came or went alone, and not with what they are the words of."""
    a, b = earlier.texts, later.texts
    with_it = _subjects(earlier) ^ _subjects(later)
    for key in sorted(a.keys() | b.keys()):
        if key in a and key in b:
            if a[key] != b[key]:
                yield Change("changed", "text", key, "", a[key], b[key])
        elif not with_it.intersection(ancestors(key)):
            yield Change("removed" if key in a else "added", "text", key, "", a.get(key), b.get(key))


def _subjects(edition: Edition) -> frozenset[str]:
    """What an edition has words of, by the beginnings of their keys."""
    rules = edition.rules
    found = {f"transitions.{way['name']}" for way in rules["transitions"]}
    for group, things in (("states", rules["states"]), ("tasks", rules["tasks"])):
        for name, rule in cast(Mapping[str, Any], things).items():
            found.add(f"{group}.{name}")
            found |= {f"{group}.{name}.items.{item['name']}" for item in rule.get("checklist", ())}
    for name, fields in rules["forms"].items():
        found |= set(_fields(f"forms.{name}", fields))
    found |= {f"papers.{need['kind']}" for way in rules["transitions"] for need in way.get("needs", ())}
    found |= {f"limits.{what.rsplit('.', 1)[1]}" for what in edition.guard_limits}
    for key, said in _said(rules):
        if key == "law":
            found.add(f"laws.{said}")
        elif key in ("guards", "only_if", "asked_if"):
            guards = [said] if isinstance(said, str) else said
            found |= {f"{group}.{guard}" for guard in guards for group in ("guards", "rules")}
    return frozenset(found)


def _fields(place: str, fields: Iterable[Any]) -> Iterator[str]:
    for field in fields:
        name = f"{place}.{field['name']}"
        yield name
        for group in ("choices", "done", "press"):
            yield from (f"{name}.{group}.{code}" for code in field.get("choices", ()))
        yield from _fields(name, field.get("fields", ()))


def _said(value: Any) -> Iterator[tuple[str, Any]]:
    """Everything that is said by a name, however deep."""
    if isinstance(value, Mapping):
        for key, said in value.items():
            yield key, said
            yield from _said(said)
    elif isinstance(value, list):
        for one in value:
            yield from _said(one)


# --- what is compared alike ------------------------------------------------------------------------------------------


def _of_named(thing: Thing, a: Any, b: Any, alone: Callable[[Any], str]) -> Iterator[Change]:
    yield from _came_and_went(thing, a, b, _alike(_only(a, b, alone), _only(b, a, alone)))
    for name in a.keys() & b.keys():
        yield from _rules(thing, name, a[name], b[name])


def _came_and_went(
    thing: Thing, a: Mapping[str, Any], b: Mapping[str, Any], like: Mapping[str, str]
) -> Iterator[Change]:
    back = {other: one for one, other in like.items()}
    for name in a.keys() - b.keys():
        yield Change("removed", thing, name, "", a[name], None, like.get(name, ""))
    for name in b.keys() - a.keys():
        yield Change("added", thing, name, "", None, b[name], back.get(name, ""))


def _rules(
    thing: Thing,
    name: str,
    a: Mapping[str, Any],
    b: Mapping[str, Any],
    *,
    skip: frozenset[str] = frozenset(),
    at: tuple[str, ...] = (),
) -> Iterator[Change]:
    for key in (a.keys() | b.keys()) - skip:
        if a.get(key) != b.get(key):
            yield Change("changed", thing, name, key, a.get(key), b.get(key), at=at)


def _order(thing: Thing, name: str, a: Sequence[str], b: Sequence[str]) -> Iterator[Change]:
    """Whether what both have comes in another order."""
    before, after = [one for one in a if one in b], [one for one in b if one in a]
    if before != after:
        yield Change("changed", thing, name, "order", before, after)


def _only(a: Mapping[str, Any], b: Mapping[str, Any], alone: Callable[[Any], str]) -> dict[str, str]:
    return {name: alone(rule) for name, rule in a.items() if name not in b}


def _alike(gone: Mapping[str, str], come: Mapping[str, str]) -> dict[str, str]:
    """What went with what came that is the same but for its name, where each has one such alone."""
    where: dict[str, tuple[list[str], list[str]]] = {}
    for n, side in enumerate((gone, come)):
        for name, rule in side.items():
            where.setdefault(rule, ([], []))[n].append(name)
    return {went[0]: came[0] for went, came in where.values() if len(went) == len(came) == 1}


def _without_name(rule: Mapping[str, Any]) -> str:
    return _plain({key: said for key, said in rule.items() if key != "name"})


def _plain(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
