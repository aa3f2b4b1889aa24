"""Samples that auditors keep: which cases were drawn by which seed, and what came of looking at each. All of it is told by the programme's
log alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.roles import Role
from casework.engine.state.events import RegisterEvent
from casework.engine.state.register_effects import DrawnSample, LookedAt, RegisterEffects
from casework.errors import InvalidForm, NotFound, Refused
from casework.json_values import Answers
from casework.ledger.canonical_json import instant
from casework.ledger.redactable_bodies import Erased
from casework.operations.audit.finding_rights import insist_impartial
from casework.operations.audit.findings import find_seen
from casework.operations.audit.questions import draw_sample
from casework.operations.audit.views import KeptSampleDetails, KeptSampleRow, LookedCase, SampleFinding
from casework.operations.cases.queries import find_case
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.presenters import names_of
from casework.operations.core.reader_names import titled
from casework.operations.core.register_log import append
from casework.operations.core.views import Items, row_as, to_named
from casework.permissions.actors import Actor
from casework.records.event_log import Log, lock_log, register_event_of
from casework.records.row_security import whole

#: What a programme's log says of samples.
DRAWN, LOOKED = SAMPLE_KINDS = ("sample_drawn", "sample_looked")
SEED = "seed"
#: What came of looking at a case.
IN_ORDER, FOUND = RESULTS = ("in_order", "finding")


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What somebody who looked at a case of a sample says of it."""

    by: str
    at: str
    result: str
    finding: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptSample:
    """A sample as the log of its programme tells of it."""

    number: int
    at: str
    by: str
    #: None once erased.
    seed: str | None
    size: int
    as_of: str
    population: int
    #: Numbers of cases, in the order in which they were drawn.
    cases: tuple[str, ...]
    #: The last look at each case that somebody has looked at.
    looks: Mapping[str, Look] = field(default_factory=dict)


def fold(events: Iterable[RegisterEvent]) -> dict[int, KeptSample]:
    """The samples of a programme, by number."""
    kept: dict[int, KeptSample] = {}
    for event in events:
        kept = evolve(kept, event)
    return kept


def evolve(before: Mapping[int, KeptSample], event: RegisterEvent) -> dict[int, KeptSample]:
    """The same after one more event."""
    after = dict(before)
    if event.kind == DRAWN and (drawn := event.effects.get("sample")) is not None:
        seed = event.body.get(SEED)
        after[drawn["number"]] = KeptSample(
            number=drawn["number"],
            at=instant(event.at),
            by=event.actor,
            seed=None if isinstance(seed, Erased) or seed is None else str(seed),
            size=drawn["size"],
            as_of=drawn["as_of"],
            population=drawn["population"],
            cases=tuple(drawn["cases"]),
        )
    elif event.kind == LOOKED and (told := event.effects.get("looked")) is not None and told["sample"] in after:
        one = after[told["sample"]]
        look = Look(by=event.actor, at=instant(event.at), result=told["result"], finding=told.get("finding"))
        after[one.number] = replace(one, looks={**one.looks, told["case"]: look})
    return after


def in_drawn_order(seed: str, numbers: Iterable[str]) -> list[str]:
    """Case numbers in the order in which a seed draws them: whoever has all of them draws the same again, without us."""
    return sorted(numbers, key=lambda number: (hashlib.sha256(f"{seed}{number}".encode()).digest(), number))


def read_kept(db: Connection, programme: str) -> dict[int, KeptSample]:
    """The samples of a programme by number. For whoever reads all of it."""
    with whole(db):
        rows = db.execute(_EVENTS, {"log": programme, "kinds": list(SAMPLE_KINDS)}).all()
    return fold(register_event_of(row.header, row.effects, row.body) for row in rows)


#: What a programme's log says of samples.
_EVENTS = text("""
    SELECT header, effects, body FROM events WHERE log_id = CAST(:log AS uuid) AND kind = ANY(:kinds) ORDER BY seq
""")


# --- read ------------------------------------------------------------------------------------------------------------


def list_samples(db: Connection, actor: Actor, programme: str) -> Items[KeptSampleRow]:
    """The samples that were kept in a programme, the last one first. Raises NotFound for others than its auditors."""
    if not actor.in_programme(programme, (Role.AUDITOR,)):
        raise NotFound("programme")
    kept = read_kept(db, programme)
    names = names_of(db, {one.by for one in kept.values()})
    return Items(items=[_row(programme, kept[number], names) for number in sorted(kept, reverse=True)])


def show_sample(db: Connection, actor: Actor, programme: str, number: int) -> KeptSampleDetails:
    """One of them, with what came of each case that the auditor sees. Raises NotFound."""
    one = read_kept(db, programme).get(number) if actor.in_programme(programme, (Role.AUDITOR,)) else None
    if one is None:
        raise NotFound("sample")
    given = {"programme": programme, "numbers": [*one.cases], "person": actor.person}
    seen = {row.number: row for row in db.execute(_SEEN, given)}
    names = names_of(db, {one.by, *(look.by for look in one.looks.values())})
    cases = [
        LookedCase(
            number=case,
            title=seen[case].title,
            result=look.result if (look := one.looks.get(case)) else None,
            looked_by=to_named(look.by, names) if look else None,
            looked_at=look.at if look else None,
            finding=look.finding if look else None,
        )
        for case in one.cases
        if case in seen
    ]
    findings = [
        SampleFinding(id=found["id"], number=case, event=found["event"])
        for case in one.cases
        if case in seen
        for found in seen[case].findings or ()
    ]
    return row_as(KeptSampleDetails, _row(programme, one, names), cases=cases, findings=findings)


#: Some cases of a programme that somebody may judge, with the findings about each.
_SEEN = text(f"""
    SELECT c.number, {titled("c")} AS title, (
        SELECT jsonb_agg(jsonb_build_object('id', f.id::text, 'event', f.seq) ORDER BY f.raised_at, f.id)
        FROM findings f WHERE f.case_id = c.id
    ) AS findings
    FROM cases c WHERE c.programme_id = CAST(:programme AS uuid) AND c.number = ANY(CAST(:numbers AS text[]))
    AND NOT CAST(:person AS text) = ANY(c.interests)
""")


def _row(programme: str, one: KeptSample, names: Mapping[str, str]) -> KeptSampleRow:
    results = [look.result for look in one.looks.values()]
    return KeptSampleRow(
        programme=programme,
        number=one.number,
        drawn_by=to_named(one.by, names),
        drawn_at=one.at,
        seed=one.seed,
        size=len(one.cases),
        as_of=one.as_of,
        population=one.population,
        in_order=results.count(IN_ORDER),
        with_finding=results.count(FOUND),
    )


# --- kept, and looked at ---------------------------------------------------------------------------------------------


def keep_sample(
    db: Connection, actor: Actor, programme: str, *, seed: str, size: int, as_of: datetime | None, request: Request
) -> Done:
    """Draw cases of a programme and keep which ones. Who keeps the same again gets the one that is kept.

    Raises NotFound, InvalidForm for a size, and Refused where there is nothing to draw.
    """
    if not actor.in_programme(programme, (Role.AUDITOR,)):
        raise NotFound("programme")
    seed = seed.strip()[:100]
    if not seed or not seed.isprintable():
        raise InvalidForm(fields={"seed": reasons.fields.REQUIRED})
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    drawn = draw_sample(db, actor, seed=seed, size=size, as_of=as_of, programme=programme)
    if not drawn.items:
        raise Refused(reasons.audit.NOTHING_DRAWN)
    log, kept = _in_turn(db, programme)
    cases = [one.number for one in drawn.items]
    same = (one.number for one in kept.values() if (one.seed, one.as_of, [*one.cases]) == (seed, drawn.as_of, cases))
    number = next(same, 0)
    if not number:
        number = max(kept, default=0) + 1
        effect = DrawnSample(number=number, size=size, as_of=drawn.as_of, population=drawn.population, cases=cases)
        _tell(db, log, actor, DRAWN, request, effects={"sample": effect}, body={SEED: seed})
    return finish(db, actor, request, Done({"programme": programme, "number": number}, 201))


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """Of which case of a sample, what came of looking at it, and the finding that was raised."""

    case: str
    result: str
    finding: str | None = None


def look_at(db: Connection, actor: Actor, programme: str, number: int, *, look: Result, request: Request) -> Done:
    """Say what came of looking at a case of a sample; the last word on a case counts.

    Raises NotFound, InvalidForm, and NotAllowed for who has worked on the case or mediates.
    """
    if not actor.in_programme(programme, (Role.AUDITOR,)):
        raise NotFound("sample")
    if number not in read_kept(db, programme):
        raise NotFound("sample")
    if look.result not in RESULTS:
        raise InvalidForm(fields={"result": reasons.fields.NOT_A_CHOICE})
    if (look.finding is not None) != (look.result == FOUND):
        raise InvalidForm(fields={"finding": reasons.audit.NAME_THE_FINDING})
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    log, kept = _in_turn(db, programme)
    if look.case not in kept[number].cases:
        raise NotFound("case")
    case, _ = find_case(db, actor, look.case)
    if actor.person in case.interests:
        raise NotFound("case")
    insist_impartial(db, actor, case.log)
    if look.finding is not None and find_seen(db, actor, look.finding).number != look.case:
        raise InvalidForm(fields={"finding": reasons.audit.NAME_THE_FINDING})
    effect = LookedAt(sample=number, case=look.case, result=look.result)
    if look.finding is not None:
        effect["finding"] = look.finding
    _tell(db, log, actor, LOOKED, request, effects={"looked": effect}, body={})
    return finish(db, actor, request, Done({"programme": programme, "number": number}))


def _in_turn(db: Connection, programme: str) -> tuple[Log, dict[int, KeptSample]]:
    """The log of a programme, held, and its samples as they are then."""
    with whole(db):
        log = lock_log(db, programme)
    return log, read_kept(db, programme)


def _tell(
    db: Connection, log: Log, actor: Actor, kind: str, request: Request, *, effects: RegisterEffects, body: Answers
) -> None:
    with whole(db):
        event = log.next_event(kind, actor.person, role=Role.AUDITOR, effects=effects, body=body)
        append(db, log, [event], request.key_hash)


__all__ = [
    "DRAWN", "FOUND", "IN_ORDER", "LOOKED", "RESULTS", "SAMPLE_KINDS", "SEED", "KeptSample", "Look", "Result", "evolve", "fold",
    "in_drawn_order", "keep_sample", "list_samples", "look_at", "read_kept", "show_sample",
]  # fmt: skip
