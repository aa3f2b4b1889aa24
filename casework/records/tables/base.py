"""What all tables have in common: their metadata, the names of constraints, and the usual columns."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, ForeignKeyConstraint, MetaData, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, UUID
from sqlalchemy.schema import SchemaItem

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
#: Of one that is read again and again while it is written: nothing waits to be sorted in.
GIN_AT_ONCE = {"fastupdate": "off"}


def walls() -> tuple[SchemaItem, ...]:
    """What row security asks of a row, which so needs no look at its log, its track and its case; null hides."""
    return (
        Column("sealed", Boolean, nullable=False, comment="Of a mediation"),
        Column("shown_to", Id, comment="The provider of the referral that it is, or is in, once that was sent"),
        Column("shut_out", ARRAY(Text), comment="Who of them is not shown it: barred, or with a declared interest"),
        of_log(),
    )
