"""What seeds a fault into the rules of a sound workflow."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from casework.engine.definition.editions import Edition
from casework.engine.definition.grammar import Workflow
from casework.engine.definition.graph import Fault
from casework.engine.definition.publisher import publish
from casework.ledger.canonical_json import digest
from tests.engine.definition.sound_toys import Sound

Json = Any


def seeded(seed: Callable[[Json], Any], definition: type[Workflow] = Sound) -> Edition:
    sound = publish(definition)
    rules = deepcopy(sound.rules)
    seed(rules)
    rules["order"] = list(rules["states"])
    return Edition(rules, sound.texts, digest(rules))


def kinds(found: list[Fault]) -> set[str]:
    return {fault.kind for fault in found}


def add_state(rules: Json, name: str, **how: Json) -> None:
    due = {"n": 5, "unit": "wd", "since": None}
    rules["states"][name] = {"type": "state", "queue": "officer", "due": due, "step": "Step", "escalation": []} | how


def add_way(rules: Json, name: str, source: str, target: str, **how: Json) -> None:
    like = next(one for one in rules["transitions"] if one["name"] == "hold")
    rules["transitions"].append(deepcopy(like) | {"name": name, "from": [source], "to": target} | how)


def way(rules: Json, name: str) -> Json:
    return next(one for one in rules["transitions"] if one["name"] == name)
