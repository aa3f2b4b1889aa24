"""What people can do, as whoever leads them keeps it: fields of technology, languages, and services whose tasks they can do.

A register like that of roles: each change is an event of the programme or organisation. Queues that allocate by skill
read it, together with what a task asks for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.roles import QUEUE_ROLES
from casework.engine.state.case import Case, Task
from casework.engine.state.register_effects import PersonSkills
from casework.engine.tasks.allocation import IN_ORGANISATIONS, IN_PROGRAMMES
from casework.errors import InvalidForm, NotFound
from casework.json_values import JsonObject
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.merged_records import OF_CASES
from casework.operations.core.organisations import STANDING
from casework.operations.core.paging import Page
from casework.operations.core.perform import new_id
from casework.operations.core.register_log import CHANGED, append
from casework.operations.core.views import NamedInBoth, row_as
from casework.operations.people.provider_directory import LANGUAGES, LONGEST, MOST_WORDS
from casework.operations.tasks.views import Skills, SkillsToKeep
from casework.permissions.actors import Actor
from casework.permissions.work import led_scopes
from casework.records.event_log import lock_log

#: The kinds of tracks whose tasks ask for somebody who knows them; what belongs to none of them asks for no service.
SERVICES = ("assessment", "ip", "pledge", "finance", "agreement", "deployment", "verification")
FIELD, LANGUAGE, SERVICE = "field", "language", "service"
#: Most fields that a page offers to choose from.
MOST_FIELDS = 60

# --- the register ----------------------------------------------------------------------------------------------------

_ROLES = sorted({role for queue in (*IN_PROGRAMMES, *IN_ORGANISATIONS) for role in QUEUE_ROLES[queue]})
#: The people of some places, with the skills of each.
_PEOPLE = """
    SELECT s.id AS scope, s.name AS scope_name, s.name_zh AS scope_name_zh, s.kind, p.id, p.name, p.name_zh, coalesce(k.fields,
        '{{}}') AS fields,
        coalesce(k.languages, '{{}}') AS languages, coalesce(k.services, '{{}}') AS services
    FROM (
        SELECT id, name, name_zh, 'programme' AS kind FROM programmes WHERE id = ANY(CAST(:scopes AS uuid[]))
        UNION ALL SELECT id, name, name_zh, 'organisation' FROM organisations WHERE id = ANY(CAST(:scopes AS uuid[]))
    ) s
    JOIN people p ON p.active AND NOT p.service AND EXISTS (
        SELECT FROM memberships m WHERE m.person_id = p.id AND (m.programme_id = s.id OR m.organisation_id = s.id)
        AND m.role = ANY(:roles) AND m.starts_at <= casework_now() AND (m.ends_at IS NULL OR m.ends_at > casework_now())
    )
    LEFT JOIN skills k ON k.scope_id = s.id AND k.person_id = p.id
    WHERE {where} ORDER BY s.name, s.id, p.name, p.id
"""


def list_skills(db: Connection, actor: Actor) -> Page[Skills]:
    """Everybody whom the actor leads, with what each can do. Raises NotFound for who leads nobody."""
    scopes = led_scopes(actor)
    if not scopes:
        raise NotFound
    return Page(items=_read(db, scopes, "true"))


def find_skills(db: Connection, actor: Actor, scope: str, person: str) -> SkillsToKeep:
    """What one person can do, with the fields that the programme's cases speak of. Raises NotFound."""
    rows = _read(db, [scope] if scope in led_scopes(actor) else [], "p.id = CAST(:person AS uuid)", person)
    if not rows:
        raise NotFound("person")
    known = list(db.execute(_KNOWN, {"scope": scope, "most": MOST_FIELDS}).scalars())
    return row_as(SkillsToKeep, rows[0], known=known)


def _read(db: Connection, scopes: Iterable[str], where: str, person: str | None = None) -> list[Skills]:
    given = {"scopes": sorted(scopes), "roles": _ROLES, "person": person}
    return [
        row_as(
            Skills,
            row,
            scope=NamedInBoth(id=row.scope, name=row.scope_name, name_zh=row.scope_name_zh),
            person=row_as(NamedInBoth, row),
        )
        for row in db.execute(text(_PEOPLE.format(where=where)), given)
    ]


#: The words by which needs and technologies of a programme are sorted, the most usual first.
_KNOWN = text("""
    SELECT word FROM (
        SELECT sector AS word FROM needs WHERE programme_id = CAST(:scope AS uuid) AND sector IS NOT NULL
        UNION ALL SELECT unnest(benefits) FROM technologies WHERE programme_id = CAST(:scope AS uuid)
    ) w GROUP BY word ORDER BY count(*) DESC, word LIMIT :most
""")


def set_skills(
    db: Connection,
    actor: Actor,
    *,
    scope: str,
    person: str,
    fields: Sequence[str],
    languages: Sequence[str],
    services: Sequence[str],
    request: Request,
) -> Done:
    """Say what somebody whom the actor leads can do; what is not said any more is gone. Raises InvalidForm, NotFound."""
    by = led_scopes(actor).get(scope)
    if by is None or not _read(db, [scope], "p.id = CAST(:person AS uuid)", person):
        raise NotFound("person")
    words = list(dict.fromkeys(plain for field in fields if (plain := " ".join(field.split()))))
    faults = {}
    if len(words) > MOST_WORDS or any(len(word) > LONGEST for word in words):
        faults["fields"] = reasons.fields.TOO_MANY_WORDS(most=MOST_WORDS, longest=LONGEST)
    if not set(languages) <= set(LANGUAGES):
        faults["languages"] = reasons.fields.SOME_OF(choices=LANGUAGES)
    if not set(services) <= set(SERVICES):
        faults["services"] = reasons.fields.SOME_OF(choices=SERVICES)
    if faults:
        raise InvalidForm(fields=faults)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    log = lock_log(db, scope)
    id = db.execute(_ID_OF, {"scope": scope, "person": person}).scalar() or new_id()
    skills: PersonSkills = {
        "id": id,
        "person": person,
        "fields": words,
        "languages": sorted(set(languages)),
        "services": sorted(set(services)),
    }
    event = log.next_event(
        CHANGED,
        by.person,
        acting_for=by.acting_for,
        role=by.role,
        organisation=by.organisation,
        effects={"skills": skills},
    )
    append(db, log, [event], request.key_hash)
    db.execute(_KEEP, {**skills, "scope": scope})
    return finish(db, actor, request, Done({"id": id}))


#: The entry of a person's skills in a place.
_ID_OF = text("SELECT id FROM skills WHERE scope_id = CAST(:scope AS uuid) AND person_id = CAST(:person AS uuid)")
#: Keeps a person's skills in a place.
_KEEP = text("""
    INSERT INTO skills (id, scope_id, person_id, fields, languages, services)
    VALUES (:id, :scope, :person, :fields, :languages, :services)
    ON CONFLICT (id) DO UPDATE SET fields = excluded.fields, languages = excluded.languages, services = excluded.services
""")


def fold(changes: Iterable[PersonSkills]) -> list[JsonObject]:
    """The skills that a log adds up to: of each person what was said last."""
    latest = {change["person"]: change for change in changes}
    return [
        {
            "id": change["id"],
            "person_id": change["person"],
            "fields": change["fields"],
            "languages": change["languages"],
            "services": change["services"],
        }
        for change in latest.values()
    ]


# --- what a task asks for, and who has it ----------------------------------------------------------------------------


def codes(fields: Iterable[str | None], languages: Iterable[str], services: Iterable[str]) -> frozenset[str]:
    """Skills as codes that can be compared, whoever wrote the words."""
    return frozenset(
        {
            *(f"{FIELD}:{field.strip().casefold()}" for field in fields if field and field.strip()),
            *(f"{LANGUAGE}:{language[:2]}" for language in languages),
            *(f"{SERVICE}:{service}" for service in services),
        }
    )


def service_of(case: Case, task: Task) -> frozenset[str]:
    """The service that a task asks somebody to know: that of the track it belongs to."""
    kind = case.tracks[task.track].kind
    return frozenset({f"{SERVICE}:{kind}"} if kind in SERVICES else ())


def asked_of(db: Connection, case: Case, task: Task) -> frozenset[str]:
    """What a task asks for: the fields of the case's need and technology, the parties' languages, and its service."""
    row = db.execute(_ASKED, {"case": case.log, "parties": list(case.parties.values())}).one()
    return codes((row.sector, *(row.benefits or ())), row.languages, ()) | service_of(case, task)


#: Which field and languages a case asks for.
_ASKED = text(f"""
    SELECT n.sector, t.benefits, (
        SELECT coalesce(array_agg(DISTINCT o.language), '{{}}') FROM {STANDING} WHERE g.id = ANY(CAST(:parties AS uuid[]))
    ) AS languages
    FROM cases c {OF_CASES}
    WHERE c.id = CAST(:case AS uuid)
""")


def skills_of(db: Connection, scope: str, people: Collection[str]) -> dict[str, frozenset[str]]:
    """What each of some people can do within a programme or an organisation."""
    rows = db.execute(_SKILLS_OF, {"scope": scope, "people": sorted(people)})
    return {row.person_id: codes(row.fields, row.languages, row.services) for row in rows}


#: The skills of some people in a place.
_SKILLS_OF = text("""
    SELECT person_id::text, fields, languages, services FROM skills
    WHERE scope_id = CAST(:scope AS uuid) AND person_id = ANY(CAST(:people AS uuid[]))
""")
