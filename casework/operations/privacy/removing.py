"""Carrying out a removal that two persons decided: case by case, each in a transaction of its own, judged again at its moment.

What goes into the archive is first written into a sealed file, read back and judged; then its contents go as all others'.

Of a removed case all words of the history go for their hashes, and the bytes of its documents with their keys; what still waits in it ends.
What was done, when and by whom stays, with codes, days and ids; so do chain, leaves and hashes. Nobody decides here: two persons have.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, text

from casework.definitions import load_library
from casework.engine.execution.case_removal import remove_contents
from casework.engine.execution.context import Context
from casework.engine.removals import (
    CASE_LEFT,
    CASE_REMOVED,
    NOT_SEALED,
    OTHER_CLASS,
    REMOVED_BEFORE,
    digest_of_case,
    under_way,
)
from casework.engine.retention import ARCHIVED, LegalHold, judge
from casework.engine.roles import Role
from casework.engine.state.case import Case
from casework.engine.state.document_effects_schema import RemovedContents, SealedContents
from casework.engine.state.effects_schema import ErasedWords
from casework.engine.state.events import SYSTEM_ACTOR
from casework.engine.state.register_effects import CaseRemoval
from casework.ledger.redactable_bodies import hashes_of_fields
from casework.operations.core.perform import SYSTEM, calendar_of, new_id, write
from casework.operations.core.register_log import append
from casework.operations.documents.storage import let_go
from casework.operations.oversight.figure_facts import forget_facts
from casework.operations.privacy.kept_cases import facts_of, read_classes
from casework.operations.privacy.legal_holds import stands_on, wait_for_holds
from casework.operations.privacy.removals import read_removals
from casework.records.case_loader import load
from casework.records.database import transaction
from casework.records.event_log import Log, lock_logs

#: The programmes in which a removal is carried out.
_WAITING = "SELECT p.id::text FROM programmes p WHERE p.removal <> '{}'"
#: The cases of a programme that were closed.
_CASES = text("SELECT id::text FROM cases WHERE programme_id = CAST(:programme AS uuid)")
#: How many of its cases a removal has come to, and whether one of them is among these.
_DONE = text("""
    SELECT count(*) AS come, coalesce(bool_or(effects->'case_removal'->>'case' = :case), false) AS this FROM events
    WHERE log_id = CAST(:programme AS uuid) AND seq > :decision AND kind IN ('case_removed', 'case_left')
    AND effects->'case_removal'->>'decision' = CAST(:decision AS text)
""")
#: Notes that a removal has come to all of its cases.
_END = text("UPDATE programmes SET removal = '{}' WHERE id = CAST(:id AS uuid)")
#: The events of a case, with their words.
_WORDS = text("SELECT seq, body FROM events WHERE log_id = CAST(:log AS uuid) AND body <> '{}' ORDER BY seq")
#: Takes them out for their hashes, and what ties files to their bytes; gives what held these.
_REMOVE = text(
    "SELECT CAST(b AS text) FROM casework_remove(CAST(:programme AS uuid), :decision, CAST(:log AS uuid), CAST(:hashes AS jsonb)) b"
)
#: All that lies in the store of a case, whether a document holds it or a party had handed it in and sent nothing yet.
_BYTES = text("""
    SELECT b.id::text FROM blobs b JOIN compartments c ON c.id = b.compartment_id WHERE c.log_id = CAST(:log AS uuid) ORDER BY b.id
""")
#: What parties typed behind the links of a case, and where these were mailed.
_UNTYPE = text("""
    UPDATE party_link_secrets SET typed = NULL, address = NULL
    WHERE link_id IN (SELECT id FROM party_links WHERE log_id = CAST(:log AS uuid))
""")
#: What anybody typed into a form of the case and did not send.
_UNDRAFT = text("DELETE FROM drafts WHERE form ~ :ids")


@dataclass(frozen=True, slots=True)
class _Named:
    """A case that a decision names."""

    programme: str
    decision: int
    log: str
    #: The class under which it was due.
    code: str
    #: How many cases the decision names.
    among: int
    #: Whether its contents go into the archive.
    archives: bool

    @property
    def case(self) -> str:
        return digest_of_case(self.log)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed file that was read back and found whole, and the event with which the history in it ends; or why there is none."""

    contents: SealedContents | None
    seq: int = 0
    head: str = ""
    path: Path = Path()

    def is_of(self, log: Log) -> bool:
        """Whether it lies there, and no more was told of the case since."""
        if self.contents is None:
            return False
        there = self.path.is_file() and self.path.stat().st_size == self.contents["bytes"]
        return there and (self.seq, self.head) == (log.seq, log.head)


class Sealer(Protocol):
    """Who writes into the archive. Whatever is raised leaves the case as it is, for another time."""

    def seal(self, log: str) -> Sealed:
        """Write the whole case of a log into a sealed file, and read it back."""

    def drop(self, log: str) -> None:
        """Take away what was written of a case that stays."""


#: So often a case is sealed anew of which something was told meanwhile, before that is left to the next time.
_TIMES = 3


class NotYet(Exception):
    """A case cannot go into the archive now, and may later."""


class CaseMoved(NotYet):
    """Of a case that goes into the archive something was told as it was written there."""


def list_waiting(db: Connection, *, but: str, most: int) -> list[str]:
    """The programmes in which a removal waits to be carried out; `but` leaves some out, of `p`."""
    return list(db.execute(text(f"{_WAITING} AND {but} ORDER BY p.id LIMIT :most"), {"most": most}).scalars())


def carry_on(engine: Engine, programme: str, archive: Sealer | None = None) -> int:
    """Come to every case of the removal that is carried out, from where it was left; gives how many were removed. What goes into the
    archive is written there by `archive`. Raises NotYet once all others were come to, and what `archive` raises besides."""
    with transaction(engine) as db:
        named = _named(db, programme)
    gone, later = 0, None
    for one in named:
        try:
            gone += _seal_and_come_to(engine, one, archive) if one.archives else _come_to(engine, one)
        except NotYet as fault:
            later = later or fault
    if later is not None:
        raise later
    return gone


def _seal_and_come_to(engine: Engine, one: _Named, archive: Sealer | None) -> bool:
    """The same of a case that goes into the archive: it is written there first, unless something keeps it."""
    if archive is None:
        raise ValueError("what goes into the archive needs a sealer")
    for _ in range(_TIMES):
        with transaction(engine) as db:
            logs = lock_logs(db, [one.programme, one.log])
            kept = _kept_by(db, one, load(db, one.log, "case"), logs[one.log])
        try:
            gone = _come_to(engine, one, None if kept else archive.seal(one.log))
        except CaseMoved:
            continue
        if not gone:
            archive.drop(one.log)
        return gone
    raise CaseMoved(one.log)


def _named(db: Connection, programme: str) -> list[_Named]:
    """The cases that a decision names and that it has not come to; those that go into the archive last, as that may have to wait."""
    removal = under_way(read_removals(db, programme))
    if removal is None or removal.decision is None:
        return []
    logs = {digest_of_case(log): log for log in db.execute(_CASES, {"programme": programme}).scalars()}
    classes = removal.classes
    named = [
        _Named(programme, removal.decision, logs[one], classes[one], len(classes), removal.archives(one))
        for one in removal.waiting
    ]
    return sorted(named, key=attrgetter("archives"))


def _come_to(engine: Engine, one: _Named, sealed: Sealed | None = None) -> bool:
    """Remove the contents of a case, or leave them with the reason; gives whether they are gone by this."""
    with transaction(engine) as db:
        db.execute(text("SET LOCAL statement_timeout = 0"))
        # No hold is placed meanwhile: it stands before, or comes too late and is told so.
        wait_for_holds(db)
        logs = lock_logs(db, [one.programme, one.log])
        done = db.execute(_DONE, {"programme": one.programme, "decision": one.decision, "case": one.case}).one()
        if done.this:
            return False
        case = load(db, one.log, "case")
        why = _kept_by(db, one, case, logs[one.log])
        if one.archives and not why:
            why = _not_sealed(logs[one.log], sealed)
        said: CaseRemoval = {"decision": one.decision, "case": one.case}
        contents = sealed.contents if sealed is not None else None
        said |= {"why": why} if why else _remove(db, one, case, logs[one.log], contents)
        event = logs[one.programme].next_event(
            CASE_LEFT if why else CASE_REMOVED, SYSTEM_ACTOR, role=Role.SYSTEM, effects={"case_removal": said}, body={}
        )
        append(db, logs[one.programme], [event])
        if done.come + 1 == one.among:
            db.execute(_END, {"id": one.programme})
        return not why


def _not_sealed(log: Log, sealed: Sealed | None) -> list[str]:
    """Why a case cannot go into the archive. Raises CaseMoved where the sealed file is not of this moment's history."""
    if sealed is not None and sealed.contents is None:
        return [NOT_SEALED]
    if sealed is None or not sealed.is_of(log):
        raise CaseMoved(log.id)
    return []


def _kept_by(db: Connection, one: _Named, case: Case, log: Log) -> list[str]:
    """Why a case is left as it is at this moment: it was opened again, is held, or is kept by another class."""
    calendar = calendar_of(db, one.programme)
    holds = [LegalHold()] if stands_on(db, one.log) else []
    judged = judge(facts_of(case), read_classes(db, one.programme), holds, calendar.local_date(log.now), calendar)
    why = [str(reason) for reason in judged.why]
    other = judged.by.code != one.code or (judged.by.fate == ARCHIVED) != one.archives
    why += [OTHER_CLASS] if other else []
    return why + ([REMOVED_BEFORE] if case.removed_at is not None else [])


def _remove(db: Connection, one: _Named, case: Case, log: Log, sealed: SealedContents | None) -> CaseRemoval:
    """Take out all words of a case and the bytes of its documents, and write down in its log that this was done."""
    hashes = {
        row.seq: {name: known for name, known in hashes_of_fields(row.body).items() if "value" in row.body[name]}
        for row in db.execute(_WORDS, {"log": one.log}).all()
    }
    hashes = {seq: some for seq, some in hashes.items() if some}
    given = {"programme": one.programme, "decision": one.decision, "log": one.log, "hashes": json.dumps(hashes)}
    blobs = list(db.execute(_REMOVE, given).scalars())
    let_go(db, list(db.execute(_BYTES, {"log": one.log}).scalars()))
    db.execute(_UNTYPE, {"log": one.log})
    db.execute(_UNDRAFT, {"ids": "|".join([str(case.number), one.log, *case.tracks, *case.tasks])})
    # Of it no words are kept; nor does anything older than what was taken out.
    forget_facts(db, [one.log])
    gone: ErasedWords = {
        "fields": [(seq, name) for seq, some in hashes.items() for name in sorted(some)],
        "title": True,
        "names": sorted(case.files),
    }
    removal: RemovedContents = {"programme": one.programme, "decision": one.decision}
    if sealed is not None:
        removal["sealed"] = sealed
    context = Context(SYSTEM, log.now, calendar_of(db, one.programme), new_id)
    event, after = remove_contents(load_library(), case, context, removal=removal, gone=gone)
    write(db, log, case, after, [event])
    said: CaseRemoval = {
        "decision": one.decision,
        "case": one.case,
        "event": event.seq,
        "values": len(gone["fields"]),
        "files": len(blobs),
    }
    return said if sealed is None else {**said, "sealed": sealed["file"]}


__all__ = ["CaseMoved", "NotYet", "Sealed", "Sealer", "carry_on", "list_waiting"]
