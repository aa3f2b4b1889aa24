"""What SQLAlchemy asks the database as spans of a trace; `records.wire` makes those of its own round trips."""

from __future__ import annotations

import contextlib
from typing import Any

from sqlalchemy import Engine, ExceptionContext, event

from casework import traces


def trace_statements(engine: Engine) -> None:
    """Let each statement that SQLAlchemy sends be a span, as the round trips of the wire are."""

    # As SQLAlchemy calls them: with the connection, the cursor, the statement, its values, the context, and whether there are many.
    def begin(*given: Any) -> None:
        given[4].casework_span = traces.span("database", "CLIENT", {"db.system.name": "postgresql"})
        given[4].casework_span.__enter__()

    def end(*given: Any) -> None:
        given[4].casework_span.__exit__(None, None, None)

    def fail(context: ExceptionContext) -> None:
        fault = context.original_exception
        if (span := getattr(context.execution_context, "casework_span", None)) is not None:
            with contextlib.suppress(type(fault)):
                span.__exit__(type(fault), fault, fault.__traceback__)

    event.listen(engine, "before_cursor_execute", begin)
    event.listen(engine, "after_cursor_execute", end)
    event.listen(engine, "handle_error", fail)
