"""Which providers a programme asks: every one that takes requests, or those on a list of its own.

A provider is one organisation with one record, whoever lists it. Each change is one event of the programme's log, with the whole list as
it stands then. What was asked before goes on.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.letterheads import COPIED, REASON, SETTERS
from casework.engine.case_objects.programme_providers import PROVIDERS_SET, Asked, cleaned, only_adds
from casework.errors import InvalidForm, Refused
from casework.json_values import is_id
from casework.ledger.canonical_json import instant
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.programme_providers import providers_of
from casework.operations.people.letterheads import insist_reads, insist_sets
from casework.operations.people.provider_list_views import ListedProvider, ProgrammeProviders
from casework.operations.people.setting_changes import take_turn, tell, words_of
from casework.permissions.actors import Actor
from casework.permissions.work import in_the_programme
from casework.records.row_security import whole

#: Events of a programme's log that say whom it asks.
_MOVED_BY = (PROVIDERS_SET, COPIED)


def show_providers(db: Connection, actor: Actor, programme: str) -> ProgrammeProviders:
    """Every provider, and which of them the programme asks, since when; one on its list that takes no requests any more too.

    Raises NotFound.
    """
    insist_reads(actor, programme)
    asked = providers_of(db, programme)
    with whole(db):
        told = db.execute(_TOLD, {"log": programme, "kinds": [*_MOVED_BY]}).all()
    since: dict[str, str] = {}
    for row in told:
        since = {one: since.get(one, instant(row.at)) for one in row.providers or ()}
    return ProgrammeProviders(
        id=programme,
        version=told[-1].seq if told else 0,
        every=asked is None,
        items=[
            ListedProvider(
                id=row.id,
                name=row.name,
                name_zh=row.name_zh,
                services=list(row.services),
                asked=asked is None or row.id in asked,
                since=since.get(row.id),
            )
            for row in db.execute(_EVERY, {"listed": asked or []})
        ],
        mine=in_the_programme(actor, programme, SETTERS) is not None,
    )


#: What a programme's log tells of whom it asks.
_TOLD = text("""
    SELECT seq, at, effects->'providers' AS providers FROM events
    WHERE log_id = CAST(:log AS uuid) AND kind = ANY(:kinds) ORDER BY seq
""")
#: The organisations that take requests, and those on a list.
_EVERY = text("""
    SELECT id::text, name, name_zh, services FROM organisations
    WHERE services <> '{}' OR id = ANY(CAST(:listed AS uuid[])) ORDER BY name, id LIMIT 1000
""")


def set_providers(
    db: Connection,
    actor: Actor,
    programme: str,
    *,
    providers: Sequence[str] | None,
    reason: str | None,
    request: Request,
    seen: int | None = None,
) -> Done:
    """Say whom a programme asks from now on; None: every provider that takes requests.

    With a reason, but where some are only added to a list. Raises RecordHasMoved where it was changed after it was `seen`.
    """
    by = insist_sets(actor, programme)
    after = cleaned(providers)
    words = words_of(reason)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    log = take_turn(db, programme, _MOVED_BY, seen)
    before = providers_of(db, programme)
    if after == before:
        raise Refused(reasons.providers.SAME)
    _insist_known(db, before, after)
    if not words and not only_adds(before, after):
        raise InvalidForm(fields={REASON: reasons.providers.SAY_WHY})
    keep_providers(db, programme, after)
    version = tell(db, log, by, PROVIDERS_SET, request, effects={"providers": after}, body=words)
    return finish(db, actor, request, Done({"id": programme, "version": version}))


def _insist_known(db: Connection, before: Asked, after: Asked) -> None:
    """What is new on a list takes requests."""
    new = sorted(set(after or ()) - set(before or ()))
    known = set(db.execute(_KNOWN, {"ids": [one for one in new if is_id(one)]}).scalars())
    if known != set(new):
        raise InvalidForm(fields={"providers": reasons.providers.UNKNOWN})


#: Which of some organisations take requests.
_KNOWN = text("SELECT id::text FROM organisations WHERE id = ANY(CAST(:ids AS uuid[])) AND services <> '{}'")


def keep_providers(db: Connection, programme: str, providers: Asked) -> None:
    """Write whom a programme asks; the event that says so stands beside it."""
    db.execute(_KEEP, {"providers": providers, "id": programme})


#: Writes the list of a programme.
_KEEP = text("UPDATE programmes SET providers = CAST(:providers AS uuid[]) WHERE id = CAST(:id AS uuid)")


__all__ = ["keep_providers", "set_providers", "show_providers"]
