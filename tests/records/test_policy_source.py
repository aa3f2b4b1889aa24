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
        ("tracks", access_sql.reads_case("tracks", policy_source.READING)),
        ("tracks", access_sql.not_shut_out("tracks", policy_source.READING.text)),
        ("tasks", access_sql.reads_case("tasks", policy_source.READING)),
        ("tasks", access_sql.not_shut_out("tasks", policy_source.READING.text)),
        ("mediations", access_sql.named_for("mediations", policy_source.READING)),
        ("mediations", access_sql.opened_mediation("mediations", policy_source.READING)),
        ("documents", access_sql.reads_case("c", policy_source.READING)),
        ("documents", access_sql.opened_case("c", policy_source.READING)),
        ("grants", access_sql.reads_case("c", policy_source.READING)),
    ],
)
def test_what_is_asked_of_a_row_is_what_statements_ask(table: str, condition: str) -> None:
    assert condition in policy_source.POLICIES[table]


@pytest.mark.parametrize(
    ("function", "part"),
    [
        ("casework_find_reach", access_sql.COUNTS),
        ("casework_find_reach", access_sql.in_time("m")),
        ("casework_find_reach", access_sql.roles_sql(READS_ALL)),
        ("casework_find_reach", access_sql.roles_sql(PROVIDER_ROLES)),
        ("casework_find_reach", access_sql.open_to("o", "person")),
        ("casework_wall", access_sql.sent("a")),
        ("casework_wall", access_sql.is_referral("a")),
        ("casework_wall", access_sql.referral_of("r")),
        ("casework_mediating", access_sql.not_shut_out("r", "person::text")),
        ("casework_mediated", access_sql.named_for("m", policy_source.ASKED)),
        ("casework_mediated", access_sql.opened_mediation("m", policy_source.ASKED)),
        ("casework_own", access_sql.own_row("r", policy_source.ASKED)),
        ("casework_opened", access_sql.opened_case("c", policy_source.ASKED)),
    ],
)
def test_what_is_asked_of_who_reads_is_what_statements_ask(function: str, part: str) -> None:
    (body,) = [one.body for one in policy_source.FUNCTIONS if one.head.startswith(f"{function}(")]
    assert part in body


@pytest.mark.parametrize("table", policy_source.POLICIES)
def test_the_engine_s_policy_asks_the_setting_alone_and_people_have_another(db: Connection, table: str) -> None:
    """What reads and writes as the engine is planned without what people are asked."""
    policies = db.execute(
        text("SELECT policyname, roles::text[] AS roles, qual FROM pg_policies WHERE tablename = :table ORDER BY 1"),
        {"table": table},
    ).all()
    assert [(policy.policyname, policy.roles) for policy in policies] == [
        ("engine", ["public"]),
        ("readers", ["casework_app"]),
    ]
    assert policies[0].qual == "(current_setting('casework.reader'::text, true) = 'engine'::text)"


@pytest.mark.parametrize("role", ["casework_app", "casework_engine"])
def test_neither_role_has_the_rights_of_the_other(db: Connection, role: str) -> None:
    """The engine's would meet the policy of people, too."""
    others = db.execute(
        text(
            "SELECT o.rolname FROM pg_roles o WHERE o.rolname LIKE 'casework\\_%' AND o.rolname <> :role"
            " AND pg_has_role(:role, o.oid, 'MEMBER')"
        ),
        {"role": role},
    )
    assert others.scalars().all() == []
