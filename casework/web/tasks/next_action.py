"""What happened to a case, and what comes next, in one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from casework.operations.cases.queries import what_next
from casework.operations.core.actions import calendar_of
from casework.web.shell import dates
from casework.web.shell.layout import clock, use_calendar
from casework.web.shell.session import page_transaction
from casework.web.shell.task_links import task_words

Json = Any


def say_task(one: Mapping[str, Json]) -> str:
    """What a task asks for, in the reader's language."""
    words = task_words(one)
    return gettext("Decide: %(do)s", do=words) if one["type"] == "decision" else words


def say_done(number: str, words: str) -> str:
    """What happened, and what comes next."""
    with page_transaction() as (db, actor):
        told = what_next(db, actor, number)
        use_calendar(calendar_of(db, told["programme"]))
    if told["closed_at"] is not None:
        return f"{words} {gettext('The case is closed.')}"
    one, now = told["next_action"], clock()
    parts = [words]
    if one is not None:
        parts.append(
            gettext("Next: %(do)s, by %(day)s.", do=say_task(one), day=dates.say_day(_local(one["due_at"]), now))
            if one["due_at"]
            else gettext("Next: %(do)s.", do=say_task(one))
        )
    if told["waits_for"] and told["hold"] is None:
        first = told["waits_for"][0]
        if first["until"]:
            parts.append(
                gettext(
                    "It waits for %(who)s until %(day)s.",
                    who=first["for"]["name"],
                    day=dates.say_day(_local(first["until"]), now),
                )
            )
    return " ".join(parts)


def _local(moment: str) -> str:
    return clock().day_of(moment).isoformat()
