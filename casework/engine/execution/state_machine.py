"""The sole home of `transitions`: one machine per edition and thread, used as a pure function on markings.

A shared hierarchical machine is not safe between threads, even with a model per call; so each thread has its own.
Each transition is compiled into its innermost common region: declared above a parallel it would drop the siblings.
"""

from __future__ import annotations

import threading
from typing import Any

from transitions.extensions.nesting import HierarchicalMachine, NestedState

from casework.engine.definition.editions import Edition, TransitionRule

#: How many editions' machines one thread keeps.
KEPT = 64
#: How many moves one edition remembers.
REMEMBERED = 10_000


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
    holder = _Marking(list(marking) if len(marking) > 1 else marking[0])
    machine = _machine(edition)
    if rule.target == "=previous":
        # Back into a marking that is known already: the machine is asked only whether one may leave from here.
        if not back_to:
            raise ValueError(f"{edition.workflow}: nothing precedes {place}")
        machine.trigger_event(holder, _trigger(rule, place) + ">" + back_to[0])
        return back_to if len(back_to) > 1 else _flat(holder.state)
    machine.trigger_event(holder, _trigger(rule, place))
    return _flat(holder.state)


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


def _region(edition: Edition, place: str, target: str) -> str:
    """The innermost stage or region that holds both ends; "" for the whole machine."""
    inside, other = place.split("."), target.split(".")
    common: list[str] = []
    for here, there in zip(inside[:-1], other[:-1], strict=False):
        if here != there:
            break
        common.append(here)
    return ".".join(common)


def _previous_states(edition: Edition, place: str) -> list[str]:
    """Every state from which a side state can be entered; a return or a "=same" does not count as entering."""
    found: dict[str, None] = {}
    for rule in edition.transitions:
        if rule.target == place:
            for source in rule.sources:
                for path, state in edition.states.items():
                    if path == source or path.startswith(source + ".") and state.type in ("state", "final"):
                        found[edition.entered(path)[0]] = None
    return list(found)


def _compile(edition: Edition) -> _Machine:
    moves: dict[str, list[list[str]]] = {}
    for rule in edition.transitions:
        if rule.target == "=same":
            continue
        for place in rule.sources:
            targets = _previous_states(edition, place) if rule.target == "=previous" else [rule.target]
            for target in targets:
                region = _region(edition, place, target)
                cut = len(region) + 1 if region else 0
                name = _trigger(rule, place) + (">" + target if rule.target == "=previous" else "")
                moves.setdefault(region, []).append([name, place[cut:], target[cut:]])

    def node(path: str) -> dict[str, Any]:
        rule = edition.rules["states"][path]
        made: dict[str, Any] = {"name": path.rsplit(".", 1)[-1]}
        inner = rule.get("children") or rule.get("regions")
        if inner:
            made["parallel" if rule["type"] == "parallel" else "children"] = [node(child) for child in inner]
            if rule["type"] == "stage":
                made["initial"] = rule["initial"].rsplit(".", 1)[-1]
            made["transitions"] = moves.get(path, [])
        return made

    top = [node(path) for path in edition.states if "." not in path]
    return _Machine(
        model=None, states=top, transitions=moves.get("", []), initial=None, auto_transitions=False, send_event=False
    )
