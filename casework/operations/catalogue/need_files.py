"""Files that an enterprise sends with a need: they lie in the store, each statement's with a key of its own, as long as it is kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.tasks.party_answers import MOST_FILES
from casework.errors import InvalidForm
from casework.json_values import JsonMapping
from casework.operations.documents.storage import Kept, hold, let_go


@dataclass(frozen=True, kw_only=True, slots=True)
class NeedFile:
    """A file that came with a need."""

    id: str
    name: str
    #: What it was found to be, such as pdf.
    type: str
    size: int
    sha256: str
    #: pending, clean or blocked; None where nobody looks.
    scan: str | None = None


#: The files that came with some statements.
_OF = text("""
    SELECT f->>'id' FROM need_statements q, jsonb_array_elements(coalesce(q.said->'files', '[]')) f
    WHERE q.id = ANY(CAST(:ids AS uuid[])) ORDER BY 1
""")
#: How the scans of files went.
_SCANS = text("SELECT id::text, scan FROM blobs WHERE id = ANY(CAST(:files AS uuid[]))")


def files_in(said: Mapping[str, Any], scans: Mapping[str, str | None] | None = None) -> list[NeedFile]:
    """The files of a statement, as it was sent last."""
    return [NeedFile(**one, scan=(scans or {}).get(one["id"])) for one in said.get("files", ())]


def scans_of(db: Connection, said: Iterable[Mapping[str, Any]]) -> dict[str, str | None]:
    """How the scans of the files of some statements went."""
    files = [one["id"] for each in said for one in each.get("files", ())]
    return {row.id: row.scan for row in db.execute(_SCANS, {"files": files})}


def change(
    db: Connection, before: Sequence[JsonMapping], added: Sequence[Kept], without: Collection[str]
) -> list[JsonMapping]:
    """What is on record with a need from now on: what was before, but for some, and what comes. Raises InvalidForm for too many."""
    stays = {str(one["id"]): one for one in before if one["id"] not in without}
    for kept in added:
        told = kept.told
        new = {"id": kept.blob, "name": told.name, "type": told.type, "size": told.size, "sha256": told.digest}
        # The same file again is the same content of the store.
        stays.setdefault(kept.blob, new)
    if len(stays) > MOST_FILES:
        raise InvalidForm(fields={"files": reasons.links.MOST_FILES(most=MOST_FILES)})
    let_go(db, [str(one["id"]) for one in before if one["id"] not in stays])
    hold(db, [kept.blob for kept in added])
    return list(stays.values())


def let_go_of(db: Connection, statements: Sequence[str]) -> None:
    """The files of some statements go with what was said."""
    let_go(db, list(db.execute(_OF, {"ids": list(statements)}).scalars()))


__all__ = ["NeedFile", "change", "files_in", "let_go_of", "scans_of"]
