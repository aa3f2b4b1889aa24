"""The history of a case, and the way of its tracks, as they are handed out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from casework.engine.state.found_case import FoundCase, RecordsThen, SideSaid
from casework.json_values import JsonMapping, JsonValue
from casework.operations.cases.views import WholeCase
from casework.operations.core.event_views import EventView
from casework.operations.core.views import Named

# --- entries ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """Somebody who held a fitting role when something was done."""

    person: str
    name: str | None = None
    role: str
    deputy_for: Named | None
    #: Why that person could not have done it; "" where it was possible.
    why_not: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangedColumn:
    """A column of a row that an event changed; "" where the row was removed."""

    table: str
    id: str
    #: What a reader knows the row by.
    row: str
    column: str
    before: JsonValue
    after: JsonValue
    #: The row is new.
    new: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryRule:
    """By which rule of its edition something was done."""

    by: Sequence[str]
    confirm_by: Sequence[str]
    guards: Sequence[str]
    #: Kinds of papers that had to be on file.
    papers: Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryEntry(EventView):
    """An entry of a history; what stands below `happened_on` only who reads the whole log is told."""

    actor: Named
    position: int
    at: str
    track: str | None
    track_kind: str | None
    #: States; None where the event moved no track.
    from_: Sequence[str] | None
    to: Sequence[str] | None
    happened_on: str | None
    seq: int | None = None
    acting_for: Named | None = None
    organisation: Named | None = None
    #: seq of the event by which it came.
    because: int | None = None
    #: seq of the event that corrected it last: what it says now stands there.
    corrected_by: int | None = None
    #: Working days after it happened, where it was recorded late.
    late: int = 0
    candidates: Sequence[Candidate] = ()
    changes: Sequence[ChangedColumn] = ()
    #: That guards read.
    facts: JsonMapping = field(default_factory=dict)
    rule: EntryRule | None = None
    #: Of the opening: the run that found the match.
    found: FoundCase | None = None
    #: Both records as they were; None where that was not kept yet.
    records: RecordsThen | None = None
    #: And what both sides had said of the match.
    answers: Sequence[SideSaid] = ()
    hash: str | None = None
    prev: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseHistory:
    """A page of the history of a case."""

    number: str | None
    title: str | None
    programme: str
    log: str
    #: The reader sees the whole log.
    whole: bool
    #: How many entries the whole log has; None for who sees a part of it.
    last: int | None
    items: list[HistoryEntry]
    #: The cursor of the page after it.
    next: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldHistory:
    """Every entry of a case that said something of one field, the newest first."""

    number: str | None
    title: str | None
    programme: str
    items: list[HistoryEntry]
    #: There are older ones that are not told.
    more: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryOfCase:
    """One entry, with the case whose history it stands in."""

    number: str | None
    title: str | None
    programme: str
    entry: HistoryEntry
    #: seq of the newest.
    last: int


# --- ways ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """A move that a track has made."""

    from_: Sequence[str]
    to: Sequence[str]
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackWay:
    """A track, where it stands, and how it came there."""

    id: str
    kind: str
    edition: str
    states: Sequence[str]
    live: bool
    #: By name.
    provider: str | None
    moves: list[Move]


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseWays:
    """The ways of the tracks of a case."""

    number: str | None
    title: str | None
    #: The reader sees the whole log.
    whole: bool
    #: The track of what is to be done next, where the reader sees it.
    following: str | None
    tracks: list[TrackWay]


# --- as it was -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class PastCase(WholeCase):
    """A case as it stood at an instant, by its log: to read alone, so that nothing may be done in it."""

    #: The instant that was asked for.
    as_of: str
    #: Of the last event by then, of the one before it, and of the first one after it.
    event_at: str
    previous_at: str | None
    next_at: str | None
    #: When words that stood in it by then were erased later: they are gone here, too.
    erased_at: list[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class RoleThen:
    """A role that somebody held at an instant, in the case's programme where it names no organisation."""

    role: str
    organisation: Named | None
    deputy_for: Named | None
    since: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SeenTask:
    """An open task that somebody could see."""

    id: str
    name: str
    track: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SeenDocument:
    """A document whose files somebody could take out."""

    id: str
    kind: str
    #: None once erased.
    title: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PastSight:
    """What somebody could see of a case at an instant."""

    as_of: str
    who: Named
    #: nothing, outline, referrals or all.
    level: str
    #: Of a person; none of a provider, for which anybody may have worked.
    roles: list[RoleThen]
    #: Ids.
    tracks: list[str]
    tasks: list[SeenTask]
    documents: list[SeenDocument]
