"""In which ways a step is done: the actions written for it. Pure, from the edition alone."""

from __future__ import annotations

from collections.abc import Collection

from casework.engine.definition.editions import Edition, TransitionRule, do_key
from casework.engine.definition.grammar import MAIN, RETURN
from casework.engine.roles import Role


def ways_from(edition: Edition, leaf: str, roles: Collection[Role]) -> tuple[str, ...]:
    """What people of these roles do in a step: what bears its name, then what leads forward, then what leads back from it alone."""
    do = edition.texts.get(do_key("step", leaf))

    def rank(rule: TransitionRule) -> tuple[bool, bool]:
        return edition.texts[do_key("decision", rule.name)] != do, rule.kind != MAIN

    rules = [rule for rule, _ in edition.leaving((leaf,)) if set(roles) & set(rule.by_people) and _is_way(rule)]
    return tuple(dict.fromkeys(rule.name for rule in sorted(rules, key=rank)))


def _is_way(rule: TransitionRule) -> bool:
    return rule.kind == MAIN or rule.kind == RETURN and len(rule.sources) == 1


__all__ = ["ways_from"]
