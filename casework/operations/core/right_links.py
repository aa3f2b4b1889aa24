"""What an IP right belongs to: the technologies that it protects, and the organisations whose it is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from sqlalchemy import Connection, Row, text

from casework.engine.case_objects.encumbrances import BELONGS
from casework.engine.execution.context import By
from casework.engine.state.register_effects import RegisterEffects
from casework.engine.state.right_values import OwnerOfRight
from casework.operations.core.organisations import STANDING
from casework.operations.core.reader_names import called
from casework.operations.core.register_log import append_each
from casework.records.event_log import lock_logs
from casework.records.row_security import whole


def with_links(right: str) -> str:
    """Columns of SQL beside those of a right `right`: the ids of its technologies, and its owners as JSON."""
    technologies = (
        f"(SELECT coalesce(array_agg(l.technology_id::text ORDER BY l.technology_id), '{{}}') FROM right_technologies l"
        f" WHERE l.right_id = {right}.id) AS technologies"
    )
    owners = (
        f"(SELECT coalesce(jsonb_agg(jsonb_build_object('organisation', o.organisation_id, 'share', trim_scale(o.share)::text)"
        f" ORDER BY o.organisation_id), '[]') FROM right_owners o WHERE o.right_id = {right}.id) AS owners"
    )
    return f"{technologies}, {owners}"


def whose(right: str) -> str:
    """In SQL, whose a right `right` is, as the reader calls them: its owners on record, else what the register says."""
    return (
        f"coalesce((SELECT string_agg({called('o')}, '; ' ORDER BY o.name) FROM right_owners y JOIN {STANDING}"
        f" ON g.id = y.organisation_id WHERE y.right_id = {right}.id), {right}.owner)"
    )


def write_technologies(db: Connection, right: str, technologies: Sequence[str]) -> None:
    """From now on it protects these, and no others."""
    given = {"right": right, "ids": list(technologies)}
    db.execute(_DROP_TECHNOLOGIES, given)
    db.execute(_ADD_TECHNOLOGIES, given)


def write_owners(db: Connection, right: str, owners: Sequence[OwnerOfRight]) -> None:
    """From now on it is theirs, and nobody else's."""
    db.execute(_DROP_OWNERS, {"right": right})
    given = {
        "right": right,
        "ids": [owner["organisation"] for owner in owners],
        "shares": [owner["share"] for owner in owners],
    }
    db.execute(_ADD_OWNERS, given)


def relink(
    db: Connection,
    by: By,
    rights: Collection[str],
    after: Callable[[Row[tuple[object, ...]]], RegisterEffects],
    *,
    words: Mapping[str, str],
    told: RegisterEffects,
) -> None:
    """Give some rights other owners or technologies: `after` says which, of each with its links as they are; their logs tell it."""
    ids = sorted(rights)
    if not ids:
        return
    with whole(db):
        logs = lock_logs(db, ids)
    events = []
    for row in db.execute(_LINKED, {"ids": ids}):
        links = after(row)
        event = logs[row.id].next_event(
            BELONGS, by.person, role=by.role, acting_for=by.acting_for, effects={**told, **links}, body=dict(words)
        )
        events.append((logs[row.id], event))
        if "owners" in links:
            write_owners(db, row.id, links["owners"])
        if "technologies" in links:
            write_technologies(db, row.id, links["technologies"])
    with whole(db):
        append_each(db, events)


#: Some rights with what they belong to.
_LINKED = text(
    f"SELECT x.id::text AS id, {with_links('x')} FROM rights x WHERE x.id = ANY(CAST(:ids AS uuid[])) ORDER BY x.id"
)
#: What a right protects goes.
_DROP_TECHNOLOGIES = text("DELETE FROM right_technologies WHERE right_id = CAST(:right AS uuid)")
#: What a right protects from now on.
_ADD_TECHNOLOGIES = text(
    "INSERT INTO right_technologies (right_id, technology_id) SELECT CAST(:right AS uuid), * FROM unnest(CAST(:ids AS uuid[]))"
)
#: The owners of a right go.
_DROP_OWNERS = text("DELETE FROM right_owners WHERE right_id = CAST(:right AS uuid)")
#: The owners of a right from now on.
_ADD_OWNERS = text(
    "INSERT INTO right_owners (right_id, organisation_id, share)"
    " SELECT CAST(:right AS uuid), * FROM unnest(CAST(:ids AS uuid[]), CAST(:shares AS numeric[]))"
)
