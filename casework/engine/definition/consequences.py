"""What follows from an action by its definition: the words that a workflow's effect may use."""

from __future__ import annotations

from typing_extensions import TypedDict

from casework.engine.state.document_effects_schema import ConsentTerms
from casework.engine.state.effects_schema import Given, Hold, Objection, WrittenJoin
from casework.engine.state.impact_values import GivenImpact, GivenStatement
from casework.engine.state.right_values import RightChange
from casework.engine.state.screening_values import ScreenedParty


class Pause(TypedDict):
    """Whose clocks go on although the case waits."""

    keep: list[str]


class MoreTime(TypedDict, total=False):
    """More time for work or for tasks."""

    #: A day for a referral's step, with what it moves of its service.
    work: str
    #: These tasks, and their later day; None: their whole limits anew.
    tasks: list[str]
    until: str | None


class Follows(TypedDict, total=False):
    """All of them; what an event says of it in the end stands in `state.effects_schema`."""

    # These stand in the event as they are.
    owner: str
    team: list[str]
    outcome: str | None
    reasons: list[str]
    hold: Hold | None
    named: str
    given: Given
    replaced: bool
    provider: str | None
    rights: list[RightChange]
    join: WrittenJoin
    objection: Objection
    impacts: list[GivenImpact]
    statement: GivenStatement
    screened: ScreenedParty
    # These are added to what the event says already.
    interest: list[str]
    interest_ended: list[str]
    barred: list[str]
    replaced_tracks: list[str]
    grants_returned: list[str]
    # From these something else follows.
    frozen: bool
    consents: list[ConsentTerms]
    #: Documents that the track's provider may see from now on; that it may see nothing any more.
    grant: list[str]
    end_grants: bool
    pause: Pause
    resume: bool
    #: A day for the step in which the track stands, or more time for others.
    extend: str | MoreTime
