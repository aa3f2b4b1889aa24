"""The file of people that an office leaves: read when it has changed, and anew as days go by."""

from __future__ import annotations

import logging
import time

from sqlalchemy import Engine

from casework.errors import Refused
from casework.logs import security
from casework.operations.documents.key_material import secret_box_of
from casework.operations.people.access_file import read_access_file
from casework.operations.people.staff import Brought, bring_people
from casework.records.database import transaction
from casework.settings import Settings

_note = logging.getLogger(__name__)
#: So often it is looked at, and so often read though it has not changed: for days on which somebody has left.
LOOK_S, AGAIN_S = 30.0, 21_600
#: Somebody may still be writing what is younger.
STILL_S = 20.0
#: What is older has not been written for two nights.
OLD_S = 2 * 86_400


def is_still(written: float, at: float, seen_s: float) -> bool:
    """Whether nobody is writing it any more: by its own time, or by the seconds it has been seen so, as where its time lies ahead."""
    return written <= at - STILL_S or seen_s >= STILL_S


class PeopleFile:
    """What one worker knows of the file: which it has read, and when. That another has read it too does no harm."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._read: tuple[float | str, int, int] | None = None
        #: What it was when last looked at, and since when by a clock that nobody sets.
        self._seen: tuple[tuple[float, int], float] | None = None

    def look(self, engine: Engine) -> str | None:
        """Do what the file says, if it has not been read so; gives a sentence where anything was done."""
        path = self._settings.people_file
        if path is None:
            return None
        at = time.time()
        turn = int(at // AGAIN_S)
        try:
            content, written = read_access_file(path)
        except (OSError, Refused) as fault:
            # Once, until something else is wrong with it.
            if self._read != (told := (str(fault), 0, turn)):
                self._read = told
                if isinstance(fault, Refused):
                    _refuse(fault)
                else:
                    _note.error("the file of people cannot be read: %s", fault)
            return None
        mark = (written, len(content), turn)
        if not self._rests((written, len(content)), at) or self._read == mark:
            return None
        said = self._bring(engine, content)
        self._read = mark
        return said

    def _rests(self, now: tuple[float, int], at: float) -> bool:
        since = time.monotonic()
        if self._seen is None or self._seen[0] != now:
            self._seen = now, since
        return is_still(now[0], at, since - self._seen[1])

    def _bring(self, engine: Engine, content: bytes) -> str | None:
        try:
            with transaction(engine) as db:
                done = bring_people(db, secret_box_of(self._settings), content, mailing=False)
        except Refused as refusal:
            _refuse(refusal)
            return None
        return self._tell(done)

    def _tell(self, done: Brought) -> str | None:
        plan = done.plan
        if plan.faults:
            # By row and column alone: who it is, whoever keeps the file sees there.
            told = "; ".join(map(str, plan.faults[:5]))
            _note.error("the file of people has %s faults, and nothing was changed: %s", len(plan.faults), told)
            security("people_file", decision="refused", why="rows", file=done.digest)
            return None
        if plan.is_empty:
            return None
        security("people_file", decision="allowed", file=done.digest, **done.counts)
        return f"The file of people: {done.summary}"


def _refuse(refusal: Refused) -> None:
    _note.error("the file of people is refused: %s", refusal.reasons[0])
    security("people_file", decision="refused", why=refusal.reasons[0].code)


__all__ = ["LOOK_S", "OLD_S", "PeopleFile", "is_still"]
