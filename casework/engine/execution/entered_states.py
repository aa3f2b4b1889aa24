"""The sole home of `transitions`: one machine per edition and thread, used as a pure function on markings.

A shared hierarchical machine is not safe between threads, even with a model per call; so each thread has its own.
Each transition is compiled into its innermost common region: declared above a parallel it would drop the siblings.

The machine works out where a move leads: which states are entered, and which regions stay as they are. It keeps no history;
the marking to go back to is remembered by the case. `Edition.entered` reads a definition without running it, for its check, its
drawing and prospects, and a test holds it against the machine.
"""

from __future__ import annotations

import threading
from typing import Any

from transitions.extensions.nesting import HierarchicalMachine, NestedState

from casework.engine.definition.editions import REMEMBERED, Edition, TransitionRule

#: How many editions' machines one thread keeps.
KEPT = 64


class _DottedState(NestedState):
    separator = "."


class _Machine(HierarchicalMachine):
    state_cls = _DottedState


class _Marking:
    """What a machine moves; thrown away after each move, so that an error leaves nothing behind."""

    def __init__(self, state: Any) -> None:
        self.state = state


_of_thread = threading.local()


def move(
    edition: Edition, marking: tuple[str, ...], rule: TransitionRule, place: str, back_to: tuple[str, ...]
) -> tuple[str, ...]:
    """The marking after a transition that leaves `place`; `back_to` is where "=previous" leads."""
    if rule.target == "=same":
        return marking
    # An edition is frozen, so the same question has the same answer for ever.
    asked = (marking, rule.index, place, back_to)
    known = edition.moves.get(asked)
    if known is None:
        if len(edition.moves) >= REMEMBERED:
            edition.moves.clear()
        known = edition.moves[asked] = ask(edition, marking, rule, place, back_to)
    return known


def ask(
    edition: Edition, marking: tuple[str, ...], rule: TransitionRule, place: str, back_to: tuple[str, ...]
) -> tuple[str, ...]:
    """What the machine itself says to such a move; not for "=same", which moves nothing."""
    if rule.target == "=previous":
        return _back(edition, marking, place, back_to)
    holder = _Marking(list(marking) if len(marking) > 1 else marking[0])
    _machine(edition).trigger_event(holder, _trigger(rule, place))
    return _flat(holder.state)


def _back(edition: Edition, marking: tuple[str, ...], place: str, back_to: tuple[str, ...]) -> tuple[str, ...]:
    """Where one was is what the case remembers: a whole marking, which no machine need work out."""
    if not any(leaf == place or leaf.startswith(f"{place}.") for leaf in marking):
        raise ValueError(f"{edition.workflow}: {place} is not where it stands")
    if not back_to:
        raise ValueError(f"{edition.workflow}: nothing precedes {place}")
    return back_to


def _flat(state: Any) -> tuple[str, ...]:
    """Nested parallels come back as nested lists."""
    if isinstance(state, str):
        return (state,)
    return tuple(leaf for part in state for leaf in _flat(part))


def _trigger(rule: TransitionRule, place: str) -> str:
    return f"{rule.index}:{place}"


def _machine(edition: Edition) -> _Machine:
    kept: dict[str, _Machine] = _of_thread.__dict__.setdefault("machines", {})
    if edition.fingerprint not in kept:
        if len(kept) >= KEPT:
            kept.pop(next(iter(kept)))
        kept[edition.fingerprint] = _compile(edition)
    return kept[edition.fingerprint]


def _region(place: str, target: str) -> str:
    """The innermost stage or region that holds both ends; "" for the whole machine."""
    inside, other = place.split("."), target.split(".")
    common: list[str] = []
    for here, there in zip(inside[:-1], other[:-1], strict=False):
        if here != there:
            break
        common.append(here)
    return ".".join(common)


def _compile(edition: Edition) -> _Machine:
    moves: dict[str, list[list[str]]] = {}
    for rule in edition.transitions:
        if rule.target.startswith("="):
            continue
        for place in rule.sources:
            region = _region(place, rule.target)
            cut = len(region) + 1 if region else 0
            moves.setdefault(region, []).append([_trigger(rule, place), place[cut:], rule.target[cut:]])

    def node(path: str) -> dict[str, Any]:
        rule = edition.rules["states"][path]
        state: dict[str, Any] = {"name": path.rsplit(".", 1)[-1]}
        inner = rule.get("children") or rule.get("regions")
        if inner:
            state["parallel" if rule["type"] == "parallel" else "children"] = [node(child) for child in inner]
            if rule["type"] == "stage":
                state["initial"] = str(rule["initial"]).rsplit(".", 1)[-1]
            state["transitions"] = moves.get(path, [])
        return state

    top = [node(path) for path in edition.states if "." not in path]
    return _Machine(
        model=None, states=top, transitions=moves.get("", []), initial=None, auto_transitions=False, send_event=False
    )
