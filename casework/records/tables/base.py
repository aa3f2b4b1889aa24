"""What all tables have in common: their metadata, the names of constraints, and the usual columns."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, ForeignKey, ForeignKeyConstraint, MetaData, text
from sqlalchemy.dialects.postgresql import UUID

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = MetaData(naming_convention=NAMES)

Id = UUID(as_uuid=False)

Time = DateTime(timezone=True)


def id_column(**more: object) -> Column[str]:
    return Column("id", Id, primary_key=True, **more)  # type: ignore[arg-type]  # passed on to Column as they are


def reference(name: str, target: str, *, nullable: bool = False, comment: str = "", index: bool = False) -> Column[str]:
    return Column(name, Id, ForeignKey(target), nullable=nullable, comment=comment or None, index=index)


def of_log(log: str = "log_id") -> ForeignKeyConstraint:
    """A row says of its log in which programme it is and whether it is sealed; the database holds it to that."""
    return ForeignKeyConstraint([log, "programme_id", "sealed"], ["logs.id", "logs.programme_id", "logs.sealed"])


NOW = text("clock_timestamp()")

#: Of an index of words: each search reads what was not sorted in yet, so that is kept short.
GIN = {"gin_pending_list_limit": "256"}
