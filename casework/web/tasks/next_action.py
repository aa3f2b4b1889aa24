"""What happened to a case, and what comes next, in one sentence."""

from __future__ import annotations

from flask_babel import gettext

from casework.definitions import load_library
from casework.json_values import JsonMapping
from casework.operations.cases.queries import what_next
from casework.operations.core.event_views import FormKey, done_key
from casework.operations.core.perform import calendar_of
from casework.operations.core.views import TaskKey
from casework.operations.tasks.views import ListedTask
from casework.web.shell import dates
from casework.web.shell.i18n import edition_text, sentences
from casework.web.shell.layout import clock, use_calendar
from casework.web.shell.session import page_transaction
from casework.web.shell.task_links import task_words
from casework.web.shell.values import say_waited


def say_task(task: TaskKey) -> str:
    """What a task asks for, in the reader's language."""
    words = task_words(task)
    return gettext("Decide: %(do)s", do=words) if task.type == "decision" else words


def say_answer(task: ListedTask, data: JsonMapping) -> str:
    """What was done by completing a task, in the words of the answer or of the task: "You asked the supervisor to waive it."."""
    editions = load_library().editions
    form = editions[task.edition].tasks[task.rule].form
    key = done_key(editions, task, FormKey(edition=task.edition, name=form) if form else None, data)
    if key is None:
        return gettext("Done: %(task)s.", task=task_words(task))
    return gettext("You %(done)s.", done=edition_text(editions[key[0]], key[1]))


def say_done(number: str, words: str) -> str:
    """What happened, and what comes next."""
    with page_transaction() as (db, actor):
        following = what_next(db, actor, number)
        use_calendar(calendar_of(db, following.programme))
    if following.closed_at is not None:
        return sentences((words, gettext("The case is closed.")))
    task = following.next_action
    parts = [words]
    if task is not None:
        parts.append(
            _say_next(say_task(task), task.due_at)
            if task.due_at and not task.still
            else gettext("Next: %(do)s.", do=say_task(task))
        )
    first = next(iter(following.waits_for), None)
    if first is not None and first.until and following.hold is None:
        parts.append(_say_wait(say_waited(first.for_), first.until))
    return sentences(parts)


def _say_next(do: str, due: str) -> str:
    day = dates.say_day(_local(due), clock())
    if dates.is_late(due, clock()):
        return gettext("Next: %(do)s, late since %(day)s.", do=do, day=day)
    return gettext("Next: %(do)s, by %(day)s.", do=do, day=day)


def _say_wait(who: str, until: str) -> str:
    day = dates.say_day(_local(until), clock())
    if dates.is_late(until, clock()):
        return gettext("It waits for %(who)s, late since %(day)s.", who=who, day=day)
    return gettext("It waits for %(who)s until %(day)s.", who=who, day=day)


def _local(moment: str) -> str:
    return clock().day_of(moment).isoformat()
