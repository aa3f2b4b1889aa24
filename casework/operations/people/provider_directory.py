"""The directory of providers: what each says of itself, how busy it is, how it has answered, and whom to ask for a service.

What a provider's score is made of are the tasks of its referrals and of the office's beside them. Sealed mediations are
in no figure: they are in no list either.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.definitions import names_of_part
from casework.engine.analysis.provider_ranking import Candidate, Wanted, suggest
from casework.engine.case_objects.programme_lists import in_both
from casework.engine.deadlines.calendars import Calendar
from casework.engine.definition.value_types import insist_day
from casework.engine.parts import ASKED, FAILED, TURNED_DOWN, UNANSWERED, UNSENT
from casework.engine.roles import Role
from casework.engine.state.case import Case, Track
from casework.errors import InvalidForm, NotAllowed, NotFound
from casework.json_values import JsonMapping, JsonObject
from casework.operations.cases.queries import find_case
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.merged_records import OF_CASES
from casework.operations.core.organisations import STANDING
from casework.operations.core.perform import calendar_of, home_calendar
from casework.operations.core.programme_providers import IS_ASKED
from casework.operations.core.references import IN_FORCE
from casework.operations.core.register_log import CHANGED, append
from casework.operations.core.views import NamedInBoth, row_as
from casework.operations.people.administrator_checks import is_administrator
from casework.operations.people.views import ProviderDetails, ProviderFigures, ProviderRow, SuggestedProvider
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, reach
from casework.reasons import Why
from casework.records.event_log import lock_log, now
from casework.records.register_entries import body_of

LANGUAGES = ("zh", "en")
#: What a provider says of itself, with how it begins.
EMPTY: JsonMapping = {
    "fields": [],
    "languages": [],
    "places": [],
    "capacity": None,
    "closed": [],
    "conflicts": [],
}
MOST_WORDS, LONGEST = 40, 80


# --- who -------------------------------------------------------------------------------------------------------------


def _reads_directory(actor: Actor) -> bool:
    return is_administrator(actor) or bool(reach(actor).all_of)


def _counted(actor: Actor) -> JsonObject:
    """Which referrals are in the actor's figures: all of their own organisation, else those of the programmes that they read."""
    mine = reach(actor)
    return {"own": sorted(mine.organisations), "programmes": sorted(mine.all_of)}


#: Who says what a provider does; its lead for its own alone.
EDITORS = (Role.PROVIDER_LEAD, Role.ADMINISTRATOR)


def _may_edit(actor: Actor, provider: str) -> bool:
    leads = {m.organisation for m in actor.memberships if m.role == Role.PROVIDER_LEAD}
    return provider in leads or is_administrator(actor)


def _insist_sees(db: Connection, actor: Actor, provider: str) -> None:
    mine = _reads_directory(actor) or provider in reach(actor).organisations
    if not mine or db.execute(_TAKES, {"id": provider}).first() is None:
        raise NotFound("provider")


#: Whether an organisation takes referrals.
_TAKES = text("SELECT 1 FROM organisations WHERE id = CAST(:id AS uuid) AND services <> '{}'")


# --- reading ---------------------------------------------------------------------------------------------------------

#: The organisations that take referrals, with how many are open at each, and which of the reader's programmes have a list without
#: them. Here and below sealed ones are left out before the wall is asked of them, one by one: else the answer would take the longer the
#: more of them a provider has.
_PROVIDERS = """
    SELECT o.id, o.name, o.name_zh, o.country, o.services, o.language, o.profile, (
        SELECT count(*) FROM tracks t JOIN cases c ON c.id = t.log_id WHERE t.part = 'request' AND t.provider_id = o.id
        AND NOT t.sealed AND t.ended_at IS NULL AND t.played ? 'sends' AND (o.id = ANY(CAST(:own AS uuid[]))
            OR c.programme_id = ANY(CAST(:programmes AS uuid[])))
    ) AS open, EXISTS (
        SELECT FROM memberships m JOIN people p ON p.id = m.person_id AND p.active WHERE m.organisation_id = o.id AND {in_force}
    ) AS staffed, (
        SELECT coalesce(json_agg(json_build_object('id', p.id, 'name', p.name, 'name_zh', p.name_zh) ORDER BY p.name, p.id), '[]')
        FROM programmes p WHERE p.id = ANY(CAST(:programmes AS uuid[])) AND NOT o.id = ANY(p.providers)
    ) AS not_asked_by
    FROM organisations o WHERE o.services <> '{{}}' {more} ORDER BY o.name, o.id LIMIT 500
"""


def list_providers(db: Connection, actor: Actor, *, service: str | None = None) -> list[ProviderRow]:
    """Every organisation that takes referrals, for those who read cases; for a provider's people their own."""
    given: JsonObject = {"service": service or "", **_counted(actor)}
    more = "AND (:service = '' OR :service = ANY(o.services))"
    if not _reads_directory(actor):
        more += " AND o.id = ANY(CAST(:own AS uuid[]))"
    today = _today(db, actor)
    return [_provider(row, today) for row in db.execute(text(_PROVIDERS.format(in_force=IN_FORCE, more=more)), given)]


def _provider(row: Any, today: date) -> ProviderRow:
    profile = EMPTY | row.profile
    closed_now = any(first <= today <= last for first, last in _closed(profile))
    return row_as(
        ProviderRow,
        row,
        services=list(row.services),
        closed_now=closed_now,
        not_asked_by=[NamedInBoth(**one) for one in row.not_asked_by],
        **profile,
    )


def _today(db: Connection, actor: Actor) -> date:
    """The day of the programme that the actor works for; of a provider's people, who work for many, the pilot's."""
    return (home_calendar(db, actor) or Calendar("none")).local_date(now(db))


def _closed(profile: JsonMapping) -> list[tuple[date, date]]:
    return [(date.fromisoformat(period["from"]), date.fromisoformat(period["to"])) for period in profile["closed"]]


def show_provider(db: Connection, actor: Actor, provider: str) -> ProviderDetails:
    """One provider with its figures. Raises NotFound."""
    _insist_sees(db, actor, provider)
    row = db.execute(
        text(_PROVIDERS.format(in_force=IN_FORCE, more="AND o.id = CAST(:id AS uuid)")),
        {"id": provider, **_counted(actor)},
    ).one()
    return row_as(
        ProviderDetails,
        _provider(row, _today(db, actor)),
        figures=[
            _figures(record) for record in db.execute(_FIGURES, {"provider": provider, **_counted(actor), **_steps()})
        ],
        ours=provider in reach(actor).organisations,
        may_edit=_may_edit(actor, provider),
    )


#: By service: what was asked and how it ended, and of both sides' tasks how many were done by their day.
_FIGURES = text("""
    SELECT t.kind AS service, count(*) AS sent, count(*) FILTER (WHERE t.played ? 'accepts') AS accepted,
        count(*) FILTER (WHERE t.played ? 'turned_down') AS declined, count(*) FILTER (WHERE t.played ? 'unanswered') AS silent,
        count(*) FILTER (WHERE t.played ? 'gives_result') AS completed, count(*) FILTER (WHERE t.played ? 'went_wrong') AS failed,
        coalesce(sum((t.fired->(t.played->>'gives_back')->>'count')::int), 0) AS returned,
        avg((t.fired->(t.played->>'takes_result')->'data'->>'rating')::numeric) AS rating,
        count(*) FILTER (WHERE t.objections <> '{}') AS objected,
        sum(k.answered) AS answered, sum(k.answered_in_time) AS answered_in_time,
        sum(k.worked) AS worked, sum(k.worked_in_time) AS worked_in_time,
        sum(k.office) AS office, sum(k.office_in_time) AS office_in_time
    FROM tracks t JOIN cases c ON c.id = t.log_id
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE theirs AND k.rule = ANY(CAST(:asked AS text[]))) AS answered,
            count(*) FILTER (WHERE theirs AND k.rule = ANY(CAST(:asked AS text[])) AND in_time) AS answered_in_time,
            count(*) FILTER (WHERE theirs AND k.rule <> ALL(CAST(:asked AS text[]))) AS worked,
            count(*) FILTER (WHERE theirs AND k.rule <> ALL(CAST(:asked AS text[])) AND in_time) AS worked_in_time,
            count(*) FILTER (WHERE NOT theirs) AS office, count(*) FILTER (WHERE NOT theirs AND in_time) AS office_in_time
        FROM (
            SELECT k.rule, k.organisation_id IS NOT NULL AS theirs, coalesce(k.closed_at, casework_now()) <= k.due_at AS in_time
            FROM tasks k JOIN tracks b ON b.id = k.track_id WHERE k.log_id = t.log_id AND (b.id = t.id OR b.parent_id = t.id)
            AND k.rule <> ALL(CAST(:unsent AS text[])) AND k.due_at IS NOT NULL AND (k.closed_at IS NOT NULL OR k.due_at < casework_now())
            AND k.state <> 'Created'
        ) k
    ) k
    WHERE t.part = 'request' AND NOT t.sealed AND t.provider_id = CAST(:provider AS uuid) AND t.played ? 'sends'
    AND (t.provider_id = ANY(CAST(:own AS uuid[])) OR c.programme_id = ANY(CAST(:programmes AS uuid[])))
    GROUP BY t.kind ORDER BY t.kind
""")


def _steps() -> JsonObject:
    """The states of a request in which it waits for the provider's answer, and in which it was not sent yet."""
    return {"asked": names_of_part(ASKED), "unsent": names_of_part(UNSENT)}


def _figures(row: Any) -> ProviderFigures:
    counts = {name: int(value or 0) for name, value in row._mapping.items() if name not in ("service", "rating")}
    return ProviderFigures(service=row.service, rating=None if row.rating is None else f"{row.rating:.1f}", **counts)


# --- actions -----------------------------------------------------------------------------------------------------------


def describe_provider(db: Connection, actor: Actor, provider: str, profile: JsonMapping, request: Request) -> Done:
    """Say of a provider what it does, where, in which languages, how much of it, when not, and for whom not.

    By its own lead, or an administrator. Raises InvalidForm, NotAllowed, NotFound.
    """
    _insist_sees(db, actor, provider)
    if not _may_edit(actor, provider):
        raise NotAllowed(why=reasons.referrals.FOR_LEAD)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    checked = _checked(profile)
    log = lock_log(db, provider)
    db.execute(
        text("UPDATE organisations SET profile = CAST(:profile AS jsonb) WHERE id = CAST(:id AS uuid)"),
        {"id": provider, "profile": json.dumps(checked)},
    )
    body = body_of(db, "organisations", provider, [provider], columns=["profile"])
    append(db, log, [log.next_event(CHANGED, actor.person, body=body)], request.key_hash)
    return finish(db, actor, request, Done({"id": provider}))


def _checked(given: JsonMapping) -> JsonObject:
    faults: dict[str, Why] = {}
    profile = dict(EMPTY) | {name: given[name] for name in EMPTY if given.get(name) not in (None, "")}
    for name in ("fields", "places", "conflicts"):
        words = list(dict.fromkeys(" ".join(str(word).split()) for word in profile[name]))
        profile[name] = [word for word in words if word]
        if len(profile[name]) > MOST_WORDS or any(len(word) > LONGEST for word in profile[name]):
            faults[name] = reasons.fields.TOO_MANY_WORDS(most=MOST_WORDS, longest=LONGEST)
    if not set(profile["languages"]) <= set(LANGUAGES):
        faults["languages"] = reasons.fields.SOME_OF(choices=LANGUAGES)
    if profile["capacity"] is not None and not (
        isinstance(profile["capacity"], int) and 0 <= profile["capacity"] <= 1000
    ):
        faults["capacity"] = reasons.fields.WHOLE_BETWEEN(least=0, most=1000)
    profile["closed"] = [{"from": period.get("from"), "to": period.get("to")} for period in profile["closed"]]
    try:
        for period in profile["closed"]:
            insist_day(period["from"], "closed")
            insist_day(period["to"], "closed")
        if any(period["from"] > period["to"] for period in profile["closed"]):
            faults["closed"] = reasons.fields.BEFORE_ITS_END
    except InvalidForm as fault:
        faults |= fault.fields
    if faults:
        raise InvalidForm(fields=faults)
    return profile


# --- whom to ask -----------------------------------------------------------------------------------------------------


def suggest_providers(db: Connection, actor: Actor, number: str, service: str) -> list[SuggestedProvider]:
    """Whom to ask for a service in a case: all whom its programme asks for it, in an order with its reasons. Raises NotFound."""
    case, level = find_case(db, actor, number)
    if level < Sight.ALL:
        raise NotFound("case")
    return suggestions_for(db, case, service)


def suggestions_for(db: Connection, case: Case, service: str) -> list[SuggestedProvider]:
    given: JsonObject = {"service": service, "own": [], "programmes": [case.programme]}
    more = f"AND :service = ANY(o.services) AND {IS_ASKED}"
    by = {"programme": case.programme, "at_work": []}
    rows = db.execute(text(_PROVIDERS.format(in_force=IN_FORCE, more=more)), given | by).all()
    answers = {
        row.provider_id: row for row in db.execute(_ANSWERS, given | _steps() | {"ids": [row.id for row in rows]})
    }
    here = [track for track in case.tracks.values() if track.is_referral and track.kind == service]
    suggestions = suggest([_candidate(row, answers.get(row.id), here) for row in rows], _wanted(db, case))
    names = {row.id: row for row in rows}
    return [
        SuggestedProvider(
            id=suggestion.candidate.id,
            name=names[suggestion.candidate.id].name,
            name_zh=names[suggestion.candidate.id].name_zh,
            points=suggestion.points,
            possible=suggestion.possible,
            reasons=list(suggestion.reasons),
            open=suggestion.candidate.open,
            capacity=suggestion.candidate.capacity,
        )
        for suggestion in suggestions
    ]


#: How many requests for a service each provider has answered or left until the answer was due, how many in time, and its ratings.
_ANSWERS = text("""
    SELECT t.provider_id::text, count(*) FILTER (WHERE k.closed_at IS NOT NULL OR k.due_at < casework_now()) AS answered,
        count(*) FILTER (WHERE k.closed_at <= k.due_at) AS in_time,
            avg((t.fired->(t.played->>'takes_result')->'data'->>'rating')::numeric) AS rating
    FROM tracks t JOIN cases c ON c.id = t.log_id JOIN tasks k ON k.track_id = t.id AND k.rule = ANY(CAST(:asked AS text[]))
    WHERE t.part = 'request' AND NOT t.sealed AND t.kind = :service AND t.provider_id = ANY(CAST(:ids AS uuid[]))
    AND c.programme_id = ANY(CAST(:programmes AS uuid[])) GROUP BY t.provider_id
""")
#: What a case asks of a provider, and the names of its parties.
_WANTED = text(f"""
    SELECT n.sector, n.district, t.benefits, (
        SELECT coalesce(array_agg(DISTINCT o.language), '{{}}') FROM {STANDING} WHERE g.id = ANY(CAST(:parties AS uuid[]))
    ) AS languages, (
        SELECT coalesce(array_agg(n), '{{}}') FROM {STANDING},
            unnest(ARRAY[g.name, g.name_zh, g.register_number, o.name, o.name_zh, o.register_number]) n
        WHERE g.id = ANY(CAST(:parties AS uuid[])) AND n IS NOT NULL
    ) AS names
    FROM cases c {OF_CASES}
    WHERE c.id = CAST(:case AS uuid)
""")


def _words(*words: str | None) -> frozenset[str]:
    return frozenset(word.strip().casefold() for word in words if word and word.strip())


def _either(words: Sequence[str]) -> list[str]:
    """As a provider has written it, and in each language that it names."""
    return [form for word in words for form in (word, *in_both(word))]


def _candidate(row: Any, answers: Any, here: Sequence[Track]) -> Candidate:
    profile = EMPTY | row.profile
    mine = [track for track in here if track.provider == row.id]
    return Candidate(
        id=row.id,
        name=row.name,
        fields=_words(*_either(profile["fields"])),
        languages=frozenset(profile["languages"]),
        places=_words(*_either(profile["places"])),
        capacity=profile["capacity"],
        open=row.open,
        closed=tuple(_closed(profile)),
        conflicts=_words(*profile["conflicts"]),
        answered=answers.answered if answers else 0,
        in_time=answers.in_time if answers else 0,
        declined_here=any(bool({TURNED_DOWN, UNANSWERED, FAILED} & track.played.keys()) for track in mine),
        at_work_here=any(track.live and track.sent for track in mine),
        staffed=row.staffed,
        rating=float(answers.rating) if answers and answers.rating is not None else None,
    )


def _wanted(db: Connection, case: Case) -> Wanted:
    row = db.execute(_WANTED, {"case": case.log, "parties": list(case.parties.values())}).one()
    return Wanted(
        today=calendar_of(db, case.programme).local_date(now(db)),
        fields=_words(row.sector, *(row.benefits or ())),
        languages=frozenset(language[:2] for language in row.languages),
        places=_words(row.district),
        parties=_words(*row.names),
    )
