"""Facts for the guards: a case, its tracks, tasks and rights, each made in one line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from casework.engine.deadlines.calendars import Calendar
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.publisher import publish
from casework.engine.state.case import COMPLETED, READY, Case, Fired, Task, Track
from casework.engine.state.case_documents import Consent, Document
from tests.support.parts import played
from workflows import DEFINITIONS

START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
NOW = START + timedelta(days=30)
SELLER, BUYER, BANK, LAB = "seller", "buyer", "bank", "lab"
OFFICER, BOSS = "officer-1", "supervisor-1"
MILESTONES = {edition.workflow: edition.milestones for edition in map(publish, DEFINITIONS)}


def at(days: int) -> datetime:
    return START + timedelta(days=days)


def fired(days: int = 0, *, actor: str = OFFICER, count: int = 1, **data: Any) -> Fired:
    return Fired(count, at(days), actor, None, data)


def track(workflow: str, state: str, *, id: str = "", kind: str = "", **more: Any) -> Track:
    """A track that stands in a state; `ended=True` makes the state its outcome."""
    ended = more.pop("ended", False)
    made = Track(
        id=id or f"{workflow}-{kind or 'x'}",
        workflow=workflow,
        edition=workflow,
        kind=kind or workflow,
        parent=more.pop("parent", None),
        provider=more.pop("provider", None),
        states=(state,),
        entered_at=START,
        opened_at=START,
        ended_at=at(20) if ended else None,
        outcome=state if ended else None,
    )
    return replace(made, **played(workflow, more.get("fired", ()), made.outcome), **more)


def done(name: str, days: int = 10, *, by: str = OFFICER, about: str | None = None, **result: Any) -> Task:
    """A completed side task with its answers."""
    return Task(
        id=f"{name}-{about}-{days}",
        track="main",
        name=name,
        edition="e",
        rule=name,
        type="side",
        queue="officer",
        organisation=None,
        state=COMPLETED,
        opened_at=START,
        due_at=None,
        about=about,
        closed_at=at(days),
        closed_by=by,
        result=result,
    )


def waiting(name: str, *, on: str = "main", type: str = "side", state: str = READY, aftercare: bool = False) -> Task:
    return Task(
        id=f"{name}-open",
        track=on,
        name=name,
        edition="e",
        rule=name,
        type=type,
        queue="officer",
        organisation=None,
        state=state,
        opened_at=START,
        due_at=None,
        aftercare=aftercare,
    )


def consent(party: str, **more: Any) -> Consent:
    return replace(Consent(f"consent-{party}", party, None, None, "2026-03-01", None), **more)


def facts(
    *tracks: Track,
    main: Mapping[str, Fired] | None = None,
    state: str = "structuring",
    tasks: Sequence[Task] = (),
    consents: Sequence[Consent] = (),
    documents: Sequence[Document] = (),
    here: Track | None = None,
    data: Mapping[str, Any] | None = None,
    actor: str = OFFICER,
    outside: Mapping[str, Any] | None = None,
    now: datetime = NOW,
    **case: Any,
) -> Facts:
    first = track("case", state, id="main", fired=main or {})
    made = Case(
        log="case-1",
        kind="case",
        programme="p",
        seq=1,
        last_at=START,
        opened_at=START,
        parties={"need_owner": BUYER, "technology_owner": SELLER},
        rights=("right-1",),
        need="n",
        technology="t",
        tracks={one.id: one for one in (first, *tracks, *([here] if here else []))},
        tasks={one.id: one for one in tasks},
        consents={one.id: one for one in consents},
        documents={one.id: one for one in documents},
    )
    made = replace(made, **case)
    return Facts(
        made,
        here or first,
        now,
        Calendar("cn"),
        actor,
        data or {},
        {"parties": {}} | dict(outside or {}),
        milestones=MILESTONES,
    )


def right(*burdens: Mapping[str, Any], confirmed: bool = True) -> dict[str, Any]:
    return {"rights": {"right-1": {"kind": "patent", "confirmed": confirmed, "encumbrances": list(burdens)}}}


def burden(
    kind: str, *, case: str = "case-2", territory: str = "CN", licence: str = "exclusive", **more: Any
) -> dict[str, Any]:
    return {
        "kind": kind,
        "case": case,
        "territories": [territory],
        "licence": licence,
        "from": "2026-03-10",
        "to": None,
    } | more


def technology(verdict: str | None, until: str | None = None) -> dict[str, Any]:
    statement = {"number": "1", "verdict": verdict, "valid_until": until} if verdict else None
    return {"technology": {"confirmed": {}, "verification": statement}}


def agreed(state: str, kind: str, id: str = "a", **said: Any) -> Track:
    """An agreement that was proposed, and once it is in force or has ended signed as such."""
    told = {"propose": fired(3, kind=kind)}
    if state in ("in_force", "ended"):
        told["sign_local"] = fired(5, kind=kind, **said)
    return track("agreement", state, id=id, fired=told)


SENT = track("referral", "draft", kind="assessment", provider=LAB)
TALK = track("referral", "draft", kind="mediation", provider=LAB)


def table(rows: Mapping[str, tuple[Facts, bool]]) -> Callable[[Any], Any]:
    return pytest.mark.parametrize(("case", "holds"), list(rows.values()), ids=list(rows))
