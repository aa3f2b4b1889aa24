"""A case as answers show it: its tracks, tasks, papers and what may be done."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from casework.api.protocol.fields import Answer, Mark, Moment, Said
from casework.api.protocol.form_schemas import FormField
from casework.api.protocol.link_schemas import CaseLink
from casework.api.protocol.schemas import Named, NamedInBoth
from casework.engine.tasks.allocation import REASONS
from casework.json_values import JsonObject


class Handed(Answer):
    how: Annotated[
        str,
        Field(
            description="assigned, delegated, forwarded, nominated, handed_back to be accepted, review_asked, approved or changes_asked"
        ),
    ]
    round: Annotated[int | None, Field(description="Of a review: which round it is")] = None
    by: Named
    to: Named | None = None
    note: str | None = None
    why: Annotated[
        list[str] | None, Field(description=f"Where the queue's rule gave it to that person: {', '.join(REASONS)}")
    ] = None


class Wait(Answer):
    for_: Annotated[str, Field(alias="for")]
    until: str
    reason: str | None = None


class Turn(Answer):
    at: Annotated[str, Field(description="Queues are worked in the order of this moment")]
    by: Annotated[
        Literal["due", "age"],
        Field(description="Whether the due date or the waiting gives it; priority moves it a week"),
    ]


class Unallocated(Answer):
    why: Annotated[str, Field(description="nobody (may have it), all_full, or unskilled (nobody has what it asks for)")]
    asks: Annotated[
        list[str],
        Field(
            description="What it asks for: fields, languages and services; empty for who does not read the whole case"
        ),
    ]


class CaseTitle(Answer):
    number: str
    title: str | None


class FormKey(Answer):
    edition: str
    name: str


class Move(Answer):
    task: str
    edition: str
    key: Annotated[str, Field(description="Of what is to be done, in the edition's texts")]
    do: str
    due_at: str | None
    until: Annotated[str, Field(description="The day that it would have instead")]


class Asked(Answer):
    seq: int
    at: str
    by: Named
    role: str | None
    form: Annotated[FormKey | None, Field(description="Which form it was, for the words of its questions")]
    data: Annotated[JsonObject, Field(description="What the form said that rules read")]
    body: Annotated[JsonObject, Field(description="What else the form said")]
    erased: Annotated[list[str], Field(description="Fields of the body that have been erased")]
    names: Annotated[dict[str, str], Field(description="Of whom the answers speak, by id")]
    moves: Annotated[list[Move], Field(description="Of more time: the provider's tasks that granting it would move")]


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
    begins_at: Annotated[
        str | None, Field(description="When it can be worked on, while it cannot yet; with its case or referral")
    ] = None
    due_at: str | None = None
    overdue: Annotated[bool, Field(description="Its day has passed, and its clock does not stand still")]
    still: Annotated[
        bool, Field(description="Its day does not count meanwhile: its clock stands still, or the case is on hold")
    ]
    flagged: Annotated[
        bool, Field(description="The last step of its escalation has come: long overdue, and told to others")
    ]
    aftercare: Annotated[bool, Field(description="May be open when the case closes")] = False
    form: Annotated[
        list[FormField] | None, Field(description="Null for a step, which is finished by firing a transition")
    ] = None
    result: JsonObject = {}
    case: Annotated[CaseTitle | None, Field(description="Its number and title, in a list")] = None
    priority: Literal["high", "normal", "low"] = "normal"
    turn: Annotated[Turn | None, Field(description="Its place in its queue, and why")] = None
    initiator: Annotated[Named | None, Field(description="Who asked for it, where the workflow lets people ask")] = None
    handed: Annotated[Handed | None, Field(description="How it came to whom it is with")] = None
    wait: Annotated[
        Wait | None, Field(description="For whom it waits and until when, while it is suspended by a person")
    ] = None
    awaits: Annotated[
        Literal["authority", "register", "party", "need_owner", "technology_owner"] | None,
        Field(description="Which body outside has the next word"),
    ] = None
    operations: Annotated[list[str] | None, Field(description="What you may do to it; of one task alone")] = None
    asked: Annotated[
        Asked | None,
        Field(
            description="Of a task of the office: by whom it was opened with which answers, and what granting it would move"
        ),
    ] = None
    owners: Annotated[list[NamedInBoth] | None, Field(description="Whom a screening must answer for, by id")] = None
    unallocated: Annotated[
        Unallocated | None,
        Field(description="Why the rule of its queue gives it to nobody, where it has one; of one task alone"),
    ] = None
    checklist: Annotated[list[ListedItem] | None, Field(description="What is to be ticked off; of one task alone")] = (
        None
    )


class WaitsFor(Answer):
    role: Annotated[str | None, Field(description="In whose queue it lies, where nobody has it yet")] = None
    name: Annotated[str | None, Field(description="Of the person or the organisation that must do it")] = None


class PlacedTask(Task):
    """A task with where it is done."""

    log: Annotated[str, Field(description="Id of the case or mediation")]
    kind: Literal["case", "mediation"]
    referral: Annotated[str | None, Field(description="That it belongs to, where it is part of one")]
    waits_for: WaitsFor
    reminded: Annotated[int, Field(description="How often somebody was reminded of it")]
    outward: Annotated[bool, Field(description="It is a provider's to do")]
    closed_at: str | None


class NextAction(Answer):
    """A task as far as it says what comes next."""

    id: str
    track: str
    name: str
    type: Literal["step", "side", "decision"]
    do: str
    edition: str
    rule: str
    queue: str
    organisation: str | None
    holder: Named | None
    about: str | None
    due_at: str | None
    overdue: bool
    awaits: Annotated[
        str | None, Field(description="Whom outside the office it waits for: an authority, a register or a party")
    ] = None
    still: bool
    flagged: bool
    wait: Wait | None


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
    given: Annotated[JsonObject, Field(description="What was asked of a provider, and shared with it")] = {}


class NeededPaper(Answer):
    kind: str
    name: str
    state: Annotated[
        Literal["there", "missing", "expired", "pending", "blocked"],
        Field(description="Only one that is there lets the action through"),
    ]
    document: Annotated[str | None, Field(description="The one that counts, or that would if it were in order")] = None
    valid_until: str | None = None
    of: Annotated[str | None, Field(description="The service whose provider must hand it in")] = None


class Action(Answer):
    track: str
    transition: str
    label: str
    kind: Annotated[str | None, Field(description="main, return or exception")] = None
    by: Annotated[list[str], Field(description="Roles")] = []
    confirm_by: Annotated[list[str], Field(description="Roles of the second person; the first one proposes")] = []
    yours: Annotated[bool, Field(description="Your role does this, now or later")] = False
    allowed: Annotated[bool, Field(description="As far as can be told without the filled form")]
    why_not: list[Said]
    papers: Annotated[
        list[NeededPaper], Field(description="What must be on file before it, and how it stands with each")
    ] = []
    form: list[FormField]
    prefill: Annotated[JsonObject, Field(description="Values known already, by the form's names")] = {}
    proposed: Annotated[bool, Field(description="Waits for a second person, who fires it without a form")] = False


class Offer(Answer):
    track: str
    task: str
    rule: Annotated[str, Field(description="Its key in the edition")]
    label: str
    about: str | None = None
    why_not: list[Said] = []


class Consent(Answer):
    id: str
    party: str
    providers: Annotated[list[str] | None, Field(description="Null: all")] = None
    documents: Annotated[list[str] | None, Field(description="Null: all of the party")] = None
    given_on: str
    expires_on: str | None = None
    ended_at: str | None = None
    how: str | None = None
    sheet: Annotated[bool, Field(description="Whether they may read the case sheet")] = False
    abroad: Annotated[bool, Field(description="It reaches providers abroad")] = False
    withheld_abroad: Annotated[int, Field(description="Providers abroad that it does not reach")] = 0


class Document(Answer):
    id: str
    title: Annotated[str | None, Field(description="Null where it was erased")] = None
    party: str | None = None
    own: bool = False
    kind: str
    valid_until: str | None = None


class Join(Answer):
    """Referrals of one service side by side, and how many of their results the case waits for."""

    id: str
    service: str
    rule: Annotated[Literal["first", "all", "some"], Field(description="Of all, as many as can still come are needed")]
    state: Literal["open", "met", "given_up"]
    needed: int
    results: Annotated[int, Field(description="How many there are")]
    running: Annotated[int, Field(description="How many may still come")]
    asked: Annotated[int, Field(description="How many referrals there are in all")]
    short: Annotated[bool, Field(description="So many can no longer come")]
    referrals: list[str]


class Grant(Answer):
    """Which document which track may see."""

    id: str
    track: str
    document: str
    given_at: str
    ended_at: str | None


class Proposal(Answer):
    """What waits for a second person."""

    track: str
    transition: str
    by: Named
    task: str
    seq: int
    data: Annotated[JsonObject, Field(description="The form, as it was filled in")]


class CaseWait(Answer):
    """For whom a case waits, each once, with what is due first of all that they owe."""

    for_: Annotated[
        Named | NamedInBoth | str | None,
        Field(
            alias="for",
            description="A provider; authority, register, need_owner, technology_owner or party where one of these has the next word;"
            " or of a case on hold whom its form named",
        ),
    ]
    since: str | None
    until: str | None
    what: Annotated[str, Field(description="The name of a task, or hold")]
    overdue: Annotated[bool, Field(description="Anything of theirs is late")]


class Impact(Answer):
    """A record of a case's effect: a value of one measure over a period."""

    id: str
    seq: Annotated[int, Field(description="The event that says it; what was said in words stands there")]
    recorded_at: str
    measure: Annotated[
        str, Field(description="Of the programme's list of indicators: its kind, and after a slash its code")
    ]
    called: Annotated[str, Field(description="What that list calls it")]
    called_zh: str | None = None
    indicator: Annotated[
        Literal["energy", "water", "co2e", "pollutant", "waste", "yield", "cost", "other"],
        Field(description="Of yield more is better, of the others less"),
    ]
    unit: str
    level: Annotated[Literal["baseline", "claimed", "measured", "verified"], Field(description="How well it is known")]
    value: Annotated[str, Field(description="A decimal, of the whole period")]
    from_on: str
    to_on: Annotated[str, Field(description="The last day; it counts")]
    method: str | None = None
    uncertainty: Annotated[str | None, Field(description="In percent, either way")] = None
    factor: Annotated[str | None, Field(description="By what a reading was multiplied to come to the value")] = None
    factor_source: Annotated[str | None, Field(description="Source and version of the factor")] = None
    conditions: Annotated[str | None, Field(description="Under which it was so: load, output, season")] = None
    baseline: Annotated[str | None, Field(description="Id of the record that it is compared with")] = None
    baseline_value: str | None = None
    saving: Annotated[
        str | None,
        Field(description="The baseline for as many days, less the value; negative where it costs more than before"),
    ] = None
    evidence: Annotated[list[str], Field(description="Ids of documents")]
    by: Annotated[Named | None, Field(description="Who has verified it")] = None
    number: Annotated[str | None, Field(description="Of the statement")] = None
    stands: Annotated[bool, Field(description="No other record has taken its place")]
    counts: Annotated[bool, Field(description="It adds up: of a measure each day counts once, at its highest level")]


class MadeMove(Answer):
    """That two persons moved a case to a state without the steps that lead there."""

    times: int
    at: Annotated[str, Field(description="The last time")]
    states: Annotated[list[str], Field(description="From where it was moved then")]


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
    removed_at: Annotated[
        str | None, Field(description="When its contents were removed under retention; nothing is done in it any more")
    ] = None
    archived_as: Annotated[
        str | None, Field(description="The sealed file of the archive that they went into, by the SHA-256 of its bytes")
    ] = None
    revision: Annotated[int | None, Field(description="What If-Match names for actions on the case itself")] = None
    owner: Named | None = None
    team: list[Named] | None = None
    parties: Annotated[dict[str, str | None] | None, Field(description="Names, of those that are known")] = None
    match: str | None = None
    need: str | None = None
    technology: str | None = None
    phase: str | None = None
    follows_from: Annotated[
        str | None,
        Field(description="The number of the earlier case of which it is a further site, where you see that one"),
    ] = None
    followed_by: Annotated[
        list[str] | None,
        Field(description="The numbers of the first 20 cases that follow from it, of those that you see"),
    ] = None
    links: list[CaseLink] | None = None
    edition: Annotated[str | None, Field(description="Fingerprint of the main track's edition")] = None
    seq: Annotated[int | None, Field(description="Of the last event, for who reads the whole history")] = None
    case_actions: Annotated[list[str] | None, Field(description="What you may do with the case itself")] = None
    interest: Annotated[bool | None, Field(description="You have declared an interest")] = None
    rights: Annotated[list[str] | None, Field(description="Ids of the IP rights that it is about")] = None
    consents: list[Consent] | None = None
    documents: list[Document] | None = None
    grants: list[Grant] | None = None
    next_action: NextAction | None = None
    overdue: Annotated[bool | None, Field(description="What it waits for is late, on whichever side")] = None
    waits_for: list[CaseWait] | None = None
    joins: Annotated[list[Join] | None, Field(description="How referrals that run side by side are waited for")] = None
    hold: Annotated[JsonObject | None, Field(description="Why it is on hold, for whom and until when")] = None
    frozen: Annotated[bool | None, Field(description="Nothing goes out while a stop is being decided")] = None
    proposals: list[Proposal] | None = None
    moved: Annotated[MadeMove | None, Field(description="Two persons moved it past steps, the last time")] = None
    move_waits: Annotated[
        str | None, Field(description="The state of a move that is proposed and waits for a second person")
    ] = None
    impacts: Annotated[list[Impact] | None, Field(description="Records of its effect, as they were recorded")] = None
    tracks: list[Track] | None = None
    tasks: list[Task] | None = None
    actions: list[Action] | None = None
    requests: Annotated[list[Offer] | None, Field(description="Tasks that may be added now")] = None
    as_of: Annotated[
        Moment | None, Field(description="As it stood at this instant, as was asked for: nothing may be done in it")
    ] = None
    event_at: Annotated[Moment | None, Field(description="Of the last event by then")] = None
    previous_at: Annotated[Moment | None, Field(description="Of the event before that one")] = None
    next_at: Annotated[Moment | None, Field(description="Of the first event after the instant")] = None
    erased_at: Annotated[
        list[Moment] | None,
        Field(description="When words that stood in it then were erased later: they are gone here, too"),
    ] = None
