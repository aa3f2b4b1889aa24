"""The worker: a dispatcher and hands for its jobs, in one process; several work side by side."""

from __future__ import annotations

import asyncio
import functools
import logging
import os
import sys
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import psycopg
from procrastinate import App
from procrastinate.exceptions import ProcrastinateException
from sqlalchemy import Engine
from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError, SQLAlchemyError

from casework.counts import POOL, Counts
from casework.errors import BackupUnusable, CaseworkError, LogUnusable
from casework.jobs.dispatcher import EVERY_S, dispatch
from casework.jobs.job_app import make_app
from casework.jobs.job_registry import Hands
from casework.jobs.people_file import LOOK_S, PeopleFile
from casework.jobs.queue import CLOCKS, HEARTBEAT_S, OTHERS
from casework.ledger.merkle import BadProof
from casework.ledger.signed_notes import BadNote
from casework.operations.documents.storage import ask_for_scans
from casework.operations.verification import sequencer
from casework.operations.verification.wal_archiving import archive_log, let_go, needs_base
from casework.records import backup_folders
from casework.records.backup_shelves import shelf_at
from casework.records.database import connect_engine, pool_state
from casework.records.wal_archive import archives_log
from casework.settings import Settings

_note = logging.getLogger(__name__)

#: How long a job may go on after the worker was told to stop.
GRACE_S = 10.0
#: It says this often what it has done.
REPORT_S = 60.0
#: What its tasks are called there; several events, deadlines or notices may be in one.
WORDS = {
    "fire_timers": "times deadlines", "tell": "times people told", "send": "mails", "hook": "webhooks", "check": "nightly checks",
    "allocate": "times tasks given to people", "erase": "persons erased", "find_twins": "times twins looked for",
    "propose": "times matches proposed", "count_figures": "times figures counted ahead",
    "count_parts": "times figures counted that were asked for", "search": "times searches looked at",
    "reindex": "times indexes brought after what has expired", "embed_records": "times technologies compared by what they mean",
}  # fmt: skip
#: So long it waits where the log cannot go on, before it looks again.
STUCK_S = 30.0
#: So often it looks whether a backup is due, and so long it waits after one that could not be made.
BACKUP_LOOK_S, BACKUP_AGAIN_S = 30.0, 600.0
#: So long it waits before it archives the log again, after the server was away or while another worker does it.
LOG_AGAIN_S, FOREVER_S = 2.0, 1e9
#: What a database that goes away looks like from here.
_GONE = (psycopg.Error, SQLAlchemyError, ProcrastinateException, CaseworkError, OSError)
#: Why the log cannot go on, though the database is there: another key, an older copy, a role that is missing, a tile that was changed, an
#: address that no key can be called by.
_STUCK = (LogUnusable, BadNote, BadProof, DataError, IntegrityError, ProgrammingError, OSError)


class Worker:
    """Works until it is told to stop, from a signal or from another thread."""

    def __init__(
        self,
        settings: Settings,
        *,
        concurrency: int = 4,
        say: Callable[[str], None] = lambda words: None,
        counts: Counts | None = None,
    ) -> None:
        """`say` is told what it does: at the beginning, once a minute if anything was done, and at the end."""
        self.settings, self.concurrency, self.say = settings, concurrency, say
        self.counts = counts or Counts()
        self._done: Counter[str] = Counter()
        self._stopped = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wake: asyncio.Event | None = None

    def run(self) -> None:
        """Work; begin anew when the database was away."""
        # Our own three, and of each kind of job as many as may run at once; no more wait for a thread.
        with asyncio.Runner() as runner:
            self._loop = runner.get_loop()
            self._loop.set_default_executor(
                ThreadPoolExecutor(2 * self.concurrency + 3, thread_name_prefix="casework-job")
            )
            runner.run(self._run())

    def stop(self) -> None:
        """End the work: what is under way is finished, nothing new is begun. May be called by any thread."""
        self._stopped.set()
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._awake)

    def _awake(self) -> None:
        if self._wake is not None:
            self._wake.set()

    async def _run(self) -> None:
        self._wake = asyncio.Event()
        mail = (
            f"mails through {self.settings.smtp_host}"
            if self.settings.smtp_host
            else "no mails, for no mail server is named"
        )
        self.say(f"Working: up to {self.concurrency} deadlines and {self.concurrency} other jobs at once; {mail}.")
        engine = connect_engine(self.settings.model_copy(update={"pool_size": 2 * self.concurrency + 3}))
        self.counts.watch(
            POOL, lambda: {("worker", state): value for state, value in pool_state(engine, self.settings).items()}
        )
        try:
            while not self._stopped.is_set():
                try:
                    async with make_app(self.settings).open_async() as app:
                        await self._work(app, engine)
                except _GONE as fault:
                    _note.warning("the worker begins anew", exc_info=fault)
                await self._rest(1)
        finally:
            engine.dispose()
            self._tell()
            self.say("Stopped.")

    async def _work(self, app: App, engine: Engine) -> None:
        """Until it is told to stop, or until one of the parts fails."""
        hands = {"hands": Hands(engine, self.settings, self._done, self.counts)}
        own = [self._dispatch(engine), self._sequence(engine), self._report(), self._back_up(), self._archive_log()]
        if self.settings.people_file is not None:
            own.append(self._bring_people(engine))
        parts = [asyncio.create_task(part) for part in own]
        for queue in (CLOCKS, OTHERS):
            working = app.run_worker_async(
                queues=[queue],
                name=queue,
                concurrency=self.concurrency,
                additional_context=hands,
                install_signal_handlers=False,
                delete_jobs="always",
                update_heartbeat_interval=HEARTBEAT_S,
                fetch_job_polling_interval=2.0,
                shutdown_graceful_timeout=GRACE_S,
            )
            parts.append(asyncio.create_task(working))
        ended, going = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        for part in going:
            part.cancel()
        await asyncio.gather(*going, return_exceptions=True)
        for part in ended:
            part.result()

    async def _dispatch(self, engine: Engine) -> None:
        loop = asyncio.get_running_loop()
        if self.settings.scanner_address is not None:
            await loop.run_in_executor(None, ask_for_scans, engine)
        look = functools.partial(dispatch, engine, mailing=self.settings.smtp_host is not None)
        while not self._stopped.is_set():
            await loop.run_in_executor(None, look)
            await self._rest(EVERY_S)

    async def _sequence(self, engine: Engine) -> None:
        """Events get their leaves; where the log cannot go on, everything else does, and it says why."""
        loop = asyncio.get_running_loop()
        look = functools.partial(sequencer.sequence, engine, self.settings)
        while not self._stopped.is_set():
            rest = sequencer.EVERY_S
            try:
                await loop.run_in_executor(None, look)
            except _STUCK as fault:
                _note.error("the log of all events does not go on: %s", fault)
                rest = STUCK_S
            await self._rest(rest)

    async def _back_up(self) -> None:
        """Where a folder for backups is named: make one when it is due, prove it, and prune."""
        address = self.settings.backup_folder
        while not self._stopped.is_set():
            rest = BACKUP_LOOK_S if address else FOREVER_S
            try:
                due = address is not None and await asyncio.to_thread(self._is_due, address)
                if address is not None and due and not await self._make_backup(address):
                    rest = BACKUP_AGAIN_S
            except BackupUnusable as fault:
                _note.error("whether a backup is due cannot be seen: %s", fault.message)
                rest = BACKUP_AGAIN_S
            await self._rest(rest)

    def _is_due(self, address: str) -> bool:
        shelf = shelf_at(address, self.settings)
        return backup_folders.is_due(self.settings, shelf, datetime.now(UTC)) or needs_base(self.settings, shelf)

    async def _bring_people(self, engine: Engine) -> None:
        """Do what the file of people says; of one that cannot be done nothing else is late."""
        people, loop = PeopleFile(self.settings), asyncio.get_running_loop()
        while not self._stopped.is_set():
            rest = LOOK_S
            try:
                if said := await loop.run_in_executor(None, people.look, engine):
                    self.say(said)
            except (*_GONE, ValueError, LookupError) as fault:
                _note.error("the file of people is not done just now, it is tried again", exc_info=fault)
                rest = BACKUP_AGAIN_S
            await self._rest(rest)

    async def _make_backup(self, address: str) -> bool:
        """In a process of its own, which takes nothing from deadlines, and is ended with this one."""
        settings = self.settings
        words = ("backup", address, "--keep", str(settings.backup_keep_days))
        making = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "casework", *words, "--keep-weeks", str(settings.backup_keep_weeks)),
            env={**os.environ, "CASEWORK_PROFILE": settings.profile},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            said, _ = await making.communicate()
        finally:
            # Half of one is taken away by the next.
            if making.returncode is None:
                making.terminate()
        lines = said.decode(errors="replace").strip().splitlines() or ["it said nothing."]
        if making.returncode:
            _note.error("the backup is not good: %s", "; ".join(lines[-3:]))
            return False
        self.say(lines[-1])
        return True

    async def _archive_log(self) -> None:
        """Of the embedded server, where a folder for backups is named: archive what is done, as long as this works."""
        address = self.settings.backup_folder
        if address is None or not archives_log(self.settings):
            await asyncio.to_thread(let_go, self.settings)
            return await self._rest(FOREVER_S)
        # A thread of its own: it has one for all the time.
        with ThreadPoolExecutor(1, thread_name_prefix="casework-log") as hand:
            loop, over = asyncio.get_running_loop(), threading.Event()

            def look() -> None:
                archive_log(self.settings, shelf_at(address, self.settings), over.is_set)

            try:
                while not self._stopped.is_set():
                    try:
                        await loop.run_in_executor(hand, look)
                    except _GONE as fault:
                        _note.warning("what is done is not archived just now, it is tried again: %s", fault)
                    # Another worker does it, or the server is away.
                    await self._rest(LOG_AGAIN_S)
            finally:
                over.set()

    async def _report(self) -> None:
        while not self._stopped.is_set():
            await self._rest(REPORT_S)
            self._tell()

    def _tell(self) -> None:
        done = {name: self._done.pop(name) for name in WORDS if name in self._done}
        if done:
            self.say(", ".join(f"{count} {WORDS[name]}" for name, count in done.items()))

    async def _rest(self, seconds: float) -> None:
        assert self._wake is not None
        if not self._stopped.is_set():
            try:
                await asyncio.wait_for(self._wake.wait(), seconds)
            except TimeoutError:
                return
