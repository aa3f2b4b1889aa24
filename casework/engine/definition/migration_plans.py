"""A plan by which running cases move to another edition of their workflow: what becomes of each thing of the earlier one.

What has the same name in both is the same. What has none must be said by hand, state by state and task by task; what nobody says stays
unsaid, and a case that stands on it stays where it is. Transitions, forms and fields go by their names alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from casework import reasons
from casework.engine.definition.differences import Change, differences
from casework.engine.definition.editions import Edition, ancestors
from casework.engine.state.migration_effects import MigrationMapping
from casework.errors import InvalidForm
from casework.ledger.canonical_json import digest
from casework.reasons import Reason

#: Fields of a plan's form: which workflow, the earlier and the later edition.
WORKFLOW, EARLIER, LATER = "workflow", "earlier", "later"
STATES, TASKS = "states", "tasks"


@dataclass(frozen=True)
class MigrationPlan:
    """What becomes of what, from one edition to another."""

    old: Edition
    new: Edition
    #: What was said by hand, by the names of the earlier edition.
    mapping: MigrationMapping

    @property
    def workflow(self) -> str:
        return self.old.workflow

    @cached_property
    def digest(self) -> str:
        """What an event names the plan by: both editions and what was said by hand; the rest follows from these."""
        return digest_of(self.old.fingerprint, self.new.fingerprint, self.mapping)

    @cached_property
    def states(self) -> dict[str, str]:
        """Each state in which one can stand, and what it becomes."""
        return _paired(_leaves(self.old), _leaves(self.new), self.mapping.get("states", {}))

    @cached_property
    def tasks(self) -> dict[str, str]:
        """Each side task by its key, and what it becomes."""
        return _paired(self.old.tasks, self.new.tasks, self.mapping.get("tasks", {}))

    @cached_property
    def differences(self) -> tuple[Change, ...]:
        return differences(self.old, self.new)

    @property
    def by_hand(self) -> list[str]:
        """What went and was not said: a case that stands on it stays, unless the plan says what it becomes."""
        states = [f"{STATES}.{path}" for path in _leaves(self.old) if path not in self.states]
        return [*states, *(f"{TASKS}.{key}" for key in self.old.tasks if key not in self.tasks)]


def plan_migration(old: Edition, new: Edition, mapping: Mapping[str, Mapping[str, str]] | None = None) -> MigrationPlan:
    """The plan from one edition to another. Raises InvalidForm where there can be none, by the fields at fault."""
    said = mapping or {}
    faults: dict[str, Reason] = {}
    if old.workflow != new.workflow:
        faults[LATER] = reasons.migration.OTHER_WORKFLOW
    elif old.fingerprint == new.fingerprint and said:
        faults[LATER] = reasons.migration.SAME
    faults |= {group: reasons.migration.UNKNOWN(name=group) for group in said if group not in (STATES, TASKS)}
    faults |= dict(_against(STATES, said.get(STATES, {}), _leaves(old), _leaves(new)))
    faults |= dict(_against(TASKS, said.get(TASKS, {}), old.tasks, new.tasks))
    for path, target in said.get(STATES, {}).items():
        if f"{STATES}.{path}" not in faults and old.states[path].final != new.states[target].final:
            faults[f"{STATES}.{path}"] = reasons.migration.UNLIKE(name=path, target=target)
    if faults:
        raise InvalidForm(fields=faults)
    kept: MigrationMapping = {}
    if states := _apart(said.get(STATES, {}), new.states):
        kept["states"] = states
    if tasks := _apart(said.get(TASKS, {}), new.tasks):
        kept["tasks"] = tasks
    return MigrationPlan(old, new, kept)


def digest_of(old: str, new: str, mapping: MigrationMapping) -> str:
    return digest({"from": old, "to": new, "mapping": mapping})


def _apart(said: Mapping[str, str], new: Mapping[str, object]) -> dict[str, str]:
    """What says more than the names do, in order."""
    return {name: said[name] for name in sorted(said) if said[name] != name or name not in new}


def _against(
    group: str, said: Mapping[str, str], old: Mapping[str, object], new: Mapping[str, object]
) -> Iterator[tuple[str, Reason]]:
    for name, target in said.items():
        missing = name if name not in old else target if target not in new else None
        if missing is not None:
            yield f"{group}.{name}", reasons.migration.UNKNOWN(name=missing)


def _paired(old: Mapping[str, object], new: Mapping[str, object], said: Mapping[str, str]) -> dict[str, str]:
    pairs = ((name, said.get(name, name)) for name in old)
    return {name: target for name, target in pairs if target in new}


def _leaves(edition: Edition) -> dict[str, object]:
    """The states in which one can stand."""
    return {path: state for path, state in edition.states.items() if state.type in ("state", "final")}


def is_marking(edition: Edition, states: tuple[str, ...]) -> bool:
    """Whether one can stand in these together: in one place, and of a parallel in every region."""
    if not states or len(set(states)) < len(states) or any(leaf not in _leaves(edition) for leaf in states):
        return False
    tops = {ancestors(leaf)[-1] for leaf in states}
    return len(tops) == 1 and _fills(edition, tops.pop(), states)


def _fills(edition: Edition, place: str, states: tuple[str, ...]) -> bool:
    """Whether what stands below a place is where one can stand in it."""
    written, kind = edition.rules["states"][place], edition.states[place].type
    if kind in ("state", "final"):
        return states == (place,)
    parts = [*written.get("children", ()), *written.get("regions", ())]
    below = {part: tuple(leaf for leaf in states if leaf == part or leaf.startswith(part + ".")) for part in parts}
    if kind == "stage":
        filled = [part for part in parts if below[part]]
        return len(filled) == 1 and below[filled[0]] == states and _fills(edition, filled[0], states)
    return sum(map(len, below.values())) == len(states) and all(
        below[part] and _fills(edition, part, below[part]) for part in parts
    )


__all__ = [
    "EARLIER", "LATER", "STATES", "TASKS", "WORKFLOW", "MigrationPlan", "digest_of", "is_marking", "plan_migration",
]  # fmt: skip
