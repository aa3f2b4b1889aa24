"""Finding and naming what was changed in a stored log, event by event, in one pass and bounded memory."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from casework.ledger.canonical_json import Json, NotCanonical, digest, instant
from casework.ledger.hash_chain import HEADER_FIELDS, VERSION, event_hash, genesis
from casework.ledger.redactable_bodies import commitment

_FORM = frozenset(HEADER_FIELDS)


class FaultKind(StrEnum):
    """What can be wrong with a stored log."""

    REMOVED = "removed"  # events are missing between others
    TRUNCATED = "truncated"  # events are missing at the end
    ADDED = "added"  # events stand after the head
    DUPLICATED = "duplicated"  # two events claim one place
    MOVED = "moved"  # an intact event stands in another's place
    SWAPPED = "swapped"  # two intact events stand in each other's place
    DISORDERED = "disordered"  # an intact event comes too late in the stream
    FOREIGN = "foreign"  # an intact event belongs to another log
    HEADER = "header"  # the header no longer gives the stored hash
    EFFECTS = "effects"
    BODY = "body"
    HASH = "hash"  # the stored hash was changed, the header was not
    LINK = "link"  # the event is sound in itself, but its neighbours do not know it
    TIME = "time"  # recorded no later than the event before it
    COLUMN = "column"  # a column says something else than the header
    FORM = "form"  # a sound event in a form that we never wrote
    HEAD = "head"  # the head of the log does not fit its last event


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """A row of the events table, as it was read."""

    log: str
    seq: int
    at: datetime
    # Whatever JSON is found there: a checker that trusts what it reads could be stopped by it.
    header: Json
    effects: Json
    body: Json
    hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """Where a log stands, as its own row says: seq 0 and the genesis hash while it is empty."""

    log: str
    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, where it is, and a sentence for the auditor."""

    kind: FaultKind
    log: str
    seq: int
    sentence: str


def check_log(rows: Iterable[StoredEvent], head: Head) -> list[Fault]:
    """All faults of one log, by seq; an empty list when it is whole.

    `rows` come ordered by seq. Someone who rewrites a log from some event to its end, hashes and head
    included, is found only by comparing with a head that was kept elsewhere. Whether an erased field was
    erased by right is for the reader of the erasure events to say.
    """
    walk = _Walk(head)
    for row in rows:
        walk.take(row)
    return walk.finish()


@dataclass(frozen=True, slots=True)
class _Seen:
    """The last event in order: what the next one may have as `prev`, and whether we already blamed it."""

    seq: int
    hashes: tuple[str, ...]
    blamed: bool = False
    # It is sound, but does not follow the one before: which of the two is false, the next one tells.
    loose: bool = False
    # Its header does not give its stored hash: `hashes` are (stored, computed), the next one tells which.
    unsure: bool = False


class _Walk:
    """One pass over a log, remembering only the last event and what was found."""

    def __init__(self, head: Head) -> None:
        self.head = head
        self.faults: list[Fault] = []
        # None where the event before the next one is missing.
        self.last: _Seen | None = _Seen(0, (genesis(head.log),))
        self.highest = 0
        self.highest_column = 0
        self.latest_at = ""
        self.missing: list[range] = []
        self.moved: dict[int, int] = {}
        self.hashes_at_head: tuple[str, ...] = (genesis(head.log),) if head.seq == 0 else ()

    def take(self, row: StoredEvent) -> None:
        header, sound = self._sound_header(row)
        seq = self._place(row, header, sound)
        self._compare_parts(row, header, seq, sound)
        if sound and header.get("log") != self.head.log:
            self._blame(FaultKind.FOREIGN, row.seq, f"Event {row.seq} belongs to another log.")
            return
        in_turn = self._in_turn(row, seq)
        self.highest_column = max(self.highest_column, row.seq)
        if not in_turn:
            return
        follows = self._follow(row, header, seq, sound)
        self._compare_time(header, seq, sound)
        self.last = follows
        if seq == self.head.seq:
            self.hashes_at_head = follows.hashes

    def finish(self) -> list[Fault]:
        self._close_with_head()
        for gap in self.missing:
            self._blame(FaultKind.REMOVED, gap.start, f"{_events(gap)} missing.")
        for stands, belongs in self.moved.items():
            if self.moved.get(belongs) == stands:
                self._blame(FaultKind.SWAPPED, stands, f"Events {stands} and {belongs} were swapped.")
            else:
                self._blame(FaultKind.MOVED, stands, f"Event {belongs} stands in event {stands}'s place.")
        return sorted(self.faults, key=lambda fault: fault.seq)

    def _blame(self, kind: FaultKind, seq: int, sentence: str) -> None:
        self.faults.append(Fault(kind, self.head.log, seq, sentence))

    def _sound_header(self, row: StoredEvent) -> tuple[Mapping[str, Json], bool]:
        """The header that gives the stored hash, mended where one changed field is known otherwise."""
        header = row.header if isinstance(row.header, Mapping) else {}
        if _hash_or_none(header) == row.hash:
            return header, True
        for field, value in self._known_otherwise(row):
            mended = {**header, field: value}
            if _hash_or_none(mended) == row.hash:
                self._blame(FaultKind.HEADER, row.seq, f"The header of event {row.seq} was changed: {field}.")
                return mended, True
        return header, False

    def _known_otherwise(self, row: StoredEvent) -> Iterator[tuple[str, Json]]:
        yield "v", VERSION
        yield "log", self.head.log
        yield "seq", row.seq
        yield "at", _instant_or_none(row.at)
        yield "effects", _digest_or_none(row.effects)
        yield "body", _commitment_or_none(row.body)
        if self.last is not None:
            for known in self.last.hashes:
                yield "prev", known

    def _place(self, row: StoredEvent, header: Mapping[str, Json], sound: bool) -> int:
        """The seq of this event: the header's when its hash vouches for it, else the column's."""
        seq = header.get("seq")
        if not sound or type(seq) is not int or header.get("log") != self.head.log:
            return row.seq
        if seq != row.seq:
            self.moved[row.seq] = seq
        return seq

    def _compare_parts(self, row: StoredEvent, header: Mapping[str, Json], seq: int, sound: bool) -> None:
        if header.get("effects") != _digest_or_none(row.effects):
            self._blame(FaultKind.EFFECTS, row.seq, f"The effects of event {seq} were changed.")
        if header.get("body") != _commitment_or_none(row.body):
            self._blame(FaultKind.BODY, row.seq, f"The body of event {seq} was changed.")
        if header.get("at") != _instant_or_none(row.at):
            self._blame(FaultKind.COLUMN, row.seq, f"Column and header of event {seq} disagree: at.")
        if row.log != self.head.log:
            self._blame(FaultKind.COLUMN, row.seq, f"Column and header of event {seq} disagree: log.")
        if sound and (header.get("v") != VERSION or header.keys() != _FORM):
            self._blame(FaultKind.FORM, row.seq, f"Event {seq} has a form that was never written.")

    def _in_turn(self, row: StoredEvent, seq: int) -> bool:
        """Whether this event comes after all before it; a late or second one is noted and set aside."""
        if seq > self.highest:
            if seq > self.highest + 1:
                self.missing.append(range(self.highest + 1, seq))
                self._settle(None)
                self.last = None
            self.highest = seq
            return True
        gap = next((gap for gap in self.missing if seq in gap), None)
        if gap is None:
            self._blame(FaultKind.DUPLICATED, row.seq, f"There is more than one event {seq}.")
            # The next event may follow either of the two.
            if self.last is not None and self.last.seq == seq and row.hash not in self.last.hashes:
                self.last = replace(self.last, hashes=(*self.last.hashes[:8], row.hash), blamed=True)
            return False
        self.missing.remove(gap)
        self.missing += [part for part in (range(gap.start, seq), range(seq + 1, gap.stop)) if part]
        # An event in its own place is not late because others stand in the places of others.
        if seq == row.seq < self.highest_column:
            self._blame(FaultKind.DISORDERED, row.seq, f"Event {seq} comes later than it was recorded.")
        return False

    def _follow(self, row: StoredEvent, header: Mapping[str, Json], seq: int, sound: bool) -> _Seen:
        prev = header.get("prev")
        if not sound:
            # Its own prev may be what was changed, so it says nothing about the event before it.
            self._settle(None)
            computed = _hash_or_none(header)
            hashes = (row.hash,) if computed is None else (row.hash, computed)
            return _Seen(seq, hashes, blamed=True, unsure=True)
        if self.last is None:
            return _Seen(seq, (row.hash,))
        holds = self._settle(prev if isinstance(prev, str) else "")
        return _Seen(seq, (row.hash,), loose=not holds)

    def _settle(self, said: str | None) -> bool:
        """Judge the last event by what comes after it: `said` is that one's prev, None when it cannot tell.

        Gives whether the link holds, or the blame for its breaking already lies with the last event.
        """
        last = self.last
        if last is None:
            return True
        if last.unsure:
            self._name_unsure(last, said)
            return True
        holds = said is None or said in last.hashes
        if last.loose:
            # Between two breaks the event itself is false; with one break it is the event before that
            # was rewritten, for this one is known to those that follow.
            false = last.seq - 1 if holds and last.seq > 1 else last.seq
            self._blame(FaultKind.LINK, false, f"Event {false} is not the one that its neighbours knew.")
            return True
        return holds or last.blamed

    def _name_unsure(self, last: _Seen, said: str | None) -> None:
        if said is not None and said in last.hashes[1:]:
            self._blame(FaultKind.HASH, last.seq, f"The stored hash of event {last.seq} was changed.")
        elif said == last.hashes[0]:
            self._blame(FaultKind.HEADER, last.seq, f"The header of event {last.seq} was changed.")
        else:
            self._blame(FaultKind.HEADER, last.seq, f"The header or hash of event {last.seq} was changed.")

    def _compare_time(self, header: Mapping[str, Json], seq: int, sound: bool) -> None:
        at = header.get("at")
        if not sound or not isinstance(at, str):
            return
        # Instants of one fixed form sort as text.
        if at <= self.latest_at:
            self._blame(FaultKind.TIME, seq, f"Event {seq} is not later than the one before it.")
        self.latest_at = max(at, self.latest_at)

    def _close_with_head(self) -> None:
        head, last = self.head, self.last
        if last is not None and head.hash in last.hashes:
            self._settle(head.hash)
            if head.seq != last.seq:
                self._blame(FaultKind.HEAD, last.seq, f"The head is event {last.seq}, but says {head.seq}.")
            return
        if head.seq > self.highest:
            self._settle(None)
            lost = range(self.highest + 1, head.seq + 1)
            self._blame(FaultKind.TRUNCATED, lost.start, f"{_events(lost)} missing at the end.")
            return
        if head.seq < self.highest:
            self._settle(None)
            added = range(head.seq + 1, self.highest + 1)
            self._blame(FaultKind.ADDED, added.start, f"{_events(added)} standing after the head of the log.")
            if head.hash in self.hashes_at_head:
                return
        elif last is not None and last.loose:
            # Neither neighbour knows it: it is the event that is false, and not the head.
            self._settle(head.hash)
            return
        else:
            self._settle(head.hash)
        self._blame(FaultKind.HEAD, head.seq, f"The head does not fit event {head.seq}.")


def _events(seqs: range) -> str:
    if len(seqs) == 1:
        return f"Event {seqs.start} is"
    return f"Events {seqs.start} to {seqs.stop - 1} are"


def _hash_or_none(header: Mapping[str, Json]) -> str | None:
    try:
        return event_hash(header)
    except NotCanonical:
        return None


def _digest_or_none(value: Json) -> str | None:
    try:
        return digest(value)
    except NotCanonical:
        return None


def _commitment_or_none(body: Json) -> str | None:
    if not isinstance(body, Mapping):
        return None
    try:
        return commitment(body)
    except NotCanonical:
        return None


def _instant_or_none(moment: datetime) -> str | None:
    try:
        return instant(moment)
    except NotCanonical:
        return None
