"""Referrals: what a provider sees of them, and the actions of those who know nothing but the referral."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, text

from casework.definitions import load_library, names_of_part
from casework.engine.case_objects.grant_commands import last_day
from casework.engine.execution.context import By, Context, Library
from casework.engine.execution.sequential_requests import line_of, request_of
from casework.engine.parts import SENDS, TURNED_DOWN, TURNS_DOWN
from casework.engine.state.case import Case, Track
from casework.engine.state.join_count import asked_with, members
from casework.errors import NotFound
from casework.json_values import Answers, JsonObject
from casework.ledger.redactable_bodies import values
from casework.operations.cases.case_events import list_events
from casework.operations.cases.event_views import AnyCaseEvent
from casework.operations.cases.possible_actions import actions_of, possible_tasks
from casework.operations.cases.queries import names_in, titles_of
from casework.operations.cases.side_tasks import add_task
from casework.operations.cases.track_presenters import show_of, show_track
from casework.operations.cases.transitions import fire_transition
from casework.operations.core.access_log import note_sealed
from casework.operations.core.access_queries import referral_log
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.paging import Page, cursor_id, cursor_time, from_cursor, insist_limit, page
from casework.operations.core.perform import calendar_of, new_id
from casework.operations.core.presenters import when
from casework.operations.core.reader_names import case_titles, title_of
from casework.operations.core.unread import look, looks
from casework.operations.core.views import row_as
from casework.operations.deadlines.time_accounting import account_of
from casework.operations.referrals.views import (
    AskedBefore,
    AskedBeside,
    GrantedDocument,
    ReferralDetails,
    ReferralRow,
    ReferralView,
)
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, own_tracks, reach, sight
from casework.records.access_sql import is_referral, named_for, own_referral, reach_values, reads_case
from casework.records.case_loader import load
from casework.records.event_log import now
from casework.records.row_security import whole

#: The referrals that a person sees, the newest first.
_REFERRALS = """
    SELECT t.id, t.log_id, l.kind AS log_kind, t.opened_at FROM tracks t JOIN logs l ON l.id = t.log_id
    LEFT JOIN cases c ON c.id = t.log_id LEFT JOIN mediations m ON m.id = t.log_id
    WHERE {referral} AND ({seen}) {more} ORDER BY t.opened_at DESC, t.id DESC LIMIT :most
"""
_SEEN = f"{reads_case('c')} OR {named_for('m')} OR {own_referral('t', 'coalesce(c.interests, m.interests)')}"


def list_referrals(
    db: Connection, actor: Actor, *, cursor: str | None = None, limit: int | None = None
) -> Page[ReferralRow]:
    """Referrals of the actor's cases, or to the actor's organisation, the newest first."""
    most = insist_limit(limit)
    given: JsonObject = {**reach_values(reach(actor)), "most": most + 1}
    more = ""
    if keys := from_cursor(cursor, 2):
        more = "AND (t.opened_at, t.id) < (:at, CAST(:id AS uuid))"
        given |= {"at": cursor_time(keys[0]), "id": cursor_id(keys[1])}
    rows = db.execute(text(_REFERRALS.format(referral=is_referral("t"), seen=_SEEN, more=more)), given).all()
    shown, following = page(rows, most, lambda row: (row.opened_at, row.id))
    # Each page holds few cases; each case is read once.
    cases = {row.log_id: load(db, row.log_id, row.log_kind) for row in shown}
    library = load_library()
    titles = case_titles(db, actor, cases.values())
    names: dict[str, str] = {}
    for case in cases.values():
        names |= names_in(db, case, [])
    # Who reads the whole case looks at the case; its provider's people look at the referral.
    whole = {log for log, case in cases.items() if sight(actor, case) == Sight.ALL}
    seen = looks(db, actor, whole, [row.id for row in shown if row.log_id not in whole])
    items = [
        row_as(
            ReferralRow,
            _referral(cases[row.log_id], row.id, library, names, titles[row.log_id]),
            mark=seen[row.log_id if row.log_id in whole else row.id].mark(),
        )
        for row in shown
    ]
    return Page(items=items, next=following)


def _referral(case: Case, id: str, library: Library, names: Mapping[str, str], title: str | None) -> ReferralView:
    return row_as(
        ReferralView,
        show_track(case.tracks[id], library, names, Sight.REFERRALS),
        case=case.number,
        title=title,
        parties={side: names.get(party) for side, party in case.parties.items()},
        service=[show_track(child, library, names, Sight.REFERRALS) for child in case.children(id)],
    )


def find_referral(db: Connection, actor: Actor, id: str) -> tuple[Case, Track]:
    """A referral, for its provider and for those who see the case. Raises NotFound."""
    case = load(db, *referral_log(db, actor, id))
    track, level = case.tracks[id], sight(actor, case)
    if level == Sight.ALL or (level == Sight.REFERRALS and track in own_tracks(actor, case)):
        if case.kind == "mediation":
            note_sealed(db, actor, case.log, f"/referrals/{id}")
        return case, track
    raise NotFound("referral")


def look_at_referral(db: Connection, actor: Actor, id: str) -> JsonObject:
    """Say that one has looked at a referral, which clears its mark; of who reads the whole case that of the case."""
    case, _ = find_referral(db, actor, id)
    look(db, actor, case.log, None if sight(actor, case) == Sight.ALL else id)
    return {"id": id}


def show_referral(db: Connection, actor: Actor, id: str) -> ReferralDetails:
    """A referral with its service's track, tasks, actions and, once it is accepted, the documents granted."""
    case, track = find_referral(db, actor, id)
    return describe_referral(db, actor, case, track)


def describe_referral(db: Connection, actor: Actor, case: Case, track: Track) -> ReferralDetails:
    """A referral that was found, as far as the actor sees it."""
    id, level = track.id, sight(actor, case)
    library, moment, calendar = load_library(), now(db), calendar_of(db, case.programme)
    seen = [track, *case.children(id)]
    nobody = Context(By(actor.person, None), moment, calendar, new_id)
    ids = {shown.id for shown in seen}
    tasks = [task for task in case.open_tasks() if task.track in ids and (level == Sight.ALL or task.organisation)]
    names = names_in(db, case, tasks)
    grants = [grant for grant in case.grants.values() if grant.track == id and grant.ended_at is None]
    titles = titles_of(db, case)
    office = level == Sight.ALL
    return row_as(
        ReferralDetails,
        _referral(case, id, library, names, title_of(db, actor, case)),
        removed_at=when(case.removed_at),
        question=question_of(db, case, track),
        asked_before=_asked_before(case, track, library, names) if office else [],
        asked_beside=_asked_beside(case, track, library, names) if office else [],
        asked_next=[names.get(provider) for provider in track.given.get("panel", ())] if office and track.live else [],
        # The titles are enough to see a conflict; the documents come with the grants.
        documents=[titles.get(document) for document in track.given.get("documents", ())],
        granted=[
            GrantedDocument(document=grant.document, title=titles.get(grant.document), last_day=last_day(case, grant))
            for grant in grants
        ],
        tasks=[show_of(case, task, library, names, moment) for task in tasks],
        actions=actions_of(db, actor, case, seen, library=library, level=level, moment=moment, calendar=calendar),
        requests=possible_tasks(actor, case, seen, library, nobody),
        sides=account_of(db, actor, case, track, moment),
    )


def question_of(db: Connection, case: Case, track: Track) -> str | None:
    """What is asked, in words: those of this request, else of the first that got it."""
    if asked_with(track) is not None:
        # The words may stand with another provider's referral, which this one's people do not read.
        with whole(db):
            case = load(db, case.log, case.kind)
    line = [referral.id for referral in request_of(case, track)]
    said: dict[str, object] = {}
    for row in db.execute(_SENT, {"log": case.log, "tracks": line, "sending": names_of_part(SENDS)}):
        if "question" in (body := values(row.body)):
            said[row.track_id] = body["question"]
    question = next((said[track_id] for track_id in reversed(line) if track_id in said), None)
    return question if isinstance(question, str) else None


#: The words with which a request was sent, and those by which they were corrected since.
_SENT = text(
    "SELECT track_id::text, body FROM events WHERE log_id = CAST(:log AS uuid) AND track_id = ANY(CAST(:tracks AS uuid[]))"
    " AND kind IN ('fired', 'corrected') AND effects->>'transition' = ANY(CAST(:sending AS text[])) ORDER BY seq"
)


def _asked_before(case: Case, track: Track, library: Library, names: Mapping[str, str]) -> list[AskedBefore]:
    """Whom the panel asked before this provider, and how each answered."""
    asked = []
    for referral in line_of(case, track)[:-1]:
        edition = library[referral.edition]
        refused = referral.last_fired(TURNS_DOWN)
        why = refused.data.get("reason") if refused and TURNED_DOWN in referral.played else None
        asked.append(
            AskedBefore(
                referral=referral.id,
                provider=names.get(referral.provider or ""),
                outcome=referral.outcome,
                edition=referral.edition,
                reason=why,
                why=edition.text(f"forms.Refusal.reason.choices.{why}") if why else None,
            )
        )
    return asked


def _asked_beside(case: Case, track: Track, library: Library, names: Mapping[str, str]) -> list[AskedBeside]:
    """The other referrals that run, or ran, side by side with this one."""
    beside = {
        referral.id: referral
        for join in case.joins.values()
        if track in (asked := members(case, join))
        for referral in asked
    }
    return [
        AskedBeside(
            referral=referral.id,
            provider=names.get(referral.provider or ""),
            edition=referral.edition,
            states=list(referral.states),
            labels=[library[referral.edition].text(f"states.{leaf}") for leaf in referral.states],
        )
        for referral in beside.values()
        if referral.id != track.id
    ]


def fire_in_referral(
    db: Connection,
    actor: Actor,
    referral: str,
    transition: str,
    *,
    track: str | None,
    data: Answers,
    revision: int,
    request: Request,
    reason: str | None = None,
    happened_on: str | None = None,
) -> Done:
    """Fire a transition of a referral or, where the name is the service's, of the service's track below it."""
    case, above = find_referral(db, actor, referral)
    chosen = track or _where([above, *case.children(above.id)], transition)
    if chosen not in {above.id, *(child.id for child in case.children(above.id))}:
        raise NotFound("referral")
    return fire_transition(
        db,
        actor,
        case.log,
        case.kind,
        chosen,
        transition=transition,
        data=data,
        revision=revision,
        request=request,
        reason=reason,
        happened_on=happened_on,
    )


def _where(tracks: list[Track], transition: str) -> str:
    """The track that can fire it where it stands; else the first whose workflow knows it at all."""
    library = load_library()
    knowing = [track for track in tracks if library[track.edition].has(transition)]
    if not knowing:
        raise NotFound("action")
    standing = [track for track in knowing if library[track.edition].find(transition, track.states) is not None]
    return (standing or knowing)[0].id


def add_task_in_referral(
    db: Connection,
    actor: Actor,
    referral: str,
    task: str,
    *,
    track: str | None,
    about: str | None,
    request: Request,
    due: str | None = None,
    person: str | None = None,
    note: str | None = None,
) -> Done:
    """Add a task to a referral or to the service below it, from the list that its workflow allows."""
    case, above = find_referral(db, actor, referral)
    below = case.children(above.id)
    if track is not None and track not in {above.id, *(child.id for child in below)}:
        raise NotFound("referral")
    library = load_library()
    chosen = track or next(
        (
            candidate.id
            for candidate in [above, *below]
            if any(
                library[candidate.edition].tasks[o["task"]].name == task
                for o in library[candidate.edition].rules["on_request"]
            )
        ),
        above.id,
    )
    return add_task(
        db,
        actor,
        case.log,
        case.kind,
        chosen,
        task=task,
        about=about,
        request=request,
        due=due,
        person=person,
        note=note,
    )


def list_referral_events(
    db: Connection,
    actor: Actor,
    referral: str,
    *,
    without: Sequence[str] = (),
    cursor: str | None = None,
    limit: int | None = None,
) -> Page[AnyCaseEvent]:
    """The history of a referral and the service below it, as far as the actor sees it, `without` some kinds of events."""
    case, above = find_referral(db, actor, referral)
    only = [above.id, *(child.id for child in case.children(above.id))]
    return list_events(db, actor, case, only=only, without=without, cursor=cursor, limit=limit)
