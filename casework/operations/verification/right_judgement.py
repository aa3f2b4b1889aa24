"""Whether what a right's log says was entered, confirmed and corrected as it may be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import takewhile
from typing import Any

from sqlalchemy import Connection

from casework.definitions import codes_offered
from casework.engine.case_objects.encumbrances import (
    BELONGS,
    BURDEN_ENDED,
    BURDEN_ENTERED,
    CONFIRMED,
    FROM_OUTSIDE,
    MERGED,
    RECORDED,
    TOOK_OVER,
    encumbrances,
)
from casework.engine.case_objects.evidence import EVIDENCE_FILED, faults_of
from casework.engine.case_objects.ip_rights import REASON, SOURCE, changes, fold
from casework.engine.case_objects.outside_burdens import faults, from_outside
from casework.engine.case_objects.record_expiry import BROUGHT_BACK, EXPIRED, expiry_faults
from casework.engine.case_objects.right_kinds import KINDS, missing
from casework.engine.case_objects.right_owners import shares_fit
from casework.engine.state.events import ERASED, RegisterEvent
from casework.operations.catalogue.ip_rights import EDITORS
from casework.operations.history.point_in_time import Past
from casework.records.event_log import read_register
from casework.records.row_security import whole


def right_faults(past: Past, programme: str, events: Iterable[RegisterEvent]) -> Iterator[tuple[int, str]]:
    """What in a right's log could not have happened so: the number of the event, and why.

    What an import enters is confirmed by nobody, and the programme's log tells of the import.
    """
    before: list[RegisterEvent] = []
    for event in events:
        stood = fold(before)
        if stood["merged_into"] and event.kind not in (MERGED, ERASED):
            yield event.seq, "another right stood in its place by then"
        if event.kind in (MERGED, TOOK_OVER) and REASON not in event.body:
            yield event.seq, "it does not say why the two are one"
        stands = event.kind == CONFIRMED or event.kind == RECORDED and event.effects["right"]["confirmed"]
        if stands or event.kind in (BELONGS, EVIDENCE_FILED, MERGED, TOOK_OVER, EXPIRED, BROUGHT_BACK, *FROM_OUTSIDE):
            yield from ((event.seq, why) for why in _actor_against(past, programme, event))
        yield from ((event.seq, why) for why in _record_against(fold([*before, event]), stands))
        yield from ((event.seq, why) for why in _burden_against(past, programme, stood, event))
        use = expiry_faults(event.kind, expired=stood["expired_at"] is not None, reasoned=REASON in event.body)
        yield from ((event.seq, why) for why in use)
        if event.kind == EVIDENCE_FILED:
            yield from ((event.seq, why) for why in _evidence_against(stood, event))
        looked_up = event.effects.get("checked_on") or event.body.get("checked_on")
        today = past.calendar(programme, event.at).local_date(event.at).isoformat()
        if stands and isinstance(looked_up, str) and looked_up > today:
            yield event.seq, "it was looked up on a day that was to come"
        if (
            event.kind == CONFIRMED
            and stood.get("confirmed")
            and changes(stood, event).keys() - {"checked_on"}
            and REASON not in event.body
        ):
            yield event.seq, "it changes what was confirmed before, and does not say why"
        before.append(event)


def _record_against(right: Mapping[str, Any], stands: bool) -> Iterator[str]:
    """What the record then said, and could not."""
    if right.get("kind") not in KINDS:
        yield "there is no such kind of right"
        return
    if stands and (lacks := missing(right["kind"], right)):
        yield f"it was confirmed without {', '.join(lacks)}"
    if not shares_fit(right.get("owners", ())):
        yield "its owners have more than the whole of it"


def _burden_against(past: Past, programme: str, stood: Mapping[str, Any], event: RegisterEvent) -> Iterator[str]:
    """What was said of an encumbrance that came of no case, and could not be."""
    if event.kind not in FROM_OUTSIDE:
        return
    today = past.calendar(programme, event.at).local_date(event.at).isoformat()
    if SOURCE not in event.body:
        yield "it does not say where it was read"
    if event.kind != BURDEN_ENTERED and REASON not in event.body:
        yield "it changes or ends an encumbrance, and does not say why"
    if event.kind != BURDEN_ENDED:
        told = event.effects["encumbrance"]
        if told["case"] is not None or faults(dict(told), today, codes_offered("uses")).keys():
            yield "no encumbrance from outside can be so"
    for id in (
        [] if event.kind == BURDEN_ENTERED else event.effects.get("ended") or [event.effects["encumbrance"]["id"]]
    ):
        if from_outside(stood.get("encumbrances", ()), id) is None:
            yield "what it changes or ends did not stand, or a case recorded it"


def _evidence_against(stood: Mapping[str, Any], event: RegisterEvent) -> Iterator[str]:
    """A file shows what came of no case, whether that stands or has ended."""
    yield from faults_of(event)
    about = event.effects.get("evidence", {}).get("about")
    if not any(one["id"] == about and one["case"] is None for one in stood.get("encumbrances", ())):
        yield "it files what shows nothing that came of no case"


def taken_faults(db: Connection, events: Iterable[RegisterEvent]) -> Iterator[tuple[int, str]]:
    """Mergings by which a right has something else on it than the one that went had, or counts as confirmed and that one did not."""
    for event in events:
        if event.kind != TOOK_OVER:
            continue
        with whole(db):
            gone = list(read_register(db, event.effects["merger"]["gone"]))
        had = list(takewhile(lambda one: one.kind != MERGED, gone))
        lay = [{**one, "number": None} for one in encumbrances(had)]
        if lay != [{**one, "number": None} for one in event.effects.get("burdens", ())]:
            yield event.seq, "what it says lay on the right that went is not what that one's log says"
        if event.effects.get("stands") and not fold(had).get("confirmed"):
            yield event.seq, "it counts as confirmed by a record for which nobody stood"


def _actor_against(past: Past, programme: str, event: RegisterEvent) -> Iterator[str]:
    if event.role not in EDITORS:
        yield f"a right is kept by {' or '.join(EDITORS)}, not by {event.role}"
    elif not past.held(programme, event.actor, event.role, event.acting_for, event.at):
        yield f"its actor did not hold the role {event.role} at that moment"
