"""What lets a provider see a document: taken away before its time, and the papers given back at the end.

A grant is given with a referral, under a consent, and ends with either, or with a day of its own that the office names
and may change. It can be withdrawn at once; and when the work is over, the provider says what became of the copies it had.
"""

from __future__ import annotations

from casework import reasons
from casework.engine.definition.value_types import insist_day
from casework.engine.execution.document_grants import begin_on_grant, end_grant, given_without, set_grant_day
from casework.engine.execution.effect_roles import accepted
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.guards import line
from casework.engine.execution.record_commands import ChangeGrantDay, ReturnPapers, WithdrawGrant
from casework.engine.execution.task_changes import close_task, commit, plays
from casework.engine.parts import RETURNS_COPIES
from casework.engine.roles import Role
from casework.engine.state.case import COMPLETED, Case
from casework.engine.state.case_documents import Grant
from casework.engine.state.effects_schema import Given
from casework.engine.state.events import GRANT_DAY_CHANGED, GRANT_WITHDRAWN, PAPERS_RETURNED
from casework.errors import InvalidForm, NotAllowed, NotFound, WrongState
from casework.reasons import Reason

#: Who ends a grant, who says that papers were given back, and what can have become of them.
ENDERS, RETURNERS, HOWS = (Role.OFFICER, Role.SUPERVISOR), (Role.PROVIDER,), ("returned", "destroyed")


def last_day(case: Case, grant: Grant) -> str | None:
    """With which day an access ends at the latest: its own or a consent's, whichever is earlier. None: with its referral."""
    return min((day for day in (grant.until, _consented_until(case, grant)) if day), default=None)


def _consented_until(case: Case, grant: Grant) -> str | None:
    """When the first of its consents runs out."""
    return min((day for consent in grant.consents if (day := case.consents[consent].expires_on)), default=None)


def given_until(case: Case, grant: Grant, until: str | None) -> Given:
    """What its referral was given, with another last day for the document."""
    days = {
        id: day
        for id, day in (case.tracks[grant.track].given.get("shared_until") or {}).items()
        if id != grant.document
    }
    return {"shared_until": days | ({grant.document: until} if until else {})}


def withdraw_grant(builder: EventBuilder, command: WithdrawGrant) -> None:
    """Let a provider see a document no longer; the referral goes on without it."""
    grant = _live(builder, command.grant, reasons.actions.END_ACCESS)
    begin_on_grant(
        builder, GRANT_WITHDRAWN, grant, given_without(builder.case, grant), {"reason": line(command.reason, "reason")}
    )
    end_grant(builder, grant)
    commit(builder)


def change_day(builder: EventBuilder, command: ChangeGrantDay) -> None:
    """Another last day for an access, later or earlier; None: none of its own."""
    grant = _live(builder, command.grant, reasons.actions.CHANGE_LAST_DAY)
    consented = _consented_until(builder.case, grant)
    if command.until is not None:
        insist_day(command.until, "until")
        if command.until < builder.context.calendar.local_date(builder.context.now).isoformat():
            raise InvalidForm(fields={"until": reasons.fields.NOT_IN_PAST})
        if consented is not None and command.until > consented:
            raise InvalidForm(fields={"until": reasons.documents.AFTER_CONSENT})
    if command.until == grant.until:
        raise InvalidForm(fields={"until": reasons.fields.UNCHANGED})
    begin_on_grant(builder, GRANT_DAY_CHANGED, grant, given_until(builder.case, grant, command.until), {})
    set_grant_day(builder, grant, command.until)
    commit(builder)


def _live(builder: EventBuilder, id: str, action: Reason) -> Grant:
    grant = builder.case.grants.get(id)
    if grant is None:
        raise NotFound("grant")
    if builder.by.role not in accepted(builder.case, ENDERS):
        raise NotAllowed(why=reasons.documents.ACCESS_ENDED_BY)
    if grant.ended_at is not None:
        raise WrongState(action=action, why=reasons.cases.ENDED)
    return grant


def return_papers(builder: EventBuilder, command: ReturnPapers) -> None:
    """Say that every copy of what a referral was given, and may see no longer, has been given back or destroyed."""
    track = builder.track(command.referral)
    if builder.by.role not in accepted(builder.case, RETURNERS):
        raise NotAllowed(why=reasons.documents.RETURN_SAID_BY)
    if command.how not in HOWS:
        raise InvalidForm(fields={"how": reasons.documents.RETURNED_OR_DESTROYED})
    had = builder.case.copies_out(track.id)
    if not had:
        raise WrongState(
            action=reasons.actions.CONFIRM_RETURN,
            why=reasons.documents.NOTHING_TO_RETURN,
        )
    body = {"note": line(command.note, "note")} if command.note else {}
    builder.begin(PAPERS_RETURNED, track, {"grants_returned": [grant.id for grant in had], "what": command.how}, body)
    for task in builder.case.open_tasks():
        if task.track == track.id and plays(builder.library, task, RETURNS_COPIES):
            close_task(builder, task, COMPLETED, by=builder.by.person, result={"how": command.how})
    commit(builder)
