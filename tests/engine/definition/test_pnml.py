"""A workflow as a Petri net: one source, one sink, sound where the definition is, and read back as it was written."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import deque

import pytest

from casework.definitions import load_definitions
from casework.engine.definition.editions import Edition
from casework.engine.definition.pnml import PNML, SINK, SOURCE, Net, as_pnml, net_of
from casework.engine.definition.publisher import publish
from tests.engine.definition.seeds import Json, add_state, add_way, seeded
from tests.engine.definition.sound_toys import Sound

EDITIONS = [publish(one) for one in (*load_definitions(), Sound)]
EACH = pytest.mark.parametrize("edition", EDITIONS, ids=[one.workflow for one in EDITIONS])


def is_sound(net: Net) -> bool:
    """The textbook's question of a net: an option to complete, proper completion, no dead transition, one token a place."""
    start, end = frozenset({SOURCE}), frozenset({SINK})
    before: dict[frozenset[str], set[frozenset[str]]] = {start: set()}
    fired = set()
    todo = deque([start])
    while todo:
        here = todo.popleft()
        for name in net.transitions:
            _, taken, given = name
            if not here.issuperset(taken):
                continue
            rest = here.difference(taken)
            to = rest.union(given)
            if len(to) != len(rest) + len(set(given)) or SINK in to and to != end:
                return False
            fired.add(name)
            if to not in before:
                before[to] = set()
                todo.append(to)
            before[to].add(here)
    can, back = {end}, [end] if end in before else []
    while back:
        for one in before[back.pop()] - can:
            can.add(one)
            back.append(one)
    return set(before) == can and fired == set(net.transitions)


@EACH
def test_what_is_published_is_a_sound_net(edition: Edition) -> None:
    assert is_sound(net_of(edition))


def _no_end(rules: Json) -> None:
    add_state(rules, "c")
    add_way(rules, "stray", "b", "c")
    add_way(rules, "stay", "c", "c")


def _no_join(rules: Json) -> None:
    rules["transitions"] = [one for one in rules["transitions"] if one["name"] != "both"]


@pytest.mark.parametrize("seed", [_no_end, _no_join])
def test_a_net_of_what_comes_to_no_end_is_not_sound(seed: object) -> None:
    assert callable(seed)
    assert not is_sound(net_of(seeded(seed)))


@EACH
def test_the_file_has_each_place_transition_and_arc_once(edition: Edition) -> None:
    net, root = net_of(edition), ET.fromstring(as_pnml(edition))
    ids = [str(one.get("id")) for one in root.iter() if one.get("id")]
    assert len(ids) == len(set(ids))
    assert [one.get("id") for one in root.iter(f"{{{PNML}}}place")] == list(net.places)
    arcs = {(one.get("source"), one.get("target")) for one in root.iter(f"{{{PNML}}}arc")}
    assert arcs == {
        pair
        for n, (_, taken, given) in enumerate(net.transitions)
        for pair in (*((place, f"t{n}") for place in taken), *((f"t{n}", place) for place in given))
    }
    marked = [one for one in root.iter(f"{{{PNML}}}place") if one.find(f"{{{PNML}}}initialMarking") is not None]
    assert [one.get("id") for one in marked] == [SOURCE]


def test_regions_are_tokens_side_by_side() -> None:
    net = net_of(publish(Sound))
    (split,) = [given for name, _, given in net.transitions if name == "split"]
    (both,) = [taken for name, taken, _ in net.transitions if name == "both"]
    assert [net.places[place] for place in split] == ["checks.lab.trying", "checks.site.visiting"]
    assert [net.places[place] for place in both] == ["checks.lab.good", "checks.site.seen"]
    assert len([name for name, _, _ in net.transitions if name == "fine"]) == 1


def test_a_net_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casework.engine.definition.state_space.MOST_MARKINGS", 3)
    with pytest.raises(ValueError, match="too many ways"):
        net_of(publish(Sound))
