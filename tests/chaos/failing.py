"""`casework` in which every so many-th exchange with the database fails: `python -m tests.chaos.failing 7 serve …`.

Half of them fail before anything was sent, half after it was carried out, COMMIT too, so that nobody hears of it.
"""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import psycopg

from casework.cli import main
from casework.records.wire import Wire

_counted = itertools.count(1)


def _fails(act: Callable[..., Any], every: int) -> Callable[..., Any]:
    # Where it begins, and could not, is no part of it: only what answers requests fails.
    first = os.getpid()

    @wraps(act)
    def failing(*given: Any, **more: Any) -> Any:
        if os.getpid() == first:
            return act(*given, **more)
        n = next(_counted)
        if n % (2 * every) == every:
            raise psycopg.OperationalError("this statement fails")
        answer = act(*given, **more)
        if n % (2 * every) == 0:
            raise psycopg.OperationalError("nobody hears what became of this statement")
        return answer

    return failing


def fail_every(many: int) -> None:
    """The three ways to the database: SQLAlchemy's, the wire's, and the end of a transaction."""
    psycopg.Cursor.execute = _fails(psycopg.Cursor.execute, many)  # type: ignore[method-assign]  # what is tried
    psycopg.Connection.commit = _fails(psycopg.Connection.commit, many)  # type: ignore[method-assign]  # what is tried
    Wire._exchange = _fails(Wire._exchange, many)  # type: ignore[method-assign]  # what is tried


if __name__ == "__main__":
    fail_every(int(sys.argv.pop(1)))
    main()
