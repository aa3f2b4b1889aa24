"""Who administers: programmes, organisations, and people."""

from __future__ import annotations

from casework import reasons
from casework.engine.roles import Role
from casework.errors import NotAllowed, NotFound
from casework.permissions.actors import Actor


def is_administrator(actor: Actor) -> bool:
    return Role.ADMINISTRATOR in actor.roles()


def insist_administrator(actor: Actor) -> None:
    """Raises NotAllowed for everybody else."""
    if not is_administrator(actor):
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=(Role.ADMINISTRATOR,)))


def insist_administers(actor: Actor, programme: str) -> None:
    """Raises NotFound for a programme that is not there or that is not the administrator's."""
    insist_administrator(actor)
    if not actor.in_programme(programme, (Role.ADMINISTRATOR,)):
        raise NotFound("programme")
