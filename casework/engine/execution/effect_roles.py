"""Which roles may do what is written for others: they stand for them, or the case is sealed."""

from __future__ import annotations

from collections.abc import Iterable

from casework.engine.roles import INTAKE, STANDS_FOR, Role
from casework.engine.state.case import Case

#: In a sealed mediation nobody of the programme but the dispute officer works.
_SEALED_ROLES = frozenset({Role.OFFICER, Role.SUPERVISOR})
_SEALED_QUEUES = frozenset({INTAKE, *_SEALED_ROLES})


def queue_within(case: Case, queue: str) -> str:
    """The queue in which a task lies that a rule puts into `queue`, as plain text: it goes into events."""
    return str(Role.DISPUTE_OFFICER if case.kind == "mediation" and queue in _SEALED_QUEUES else queue)


def accepted(case: Case, roles: Iterable[Role]) -> frozenset[Role]:
    """The roles that an actor may have to do what is written for `roles`."""
    sealed = _SEALED_ROLES if case.kind == "mediation" else frozenset()
    wanted = {Role.DISPUTE_OFFICER if role in sealed else role for role in roles}
    stands = {role for role, for_whom in STANDS_FOR.items() if for_whom & wanted}
    return frozenset(wanted | stands)
