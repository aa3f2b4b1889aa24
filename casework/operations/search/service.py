"""One search over what a person may see: case numbers, titles, owners and parties; documents by title and file name; the
words of messages; open tasks by what is to be done; needs and technologies by what they say in either language; IP rights by their
numbers, kinds and owners; assessments of needs with their visits and events; past projects; organisations; and people. Reads only.

Every word must stand somewhere, in any order, in English or Chinese, and at the beginning of a word.

What may be found is what may be listed: the same policy, so that a search says nothing of what is not one's to see.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, text

from casework.engine.definition.editions import do_key
from casework.ledger.canonical_json import instant
from casework.operations.catalogue.organisation_queries import list_organisations
from casework.operations.catalogue.views import Need, Technology
from casework.operations.core.i18n import Speech
from casework.operations.core.paging import MOST as LONGEST_PAGE
from casework.operations.core.presenters import names_of
from casework.operations.core.reader_names import by_number, titled
from casework.operations.matching.listed_records import Kind, list_found
from casework.operations.mediations.views import MediationOutline
from casework.operations.people.lists import PEOPLE_SEEN, people_values
from casework.operations.search.found_assessments import found_assessments, found_visits
from casework.operations.search.found_cases import PARTIES, found_cases
from casework.operations.search.found_papers import found_documents, found_letters, found_messages
from casework.operations.search.found_projects import found_projects
from casework.operations.search.found_rights import found_rights
from casework.operations.search.found_tasks import found_tasks
from casework.operations.search.views import (
    Found,
    FoundAssessment,
    FoundCase,
    FoundDocument,
    FoundMessage,
    FoundOrganisation,
    FoundPerson,
    FoundProject,
    FoundRecord,
    FoundReferral,
    FoundRight,
    FoundTask,
    FoundVisit,
)
from casework.permissions.actors import Actor
from casework.permissions.visibility import closed_of, reach
from casework.records.access_sql import named_for, own_referral, reach_values
from casework.records.database import plan_alone

_View = TypeVar("_View", FoundAssessment, FoundProject, FoundRight, FoundVisit)
SHORTEST, LONGEST, MOST = 2, 100, 50
#: How much of a message is shown around the first word that was found, and how much of that stands before it.
_EXCERPT, _BEFORE = 160, 40

#: A provider's own referrals that hold all the words.
_REFERRALS = text(f"""
    SELECT t.id, t.kind, t.edition, t.states, c.number, coalesce({titled("c")}, m.title) AS title, coalesce(c.parties, m.parties) AS parties
    FROM tracks t LEFT JOIN cases c ON c.id = t.log_id LEFT JOIN mediations m ON m.id = t.log_id
    WHERE {own_referral("t", "coalesce(c.interests, m.interests)")} AND concat_ws(
        ' ', c.number, coalesce(c.title, m.title), {PARTIES.format(parties="coalesce(c.parties, m.parties)")}
    ) ~* ALL(CAST(:patterns AS text[]))
    ORDER BY t.ended_at IS NOT NULL, t.opened_at DESC, t.id LIMIT :most
""")
#: The mediations that a person is named for and that hold all the words.
_MEDIATIONS = text(f"""
    SELECT m.id, m.title, m.parties, m.closed_at FROM mediations m
    WHERE {named_for("m")} AND concat_ws(' ', m.title, {PARTIES.format(parties="m.parties")}) ~* ALL(CAST(:patterns AS text[]))
    ORDER BY m.opened_at DESC, m.id LIMIT :most
""")
#: The people that one may see and whose names hold all the words.
#: By address as well for administrators, who alone are shown it. Whose name or address it is comes first, then whose name begins so.
_PEOPLE = text(f"""
    SELECT p.id, p.name, p.name_zh, p.active FROM people p
    WHERE {PEOPLE_SEEN} AND concat_ws(' ', p.name, p.name_zh, CASE WHEN :all THEN p.email END) ~* ALL(CAST(:patterns AS text[]))
    ORDER BY CASE
        WHEN lower(:exact) IN (lower(p.name), lower(p.name_zh)) OR :all AND lower(p.email) = lower(:exact) THEN 0
        WHEN starts_with(lower(p.name), lower(:exact)) OR starts_with(p.name_zh, :exact) THEN 1 ELSE 2
    END, NOT p.active, p.name, p.id LIMIT :most
""")
KINDS = (
    "cases",
    "referrals",
    "mediations",
    "documents",
    "messages",
    "tasks",
    "needs",
    "technologies",
    "rights",
    "assessments",
    "visits",
    "past_projects",
    "organisations",
    "people",
)


def search(db: Connection, actor: Actor, wanted: str, most: int = MOST, *, registers: bool = True) -> Found:
    """What the words name, of each kind, as far as the actor sees it; nothing for too few letters. Without `registers` neither tasks
    nor what registers hold is looked for: needs, technologies, rights, assessments, past projects, organisations."""
    words = " ".join(wanted.replace("\x00", "").split())[:LONGEST]
    if len(words) < SHORTEST:
        nothing: dict[str, Any] = {kind: [] for kind in KINDS}
        return Found(words=words, more=False, **nothing)
    patterns = [_pattern(word) for word in words.split()]
    given = reach_values(reach(actor)) | {"patterns": patterns, "exact": words, "most": most + 1}
    cases = found_cases(db, words.split(), given)
    # Of what nothing is a person's own nothing is asked.
    referrals = db.execute(_REFERRALS, given).all() if given["organisations"] else []
    mediations = db.execute(_MEDIATIONS, given).all() if given["disputes"] else []
    letters = found_letters(db, given)
    numbered = {row.id for row in letters}
    documents = [*letters, *(row for row in found_documents(db, words.split(), given) if row.id not in numbered)]
    messages = found_messages(db, words.split(), given)
    tasks = found_tasks(db, words.split(), given) if registers else []
    people = db.execute(_PEOPLE, people_values(actor) | {"patterns": patterns, "exact": words, "most": most + 1}).all()
    looks = registers and bool(reach(actor).all_of)
    needs = _records(db, actor, Need, words, most) if looks else _NONE
    technologies = _records(db, actor, Technology, words, most) if looks else _NONE
    organisations = _organisations(db, actor, words, most) if looks else []
    if looks:
        plan_alone(db)
    rights, projects = (
        (found_rights(db, words.split(), given), found_projects(db, words.split(), given)) if looks else ([], [])
    )
    assessments, visits = _assessments(db, actor, words.split(), given) if registers else ([], [])
    seen = [row.parties for row in cases if row.whole] + [row.parties for row in (*referrals, *mediations)]
    names = names_of(db, set(), {party for parties in seen for party in parties.values()})

    def parties(row: Any) -> dict[str, str | None]:
        return {side: names.get(party) for side, party in row.parties.items()}

    return Found(
        words=words,
        cases=[
            FoundCase(
                number=row.number,
                title=row.title if row.whole else row.title or by_number(db, row.number),
                state=row.state,
                parties=parties(row) if row.whole else {},
            )
            for row in cases[:most]
        ],
        referrals=[
            FoundReferral(
                id=row.id,
                service=row.kind,
                edition=row.edition,
                states=list(row.states),
                number=row.number,
                title=row.title,
                parties=parties(row),
            )
            for row in referrals[:most]
        ],
        mediations=[
            MediationOutline(
                id=row.id,
                title=row.title,
                parties=parties(row),
            )
            for row in mediations[:most]
        ],
        documents=[
            FoundDocument(
                id=row.id,
                title=row.title,
                kind=row.kind,
                number=row.number,
                withdrawn=row.withdrawn_at is not None,
                named=row.id in numbered,
            )
            for row in documents[:most]
        ],
        messages=[
            FoundMessage(
                id=row.message,
                at=instant(row.at),
                excerpt=_excerpt(row.words, patterns),
                referral=row.track_id,
                number=row.number,
                title=row.title,
            )
            for row in messages[:most]
        ],
        tasks=[_task(row) for row in tasks[:most]],
        needs=needs[0],
        technologies=technologies[0],
        rights=[_shown_as(FoundRight, row) for row in rights[:most]],
        assessments=[
            _shown_as(FoundAssessment, row, starts_on=row.starts_on.isoformat()) for row in assessments[:most]
        ],
        visits=[_shown_as(FoundVisit, row, day=row.day.isoformat()) for row in visits[:most]],
        past_projects=[_shown_as(FoundProject, row, ended_on=row.ended_on.isoformat()) for row in projects[:most]],
        organisations=organisations[:most],
        people=[
            FoundPerson(
                id=row.id,
                name=row.name,
                name_zh=row.name_zh,
                active=row.active,
            )
            for row in people[:most]
        ],
        more=needs[1]
        or technologies[1]
        or any(
            len(rows) > most
            for rows in (
                cases,
                referrals,
                mediations,
                documents,
                messages,
                tasks,
                rights,
                assessments,
                visits,
                projects,
                organisations,
                people,
            )
        ),
    )


def _task(row: Any) -> FoundTask:
    do, do_zh = (Speech(chinese).edition_text(row.edition, do_key(row.type, row.rule)) for chinese in (False, True))
    shown = {
        name: getattr(row, name)
        for name in ("id", "edition", "rule", "type", "about", "number", "title", "track", "referral")
    }
    return FoundTask(**shown, do=do, do_zh=do_zh)


def _assessments(
    db: Connection, actor: Actor, words: Sequence[str], given: Mapping[str, Any]
) -> tuple[Sequence[Row[Any]], Sequence[Row[Any]]]:
    """The assessments that hold all the words, and the visits and events that do."""
    if not (closed := sorted(closed_of(actor))):
        return [], []
    asked = {**given, "closed_of": closed}
    return found_assessments(db, words, asked), found_visits(db, words, asked)


def _shown_as(kind: type[_View], row: Row[Any], **said: Any) -> _View:
    """A row as it is handed out: its columns by the names of the fields, with what is `said` otherwise."""
    return kind(**{one.name: getattr(row, one.name) for one in fields(kind)} | said)


_NONE: tuple[list[FoundRecord], bool] = ([], False)


def _records(db: Connection, actor: Actor, kind: type[Kind], words: str, most: int) -> tuple[list[FoundRecord], bool]:
    """The needs or technologies that say all the words, and whether there are more."""
    found = list_found(db, actor, kind, said=words, limit=min(most, LONGEST_PAGE))
    # Those that say some of the words alone are found where one looks for them.
    said = [one for one in found.items if not found.some or one.external_id == words]
    records = [
        FoundRecord(
            id=one.id,
            external_id=one.external_id,
            title=one.title,
            title_zh=one.title_zh,
            source=one.source,
            status=one.status,
        )
        for one in said[:most]
    ]
    return records, not found.some and found.next is not None


def _organisations(db: Connection, actor: Actor, words: str, most: int) -> list[FoundOrganisation]:
    return [
        FoundOrganisation(
            id=one.id,
            name=one.name,
            name_zh=one.name_zh,
            country=one.country,
            expired=one.expired_at is not None,
            named=_plain(one.register_number or "") == _plain(words),
        )
        for one in list_organisations(db, actor, filters={"words": words}, limit=min(most + 1, LONGEST_PAGE)).items
    ]


def _plain(number: str) -> str:
    """A number as it is compared: without blanks, in capital letters."""
    return "".join(number.split()).upper()


def _pattern(word: str) -> str:
    """A word as PostgreSQL looks for it: where a word begins, or anywhere where it is written without spaces."""
    escaped = re.sub(r"([^\w])", r"\\\1", word)
    return (r"\m" if word[0].isascii() and word[0].isalnum() else "") + escaped


def _excerpt(words: str, patterns: Sequence[str]) -> str:
    """The part of a message in which the first of the words stands."""
    words = " ".join(words.split())
    starts = [
        match.start()
        for pattern in patterns
        if (match := re.search(pattern.replace(r"\m", r"\b"), words, re.IGNORECASE))
    ]
    start = max(min(starts, default=0) - _BEFORE, 0)
    end = start + _EXCERPT
    return ("…" if start else "") + words[start:end] + ("…" if end < len(words) else "")
