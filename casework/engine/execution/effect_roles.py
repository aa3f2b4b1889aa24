"""Which roles may do what is written for others: they stand for them, or the case is sealed."""

from __future__ import annotations

from collections.abc import Iterable

from casework.engine.roles import STANDS_FOR
from casework.engine.state.case import Case

#: In a sealed mediation nobody of the programme but the dispute officer works.
SEALED_FOR = {"officer": "dispute_officer", "supervisor": "dispute_officer", "intake": "dispute_officer"}


def accepted(case: Case, roles: Iterable[str]) -> frozenset[str]:
    """The roles that an actor may have to do what is written for `roles`."""
    wanted = {SEALED_FOR.get(role, role) if case.kind == "mediation" else role for role in roles}
    stands = {role for role, for_whom in STANDS_FOR.items() if for_whom & wanted}
    return frozenset(wanted | stands)
