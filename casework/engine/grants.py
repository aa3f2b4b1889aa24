"""What lets a provider see a document: taken away before its time, and the papers given back at the end.

A grant is given with a referral, under a consent, and ends with either. It can be withdrawn at once; and when the work is
over, the provider says what became of the copies it had.
"""

from __future__ import annotations

from casework.engine.checks import line
from casework.engine.commands import ReturnPapers, WithdrawGrant
from casework.engine.draft import Draft, accepted
from casework.engine.events import GRANT_WITHDRAWN, PAPERS_RETURNED
from casework.engine.roles import OFFICER, PROVIDER, SUPERVISOR
from casework.errors import InvalidForm, NotAllowed, NotFound, WrongState

#: Who ends a grant, who says that papers were given back, and what can have become of them.
ENDERS, RETURNERS, HOWS = (OFFICER, SUPERVISOR), (PROVIDER,), ("returned", "destroyed")


def withdraw_grant(draft: Draft, command: WithdrawGrant) -> None:
    """Let a provider see a document no longer; the referral goes on without it."""
    grant = draft.case.grants.get(command.grant)
    if grant is None:
        raise NotFound("grant")
    if draft.by.role not in accepted(draft.case, ENDERS):
        raise NotAllowed(why="access to a document is ended by: officer, supervisor.")
    if grant.ended_at is not None:
        raise WrongState(action="End the access", why="it has ended already.")
    track = draft.track(grant.track)
    # What the referral was given no longer has it, so that nothing shares it again by itself.
    rest = [one for one in track.given.get("documents", ()) if one != grant.document]
    paper = draft.case.documents[grant.document].kind
    effects = {"grants_ended": [grant.id], "given": {"documents": rest}, "paper": paper}
    draft.begin(GRANT_WITHDRAWN, track, effects, {"reason": line(command.reason, "reason")})
    draft.commit()


def return_papers(draft: Draft, command: ReturnPapers) -> None:
    """Say that every copy of what a referral was given has been given back or destroyed."""
    track = draft.track(command.referral)
    if draft.by.role not in accepted(draft.case, RETURNERS):
        raise NotAllowed(why="what became of the documents is said by the provider who had them.")
    if command.how not in HOWS:
        raise InvalidForm(fields={"how": "must be returned or destroyed"})
    had = [one for one in draft.case.grants.values() if one.track == track.id and one.returned_at is None]
    if any(one.ended_at is None for one in had):
        raise WrongState(action="Confirm the return", why="the referral goes on, and its documents are still needed.")
    if not had:
        raise WrongState(action="Confirm the return", why="there is nothing to give back.")
    body = {"note": line(command.note, "note")} if command.note else {}
    draft.begin(PAPERS_RETURNED, track, {"grants_returned": [one.id for one in had], "what": command.how}, body)
    draft.commit()
