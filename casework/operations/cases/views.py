"""A case and what it consists of, as they are handed out."""

from __future__ import annotations

from dataclasses import dataclass

from casework.engine.state.right_values import Amount
from casework.json_values import Answers, JsonMapping
from casework.operations.cases.action_views import ActionView, AddableTask
from casework.operations.cases.contracts import PriceOfCase
from casework.operations.cases.impacts import ImpactView
from casework.operations.cases.joins import JoinView
from casework.operations.cases.link_views import CaseLink
from casework.operations.cases.move_views import LastMove
from casework.operations.core.views import Named, NamedInBoth, TaskKey


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackView:
    """Where a track stands, and where it has been."""

    id: str
    workflow: str
    #: Of a referral the service that it is about; of any other track its workflow.
    kind: str
    #: Fingerprint of its edition.
    edition: str
    edition_number: int | str
    #: What whoever acts on it has seen.
    revision: int
    states: list[str]
    #: The same in words.
    labels: list[str]
    #: The step that people read its state as.
    step: str | None
    #: The steps in which it has been, in their order.
    visited: list[str]
    parent: str | None
    provider: Named | None
    entered_at: str
    #: How it ended.
    ended: str | None
    #: Another one has taken its place.
    replaced: bool
    #: What was asked of a provider, as far as the reader may know it.
    given: JsonMapping


# --- tasks -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Handed:
    """How a task came to whom it is with."""

    how: str
    by: Named
    to: Named | None
    #: By which rule, where a queue allocated it.
    why: list[str] | None
    #: Of a review: which one it is.
    round: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Wait:
    """For whom a person lets a task wait, and until which day."""

    for_: str
    until: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskOutline(TaskKey):
    """What is to be done, by whom and by when."""

    edition: str
    id: str
    track: str
    name: str
    #: What is to be done, in the words of its edition.
    do: str
    queue: str
    #: Whose queue it is, where that is a provider's.
    organisation: str | None
    holder: Named | None
    due_at: str | None
    #: Its day has passed, and its clock does not stand still.
    overdue: bool
    #: Its day does not count meanwhile: its clock stands still, or the case is on hold.
    still: bool
    #: The last step of its escalation has come.
    flagged: bool
    wait: Wait | None
    #: Which body outside has the next word: authority, register, party, or which of the parties.
    awaits: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskView(TaskOutline):
    """A task as its case shows it."""

    state: str
    opened_at: str
    #: When it can be worked on, while it cannot yet.
    begins_at: str | None = None
    aftercare: bool
    #: The fields of its form, as its edition has them with their words; None for a step.
    form: list[JsonMapping] | None
    result: JsonMapping
    #: high, normal or low.
    priority: str
    #: Who asked for it, where the workflow lets people ask.
    initiator: Named | None
    handed: Handed | None


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenTask(TaskView):
    """An open task of a case, and whether the reader may take it or finish it."""

    may_work: bool


# --- cases in a list -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseName:
    """A case in a list, to whoever sees its own referrals in it and no more."""

    number: str
    title: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseOutline(CaseName):
    """Where a case stands, to whoever sees its outline alone."""

    state: str
    #: The step that people read its state as.
    step: str | None
    #: Fingerprint of the main track's edition.
    edition: str
    outcome: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseWait:
    """For whom a case waits, since and until when."""

    #: A provider; a body outside by its code, of a party which one; or of a case on hold the code of whom its form named.
    for_: Named | NamedInBoth | str | None
    since: str | None
    until: str | None
    #: What they owe: the name of a task, or hold.
    what: str
    #: Anything of theirs is late.
    overdue: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseRow(CaseOutline):
    """A case in a list, to whoever sees it whole."""

    programme: str
    owner: Named | None
    opened_at: str
    closed_at: str | None
    phase: NamedInBoth | None
    #: When what our side must do first is due.
    due_at: str | None
    #: reason, waits_for, resume_by: as far as its form said them.
    hold: JsonMapping | None
    waits_for: list[CaseWait]
    #: Something is asked of us, whoever else is waited for beside that.
    our_turn: bool
    #: Something that it waits for is late, on whichever side.
    overdue: bool
    #: Two persons moved it past steps.
    moved: bool
    #: The prices of its agreements that are in effect.
    contracts: list[PriceOfCase]


@dataclass(frozen=True, kw_only=True, slots=True)
class MarkedCaseRow(CaseRow):
    """The same with its mark for the reader."""

    #: new, changed, or none.
    mark: str | None


#: A case in a list, as far as its reader sees it.
ListedCase = CaseName | CaseOutline | CaseRow | MarkedCaseRow


@dataclass(frozen=True, kw_only=True, slots=True)
class SavedView:
    """A view of a list that somebody keeps under a name."""

    id: str
    name: str
    #: As in the address of the list.
    query: str
    #: The programme whose office may use it, too.
    shared_with: str | None
    #: Of that programme those alone who have this role; None for the whole office.
    shared_role: str | None
    #: Who shares it; nobody where it is one's own.
    owner: Named | None
    #: Of one's own search: whether one gets mail about new records that fit it; None of any other view.
    mailed: bool | None = None


# --- what belongs to a case ------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentView:
    """A party's consent: which providers may see which documents."""

    id: str
    party: str
    #: All where it is None; of those shown on pages the names.
    providers: list[str] | None
    #: All of the party where it is None; of those shown on pages the titles, "" once one is erased.
    documents: list[str] | None
    given_on: str
    expires_on: str | None
    ended_at: str | None
    #: withdrawn or expired.
    how: str | None
    #: Whether they may read the case sheet.
    sheet: bool
    #: Whether it reaches providers abroad; else how many it does not reach for that.
    abroad: bool
    withheld_abroad: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseDocument:
    """A document of a case."""

    id: str
    #: None once erased.
    title: str | None
    party: str | None
    own: bool
    kind: str
    valid_until: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class GrantView:
    """Which document which track may see."""

    id: str
    track: str
    document: str
    given_at: str
    ended_at: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ProposalView:
    """An action that waits for a second person."""

    track: str
    transition: str
    by: Named
    task: str
    seq: int
    data: Answers


@dataclass(frozen=True, kw_only=True, slots=True)
class Encumbrance:
    """What lies on a right."""

    #: pledge, licence, assignment or transfer.
    kind: str
    #: The name of who holds it.
    holder: str | None
    from_: str | None
    #: Of a licence: exclusive, sole or plain; where and for which uses, none for all; its last day as agreed.
    licence: str | None
    territories: list[str]
    fields: list[str]
    #: Of a licence: whether its holder may give licences of it itself.
    sublicence: bool
    until: str | None
    #: Under which number it stands in its register, and since which day where a case's action said it.
    number: str | None
    inscribed_on: str | None
    #: Of a pledge: what it secures, and the day of the newest change of its registration.
    amount: Amount | None
    changed_on: str | None
    #: The number of the case that it came from, where the reader may know it.
    case: str | None
    #: It came from this case.
    here: bool
    #: It came of no case here: an officer entered it.
    outside: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class RightOfCase:
    """A right that a case is about, with what lies on it."""

    id: str
    kind: str
    office: str | None
    number: str | None
    #: Its owners on record, else whom the register names.
    owner: str | None
    status: str | None
    expires_on: str | None
    fee_paid_to: str | None
    checked_on: str | None
    confirmed: bool
    #: The record of the right has expired.
    expired: bool
    encumbrances: list[Encumbrance]


@dataclass(frozen=True, kw_only=True, slots=True)
class CasePapers:
    """What belongs to a case beside its tracks."""

    consents: list[ConsentView]
    rights: list[RightOfCase]


# --- a case ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseParties:
    """A case or mediation with the names of its parties, as far as they are known."""

    #: A mediation has none.
    number: str | None
    title: str | None
    parties: dict[str, str | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class CasePart(CaseParties):
    """A case or mediation as far as a provider sees it: its own tracks."""

    tracks: list[TrackView]
    tasks: list[OpenTask]
    actions: list[ActionView]


@dataclass(frozen=True, kw_only=True, slots=True)
class MediationPart(CasePart):
    """The same of a mediation, which has no number."""

    id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WholeCase(CasePart):
    """A case or mediation to whoever reads all of it."""

    #: Of its log.
    id: str
    programme: str
    #: Tasks that may be added now.
    requests: list[AddableTask]
    #: What the reader may do with the case itself.
    case_actions: list[str]
    #: What whoever acts on the case itself has seen, and the last event.
    revision: int
    seq: int
    owner: Named | None
    team: list[Named]
    next_action: TaskOutline | None
    waits_for: list[CaseWait]
    joins: list[JoinView]
    state: str
    outcome: str | None
    #: Something that it waits for is late, on whichever side.
    overdue: bool
    reasons: list[str]
    #: reason, waits_for, resume_by: as far as its form said them.
    hold: JsonMapping | None
    #: Nothing goes out while a stop is being decided.
    frozen: bool
    opened_at: str
    closed_at: str | None
    #: When its contents were removed under retention, after which nothing is done in it any more.
    removed_at: str | None
    #: The sealed file of the archive that they went into, by the SHA-256 of its bytes.
    archived_as: str | None
    #: Ids of the rights that it is about.
    rights: list[str]
    match: str | None
    phase: str | None
    need: str | None
    technology: str | None
    #: Numbers of cases that the reader reads: the earlier one of which this one is a further site, and the first 20 that follow from it.
    follows_from: str | None
    followed_by: list[str]
    #: To which other cases it is linked.
    links: list[CaseLink]
    #: The reader has declared an interest.
    interest: bool
    consents: list[ConsentView]
    documents: list[CaseDocument]
    grants: list[GrantView]
    proposals: list[ProposalView]
    moved: LastMove | None
    move_waits: str | None
    impacts: list[ImpactView]


@dataclass(frozen=True, kw_only=True, slots=True)
class WhatNext:
    """What comes next in a case, by when, and for whom it waits: said after an action."""

    number: str | None
    state: str
    #: Fingerprint of the main track's edition.
    edition: str
    closed_at: str | None
    next_action: TaskOutline | None
    waits_for: list[CaseWait]
    hold: JsonMapping | None
    programme: str
