"""Success stories of cases: an officer writes one, both parties are asked by a link, and another person of the office publishes it.

Once a party is asked nothing of a story changes: what is consented to is what is shown. Whoever changes it takes it back first, and
what both have said to it ends with that. A consent that is withdrawn hides it at once, for whatever shows it asks for both.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.definitions import load_figure_names
from casework.engine.execution.context import By
from casework.engine.execution.guards import line
from casework.engine.parties import PARTIES
from casework.engine.roles import Role
from casework.engine.state.case import Case
from casework.engine.two_person import are_apart
from casework.errors import InvalidForm, NotAllowed, NotFound, RecordHasMoved, Refused
from casework.json_values import JsonMapping, JsonObject
from casework.ledger.canonical_json import instant
from casework.operations.cases.impacts import show_impacts
from casework.operations.cases.queries import find_case
from casework.operations.core.case_parties import OF_CASE, parties_now
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.organisations import STANDING, contacts_of
from casework.operations.core.perform import new_id
from casework.operations.core.reader_names import called
from casework.operations.core.register_entries import note_entries
from casework.operations.links import office_links
from casework.operations.results.views import Story, StoryConsent, StoryImpact, StoryOfCase, StoryRow, Told
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight
from casework.permissions.work import conflict, in_the_programme
from casework.reasons import Why
from casework.records.event_log import lock_log
from casework.records.row_security import whole

#: Who writes stories and asks the parties, and who publishes one.
WRITERS, PUBLISHERS = (Role.OFFICER, Role.SUPERVISOR), (Role.SUPERVISOR,)
DRAFT, ASKED, PUBLISHED = "draft", "asked", "published"
OPEN, GIVEN, REFUSED, WITHDRAWN = "open", "given", "refused", "withdrawn"
#: What the log of a programme says was done with a story.
WRITTEN, PICTURED, LET_OUT, TAKEN_BACK = "story_written", "story_pictured", "story_published", "story_taken_back"
#: How long its parts may be, and how large its picture.
TITLE, WORDS, CAPTION, PICTURE = 200, 8_000, 300, 4 * 1024**2
#: What is written of it.
FIELDS: Mapping[str, int] = {"title": TITLE, "title_zh": TITLE, "words": WORDS, "words_zh": WORDS}
#: Why a story was taken back.
REASON = "reason"

#: Whoever was asked by `q` about a story `y` is that party of its case by the record now, or stands in its place: an owner may have been
#: corrected since, and two records made into one.
STILL = f"""EXISTS (
        SELECT FROM cases c CROSS JOIN LATERAL {OF_CASE} JOIN organisations o ON o.id = p.id
        JOIN organisations g ON g.id = q.organisation_id
        WHERE c.number = y.number AND p.party = q.side AND coalesce(o.merged_into, o.id) = coalesce(g.merged_into, g.id)
    )"""
#: Both parties consent to a story `y`, as it stands.
CONSENTED = f"""(
        SELECT count(DISTINCT q.side) = 2 FROM story_consents q WHERE q.story_id = y.id AND q.state = 'given' AND {STILL}
    )"""
#: The story of a case, whether both parties consent to it, and whether its programme shows its results.
_STORY = text(f"""
    SELECT y.id::text, y.title, y.title_zh, y.words, y.words_zh, y.caption, y.caption_zh, y.impacts, y.state, y.revision,
        CAST(y.writers AS text[]) AS writers, {called("w")} AS written_by, y.written_at, {called("p")} AS published_by, y.published_at,
        {CONSENTED} AS consented,
        EXISTS (SELECT FROM public_catalogues c WHERE c.programme_id = y.programme_id AND c.results) AS shown
    FROM success_stories y JOIN people w ON w.id = y.written_by LEFT JOIN people p ON p.id = y.published_by WHERE y.number = :number
""")
#: What the parties were asked about a story, the newest first.
_CONSENTS = text(f"""
    SELECT q.id::text, q.side, o.id::text AS organisation, {called("o")} AS organisation_name,
        CASE WHEN q.state = 'open' AND s.until <= casework_now() THEN 'over' ELSE q.state END AS state,
        q.asked_at, {called("a")} AS asked_by, s.until, s.address, q.said, q.ended_at
    FROM story_consents q JOIN office_link_secrets s ON s.consent_id = q.id JOIN people a ON a.id = q.asked_by
    JOIN (SELECT o.*, g.id AS party FROM {STANDING}) o ON o.party = q.organisation_id
    WHERE q.story_id = CAST(:story AS uuid) ORDER BY q.asked_at DESC, q.id DESC
""")
#: What organisations are called, and which one stands in the place of each: whom one writes to has gone over to that.
_CALLED = text(f"""
    SELECT o.party::text AS id, o.id::text AS stands, {called("o")} AS name FROM (SELECT o.*, g.id AS party FROM {STANDING}) o
    WHERE o.party = ANY(CAST(:ids AS uuid[]))
""")
#: The stories of some programmes, what was written last first.
_LIST = text(f"""
    SELECT y.number, y.title, y.title_zh, y.state, y.written_at, y.published_at, {CONSENTED} AS consented
    FROM success_stories y WHERE y.programme_id = ANY(CAST(:programmes AS uuid[])) ORDER BY y.written_at DESC, y.id DESC LIMIT 200
""")
#: Writes a story, or writes its text anew while it is a draft.
_WRITE = text("""
    INSERT INTO success_stories (id, programme_id, number, title, title_zh, words, words_zh, impacts, written_by, writers, written_at)
    VALUES (CAST(:id AS uuid), CAST(:programme AS uuid), :number, :title, :title_zh, :words, :words_zh, CAST(:impacts AS jsonb),
        CAST(:by AS uuid), CAST(:writers AS uuid[]), casework_now())
    ON CONFLICT (number) DO UPDATE SET title = excluded.title, title_zh = excluded.title_zh, words = excluded.words,
        words_zh = excluded.words_zh, impacts = excluded.impacts, written_by = excluded.written_by, written_at = excluded.written_at,
        writers = success_stories.writers || excluded.writers, revision = success_stories.revision + 1
""")
#: Gives a draft its picture, or takes that away.
_PICTURE = text("""
    UPDATE success_stories SET picture = :picture, caption = :caption, caption_zh = :caption_zh, written_by = CAST(:by AS uuid),
        writers = writers || CAST(:writers AS uuid[]), written_at = casework_now(), revision = revision + 1
    WHERE id = CAST(:id AS uuid)
""")
#: Publishes a story.
_PUBLISH = text("""
    UPDATE success_stories SET state = 'published', published_by = CAST(:by AS uuid), published_at = casework_now(),
        revision = revision + 1
    WHERE id = CAST(:id AS uuid)
""")
#: Makes it a draft again.
_TAKE_BACK = text("""
    UPDATE success_stories SET state = 'draft', published_by = NULL, published_at = NULL, revision = revision + 1
    WHERE id = CAST(:id AS uuid)
""")
#: Ends what parties were asked about a story, or have consented to; gives which.
_END_CONSENTS = text("""
    UPDATE story_consents SET state = 'withdrawn', withdrawn_by = CAST(:by AS uuid), ended_at = casework_now()
    WHERE story_id = CAST(:story AS uuid) AND state IN ('open', 'given') RETURNING id::text
""")


def went_well(case: Case) -> bool:
    """Whether a story can be told of a case."""
    return case.closed_at is not None and case.outcome in load_figure_names().successes


def _capacity(actor: Actor, case: Case, roles: tuple[Role, ...]) -> By | None:
    """In which capacity somebody tells of a case: in nobody's place who has declared an interest in it."""
    by = in_the_programme(actor, case.programme, roles)
    return None if by is None or by.acting_for in case.interests else by


def _seen(db: Connection, actor: Actor, number: str) -> tuple[Case, By]:
    """A case whose story the actor may write, and in which capacity. Raises NotFound and NotAllowed."""
    case, level = find_case(db, actor, number)
    if level != Sight.ALL:
        raise NotFound("case")
    if (why := conflict(actor, case)) is not None:
        raise NotAllowed(why=why)
    by = _capacity(actor, case, WRITERS)
    if by is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=WRITERS))
    return case, by


def show_story(db: Connection, actor: Actor, number: str) -> StoryOfCase:
    """What is told of a case, and how both parties stand to it. Raises NotFound and NotAllowed."""
    case, _ = _seen(db, actor, number)
    row = _read(db, number)
    with whole(db):
        consents = [] if row is None else [_consent(one) for one in db.execute(_CONSENTS, {"story": row.id})]
        # Of a case that began without one of its records nobody is that party yet.
        parties = {side: id for side, id in parties_now(db, case).items() if side in PARTIES and id}
        called_by = {one.id: one for one in db.execute(_CALLED, {"ids": sorted(parties.values())})}
        contacts = contacts_of(db, [one.stands for one in called_by.values()], [case.programme])
    return StoryOfCase(
        number=number,
        programme=case.programme,
        went_well=went_well(case),
        story=None if row is None else _story(row),
        consents=consents,
        parties={side: (id, called_by[id].name, contacts[called_by[id].stands]) for side, id in parties.items()},
        publishes=row is not None
        and (publisher := _capacity(actor, case, PUBLISHERS)) is not None
        and are_apart(row.writers, _people(publisher)),
    )


def _people(by: By) -> list[str]:
    """Who does something, and in whose place."""
    return [person for person in (by.person, by.acting_for) if person is not None]


def _read(db: Connection, number: str) -> Any:
    with whole(db):
        return db.execute(_STORY, {"number": number}).one_or_none()


def told_of(row: Any) -> Told:
    """What a row tells to everybody."""
    return Told(
        title=row.title,
        title_zh=row.title_zh,
        words=row.words,
        words_zh=row.words_zh,
        caption=row.caption,
        caption_zh=row.caption_zh,
        impacts=[StoryImpact(**one) for one in row.impacts],
    )


def _story(row: Any) -> Story:
    return Story(
        id=row.id,
        told=told_of(row),
        state=row.state,
        revision=row.revision,
        written_by=row.written_by,
        written_at=instant(row.written_at),
        published_by=row.published_by,
        published_at=instant(row.published_at) if row.published_at else None,
        consented=row.consented,
        shown=row.shown,
    )


def _consent(row: Any) -> StoryConsent:
    return StoryConsent(
        id=row.id,
        side=row.side,
        organisation=row.organisation,
        organisation_name=row.organisation_name,
        state=row.state,
        asked_at=instant(row.asked_at),
        asked_by=row.asked_by,
        until=instant(row.until),
        address=row.address,
        by=row.said.get("by", ""),
        position=row.said.get("position", ""),
        words=row.said.get("words", ""),
        ended_at=instant(row.ended_at) if row.ended_at else None,
    )


def writes_in(actor: Actor) -> list[str]:
    """The programmes whose stories the actor writes."""
    return sorted({one.programme for one in actor.memberships if one.role in WRITERS and one.programme})


def list_stories(db: Connection, actor: Actor) -> list[StoryRow]:
    """The stories of the programmes whose stories the actor writes. Raises NotFound for others."""
    programmes = writes_in(actor)
    if not programmes:
        raise NotFound()
    with whole(db):
        rows = list(db.execute(_LIST, {"programmes": programmes}))
    return [
        StoryRow(
            number=row.number,
            title=row.title,
            title_zh=row.title_zh,
            state=row.state,
            written_at=instant(row.written_at),
            published_at=instant(row.published_at) if row.published_at else None,
            consented=row.consented,
        )
        for row in rows
    ]


def in_turn(db: Connection, programme: str, number: str) -> Any:
    """The story of a case as it stands in its programme's turn; None where none is written."""
    with whole(db):
        lock_log(db, programme)
    return _read(db, number)


def _insist_draft(row: Any) -> None:
    if row.state != DRAFT:
        raise Refused(reasons.results.FIXED)


def write_story(
    db: Connection, actor: Actor, number: str, *, fields: JsonMapping, request: Request, seen: int | None = None
) -> Done:
    """Write what is told of a case, in both languages, or write it anew; what was measured is taken from the case as it stands.

    Raises NotFound, NotAllowed, InvalidForm, Refused, and RecordHasMoved where it was changed after it was `seen`.
    """
    case, by = _seen(db, actor, number)
    values = _checked(fields, FIELDS)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    if not went_well(case):
        raise Refused(reasons.results.NOT_YET)
    row = in_turn(db, case.programme, number)
    if seen not in (None, row.revision if row is not None else 0):
        raise RecordHasMoved
    if row is not None:
        _insist_draft(row)
    id = row.id if row is not None else new_id()
    given = {
        "id": id,
        "programme": case.programme,
        "number": number,
        "by": by.person,
        "impacts": json.dumps(_measured(db, case)),
    }
    db.execute(_WRITE, {**given, **values, "writers": _people(by)})
    _note(db, case, id, WRITTEN, by)
    return finish(db, actor, request, Done({"id": id}, 201 if row is None else 200))


def _checked(fields: JsonMapping, most: Mapping[str, int]) -> dict[str, str]:
    """Words as they are stored. Raises InvalidForm with every fault."""
    values, faults = dict[str, str](), dict[str, Why]()
    for name, longest in most.items():
        words = str(fields.get(name) or "").strip()
        if not words:
            faults[name] = reasons.fields.REQUIRED
        elif len(words) > longest:
            faults[name] = reasons.fields.LONGEST(most=str(longest))
        values[name] = words
    if faults:
        raise InvalidForm(fields=faults)
    return values


def _measured(db: Connection, case: Case) -> list[JsonObject]:
    """What adds up of the case's effect, each with its level."""
    return [
        asdict(
            StoryImpact(
                called=one.called,
                called_zh=one.called_zh,
                level=one.level,
                unit=one.unit,
                value=one.value,
                saving=one.saving,
                from_on=one.from_on,
                to_on=one.to_on,
            )
        )
        for one in show_impacts(db, case, {})
        if one.counts
    ]


def _note(db: Connection, case: Case, id: str, kind: str, by: By, *, words: Mapping[str, str] | None = None) -> None:
    note_entries(db, "success_stories", case.programme, [id], kind=kind, by=by.person, role=by.role, words=words)


def _insist_written(row: Any) -> Any:
    if row is None:
        raise Refused(reasons.results.NOT_WRITTEN)
    return row


def set_picture(
    db: Connection, actor: Actor, number: str, *, picture: bytes | None, fields: JsonMapping, request: Request
) -> Done:
    """Give a draft a picture with what stands below it, or none. Raises NotFound, NotAllowed, InvalidForm and Refused."""
    case, by = _seen(db, actor, number)
    values: dict[str, str | None] = {"caption": None, "caption_zh": None}
    if picture is not None:
        values |= _checked(fields, dict.fromkeys(values, CAPTION))
        if len(picture) > PICTURE:
            raise InvalidForm(fields={"paper": reasons.results.PICTURE_TOO_LARGE(most=str(PICTURE // 1024**2))})
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    row = _insist_written(in_turn(db, case.programme, number))
    _insist_draft(row)
    db.execute(_PICTURE, {**values, "id": row.id, "picture": picture, "by": by.person, "writers": _people(by)})
    _note(db, case, row.id, PICTURED, by)
    return finish(db, actor, request, Done({"id": row.id}))


def publish_story(db: Connection, actor: Actor, number: str, request: Request) -> Done:
    """Let a story out to which both parties consent: a supervisor who has not written it. Raises NotFound, NotAllowed and Refused."""
    case, _ = _seen(db, actor, number)
    by = _capacity(actor, case, PUBLISHERS)
    if by is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=PUBLISHERS))
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    row = _insist_written(in_turn(db, case.programme, number))
    if row.state == PUBLISHED:
        raise Refused(reasons.results.PUBLISHED_ALREADY)
    if not went_well(case):
        raise Refused(reasons.results.NOT_YET)
    if not are_apart(row.writers, _people(by)):
        raise NotAllowed(why=reasons.results.OWN_STORY)
    if not row.consented:
        raise Refused(reasons.results.BOTH_CONSENT)
    db.execute(_PUBLISH, {"id": row.id, "by": by.person})
    _note(db, case, row.id, LET_OUT, by)
    return finish(db, actor, request, Done({"id": row.id, "state": PUBLISHED}))


def take_back(db: Connection, actor: Actor, number: str, *, reason: str, request: Request) -> Done:
    """Make a draft of a story again, published or not, and say why: it is shown no longer, and what its parties said ends.

    Raises NotFound, NotAllowed, InvalidForm and Refused.
    """
    case, by = _seen(db, actor, number)
    words = {REASON: line(reason, REASON)}
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    row = _insist_written(in_turn(db, case.programme, number))
    if row.state == DRAFT:
        raise Refused(reasons.results.NO_DRAFT)
    db.execute(_TAKE_BACK, {"id": row.id})
    with whole(db):
        ended = list(db.execute(_END_CONSENTS, {"story": row.id, "by": by.person}).scalars())
        for one in ended:
            office_links.end(db, one)
    _note(db, case, row.id, TAKEN_BACK, by, words=words)
    note_entries(db, "story_consents", case.programme, ended, kind=TAKEN_BACK, by=by.person, role=by.role)
    return finish(db, actor, request, Done({"id": row.id, "state": DRAFT}))


#: The picture of a case's story.
_OWN_PICTURE = text("SELECT picture FROM success_stories WHERE number = :number AND picture IS NOT NULL")


def picture_of(db: Connection, actor: Actor, number: str) -> bytes:
    """The picture of a story, for the office. Raises NotFound and NotAllowed."""
    _seen(db, actor, number)
    with whole(db):
        found = db.execute(_OWN_PICTURE, {"number": number}).scalar_one_or_none()
    if found is None:
        raise NotFound()
    return bytes(found)


__all__ = [
    "ASKED", "CAPTION", "CONSENTED", "DRAFT", "FIELDS", "GIVEN", "LET_OUT", "OPEN", "PICTURED", "PUBLISHED", "PUBLISHERS", "REASON",
    "REFUSED", "STILL", "TITLE", "WITHDRAWN", "WORDS", "WRITERS", "WRITTEN", "in_turn", "list_stories", "picture_of", "publish_story",
    "set_picture", "show_story", "take_back", "told_of", "went_well", "write_story", "writes_in",
]  # fmt: skip
