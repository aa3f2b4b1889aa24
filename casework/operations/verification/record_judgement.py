"""Whether what the log of a need or a technology says was entered, imported, confirmed and corrected as it may be."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, text

from casework.engine.case_objects.kept_records import (
    ASKED_BACK,
    ASKED_NO_MORE,
    ASKED_WHETHER,
    BEFORE,
    BROUGHT_BACK,
    BY_LINK,
    BY_PEOPLE,
    CORRECTED,
    FIELDS,
    FOLLOWED,
    GAVE_BACK,
    IMPORTED,
    LEFT_AS_IT_WAS,
    MERGED,
    NEED,
    PUBLISHED,
    REASON,
    RECORDED,
    RENEWED,
    RESTATED,
    TOLD_APART,
    TOOK_OVER,
    UNMERGED,
    WITHDRAWN,
    evolve,
    fold,
    is_confirmed,
    said,
)
from casework.engine.case_objects.need_status import BY_CASES
from casework.engine.case_objects.record_use import BEGINS, DRAFT, ENDED
from casework.engine.roles import Role
from casework.engine.state.events import ERASED, PARTY_ACTOR, SYSTEM_ACTOR, RegisterEvent
from casework.engine.state.right_values import Cause
from casework.ledger.redactable_bodies import Erased
from casework.operations.catalogue.kept_records import EDITORS
from casework.operations.core.need_status import status_of
from casework.operations.history.point_in_time import Past


def record_faults(
    db: Connection, past: Past, noun: str, programme: str, events: Iterable[RegisterEvent]
) -> Iterator[tuple[int, str]]:
    """What in a record's log could not have happened so: the number of the event, and why."""
    told = list(events)
    causes = _causes(db, programme, told)
    before: dict[str, Any] = {}
    yield from _questions_against(db, noun, told)
    yield from _followed_against(db, noun, programme, told)
    for event in told:
        if before.get("merged_into") and event.kind not in (MERGED, UNMERGED, ERASED):
            yield event.seq, "another record stood in its place by then"
        if event.kind == UNMERGED and not before.get("merged_into"):
            yield event.seq, "it takes back a merging, and no other record stood in its place"
        yield from ((event.seq, why) for why in _use_against(noun, before, event))
        if event.kind in (MERGED, TOOK_OVER) and REASON not in event.body:
            yield event.seq, "it does not say why the two are one"
        if event.kind in (UNMERGED, GAVE_BACK, TOLD_APART) and REASON not in event.body:
            yield event.seq, "it does not say why the two are two"
        yield from ((event.seq, why) for why in _words_against(noun, before, event))
        if event.kind == FOLLOWED:
            # By whom and why is in the log from which it follows.
            pass
        elif event.kind == IMPORTED or event.kind == RECORDED and "cause" in event.effects:
            yield from ((event.seq, why) for why in _import_against(noun, programme, causes, before, event))
        elif event.role == Role.PARTY or event.actor == PARTY_ACTOR or event.kind in (RENEWED, RESTATED):
            yield from ((event.seq, why) for why in _party_against(noun, event))
        elif event.kind == ASKED_WHETHER and event.actor == SYSTEM_ACTOR and event.role == Role.SYSTEM:
            continue
        elif event.kind in (RECORDED, ASKED_WHETHER, *BY_PEOPLE):
            yield from ((event.seq, why) for why in _actor_against(past, programme, event))
        before = evolve(noun, before, event)


def _use_against(noun: str, before: Mapping[str, Any], event: RegisterEvent) -> Iterator[str]:
    """How a record stands is said by whoever withdraws it or brings it back, and why."""
    if event.kind in (WITHDRAWN, BROUGHT_BACK):
        if REASON not in event.body:
            yield "it does not say why"
        if (said(noun, event).get("status", before.get("status")) in ENDED) != (event.kind == WITHDRAWN):
            yield "what it says of how the record stands is not what was done"
    elif event.kind == PUBLISHED:
        if noun != NEED or said(noun, event).keys() != {"status"} or before.get("status") != DRAFT:
            yield "it publishes what was no draft, or says more"
        elif said(noun, event)["status"] not in BY_CASES:
            yield "what it says of how the record stands is not what was done"
    elif event.kind == FOLLOWED:
        if noun != NEED or said(noun, event).keys() != {"status"} or event.effects.get("confirmed"):
            yield "it follows from a case, and is not how a need stands alone"
        elif said(noun, event)["status"] not in BY_CASES or before.get("status") not in BY_CASES:
            yield "no case decides that a need stands so"
    elif not before and said(noun, event).get("status", BEGINS[0]) not in BEGINS:
        yield "a record begins as a draft or published, and as nothing else"
    elif before and "status" in said(noun, event) and event.kind != ERASED:
        yield "it changes how the record stands by something else than withdrawing it or bringing it back"


def _words_against(noun: str, before: Mapping[str, Any], event: RegisterEvent) -> Iterator[str]:
    """Of each field that is changed it is said what stood there, and why where somebody stood for it."""
    if not before or event.kind == ERASED:
        return
    for name in said(noun, event):
        stood = event.body.get(f"{BEFORE}{name}")
        if f"{BEFORE}{name}" not in event.body:
            yield f"it changes {name} without a word of what stood there"
        elif not isinstance(stood, Erased) and not isinstance(before[name], Erased) and stood != before[name]:
            yield f"it says of {name} that something else stood there than did"
    corrects = any(is_confirmed(before, name) for name in said(noun, event))
    # What its enterprise says by a link is why, and what a case came to.
    if (
        corrects
        and event.kind not in (IMPORTED, FOLLOWED, PUBLISHED)
        and REASON not in event.body
        and "statement" not in event.effects
    ):
        yield "it changes what was confirmed before, and does not say why"
    for name in event.effects.get("confirmed", []):
        if name not in FIELDS[noun]:
            yield f"{name} is no field that somebody can stand for"


def _import_against(
    noun: str, programme: str, causes: Mapping[int, str], before: Mapping[str, Any], event: RegisterEvent
) -> Iterator[str]:
    """What is imported comes with a part of a file of which the programme's log tells, and overwrites nothing that is confirmed."""
    cause = event.effects.get("cause")
    if cause is None or cause["log"] != programme or causes.get(cause["seq"]) != event.actor:
        yield "it names an import as its cause that its programme's log does not know"
    if event.effects.get("confirmed"):
        yield "what is imported is confirmed by nobody"
    for name in said(noun, event):
        if is_confirmed(before, name):
            yield f"it overwrites {name}, which a person had confirmed"


def _party_against(noun: str, event: RegisterEvent) -> Iterator[str]:
    """By a link an enterprise says whether its need holds and until when, and nothing else."""
    if noun != NEED or event.kind not in BY_LINK or event.actor != PARTY_ACTOR or event.role != Role.PARTY:
        yield "an enterprise says by a link whether its need still holds, and nothing else is said by one"
    elif said(noun, event).keys() - {"status" if event.kind == WITHDRAWN else "valid_until"}:
        yield "it says more by a link than whether the need still holds"
    elif "statement" not in event.effects:
        yield "it does not say by which link"


#: How a question stands, by what was done last.
_LEFT = {
    ASKED_WHETHER: "open", ASKED_BACK: "back", RENEWED: "answered", RESTATED: "waits", WITHDRAWN: "answered", ASKED_NO_MORE: "answered",
    CORRECTED: "answered", LEFT_AS_IT_WAS: "answered",
}  # fmt: skip
#: By what is done how a question can stand before: what was asked back can be decided on as it was sent.
_FROM: Mapping[str, tuple[str | None, ...]] = {
    ASKED_WHETHER: (None,), ASKED_BACK: ("waits", "back"), RENEWED: ("open", "back"), RESTATED: ("open", "back"),
    WITHDRAWN: ("open", "back", "waits"), ASKED_NO_MORE: ("open", "back"), CORRECTED: ("waits", "back"),
    LEFT_AS_IT_WAS: ("waits", "back"),
}  # fmt: skip
#: By what is only asked, or answered by the office, no record says anything else.
_LEAVE_IT = (ASKED_WHETHER, ASKED_NO_MORE, ASKED_BACK, LEFT_AS_IT_WAS)
#: Of some questions those that are about a record.
_ABOUT = text("""
    SELECT id::text FROM need_statements WHERE renews_id = CAST(:need AS uuid) AND id::text = ANY(CAST(:ids AS text[]))
""")


def _questions_against(db: Connection, noun: str, events: list[RegisterEvent]) -> Iterator[tuple[int, str]]:
    """What is told by a question is asked before, answered once, and of a question that there is; to ask changes nothing."""
    named = [event for event in events if "statement" in event.effects or event.kind in (*_LEAVE_IT, RENEWED, RESTATED)]
    if not named:
        return
    ids = [event.effects.get("statement", "") for event in named]
    known = set(db.execute(_ABOUT, {"need": named[0].log, "ids": ids}).scalars())
    stands: dict[str, str] = {}
    for event in named:
        question = event.effects.get("statement", "")
        if question not in known:
            yield event.seq, "it names a question to its enterprise that is not there"
        if event.kind not in _FROM or stands.get(question) not in _FROM[event.kind]:
            yield event.seq, "it is no answer to what its enterprise was asked by then"
        if event.kind in _LEAVE_IT and (said(noun, event) or event.effects.get("confirmed")):
            yield event.seq, "it is about a question to its enterprise, and changes what the record says"
        stands[question] = _LEFT.get(event.kind, "answered")


#: Of some events those that opened a case of a need, or of one that was merged into it, closed it or reopened it, with who did.
_OF_CASES = text("""
    SELECT e.log_id::text AS log, e.seq, e.actor_id FROM jsonb_to_recordset(CAST(:named AS jsonb)) x(log uuid, seq bigint)
    JOIN events e ON e.log_id = x.log AND e.seq = x.seq JOIN cases c ON c.id = e.log_id
    WHERE c.programme_id = CAST(:programme AS uuid) AND (e.kind = 'opened' OR e.effects ? 'closed' OR e.effects ? 'outcome')
    AND (c.need_id = CAST(:need AS uuid) OR EXISTS (SELECT FROM events m WHERE m.log_id = c.need_id AND m.kind = 'merged'
        AND m.effects->'merger'->>'kept' = CAST(:need AS text)))
""")


def _followed_against(
    db: Connection, noun: str, programme: str, events: list[RegisterEvent]
) -> Iterator[tuple[int, str]]:
    """What follows from a case follows from one of the need's, or from a merging; and how it stands in the end is what they tell."""
    if noun != NEED or not events:
        return
    need = events[0].log
    told = {event.seq: event for event in events}
    followed = [event for event in events if event.kind == FOLLOWED]
    named = [event.effects["cause"] for event in followed if "cause" in event.effects]
    given = {"named": json.dumps(named), "programme": programme, "need": need}
    of_cases = {(row.log, row.seq): row.actor_id for row in db.execute(_OF_CASES, given)} if named else {}
    for event in followed:
        cause = event.effects.get("cause", Cause(log="", seq=0))
        own = told.get(cause["seq"]) if cause["log"] == need else None
        actor = of_cases.get((cause["log"], cause["seq"]))
        if own is not None and own.kind in (TOOK_OVER, UNMERGED, GAVE_BACK) and own.seq < event.seq:
            actor = own.actor
        if actor != event.actor:
            yield event.seq, "it follows from no case of the need that was opened, closed or reopened so"
    state = fold(noun, events)
    if state.get("merged_into") is None and (stands := status_of(db, need, str(state["status"]))) != state["status"]:
        yield events[-1].seq, f"by its cases the need is {stands}, not {state['status']}"


def _actor_against(past: Past, programme: str, event: RegisterEvent) -> Iterator[str]:
    if event.role not in EDITORS:
        yield f"a record is kept by {' or '.join(EDITORS)}, not by {event.role}"
    elif not past.held(programme, event.actor, event.role, event.acting_for, event.at):
        yield f"its actor did not hold the role {event.role} at that moment"


#: By whom the parts of imports are that a programme's log tells of under some numbers.
_IMPORTS = text("""
    SELECT seq, actor_id FROM events WHERE log_id = CAST(:programme AS uuid) AND kind = 'imported' AND seq = ANY(:seqs)
""")


def _causes(db: Connection, programme: str, events: Iterable[RegisterEvent]) -> Mapping[int, str]:
    seqs = sorted({event.effects["cause"]["seq"] for event in events if "cause" in event.effects})
    if not seqs:
        return {}
    return {row.seq: row.actor_id for row in db.execute(_IMPORTS, {"programme": programme, "seqs": seqs})}


def import_faults(db: Connection, programme: str, events: Iterable[RegisterEvent]) -> Iterator[tuple[int, str]]:
    """Parts of imports that led to another number of events in logs of records than they say: one of those is gone, or was added."""
    led = {row.seq: row.events for row in db.execute(_LED_TO, {"programme": programme})}
    for event in events:
        if event.kind == IMPORTED and event.effects.get("records", 0) != led.get(event.seq, 0):
            yield (
                event.seq,
                f"it says {event.effects.get('records', 0)} records were written, and their logs know {led.get(event.seq, 0)}",
            )
        if "brought" in event.effects:
            given = {"programme": programme, "actor": event.actor, "at": event.at, "logs": event.effects["brought"]}
            known = set(db.execute(_BROUGHT, given).scalars())
            yield from (
                (event.seq, f"it says that a table was brought into {log}, whose log knows nothing of it")
                for log in event.effects["brought"]
                if log not in known
            )


#: Rights and organisations in whose logs somebody told something for a programme before a moment.
_BROUGHT = text("""
    SELECT DISTINCT l.id::text FROM logs l JOIN events e ON e.log_id = l.id WHERE l.id = ANY(CAST(:logs AS uuid[]))
    AND l.kind IN ('right', 'organisation') AND (l.programme_id IS NULL OR l.programme_id = CAST(:programme AS uuid))
    AND e.actor_id = :actor AND e.at <= CAST(:at AS timestamptz)
""")

#: How many events in logs of needs and technologies each part of an import led to.
_LED_TO = text("""
    SELECT CAST(e.effects->'cause'->>'seq' AS bigint) AS seq, count(*) AS events FROM logs l JOIN events e ON e.log_id = l.id
    WHERE l.programme_id = CAST(:programme AS uuid) AND l.kind IN ('need', 'technology')
    AND e.effects->'cause'->>'log' = CAST(:programme AS text) GROUP BY 1
""")
