"""The demo is made by operations alone, stands in every state, and proves itself; its histories are words that people read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask_babel import force_locale
from markupsafe import Markup
from sqlalchemy import text

from casework.definitions import load_library
from casework.demo.story import CODE, accounts, is_told, tell
from casework.errors import InvalidSettings
from casework.operations.auth.sessions import find_actor_by_secret
from casework.operations.auth.sign_in import sign_in
from casework.operations.documents.key_material import document_store_of
from casework.operations.history import timeline
from casework.operations.history.views import HistoryEntry
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from casework.settings import Settings
from casework.web.app import create_app
from casework.web.history.pages import Line, lines_of
from tests.demo.told import PASSWORD, Told
from tests.support.declared_effects import OF_CASES, OF_REGISTERS, undeclared

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
        ("agreement", "follow"),
    ],
)
def test_every_exception_has_happened(told: Told, track: str, transition: str) -> None:
    assert told.rows(f"SELECT 1 FROM tracks WHERE workflow = '{track}' AND fired ? '{transition}' LIMIT 1")


def test_two_cases_are_linked(told: Told) -> None:
    """One was closed as a duplicate of the other, and both say so."""
    linked = (
        "SELECT c.outcome, r->>'kind' AS kind FROM cases c CROSS JOIN jsonb_array_elements(c.related) r ORDER BY kind"
    )
    assert [(row.outcome, row.kind) for row in told.rows(linked)] == [(None, "duplicate"), ("duplicate", "original")]


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


def test_time_runs_over_three_years_and_ends_today(told: Told) -> None:
    (row,) = told.rows(
        "SELECT min(at) < now() - interval '900 days' AS long, max(at) <= now() AS past,"
        " max(at) > now() - interval '5 days' AS recent FROM events"
    )
    assert tuple(row) == (True, True, True)
    assert told.rows("SELECT 1 FROM clocks WHERE fires_at < now() - interval '1 hour'") == []


def test_a_follow_up_is_due_today_or_nearly(told: Told) -> None:
    assert told.rows(
        "SELECT 1 FROM tasks WHERE name = 'follow_up' AND state = 'Ready'"
        " AND due_at BETWEEN now() - interval '3 days' AND now() + interval '3 days'"
    )


def test_papers_open_people_write_and_an_auditor_asks(told: Told) -> None:
    store = document_store_of(told.engine, told.settings)
    files = told.rows("SELECT id::text FROM files ORDER BY id")
    assert len(files) >= 20
    with transaction(told.engine) as db:
        assert b"".join(store.read(db, files[0].id)).startswith(b"%PDF-")
    kinds = {row.kind for row in told.rows("SELECT DISTINCT kind FROM events WHERE kind IN ('noted', 'said')")}
    assert kinds == {"noted", "said"}
    assert {row.state for row in told.rows("SELECT state FROM findings")} == {"open", "answered", "closed"}


def test_providers_have_profiles_and_people_notices_and_mails(told: Told) -> None:
    assert told.rows("SELECT 1 FROM organisations WHERE kind = 'provider' AND profile = '{}'") == []
    assert told.rows("SELECT 1 FROM notifications LIMIT 1")
    assert told.rows("SELECT 1 FROM mails LIMIT 1")
    assert told.rows("SELECT 1 FROM outbox LIMIT 1") == []


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


def test_more_cases_repeat_the_scripts_with_records_of_their_own(told: Told) -> None:
    assert told.rows("SELECT count(DISTINCT match_id) FROM cases")[0][0] == told.cases
    assert all(row.number.startswith(CODE) for row in told.rows("SELECT number FROM cases"))


def test_production_refuses_simulated_time(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="production"):
        tell(Settings(profile="production", var=tmp_path, database_url="postgresql://nobody@localhost/none"), PASSWORD)


# --- the histories as people read them: words in both languages, and never what only a program reads ---------------------

#: What nobody should read: markup as text, ids, codes with an underscore, values of a program.
TECHNICAL = re.compile(
    r"</?[a-z]+[ >]|[0-9a-f]{8}(…|-[0-9a-f]{4})|\b[a-z]+(_[a-z]+)+\b|\b(None|null|True|False)\b(?!: )"
    # Nor what has no name, or an amount that is hard to read.
    r"|something that is not there any more|已不存在的内容|Sha256|\b[A-Z]{3} \d{4,}"
)


@pytest.fixture(scope="module")
def entries(told: Told) -> list[tuple[str, HistoryEntry]]:
    with transaction(told.engine) as db:
        logs = db.execute(text("SELECT id::text, number, seq FROM cases JOIN logs USING (id) ORDER BY number")).all()
        return [
            (f"{row.number} {one.seq}", one)
            for row in logs
            for one in timeline.tell(db, row.id, set(range(1, row.seq + 1)))
        ]


def test_what_follows_from_each_event_of_any_log_is_as_it_is_declared(told: Told) -> None:
    with transaction(told.engine) as db:
        rows = db.execute(
            text("SELECT l.kind AS log, e.kind, e.effects FROM events e JOIN logs l ON l.id = e.log_id")
        ).all()
    assert len({row.log for row in rows}) > 4
    faults = Counter(
        f"{row.log} {row.kind}: {fault}"
        for row in rows
        for fault in undeclared(row.effects, OF_CASES if row.log in ("case", "mediation") else OF_REGISTERS)
    )
    assert faults == {}


def texts_in(line: Line) -> Iterator[str]:
    yield from (line.words, line.track, line.frm, line.to, line.roles, line.confirm_by, *line.guards)
    for field in line.fields:
        # "None" is the label of an answer too.
        yield from (_shown(one) for one in (field.label, field.now, field.before) if one != "None")
    for change in line.changes:
        yield from map(_shown, (change.what, change.column, change.before, change.after))
    for name, words in line.facts:
        yield from (name, _shown(words))
    yield from (why for _, _, _, why in line.people)


def _shown(words: str | Markup) -> str:
    """As a reader sees it: markup of ours becomes what it shows, any other stays what it is."""
    return words.striptags() if isinstance(words, Markup) else words


@pytest.mark.parametrize("locale", ["en", "zh_Hans"])
def test_no_entry_shows_what_only_a_program_reads(
    told: Told, entries: list[tuple[str, HistoryEntry]], locale: str
) -> None:
    app = create_app(told.settings)
    with app.test_request_context("/"), force_locale(locale):
        found = [
            f"{place}: {words}"
            for (place, _), line in zip(entries, lines_of([one for _, one in entries]), strict=True)
            for words in texts_in(line)
            if TECHNICAL.search(words)
        ]
    app.extensions["casework"].dispose()
    assert found == []


def test_past_projects_came_by_an_import_and_are_counted_apart(told: Told) -> None:
    past = told.rows("SELECT outcome, title_zh FROM past_projects")
    assert len(past) >= 6
    assert all(row.title_zh for row in past)
    assert {row.outcome for row in past} >= {"deployed_measured", "agreement_only", "no_agreement"}
    assert len(told.rows("SELECT 1 FROM cases")) == told.cases


@pytest.mark.parametrize("table", ["needs", "technologies"])
def test_the_values_of_records_are_confirmed_of_some_wholly_of_some_partly_and_of_others_not(
    told: Told, table: str
) -> None:
    shares = {
        "all" if confirmed == of else "some" if confirmed else "none"
        for of, confirmed in told.rows(
            f"SELECT count(*), count(*) FILTER (WHERE p.value ? 'confirmed_by') FROM {table} r"
            " CROSS JOIN LATERAL jsonb_each(r.provenance) p GROUP BY r.id"
        )
    }
    assert shares == {"all", "some", "none"}


def test_a_party_has_answered_by_its_link(told: Told) -> None:
    assert told.rows("SELECT 1 FROM party_links WHERE state = 'used'")
    assert told.rows("SELECT 1 FROM tasks WHERE name = 'introduction_follow_up' AND closed_by = 'party'")


def test_one_shortlist_is_out_for_an_answer_and_of_one_both_sides_said_yes(told: Told) -> None:
    states = told.rows("SELECT need_id, array_agg(state ORDER BY side) FROM interest_requests GROUP BY 1 ORDER BY 2")
    assert [row[1] for row in states] == [["answered", "answered"], ["open", "open"]]


def test_the_citys_needs_are_being_assessed(told: Told) -> None:
    states = told.rows("SELECT state, count(*) FROM assessment_enterprises GROUP BY 1")
    assert {row.state: row.count for row in states} == {"to_ask": 1, "asked": 1, "answered": 4, "refused": 1}
    came = told.rows("SELECT count(visit_id), count(*) FROM assessment_needs")
    assert [tuple(row) for row in came] == [(3, 4)]
