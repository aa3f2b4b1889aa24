"""Row security: what the database itself shows, to whom, when the application asks for everything."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from casework.operations.auth.sessions import secret_hash
from casework.operations.core.perform import home_of
from casework.records.actors import find_actor_by_token
from casework.records.database import ENGINE, reader_transaction, transaction
from casework.records.policy_source import POLICIES
from casework.records.row_security import back_to, in_snapshot, read_as, whole
from tests.records.row_security_scene import PAPERS, SEALED, Reading, Scene, count, of_mediation, of_referral

TABLES = sorted(POLICIES)
#: What no person is shown, whoever it is.
OF_THE_ENGINE = (
    "reading_heads", "party_link_secrets", "office_link_secrets", "figure_facts", "kept_figures", "kept_figure_lines",
    "kept_figure_parts", "verifications", "verified_leaves",
)  # fmt: skip
#: What a referral of a case has besides its papers.
REFERRED = ("tracks", "tasks", "clocks")
READERS = ("officer", "other_officer", "supervisor", "compliance", "auditor", "manager")
OUTSIDERS = ("foreign_officer", "foreign_provider", "observer", "administrator", "dispute_officer")


@pytest.mark.parametrize("table", [*PAPERS, "mediations"])
def test_who_does_not_say_who_reads_is_refused(reading: Reading, table: str) -> None:
    with pytest.raises(DBAPIError, match="Nobody said who reads"):
        count(reading.db, table)


@pytest.mark.parametrize("table", TABLES)
def test_there_is_something_to_be_seen(scene: Scene, table: str) -> None:
    assert scene.there[table] > 0


@pytest.mark.parametrize("table", PAPERS)
@pytest.mark.parametrize("reader", READERS)
def test_whoever_reads_the_case_sees_its_papers(reading: Reading, reader: str, table: str) -> None:
    assert reading.seen(reader, table) == reading.scene.there[table] - reading.scene.sealed.get(table, 0)


@pytest.mark.parametrize("table", PAPERS)
@pytest.mark.parametrize("reader", OUTSIDERS)
def test_others_see_none_of_them(reading: Reading, reader: str, table: str) -> None:
    # The dispute officer sees those of the mediation alone.
    assert reading.seen(reader, table) == (reading.sealed(reader, table) if table in SEALED else 0)


@pytest.mark.parametrize("reader", ["provider", "provider_lead"])
def test_a_provider_sees_what_it_was_given_and_what_it_handed_in(reading: Reading, reader: str) -> None:
    reading.read(reader)
    assert set(reading.db.execute(text("SELECT id FROM documents")).scalars()) == {
        reading.scene.given,
        reading.scene.own,
    }


def test_what_is_no_longer_granted_is_not_seen(reading: Reading) -> None:
    reading.change("UPDATE grants SET ended_at = now()")
    assert (reading.seen("provider", "documents"), reading.seen("provider", "contents")) == (1, 1)


def test_what_was_withdrawn_is_not_seen_by_whom_it_was_given(reading: Reading) -> None:
    reading.change(f"UPDATE documents SET withdrawn_at = now() WHERE id = '{reading.scene.given}'")
    assert reading.seen("provider", "documents") == 1


def test_a_referral_that_is_still_a_draft_shows_its_provider_nothing(reading: Reading) -> None:
    reading.change(f"UPDATE tracks SET played = '{{}}' WHERE id = '{reading.scene.referral}'")
    assert reading.seen("provider", "documents") == 0


def test_whoever_is_barred_from_the_referral_sees_nothing(reading: Reading) -> None:
    reading.change(
        f"UPDATE tracks SET barred = ARRAY['{reading.person('provider')}'] WHERE id = '{reading.scene.referral}'"
    )
    assert (reading.seen("provider", "documents"), reading.seen("provider_lead", "documents")) == (0, 2)


@pytest.mark.parametrize("reader", ["supervisor", "provider"])
def test_whoever_declared_an_interest_sees_nothing(reading: Reading, reader: str) -> None:
    for table in ("cases", "mediations"):
        reading.change(f"UPDATE {table} SET interests = ARRAY['{reading.person(reader)}']")
    # What registers have on file is no case's.
    of_registers = 1 if reader == "supervisor" else 0
    filed = ("blobs", "compartments", "contents", "evidence", "files")
    assert [reading.seen(reader, table) for table in PAPERS] == [of_registers if t in filed else 0 for t in PAPERS]


def test_a_role_that_has_ended_shows_nothing(reading: Reading) -> None:
    reading.change(f"UPDATE memberships SET ends_at = now() WHERE person_id = '{reading.person('officer')}'")
    assert reading.seen("officer", "documents") == 0


def test_an_account_that_is_closed_shows_nothing(reading: Reading) -> None:
    reading.change(f"UPDATE people SET active = false WHERE id = '{reading.person('officer')}'")
    assert reading.seen("officer", "documents") == 0


def test_beside_a_dispute_officers_role_an_officers_does_not_count(reading: Reading) -> None:
    reading.change(
        "INSERT INTO memberships (id, person_id, role, programme_id, starts_at) SELECT gen_random_uuid(), person_id,"
        f" 'dispute_officer', programme_id, starts_at FROM memberships WHERE person_id = '{reading.person('officer')}'"
    )
    assert reading.seen("officer", "documents") == 0


@pytest.mark.parametrize("table", TABLES)
def test_the_owner_of_the_tables_sees_no_more(reading: Reading, table: str) -> None:
    reading.db.execute(text("SET LOCAL ROLE NONE"))
    if table in PAPERS:
        assert reading.seen("foreign_officer", table) == 0
    if table in SEALED:
        assert reading.sealed("foreign_officer", table) == 0
    if table in REFERRED:
        assert reading.referred("foreign_provider", table) == 0


def test_nobody_writes_what_they_may_not_see(reading: Reading) -> None:
    log = home_of(reading.db, reading.scene.number)
    reading.read("foreign_officer")
    with pytest.raises(DBAPIError, match="row-level security"):
        reading.db.execute(
            text(
                "INSERT INTO documents (id, log_id, kind, registered_at) VALUES (gen_random_uuid(), :log, 'report', now())"
            ),
            {"log": log},
        )


# --- sealed mediations -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", SEALED)
def test_who_does_not_say_who_reads_sees_nothing_of_a_mediation(reading: Reading, table: str) -> None:
    if table in PAPERS or table == "mediations":
        with pytest.raises(DBAPIError, match="Nobody said who reads"):
            count(reading.db, table)
    else:
        assert count(reading.db, of_mediation(table, reading.scene.mediation)) == 0


@pytest.mark.parametrize("table", SEALED)
def test_there_is_something_of_a_mediation_to_be_seen(scene: Scene, table: str) -> None:
    assert scene.sealed[table] > 0


@pytest.mark.parametrize("table", SEALED)
@pytest.mark.parametrize(
    "reader", [*READERS, "foreign_officer", "foreign_provider", "verifier", "observer", "administrator"]
)
def test_a_mediation_is_nowhere_for_who_is_not_named_for_it(reading: Reading, reader: str, table: str) -> None:
    assert reading.sealed(reader, table) == 0


@pytest.mark.parametrize("table", SEALED)
def test_a_dispute_officer_who_is_not_named_for_it_sees_no_more(reading: Reading, table: str) -> None:
    reading.change(f"UPDATE mediations SET owner_id = '{reading.person('manager')}'")
    assert reading.sealed("dispute_officer", table) == 0


@pytest.mark.parametrize("table", SEALED)
def test_whoever_is_named_for_it_sees_all_of_it(reading: Reading, table: str) -> None:
    assert reading.sealed("dispute_officer", table) == reading.scene.sealed[table]


@pytest.mark.parametrize("table", sorted(set(SEALED) - set(PAPERS)))
def test_its_provider_sees_it_from_sending_on(reading: Reading, table: str) -> None:
    assert reading.sealed("provider", table) == reading.scene.sealed[table]
    reading.change(f"UPDATE tracks SET played = '{{}}' WHERE log_id = '{reading.scene.mediation}'")
    assert reading.sealed("provider", table) == 0


@pytest.mark.parametrize("table", SEALED)
def test_to_whom_it_is_opened_sees_it_until_that_ends(reading: Reading, table: str) -> None:
    reading.change(
        "INSERT INTO openings (id, log_id, kind, state, reader_id, asker_id, asked_at, days, until) VALUES (gen_random_uuid(),"
        f" '{reading.scene.mediation}', 'unsealing', 'open', '{reading.person('auditor')}', gen_random_uuid(), now(), 3,"
        " now() + interval '3 days')"
    )
    assert reading.sealed("auditor", table) == reading.scene.sealed[table]
    reading.change("UPDATE openings SET until = now() - interval '1 second'")
    assert reading.sealed("auditor", table) == 0


def test_a_mediation_without_an_owner_is_sealed_as_well(reading: Reading) -> None:
    reading.change("UPDATE mediations SET owner_id = NULL")
    assert reading.sealed("dispute_officer", "mediations") == 0


@pytest.mark.parametrize("table", SEALED)
def test_a_dispute_officer_whose_role_has_ended_sees_it_no_more(reading: Reading, table: str) -> None:
    reading.change(f"UPDATE memberships SET ends_at = now() WHERE person_id = '{reading.person('dispute_officer')}'")
    assert reading.sealed("dispute_officer", table) == 0


@pytest.mark.parametrize("table", SEALED)
def test_it_is_not_opened_to_a_reader_whose_role_has_ended(reading: Reading, table: str) -> None:
    reading.change(
        "INSERT INTO openings (id, log_id, kind, state, reader_id, asker_id, asked_at, days, until) VALUES (gen_random_uuid(),"
        f" '{reading.scene.mediation}', 'unsealing', 'open', '{reading.person('auditor')}', gen_random_uuid(), now(), 3,"
        " now() + interval '3 days')"
    )
    reading.change(f"UPDATE memberships SET role = 'observer' WHERE person_id = '{reading.person('auditor')}'")
    assert reading.sealed("auditor", table) == 0


@pytest.mark.parametrize("table", ["notifications", "follows"])
def test_what_one_was_told_and_follows_is_ones_own(reading: Reading, table: str) -> None:
    assert reading.seen("dispute_officer", table) == 1
    assert [reading.seen(one, table) for one in ("administrator", "provider", "officer")] == [0, 0, 0]


def test_a_sealed_mail_is_there_for_nobody_who_reads_a_page(reading: Reading) -> None:
    assert reading.seen(ENGINE, "mails") == 1
    assert [reading.seen(one, "mails") for one in ("administrator", "dispute_officer", "officer")] == [0, 0, 0]


def test_the_functions_of_row_security_are_the_application_s_alone(reading: Reading) -> None:
    left = reading.db.execute(
        text(
            "SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'casework\\_%'"
            " AND has_function_privilege('public', p.oid, 'EXECUTE')"
        )
    ).scalars()
    assert list(left) == []


# --- another provider's referrals --------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", REFERRED)
def test_who_does_not_say_who_reads_sees_nothing_of_a_referral(reading: Reading, table: str) -> None:
    assert count(reading.db, of_referral(table, reading.scene.tracks)) == 0


@pytest.mark.parametrize("table", REFERRED)
@pytest.mark.parametrize("reader", [*READERS, "provider", "provider_lead"])
def test_a_referral_is_seen_by_whom_it_concerns(reading: Reading, reader: str, table: str) -> None:
    there = reading.referred(ENGINE, table)
    assert (there > 0, reading.referred(reader, table)) == (True, there)


def test_so_is_what_runs_inside_it(scene: Scene) -> None:
    assert len(scene.tracks) > 1


@pytest.mark.parametrize("table", REFERRED)
@pytest.mark.parametrize("reader", [*OUTSIDERS, "verifier"])
def test_a_referral_is_nowhere_for_others(reading: Reading, reader: str, table: str) -> None:
    assert reading.referred(reader, table) == 0


@pytest.mark.parametrize("table", REFERRED)
@pytest.mark.parametrize("change", ["played = '{}'", "provider_id = gen_random_uuid()", "barred = ARRAY['{provider}']"])
def test_its_provider_sees_it_only_while_it_is_theirs(reading: Reading, table: str, change: str) -> None:
    reading.change(
        f"UPDATE tracks SET {change.replace('{provider}', reading.person('provider'))} WHERE id = '{reading.scene.referral}'"
    )
    assert reading.referred("provider", table) == 0


@pytest.mark.parametrize("table", REFERRED)
def test_its_provider_with_an_interest_in_the_case_sees_none_of_it(reading: Reading, table: str) -> None:
    reading.change(f"UPDATE cases SET interests = ARRAY['{reading.person('provider')}']")
    assert reading.referred("provider", table) == 0


@pytest.mark.parametrize("table", REFERRED)
def test_to_whom_the_case_is_opened_sees_its_referrals_until_that_ends(reading: Reading, table: str) -> None:
    reading.change(
        "INSERT INTO openings (id, log_id, kind, state, reader_id, asker_id, asked_at, days, until) VALUES (gen_random_uuid(),"
        f" '{home_of(reading.db, reading.scene.number)}', 'unsealing', 'open', '{reading.person('administrator')}', gen_random_uuid(),"
        " now(), 3, now() + interval '3 days')"
    )
    assert reading.referred("administrator", table) == reading.referred(ENGINE, table)
    reading.change("UPDATE openings SET until = now() - interval '1 second'")
    assert reading.referred("administrator", table) == 0


@pytest.mark.parametrize("reader", ["provider", "foreign_provider", "observer"])
def test_where_the_case_itself_stands_is_no_referral(reading: Reading, reader: str) -> None:
    reading.read(reader)
    assert (
        count(reading.db, f"tracks WHERE workflow = 'case' AND log_id = '{home_of(reading.db, reading.scene.number)}'")
        == 1
    )
    assert count(reading.db, "tasks WHERE track_id IN (SELECT id FROM tracks WHERE workflow = 'case')") > 0


# --- how long it holds -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reader", ["engine", "officer"])
@pytest.mark.parametrize("fails", [False, True])
def test_who_read_is_forgotten_with_the_transaction(scene: Scene, reader: str, fails: bool) -> None:
    seen = []

    def read() -> None:
        with reader_transaction(scene.engine) as db:
            read_as(db, scene.world.people.get(reader, reader))
            seen.append(db.execute(text("SELECT pg_backend_pid() FROM documents LIMIT 1")).scalar_one())
            if fails:
                raise LookupError

    if fails:
        with pytest.raises(LookupError):
            read()
    else:
        read()
    with reader_transaction(scene.engine) as db:
        # The same connection, from the pool.
        assert db.execute(text("SELECT pg_backend_pid()")).scalar_one() == seen[0]
        with pytest.raises(DBAPIError, match="Nobody said who reads"):
            count(db, "documents")


def test_after_an_action_the_person_reads_again(reading: Reading) -> None:
    reading.read("foreign_officer")
    with whole(reading.db):
        inside = count(reading.db, "documents")
    assert (inside, count(reading.db, "documents")) == (4, 0)


def test_in_one_block_after_another_the_engine_reads_each_time(reading: Reading) -> None:
    reading.read("foreign_officer")
    with whole(reading.db):
        first = count(reading.db, "documents")
        read_as(reading.db, reading.person("foreign_officer"))
    with whole(reading.db):
        second = count(reading.db, "documents")
        with whole(reading.db):
            third = count(reading.db, "documents")
    assert (first, second, third, count(reading.db, "documents")) == (4, 4, 4, 0)


def test_after_an_action_that_was_refused_too(reading: Reading) -> None:
    reading.read("foreign_officer")
    with pytest.raises(LookupError), whole(reading.db):
        raise LookupError
    assert count(reading.db, "documents") == 0


def test_a_statement_that_fails_leaves_nothing_open(reading: Reading) -> None:
    reading.read("foreign_officer")
    with pytest.raises(DBAPIError), whole(reading.db), reading.db.begin_nested():
        reading.db.execute(text("SELECT 1/0"))
    assert count(reading.db, "documents") == 0


def test_going_back_to_nobody_shows_nothing(reading: Reading) -> None:
    with back_to(reading.db, None):
        reading.read(ENGINE)
    with pytest.raises(DBAPIError, match="Nobody said who reads"):
        count(reading.db, "documents")


# --- the engine's role ---------------------------------------------------------------------------------------------------


def role(db: Connection) -> str:
    return str(db.execute(text("SELECT current_user")).scalar_one())


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("reader", [*READERS, "provider", "dispute_officer", ""])
def test_in_the_engine_s_role_a_person_is_shown_nothing(reading: Reading, reader: str, table: str) -> None:
    """Whoever forgets to give the role back shows nobody more."""
    person = reading.scene.world.people.get(reader, reader)
    reading.read(ENGINE)
    reading.db.execute(text("SELECT set_config('casework.reader', :person, true)"), {"person": person})
    assert role(reading.db) == "casework_engine"
    assert count(reading.db, table) == 0


@pytest.mark.parametrize("table", TABLES)
def test_in_the_application_s_role_the_setting_alone_shows_the_engine_everything(reading: Reading, table: str) -> None:
    reading.db.execute(text("SELECT set_config('casework.reader', 'engine', true)"))
    assert role(reading.db) == "casework_app"
    assert count(reading.db, table) == reading.seen(ENGINE, table) > 0


def test_the_role_goes_with_who_reads(reading: Reading) -> None:
    db, officer = reading.db, reading.person("officer")
    assert role(db) == "casework_app"
    with whole(db):
        assert role(db) == "casework_engine"
        with whole(db):
            assert role(db) == "casework_engine"
        read_as(db, officer)
        assert role(db) == "casework_app"
    assert role(db) == "casework_app"
    read_as(db, ENGINE)
    nested = db.begin_nested()
    read_as(db, officer)
    nested.rollback()
    assert role(db) == "casework_engine"
    with pytest.raises(LookupError), whole(db):
        raise LookupError
    assert role(db) == "casework_engine"


def test_who_finds_out_who_reads_takes_the_engine_s_role_away(reading: Reading) -> None:
    read_as(reading.db, ENGINE)
    token = reading.scene.world.tokens["officer"]
    assert find_actor_by_token(reading.db, secret_hash(token)) is not None
    assert role(reading.db) == "casework_app"


@pytest.mark.parametrize("fails", [False, True])
def test_the_role_is_forgotten_with_the_transaction(scene: Scene, fails: bool) -> None:
    with suppress(LookupError), transaction(scene.engine) as db:
        assert role(db) == "casework_engine"
        driver = db.connection.driver_connection
        if fails:
            raise LookupError
    with reader_transaction(scene.engine) as db:
        assert db.connection.driver_connection is driver
        assert role(db) == "casework_app"


def test_the_owner_stays_the_owner(owner_engine: Engine) -> None:
    with transaction(owner_engine) as db:
        before = role(db)
        read_as(db, "00000000-0000-4000-8000-000000000000")
        read_as(db, ENGINE)
        assert role(db) == before not in ("casework_app", "casework_engine")


@pytest.mark.parametrize("table", TABLES)
def test_what_the_engine_asks_is_planned_as_if_there_were_no_policy(reading: Reading, table: str) -> None:
    """All that a policy adds is a look at the setting."""
    plan = _plan(reading, ENGINE, table)
    assert "Filter: (current_setting('casework.reader'::text, true) = 'engine'::text)" in plan
    assert not re.search("SubPlan|InitPlan|casework_", plan.replace("casework.reader", ""))
    # Of a person more is asked, or the test would see nothing.
    assert table in OF_THE_ENGINE or re.search("SubPlan|InitPlan|casework_", _plan(reading, "officer", table))


def _plan(reading: Reading, reader: str, table: str) -> str:
    reading.read(reader)
    return "\n".join(reading.db.execute(text(f"EXPLAIN SELECT * FROM {table}")).scalars())


def test_a_snapshot_stays_open_however_long_its_reader_reckons(engine: Engine) -> None:
    with in_snapshot(engine) as db:
        assert db.execute(text("SHOW statement_timeout")).scalar_one() == "0"
        assert db.execute(text("SHOW idle_in_transaction_session_timeout")).scalar_one() == "0"
    with transaction(engine) as db:
        assert db.execute(text("SHOW idle_in_transaction_session_timeout")).scalar_one() != "0"
