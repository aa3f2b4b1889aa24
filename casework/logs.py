"""What a running installation writes to stderr: one JSON object a line, in one format for pages, API, workers and libraries.

Times are UTC. No line carries what people typed, nor an id by which a sealed log could be found; of faults the places and
the kinds stand there, and the words of those alone that are not the database's. docs/reference/logs.md says what is logged.
"""

from __future__ import annotations

import logging
import sys
import traceback
from types import TracebackType

if "rich" in sys.modules:
    import structlog
else:
    # To draw for developers it loads rich where that is installed, which takes a tenth of the start; ours are lines of JSON.
    sys.modules["rich"] = None  # type: ignore[assignment]  # so it is taken for not installed
    import structlog

    del sys.modules["rich"]
from structlog.typing import EventDict, Processor, WrappedLogger

#: What is kept of the words of a fault.
LONGEST = 300

structlog.configure(
    processors=[structlog.stdlib.add_log_level, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)
_security = structlog.stdlib.get_logger("casework.security")


def line_format() -> logging.Formatter:
    """How every line is written."""
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _tell_fault,
    ]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _tell_fault,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
    )


def configure(level: int = logging.INFO) -> None:
    """Write every log of this process so, from now on; the loggers of libraries too."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(line_format())
    root = logging.getLogger()
    root.handlers, root.level = [handler], level
    for chatty in ("alembic", "sqlalchemy", "procrastinate"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # It warns of each request that waits for a thread, and lets all others wait while it writes that.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)


def security(event: str, **fields: object) -> None:
    """Note a decision about somebody's access. The fields are ids, numbers and words of ours, never what was typed."""
    _security.info(event, **fields)


def tell(**fields: str) -> None:
    """From here on every line of this request or job has these fields, whoever writes it."""
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(**fields)


def forget() -> None:
    """The request or job has ended."""
    structlog.contextvars.clear_contextvars()


def origin() -> str | None:
    """Of which request or run of a job all comes that is done now, as the database is told; None where of neither."""
    told = structlog.contextvars.get_contextvars()
    return next((f"casework {kind} {told[kind]}" for kind in ("request", "run") if kind in told), None)


def _tell_fault(logger: WrappedLogger, method: str, line: EventDict) -> EventDict:
    info = line.pop("exc_info", None)
    fault = sys.exc_info()[1] if info is True else info[1] if isinstance(info, tuple) else info
    if isinstance(fault, BaseException):
        line["fault"] = list(tell_fault(fault))
    return line


def tell_fault(fault: BaseException) -> list[str]:
    """Its kind, the words that may be told, and where it came from, the innermost last; then what it came of."""
    words = [] if _of_database(fault) else [str(fault)[:LONGEST]]
    lines = [": ".join([type(fault).__qualname__, *words]), *_places(fault.__traceback__)]
    before = fault.__cause__ or fault.__context__
    return lines + (["from", *tell_fault(before)] if before is not None else [])


def _of_database(fault: BaseException) -> bool:
    # Its words may quote the values of a row.
    return type(fault).__module__.split(".")[0] in ("psycopg", "sqlalchemy")


def _places(raised: TracebackType | None) -> list[str]:
    return [
        f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(raised)
    ]


__all__ = ["configure", "forget", "line_format", "origin", "security", "tell", "tell_fault"]
