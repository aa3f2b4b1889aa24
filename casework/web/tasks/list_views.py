"""Lists of tasks as pages show them: in groups, each under its heading, and with what is new since the visit before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from flask import current_app, make_response, request
from werkzeug.wrappers import Response

from casework.operations.core.unread import NEW
from casework.operations.tasks.my_work import MOST_COUNTED
from casework.operations.tasks.views import HeldCase, PlacedTask
from casework.web.shell.dates import read_moment
from casework.web.shell.layout import clock
from casework.web.shell.session import cookie_named

#: What a browser keeps of visits to one's lists: when the one before ended, and when the page was last asked for.
VISITS = "visits"
#: Whoever comes back after so long makes another visit; who never came has seen what is older than a day.
PAUSE, FIRST_VISIT = timedelta(minutes=30), timedelta(days=1)


@dataclass(frozen=True)
class Result:
    """What became of a task that something was done to, or tried."""

    done: bool
    words: str


@dataclass(frozen=True, kw_only=True)
class Group:
    """Tasks under one heading of a list."""

    id: str
    title: str
    rows: Sequence[PlacedTask]
    note: str = ""
    kind: str = ""
    #: None where a heading has no count.
    count: int | None = None
    most: int = MOST_COUNTED
    #: What is said of it beside its heading, each with the kind of its tag.
    tags: Sequence[tuple[str, str]] = ()
    #: Cases on hold, which stand before the tasks.
    held: Sequence[HeldCase] = ()
    #: Where the rest is, and what leads there.
    url: str = ""
    more: str = ""
    #: By task, where something was done to several.
    results: Mapping[str, Result] = field(default_factory=dict)


def seen_until() -> datetime:
    """When the visit before this one ended: what is older is not new to whoever reads."""
    return _visits()[0]


def _visits() -> tuple[datetime, datetime]:
    now = clock().now
    kept = request.cookies.get(cookie_named(VISITS), "").split(".")
    try:
        before, last = (datetime.fromtimestamp(int(one), UTC) for one in kept)
    except (ValueError, OverflowError, OSError):
        return now - FIRST_VISIT, now
    return (last, now) if now - last > PAUSE else (before, now)


def with_visit(page: str) -> Response:
    """A page of one's work, whose visit the browser keeps."""
    response = make_response(page)
    kept = ".".join(str(int(moment.timestamp())) for moment in _visits())
    response.set_cookie(
        cookie_named(VISITS),
        kept,
        max_age=timedelta(days=365),
        httponly=True,
        samesite="Lax",
        path="/",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return response


class Marked(Protocol):
    """A row of a list with its mark: a task or a case."""

    @property
    def mark(self) -> str | None: ...

    @property
    def opened_at(self) -> str | None: ...


def mark_shown(row: Marked) -> str | None:
    """new where it was opened since the visit before and not looked at, changed where others did something meanwhile."""
    if row.mark == NEW and (row.opened_at is None or read_moment(row.opened_at) <= seen_until()):
        return None
    return row.mark


def counted(count: int, most: int) -> str:
    """A count in words, of which nobody counts further."""
    return f"{most:,}+" if count >= most else str(count)


__all__ = ["Group", "Result", "counted", "mark_shown", "with_visit"]
