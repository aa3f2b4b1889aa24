"""What technologies mean, by a model: kept for whoever has switched that on, and made by a job a few at a time.

A model takes a thirtieth of a second for a record, so nothing is made in the transaction that writes it: the database forgets what
a record meant whose words have changed (`casework_forget_meaning`), and the job looks at it again. Until then it is found by its words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, text

from casework.engine.case_objects.kept_records import TECHNOLOGY
from casework.ledger.canonical_json import instant
from casework.matching.word_pieces import sentences_of
from casework.operations.matching.text_model import installed, the_model
from casework.records.database import transaction
from casework.records.event_log import lock_log

if TYPE_CHECKING:
    from casework.matching.directions import Meaning

#: Records that are looked at between two transactions, and in one run of the job.
BATCH, A_JOB = 32, 256

#: Told after each batch: how many so far, and how many there are in all.
Progress = Callable[[int, int], None]


#: What of a technology is looked at, what tells most of it first: of a long text the end is not read.
SAYS = ("title", "problem", "advantage", "description")
#: Which of a technology's words those are; a higher number has every technology looked at again.
_READ = 2


def told(*texts: str | None) -> list[str]:
    """The sentences that are looked at of a technology whose `SAYS` these are, or of a document."""
    return sentences_of("\n".join(filter(None, texts)))


def told_by(row: Any) -> list[str]:
    """The sentences of a technology that are looked at."""
    return told(*(row._mapping[name] for name in SAYS))


def kept_as(model: str) -> str:
    """Who says what is kept of a technology: a version of a model, by which of its words."""
    return f"{model}, {_READ}"


#: Switches it on for a programme.
SWITCH_ON = text("""
    INSERT INTO index_states (programme_id, noun, version, records, length, meant, meant_since)
    VALUES (CAST(:programme AS uuid), :noun, 1, 0, 0, 0, casework_now())
    ON CONFLICT (programme_id, noun) DO UPDATE SET meant = coalesce(index_states.meant, 0),
        meant_since = CASE WHEN index_states.meant IS NULL THEN casework_now() ELSE index_states.meant_since END
""")
#: Switches it off, and forgets what there is, in a way that whoever keeps directions reads when it is on again.
_SWITCH_OFF = text("""
    WITH s AS (
        UPDATE index_states SET meant = NULL, meant_since = NULL, meanings = meanings + 1
        WHERE programme_id = CAST(:programme AS uuid) AND noun = :noun
        RETURNING meanings
    )
    UPDATE record_meanings m SET model = '', direction = NULL, sentences = NULL, version = s.meanings FROM s
    WHERE m.programme_id = CAST(:programme AS uuid) AND m.model <> ''
""")
#: The programmes that have switched it on, and whose technologies have changed since they were looked at.
_WAITING = text("""
    SELECT programme_id::text FROM index_states WHERE meant IS NOT NULL AND meant <> version AND noun = :noun ORDER BY 1
""")
#: Technologies of a programme that the model has not looked at, of whatever is asked.
_LEFT = """
    FROM technologies t LEFT JOIN record_meanings m ON m.record_id = t.id
    WHERE t.programme_id = CAST(:programme AS uuid) AND t.status = 'published' AND t.merged_into IS NULL
    AND m.model IS DISTINCT FROM :model
"""
#: The technologies of a programme that the model has not looked at.
_COUNT = text(f"SELECT count(*) {_LEFT}")
#: The first of these.
_SOME = text(f"SELECT t.id::text, t.title, t.problem, t.advantage, t.description {_LEFT} ORDER BY t.id LIMIT :most")
#: Says that all were looked at.
_ALL_MEANT = text("""
    UPDATE index_states SET meant = version, meant_since = NULL
    WHERE programme_id = CAST(:programme AS uuid) AND noun = :noun AND meant IS NOT NULL
""")
#: The next number of a programme's meanings, where they are still wanted.
_TURN = text("""
    UPDATE index_states SET meanings = meanings + 1, meant_since = coalesce(meant_since, casework_now())
    WHERE programme_id = CAST(:programme AS uuid) AND noun = :noun AND meant IS NOT NULL
    RETURNING meanings
""")
#: Of a programme that has switched it on: how many technologies there are, at how many of them a model has looked, and since when one is
#: at it. Which model it was is not asked: to know ours it would have to be loaded.
_STANDING = text("""
    SELECT (meant <> version) AS waits, meant_since, n.there, n.made FROM index_states s CROSS JOIN LATERAL (
        SELECT count(*) AS there, count(*) FILTER (WHERE m.model LIKE :read) AS made
        FROM technologies t LEFT JOIN record_meanings m ON m.record_id = t.id
        WHERE t.programme_id = s.programme_id AND t.status = 'published' AND t.merged_into IS NULL
    ) n WHERE s.programme_id = CAST(:programme AS uuid) AND s.noun = :noun AND s.meant IS NOT NULL
""")
#: Keeps what some records mean that say what they said.
_KEEP = text("""
    INSERT INTO record_meanings (record_id, programme_id, model, direction, sentences, version)
    SELECT r.id, CAST(:programme AS uuid), :model, decode(r.direction, 'hex'), decode(r.sentences, 'hex'), :version
    FROM unnest(CAST(:ids AS uuid[]), CAST(:title AS text[]), CAST(:problem AS text[]), CAST(:advantage AS text[]),
        CAST(:description AS text[]), CAST(:directions AS text[]), CAST(:sentences AS text[]))
        r(id, title, problem, advantage, description, direction, sentences)
    JOIN technologies t ON t.id = r.id
        AND (t.title, t.problem, t.advantage, t.description) IS NOT DISTINCT FROM (r.title, r.problem, r.advantage, r.description)
        AND t.status = 'published' AND t.merged_into IS NULL
    ON CONFLICT (record_id) DO UPDATE SET model = excluded.model, direction = excluded.direction, sentences = excluded.sentences,
        version = excluded.version
""")


@dataclass(frozen=True, kw_only=True, slots=True)
class Looking:
    """How far it is looked at what the technologies of a programme mean."""

    made: int
    there: int
    #: While some are left.
    since: str | None
    #: Whether this machine has a model to do so.
    installed: bool


def show_looking(db: Connection, programme: str) -> Looking | None:
    """How far it is; None where nobody has switched it on. Whoever asks reads the programme's technologies."""
    given = {"programme": programme, "noun": TECHNOLOGY, "read": f"%, {_READ}"}
    row = db.execute(_STANDING, given).one_or_none()
    if row is None:
        return None
    since = instant(row.meant_since) if row.waits and row.meant_since else None
    return Looking(made=row.made, there=row.there, since=since, installed=installed())


def list_waiting(db: Connection) -> list[str]:
    """The programmes whose technologies are to be looked at, where this machine has a model to do so."""
    return list(db.execute(_WAITING, {"noun": TECHNOLOGY}).scalars()) if installed() else []


def switch_on(engine: Engine, programme: str) -> None:
    """Have what a programme's technologies mean kept from now on."""
    with transaction(engine) as db:
        lock_log(db, programme)
        db.execute(SWITCH_ON, {"programme": programme, "noun": TECHNOLOGY})


def switch_off(engine: Engine, programme: str) -> None:
    """Keep nothing of it any more."""
    with transaction(engine) as db:
        lock_log(db, programme)
        db.execute(_SWITCH_OFF, {"programme": programme, "noun": TECHNOLOGY})


def embed(engine: Engine, programme: str, *, most: int | None = None, progress: Progress | None = None) -> int:
    """Look at the technologies of a programme that were not looked at; gives how many. Without a model it does nothing.

    A batch is a transaction: whoever is ended halfway goes on where they were. What changes meanwhile is looked at again.
    """
    if (model := the_model()) is None:
        return 0
    from casework.matching.directions import meaning_of

    of = {"programme": programme, "model": kept_as(model.version)}
    with transaction(engine) as db:
        all_of = db.execute(_COUNT, of).scalar_one() if progress is not None else 0
    done = 0
    while most is None or done < most:
        with transaction(engine) as db:
            rows = db.execute(_SOME, {**of, "most": BATCH}).all()
        if not rows:
            break
        meanings = [meaning_of(model, said) if (said := told_by(row)) else None for row in rows]
        with transaction(engine) as db:
            lock_log(db, programme)
            if (turn := db.execute(_TURN, {**of, "noun": TECHNOLOGY}).scalar()) is None:
                # It was switched off meanwhile.
                return done
            keep(db, programme, model.version, turn, list(zip(rows, meanings, strict=True)))
        done += len(rows)
        if progress is not None:
            progress(done, max(done, all_of))
    with transaction(engine) as db:
        lock_log(db, programme)
        if not db.execute(_COUNT, of).scalar_one():
            db.execute(_ALL_MEANT, {"programme": programme, "noun": TECHNOLOGY})
    return done


def keep(db: Connection, programme: str, model: str, turn: int, found: Sequence[tuple[Any, Meaning | None]]) -> None:
    """Keep what some records mean; nothing of one in whose language the model knows nothing."""
    given = {
        "ids": [row.id for row, _ in found],
        **{name: [row._mapping[name] for row, _ in found] for name in SAYS},
        "directions": [one and one.direction.hex() for _, one in found],
        "sentences": [one and one.sentences.hex() for _, one in found],
    }
    db.execute(_KEEP, {"programme": programme, "model": kept_as(model), "version": turn, **given})
