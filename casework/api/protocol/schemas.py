"""What the schemas of several routes have in common: pydantic models, of which the OpenAPI document is made.

Requests are strict: what is not named is refused. Answers are open: a field may be added in a later release. The schemas
of a subject lie beside its routes.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from casework.api.protocol.fields import Answer, Body, Code, Day, Id, Knowingly, Line, Moment, SomeWords, Words
from casework.json_values import JsonObject


class Firing(Body):
    data: Annotated[JsonObject, Field(description="The form, by the names that the action lists")] = {}
    reason: Words | None = None
    happened_on: Annotated[Day | None, Field(description="When it took place, where it is recorded afterwards")] = None
    sure: Knowingly = False


class NewTask(Body):
    task: Code
    about: Annotated[
        Line | None, Field(description="need_owner or technology_owner, where the task is about a party")
    ] = None
    due: Annotated[Day | None, Field(description="Instead of the workflow's own limit")] = None
    person: Annotated[Id | None, Field(description="Who does it; nobody named: its queue")] = None
    note: Annotated[
        Words | None, Field(description="What whoever does it should know; required where it is somebody else")
    ] = None


class AnswerCorrection(Body):
    data: Annotated[JsonObject, Field(description="The whole form, as it should have been filled in")]
    reason: SomeWords
    seen: Annotated[
        int | None,
        Field(
            ge=1,
            description=(
                "How many versions of it you saw in the history: one each time it was given or corrected. Where there are more by now,"
                " the answer is 412 and nothing is recorded"
            ),
        ),
    ] = None


class Corrected(Answer):
    seq: Annotated[int | None, Field(description="Of the correction in the history, for those who read all of it")]
    of: Annotated[int | None, Field(description="Of the action whose answers were corrected")]


class Reason(Body):
    reason: SomeWords


class Refusal(BaseModel):
    """Why something is refused: the code stays when the words change."""

    code: str
    message: str
    values: Annotated[JsonObject, Field(description="What stands in the gaps of the message")] = {}
    field: Annotated[str | None, Field(description="Of what speaks of the answer to one field: its name")] = None


class Problem(BaseModel):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str | None = None
    code: Annotated[str | None, Field(description="What refuses it, as a code that stays when the words change")] = None
    fields: Annotated[dict[str, str] | None, Field(description="Of 422: why, for each field")] = None
    faults: Annotated[
        dict[str, Refusal] | None, Field(description="Of 422: the same with its code and values, for each field")
    ] = None
    reasons: Annotated[list[str] | None, Field(description="Of 409: every reason")] = None
    refusals: Annotated[list[Refusal] | None, Field(description="Of 409: the same, each with its code and values")] = (
        None
    )
    holder: Annotated[str | None, Field(description="Of 409: who has the task")] = None


class Named(Answer):
    id: str | None = None
    name: str | None = None


class Names(Answer):
    """What somebody or something is called, in both scripts."""

    name: str
    name_zh: str | None


class NamedInBoth(Names):
    id: str


class EventPaper(Answer):
    kind: str
    title: Annotated[str | None, Field(description="Null where it is erased")] = None
    party: Annotated[str | None, Field(description="Whom it is about; absent where that is none or both")] = None


class Event(Answer):
    position: int
    at: str
    kind: str
    what: Annotated[str | None, Field(description="Which transition fired, or what else it was about")] = None
    done: Annotated[str | None, Field(description="The same for people to read, after a name")] = None
    track: str | None = None
    from_: Annotated[list[str] | None, Field(alias="from")] = None
    to: list[str] | None = None
    actor: Annotated[Named | None, Field(description="Of another office only its role is told")] = None
    acting_for: Named | None = None
    role: str | None = None
    organisation: str | None = None
    happened_on: Annotated[str | None, Field(description="When it took place, where it was recorded afterwards")] = None
    data: Annotated[JsonObject, Field(description="What the form said that rules read")] = {}
    before_data: Annotated[JsonObject | None, Field(description="Of a correction: what the form had said before")] = (
        None
    )
    body: Annotated[JsonObject, Field(description="What else the form said")]
    erased: Annotated[list[str], Field(description="Fields of the body that have been erased")] = []
    documents: Annotated[list[EventPaper], Field(description="The documents that it is about")] = []
    version: Annotated[int | None, Field(description="Which version of a document it filed")] = None
    effects: JsonObject | None = None
    edition: Annotated[str | None, Field(description="Its fingerprint")] = None
    because: Annotated[int | None, Field(description="seq of the event that brought it about")] = None
    seq: Annotated[int | None, Field(description="Of the whole log: for those who may read it whole")] = None
    hash: str | None = None
    prev: Annotated[str | None, Field(description="hash of the event before")] = None


class EventPage(Answer):
    items: list[Event]
    next: str | None = None


class ClockCause(Answer):
    kind: str
    transition: str | None
    edition: str | None


class Fired(Answer):
    track: str
    revision: int
    states: list[str]
    ended: str | None = None


class ClockRule(Answer):
    n: Annotated[int | None, Field(description="So many days, or months")] = None
    unit: Annotated[str, Field(description="wd, working days, cd, calendar days, or mo, months")]
    day: Annotated[
        Day | None, Field(description="From this day, which a form named; else from where the clock began")
    ] = None
    law: Annotated[
        str | None, Field(description="The article that sets the limit; null where it is the programme's own")
    ] = None
    own: Annotated[str | None, Field(description="Of which limit it is, where the programme has set it")] = None


class ClockInterval(Answer):
    from_: Annotated[Moment, Field(alias="from")]
    until: Moment
    minutes: int
    kind: Annotated[
        str, Field(description="working, make_up, outside, weekend, holiday, paused, waiting, every_day or moved")
    ]
    counted: bool
    name: Annotated[dict[str, str] | None, Field(description="Of a holiday, by language")]
    because: Annotated[ClockCause | None, Field(description="The action that stopped the clock, where you may see it")]


class ClockLine(Answer):
    from_: Annotated[Moment, Field(alias="from")]
    until: Moment
    kind: str
    name: dict[str, str] | None
    because: ClockCause | None
    minutes: Annotated[int, Field(description="Minutes of it that counted")]
    days: Annotated[int, Field(description="Days on which any of them lie")]


class ClockSummary(Answer):
    id: str
    track: str
    task: str | None
    state: Annotated[str, Field(description="running, paused or stopped")]
    what: Annotated[str, Field(description="due, expire, or fire:TRANSITION")]
    unit: str
    due_at: Annotated[Moment | None, Field(description="Null while the clock stands still")]
    rule: ClockRule
    law: Annotated[str | None, Field(description="What that article is called")]
    set_on: Annotated[Moment | None, Field(description="When the programme set the limit for itself")]
    set_by: Annotated[str | None, Field(description="Who of the office did")]
    moved_from: Annotated[
        Moment | None,
        Field(description="When it would have run out, had law not moved it off a day on which nobody works"),
    ]
    used_days: Annotated[int, Field(description="So many days are used by now: working days, or days, by the unit")]
    given_days: Annotated[int, Field(description="So many it was given")]
    zone: Annotated[str, Field(description="Where its calendar holds")]
    calendars: Annotated[
        list[str], Field(description="Digests of the versions of the calendar that it was counted with")
    ]
    counted_minutes: int
    other_minutes: int


class Clock(ClockSummary):
    intervals: Annotated[
        list[ClockInterval], Field(description="They follow each other without a gap and end at due_at")
    ]
    lines: Annotated[
        list[ClockLine],
        Field(description="The same by days: hours in which nobody works go with the working days around them"),
    ]
    edition: Annotated[str, Field(description="Fingerprint of the edition that its limit stands in")]


class TasksMade(Answer):
    tasks: list[str]


class Made(Answer):
    id: str
    code: str | None = None
    membership: Annotated[str | None, Field(description="The role that came with it")] = None
    field: str | None = None
    provenance: JsonObject | None = None
    confirmed: bool | None = None
    ended: bool | None = None
    active: bool | None = None


class Workflow(Answer):
    name: str
    title: str
    fingerprint: Annotated[str, Field(description="Of the newest edition")]
    editions: list[JsonObject]


def given(model: BaseModel, *without: str) -> JsonObject:
    """The fields of a request that were given, ids as text."""
    values = {name: getattr(model, name) for name in type(model).model_fields if name not in without}
    return {name: _plain(value) for name, value in values.items() if value is not None}


def _plain(value: object) -> object:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def text_of(value: UUID | date | datetime | None) -> str | None:
    """An id or a day as text."""
    if value is None:
        return None
    return str(value) if isinstance(value, UUID) else value.isoformat()


Sure = Annotated[bool, Field(description="Send it although it does not look as if it were meant for its readers")]
