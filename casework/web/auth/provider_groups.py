"""The groups that the provider of sign-in states of somebody who came back: what follows from them, told in the security log."""

from __future__ import annotations

import logging
from pathlib import Path

from flask import g
from sqlalchemy import Connection

from casework.errors import Refused
from casework.logs import security
from casework.operations.auth.openid import Claims
from casework.operations.people.access_file import read_access_file
from casework.operations.people.group_roles import KEPT, Brought, bring_groups

_note = logging.getLogger(__name__)


def bring(db: Connection, claims: Claims, path: Path | None) -> Brought | None:
    """Bring the roles of whoever has signed in there up to date. Nothing where groups count for nothing."""
    if claims.groups is None or path is None:
        return None
    return bring_groups(db, claims, _content(path))


def _content(path: Path) -> bytes:
    try:
        return read_access_file(path)[0]
    except (OSError, Refused) as fault:
        _note.error("the file of groups cannot be used: %s", fault)
        return b""


def tell(brought: Brought | None) -> None:
    """A line for each role that changed or could not, and for groups from which nothing follows; once it is recorded."""
    if brought is None:
        return
    more = {"actor": brought.person, "request": g.get("request_id"), "file": brought.file}
    if brought.fault is not None:
        security("provider_groups", decision="refused", why=brought.fault, **more)
    if brought.odd:
        security("provider_groups", decision="refused", why="names", count=brought.odd, **more)
    for deed in brought.deeds:
        security(
            "group_role",
            decision="refused" if deed.what == KEPT else "allowed",
            what=deed.what,
            role=deed.place.role,
            within=deed.place.scope,
            group=deed.group,
            why=deed.why,
            **more,
        )


__all__ = ["bring", "tell"]
