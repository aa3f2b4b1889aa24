"""The demo is made by operations alone, stands in every state, and proves itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from casework.definitions import load_library
from casework.demo.scripts import scripts
from casework.demo.story import CODE, accounts, is_told, tell
from casework.errors import InvalidSettings
from casework.operations.auth.sessions import find_actor_by_secret
from casework.operations.auth.sign_in import sign_in
from casework.operations.core.national_holidays import china
from casework.operations.verification.service import verify_all
from casework.records.database import connect_engine, transaction
from casework.settings import Settings
from tests.support.databases import DatabaseServer

PASSWORD = "a password for the demo"


@dataclass(frozen=True)
class Told:
    settings: Settings
    engine: Engine
    cases: int

    def rows(self, query: str) -> Sequence[Any]:
        with transaction(self.engine) as db:
            return db.execute(text(query)).all()


def _settings(server: DatabaseServer, name: str, var: Path) -> Settings:
    return server.settings(name, var)


@pytest.fixture(scope="module")
def told(
    database_server: DatabaseServer, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Told]:
    """The whole story, told once; the tests only look at it."""
    name = database_server.create(template_database)
    settings = _settings(database_server, name, tmp_path_factory.mktemp("demo"))
    engine = connect_engine(settings)
    yield Told(settings, engine, tell(settings, PASSWORD))
    engine.dispose()
    database_server.drop(name)


pytestmark = pytest.mark.slow


def test_every_script_is_a_case_and_every_state_has_one(told: Told) -> None:
    assert told.cases >= 20
    assert len(told.rows("SELECT 1 FROM cases")) == told.cases
    library = load_library()
    states = set(library[library.newest["case"]].states)
    assert {row.state for row in told.rows("SELECT state FROM cases")} == states


def test_records_are_as_many_as_promised(told: Told) -> None:
    for table, least in (("needs", 12), ("technologies", 30), ("matches", 40)):
        assert told.rows(f"SELECT count(*) FROM {table}")[0][0] >= least


@pytest.mark.parametrize(
    ("track", "transition"),
    [
        ("referral", "decline"),
        ("referral", "lapse"),
        ("referral", "waive_conflict"),
        ("referral", "suspend"),
        ("referral", "return"),
        ("ip", "recheck"),
        ("case", "withdraw"),
        ("case", "compliance_stop"),
        ("case", "site_failed"),
        ("case", "reopen"),
        ("case", "hold"),
        ("case", "back_to_talks"),
        ("case", "amend_plan"),
        ("pledge", "miss"),
        ("pledge", "cured"),
        ("mediation", "settle_full"),
        ("agreement", "sign_cross"),
    ],
)
def test_every_exception_has_happened(told: Told, track: str, transition: str) -> None:
    assert told.rows(f"SELECT 1 FROM tracks WHERE workflow = '{track}' AND fired ? '{transition}' LIMIT 1")


@pytest.mark.parametrize("kind", ["handed_over", "interest_declared", "consent_ended", "exited", "claimed"])
def test_every_other_action_has_happened(told: Told, kind: str) -> None:
    assert told.rows(f"SELECT 1 FROM events WHERE kind = '{kind}' LIMIT 1")


@pytest.mark.parametrize(
    "outcome",
    [
        "deployed_verified",
        "agreement_no_site",
        "agreement_only",
        "need_met_elsewhere",
        "dormant",
        "duplicate",
        "withdrawn_technology_owner",
        "compliance_stop",
        "not_viable",
    ],
)
def test_cases_have_come_to_many_ends(told: Told, outcome: str) -> None:
    assert told.rows(f"SELECT 1 FROM cases WHERE outcome = '{outcome}'")


def test_a_provider_has_new_working_late_and_returned_referrals(told: Told) -> None:
    rows = told.rows(
        "SELECT t.states[1] AS state, bool_or(k.flagged) AS late FROM tracks t JOIN organisations o ON o.id = t.provider_id"
        " JOIN tasks k ON k.track_id = t.id AND k.type = 'step' AND k.closed_at IS NULL"
        " WHERE t.workflow = 'referral' AND t.ended_at IS NULL AND o.name LIKE 'Yanling%' GROUP BY t.id"
    )
    found = {(row.state, row.late) for row in rows}
    assert {("sent", False), ("in_progress", False), ("in_progress", True), ("rework", False)} <= found


def test_time_runs_over_eighteen_months_and_ends_today(told: Told) -> None:
    (row,) = told.rows(
        "SELECT min(at) < now() - interval '540 days' AS long, max(at) <= now() AS past,"
        " max(at) > now() - interval '5 days' AS recent FROM events"
    )
    assert tuple(row) == (True, True, True)
    assert told.rows("SELECT 1 FROM clocks WHERE fires_at < now() - interval '1 hour'") == []


def test_a_follow_up_is_due_today_or_nearly(told: Told) -> None:
    assert told.rows(
        "SELECT 1 FROM tasks WHERE name = 'follow_up' AND state = 'Ready'"
        " AND due_at BETWEEN now() - interval '3 days' AND now() + interval '3 days'"
    )


def test_the_history_proves_itself(told: Told) -> None:
    assert list(verify_all(told.engine)) == []


def test_everybody_can_sign_in_and_has_a_token(told: Told) -> None:
    assert is_told(told.settings)
    people = accounts(told.settings, PASSWORD)
    roles = {role for one in people for role in one.role}
    assert roles >= {
        "officer",
        "supervisor",
        "compliance",
        "dispute_officer",
        "provider",
        "provider_lead",
        "verifier",
        "auditor",
        "manager",
        "observer",
        "administrator",
    }
    with transaction(told.engine) as db:
        assert sign_in(db, people[0].email, PASSWORD)
        assert all(find_actor_by_secret(db, one.token) for one in people)


def test_more_cases_repeat_the_scripts_with_records_of_their_own(
    database_server: DatabaseServer, template_database: str, tmp_path: Path
) -> None:
    name = database_server.create(template_database)
    settings = _settings(database_server, name, tmp_path)
    engine = connect_engine(settings)
    try:
        wanted = len(scripts(china(range(2024, 2030)), _now(engine))) + 2
        assert tell(settings, PASSWORD, cases=wanted) == wanted
        with transaction(engine) as db:
            assert db.execute(text("SELECT count(DISTINCT match_id) FROM cases")).scalar_one() == wanted
            numbers = list(db.execute(text("SELECT number FROM cases ORDER BY number")).scalars())
        assert all(number.startswith(CODE) for number in numbers)
        assert list(verify_all(engine)) == []
    finally:
        engine.dispose()
        database_server.drop(name)


def test_production_refuses_simulated_time(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="production"):
        tell(Settings(profile="production", var=tmp_path, database_url="postgresql://nobody@localhost/none"), PASSWORD)


def _now(engine: Engine) -> Any:
    with transaction(engine) as db:
        return db.execute(text("SELECT now()")).scalar_one()
