"""A workflow as an edition in the file has it: which transitions lead out of where a track stands, and where they lead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

Marking = tuple[str, ...]
Written = Mapping[str, Any]

#: Which roles work a queue; and for whose actions a provider's roles stand.
WORKS: Mapping[str, frozenset[str]] = {
    "intake": frozenset({"officer"}),
    "officer": frozenset({"officer"}),
    "supervisor": frozenset({"supervisor"}),
    "compliance": frozenset({"compliance"}),
    "dispute_officer": frozenset({"dispute_officer"}),
    "provider": frozenset({"provider", "provider_lead", "verifier"}),
    "provider_lead": frozenset({"provider_lead"}),
}
PROVIDERS = frozenset({"provider", "provider_lead", "verifier"})
#: Queues of an organisation.
THEIR_QUEUES = frozenset({"provider", "provider_lead"})
READERS = frozenset({"manager", "auditor", "observer"})
#: In a sealed mediation the dispute officer does what the office does.
_OFFICE = frozenset({"officer", "supervisor"})
_USUAL = {"remind": 60, "escalate": 2, "flag": 5}


def may_act(roles: Iterable[str], *, sealed: bool) -> frozenset[str]:
    """The roles in which somebody may do what is written for `roles`."""
    wanted = {"dispute_officer" if sealed and role in _OFFICE else role for role in roles}
    if "provider" in wanted:
        wanted |= {"provider_lead", "verifier"}
    return frozenset(wanted)


def queue_of(queue: str, *, sealed: bool) -> str:
    """In which queue a task lies for which `queue` is written."""
    return "dispute_officer" if sealed and queue in _OFFICE | {"intake"} else queue


def within(leaf: str, place: str) -> bool:
    return leaf == place or leaf.startswith(f"{place}.")


class Workflow:
    """The rules of one edition."""

    def __init__(self, fingerprint: str, rules: Written) -> None:
        self.fingerprint = fingerprint
        self.rules = rules
        self.name: str = rules["workflow"]
        self.part: str = rules.get("part") or ""
        self.states: Mapping[str, Written] = rules["states"]
        self.tasks: Mapping[str, Written] = rules["tasks"]
        self.escalation: Mapping[str, int] = rules.get("escalation", _USUAL)
        self._from: dict[str, list[Written]] = {}
        for rule in rules["transitions"]:
            for place in rule["from"]:
                self._from.setdefault(place, []).append(rule)
        self._ways: dict[Marking, list[tuple[Written, str]]] = {}

    @cached_property
    def initial(self) -> Marking:
        return self.entered(self.rules["initial"] or "")

    @cached_property
    def side_states(self) -> frozenset[str]:
        """States that are stepped aside into, and left by going back."""
        return frozenset(
            place for rule in self.rules["transitions"] if rule["to"] == "=previous" for place in rule["from"]
        )

    def entered(self, path: str) -> Marking:
        """Where one stands on entering a state, a stage or a parallel."""
        state = self.states[path]
        if state["type"] == "stage":
            return self.entered(state["initial"])
        if state["type"] == "parallel":
            return tuple(leaf for region in state["regions"] for leaf in self.entered(region))
        return (path,)

    def ways(self, marking: Marking) -> list[tuple[Written, str]]:
        """What leads out of a marking, with the place that it leaves; the innermost first."""
        known = self._ways.get(marking)
        if known is None:
            known = self._ways[marking] = list(self._leading_out(marking))
        return known

    def _leading_out(self, marking: Marking) -> Iterator[tuple[Written, str]]:
        for leaf in marking:
            parts = leaf.split(".")
            for n in range(len(parts), 0, -1):
                place = ".".join(parts[:n])
                for rule in self._from.get(place, ()):
                    yield rule, place

    def find(self, name: str, marking: Marking) -> tuple[Written, str] | None:
        return next(((rule, place) for rule, place in self.ways(marking) if rule["name"] == name), None)

    def has(self, name: str) -> bool:
        return any(rule["name"] == name for rule in self.rules["transitions"])

    def leads_to(self, rule: Written, place: str, marking: Marking, back: Marking) -> Marking:
        """The marking after a transition that leaves `place`; `back` is where one was before it was entered."""
        target = rule["to"]
        if target == "=same":
            return marking
        if target == "=previous":
            return back
        # What is left is the part of the innermost region that holds both ends; the regions beside it stay.
        shared = 0
        here, there = place.split("."), target.split(".")
        while shared < len(here) - 1 and shared < len(there) - 1 and here[shared] == there[shared]:
            shared += 1
        left = ".".join(here[: shared + 1])
        after: list[str] = []
        for leaf in marking:
            if not within(leaf, left):
                after.append(leaf)
            elif not set(self.entered(target)) <= set(after):
                after += self.entered(target)
        return tuple(after)

    def ended(self, marking: Marking) -> bool:
        return all("." not in leaf and self.states[leaf]["type"] == "final" for leaf in marking)

    def place_ended(self, place: str, marking: Marking) -> bool:
        below = [leaf for leaf in marking if within(leaf, place)]
        return bool(below) and all(self.states[leaf]["type"] == "final" for leaf in below)

    def stands(self, part: str, marking: Marking) -> bool:
        return any(self.states[leaf].get("part") == part for leaf in marking)

    def form(self, name: str | None) -> list[Written]:
        return self.rules["forms"][name] if name else []
