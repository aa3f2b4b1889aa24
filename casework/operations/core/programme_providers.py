"""Which providers a programme asks now, and whom a field of a case's form may name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from sqlalchemy import Connection, text

from casework.engine.case_objects.programme_providers import Asked, at_work
from casework.engine.state.case import Case, Track

#: Whether a `:programme` asks the provider `o`, or it is one of those `:at_work` in a case of it; where there is no programme, all are.
IS_ASKED = """(CAST(:programme AS uuid) IS NULL OR o.id = ANY(CAST(:at_work AS uuid[])) OR EXISTS (
        SELECT FROM programmes p WHERE p.id = CAST(:programme AS uuid) AND (p.providers IS NULL OR o.id = ANY(p.providers))
    ))"""


def providers_of(db: Connection, programme: str) -> Asked:
    """The providers that a programme asks; None: all that take requests."""
    return cast("Asked", db.execute(_PROVIDERS, {"id": programme}).scalar_one())


#: The same.
_PROVIDERS = text("SELECT providers::text[] FROM programmes WHERE id = CAST(:id AS uuid)")


def asked_by(case: Case, track: Track, service: str, form: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What `IS_ASKED` is asked with for a field of a form on a track: a new request goes to those on the list, and nobody else.

    A plan, or a consent, may go on naming those who are at work. A service of its own names others than those whom the office asks:
    the bank for which a provider acts, say; then there is no programme.
    """
    if track.parent is not None:
        return {"programme": None, "at_work": []}
    new = track.is_referral or any(rule["name"] == "service" for rule in form)
    return {"programme": case.programme, "at_work": [] if new else sorted(at_work(case, service))}


__all__ = ["IS_ASKED", "asked_by", "providers_of"]
