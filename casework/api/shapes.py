"""The shapes of requests and answers: pydantic models, from which the OpenAPI document has its schemas.

Requests are strict: what is not named here is refused. Answers are open: a field may be added in a later release.
"""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer

from casework.engine.allocation import HIGHEST_CAP, REASONS, STRATEGIES
from casework.operations.paging import MOST, PAGE

Json = Any


def _words(words: str) -> str:
    made = unicodedata.normalize("NFC", words).replace("\r\n", "\n").strip()
    if any(unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\n\t" for letter in made):
        raise ValueError("has a character that cannot be stored")
    return made


def _some_words(words: str) -> str:
    made = _words(words)
    if not made:
        raise ValueError("is required")
    return made


Id = Annotated[UUID, PlainSerializer(str)]
Line = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_some_words)]
Words = Annotated[str, Field(max_length=10_000), AfterValidator(_words)]
SomeWords = Annotated[str, Field(min_length=1, max_length=10_000), AfterValidator(_some_words)]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Language = Annotated[str, Field(pattern=r"^[a-z]{2}(-[A-Z][A-Za-z]{1,3})?$")]
Decimals = Annotated[str, Field(pattern=r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$")]


Mark = Annotated[
    Literal["new", "changed"] | None,
    Field(description="New to you, or changed by others since you looked; cleared by looking"),
]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Query(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Answer(BaseModel):
    model_config = ConfigDict(extra="allow")


# --- queries ---------------------------------------------------------------------------------------------------------


class Paged(Query):
    cursor: Annotated[str | None, Field(max_length=400, description="`next` of the page before")] = None
    limit: Annotated[int | None, Field(ge=1, le=MOST, description=f"Rows on a page; {PAGE} unless told")] = None


class CaseQuery(Paged):
    state: Code | None = None
    outcome: Code | None = None
    owner: Id | None = None
    programme: Id | None = None
    number: Annotated[str | None, Field(max_length=40)] = None
    words: Annotated[str | None, Field(max_length=200, description="In the number or the title")] = None
    phase: Id | None = None
    provider: Annotated[Id | None, Field(description="That a referral of the case was sent to")] = None
    waits_for: Annotated[
        Literal["us", "provider", "hold"] | None, Field(description="Hold: an event or a day")
    ] = None
    overdue: Annotated[Literal["yes"] | None, Field(description="Only those with a task of ours that is late")] = None
    open: Annotated[Literal["yes", "no"] | None, Field(description="Only those that are open, or closed")] = None
    sort: Annotated[Literal["newest", "oldest", "number", "due"], Field(description="Due: what is due first")] = "newest"


class TaskQuery(Paged):
    view: Literal["mine", "queue", "done"] = "mine"
    queue: Code | None = None


class AgendaQuery(Query):
    whose: Annotated[
        Literal["own", "team", "waiting"],
        Field(description="Yours, all of your programmes' offices, or what others must do in the cases that you own"),
    ] = "own"
    from_: Annotated[date | None, Field(alias="from", description="The first day; this Monday unless told")] = None
    to: Annotated[date | None, Field(description="The last day; the seventh unless told")] = None
    limit: Annotated[int | None, Field(ge=1, le=MOST, description=f"Most tasks; {PAGE} unless told")] = None


class MatchQuery(Paged):
    opened: Annotated[bool | None, Field(description="Only those that have a case, or only those that have none")] = (
        None
    )


class RecordQuery(Paged):
    programme: Id | None = None


class RightQuery(RecordQuery):
    technology: Id | None = None


class OrganisationQuery(Paged):
    service: Annotated[Code | None, Field(description="Only those that take referrals of this kind")] = None


# --- requests --------------------------------------------------------------------------------------------------------


Knowingly = Annotated[bool, Field(description="Do it although it leaves a later deed of the case to nobody, as an answer 409 has told")]


class Firing(Body):
    data: Annotated[dict[str, Json], Field(description="The form, by the names that the action lists")] = {}
    reason: Words | None = None
    happened_on: Annotated[date | None, Field(description="When it took place, where it is recorded afterwards")] = None
    sure: Knowingly = False


class ReferralFiring(Firing):
    track: Annotated[
        Id | None, Field(description="The referral's own track or its service's; found by the name unless given")
    ] = None


class NewTask(Body):
    task: Code
    about: Annotated[
        Line | None, Field(description="need_owner or technology_owner, where the task is about a party")
    ] = None
    due: Annotated[date | None, Field(description="Instead of the workflow's own limit")] = None
    person: Annotated[Id | None, Field(description="Who does it; nobody named: its queue")] = None
    note: Annotated[Words | None, Field(description="What whoever does it should know; required where it is somebody else")] = None


class NewReferralTask(NewTask):
    track: Id | None = None


class HandingOver(Body):
    owner: Id
    team: Annotated[list[Id], Field(max_length=20)] = []
    note: SomeWords
    sure: Knowingly = False


class NewDocument(Body):
    title: Line
    kind: Line
    party: Literal["need_owner", "technology_owner"] | None = None
    language: Language | None = None
    valid_until: date | None = None


class NewDelivery(Body):
    title: Line
    kind: Line
    language: Language | None = None
    valid_until: date | None = None


class Returning(Body):
    how: Annotated[Literal["returned", "destroyed"], Field(description="What became of every copy")]
    note: Words | None = None


class Reason(Body):
    reason: SomeWords


class Interest(Body):
    nature: SomeWords
    sure: Knowingly = False


class Releasing(Body):
    note: Words | None = None


class ManyTasks(Body):
    tasks: Annotated[list[Id], Field(min_length=1, max_length=50)]
    operation: Literal["claim", "release", "complete", "assign", "suspend"]
    person: Annotated[Id | None, Field(description="For assign")] = None
    note: Annotated[Words | None, Field(description="For assign")] = None
    until: Annotated[date | None, Field(description="For suspend")] = None
    waits_for: Literal["need_owner", "technology_owner", "provider", "authority", "other"] | None = None
    reason: Annotated[Words | None, Field(description="For suspend")] = None
    dry_run: Annotated[bool, Field(description="Say what would become of each, and do nothing")] = False


class Waiting(Body):
    until: Annotated[date, Field(description="The last day of waiting; the task wakes by itself at its close of business")]
    waits_for: Literal["need_owner", "technology_owner", "provider", "authority", "other"]
    reason: SomeWords


class Handing(Body):
    person: Annotated[Id, Field(description="Who has the task next; must work its queue in this case")]
    note: Annotated[SomeWords, Field(description="What the next one must know; shown on the task and in their work")]


class Offering(Body):
    person: Annotated[Id | None, Field(description="Whom one has in mind; null offers it to everybody of the queue")] = None
    note: Annotated[SomeWords, Field(description="What the next one must know; shown on the task and in their work")]


class Ranking(Body):
    priority: Literal["high", "normal", "low"]
    reason: SomeWords


class AskingReview(Body):
    person: Annotated[Id, Field(description="Who looks at it; must work its queue in this case, and be somebody else")]
    data: Annotated[dict[str, Json], Field(description="The form as it is proposed, by the names that the task lists")] = {}


class AnsweringReview(Body):
    approve: Annotated[bool, Field(description="False asks for changes, which the note says")]
    note: Words | None = None


class NewItem(Body):
    words: Line


class Ticking(Body):
    done: Annotated[bool, Field(description="False takes the tick away")] = True


class Completing(Body):
    data: Annotated[dict[str, Json], Field(description="The form, by the names that the task lists")] = {}
    happened_on: date | None = None
    note: Annotated[Words | None, Field(description="Of a delegated step: what whoever delegated it should know")] = None
    sure: Knowingly = False


class NewMatch(Body):
    programme: Id
    need: Annotated[Line, Field(description="The need's id or external id")]
    technology: Annotated[Line, Field(description="The technology's id or external id")]
    source: Line = "entered"
    external_id: Line | None = None
    proposed_on: date | None = None
    proposed_by: Line | None = None
    score: Decimals | None = None
    rationale: Words | None = None


class NewMediation(Body):
    case: Annotated[Line, Field(description="The number of the case that it is about")]


class RightFields(Body):
    office: Line | None = None
    number: Line | None = None
    owner: Line | None = None
    in_force: bool | None = None
    expires_on: date | None = None
    fee_paid_to: date | None = None


class NewRight(RightFields):
    programme: Id
    technology: Id | None = None
    kind: Code
    checked_on: date | None = None


class CheckedRight(RightFields):
    checked_on: date


class ConfirmedField(Body):
    field: Code


class Owner(Body):
    organisation: Id


class NewProgramme(Body):
    code: Annotated[str, Field(pattern=r"^[A-Z0-9]{2,8}$")]
    name: Line
    name_zh: Line | None = None
    calendar: Literal["china", "monday_to_friday"] = "china"


class NewPhase(Body):
    name: Line
    name_zh: Line | None = None
    starts_on: date
    ends_on: date | None = None


class NewOrganisation(Body):
    name: Line
    name_zh: Line | None = None
    country: Country | None = None
    kind: Literal["company", "institution", "government", "association", "provider", "other"] = "company"
    services: Annotated[list[Code], Field(max_length=20)] = []
    register_number: Line | None = None
    language: Language = "en"


class NewPerson(Body):
    email: Annotated[str, Field(min_length=3, max_length=254, pattern=r"^[!-~]+@[!-~]+$")]
    name: Line
    name_zh: Line | None = None
    password: Annotated[str | None, Field(min_length=15, max_length=256)] = None
    language: Language = "en"


class NewMembership(Body):
    person: Id
    role: Code
    programme: Id | None = None
    organisation: Id | None = None
    deputy_for: Annotated[Id | None, Field(description="Acts in the role while that person is away")] = None
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None


class Leaving(Body):
    at_once: Annotated[bool, Field(description="Also while live cases are left for a supervisor to hand over")] = False
    sure: Knowingly = False


class Ending(Body):
    sure: Knowingly = False


class TakeOver(Body):
    leaver: Annotated[Id, Field(description="Who owns the case, or is on its team, and leaves")]
    successor: Annotated[Id | None, Field(description="The new owner; not asked for where the leaver is only on the team")] = None
    note: SomeWords


class NewAbsence(Body):
    scope: Annotated[Id, Field(description="The programme or organisation that the person is away from")]
    person: Annotated[Id | None, Field(description="Who is away; yourself unless told")] = None
    substitute: Id
    first_day: date
    last_day: Annotated[date, Field(description="Still away on this day")]
    sure: Knowingly = False


class NewAllocation(Body):
    scope: Annotated[Id, Field(description="The programme or organisation whose queue it is")]
    queue: Code
    strategy: Annotated[Code, Field(description=f"One of {', '.join(STRATEGIES)}; with none people take tasks themselves")]
    cap: Annotated[int | None, Field(description=f"Nobody who has so many open tasks gets another; 1 to {HIGHEST_CAP}")] = None


class NewToken(Body):
    name: Line
    scopes: Annotated[list[Literal["read", "write", "import", "admin"]], Field(min_length=1, max_length=4)]
    days: Annotated[int, Field(ge=1, le=366, description="Days until it expires")] = 90


class SigningIn(Body):
    email: Annotated[str, Field(min_length=1, max_length=254)]
    password: Annotated[str, Field(min_length=1, max_length=256)]


# --- answers ---------------------------------------------------------------------------------------------------------


class Problem(BaseModel):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str | None = None
    fields: Annotated[dict[str, str] | None, Field(description="Of 422: why, for each field")] = None
    reasons: Annotated[list[str] | None, Field(description="Of 409: every reason")] = None
    holder: Annotated[str | None, Field(description="Of 409: who has the task")] = None


class Named(Answer):
    id: str | None = None
    name: str | None = None


class FormField(Answer):
    """One question of a form: what its value must look like is told by its type."""

    name: str
    type: Annotated[
        str,
        Field(
            description="text, note, number, money, date, choice, many, yes_no, party, right, rights, person, people, provider, providers, panel, documents, tasks or items. "
            'Decimals travel as strings, days as YYYY-MM-DD, money as {"amount", "currency"}, items as [{"what", "by"}]; what names a thing is its id'
        ),
    ]
    required: bool
    fact: bool
    label: str
    help: str | None = None
    consequence: Annotated[str | None, Field(description="Of yes_no: what yes brings about")] = None
    choice_labels: Annotated[dict[str, str] | None, Field(description="The words of each choice")] = None
    choices: list[str] | None = None
    when: Annotated[list[Json] | None, Field(description="[other field, [values with which this one is asked]]")] = None
    prefill: Annotated[str | None, Field(description="Where the value known already comes from")] = None
    max: Annotated[
        int | str | None, Field(description="Of a text: the most characters; of a number: the highest value")
    ] = None
    min: str | None = None
    unit: str | None = None
    whole: Annotated[bool | None, Field(description="Of a number: no decimals")] = None
    past: Annotated[bool | None, Field(description="Of a day: today at the latest")] = None
    future: Annotated[bool | None, Field(description="Of a day: today at the earliest")] = None
    kinds: Annotated[list[str] | None, Field(description="Of documents: only those of these kinds")] = None
    valid: Annotated[bool | None, Field(description="Of documents: none that has expired")] = None
    must: Annotated[bool | None, Field(description="Of yes_no: the only answer that is accepted")] = None
    role: Annotated[str | None, Field(description="Of a person: the role that the person must have")] = None
    service: Annotated[
        str | None, Field(description="Of a provider: the service that it must offer; unless told, the referral's")
    ] = None


class Handed(Answer):
    how: Annotated[str, Field(description="assigned, delegated, forwarded, nominated, handed_back to be accepted, review_asked, approved or changes_asked")]
    round: Annotated[int | None, Field(description="Of a review: which round it is")] = None
    by: Named
    to: Named | None = None
    note: str | None = None
    why: Annotated[
        list[str] | None, Field(description=f"Where the queue's rule gave it to that person: {', '.join(REASONS)}")
    ] = None


class Wait(Answer):
    waits_for: Annotated[str, Field(alias="for")]
    until: str
    reason: str | None = None


class TaskOutcome(Answer):
    task: str
    done: bool
    why: Annotated[str | None, Field(description="What refuses it")]


class TaskOutcomes(Answer):
    items: list[TaskOutcome]
    done: int
    dry_run: bool


class Turn(Answer):
    at: Annotated[str, Field(description="Queues are worked in the order of this moment")]
    by: Annotated[Literal["due", "age"], Field(description="Whether the due date or the waiting gives it; priority moves it a week")]


class ListedItem(Answer):
    id: Annotated[str, Field(description="Its code in the edition, or the id of one that somebody added")]
    text: Annotated[str | None, Field(description="Null where the words of an added item were erased")] = None
    key: Annotated[str | None, Field(description="Of its words in the edition's texts; null for an added one")] = None
    required: Annotated[bool, Field(description="The task is finished only with it ticked")]
    done: bool
    by: Annotated[Named | None, Field(description="Who ticked, unticked or added it last")] = None
    at: str | None = None


class Task(Answer):
    id: str
    track: str
    name: str
    edition: Annotated[str, Field(description="Fingerprint of the edition that opened it")]
    rule: Annotated[str, Field(description="Its key in that edition")]
    may_work: Annotated[bool | None, Field(description="You may take it or finish it")] = None
    mark: Mark = None
    type: Literal["step", "side", "decision"]
    do: str
    queue: str
    organisation: Annotated[str | None, Field(description="Whose queue it is, where that is a provider's")] = None
    state: str
    holder: Named | None = None
    about: str | None = None
    opened_at: str
    due_at: str | None = None
    overdue: Annotated[bool, Field(description="Its day has passed, and its clock does not stand still")]
    flagged: Annotated[bool, Field(description="The last rung of its ladder has come: long overdue, and told to others")]
    aftercare: Annotated[bool, Field(description="May be open when the case closes")] = False
    form: Annotated[
        list[FormField] | None, Field(description="Null for a step, which is finished by firing a transition")
    ] = None
    result: dict[str, Json] = {}
    case: Annotated[dict[str, Json] | None, Field(description="Its number and title, in a list")] = None
    priority: Literal["high", "normal", "low"] = "normal"
    turn: Annotated[Turn | None, Field(description="Its place in its queue, and why")] = None
    initiator: Annotated[Named | None, Field(description="Who asked for it, where the workflow lets people ask")] = None
    handed: Annotated[Handed | None, Field(description="How it came to whom it is with")] = None
    wait: Annotated[Wait | None, Field(description="For whom it waits and until when, while it is suspended by a person")] = None
    operations: Annotated[
        list[str] | None, Field(description="What you may do to it as it stands: names of its operations; of one task alone")
    ] = None
    checklist: Annotated[list[ListedItem] | None, Field(description="What is to be ticked off; of one task alone")] = None


class Track(Answer):
    id: str
    workflow: str
    kind: str
    visited: Annotated[list[str], Field(description="Steps in which it has been, in their order")] = []
    edition: str
    edition_number: int | str | None = None
    revision: Annotated[int, Field(description="What If-Match names for this track's transitions")]
    states: list[str]
    labels: Annotated[list[str] | None, Field(description="The same for people to read")] = None
    step: str | None = None
    parent: str | None = None
    provider: Named | None = None
    entered_at: str | None = None
    ended: str | None = None
    replaced: Annotated[bool, Field(description="It no longer counts: another one has taken its place")] = False
    given: Annotated[dict[str, Json], Field(description="What was asked of a provider, and shared with it")] = {}


class Action(Answer):
    track: str
    transition: str
    label: str
    kind: Annotated[str | None, Field(description="main, return or exception")] = None
    by: Annotated[list[str], Field(description="Roles")] = []
    confirm_by: Annotated[list[str], Field(description="Roles of the second person; the first one proposes")] = []
    yours: Annotated[bool, Field(description="Your role does this, now or later")] = False
    allowed: Annotated[bool, Field(description="As far as can be told without the filled form")]
    why_not: list[str]
    form: list[FormField]
    prefill: Annotated[dict[str, Json], Field(description="Values known already, by the form's names")] = {}
    proposed: Annotated[bool, Field(description="Waits for a second person, who fires it without a form")] = False


class Offer(Answer):
    track: str
    task: str
    rule: Annotated[str, Field(description="Its key in the edition")]
    label: str
    about: str | None = None
    why_not: list[str] = []


class Consent(Answer):
    id: str
    party: str
    providers: Annotated[list[str] | None, Field(description="Null: all")] = None
    documents: Annotated[list[str] | None, Field(description="Null: all of the party")] = None
    given_on: str
    expires_on: str | None = None
    ended_at: str | None = None
    how: str | None = None


class Document(Answer):
    id: str
    title: Annotated[str | None, Field(description="Null where it was erased")] = None
    party: str | None = None
    kind: str
    valid_until: str | None = None


class CaseShown(Answer):
    """A case as far as the asker sees it: an observer its outline, a provider its own tracks."""

    number: str | None = None
    title: str | None = None
    programme: str | None = None
    id: str | None = None
    state: str | None = None
    step: str | None = None
    outcome: str | None = None
    reasons: list[str] | None = None
    opened_at: str | None = None
    closed_at: str | None = None
    revision: Annotated[int | None, Field(description="What If-Match names for deeds on the case itself")] = None
    owner: Named | None = None
    team: list[Named] | None = None
    parties: Annotated[dict[str, str | None] | None, Field(description="Names, of those that are known")] = None
    match: str | None = None
    need: str | None = None
    technology: str | None = None
    phase: str | None = None
    edition: Annotated[str | None, Field(description="Fingerprint of the main track's edition")] = None
    seq: Annotated[int | None, Field(description="Of the last event, for who reads the whole history")] = None
    deeds: Annotated[list[str] | None, Field(description="What you may do with the case itself")] = None
    interest: Annotated[bool | None, Field(description="You have declared an interest")] = None
    rights: Annotated[list[str] | None, Field(description="Ids of the IP rights that it is about")] = None
    consents: list[Consent] | None = None
    documents: list[Document] | None = None
    grants: Annotated[list[dict[str, Json]] | None, Field(description="Which document which track may see")] = None
    next_action: dict[str, Json] | None = None
    waits_for: list[dict[str, Json]] | None = None
    hold: dict[str, Json] | None = None
    frozen: Annotated[bool | None, Field(description="Nothing goes out while a stop is being decided")] = None
    proposals: Annotated[list[dict[str, Json]] | None, Field(description="What waits for a second person")] = None
    tracks: list[Track] | None = None
    tasks: list[Task] | None = None
    actions: list[Action] | None = None
    requests: Annotated[list[Offer] | None, Field(description="Tasks that may be added now")] = None


class CaseRow(Answer):
    number: str
    title: str | None = None
    state: str | None = None
    outcome: str | None = None
    programme: str | None = None
    owner: Named | None = None
    opened_at: str | None = None
    closed_at: str | None = None
    mark: Mark = None


class CasePage(Answer):
    items: list[CaseRow]
    next: str | None = None


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
    data: Annotated[dict[str, Json], Field(description="What the form said that rules read")] = {}
    body: Annotated[dict[str, Json], Field(description="What else the form said")]
    erased: Annotated[list[str], Field(description="Fields of the body that have been erased")] = []
    documents: Annotated[list[dict[str, str]], Field(description="Of what kind the documents are that it is about")] = []
    version: Annotated[int | None, Field(description="Which version of a document it filed")] = None
    effects: dict[str, Json] | None = None
    edition: Annotated[str | None, Field(description="Its fingerprint")] = None
    because: Annotated[int | None, Field(description="seq of the event that brought it about")] = None
    seq: Annotated[int | None, Field(description="Of the whole log: for those who may read it whole")] = None
    hash: str | None = None
    prev: Annotated[str | None, Field(description="hash of the event before")] = None


class EventPage(Answer):
    items: list[Event]
    next: str | None = None


class TaskPage(Answer):
    items: list[Task]
    next: str | None = None


class AgendaDay(Answer):
    day: date
    kind: Annotated[str, Field(description="working, make_up, weekend or holiday")]
    name: Annotated[dict[str, str], Field(description="Of a holiday or a day of make-up work, by language")]
    due: Annotated[int, Field(description="How many tasks are due on it")]


class AgendaTask(Task):
    day: Annotated[date, Field(description="On which it is due where the programme is")]


class Agenda(Answer):
    whose: str
    zone: Annotated[str, Field(description="In which days begin and end")]
    today: date
    days: list[AgendaDay]
    items: list[AgendaTask]
    more: Annotated[bool, Field(description="Whether there are more tasks than the limit")]


class ReferralShown(Track):
    case: str | None = None
    title: str | None = None
    parties: dict[str, str | None] = {}
    service: list[Track]


class AskedBefore(Answer):
    referral: str
    provider: str | None = None
    outcome: str | None = None
    edition: str
    reason: Annotated[str | None, Field(description="The code of the reason given for declining")] = None
    why: Annotated[str | None, Field(description="The same in words")] = None


class ClockCause(Answer):
    kind: str
    transition: str | None
    edition: str | None


class SideShown(Answer):
    """One side of a referral: what it must do first, and how much time it was charged with since the offer."""

    running: Annotated[bool, Field(description="It is this side's turn: time is charged to it now")]
    minutes: Annotated[int, Field(description="All the time since the offer that was charged to it")]
    working_minutes: Annotated[int, Field(description="Of these the minutes of working time")]
    task: Annotated[str | None, Field(description="What it must do first")]
    due_at: AwareDatetime | None
    late: bool
    unit: Annotated[str | None, Field(description="wd, working days, or cd, calendar days")]
    used_days: int | None
    given_days: int | None


class TurnShown(Answer):
    side: Annotated[str, Field(description="provider or office")]
    from_: Annotated[AwareDatetime, Field(alias="from")]
    until: Annotated[AwareDatetime | None, Field(description="Null while it goes on")]
    minutes: int
    working_minutes: int
    because: Annotated[ClockCause | None, Field(description="The deed that began it, where you may see it")]


class Sides(Answer):
    """Every minute between the offer and the end of a referral is charged to exactly one side."""

    offered_at: AwareDatetime | None
    provider: SideShown
    office: SideShown
    turns: list[TurnShown]


class ReferralWhole(ReferralShown):
    sides: Sides
    question: str | None = None
    asked_before: Annotated[list[AskedBefore], Field(description="Whom the panel asked before; empty for providers")] = []
    asked_next: Annotated[list[str | None], Field(description="Whom the panel asks next; empty for providers")] = []
    documents: Annotated[list[str | None], Field(description="Titles of what was shared")] = []
    granted: Annotated[list[dict[str, Json]], Field(description="Ids and titles of what may be seen")]
    tasks: list[Task]
    actions: list[Action]


class ReferralPage(Answer):
    items: list[ReferralShown]
    next: str | None = None


class Side(Answer):
    id: str
    title: str | None = None
    values: Annotated[int | None, Field(description="How many values were imported")] = None
    confirmed: Annotated[int | None, Field(description="How many of them a person has confirmed")] = None


class MatchShown(Answer):
    id: str
    programme: str
    source: str
    external_id: str
    need: Side
    technology: Side
    proposed_on: str | None = None
    proposed_by: str | None = None
    score: str | None = None
    rationale: str | None = None
    created_at: str | None = None
    case: Annotated[str | None, Field(description="The number of its case")] = None


class MatchPage(Answer):
    items: list[MatchShown]
    next: str | None = None


class Record(Answer):
    """A need, a technology or a right, field by field."""

    id: str
    programme: str


class RecordPage(Answer):
    items: list[Record]
    next: str | None = None


class Opened(Answer):
    number: str
    id: str
    state: str
    track: str


class Fired(Answer):
    track: str
    revision: int
    states: list[str]
    ended: str | None = None


class CaseDone(Answer):
    number: str | None = None
    revision: int


class ClockRule(Answer):
    n: Annotated[int | None, Field(description="So many days")] = None
    unit: Annotated[str, Field(description="wd, working days, or cd, calendar days")]
    day: Annotated[date | None, Field(description="From this day, which a form named; else from where the clock began")] = None


class ClockInterval(Answer):
    from_: Annotated[AwareDatetime, Field(alias="from")]
    until: AwareDatetime
    minutes: int
    kind: Annotated[str, Field(description="working, make_up, outside, weekend, holiday, paused, waiting or every_day")]
    counted: bool
    name: Annotated[dict[str, str] | None, Field(description="Of a holiday, by language")]
    because: Annotated[ClockCause | None, Field(description="The deed that stopped the clock, where you may see it")]


class ClockSummary(Answer):
    id: str
    track: str
    task: str | None
    state: Annotated[str, Field(description="running, paused or stopped")]
    what: Annotated[str, Field(description="due, expire, or fire:TRANSITION")]
    unit: str
    due_at: Annotated[AwareDatetime | None, Field(description="Null while the clock stands still")]
    rule: ClockRule
    used_days: Annotated[int, Field(description="So many days are used by now: working days, or days, by the unit")]
    given_days: Annotated[int, Field(description="So many it was given")]
    zone: Annotated[str, Field(description="Where its calendar holds")]
    calendars: Annotated[list[str], Field(description="Digests of the versions of the calendar that it was counted with")]
    counted_minutes: int
    other_minutes: int


class Clock(ClockSummary):
    intervals: Annotated[list[ClockInterval], Field(description="They follow each other without a gap and end at due_at")]


class ClockPage(Answer):
    items: list[ClockSummary]


class Excluded(Answer):
    id: str
    name: str
    why: Literal["did", "interested", "away"]
    did: Annotated[str, Field(description="Of four eyes: the key of what the person did, in the deed's edition")]


class DeedLeft(Answer):
    edition: str
    key: str


class Obstacle(Answer):
    words: str
    main: Annotated[bool, Field(description="Whether it is the case itself that cannot be finished")]
    hand_over: Annotated[bool, Field(description="Whether another officer could, if the case were handed over")]
    deeds: list[DeedLeft]
    people: list[Excluded]


class Prospect(Answer):
    possible: bool
    survives: Annotated[int | None, Field(description="So many of the office may be away, whoever they are; at most 2 are counted")]
    needed: Annotated[list[Named], Field(description="Without each of these it cannot be finished")]
    obstacles: list[Obstacle]


class DocumentMade(Answer):
    id: str
    revision: int


class TaskPerson(Answer):
    id: str
    name: str
    holds: Annotated[int, Field(description="How many tasks of the case the person holds")]


class TaskPeople(Answer):
    items: list[TaskPerson]


class DeliveryMade(Answer):
    id: str


class DocumentVersion(Answer):
    version: int
    name: Annotated[str | None, Field(description="Null once erased")] = None
    type: Annotated[str, Field(description="What its content was found to be, such as pdf")]
    size: int
    sha256: Annotated[str | None, Field(description="Null once erased")] = None
    filed_at: str
    filed_by: Annotated[str | None, Field(description="Null for a person of the other side")] = None
    scan: Annotated[Literal["pending", "clean", "blocked"] | None, Field(description="Null where no scanner looked at it")] = None
    kept: Annotated[bool, Field(description="Whether its bytes are still there")]


class DocumentShare(Answer):
    id: str
    provider: str | None = None
    referral: str
    given_at: str
    ended_at: str | None = None
    returned_at: Annotated[str | None, Field(description="When the provider said that its copies are back or destroyed")] = None


class DocumentTold(Answer):
    id: str
    title: str | None = None
    kind: str
    party: str | None = None
    language: str | None = None
    valid_until: str | None = None
    registered_at: str
    withdrawn_at: str | None = None
    referral: Annotated[str | None, Field(description="With which it was handed in, by a provider")] = None
    provider: str | None = None
    may_change: Annotated[bool, Field(description="Whether you may file a version or withdraw it")]
    versions: Annotated[list[DocumentVersion], Field(description="The newest first")]
    shared: Annotated[list[DocumentShare], Field(description="Which providers see or saw it; for those who read the whole case")] = []


class DocumentPage(Answer):
    items: list[DocumentTold]
    next: str | None = None


class Given(Answer):
    id: str
    document: str
    title: str | None = None
    given_at: str
    ended_at: str | None = None
    returned_at: str | None = None


class PackagePage(DocumentPage):
    package: Annotated[list[Given], Field(description="Everything that the referral was ever given")] = []


class Taking(Answer):
    at: str
    person: str
    version: Annotated[int | None, Field(description="Null where the whole file of the case was taken out")] = None


class DocumentShown(DocumentTold):
    taken_out: Annotated[list[Taking], Field(description="By whom, the last first; for those who read the whole case")] = []


class VersionQuery(Query):
    name: Annotated[str, Field(min_length=1, max_length=300, description="The name of the file, with its ending")]


class VersionFiled(Answer):
    id: str
    file: str
    version: int


class DocumentWithdrawn(Answer):
    id: str
    withdrawn_at: str | None = None


class GrantEnded(Answer):
    id: str
    ended_at: str | None = None


class PapersReturned(Answer):
    id: str
    how: str
    documents: Annotated[int, Field(description="How many")]


class Bytes(Answer):
    """A file; no JSON."""


class TaskDone(Answer):
    id: str
    state: str
    holder: str | None = None


class TasksMade(Answer):
    tasks: list[str]


class Made(Answer):
    id: str
    code: str | None = None
    membership: Annotated[str | None, Field(description="The role that came with it")] = None
    field: str | None = None
    provenance: dict[str, Json] | None = None
    confirmed: bool | None = None
    ended: bool | None = None
    active: bool | None = None


class MediationMade(Answer):
    id: str
    track: str
    revision: int


class Outline(Answer):
    number: str
    title: str | None = None
    parties: dict[str, str | None]


class MediationRow(Answer):
    id: str
    title: str | None = None
    parties: dict[str, str | None]
    edition: str
    states: list[str]
    opened_at: str
    ended: str | None = None
    due_at: Annotated[str | None, Field(description="When the first of its open tasks is due")] = None


class MediationPage(Answer):
    items: list[MediationRow]
    next: str | None = None


class Programme(Answer):
    id: str
    code: str
    name: str
    name_zh: str | None = None
    phases: list[dict[str, Json]]


class ProgrammePage(Answer):
    items: list[Programme]
    next: str | None = None


class Organisation(Answer):
    id: str
    name: str
    name_zh: str | None = None
    country: str | None = None
    kind: str
    services: Annotated[list[str], Field(description="Kinds of referrals that it takes")]
    register_number: str | None = None
    language: str | None = None


class OrganisationPage(Answer):
    items: list[Organisation]
    next: str | None = None


class Membership(Answer):
    id: str
    role: str
    programme: str | None = None
    organisation: str | None = None
    deputy_for: str | None = None
    starts_at: str | None = None
    ends_at: str | None = None


class Person(Answer):
    id: str
    name: str
    name_zh: str | None = None
    email: Annotated[str | None, Field(description="For administrators")] = None
    active: bool | None = None
    memberships: list[Membership]


class PersonPage(Answer):
    items: list[Person]
    next: str | None = None


class LeaverCase(Answer):
    number: str
    title: str | None
    state: str
    owned: Annotated[bool, Field(description="Or only on the team")]
    held: Annotated[int, Field(description="Tasks that the person holds in it")]
    programme: Named
    due_at: str | None
    successors: Annotated[list[Named], Field(description="Officers who could own it, those with the fewest cases first")]


class Leaver(Answer):
    id: str
    name: str
    active: bool
    count: Annotated[int, Field(description="Of live cases; of these the first 100 are listed")]
    tasks: int
    proposals: int
    stands_in: Annotated[int, Field(description="Absences in which the person is the substitute")]
    deputies: int
    roles: int
    cases: list[LeaverCase]


class Absence(Answer):
    id: str
    person: Named
    substitute: Named
    scope: Annotated[Named, Field(description="The programme or organisation")]
    starts_at: str
    ends_at: str
    begun: bool
    may_end: Annotated[bool, Field(description="Whether you may end it")]


class Allocation(Answer):
    scope: Annotated[Named, Field(description="The programme or organisation")]
    queue: str
    strategy: Annotated[str, Field(description=f"One of {', '.join(STRATEGIES)}")]
    cap: Annotated[int | None, Field(description="Nobody who has so many open tasks gets another")] = None


class AllocationPage(Answer):
    items: list[Allocation]
    next: str | None = None


class AbsencePage(Answer):
    items: list[Absence]
    next: str | None = None


class Workflow(Answer):
    name: str
    title: str
    fingerprint: Annotated[str, Field(description="Of the newest edition")]
    editions: list[dict[str, Json]]


class WorkflowPage(Answer):
    items: list[Workflow]
    next: str | None = None


class Edition(Answer):
    fingerprint: str
    rules: dict[str, Json]
    texts: dict[str, str]


class Role(Answer):
    role: str
    programme: str | None = None
    organisation: str | None = None
    deputy_for: str | None = None
    ends_at: str | None = None


class Me(Answer):
    id: str
    name: str
    language: str | None = None
    roles: list[Role]
    scopes: list[str]


class Token(Answer):
    id: str
    name: str
    scopes: list[str]
    created_at: str | None = None
    expires_at: str | None = None
    revoked_at: str | None = None
    used_at: Annotated[str | None, Field(description="The last use, to within five minutes")] = None
    token: Annotated[str | None, Field(description="The secret: in the first answer only")] = None


class TokenPage(Answer):
    items: list[Token]
    next: str | None = None


class Session(Answer):
    id: str
    person: str | None = None
    created_at: str | None = None
    seen_at: str | None = None
    expires_at: str
    about: Annotated[dict[str, Json] | None, Field(description="Browser and address, as they said")] = None
    token: Annotated[str | None, Field(description="The secret: in the first answer only")] = None


class SessionPage(Answer):
    items: list[Session]
    next: str | None = None


def given(model: BaseModel, *without: str) -> dict[str, Json]:
    """The fields of a request that were given, ids as text."""
    values = {name: getattr(model, name) for name in type(model).model_fields if name not in without}
    return {name: _plain(value) for name, value in values.items() if value is not None}


def _plain(value: Json) -> Json:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value


def text_of(value: UUID | date | datetime | None) -> str | None:
    """An id or a day as text."""
    if value is None:
        return None
    return str(value) if isinstance(value, UUID) else value.isoformat()


# --- auditors --------------------------------------------------------------------------------------------------------

FindingText = Annotated[str, Field(min_length=1, max_length=4000), AfterValidator(_some_words)]
FindingState = Literal["open", "answered", "closed"]


class FindingQuery(Paged):
    state: FindingState | None = None


class NewFinding(Body):
    event: Annotated[int, Field(ge=1, le=2**53, description="seq of the event that it is about")]
    words: FindingText


class FindingWords(Body):
    words: FindingText


class FindingDone(Answer):
    id: str
    state: FindingState
    revision: int


class Finding(Answer):
    id: str
    number: Annotated[str, Field(description="Of the case")]
    title: str | None
    event: Annotated[int, Field(description="seq of the event that it is about")]
    state: FindingState
    words: Annotated[str | None, Field(description="Null once erased")]
    answer: Annotated[str | None, Field(description="The last one")]
    raised_by: Named
    raised_at: str
    answered_by: Named | None
    answered_at: str | None
    closed_by: Named | None
    closed_at: str | None
    revision: int


class FindingPage(Answer):
    items: list[Finding]
    next: str | None = None


class FindingDeed(Answer):
    at: str
    kind: Annotated[str, Field(description="raised, answered, asked_again or closed")]
    role: str | None
    words: str | None
    actor: Named


class FindingMay(Answer):
    answer: bool
    close: bool


class FindingShown(Finding):
    deeds: list[FindingDeed]
    may: Annotated[FindingMay, Field(description="What you may do now")]


class VerdictFault(Answer):
    kind: str
    sentence: str
    event: Annotated[int | None, Field(description="seq of the event, where it is about one")]
    table: str | None
    row: str | None
    column: str | None


class Verdict(Answer):
    number: str
    verified_at: str
    events: int
    whole: Annotated[bool, Field(description="The chain holds, and the rows are what the events add up to")]
    allowed: Annotated[bool, Field(description="Every event was allowed when it was recorded")]
    faults: list[VerdictFault]


# --- messages --------------------------------------------------------------------------------------------------------

Audience = Annotated[
    Literal["internal", "shared"],
    Field(description="Who will read it, said once more: internal notes are for the office alone, shared messages for the referral's provider too"),
]
Sure = Annotated[bool, Field(description="Send it although it does not look as if it were meant for its readers")]


class NewMessage(Body):
    audience: Audience
    words: SomeWords
    mentions: Annotated[list[Id], Field(max_length=20, description="People who may read it and are told of it")] = []
    sure: Knowingly = False


class Correction(Body):
    audience: Audience
    words: Annotated[SomeWords | None, Field(description="Null takes the message back; what it said stays in the history")]
    sure: Knowingly = False


class MessageMade(Answer):
    id: str
    audience: Literal["internal", "shared"]
    at: str


class MessageVersion(Answer):
    at: str
    what: Annotated[str, Field(description="written, corrected or taken_back")]
    words: Annotated[str | None, Field(description="Null once erased")]
    erased: bool


class Message(Answer):
    id: str
    at: str
    author: Annotated[Named, Field(description="On the other side of a referral the role, without an id")]
    acting_for: Named | None = None
    role: str | None = None
    words: Annotated[str | None, Field(description="Null once erased or taken back")]
    erased: bool
    corrected_at: str | None = None
    taken_back: bool
    earlier: Annotated[list[MessageVersion], Field(description="What it said before, the oldest first")] = []
    mentions: list[Named] = []
    may_correct: bool


class MessagePage(Answer):
    items: list[Message]
    next: str | None = None


class MentionQuery(Paged):
    unread: Annotated[Literal["yes"] | None, Field(description="Only those that you have not opened")] = None


class Mention(Answer):
    id: str
    message: str
    audience: Literal["internal", "shared"]
    number: Annotated[str | None, Field(description="Of the case; null in a sealed mediation")] = None
    title: str | None = None
    referral: str | None = None
    mediation: str | None = None
    service: str | None = None
    at: str
    read_at: str | None = None


class MentionPage(Answer):
    items: list[Mention]
    next: str | None = None


class MentionRead(Answer):
    id: str
    read_at: str


# --- the house rule --------------------------------------------------------------------------------------------------


class BreachedTask(Answer):
    id: str
    name: str
    type: str


class Breach(Answer):
    kind: Annotated[str, Field(description="What is wrong, as a code: no_owner, nobody_may, no_clock and so on")]
    task: BreachedTask | None


class BreachingCase(Answer):
    number: str
    title: str | None
    owner: str | None
    breaches: list[Breach]


class HouseRuleDay(Answer):
    day: str
    at: str
    live: Annotated[int, Field(description="Cases that were not closed")]
    broken: Annotated[int, Field(description="Of these the ones that broke the rule")]


class HouseRule(Answer):
    at: str
    count: Annotated[int, Field(description="Cases that break the rule; `items` names the first of them")]
    items: list[BreachingCase]
    days: Annotated[list[HouseRuleDay], Field(description="What the nightly check found, the newest day first")]


# --- webhooks --------------------------------------------------------------------------------------------------------


class NewWebhook(Body):
    organisation: Annotated[Id, Field(description="One that you lead")]
    url: Annotated[str, Field(min_length=1, max_length=500, description="https, of a public host, without a user name")]


class WebhookMade(Answer):
    id: str
    url: str | None = None
    secret: Annotated[str | None, Field(description="The secret: in the first answer only")] = None


class Webhook(Answer):
    id: str
    organisation: Named
    url: str
    made_at: str
    ended_at: str | None
    both_until: Annotated[str | None, Field(description="Until then the secret before signs too")]
    waiting: Annotated[int, Field(description="Messages that are still to be delivered")]
    failed: Annotated[int, Field(description="Messages that were given up")]


class WebhookPage(Answer):
    items: list[Webhook]
    next: str | None = None


class WebhookTry(Answer):
    at: str
    what: str


class WebhookMessage(Answer):
    id: Annotated[str, Field(description="Sent as webhook-id, with msg_ before it")]
    type: Annotated[str, Field(description="Workflow and transition: referral.send")]
    state: Literal["queued", "delivered", "failed", "cancelled"]
    made_at: str
    send_at: str | None
    tries: list[WebhookTry]


class WebhookMessagePage(Answer):
    items: list[WebhookMessage]
    next: str | None = None


# --- what happens by itself ------------------------------------------------------------------------------------------


class FailingJob(Answer):
    id: str
    task: str
    tries: int
    running: bool
    next_at: Annotated[str | None, Field(description="Null: at once")]


class LateWork(Answer):
    kind: Annotated[str, Field(description="untold, unsent, failing or overdue_job")]
    count: int
    since: str | None


class Jobs(Answer):
    at: str
    workers: Annotated[int, Field(description="That were heard of in the last seconds")]
    heard_at: str | None
    waiting: int
    running: int
    failing: Annotated[int, Field(description="To be tried again; `jobs` names the first of them")]
    stalled: Annotated[int, Field(description="Running in a worker that is dead; another one takes them up")]
    jobs: list[FailingJob]
    late: list[LateWork]


class MailQuery(Paged):
    state: Literal["queued", "sent", "failed", "cancelled"] | None = None


class MailTry(Answer):
    at: str
    what: str


class Mail(Answer):
    id: str
    kind: Annotated[str | None, Field(description="Null: of a sealed mediation")]
    state: Literal["queued", "sent", "failed", "cancelled"]
    name: str
    email: str
    made_at: str
    send_at: str
    ended_at: str | None
    tries: list[MailTry]


class MailPage(Answer):
    items: list[Mail]
    next: str | None = None
