"""The parties of a case, and the bodies outside the office that its steps wait for."""

from __future__ import annotations

PARTIES = ("need_owner", "technology_owner")
#: Whom a step or a task of ours may wait for: an authority that decides, a register that makes an entry, a party that answers, which
#: is the one that a task is about.
AUTHORITY, REGISTER, PARTY = "authority", "register", "party"
BODIES = (AUTHORITY, REGISTER, PARTY)


def body_of(awaits: str, about: str | None) -> str:
    """Who it is: of the parties the one that a task is about, where it is about one."""
    return about if awaits == PARTY and about in PARTIES else awaits
