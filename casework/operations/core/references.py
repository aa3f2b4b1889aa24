"""People, organisations, rights, services and entries of lists that a form names must exist, and be what the form asks for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.definition.edition_schema import WrittenField
from casework.engine.definition.list_names import listed_in
from casework.engine.roles import ORGANISATION_ROLES, Role
from casework.engine.state.case import Case, Track
from casework.json_values import JsonMapping, JsonValue, is_id
from casework.operations.core.merged_records import OF_RIGHTS, RIGHT_NAMED_BEFORE
from casework.operations.core.organisations import MAY_SIGN, NAMED_BEFORE, STANDING
from casework.operations.core.programme_lists import read_lists, why_not_listed
from casework.operations.core.programme_providers import IS_ASKED, asked_by
from casework.reasons import Why
from casework.records.access_sql import COUNTS, DECIDING, mediated

#: Of a membership `m`: it holds now, and counts. The same as `permissions.actors.in_force`.
IN_FORCE = f"""m.starts_at <= casework_now() AND (m.ends_at IS NULL OR m.ends_at > casework_now()) AND {COUNTS}"""
#: Of a membership `m`: it is of no use in a case of that age, as `permissions.visibility.kept_from` has it. A sealed log has none.
KEPT = f"""(m.role IN {DECIDING} AND CAST(:opened_at AS timestamptz) IS NOT NULL
        AND {mediated("m.person_id", "m.programme_id", "CAST(:opened_at AS timestamptz)")})"""


def opened_at_of(case: Case) -> datetime | None:
    """The age by which `KEPT` goes."""
    return case.opened_at if case.kind == "case" else None


#: Which of some people hold one of the roles here, and are not kept from the case.
_PEOPLE = text(f"""
    SELECT m.person_id::text FROM memberships m JOIN people p ON p.id = m.person_id AND p.active AND NOT p.service
    WHERE m.person_id = ANY(CAST(:ids AS uuid[])) AND {IN_FORCE} AND m.deputy_for IS NULL
    AND (CAST(:roles AS text[]) = '{{}}' OR m.role = ANY(CAST(:roles AS text[])))
    AND (m.programme_id = CAST(:programme AS uuid) OR m.organisation_id = CAST(:organisation AS uuid)) AND NOT {KEPT}
""")
#: Which of some organisations offer a service, and whether the case's programme asks them.
_PROVIDERS = text(f"""
    SELECT o.id::text, {IS_ASKED} AS asked FROM organisations o WHERE o.id = ANY(CAST(:ids AS uuid[]))
    AND (CAST(:service AS text) = '' OR CAST(:service AS text) = ANY(o.services))
""")
#: Which of some organisations a programme knows, but for providers, and whether their records have expired. What was merged into another
#: one is nobody, unless the case named it before: then it is that other one.
_ORGANISATIONS = text(f"""
    SELECT g.id::text, o.expired_at IS NOT NULL AND NOT {NAMED_BEFORE} AS expired FROM {STANDING}
    WHERE g.id = ANY(CAST(:ids AS uuid[])) AND {MAY_SIGN} AND (g.id = o.id OR g.id = ANY(CAST(:named AS uuid[])))
""")
#: Whether the record of one of some rights has expired, but for those that a case named before.
_EXPIRED_RIGHTS = text(
    f"SELECT 1 FROM {OF_RIGHTS} WHERE g.id = ANY(CAST(:ids AS uuid[])) AND r.expired_at IS NOT NULL"
    f" AND NOT {RIGHT_NAMED_BEFORE} LIMIT 1"
)


def reference_faults(
    db: Connection, case: Case, form: Iterable[WrittenField], data: JsonMapping, track: Track
) -> dict[str, Why]:
    """What is wrong with each field whose person, organisation or right is not there or cannot take the part."""
    above = case.referral_of(track)
    organisation = above.provider if above else None
    faults: dict[str, Why] = {}
    form = tuple(form)
    for rule in form:
        given = data.get(rule["name"])
        if rule["type"] in ("listed", "listed_many", "rows"):
            faults |= _not_listed(db, case, rule, given)
            continue
        ids = [given] if isinstance(given, str) else given if isinstance(given, list) else []
        if not ids or not all(isinstance(id_, str) for id_ in ids):
            continue
        if rule["type"] in ("person", "people"):
            inside = rule["role"] in ORGANISATION_ROLES
            roles = (
                [Role.PROVIDER, Role.PROVIDER_LEAD, Role.VERIFIER] if inside else [rule["role"]] if rule["role"] else []
            )
            values = {
                "ids": _uuids(ids),
                "roles": roles,
                "programme": None if inside else case.programme,
                "organisation": organisation if inside else None,
                "opened_at": opened_at_of(case),
            }
            if set(db.execute(_PEOPLE, values).scalars()) != set(ids):
                faults[rule["name"]] = (
                    reasons.cases.NOBODY_OF_ROLE(role=rule["role"]) if rule["role"] else reasons.cases.NOBODY_HERE
                )
        elif rule["type"] in ("provider", "providers", "panel"):
            chosen = data.get("service")
            service = rule["service"] or (
                track.kind if track.is_referral else chosen if isinstance(chosen, str) else ""
            )
            if (why := _not_asked(db, ids, service, asked_by(case, track, service, form))) is not None:
                faults[rule["name"]] = why
        elif (why := _not_from_now_on(db, case, rule["type"], ids)) is not None:
            faults[rule["name"]] = why
    return faults


def _not_asked(db: Connection, ids: list[str], service: str, by: JsonMapping) -> Why | None:
    """Why one of some organisations is asked for nothing: it does no such service, or the programme asks others."""
    known = {row.id: row.asked for row in db.execute(_PROVIDERS, {"ids": _uuids(ids), "service": service, **by})}
    if known.keys() != set(ids):
        return reasons.cases.NO_SUCH_PROVIDER
    return None if all(known.values()) else reasons.providers.NOT_OURS


def _not_from_now_on(db: Connection, case: Case, type: str, ids: list[str]) -> Why | None:
    """Why one of some organisations or rights cannot be named, as its record has expired or nobody knows it; None for anything else."""
    if type == "organisation":
        return _no_party(db, case, ids)
    return _no_right(db, case, ids) if type in ("right", "rights") else None


def _no_party(db: Connection, case: Case, ids: list[str]) -> Why | None:
    """Why one of some organisations cannot be named as one that takes part from now on; the case keeps those that it named before."""
    given = {"ids": _uuids(ids), "seen": [case.programme], "named": named_in(case)}
    known = {row.id: row.expired for row in db.execute(_ORGANISATIONS, given)}
    if known.keys() != set(ids):
        return reasons.cases.NO_SUCH_ORGANISATION
    return reasons.catalogue.ORGANISATION_EXPIRED if any(known.values()) else None


def named_in(case: Case) -> list[str]:
    """All that the answers of a case name, by id: what has expired since may be named there again."""
    told = (value for track in case.tracks.values() for fired in track.fired.values() for value in fired.data.values())
    return sorted(
        {
            id
            for value in told
            for id in (value if isinstance(value, list) else [value])
            if isinstance(id, str) and is_id(id)
        }
    )


def _no_right(db: Connection, case: Case, ids: list[str]) -> Why | None:
    """Why one of some rights cannot be named from now on; the case keeps those that it named before."""
    given = {"ids": _uuids(ids), "named": named_in(case)}
    return reasons.catalogue.RIGHT_EXPIRED if db.execute(_EXPIRED_RIGHTS, given).first() is not None else None


def _not_listed(db: Connection, case: Case, rule: WrittenField, given: JsonValue) -> dict[str, Why]:
    """What is wrong with what was chosen from a list of the programme: in a field, or in the rows of one."""
    named = list(listed_in(rule, given))
    lists = read_lists(db, case.programme) if named else {}
    return {one.where: why for one in named if (why := why_not_listed(lists, one.catalogue, one.key)) is not None}


def _uuids(ids: list[str]) -> list[str]:
    """Only what can be an id; the form's own check names the others."""
    return [
        id_
        for id_ in ids
        if len(id_) == 36 and id_.count("-") == 4 and all(c in "0123456789abcdef-" for c in id_.lower())
    ]
