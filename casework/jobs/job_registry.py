"""The jobs that there are, by name, and how each is run: what one raises has it tried again later."""

from __future__ import annotations

import functools
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from procrastinate import JobContext
from sqlalchemy import Engine

from casework import logs, traces
from casework.counts import JOBS, Counts
from casework.jobs.queue import Job, defer, wait_before
from casework.operations.core.perform import new_id
from casework.records.database import transaction
from casework.settings import Settings

_note = logging.getLogger(__name__)
#: What each task runs and in which queue, by its name.
TASKS: dict[str, tuple[str, Callable[..., None]]] = {}


@dataclass(frozen=True)
class Hands:
    """What a task works with."""

    engine: Engine
    settings: Settings
    #: How often each task has done its work.
    done: Counter[str] = field(default_factory=Counter)
    counts: Counts = field(default_factory=Counts)


class NotDone(Exception):
    """A task did what it could, and something is left for another time."""


def register_job(queue: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A task of the queue by its function's name. Whatever it raises, it is tried again, later each time.

    By the database's time: the worker's own clock may be wrong.
    """

    def made(function: Callable[..., None]) -> Callable[..., None]:
        name = function.__name__

        @functools.wraps(function)
        def run(context: JobContext, *, tries: int = 0, id: str = "", **args: Any) -> None:
            hands: Hands = context.additional_context["hands"]
            # Of its own, whatever it is about: the same when it is tried again.
            id = id or new_id()
            logs.tell(job=name, run=id)
            try:
                with traces.span(f"job {name}", "CONSUMER", {"casework.run": id}):
                    function(hands, **args)
                hands.done[name] += 1
                hands.counts.add(JOBS, name, "done")
            except Exception as fault:
                hands.counts.add(JOBS, name, "again")
                # Without what it is about: a log's id may be a sealed one's, and a fault's words may quote it.
                _note.warning(
                    "the job %s is tried again, after %s tries",
                    name,
                    tries + 1,
                    exc_info=None if isinstance(fault, NotDone) else fault,
                )
                job = context.job
                # By its number in the queue a page would tell how many others there were, sealed ones too; this one it also keeps.
                known = {**args, "tries": tries + 1, "id": id}
                later = Job(job.queue, name, str(job.queueing_lock), known, job.lock)
                with transaction(hands.engine) as db:
                    defer(db, [later], wait_s=wait_before(tries), again=True)
            finally:
                logs.forget()

        TASKS[name] = (queue, run)
        return function

    return made
