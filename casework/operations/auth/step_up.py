"""What is sensitive, and the one place that asks for a fresh proof of who somebody is before it is done.

An action is sensitive by what it is, whatever way it comes: from a page, from a session of the API, with a token. A session
must have proved lately who its person is; a token must have been made for deciding, which takes such a proof itself.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection

from casework import reasons
from casework.definitions import load_library
from casework.engine.definition.editions import Edition, TransitionRule
from casework.engine.roles import Role
from casework.engine.state.case import Task
from casework.errors import NotAllowed, NotConfirmed
from casework.permissions.actors import Actor, Proof
from casework.permissions.token_scopes import DECIDE

P = ParamSpec("P")
R = TypeVar("R")

DECIDERS = frozenset({Role.SUPERVISOR, Role.COMPLIANCE})


def insist_proved(actor: Actor) -> None:
    """Raises NotConfirmed for a session whose proof is too old, NotAllowed for a token that was not made for this."""
    if actor.proof == Proof.OLD:
        raise NotConfirmed
    if actor.proof == Proof.NONE:
        raise NotAllowed(why=reasons.requests.SCOPE_MISSING(scope=DECIDE), scope=DECIDE)


def sensitive(action: Callable[Concatenate[Connection, Actor, P], R]) -> Callable[Concatenate[Connection, Actor, P], R]:
    """For an operation that is sensitive whatever it is about: keys, accounts, roles, exports, openings, erasures."""

    @wraps(action)
    def asked(db: Connection, actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> R:
        insist_proved(actor)
        return action(db, actor, *args, **kwargs)

    return asked


# --- actions of a workflow ---------------------------------------------------------------------------------------------


def insist_proved_for(actor: Actor, edition: Edition, transition: str) -> None:
    """The same for a transition by its name, where it is a decision in some state of the edition."""
    if transition in _decisions_of(edition.fingerprint):
        insist_proved(actor)


def insist_proved_for_task(actor: Actor, edition: Edition, task: Task) -> None:
    """The same for finishing a task: the second word on a proposal, or what a supervisor or compliance answers for."""
    if task.type == "decision" or task.type == "side" and is_verdict(edition, task.rule):
        insist_proved(actor)


def is_decision(rule: TransitionRule) -> bool:
    """Whether supervisors or compliance reviewers alone do it, it takes two persons, or not everybody may."""
    by = frozenset(rule.by_people)
    return bool(by) and (by <= DECIDERS or bool(rule.confirm_by) or bool(rule.not_by))


def is_verdict(edition: Edition, task: str) -> bool:
    """Whether a side task is a decision: of supervisors or compliance, or of somebody who had no part in it."""
    rule = edition.tasks[task]
    return rule.queue in DECIDERS or bool(rule.not_by)


@cache
def _decisions_of(fingerprint: str) -> frozenset[str]:
    return frozenset(rule.name for rule in load_library()[fingerprint].transitions if is_decision(rule))


__all__ = ["insist_proved", "insist_proved_for", "insist_proved_for_task", "is_decision", "is_verdict", "sensitive"]
