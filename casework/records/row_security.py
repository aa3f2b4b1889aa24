"""Row security: who reads in a transaction, so that the database's own policies show that person's rows and no others.

The policies stand in `records.policy_source`. They ask the setting `casework.reader`, which ends with its transaction: a person's
id, or `engine` for what decides, keeps time and checks, and works in a role of its own, casework_engine, whose one policy is this
setting: that costs a statement nothing, and a person who reads in that role is shown nothing. Where nobody said who reads, papers and
mediations refuse every statement, and other tables show what everybody is shown: nothing sealed, and no referral.

The setting is set here and, in one statement with what finds the person or the key out, in `records.database` (`transaction`: the
engine), `records.actors` (whose token it is) and `operations.auth.sessions` (whose session it is); and by functions of the database,
which put back who read before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, event, text

from casework import logs
from casework.records.database import (
    ENGINE,
    ENGINE_BEGINS,
    ENGINE_READS,
    NAMES_ORIGIN,
    connected,
    engine_begins,
    person_reads,
    run_all,
    run_later,
    wire_of,
)
from casework.records.wire import Row, Statement

#: Who reads until here; from here on the engine does. A select list is evaluated from left to right.
_WHOLE: Statement = f"SELECT current_setting('casework.reader', true), {ENGINE_READS}", ()
#: After a block whoever read before reads again.
_AGAIN = f"SELECT {person_reads('$1')}, true"
#: What a transaction begins with in which somebody reads whom an earlier one of this request has found.
_PERSON_BEGINS = f"SELECT {person_reads('$1')}, {NAMES_ORIGIN.format(place='$2')}"


def read_as(db: Connection, reader: str) -> None:
    """From here to the end of the transaction this person reads, or the engine."""
    if reader == ENGINE:
        run_later(db, *engine_begins())
    else:
        run_later(db, _PERSON_BEGINS, (reader, logs.origin()))


def read_names_in(db: Connection, language: str) -> None:
    """From here to the end of the transaction statements that show names have them in this language, where they are stored in it.

    With what is sent next: it costs no trip of its own.
    """
    run_later(db, "SELECT set_config('casework.names', $1, true)", (language,))


@contextmanager
def whole(db: Connection) -> Iterator[None]:
    """Within the block the engine reads, to decide on whole cases; after it whoever read before."""
    with whole_after(db, ()):
        yield


@contextmanager
def whole_after(db: Connection, statements: Sequence[Statement]) -> Iterator[list[list[Row]]]:
    """The same, and the rows of statements that the engine sends first, in the same round trip."""
    waiting = wire_of(db).waiting
    if waiting and waiting[-1][0] == ENGINE_BEGINS:
        # A transaction of the engine, at its beginning.
        yield run_all(db, statements)
        return
    if waiting and waiting[-1][0] == _AGAIN:
        # Nobody read since the last such block, and who was to is known.
        reader = waiting[-1][1][0]
        waiting[-1] = engine_begins()
        with back_to(db, reader):
            yield run_all(db, statements)
        return
    before, *rows = run_all(db, [_WHOLE, *statements])
    with back_to(db, before[0][0]):
        yield rows


@contextmanager
def back_to(db: Connection, reader: str | None) -> Iterator[None]:
    """After the block this one reads again."""
    try:
        yield
    finally:
        # A transaction that has failed says nothing any more, and shows nothing either.
        if reader != ENGINE and _goes_on(db):
            run_later(db, _AGAIN, (reader or "",))


@contextmanager
def in_snapshot(engine: Engine) -> Iterator[Connection]:
    """A transaction that sees one moment, however long its statements take, and what is made of them; the engine reads in it."""
    with connected(engine) as plain:
        db = plain.execution_options(isolation_level="REPEATABLE READ")
        with db.begin():
            db.execute(text("SET TRANSACTION READ ONLY"))
            db.execute(text("SET LOCAL statement_timeout = 0"))
            # Between two of them it may be reckoned for minutes.
            db.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            read_as(db, ENGINE)
            yield db


def always_whole(engine: Engine) -> None:
    """In every transaction on these connections the engine reads: the demo plays everybody's part on one of them."""
    event.listen(engine, "begin", lambda db: read_as(db, ENGINE))


def _goes_on(db: Connection) -> bool:
    if db.closed or db.invalidated or not db.in_transaction():
        return False
    wire = wire_of(db)
    return wire.busy or wire.driver.info.transaction_status == TransactionStatus.INTRANS
