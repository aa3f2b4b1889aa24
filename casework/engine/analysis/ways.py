"""In which ways a step is done: the actions written for it. Pure, from the edition alone."""

from __future__ import annotations

from collections.abc import Collection

from casework.engine.definition.editions import Edition, TransitionRule, do_key
from casework.engine.definition.grammar import MAIN, RETURN
from casework.engine.roles import Role


def ways_from(edition: Edition, leaf: str, roles: Collection[Role]) -> tuple[str, ...]:
    """What people of these roles do in a step: what bears its name, then what leads forward, then what leads back from it alone.

    Where a body outside has the next word, each of its answers is a way as well: the refusal beside the licence.
    """
    do = edition.texts.get(do_key("step", leaf))

    def rank(rule: TransitionRule) -> tuple[bool, bool]:
        return edition.texts[do_key("decision", rule.name)] != do, rule.kind != MAIN

    rules = [
        rule for rule, _ in edition.leaving((leaf,)) if set(roles) & set(rule.by_people) and _is_way(edition, rule)
    ]
    return tuple(dict.fromkeys(rule.name for rule in sorted(rules, key=rank)))


def ends_more(edition: Edition, leaf: str, name: str) -> bool:
    """Whether a way does not bear the name of its step and ends what the step follows, once and for all.

    Whoever takes the task has not said that anything ends, so it opens no form that ends it.
    """
    if edition.texts[do_key("decision", name)] == edition.texts.get(do_key("step", leaf)):
        return False
    rule = next(rule for rule, _ in edition.leaving((leaf,)) if rule.name == name)
    final = rule.target in edition.states and edition.states[rule.target].final
    return bool(rule.ends) or final and f"transitions.{name}.consequence" in edition.texts


def says_answer(edition: Edition, rule: TransitionRule) -> bool:
    """Whether it is what a body outside answers: written for states that wait for one, and for no others."""
    return bool(rule.sources) and all(edition.states[state].awaits for state in rule.sources)


def _is_way(edition: Edition, rule: TransitionRule) -> bool:
    return rule.kind == MAIN or rule.kind == RETURN and len(rule.sources) == 1 or says_answer(edition, rule)


__all__ = ["ends_more", "says_answer", "ways_from"]
