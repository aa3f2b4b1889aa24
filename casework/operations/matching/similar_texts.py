"""Finds the technologies that mean most of the same as a text. Reads only.

A process keeps the directions of a programme's technologies, fifty megabytes for 130,000, and reads what came or went since. They are
compared in a thread of its own, while whoever asks goes on: the database looks for those that share words meanwhile.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from sqlalchemy import Connection, text

from casework.engine.case_objects.kept_records import TECHNOLOGY
from casework.matching.fusion import DEPTH
from casework.matching.word_pieces import sentences_of
from casework.operations.matching.meanings import kept_as
from casework.operations.matching.text_model import the_model

if TYPE_CHECKING:
    from casework.matching.dense import Model
    from casework.matching.directions import Directions


class Without(StrEnum):
    """Why a list was made without comparing what texts mean."""

    NOT_SWITCHED_ON = "not_switched_on"
    NOT_INSTALLED = "not_installed"
    #: No record was looked at so far.
    NOT_MADE = "not_made"
    #: What is asked is in a language that the model does not know.
    LANGUAGE = "language"


@dataclass(frozen=True, kw_only=True, slots=True)
class Similar:
    """The records that mean most of the same as a text, or why nobody looked."""

    without: Without | None = None
    model: str = ""
    #: Among so many.
    records: int = 0
    #: By record its rank, the closest first.
    ranks: Mapping[str, int] = field(default_factory=dict)
    #: The sentences of the text, with their signs.
    said: Sequence[str] = ()
    signs: bytes = b""
    #: What it was compared with.
    among: Directions | None = None

    def silent_of(self, ids: Sequence[str]) -> list[str]:
        """Those of some records that were not compared: in a language that the model does not know, or not looked at so far."""
        return [] if self.among is None else self.among.missing(ids)


#: A comparison that goes on: gives what was found, once it is there.
Comparing: TypeAlias = Callable[[], Similar]


#: What a programme has of them.
_STATE = text("""
    SELECT meanings, meant FROM index_states WHERE programme_id = CAST(:programme AS uuid) AND noun = :noun
""")
#: What came or went since.
_SINCE = text("""
    SELECT record_id::text AS id, CASE WHEN model = :model THEN direction END AS direction FROM record_meanings
    WHERE programme_id = CAST(:programme AS uuid) AND version > :version
""")


@dataclass(slots=True)
class _Held:
    """What this process has of a programme's meanings, and up to which version."""

    version: int
    directions: Directions


_held: dict[tuple[str, str], _Held] = {}
_holding = threading.Lock()


def _directions(db: Connection, programme: str, model: str, version: int) -> Directions:
    from casework.matching.directions import Directions

    key = (str(db.engine.url), programme)
    with _holding:
        if (held := _held.get(key)) is None:
            held = _held[key] = _Held(version=-1, directions=Directions.none())
        if held.version < version:
            given = {"programme": programme, "model": kept_as(model), "version": held.version}
            rows = {row.id: row.direction for row in db.execute(_SINCE, given)}
            held.directions, held.version = held.directions.changed(rows), version
        return held.directions


def drop_held(db: Connection, programme: str) -> None:
    """Forget what this process has of a programme: what it was read from is gone."""
    with _holding:
        _held.pop((str(db.engine.url), programme), None)


def begin_comparing(db: Connection, programme: str, said: str) -> Comparing:
    """Compare the technologies of a programme with a text. All that is read of the database is read before this answers."""
    state = db.execute(_STATE, {"programme": programme, "noun": TECHNOLOGY}).one_or_none()
    if state is None or state.meant is None:
        return _none(Without.NOT_SWITCHED_ON)
    if (model := the_model()) is None:
        return _none(Without.NOT_INSTALLED)
    if not (sentences := sentences_of(said)):
        return _none(Without.LANGUAGE, model.version)
    directions = _directions(db, programme, model.version, state.meanings)
    if not len(directions):
        return _none(Without.NOT_MADE, model.version)
    thread = ThreadPoolExecutor(1, "casework-similar")
    comparing = thread.submit(_compared, model, directions, sentences)
    # It ends once it has answered, whether anybody asks for that or not.
    thread.shutdown(wait=False)
    return comparing.result


def _none(without: Without, model: str = "") -> Comparing:
    return lambda: Similar(without=without, model=model)


def _compared(model: Model, directions: Directions, sentences: Sequence[str]) -> Similar:
    from casework.matching.directions import meaning_of

    meaning = meaning_of(model, sentences)
    ranks = {id: rank for rank, id in enumerate(directions.closest(meaning.direction, DEPTH), start=1)}
    return Similar(
        model=model.version,
        records=len(directions),
        ranks=ranks,
        said=sentences,
        signs=meaning.sentences,
        among=directions,
    )


def find_similar(db: Connection, programme: str, said: str) -> Similar:
    """The technologies of a programme that mean most of the same as a text."""
    return begin_comparing(db, programme, said)()
