"""Which guards of a newer edition an older one lacks: what was mended since it was published."""

from __future__ import annotations

from collections.abc import Iterator

from casework.engine.definition.editions import Edition, TransitionRule


def lacking(edition: Edition, newest: Edition) -> list[str]:
    """The guards that it lacks at its transitions and side tasks, by name; of what only one of both has nothing is said."""
    if edition.fingerprint == newest.fingerprint:
        return []
    return sorted({*_of_transitions(edition, newest), *_of_tasks(edition, newest)})


def _of_transitions(edition: Edition, newest: Edition) -> Iterator[str]:
    for rule in edition.transitions:
        same = [one for one in newest.transitions if one.name == rule.name]
        beside = [one for one in same if set(one.sources) & set(rule.sources)]
        # Where it leads from elsewhere now, what it asks for everywhere counts.
        asked = [set(one.guards) for one in beside] or [_everywhere(same)]
        yield from (f"{rule.name}: {guard}" for guard in set().union(*asked) - set(rule.guards))


def _everywhere(rules: list[TransitionRule]) -> set[str]:
    return set.intersection(*(set(rule.guards) for rule in rules)) if rules else set()


def _of_tasks(edition: Edition, newest: Edition) -> Iterator[str]:
    for rule in edition.tasks.values():
        same = newest.tasks.get(rule.key)
        if same is not None:
            yield from (f"{rule.name}: {guard}" for guard in set(same.guards) - set(rule.guards))


__all__ = ["lacking"]
