"""What all tables have in common: names of constraints that follow from what they hold, and the usual columns."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, MetaData, Table, UniqueConstraint, make_url
from sqlalchemy.schema import CreateIndex, CreateTable

from casework.records.tables.base import NAMES, NOW, Id, Time, id_column, metadata, reference

_DIALECT = make_url("postgresql+psycopg://").get_dialect()()


def written(table: Table) -> str:
    """The statement that makes a table, on one line."""
    return " ".join(str(CreateTable(table).compile(dialect=_DIALECT)).split())


def sample() -> Table:
    own = MetaData(naming_convention=NAMES)
    Table("people", own, id_column())
    return Table(
        "letters",
        own,
        id_column(comment="Also the id of its log"),
        reference("person_id", "people.id"),
        reference("answers_id", "letters.id", nullable=True, comment="Which one it answers", index=True),
        Column("at", Time, nullable=False, server_default=NOW),
        Column("n", Id),
        UniqueConstraint("person_id", "n"),
        CheckConstraint("n <> id", name="apart"),
    )


def test_constraints_are_called_by_what_they_hold() -> None:
    statement = written(sample())
    for name in (
        "pk_letters PRIMARY KEY (id)",
        "uq_letters_person_id_n UNIQUE (person_id, n)",
        "ck_letters_apart CHECK (n <> id)",
        "fk_letters_person_id FOREIGN KEY(person_id) REFERENCES people (id)",
        "fk_letters_answers_id FOREIGN KEY(answers_id) REFERENCES letters (id)",
    ):
        assert f"CONSTRAINT {name}" in statement


def test_a_reference_is_needed_unless_it_says_otherwise_and_has_an_index_where_it_asks_for_one() -> None:
    table = sample()
    statement = written(table)
    assert "id UUID NOT NULL" in statement
    assert "person_id UUID NOT NULL" in statement
    assert "answers_id UUID," in statement
    assert "at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL" in statement
    assert [str(CreateIndex(index).compile(dialect=_DIALECT)) for index in table.indexes] == [
        "CREATE INDEX ix_letters_answers_id ON letters (answers_id)"
    ]
    assert [column.comment for column in table.columns] == [
        "Also the id of its log",
        None,
        "Which one it answers",
        None,
        None,
    ]


def test_every_table_has_a_key_and_every_constraint_a_name_of_its_own() -> None:
    names: list[str] = []
    for table in metadata.sorted_tables:
        assert table.primary_key.columns, table.name
        holding: list[CheckConstraint | UniqueConstraint | Index] = [
            one
            for one in (*table.constraints, *table.indexes)
            if isinstance(one, CheckConstraint | UniqueConstraint | Index)
        ]
        names += [str(one.name) for one in holding]
    assert len(names) > 20
    assert len(names) == len(set(names))
    assert "None" not in names
