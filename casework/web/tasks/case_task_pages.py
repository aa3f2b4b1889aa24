"""The address of a task below its case; everything about a task stands on the page of the task."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, url_for
from werkzeug.wrappers import Response

from casework.errors import NotFound
from casework.operations.cases.queries import find_case
from casework.permissions.visibility import Sight
from casework.web.shell.session import page_transaction


def show(number: str, task: UUID) -> Response:
    """On to the task's own page. Raises NotFound for a task that is not an open one of this case."""
    with page_transaction() as (db, actor):
        case, level = find_case(db, actor, number)
        known = case.tasks.get(str(task))
    if level < Sight.ALL or known is None or not known.open:
        raise NotFound("task")
    return redirect(url_for("tasks.show", task=task), 303)
