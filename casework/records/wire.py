"""The wire to the server: the few statements that every action sends, several of them in one round trip.

Each connection has one (`wire_of`). What need not be answered at once waits, and goes with what is sent next, or with COMMIT:
the server carries out all of it in the order in which it was said, and where one statement fails none that came after it is.
What takes the server long can be sent ahead: it is at work on that while whoever sent it goes on.
Statements stay prepared by names of their own, and by others for each role that sends them. Values go out as text without a type,
which the server reads as what it needs.
"""

from __future__ import annotations

import re
from collections import OrderedDict, namedtuple
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import copy_context
from functools import cache, lru_cache
from typing import Any, TypeAlias

import psycopg
from psycopg._preparing import PrepareManager
from psycopg.abc import PQGen
from psycopg.adapt import Transformer
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult
from psycopg.waiting import Ready, Wait

from casework import traces
from casework.records.server_process import APP_ROLE

Row: TypeAlias = tuple[Any, ...]
#: A statement in the server's own form ($1, …), and its values.
Statement: TypeAlias = tuple[str, Sequence[str | None]]

#: The role that sends a statement, and the statement.
_Key: TypeAlias = tuple[str, str]

#: So many statements stay prepared on a connection; the one that was asked for least lately goes first.
MOST_PREPARED = 100
#: What a statement says that lets another role act from there on.
_ROLE = re.compile(r"set_config\('role', '(\w+)', true\)")
_FAILED = (ExecStatus.FATAL_ERROR, ExecStatus.BAD_RESPONSE, ExecStatus.NONFATAL_ERROR)


def _encoded(values: Sequence[str | None]) -> list[bytes | None]:
    """Values as they are sent: a NUL would end one early."""
    if any(value is not None and "\0" in value for value in values):
        raise psycopg.DataError("a value has a NUL")
    return [value if value is None else value.encode() for value in values]


class KeptStatements(PrepareManager):
    """What the driver has prepared stays so after a rollback: the driver would forget all of it, and each statement would have to be
    planned anew after every refusal. The server itself plans again where what a statement names has changed."""

    def clear(self) -> bool:
        return False


@lru_cache(maxsize=512)
def _role_after(statement: str) -> str | None:
    """The role that acts after a statement; None where it leaves that to the one that acted before."""
    roles = _ROLE.findall(statement)
    return roles[-1] if roles else None


@cache
def _row_of(names: tuple[str, ...]) -> Callable[[Sequence[Any]], Any]:
    kind: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # the names are those of the answer
    make: Callable[[Sequence[Any]], Any] = kind._make
    return make


class Wire:
    """One connection's: what it has prepared, and what waits to be sent."""

    def __init__(self, driver: psycopg.Connection[Any]) -> None:
        self.driver = driver
        self.waiting: list[Statement] = []
        #: What was sent ahead and is not answered yet, in its order; one thread sends it, and nobody else sends anything meanwhile.
        self._ahead: list[Future[list[PGresult]]] = []
        self._sender: ThreadPoolExecutor | None = None
        #: The role that acts, as far as was said here since the transaction began; no more than a guess after a savepoint.
        self._role = APP_ROLE
        #: By role, since the server plans a statement anew, with all policies, whenever another role sends it than the last time.
        self._names: OrderedDict[_Key, bytes] = OrderedDict()
        self._forgotten: list[bytes] = []
        self._made = 0
        self._rows = Transformer.from_context(driver)

    @property
    def idle(self) -> bool:
        """Whether no transaction has begun on the server."""
        return self.driver.pgconn.transaction_status == TransactionStatus.IDLE

    def later(self, statement: str, values: Sequence[str | None] = ()) -> None:
        """Send this with what comes next."""
        self.waiting.append((statement, values))

    def ahead(self, statement: str, values: Sequence[str | None] = ()) -> None:
        """Send what waits and this at once, and wait for no answer: what is refused of it is raised by what is sent next."""
        self.later(statement, values)
        waiting, self.waiting = self.waiting, []
        self._sender = self._sender or ThreadPoolExecutor(1, "casework-wire")
        self._ahead.append(
            self._sender.submit(copy_context().run, self._follow, waiting, self._ahead[-1] if self._ahead else None)
        )

    def _follow(self, statements: Sequence[Statement], before: Future[list[PGresult]] | None) -> list[PGresult]:
        """Send what follows something that was sent ahead, unless that was refused."""
        return self._transact(statements) if before is None or before.exception() is None else before.result()

    @property
    def busy(self) -> bool:
        """Whether anything waits to be sent or, sent ahead, to be answered."""
        return bool(self.waiting or self._ahead)

    def _arrive(self) -> None:
        """Wait for the answers to what was sent ahead. Raises psycopg.Error."""
        ahead, self._ahead = self._ahead, []
        for one in ahead[-1:]:
            # Where an earlier one was refused, so was this.
            one.result()

    def drop(self) -> None:
        """What waits is not sent: the transaction, or the part of it that it belongs to, is rolled back, and what was sent ahead too."""
        self.waiting = []
        wait(self._ahead)
        self._ahead = []

    def rest(self) -> None:
        """The connection goes back to where others take it from."""
        # Whatever somebody left waiting is no affair of whoever comes next.
        self.drop()
        if self._sender is not None:
            self._sender.shutdown(wait=False)
            self._sender = None
        self._role = APP_ROLE

    def ask(self, statements: Sequence[Statement]) -> list[list[Row]]:
        """Send what waits and these, beginning a transaction where none has begun; the rows of each of these. Raises psycopg.Error."""
        return [self._rows_of(reply) for reply in self._replies_to(statements)]

    def flush(self) -> None:
        """Send what waits, and hear what became of all that was sent. Raises psycopg.Error."""
        self._arrive()
        if self.waiting:
            self.ask(())

    def commit(self) -> None:
        """Send what waits with COMMIT, where anything does. Raises psycopg.Error."""
        waiting, self.waiting = self.waiting, []
        self._arrive()
        if waiting:
            self._transact([*waiting, ("COMMIT", ())])

    def _begun(self) -> Sequence[Statement]:
        # As the driver would: at the isolation level that was asked for.
        begin = self.driver._get_tx_start_command().decode()
        return [(begin, ())] if self.idle and not self.driver.autocommit else ()

    def ask_named(self, statement: Statement) -> list[Any]:
        """The rows of one statement, each with its values by the names of their columns. Raises psycopg.Error."""
        reply = self._replies_to([statement])[0]
        names = tuple((reply.fname(place) or b"").decode() for place in range(reply.nfields))
        return self._rows_of(reply, _row_of(names))

    def _replies_to(self, statements: Sequence[Statement]) -> list[PGresult]:
        self._arrive()
        waiting, self.waiting = self.waiting, []
        replies = self._transact([*waiting, *statements])
        return replies[len(replies) - len(statements) :]

    def _transact(self, statements: Sequence[Statement]) -> list[PGresult]:
        """One round trip, with which a transaction begins where none has."""
        asked = [*self._begun(), *statements]
        told: dict[str, str | int] = {"db.system.name": "postgresql", "db.operation.batch.size": len(asked)}
        with traces.span("database", "CLIENT", told):
            return self._exchange(asked)

    def _rows_of(self, reply: PGresult, make: Callable[[Sequence[Any]], Any] = tuple) -> list[Any]:
        if reply.status != ExecStatus.TUPLES_OK:
            return []
        self._rows.set_pgresult(reply)
        return self._rows.load_rows(0, reply.ntuples, make)

    def _exchange(self, statements: Sequence[Statement]) -> list[PGresult]:
        """One round trip; the reply to each statement."""
        pg = self.driver.pgconn
        written = [(statement, _encoded(values)) for statement, values in statements]
        if self.idle:
            self._role = APP_ROLE
        with self.driver.lock, self._pipeline():
            names: dict[_Key, bytes] = {}
            asked = [part for statement, values in written for part in self._send(statement, values, names)]
            asked += self._forget()
            replies = list(zip(asked, self.driver.wait(self._replies()), strict=False))
        for (prepares, _), reply in replies:
            if reply.status in _FAILED:
                raise psycopg.errors.error_from_result(reply, pg._encoding)
            if prepares is not None:
                self._names[prepares] = names[prepares]
        self._forgotten = []
        while len(self._names) > MOST_PREPARED:
            self._forgotten.append(self._names.popitem(last=False)[1])
        return [reply for (_, answers), reply in replies if answers]

    @contextmanager
    def _pipeline(self) -> Iterator[None]:
        pg = self.driver.pgconn
        if pg.status != ConnStatus.OK:
            raise psycopg.OperationalError("the connection is lost")
        pg.enter_pipeline_mode()
        try:
            yield
        except BaseException:
            # Whatever it was, replies may be outstanding, which nobody could tell from those to what comes next.
            pg.finish()
            raise
        if pg.status == ConnStatus.OK:
            pg.exit_pipeline_mode()

    def _send(
        self, statement: str, values: Sequence[bytes | None], names: dict[_Key, bytes]
    ) -> Iterator[tuple[_Key | None, bool]]:
        """Send a statement by its name, after itself where it has none yet; for each part what it prepares, and whether it answers."""
        pg, key = self.driver.pgconn, (self._role, statement)
        name = self._names.get(key) or names.get(key)
        if name is None:
            self._made += 1
            name = names[key] = b"casework_%d" % self._made
            pg.send_prepare(name, statement.encode())
            yield key, False
        elif key in self._names:
            self._names.move_to_end(key)
        pg.send_query_prepared(name, values)
        self._role = _role_after(statement) or self._role
        yield None, True

    def _forget(self) -> Iterator[tuple[None, bool]]:
        """Send that some statements are prepared no longer; where that is refused with what came before, it is sent again."""
        for name in self._forgotten:
            self.driver.pgconn.send_query_params(b"DEALLOCATE " + name, None)
            yield None, False

    def _replies(self) -> PQGen[list[PGresult]]:
        """Everything that the server says up to the end of the round trip."""
        pg = self.driver.pgconn
        pg.pipeline_sync()
        while pg.flush():
            if (yield Wait.RW) & Ready.R:
                pg.consume_input()
        replies: list[PGresult] = []
        while True:
            while pg.is_busy():
                yield Wait.R
                pg.consume_input()
            reply = pg.get_result()
            if reply is None:
                if pg.status != ConnStatus.OK:
                    raise psycopg.OperationalError(pg.get_error_message())
            elif reply.status == ExecStatus.PIPELINE_SYNC:
                return replies
            else:
                replies.append(reply)
