"""What a command says of a fault, in one line."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from casework.errors import CaseworkError, DatabaseNotReady

#: What PostgreSQL says of a function, a table or a column that is not there.
_NOT_THERE = ("42883", "42P01", "42703")
#: Of a lock that somebody else held for too long.
_HELD = "55P03"


def explain(fault: Exception) -> str | None:
    """The line for whoever ran the command; nothing for a fault of ours, which is to be seen whole."""
    if isinstance(fault, CaseworkError):
        return fault.message
    if isinstance(fault, ProgrammingError):
        missing = getattr(fault.orig, "sqlstate", None) in _NOT_THERE
        return DatabaseNotReady(why="its tables are missing, or of another release.").message if missing else None
    if isinstance(fault, OperationalError) and getattr(fault.orig, "sqlstate", None) == _HELD:
        return "Somebody else is at work on the same records, or tries an import of them. Try again when it is over."
    if isinstance(fault, OperationalError | IntegrityError):
        return f"The database refused: {str(fault.orig).splitlines()[0]}"
    if isinstance(fault, OSError):
        name = f"{fault.filename}: " if fault.filename else ""
        return f"{name}{fault.strerror or fault}"
    return None
