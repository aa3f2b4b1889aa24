"""The schemas of cases."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from casework.api.protocol.case_schemas import CaseWait
from casework.api.protocol.fields import (
    Answer,
    Body,
    Code,
    Day,
    Id,
    Instant,
    Knowingly,
    Language,
    Line,
    Mark,
    Moment,
    Paged,
    Query,
    Said,
    SomeWords,
)
from casework.api.protocol.schemas import ClockSummary, Named, NamedInBoth, Refusal
from casework.json_values import JsonObject


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
        Literal["us", "provider", "outside", "hold"] | None,
        Field(description="Outside: an authority, a register or a party; hold: an event or a day"),
    ] = None
    overdue: Annotated[
        Literal["yes"] | None, Field(description="Only those that are late with something, on either side")
    ] = None
    open: Annotated[Literal["yes", "no"] | None, Field(description="Only those that are open, or closed")] = None
    followed: Annotated[Literal["yes"] | None, Field(description="Only those that you follow")] = None
    sort: Annotated[Literal["newest", "oldest", "number", "due"], Field(description="Due: what is due first")] = (
        "newest"
    )


class AsOf(Query):
    as_of: Annotated[
        Instant | None,
        Field(
            description="An instant with its zone: the case as it stood then, by its log; for auditors, compliance reviewers and"
            " managers of its programme. 404 before it was opened, 422 in the future"
        ),
    ] = None


class EventQuery(AsOf, Paged):
    pass


class RoleThen(Answer):
    role: str
    organisation: Annotated[
        Named | None, Field(description="Of a role at a provider; null: in the case's programme")
    ] = None
    deputy_for: Named | None = None
    since: Moment


class SeenTask(Answer):
    id: str
    name: str
    track: str


class SeenDocument(Answer):
    id: str
    kind: str
    title: Annotated[str | None, Field(description="Null once erased")] = None


class PastSight(Answer):
    as_of: Moment
    who: Named
    level: Annotated[
        Literal["nothing", "outline", "referrals", "all"],
        Field(description="Outline: number, title, step and outcome; referrals: those of the own organisation"),
    ]
    roles: Annotated[list[RoleThen], Field(description="Of a person, at that instant; none of a provider")]
    tracks: Annotated[list[str], Field(description="Ids of the tracks that were shown")]
    tasks: Annotated[list[SeenTask], Field(description="Open tasks that were shown")]
    documents: Annotated[list[SeenDocument], Field(description="Whose files could be taken out")]


class HandingOver(Body):
    owner: Id
    team: Annotated[list[Id], Field(max_length=20)] = []
    note: SomeWords
    sure: Knowingly = False


class RightsOfCase(Body):
    rights: Annotated[list[Id], Field(min_length=1, max_length=50)]
    reason: SomeWords


class MoveQuery(Query):
    to: Annotated[Code | None, Field(description="The state of which to tell what a move there would bring about")] = (
        None
    )


class MovePlace(Answer):
    state: str
    against: Annotated[list[Said], Field(description="What speaks against a move there; empty: it may be moved")]


class MoveForeseen(Answer):
    """What a move brings about by itself."""

    to: str
    ends: Annotated[list[str], Field(description="Tasks, by the keys of their words in the edition")]
    begins: Annotated[list[str], Field(description="The same")]
    lapses: Annotated[list[str], Field(description="What was proposed and waits no more")]
    opens: Annotated[list[str], Field(description="Tracks that begin beside")]


class WaitingMove(Answer):
    asked: Annotated[int, Field(description="The event that tells of it; a decision names it")]
    to: str
    by: Named
    at: str
    reason: Annotated[str | None, Field(description="Null once erased")] = None
    own: Annotated[bool, Field(description="You asked for it: you take it back, and do not agree to it")]
    against: list[Said]


class CaseMoves(Answer):
    number: str
    title: str | None = None
    edition: Annotated[str, Field(description="Fingerprint of the main track's edition")]
    states: list[str]
    revision: Annotated[int, Field(description="Of the main track, which a proposal names")]
    asks: Annotated[bool, Field(description="You may propose a move")]
    waiting: WaitingMove | None = None
    places: list[MovePlace]
    foreseen: MoveForeseen | None = None


class NewMove(Body):
    to: Code
    reason: SomeWords


class MoveDecision(Body):
    asked: Annotated[int, Field(ge=1, description="The event by which it was proposed")]
    agree: bool
    note: SomeWords | None = None


class MoveDone(Answer):
    number: str | None = None
    revision: Annotated[int, Field(description="Of the main track")]
    states: list[str]
    event: int


class NewDocument(Body):
    title: Line
    kind: Line
    party: Annotated[
        Literal["need_owner", "technology_owner"] | None,
        Field(description="Whose paper it is, or whom it is about; null: both, unless it is `own`"),
    ] = None
    own: Annotated[
        bool, Field(description="The office's own, with nothing of a party in it: sharing it needs no consent")
    ] = False
    language: Language | None = None
    valid_until: Day | None = None


class Interest(Body):
    nature: SomeWords
    sure: Knowingly = False


class TakeOver(Body):
    leaver: Annotated[Id, Field(description="Who owns the case, or is on its team, and leaves")]
    successor: Annotated[
        Id | None, Field(description="The new owner; not asked for where the leaver is only on the team")
    ] = None
    note: SomeWords


class Money(Answer):
    amount: Annotated[str, Field(description="A decimal")]
    currency: str


class Contract(Answer):
    track: str
    signed_on: str | None = None
    at: Annotated[str, Field(description="The moment at which it was recorded")]
    kind: str | None = None
    form: str | None = None
    contribution: Annotated[str | None, Field(description="What goes into a joint venture")] = None
    contract_value: Money | None = None
    technology_value: Annotated[Money | None, Field(description="What of it is paid for technology")] = None
    none: Annotated[
        tuple[str, str] | None, Field(description="Why there is no value: the field that was asked, and the code")
    ] = None
    fields: Annotated[dict[str, str], Field(description="The fields by which the rest was asked")]


class ContractSum(Answer):
    year: Annotated[int | None, Field(description="Of signing; of an imported project, of its end")] = None
    kind: str | None = None
    field: Annotated[str | None, Field(description="By which the kind was asked")] = None
    currency: str
    agreements: int
    contract_value: Annotated[str, Field(description="A decimal")]
    technology_value: Annotated[
        str | None, Field(description="A decimal; null where it is not known, as of imported projects")
    ]


class UnvaluedContract(Answer):
    number: str
    title: str | None = None
    price: Contract


class KindApart(Answer):
    kind: str
    field: Annotated[str, Field(description="By which the kind was asked")]
    agreements: Annotated[int, Field(description="In effect")]
    without_value: Annotated[int, Field(description="In effect, and say no value")]
    sums: Annotated[list[ContractSum], Field(description="Of those in effect, by currency")]
    ended: int


class ContractSums(Answer):
    in_effect: Annotated[int, Field(description="Technology contracts that are in effect")]
    totals: Annotated[list[ContractSum], Field(description="By currency; two are never added")]
    years: Annotated[list[ContractSum], Field(description="By year of signing")]
    kinds: Annotated[list[ContractSum], Field(description="By kind of agreement")]
    without_value: Annotated[int, Field(description="Technology contracts in effect that say no value")]
    unvalued: Annotated[list[UnvaluedContract], Field(description="The first of these")]
    ended: Annotated[list[ContractSum], Field(description="What has ended: in no other sum")]
    ended_without_value: int
    apart: Annotated[
        list[KindApart],
        Field(description="What is no technology contract, such as purchases and letters: in no other sum"),
    ]
    imported: Annotated[list[ContractSum], Field(description="Projects that were imported as closed: in no other sum")]
    imported_without_value: int


class ContractQuery(Query):
    programme: Annotated[Id | None, Field(description="Only its cases")] = None


class CaseRow(Answer):
    number: str
    title: str | None = None
    state: str | None = None
    step: Annotated[str | None, Field(description="The step that people read its state as")] = None
    edition: Annotated[str | None, Field(description="Fingerprint of the main track's edition")] = None
    outcome: str | None = None
    programme: str | None = None
    owner: Named | None = None
    opened_at: str | None = None
    closed_at: str | None = None
    phase: NamedInBoth | None = None
    due_at: Annotated[str | None, Field(description="When what the office must do first is due")] = None
    hold: Annotated[JsonObject | None, Field(description="Why it is on hold, for whom and until when")] = None
    waits_for: list[CaseWait] | None = None
    our_turn: Annotated[
        bool | None, Field(description="Something is asked of the office, whoever else is waited for beside that")
    ] = None
    overdue: Annotated[
        bool | None, Field(description="Something that the case waits for is late, on whichever side")
    ] = None
    moved: Annotated[bool | None, Field(description="Two persons moved it past steps")] = None
    contracts: Annotated[
        list[Contract] | None, Field(description="The prices of its agreements that are in effect")
    ] = None
    mark: Mark = None


class CasePage(Answer):
    items: list[CaseRow]
    next: str | None = None


class CaseDone(Answer):
    number: str | None = None
    revision: int


class ClockPage(Answer):
    items: list[ClockSummary]


class Excluded(Answer):
    id: str
    name: str
    why: Literal["did", "interested", "away"]
    did: Annotated[str, Field(description="Of four eyes: the key of what the person did, in the action's edition")]


class ActionLeft(Answer):
    edition: str
    key: str


class Obstacle(Answer):
    words: str
    main: Annotated[bool, Field(description="Whether it is the case itself that cannot be finished")]
    hand_over: Annotated[bool, Field(description="Whether another officer could, if the case were handed over")]
    actions: list[ActionLeft]
    people: list[Excluded]


class Prospect(Answer):
    possible: bool
    survives: Annotated[
        int | None, Field(description="So many of the office may be away, whoever they are; at most 2 are counted")
    ]
    needed: Annotated[list[Named], Field(description="Without each of these it cannot be finished")]
    obstacles: list[Obstacle]


class DocumentMade(Answer):
    id: str
    revision: int


class ManyCases(Body):
    cases: Annotated[list[Line], Field(min_length=1, max_length=50, description="Numbers")]
    action: Literal["hold"]
    data: Annotated[JsonObject, Field(description="The form of the transition, the same for each")] = {}
    dry_run: Annotated[bool, Field(description="Say what would become of each, and do nothing")] = False


class CaseOutcome(Answer):
    case: str
    done: bool
    why: Annotated[str | None, Field(description="What refuses it")]
    refusal: Annotated[Refusal | None, Field(description="The same with its code and values")] = None


class CaseOutcomes(Answer):
    items: list[CaseOutcome]
    done: int
    dry_run: bool
