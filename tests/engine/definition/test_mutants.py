"""Three hundred definitions that are broken by construction are refused, and those that are only otherwise are not."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from typing import Any

from casework.definitions import load_definitions
from casework.engine.definition.editions import Edition
from casework.engine.definition.publisher import publish
from casework.engine.definition.validation import faults
from casework.ledger.canonical_json import digest
from tests.engine.definition.sound_toys import Sound

Json = Any
Dice = random.Random
#: Changes the rules, or says that there is nothing here to break so.
Break = Callable[[Json, Dice], bool]
MUTANTS, LEAST = 300, 0.95


@cache
def library() -> tuple[Edition, ...]:
    return tuple(publish(one) for one in load_definitions())


@cache
def sound() -> Edition:
    return publish(Sound)


def leaves(rules: Json, kind: str = "state") -> list[str]:
    return [path for path, state in rules["states"].items() if state["type"] == kind]


def out_of(rules: Json, leaf: str) -> list[Json]:
    """Every way that leads away from a leaf, or from what it lies in."""
    places = {".".join(leaf.split(".")[:n]) for n in range(1, leaf.count(".") + 2)}
    return [one for one in rules["transitions"] if places & set(one["from"]) and one["to"] != "=same"]


def without(rules: Json, ways: list[Json]) -> None:
    rules["transitions"] = [one for one in rules["transitions"] if one not in ways]


def top(rules: Json, dice: Dice) -> str:
    return dice.choice([leaf for leaf in leaves(rules) if "." not in leaf])


def dead_end(rules: Json, dice: Dice) -> bool:
    leaf = top(rules, dice)
    for way in out_of(rules, leaf):
        way["from"] = [source for source in way["from"] if source != leaf]
    without(rules, [way for way in rules["transitions"] if not way["from"]])
    return True


def livelock(rules: Json, dice: Dice) -> bool:
    """Two states between which one goes to and fro for ever."""
    one, other = dice.sample([leaf for leaf in leaves(rules) if "." not in leaf], 2)
    for leaf, to in ((one, other), (other, one)):
        for way in out_of(rules, leaf):
            way["from"] = [source for source in way["from"] if source != leaf]
        add_from(rules, leaf, to, dice)
    without(rules, [way for way in rules["transitions"] if not way["from"]])
    return True


def add_from(rules: Json, leaf: str, to: str, dice: Dice) -> None:
    like = deepcopy(dice.choice(rules["transitions"]))
    plain: Json = {
        "guards": [],
        "after": None,
        "automatic": False,
        "confirm_by": [],
        "not_by": [],
        "also": [],
        "opens": [],
        "needs": [],
    }
    name = f"added_{leaf}_{to}".replace(".", "_")
    rules["transitions"].append(
        like | plain | {"name": name, "from": [leaf], "to": to, "by": ["officer"], "form": None, "part": ""}
    )


def lost_entry(rules: Json, dice: Dice) -> bool:
    """A state to which no way leads any more."""
    leaf = dice.choice([leaf for leaf in leaves(rules) if "." not in leaf and leaf != rules["initial"]])
    without(rules, [one for one in rules["transitions"] if one["to"] == leaf])
    return True


def lost_join(rules: Json, dice: Dice) -> bool:
    joins = [one for one in rules["transitions"] if one["automatic"] and not one["guards"]]
    if not joins:
        return False
    without(rules, [dice.choice(joins)])
    return True


def endless_region(rules: Json, dice: Dice) -> bool:
    """A region comes to no end, so that nothing that waits for it goes on."""
    inner = [one for one in rules["transitions"] if "." in one["to"] and rules["states"][one["to"]]["type"] == "final"]
    if not inner:
        return False
    way = dice.choice(inner)
    way["to"] = way["from"][0]
    return True


def half_a_region(rules: Json, dice: Dice) -> bool:
    """A way out of one region alone drops the one beside it."""
    inner = [leaf for leaf in leaves(rules) if leaf.count(".") == 2]
    if not inner:
        return False
    add_from(rules, dice.choice(inner), dice.choice(leaves(rules, "final")[-1:]), dice)
    return True


def empty_queue(rules: Json, dice: Dice) -> bool:
    rules["states"][dice.choice(leaves(rules))]["queue"] = dice.choice([None, "gardener", "observer"])
    return True


def idle_queue(rules: Json, dice: Dice) -> bool:
    """Whoever works the queue may do nothing in it."""
    leaf = top(rules, dice)
    if any({"compliance", "dispute_officer"} & {*one["by"], *one["confirm_by"]} for one in rules["transitions"]):
        return False
    rules["states"][leaf]["queue"] = "compliance"
    return True


def timerless_wait(rules: Json, dice: Dice) -> bool:
    """Nothing reminds of a state, or the clock that led out of it has gone."""
    clocks = [one for one in rules["transitions"] if one["after"] is not None and set(one["by"]) == {"system"}]
    if clocks and dice.random() < 0.5:
        dice.choice(clocks)["after"] = None
        return True
    rules["states"][dice.choice(leaves(rules))]["due"] = None
    return True


def only_the_system(rules: Json, dice: Dice) -> bool:
    """Everything that leads out of a state waits for what never comes."""
    leaf = top(rules, dice)
    for way in out_of(rules, leaf):
        way["from"] = [source for source in way["from"] if source != leaf]
    without(rules, [way for way in rules["transitions"] if not way["from"]])
    add_from(rules, leaf, leaves(rules, "final")[-1], dice)
    rules["transitions"][-1]["by"] = ["system"]
    return True


def nobody_acts(rules: Json, dice: Dice) -> bool:
    ways = [one for one in rules["transitions"] if one["by"] and set(one["by"]) != {"system"} and not one["automatic"]]
    dice.choice(ways)["by"] = dice.choice([[], ["party"]])
    return True


def nobody_confirms(rules: Json, dice: Dice) -> bool:
    ways = [one for one in rules["transitions"] if one["by"] and set(one["by"]) != {"system"} and one["after"] is None]
    way = dice.choice(ways)
    way["confirm_by"] = ["party"] if dice.random() < 0.5 else ["system"]
    return True


def dead_way(rules: Json, dice: Dice) -> bool:
    """Something happens by itself before anybody can do what they may."""
    leaf = top(rules, dice)
    ways = out_of(rules, leaf)
    add_from(rules, leaf, leaves(rules, "final")[-1], dice)
    rules["transitions"][-1] |= {"automatic": True, "by": ["system"]}
    return bool(ways)


def leads_nowhere(rules: Json, dice: Dice) -> bool:
    dice.choice(rules["transitions"])["to"] = "nowhere"
    return True


def back_from_the_start(rules: Json, dice: Dice) -> bool:
    add_from(rules, rules["initial"], "=previous", dice)
    return bool(rules["states"][rules["initial"]]["type"] == "state")


BROKEN: tuple[Break, ...] = (
    dead_end, livelock, lost_entry, lost_join, endless_region, half_a_region, empty_queue, idle_queue, timerless_wait,
    only_the_system, nobody_acts, nobody_confirms, dead_way, leads_nowhere, back_from_the_start,
)  # fmt: skip


def more_time(rules: Json, dice: Dice) -> bool:
    due = rules["states"][dice.choice(leaves(rules))]["due"]
    due["n"] += dice.randint(1, 20)
    return True


def another_way(rules: Json, dice: Dice) -> bool:
    """A way more, to an end."""
    add_from(rules, top(rules, dice), dice.choice([one for one in leaves(rules, "final") if "." not in one]), dice)
    return True


def way_back(rules: Json, dice: Dice) -> bool:
    """A way more, to a state that there is."""
    one, other = dice.sample(
        [leaf for leaf in leaves(rules) if "." not in leaf and rules["states"][leaf].get("part") != "unsent"], 2
    )
    add_from(rules, one, other, dice)
    return True


def another_order(rules: Json, dice: Dice) -> bool:
    dice.shuffle(rules["transitions"])
    return True


OTHERWISE: tuple[Break, ...] = (more_time, another_way, way_back, another_order)


def mutant(change: Break, dice: Dice) -> tuple[str, list[str]] | None:
    """What is found in a definition after a change; None where the change has nothing to do there."""
    of = dice.choice([*library(), sound(), sound()])
    rules = deepcopy(of.rules)
    if not change(rules, dice):
        return None
    changed = Edition(rules, of.texts, digest(rules))
    others = [] if of is sound() else [one for one in library() if one.workflow != of.workflow]
    names = {one.workflow for one in library()}
    found = faults(changed, names, [*others, changed] if others else ())
    return of.workflow, [fault.kind for fault in found]


def test_at_least_ninety_five_in_a_hundred_broken_definitions_are_refused() -> None:
    dice = random.Random(18)
    made, let_through = Counter[str](), []
    while made.total() < MUTANTS:
        change = BROKEN[made.total() % len(BROKEN)]
        if (one := mutant(change, dice)) is None:
            continue
        made[change.__name__] += 1
        if not one[1]:
            let_through.append((change.__name__, one[0]))
    assert len(let_through) <= MUTANTS * (1 - LEAST), let_through
    assert min(made.values()) >= MUTANTS // len(BROKEN)


def test_no_definition_that_is_only_otherwise_is_refused() -> None:
    dice = random.Random(18)
    found = [
        (change.__name__, one)
        for n in range(100)
        for change in [OTHERWISE[n % len(OTHERWISE)]]
        if (one := mutant(change, dice))
    ]
    assert len(found) == 100
    assert [(name, one) for name, one in found if one[1]] == []
