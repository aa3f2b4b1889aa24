"""What the demo promises an officer: kinds of deals and rights, durations as in life, owners of here and of abroad."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from pypdf import PdfReader

from casework.engine.case_objects.programme_lists import in_both
from casework.operations.documents.key_material import document_store_of
from casework.records.database import transaction
from tests.demo.told import Told

pytestmark = pytest.mark.slow

#: Days that a track takes which came to such an end: the fewest and the most that an officer would believe.
DURATIONS = (
    # An assessment takes months.
    ("assessment", ("verified", "verified_with_limits", "not_verified"), 60, 240),
    # A plant is permitted, built, brought, put up and tried.
    ("deployment", ("accepted", "accepted_with_punch_list", "rejected_final"), 120, 450),
    # In their survey of 2013 mediations took eight months on average.
    ("mediation", ("settled_full",), 90, 400),
)


@pytest.mark.parametrize(("workflow", "ends", "fewest", "most"), DURATIONS)
def test_what_has_ended_took_as_long_as_in_life(
    told: Told, workflow: str, ends: tuple[str, ...], fewest: int, most: int
) -> None:
    days = [
        row.days
        for row in told.rows(
            "SELECT extract(epoch FROM ended_at - opened_at) / 86400 AS days, states FROM tracks"
            f" WHERE workflow = '{workflow}' AND states && ARRAY{list(ends)}"
        )
    ]
    assert days
    assert fewest <= min(days)
    assert max(days) <= most


@pytest.mark.parametrize(
    ("workflow", "first", "last", "fewest", "most"),
    [
        # About 45 days in a practitioner's guide, more where the bank has two doors.
        ("pledge", "eligible", "paid_out", 40, 150),
        ("finance", "green", "terms_agreed", 60, 250),
        ("agreement", "propose", "sign_local", 14, 120),
        ("agreement", "propose", "sign_cross", 14, 300),
        # The authority has thirty working days for its letter of intent.
        ("agreement", "propose", "sign_to_licence", 40, 150),
        ("case", "take", "approve_plan", 14, 90),
        ("case", "take", "skip_assessment", 14, 90),
        # Of a plant that is on its way: between the plan and the delivery lie months.
        ("deployment", "plan_set", "delivered", 60, 200),
    ],
)
def test_from_step_to_step_it_takes_as_long_as_in_life(
    told: Told, workflow: str, first: str, last: str, fewest: int, most: int
) -> None:
    days = [
        row.days
        for row in told.rows(
            f"SELECT extract(epoch FROM (fired->'{last}'->>'at')::timestamptz"
            f" - (fired->'{first}'->>'at')::timestamptz) / 86400 AS days"
            f" FROM tracks WHERE workflow = '{workflow}' AND fired ?& ARRAY['{first}', '{last}']"
        )
    ]
    # A letter of intent, and what followed on it, was one track: its second proposal is later than its first signature.
    days = [day for day in days if day > 0]
    assert days
    assert fewest <= min(days)
    assert max(days) <= most


@pytest.mark.parametrize(
    "kind", ["invention", "utility_model", "design", "software", "know_how", "trade_secret", "application"]
)
def test_cases_are_about_rights_of_many_kinds(told: Told, kind: str) -> None:
    assert told.rows(f"SELECT 1 FROM rights r JOIN cases c ON r.id = ANY(c.rights) WHERE r.kind = '{kind}'")


def test_a_pending_application_is_licensed_and_none_is_pledged(told: Told) -> None:
    laid = "FROM rights r CROSS JOIN LATERAL jsonb_array_elements(r.encumbrances) b WHERE r.kind = 'application'"
    assert told.rows(f"SELECT 1 {laid} AND b.value->>'kind' = 'licence'")
    assert told.rows(f"SELECT 1 {laid} AND b.value->>'kind' = 'pledge'") == []


def test_no_fee_has_run_out_of_a_right_in_force(told: Told) -> None:
    assert told.rows("SELECT 1 FROM rights WHERE status = 'in_force' AND fee_paid_to <= now()") == []
    assert told.rows("SELECT 1 FROM rights WHERE granted_on < filed_on OR expires_on < granted_on") == []


SIGNED = "COALESCE(t.fired->'sign_cross', t.fired->'sign_local')->'data'"


@pytest.mark.parametrize("kind", ["purchase", "patent_licence", "know_how_licence", "assignment", "development"])
def test_every_kind_of_agreement_is_signed_with_its_price(told: Told, kind: str) -> None:
    rows = told.rows(
        f"SELECT ({SIGNED}->'contract_value'->>'amount')::numeric AS value FROM tracks t"
        f" WHERE workflow = 'agreement' AND {SIGNED}->>'kind' = '{kind}'"
    )
    assert rows
    assert all(row.value >= 100_000 for row in rows)


def test_a_purchase_names_no_right_and_needs_no_class(told: Told) -> None:
    rows = told.rows(
        f"SELECT {SIGNED} AS said, t.fired ?| ARRAY['class_free', 'class_restricted', 'apply_for_letter'] AS classed FROM tracks t"
        f" WHERE workflow = 'agreement' AND {SIGNED}->>'kind' = 'purchase'"
    )
    assert rows
    assert not any(row.classed or row.said.get("rights") for row in rows)


OWNERS = (
    "FROM cases c JOIN organisations needs ON needs.id::text = c.parties->>'need_owner'"
    " JOIN organisations offers ON offers.id::text = c.parties->>'technology_owner'"
)


@pytest.mark.parametrize(
    ("needs", "offers"),
    [
        (lambda country: country == "CN", lambda country: country != "CN"),
        (lambda country: country == "CN", lambda country: country == "CN"),
        (lambda country: country != "CN", lambda country: country == "CN"),
    ],
    ids=["from abroad", "at home", "outbound"],
)
def test_owners_are_of_here_and_of_abroad(
    told: Told, needs: Callable[[str], bool], offers: Callable[[str], bool]
) -> None:
    rows = told.rows(f"SELECT needs.country AS needs, offers.country AS offers {OWNERS}")
    assert any(needs(row.needs) and offers(row.offers) for row in rows)


def test_what_goes_abroad_is_classed_and_a_restricted_export_asks_for_its_letter(told: Told) -> None:
    rows = told.rows(
        f"SELECT t.fired {OWNERS} JOIN tracks t ON t.log_id = c.id AND t.workflow = 'agreement'"
        " WHERE needs.country <> 'CN' AND offers.country = 'CN'"
    )
    assert rows
    assert all({"class_free", "class_restricted", "class_prohibited"} & row.fired.keys() for row in rows)
    assert any("apply_for_letter" in row.fired for row in rows)


def test_a_restricted_import_is_signed_with_its_letter_and_waits_for_its_licence(told: Told) -> None:
    rows = told.rows(
        f"SELECT t.fired, t.states {OWNERS} JOIN tracks t ON t.log_id = c.id AND t.workflow = 'agreement'"
        " WHERE needs.country = 'CN' AND offers.country <> 'CN' AND t.fired ? 'class_restricted'"
    )
    assert rows
    assert all({"letter_issued", "sign_to_licence"} <= row.fired.keys() for row in rows)
    assert [row.states for row in rows] == [["import_licence"]] * len(rows)


def test_a_borrower_pledges_its_own_patents(told: Told) -> None:
    rows = told.rows(
        "SELECT t.fired->'eligible'->'data'->>'pledgor' AS pledgor, t.fired->'apply'->'data'->>'borrower' AS borrower"
        " FROM tracks t WHERE workflow = 'pledge' AND t.fired ? 'apply'"
    )
    assert rows
    assert all(row.pledgor == row.borrower for row in rows)


def test_about_one_case_in_twenty_goes_to_mediation(told: Told) -> None:
    (row,) = told.rows("SELECT (SELECT count(*) FROM mediations) AS mediations, (SELECT count(*) FROM cases) AS cases")
    assert row.cases / 25 <= row.mediations <= row.cases / 15


def test_a_technology_that_came_twice_is_one(told: Told) -> None:
    assert told.rows("SELECT 1 FROM technologies WHERE merged_into IS NOT NULL")


@pytest.mark.parametrize("table", ["needs", "technologies", "matches"])
def test_the_list_that_records_came_from_has_a_name(told: Told, table: str) -> None:
    assert {row.source for row in told.rows(f"SELECT DISTINCT source FROM {table}")} == {
        "Beijing green technology list (北京绿色技术供需清单)"
    }


# --- files, threads, findings, mails, profiles ----------------------------------------------------------------------------

#: Cases of the scripts themselves; those that come again are there for their number.
FIRST = "(SELECT c.id FROM cases c JOIN needs n ON n.id = c.need_id WHERE n.external_id NOT LIKE '%.%')"
CHINESE = re.compile("[一-龥]")


def test_every_paper_on_file_is_a_file_and_every_file_opens(told: Told) -> None:
    bare = f"SELECT 1 FROM documents d WHERE log_id IN {FIRST} AND NOT EXISTS (SELECT 1 FROM files f WHERE f.document_id = d.id)"
    assert told.rows(bare) == []
    files = told.rows("SELECT f.id::text, c.number FROM files f LEFT JOIN cases c ON c.id = f.log_id ORDER BY f.id")
    assert len(files) >= 150
    store = document_store_of(told.engine, told.settings)
    for file in files:
        with transaction(told.engine) as db:
            content = b"".join(store.read(db, file.id))
        (page,) = PdfReader(io.BytesIO(content), strict=True).pages
        words = page.extract_text()
        assert file.number is None or file.number in words
        assert "invented" in words
        assert "虚构" in words


def _words(told: Told, kind: str, name: str) -> list[str]:
    rows = told.rows(f"SELECT body->'{name}'->>'value' AS words FROM events WHERE kind = '{kind}'")
    return [row.words for row in rows]


@pytest.mark.parametrize("kind", ["said", "noted"])
def test_people_write_to_each_other_in_both_languages(told: Told, kind: str) -> None:
    said = _words(told, kind, "words")
    assert len(set(said)) >= 6
    assert {bool(CHINESE.search(words)) for words in said} == {True, False}


def test_mails_go_to_readers_of_both_languages(told: Told) -> None:
    assert {
        row.language for row in told.rows("SELECT p.language FROM mails m JOIN people p ON p.id = m.person_id")
    } == {
        "en",
        "zh-Hans",
    }


def test_providers_say_what_they_do_in_both_languages(told: Told) -> None:
    for row in told.rows("SELECT profile FROM organisations WHERE kind = 'provider'"):
        for name in ("fields", "places"):
            assert row.profile[name]
            for word in row.profile[name]:
                assert [bool(CHINESE.search(one)) for one in in_both(word)] == [False, True]


@pytest.mark.parametrize("table", ["needs", "technologies"])
def test_records_have_chinese_titles(told: Told, table: str) -> None:
    column = "title_zh"
    (row,) = told.rows(f"SELECT count(*) AS of, count({column}) AS named FROM {table}")
    assert row.named >= 0.9 * row.of
