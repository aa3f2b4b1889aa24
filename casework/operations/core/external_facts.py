"""Facts from outside a case's log, for the guards that read them: rights, sibling cases, technology, parties, their screenings, ..."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeGuard
from uuid import UUID

from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.case_objects.countries import HERE
from casework.engine.definition.required_documents import SCANS
from casework.engine.execution.sequential_requests import PROVIDERS
from casework.engine.parties import PARTIES
from casework.engine.parts import MAIN, TAKES_RIGHTS
from casework.engine.state.case import Case
from casework.json_values import Answers, JsonObject, JsonValue
from casework.ledger.redactable_bodies import ERASED_WORDS
from casework.operations.core.case_parties import GIVEN
from casework.operations.core.merged_records import OF_RIGHTS, in_its_place, one_with
from casework.operations.core.organisations import STANDING
from casework.operations.core.right_links import with_links

#: Which parties and providers are abroad.
ABROAD = "abroad"


def _rights(db: Connection, case: Case) -> JsonValue:
    given = _owners_asked(case) | {"ids": list(case.rights), "parties": _sides(case)}
    return {
        row.called: {
            "record": str(row.id),
            "kind": row.kind,
            "office": row.office,
            "number": row.number,
            "application_number": row.application_number,
            "owner": row.owner,
            "owners": [_as_here(row, owner, "organisation") for owner in row.owners],
            "filed_on": _day(row.filed_on),
            "granted_on": _day(row.granted_on),
            "status": row.status,
            "twin": row.twin,
            "expires_on": _day(row.expires_on),
            "fee_paid_to": _day(row.fee_paid_to),
            "checked_on": _day(row.checked_on),
            "confirmed": row.confirmed,
            "encumbrances": [_as_here(row, burden, "holder") for burden in row.encumbrances],
        }
        for row in db.execute(_RIGHTS, given)
    }


def _sides(case: Case) -> list[str]:
    return sorted({id for id in case.parties.values() if id})


def _owners_asked(case: Case) -> dict[str, str | None]:
    """What is asked for the owners of what a case is about."""
    return {party: case.parties.get(party) for party in PARTIES} | {"need": case.need, "technology": case.technology}


#: The parties `p` of a case with the organisations `o` that stand for them.
_OWNERS = f"{GIVEN} JOIN organisations g ON g.id = p.id JOIN organisations o ON o.id = coalesce(g.merged_into, g.id)"
#: An organisation `o` by the id by which a case with some parties calls it.
_CALLED_HERE = """coalesce((
        SELECT h.id FROM organisations h WHERE h.id = ANY(CAST(:parties AS uuid[])) AND o.id IN (h.id, h.merged_into) ORDER BY h.id LIMIT 1
    ), o.id)"""
#: Some rights as those in their places say them, by the ids by which a case calls them, with what they belong to, and by what id
#: organisations are called that are one with a party, by merging.
_RIGHTS = text(f"""
    SELECT g.id AS called, r.*, {with_links("r")}, (
        SELECT coalesce(jsonb_object_agg(s.id, t.called), '{{}}') FROM (
            SELECT o.id, g.id AS called FROM {STANDING} WHERE g.id = ANY(CAST(:parties AS uuid[]))
            UNION SELECT o.id, {_CALLED_HERE} FROM {_OWNERS}
        ) t JOIN organisations s ON s.id <> t.called AND t.id IN (s.id, s.merged_into)
    ) AS as_here FROM {OF_RIGHTS} WHERE g.id = ANY(CAST(:ids AS uuid[])) ORDER BY g.id
""")


def _as_here(row: Any, said: Mapping[str, JsonValue], name: str) -> JsonValue:
    """The same, with an organisation that is one with a party of the case as the case calls it."""
    called = said.get(name)
    return {**said, name: row.as_here[called]} if isinstance(called, str) and called in row.as_here else dict(said)


def _siblings(db: Connection, case: Case) -> JsonValue:
    given = {"need": case.need, "log": case.log, "taken": TAKES_RIGHTS, "main": MAIN}
    rows = db.execute(_SIBLINGS, given)
    return [{"case": row.id, "number": row.number, "state": row.state, "signed": row.signed} for row in rows]


#: The other cases of a need, and of those that are one with it by merging.
_SIBLINGS = text(f"""
    SELECT c.id, c.number, c.state, t.played ? :taken AS signed FROM cases c JOIN tracks t ON t.log_id = c.id AND t.part = :main
    WHERE c.need_id IN {one_with("needs", "CAST(:need AS uuid)")} AND c.id <> :log ORDER BY c.id
""")
#: A technology with what assessments have stated of it, in whatever case: that needs nobody's confirmation.
_TECHNOLOGY = text(f"""
    SELECT t.verification, t.provenance, coalesce((
        SELECT jsonb_agg(jsonb_build_object('id', s.id, 'verdict', s.verdict, 'valid_until', s.valid_until) ORDER BY s.valid_until, s.id)
        FROM statements s WHERE s.technology_id IN {one_with("technologies", "t.id")} AND s.replaced_by IS NULL), '[]') AS statements
    FROM technologies t WHERE t.id = {in_its_place("technologies", "CAST(:id AS uuid)")}
""")


def _technology(db: Connection, case: Case) -> JsonValue:
    row = db.execute(_TECHNOLOGY, {"id": case.technology}).one_or_none()
    if row is None:
        return {"confirmed": {}, "verification": None, "statements": []}
    # Nothing imported opens a gate before a person has confirmed it.
    confirmed = {field: True for field, origin in row.provenance.items() if origin.get("confirmed_by")}
    verification = row.verification if "verification" in confirmed else None
    return {"confirmed": confirmed, "verification": verification, "statements": row.statements}


#: Who they are, their country and state ownership.
_PARTIES = text(
    f"SELECT p.party, {_CALLED_HERE}::text AS organisation, o.country, o.state_owned FROM {_OWNERS} ORDER BY p.party"
)
#: The same of any organisations, each by the id by which it was named.
_NAMED = text(f"""
    SELECT g.id::text AS named, {_CALLED_HERE}::text AS organisation, o.country, o.state_owned
    FROM {STANDING} WHERE g.id = ANY(CAST(:ids AS uuid[])) ORDER BY g.id
""")
#: The newest screening of an organisation `o`, and whether every owner above 25 per cent was found on no list.
_HOW = f"""s.id::text AS id, s.result, s.checked_on, s.valid_until, NOT EXISTS (
        SELECT FROM organisation_owners w WHERE w.organisation_id = o.id AND w.programme_id = CAST(:programme AS uuid)
        AND w.screened IS DISTINCT FROM 'clear' AND (w.screened = 'hit' OR w.name <> '{ERASED_WORDS}')
    ) AS owners_free"""
#: The newest screening `s` of it that a programme has recorded.
_NEWEST = """CROSS JOIN LATERAL (
        SELECT * FROM organisation_screenings x WHERE x.organisation_id = o.id AND x.programme_id = CAST(:programme AS uuid)
        ORDER BY x.checked_on DESC, x.made_at DESC, x.id DESC LIMIT 1
    ) s"""
#: Those of the parties.
_SCREENED = text(f"SELECT p.party, {_HOW} FROM {_OWNERS} {_NEWEST} ORDER BY p.party")
#: Those of any organisations, each by the id by which it was named.
_NAMED_SCREENED = text(
    f"SELECT g.id::text AS named, {_HOW} FROM {STANDING} {_NEWEST} WHERE g.id = ANY(CAST(:ids AS uuid[])) ORDER BY g.id"
)
#: The organisation of each, and who is looked for in the lists with it, the largest owner first.
_OWNED = text(f"""
    SELECT p.party, o.id::text AS organisation, ARRAY(
        SELECT w.id::text FROM organisation_owners w WHERE w.organisation_id = o.id AND w.programme_id = CAST(:programme AS uuid)
        AND w.name <> '{ERASED_WORDS}' ORDER BY w.share DESC NULLS LAST, w.name, w.id
    ) AS owners FROM {_OWNERS} ORDER BY p.party
""")


def _parties(db: Connection, case: Case) -> JsonValue:
    """Of each party who it is, and what its record says that decides: the country, and whether it is state-owned."""
    rows = db.execute(_PARTIES, _owners_asked(case) | {"parties": _sides(case)})
    return {
        row.party: {"organisation": row.organisation, "country": row.country, "state_owned": row.state_owned}
        for row in rows
    }


def _organisations(db: Connection, case: Case, sent: Answers) -> JsonValue:
    """The same of each organisation that a form of the case names, or what is sent now, in the place of a party for instance."""
    ids = _named_ids(case, sent)
    rows = db.execute(_NAMED, {"ids": ids, "parties": _sides(case)}) if ids else ()
    return {
        row.named: {"organisation": row.organisation, "country": row.country, "state_owned": row.state_owned}
        for row in rows
    }


def _named_screenings(db: Connection, case: Case, sent: Answers) -> JsonValue:
    """Of each of those the newest screening, as the case's programme has recorded it."""
    ids = _named_ids(case, sent)
    rows = db.execute(_NAMED_SCREENED, {"ids": ids, "programme": case.programme}) if ids else ()
    return {row.named: _screening(row) for row in rows}


def _named_ids(case: Case, sent: Answers) -> list[str]:
    return sorted({*_named_in(case), *(id for id in sent.values() if _may_be_id(id))})


def _named_in(case: Case) -> Iterator[str]:
    """The organisations that the forms of a case name, as they were filled in last."""
    library = load_library()
    for track in case.tracks.values():
        edition = library[track.edition]
        for rule in edition.transitions:
            told = track.fired[rule.name].data if rule.name in track.fired else {}
            asked = (
                (field["name"] for field in edition.form(rule.form) if field["type"] == "organisation") if told else ()
            )
            yield from (str(told[name]) for name in asked if name in told)
    for pending in case.proposals.values():
        yield from (id for id in pending.data.values() if _may_be_id(id))


def _may_be_id(value: object) -> TypeGuard[str]:
    """Whether something that was sent can be the id of a record; whose, and of which, the form's own check says."""
    try:
        return isinstance(value, str) and str(UUID(value)) == value
    except ValueError:
        return False


def _need(db: Connection, case: Case) -> JsonValue:
    row = db.execute(_NEED, {"id": case.need}).one_or_none()
    return {"status": row.status, "valid_until": _day(row.valid_until)} if row else None


#: What a need says of itself.
_NEED = text(f"SELECT status, valid_until FROM needs WHERE id = {in_its_place('needs', 'CAST(:id AS uuid)')}")


def _match(db: Connection, case: Case) -> JsonValue:
    row = db.execute(text("SELECT source, rationale FROM matches WHERE id = :id"), {"id": case.match}).one_or_none()
    return {"source": row.source, "rationale": bool(row.rationale)} if row else None


def _scans(db: Connection, case: Case) -> JsonValue:
    """What the scanner has not cleared, by document: whether it is still to be looked at, or blocked."""
    rows = db.execute(
        text(
            "SELECT * FROM (SELECT DISTINCT ON (f.document_id) f.document_id::text AS id, b.scan FROM files f"
            " LEFT JOIN contents k ON k.file_id = f.id LEFT JOIN blobs b ON b.id = k.blob_id"
            " WHERE f.log_id = CAST(:log AS uuid) ORDER BY f.document_id, f.version DESC) newest"
            " WHERE scan IN ('pending', 'blocked') ORDER BY id"
        ),
        {"log": case.log},
    )
    return {row.id: row.scan for row in rows}


def _day(day: Any) -> str | None:
    return None if day is None else day.isoformat()


def _screenings(db: Connection, case: Case) -> JsonValue:
    """Of each party the newest screening of its organisation, as the case's programme has recorded it, with that of its owners."""
    given = _owners_asked(case) | {"programme": case.programme}
    return {row.party: _screening(row) for row in db.execute(_SCREENED, given)}


def _screening(row: Any) -> JsonValue:
    return {
        "id": row.id,
        "result": row.result,
        "checked_on": _day(row.checked_on),
        "valid_until": _day(row.valid_until),
        "owners_free": row.owners_free,
    }


def _providers(db: Connection, case: Case) -> JsonObject:
    """Which parties and providers are abroad by their record, and which providers the case's programme asks; null: every one."""
    known = {party: case.parties.get(party) for party in PARTIES}
    given = known | {"need": case.need, "technology": case.technology, "programme": case.programme, "here": HERE}
    row = db.execute(_PROVIDERS, given).one()
    return {ABROAD: {"parties": list(row.parties), "providers": list(row.providers)}, PROVIDERS: row.asked}


#: The same.
_PROVIDERS = text(f"""
    SELECT ARRAY(SELECT p.party FROM {_OWNERS} WHERE o.country <> :here ORDER BY p.party) AS parties,
    ARRAY(SELECT id::text FROM organisations WHERE kind = 'provider' AND country <> :here ORDER BY id) AS providers,
    (SELECT providers::text[] FROM programmes WHERE id = CAST(:programme AS uuid)) AS asked
""")


def _owners(db: Connection, case: Case) -> JsonValue:
    """Of each party its organisation, and the owners above 25 per cent that the case's programme has entered, by id.

    Whose name was erased is nobody who could be looked for.
    """
    known = {party: case.parties.get(party) for party in PARTIES}
    given = known | {"need": case.need, "technology": case.technology, "programme": case.programme}
    return {
        row.party: {"organisation": row.organisation, "owners": list(row.owners)} for row in db.execute(_OWNED, given)
    }


_LOADERS: Mapping[str, Callable[[Connection, Case], JsonValue]] = {
    "rights": _rights,
    "siblings": _siblings,
    "technology": _technology,
    "need": _need,
    "parties": _parties,
    "match": _match,
    "screenings": _screenings,
    "owners": _owners,
    SCANS: _scans,
}
#: Told together, by one statement.
_TOGETHER = (ABROAD, PROVIDERS)


#: Of whoever forms name, which takes the form that is sent now as well.
_OF_NAMED: Mapping[str, Callable[[Connection, Case, Answers], JsonValue]] = {
    "organisations": _organisations,
    "named_screenings": _named_screenings,
}


def outside(db: Connection, case: Case, keys: Iterable[str], sent: Answers | None = None) -> JsonObject:
    """The facts that were asked for, by key; `sent`: the form that is sent with what is asked for now."""
    wanted = set(keys)
    told = {
        key: _OF_NAMED[key](db, case, sent or {}) if key in _OF_NAMED else _LOADERS[key](db, case)
        for key in sorted(wanted.difference(_TOGETHER))
    }
    both = _providers(db, case) if wanted.intersection(_TOGETHER) else {}
    return told | {key: value for key, value in both.items() if key in wanted}


ALL = (*_LOADERS, *_TOGETHER, *_OF_NAMED)
