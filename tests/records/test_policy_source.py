"""The policies are made from the conditions that statements have, and each table that has one enforces it."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from casework.permissions.actors import PROVIDER_ROLES, READS_ALL
from casework.records import access_sql, policy_source


def test_a_policy_stands_before_these_tables_and_no_others(db: Connection) -> None:
    found = db.execute(
        text("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity ORDER BY relname")
    ).scalars()
    assert list(found) == sorted(policy_source.POLICIES)


@pytest.mark.parametrize(
    ("table", "condition"),
    [
        ("tracks", access_sql.opened_case("c", policy_source.READING)),
        ("tracks", access_sql.named_for("c", policy_source.READING)),
        ("tasks", access_sql.reads_case("tasks", policy_source.READING)),
        ("clocks", access_sql.opened_mediation("c", policy_source.READING)),
        ("grants", access_sql.reads_case("c", policy_source.READING)),
    ],
)
def test_what_is_asked_of_a_row_is_what_statements_ask(table: str, condition: str) -> None:
    assert condition in policy_source.POLICIES[table]


@pytest.mark.parametrize(
    ("function", "part"),
    [
        ("casework_roles", access_sql.COUNTS),
        ("casework_own_programmes", access_sql.COUNTS),
        ("casework_programmes", access_sql.roles_sql(READS_ALL)),
        ("casework_organisations", access_sql.roles_sql(PROVIDER_ROLES)),
        ("casework_opened", access_sql.open_to("o", "casework_person()")),
        ("casework_sealed_from", access_sql.sent("r")),
        ("casework_referred", access_sql.sent("r")),
    ],
)
def test_what_is_asked_of_who_reads_is_what_statements_ask(function: str, part: str) -> None:
    (body,) = [one.body for one in policy_source.FUNCTIONS if one.head.startswith(f"{function}(")]
    assert part in body
