"""One search box, over what a person may see and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from casework.operations.core.perform import home_of
from casework.operations.documents.storage import DocumentStore
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.support.additions import add_assessment
from tests.support.way_to_referral import to_referral
from tests.support.web_client import Browser
from tests.support.world import World

BrowserFor = Callable[[str], Browser]


def main(browser: Browser, words: str) -> str:
    answer = browser.get("/search", query_string={"q": words})
    assert answer.status_code == 200
    return answer.text.split("<main")[1].split("</main>")[0]


pytestmark = pytest.mark.stage(play=to_referral)


@pytest.fixture
def number(staged: tuple[str, str]) -> str:
    return staged[0]


@pytest.mark.parametrize("words", ["BJ-", "steam WITHOUT", "hebei", "Nordwind"])
def test_numbers_titles_and_parties_are_found(world: World, number: str, browser_for: BrowserFor, words: str) -> None:
    found = main(browser_for("officer"), words)
    assert number in found
    assert "Hebei Steam Works" in found


def test_a_provider_finds_its_referrals(world: World, number: str, browser_for: BrowserFor) -> None:
    found = main(browser_for("provider"), "hebei")
    assert "Referrals" in found
    assert "Green technology assessment" in found
    assert "Cases" not in found


def leads(browser: Browser, words: str) -> str:
    answer = browser.get("/search", query_string={"q": words})
    return str(answer.headers["Location"]) if answer.status_code == 302 else ""


def test_a_whole_number_leads_at_once_to_what_has_it(
    world: World, staged: tuple[str, str], browser_for: BrowserFor
) -> None:
    number, referral = staged
    officer = browser_for("officer")
    assert leads(officer, number).endswith(f"/cases/{number}")
    assert leads(officer, f"  {number.lower()} ").endswith(f"/cases/{number}")
    assert leads(browser_for("provider"), number).endswith(f"/referrals/{referral}")
    assert leads(officer, "need-1").endswith(f"/needs/{world.needs[0]}")
    assert leads(officer, "technology-1").endswith(f"/technologies/{world.technologies[0]}")


def test_the_number_of_a_right_leads_to_it_however_one_writes_it(
    engine: Engine, world: World, browser_for: BrowserFor
) -> None:
    with transaction(engine) as db:
        given = {"id": world.rights[0]}
        db.execute(text("UPDATE rights SET office = 'CN', number = 'ZL 2021 1 0123456.7' WHERE id = :id"), given)
    page = f"/rights/{world.rights[0]}"
    for words in ("ZL202110123456.7", "202110123456", " cn 2021 1 0123456 "):
        assert leads(browser_for("officer"), words).endswith(page), words
        assert leads(browser_for("manager"), words).endswith(page), words
        for who in ("observer", "provider", "foreign_officer", "administrator"):
            assert "Nothing that you may see" in main(browser_for(who), words), who
    assert leads(browser_for("officer"), "ZL20211012345") == ""


def test_the_registration_of_an_organisation_leads_to_it_for_those_who_know_it(
    engine: Engine, world: World, browser_for: BrowserFor
) -> None:
    party = world.organisations["need_owner"]
    with transaction(engine) as db:
        given = {"id": party, "said": "91110108MA01ABCD2X"}
        db.execute(text("UPDATE organisations SET register_number = :said WHERE id = :id"), given)
    for words in ("91110108MA01ABCD2X", "91110108 ma01abcd2x"):
        assert leads(browser_for("officer"), words).endswith(f"/organisations/{party}"), words
    for who in ("observer", "provider", "foreign_officer"):
        assert leads(browser_for(who), "91110108MA01ABCD2X") == "", who
    assert leads(browser_for("officer"), "91110108MA01ABCD") == ""


def test_a_number_of_two_things_leads_to_none_of_them(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    with transaction(engine) as db:
        db.execute(text("UPDATE rights SET office = 'CN', number = '77' WHERE id = :id"), {"id": world.rights[0]})
        db.execute(text("UPDATE needs SET external_id = '77' WHERE id = :id"), {"id": world.needs[0]})
    found = main(browser_for("officer"), "77")
    assert f'href="/rights/{world.rights[0]}"' in found
    assert f'href="/needs/{world.needs[0]}"' in found


def test_a_few_digits_lead_to_a_right_only_where_nothing_else_has_them(
    engine: Engine, world: World, browser_for: BrowserFor
) -> None:
    with transaction(engine) as db:
        db.execute(text("UPDATE rights SET office = 'CN', number = '2021' WHERE id = :id"), {"id": world.rights[0]})
    assert leads(browser_for("officer"), "2021").endswith(f"/rights/{world.rights[0]}")
    with transaction(engine) as db:
        add_assessment(db, world, "officer", "BJ", world.needs[0])
        db.execute(text("UPDATE needs_assessments SET title = 'Heat of 2021'"))
    assert leads(browser_for("officer"), "2021") == ""
    assert "Heat of 2021" in main(browser_for("officer"), "2021")


def test_what_registers_hold_stands_under_headings_of_its_own(
    engine: Engine, world: World, browser_for: BrowserFor
) -> None:
    with transaction(engine) as db:
        made = add_assessment(db, world, "officer", "BJ", world.needs[0])
        db.execute(text("UPDATE needs_assessments SET title = 'Zircon heat', title_zh = '锆石供热'"))
        db.execute(text("UPDATE assessment_visits SET title = 'Zircon boilers'"))
        db.execute(text("UPDATE rights SET owner = 'Zircon Works' WHERE id = :id"), {"id": world.rights[0]})
        db.execute(
            text(
                "INSERT INTO past_projects (id, programme_id, source, external_id, title, ended_on, outcome)"
                " VALUES (gen_random_uuid(), :programme, 'list', 'P1', 'Zircon kiln', date '2023-05-31', 'deployed_measured')"
            ),
            {"programme": world.programmes["BJ"]},
        )
    found = main(browser_for("officer"), "zircon")
    assert re.findall(r"<h2[^>]*>([^<]+)<", found) == [
        "IP rights",
        "Needs assessments",
        "Visits and events",
        "Past projects",
    ]
    assert f'href="/needs-assessments/{made["needs_assessment"]}#visits"' in found
    only = re.search(r'href="(/past-projects\?project=[^"]+)"', found)
    assert only is not None
    assert "Zircon kiln" in browser_for("officer").get(only[1]).text
    assert browser_for("foreign_officer").get(only[1]).status_code == 404
    assert re.findall(r"<h2[^>]*>([^<]+)<", main(browser_for("manager"), "zircon")) == ["IP rights", "Past projects"]


def test_a_part_of_a_number_or_what_one_may_not_see_leads_nowhere(
    world: World, number: str, browser_for: BrowserFor
) -> None:
    assert leads(browser_for("officer"), number[:-1]) == ""
    for who in ("foreign_provider", "foreign_officer", "administrator"):
        assert leads(browser_for(who), number) == "", who


@pytest.mark.parametrize("who", ["foreign_provider", "verifier", "foreign_officer", "dispute_officer", "administrator"])
def test_others_find_nothing(world: World, number: str, browser_for: BrowserFor, who: str) -> None:
    for words in (number, "hebei", "steam"):
        assert "Nothing that you may see is called so." in main(browser_for(who), words), words


def test_an_observer_finds_the_outline_and_no_party(world: World, number: str, browser_for: BrowserFor) -> None:
    browser = browser_for("observer")
    found = main(browser, "steam without")
    assert number in found
    assert "Hebei" not in found
    assert "Nothing that you may see" in main(browser, "hebei")


def test_who_is_shut_out_finds_nothing(engine: Engine, world: World, number: str, browser_for: BrowserFor) -> None:
    with transaction(engine) as db:
        db.execute(text("UPDATE cases SET interests = ARRAY[CAST(:p AS text)]"), {"p": world.people["provider"]})
    assert "Nothing that you may see" in main(browser_for("provider"), "hebei")


@pytest.mark.parametrize("words", ["%", "_", "%%", "\\", "'; DROP TABLE cases; --", "<script>alert(1)</script>"])
def test_signs_of_the_query_language_are_letters_like_others(
    world: World, number: str, browser_for: BrowserFor, words: str
) -> None:
    found = main(browser_for("officer"), words)
    assert number not in found
    assert "<script>alert" not in found


def test_too_few_letters_ask_for_more(world: World, browser_for: BrowserFor) -> None:
    for words in ("", "a", "  "):
        assert "Write at least 2 letters" in main(browser_for("officer"), words)


def test_the_box_stands_on_every_page(world: World, browser_for: BrowserFor) -> None:
    assert 'role="search" action="/search"' in browser_for("provider").get("/").text


# --- documents, messages and people -----------------------------------------------------------------------------------

READ_WHOLE = ("officer", "other_officer", "supervisor", "compliance", "auditor", "manager")
OUTSIDE = ("foreign_officer", "foreign_provider", "verifier", "observer", "administrator", "dispute_officer")


def test_documents_are_found_by_title_and_file_name_by_those_who_read_them(
    world: World, number: str, document_store: DocumentStore, browser_for: BrowserFor
) -> None:
    world.hand_in(document_store, number, title="Boiler certificate", name="pressure_vessel-2026.pdf")
    for who in (*READ_WHOLE, "provider", *OUTSIDE):
        for words in ("certificate boiler", "vessel", "pressure_vessel", "2026.pdf"):
            assert ("Boiler certificate" in main(browser_for(who), words)) is (who in READ_WHOLE), (who, words)


def test_the_number_of_a_letter_leads_to_it_for_those_who_read_it(
    engine: Engine, world: World, number: str, document_store: DocumentStore, browser_for: BrowserFor
) -> None:
    letter = world.hand_in(document_store, number, title="Invitation")
    numbered = '{"year": 2026, "n": 12, "written": "BJ〔2026〕12号"}'
    with transaction(engine) as db:
        given = {"id": letter, "numbered": numbered}
        db.execute(text("UPDATE documents SET numbered = CAST(:numbered AS jsonb) WHERE id = :id"), given)
    for words in ("BJ〔2026〕12号", " bj 〔2026〕 12号"):
        assert leads(browser_for("officer"), words).endswith(f"/documents/{letter}"), words
    for who in ("manager", "auditor"):
        assert leads(browser_for(who), "BJ〔2026〕12号").endswith(f"/documents/{letter}"), who
    for who in ("provider", *OUTSIDE):
        assert leads(browser_for(who), "BJ〔2026〕12号") == "", who
        assert "Invitation" not in main(browser_for(who), "BJ〔2026〕12号"), who
    assert leads(browser_for("officer"), "BJ〔2026〕1") == ""


def test_a_provider_finds_what_is_granted_to_it_while_it_is(
    engine: Engine, world: World, number: str, document_store: DocumentStore, browser_for: BrowserFor
) -> None:
    document = world.hand_in(document_store, number, title="Boiler certificate")
    given = {"document": document}
    with transaction(engine) as db:
        db.execute(
            text(
                "INSERT INTO grants (id, log_id, track_id, document_id, consents, given_at)"
                " SELECT gen_random_uuid(), log_id, id, CAST(:document AS uuid), "
                "'{}', casework_now() FROM tracks WHERE workflow = 'referral'"
            ),
            given,
        )
    for who, finds in (("provider", True), ("provider_lead", True), ("foreign_provider", False)):
        assert ("Boiler certificate" in main(browser_for(who), "certificate")) is finds, who
    with transaction(engine) as db:
        db.execute(text("UPDATE cases SET interests = ARRAY[CAST(:p AS text)]"), {"p": world.people["provider"]})
    assert "Nothing that you may see" in main(browser_for("provider"), "certificate")
    with transaction(engine) as db:
        db.execute(text("UPDATE grants SET ended_at = casework_now()"))
    assert "Nothing that you may see" in main(browser_for("provider_lead"), "certificate")


def test_notes_are_found_by_the_office_and_shared_messages_by_both_sides(
    engine: Engine, world: World, number: str, browser_for: BrowserFor
) -> None:
    with transaction(engine) as db:
        referral = world.referral(db, number, "assessment")
        world.accept(db, number, referral)
        case = load(db, home_of(db, number), "case")
        world.write(db, "officer", case, words="The owner hesitates about zirconium.")
        world.write(db, "officer", case, referral, words="Please mention tungsten " + "and much else " * 40)
    for who in (*READ_WHOLE, *OUTSIDE):
        assert ("hesitates" in main(browser_for(who), "zirconium")) is (who in READ_WHOLE), who
        assert ("Please mention" in main(browser_for(who), "tungsten")) is (who in READ_WHOLE), who
    assert "Nothing that you may see" in main(browser_for("provider"), "zirconium")
    found = main(browser_for("provider"), "tungsten")
    assert "Please mention" in found
    assert re.search(rf'href="/referrals/{referral}/messages\?message=([^"#]+)#m-\1"', found)
    assert found.count("and much else") < 40


def test_people_are_found_by_those_who_work_with_them(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    with transaction(engine) as db:
        given = {"id": world.people["second_supervisor"]}
        db.execute(
            text(
                "UPDATE people SET name = 'Ottilie Quast', name_zh = '全婷丽', email = 'oq@example.com' WHERE id = CAST(:id AS uuid)"
            ),
            given,
        )
    staff = {*READ_WHOLE, "dispute_officer", "administrator"}
    for who in (*READ_WHOLE, "provider", *OUTSIDE):
        for words in ("quast", "婷丽"):
            assert ("Ottilie Quast" in main(browser_for(who), words)) is (who in staff), (who, words)
        assert ("Ottilie Quast" in main(browser_for(who), "oq@example")) is (who == "administrator"), who
    assert f"/people/{world.people['second_supervisor']}" in main(browser_for("administrator"), "quast")
