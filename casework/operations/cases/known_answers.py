"""What a form need not ask its reader because it is known: all of it to the office, to a provider what its case sheet tells."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias, cast
from weakref import ref

from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.case_objects.case_sheet import kept_back
from casework.engine.definition.edition_schema import WrittenField
from casework.engine.definition.prefill import prefill
from casework.engine.definition.sheets import NOTHING_KEPT, KeptBack
from casework.engine.state.case import Case, Track
from casework.operations.core.external_facts import outside
from casework.operations.core.merged_records import called_once
from casework.operations.core.organisations import STANDING
from casework.operations.core.views import NamedInBoth
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, sight
from casework.records.case_loader import load
from casework.records.row_security import whole

#: By right the organisations whose it is, by the ids of all records that one of them takes the place of.
_OWNERS = text(f"""
    SELECT c.id::text AS id, array_agg(x.id::text) AS owners FROM rights c
    JOIN right_owners w ON w.right_id = coalesce(c.merged_into, c.id) JOIN ({STANDING}) ON g.id = w.organisation_id
    JOIN organisations x ON coalesce(x.merged_into, x.id) = o.id
    WHERE c.id = ANY(CAST(:rights AS uuid[])) GROUP BY c.id
""")


def kept_from_provider(db: Connection, actor: Actor, case: Case, track: Track) -> KeptBack:
    """What a reader of a track is not told, for its case sheet does not tell it; nothing is kept from who sees the case whole."""
    above = case.referral_of(track)
    if sight(actor, case) == Sight.ALL or above is None:
        return NOTHING_KEPT
    if (kept := _found(db).get((case.log, case.seq, above.id))) is not None:
        return kept
    with whole(db):
        # The consents are the office's: a provider's people are shown their own tracks of a case alone.
        judged = load(db, case.log, case.kind)
    return kept_by_sheet(db, judged, track)


def kept_by_sheet(db: Connection, judged: Case, track: Track) -> KeptBack:
    """The same, by the whole case, of whoever does not see it whole."""
    above = judged.referral_of(track)
    if above is None:
        return NOTHING_KEPT
    found, of = _found(db), (judged.log, judged.seq, above.id)
    if of not in found:
        with whole(db):
            owners = {row.id: set(row.owners) for row in db.execute(_OWNERS, {"rights": list(judged.rights)})}
        written = load_library()[above.edition].sheets.get(above.kind, {})
        found[of] = kept_back(judged, above, written, owners)
    return found[of]


#: By log, its last event and the referral what its sheet keeps back, as found in one transaction.
Found: TypeAlias = dict[tuple[str, int, str], KeptBack]


def _found(db: Connection) -> Found:
    """What was found in this transaction: a page asks for each of its forms, and for its list of actions."""
    now = db.get_transaction()
    before, found = db.info.get(_FOUND, (None, None))
    if now is None or before is None or before() is not now:
        found = Found()
        if now is not None:
            db.info[_FOUND] = ref(now), found
    return cast(Found, found)


_FOUND = "kept_back"


def known_answers(
    db: Connection,
    actor: Actor,
    case: Case,
    track: Track,
    form: Iterable[WrittenField],
    *,
    reader: str | None = None,
    kept: KeptBack | None = None,
    about: str | None = None,
) -> dict[str, Any]:
    """By field of a form what is known already and its reader may know; `kept`: what is kept back, where that is known already.

    `about`: the party that a task is about.
    """
    form = list(form)
    rows = owner_rows(db, case, about, form)
    asked = [field for field in form if field.get("prefill")]
    if not asked:
        return rows
    if kept is None:
        kept = kept_from_provider(db, actor, case, track)
    return rows | _as_offered(db, case, asked, prefill(case, track, asked, reader=reader, kept=kept))


def _as_offered(db: Connection, case: Case, form: Iterable[WrittenField], known: dict[str, Any]) -> dict[str, Any]:
    """The rights and organisations among what is known by the ids by which the form offers them."""
    signing = [field["name"] for field in form if field["type"] == "organisation" and field["name"] in known]
    stands = (
        {row.id: row.stands for row in db.execute(_STANDS, {"ids": [known[name] for name in signing]})}
        if signing
        else {}
    )
    known |= {name: stands.get(known[name], known[name]) for name in signing}
    named = [field for field in form if field["type"] in ("right", "rights") and field["name"] in known]
    called = called_once(db, case.rights) if named else {}
    for field in named if called else ():
        said = known[field["name"]]
        known[field["name"]] = (
            called.get(said, said)
            if field["type"] == "right"
            else list(dict.fromkeys(called.get(one, one) for one in said))
        )
    return known


#: Which organisation stands in the place of each of some.
_STANDS = text(f"SELECT g.id::text, o.id::text AS stands FROM {STANDING} WHERE g.id = ANY(CAST(:ids AS uuid[]))")


def owner_rows(db: Connection, case: Case, about: str | None, form: Iterable[WrittenField]) -> dict[str, Any]:
    """By table that asks of the owners of a party one row for each owner on the record of its organisation."""
    asked = {
        field["name"]: cell["name"] for field in form for cell in field.get("fields", ()) if cell["type"] == "owner"
    }
    if not asked or about is None:
        return {}
    owners = owners_of(db, case, about)
    return {name: [{cell: owner.id} for owner in owners] for name, cell in asked.items()}


def owners_of(db: Connection, case: Case, party: str | None) -> list[NamedInBoth]:
    """The owners above 25 per cent on the record of a party's organisation, the largest first."""
    told: Any = outside(db, case, ("owners",))["owners"]
    ids = list((told.get(party) or {}).get("owners", ()))
    names = {row.id: row.name for row in db.execute(_NAMES_OF_OWNERS, {"ids": ids})} if ids else {}
    return [NamedInBoth(id=id, name=names.get(id, ""), name_zh=None) for id in ids]


#: What some owners are called.
_NAMES_OF_OWNERS = text("SELECT w.id::text, w.name FROM organisation_owners w WHERE w.id = ANY(CAST(:ids AS uuid[]))")


__all__ = ["kept_by_sheet", "kept_from_provider", "known_answers", "owner_rows", "owners_of"]
