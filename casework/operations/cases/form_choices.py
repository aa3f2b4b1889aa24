"""What a form offers to choose from: the people, organisations, rights, papers and tasks that its fields may name."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TypeAlias

from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.case_objects.programme_lists import offered
from casework.engine.parties import PARTIES
from casework.engine.roles import ORGANISATION_ROLES, Role
from casework.engine.state.case import CREATED, Case, Track
from casework.json_values import JsonMapping
from casework.operations.cases.action_views import ImpactChoice, RightChoice, TaskChoice
from casework.operations.cases.known_answers import kept_from_provider, owners_of
from casework.operations.cases.queries import titles_of
from casework.operations.core.merged_records import OF_RIGHTS, RIGHT_NAMED_BEFORE, called_once
from casework.operations.core.organisations import MAY_SIGN, NAMED_BEFORE, STANDING
from casework.operations.core.perform import calendar_of
from casework.operations.core.presenters import names_of
from casework.operations.core.programme_lists import items_named, read_lists
from casework.operations.core.programme_providers import IS_ASKED, asked_by
from casework.operations.core.reader_names import BURDEN_NAME
from casework.operations.core.references import IN_FORCE, KEPT, named_in, opened_at_of
from casework.operations.core.right_links import whose
from casework.operations.core.views import NamedInBoth, rows_as
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, reach, sight
from casework.records.event_log import now

#: By the field's name what it offers.
Offered: TypeAlias = dict[str, list[NamedInBoth]]

#: Of people and of organisations, more than fit into a list that one reads.
MOST = 500

#: Who can be named in a form: who holds one of the roles here, and is not kept from the case.
_PEOPLE = text(f"""
    SELECT DISTINCT p.id::text, p.name, p.name_zh FROM memberships m JOIN people p ON p.id = m.person_id AND p.active AND NOT p.service
    WHERE {IN_FORCE} AND m.deputy_for IS NULL
    AND (CAST(:roles AS text[]) = '{{}}' OR m.role = ANY(CAST(:roles AS text[])))
    AND (m.programme_id = CAST(:programme AS uuid) OR m.organisation_id = CAST(:organisation AS uuid)) AND NOT {KEPT}
    ORDER BY p.name, 1 LIMIT :most
""")
#: The organisations that offer a service, or any, and that the case's programme asks.
_PROVIDERS = text(f"""
    SELECT o.id::text, o.name, o.name_zh FROM organisations o WHERE o.services <> '{{}}'
    AND (CAST(:service AS text) = '' OR CAST(:service AS text) = ANY(o.services)) AND {IS_ASKED} ORDER BY o.name, 1 LIMIT :most
""")
#: The organisations that a programme knows, but for providers and for those whose record has expired, unless the case named them before.
_ORGANISATIONS = text(
    f"SELECT o.id::text, o.name, o.name_zh FROM organisations o WHERE {MAY_SIGN}"
    f" AND (o.expired_at IS NULL OR {NAMED_BEFORE}) ORDER BY o.name, 1 LIMIT :most"
)
#: How some rights are called, but for those whose record has expired, unless the case named them before.
_RIGHTS = text(
    f"SELECT g.id::text, r.kind, r.office, coalesce(r.number, r.application_number) AS number, {whose('r')} AS owner FROM {OF_RIGHTS}"
    f" WHERE g.id = ANY(CAST(:ids AS uuid[])) AND (r.expired_at IS NULL OR {RIGHT_NAMED_BEFORE}) ORDER BY 4, 1"
)
#: What others hold on some rights: by the right, whose holder the reader may know of, and since when.
_BURDENS = text(f"""
    SELECT DISTINCT b->>'id' AS id, {BURDEN_NAME} AS name, r.number, b->>'from' FROM {OF_RIGHTS}
    CROSS JOIN LATERAL jsonb_array_elements(r.encumbrances) b
    LEFT JOIN cases c ON c.id = CAST(b->>'case' AS uuid) AND c.programme_id = ANY(CAST(:seen AS uuid[]))
    LEFT JOIN organisations o ON o.id = (SELECT o.id FROM {STANDING} WHERE g.id = CAST(b->>'holder' AS uuid))
        AND (c.id IS NOT NULL OR b->>'case' IS NULL)
    WHERE g.id = ANY(CAST(:ids AS uuid[])) AND b->>'to' IS NULL AND b->>'case' IS DISTINCT FROM CAST(:log AS text)
    AND b->>'kind' IN ('licence', 'assignment', 'transfer') ORDER BY r.number, b->>'from', 1
""")


def choices_of(
    db: Connection, actor: Actor, case: Case, track: Track, form: Iterable[JsonMapping], *, about: str | None = None
) -> Offered:
    """What each field of a form on a track may name, as far as the actor may know of it; `about`: the party that a task is about."""
    choices: Offered = {}
    form = tuple(form)
    told = cache(lambda: _each_once(db, kept_from_provider(db, actor, case, track).told_of(case.rights)))
    for rule in form:
        match rule["type"]:
            case "party":
                choices[rule["name"]] = _parties(db, case)
            case "person" | "people":
                choices[rule["name"]] = _people(db, case, track, rule["role"])
            case "provider" | "providers" | "panel" | "organisation":
                choices[rule["name"]] = _organisations(db, case, track, rule, form)
            case "right" | "rights":
                whole = sight(actor, case) == Sight.ALL
                choices[rule["name"]] = [
                    RightChoice(
                        id=row.id,
                        name=f"{row.office} {row.number}" if row.number else row.kind,
                        name_zh=None,
                        kind=row.kind,
                        owner=row.owner if whole and not row.number else None,
                    )
                    for row in db.execute(_RIGHTS, {"ids": told(), "named": named_in(case)})
                ]
            case "burden":
                choices[rule["name"]] = [
                    _choice(row.id, row.name)
                    for row in db.execute(
                        _BURDENS, {"ids": list(case.rights), "log": case.log, "seen": sorted(reach(actor).all_of)}
                    )
                ]
            case "documents":
                choices[rule["name"]] = _papers(db, actor, case, track, rule)
            case "tasks":
                choices[rule["name"]] = _tasks(case)
            case "listed" | "listed_many":
                choices[rule["name"]] = _entries(db, case, rule["catalogue"])
            case "rows":
                choices |= {
                    f"{rule['name']}.{cell['name']}": owners_of(db, case, about)
                    if cell["type"] == "owner"
                    else _entries(db, case, cell["catalogue"])
                    for cell in rule["fields"]
                    if cell["type"] in ("listed", "owner")
                }
            case "impact":
                choices[rule["name"]] = _impacts(db, case)
    return choices


def _each_once(db: Connection, rights: list[str]) -> list[str]:
    """Of several that are one by merging the one that stays alone."""
    called = called_once(db, rights)
    return [right for right in rights if called.get(right, right) == right]


def _entries(db: Connection, case: Case, catalogue: str) -> list[NamedInBoth]:
    """What a list of the programme offers."""
    entries = offered(read_lists(db, case.programme)[catalogue])
    return [NamedInBoth(id=one.key, name=one.called(one.label), name_zh=one.called(one.label_zh)) for one in entries]


def _organisations(
    db: Connection, case: Case, track: Track, rule: JsonMapping, form: Iterable[JsonMapping]
) -> list[NamedInBoth]:
    """Providers of a service, or whoever can be a party."""
    if rule["type"] == "organisation":
        given = {"seen": [case.programme], "named": named_in(case), "most": MOST}
        return rows_as(NamedInBoth, db.execute(_ORGANISATIONS, given))
    service = rule["service"] or (track.kind if track.is_referral else "")
    given = {"service": service, "most": MOST} | asked_by(case, track, service, form)
    return rows_as(NamedInBoth, db.execute(_PROVIDERS, given))


def _impacts(db: Connection, case: Case) -> list[NamedInBoth]:
    """The records of the effect that stand, each by what the programme calls its indicator."""
    known = [one for one in case.impacts.values() if one.stands]
    listed = items_named(db, case.programme, (one.measure for one in known))
    return [
        ImpactChoice(
            id=one.id,
            name=listed[one.measure].label if one.measure in listed else one.measure,
            name_zh=listed[one.measure].label_zh if one.measure in listed else None,
            level=one.level,
            value=one.value,
            from_on=one.from_on,
            to_on=one.to_on,
        )
        for one in known
    ]


def _choice(id: str, name: str) -> NamedInBoth:
    return NamedInBoth(id=id, name=name, name_zh=None)


def _parties(db: Connection, case: Case) -> list[NamedInBoth]:
    names = names_of(db, set(), set(case.parties.values()))
    return [_choice(side, names.get(case.parties.get(side) or "", side)) for side in PARTIES]


def _people(db: Connection, case: Case, track: Track, role: str) -> list[NamedInBoth]:
    """The same people whom `reference_faults` finds no fault with."""
    inside = role in ORGANISATION_ROLES
    above = case.referral_of(track)
    roles = [Role.PROVIDER, Role.PROVIDER_LEAD, Role.VERIFIER] if inside else [role] if role else []
    given = {
        "roles": roles,
        "programme": None if inside else case.programme,
        "most": MOST,
        "organisation": above.provider if inside and above else None,
        "opened_at": opened_at_of(case),
    }
    return rows_as(NamedInBoth, db.execute(_PEOPLE, given))


def _papers(db: Connection, actor: Actor, case: Case, track: Track, rule: JsonMapping) -> list[NamedInBoth]:
    """The papers of the case that the field takes; of who sees only a referral, those granted to it."""
    known = case.usable_documents()
    if kinds := rule.get("kinds"):
        known = {id for id in known if case.documents[id].kind in kinds}
    if rule.get("valid") and known:
        today = calendar_of(db, case.programme).local_date(now(db)).isoformat()
        known = {id for id in known if (case.documents[id].valid_until or today) >= today}
    if sight(actor, case) < Sight.ALL:
        above = case.referral_of(track)
        mine = [g for g in case.grants.values() if above and g.track == above.id and g.ended_at is None]
        known &= {grant.document for grant in mine} | {
            document.id for document in case.documents.values() if above and document.track == above.id
        }
    if not known:
        return []
    titles = titles_of(db, case)
    return [
        _choice(document.id, titles.get(document.id) or document.kind)
        for document in case.documents.values()
        if document.id in known
    ]


def _tasks(case: Case) -> list[NamedInBoth]:
    library = load_library()
    tasks: list[NamedInBoth] = []
    for task in case.open_tasks():
        if task.state == CREATED:
            continue
        kind = {
            "step": f"states.{task.rule}.do",
            "side": f"tasks.{task.rule}",
            "decision": f"transitions.{task.rule}.do",
        }
        tasks.append(
            TaskChoice(
                id=task.id,
                edition=task.edition,
                key=kind[task.type],
                name=library[task.edition].text(kind[task.type]),
                name_zh=None,
            )
        )
    return tasks
