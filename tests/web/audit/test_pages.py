"""The auditor's pages: what is asked first, verification, findings from page to page, and the reading log."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from casework.operations.cases.side_tasks import add_task
from casework.operations.cases.transitions import fire_transition
from casework.operations.core.perform import home_of
from casework.operations.verification.nightly import verify_night
from casework.records.database import transaction
from tests.support.pages import read_page
from tests.support.way_to_referral import complete, to_referral, to_request
from tests.support.web_client import Browser
from tests.support.world import World, new_request, today

BrowserFor = Callable[[str], Browser]
COUNT = re.compile(r'<a href="/audit/(\w+)">.*?<span class="count">(\d+)</span>')


pytestmark = pytest.mark.stage(play=to_referral)


@pytest.fixture
def number(staged: tuple[str, str]) -> str:
    return staged[0]


def raised(browser: Browser, number: str, seq: int = 1, words: str = "Why so late?") -> str:
    page = f"/cases/{number}/history/{seq}"
    answer = browser.post(f"{page}/findings", {"f.words": words}, page=page)
    assert answer.status_code == 303
    return str(answer.headers["Location"])


@pytest.mark.parametrize("page", ["/audit", "/cases", "/sample?seed=1"])
def test_from_a_list_of_cases_one_click_verifies(browser_for: BrowserFor, number: str, page: str) -> None:
    auditor = browser_for("auditor")
    assert f'href="/cases/{number}/verify"' in auditor.get(page).text
    assert "verdict" in auditor.get(f"/cases/{number}/verify").text
    assert "/verify" not in browser_for("observer").get("/cases").text


def test_the_home_of_auditors_counts_what_is_out_of_the_ordinary(
    browser_for: BrowserFor, world: World, engine: Engine, number: str
) -> None:
    browser = browser_for("auditor")
    assert dict(COUNT.findall(browser.get("/audit").text))["late"] == "0"
    with transaction(engine) as db:
        late = world.open_case(db)
        fire_transition(
            db,
            world.actor(db, "officer"),
            home_of(db, late),
            "case",
            world.main_track(db, late),
            transition="take",
            data={},
            revision=0,
            request=new_request(),
            happened_on=(today() - timedelta(days=20)).isoformat(),
        )
        world.fire(
            db,
            "compliance",
            late,
            "compliance_stop",
            {
                "reason": "regulation",
                "found_on": today().isoformat(),
                "source": "UN 2026-01",
                "finding": "A name on a list.",
            },
        )
    counts = dict(COUNT.findall(browser.get("/audit").text))
    assert (counts["late"], counts["stops"], counts["four_eyes"], counts["reopenings"]) == ("1", "1", "1", "0")
    page = browser.get("/audit/late").text
    assert late in page
    assert number not in page
    assert "working days late" in page
    stops = browser.get("/audit/stops").text
    assert "Compliance proposed “" in stops
    assert browser.get("/audit/nothing").status_code == 404


def test_what_was_waived_is_listed_whatever_the_action_is_called(
    browser_for: BrowserFor, world: World, engine: Engine, number: str
) -> None:
    """An agreement that nobody signed, and a waiver that a supervisor granted; not one that was refused."""
    browser = browser_for("auditor")
    assert dict(COUNT.findall(browser.get("/audit").text))["waivers"] == "0"
    with transaction(engine) as db:
        waived, _ = to_request(world, db, nda={"status": "waiver_asked", "reason": "A public test."})
        world.fire(
            db, "officer", waived, "waive_assessment", {"reason": "provider_not_available", "note": "Both agree."}
        )
        world.fire(db, "supervisor", waived, "waive_assessment")
        for granted in (True, False):
            add_task(
                db,
                world.actor(db, "officer"),
                home_of(db, waived),
                "case",
                world.main_track(db, waived),
                task="ask_waiver",
                about=None,
                request=new_request(),
            )
            complete(world, db, "officer", waived, "ask_waiver", data={"what": "ip", "reason": "It takes too long."})
            complete(
                world,
                db,
                "supervisor",
                waived,
                "decide_waiver",
                data={"what": "ip", "granted": granted, "reason": "Look."},
            )
    assert dict(COUNT.findall(browser.get("/audit").text))["waivers"] == "3"
    page = browser.get("/audit/waivers").text
    assert waived in page
    assert number not in page
    assert "Supervisor granted the waiver" in page
    assert "Officer asked the supervisor to waive the non-disclosure agreement" in page
    assert "finished the task" not in page


def test_a_sample_is_the_same_for_the_same_seed(browser_for: BrowserFor, world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        for _ in range(8):
            world.new_case(db)
    browser = browser_for("auditor")

    def drawn(seed: str, size: int) -> list[str]:
        return re.findall(r'history">([A-Z]+-\d+-\d+)<', browser.get(f"/sample?seed={seed}&size={size}").text)

    first = drawn("spring", 4)
    assert len(first) == 4
    assert drawn("spring", 4) == first
    assert drawn("spring", 5)[:4] == first
    assert len({tuple(drawn(seed, 4)) for seed in "abcdef"}) > 1
    for size in ("0", "51", "x", "-1"):
        assert "must be between 1 and 50" in browser.get(f"/sample?size={size}").text


def test_a_sample_drawn_again_is_the_same_whatever_was_opened_since(
    browser_for: BrowserFor, world: World, engine: Engine
) -> None:
    with transaction(engine) as db:
        for _ in range(5):
            world.new_case(db)
    browser = browser_for("auditor")

    def drawn(page: str) -> list[str]:
        return re.findall(r'history">([A-Z]+-\d+-\d+)<', page)

    page = browser.get("/sample?seed=spring&size=5").text
    assert re.search(r"opened by <time [^>]*>[^<]+</time>", page), "by the reader's clock, beside the exact moment"
    first, again = drawn(page), re.search(r'href="(/sample\?[^"]*as_of=[^"]+)"', page)
    assert again
    population = re.search(r"Drawn from (\d+) cases", page)
    assert population
    with transaction(engine) as db:
        for _ in range(30):
            world.new_case(db)
    assert drawn(browser.get("/sample?seed=spring&size=5").text) != first
    same = browser.get(again[1].replace("&amp;", "&")).text
    assert drawn(same) == first
    assert population[0] in same


@pytest.mark.parametrize(
    ("moment", "read"),
    [
        ("yesterday", False),
        ("2026-13-01", False),
        ("0001-01-01T00:00:00+08:00", False),
        ("2026-05-03", True),
        ("2026-05-03T08:00:00", True),
        ("9999-12-31T23:59:59Z", True),
        ("0001-01-01T00:00:00Z", True),
    ],
)
def test_whatever_moment_is_asked_for_a_sample_page_is_there(
    browser_for: BrowserFor, number: str, moment: str, read: bool
) -> None:
    page = browser_for("auditor").get("/sample", query_string={"seed": "spring", "as_of": moment})
    assert page.status_code == 200
    # What is misread draws nothing: a sample of now would be taken for one of that day.
    assert ("Write a day" in page.text) != read
    assert read or "Drawn from" not in page.text


def test_a_whole_case_is_verified_entry_by_entry(browser_for: BrowserFor, number: str) -> None:
    page = " ".join(browser_for("auditor").get(f"/cases/{number}/verify").text.split())
    assert re.search(
        r"Verified <time[^>]*>[^<]+</time>: \d+ entr(?:y|ies) of the history\. Whole: every entry as recorded and allowed",
        page,
    )
    assert "✓ whole" in page
    assert "✗" not in page
    assert "What is wrong" not in page


def test_what_was_forged_is_named_where_it_is(
    browser_for: BrowserFor, number: str, superuser_engine: Engine, engine: Engine
) -> None:
    with transaction(superuser_engine) as db:
        db.execute(text("SET LOCAL session_replication_role = replica"))
        db.execute(
            text("UPDATE events SET effects = effects || '{\"owner\": \"nobody\"}' WHERE kind = 'fired' AND seq = 2")
        )
    page = browser_for("auditor").get(f"/cases/{number}/verify").text
    assert "The effects of event 2 were changed." in page
    assert "✗ broken" in page
    assert "all allowed" not in page
    # Where so much is gone that a page of the case cannot be made, it leads an auditor to what is wrong.
    with transaction(superuser_engine) as db:
        db.execute(text("SET LOCAL session_replication_role = replica"))
        db.execute(text("DELETE FROM events WHERE kind = 'opened'"))
    broken = browser_for("auditor").get(f"/cases/{number}/history")
    assert broken.status_code == 500
    assert f'href="/cases/{number}/verify"' in broken.text
    assert "is missing" in browser_for("auditor").get(f"/cases/{number}/verify").text


def test_a_row_that_was_changed_is_found(browser_for: BrowserFor, number: str, engine: Engine) -> None:
    with transaction(engine) as db:
        db.execute(text("UPDATE cases SET outcome = 'deployed'"))
    page = browser_for("supervisor").get(f"/cases/{number}/verify").text
    assert "cases.outcome" in page
    assert "the history or its rows are not as recorded" in page


def test_a_finding_goes_from_page_to_page(browser_for: BrowserFor, number: str) -> None:
    auditor, officer = browser_for("auditor"), browser_for("officer")
    finding = raised(auditor, number, 3)
    page = auditor.get(finding).text
    assert "Why so late?" in page
    assert "Waits for an answer" in page
    assert "1 finding" in auditor.get(f"/cases/{number}/history").text
    assert "Why so late?" in officer.get("/findings").text
    assert officer.post(f"{finding}/answer", {"f.words": "The post.", "revision": "1"}, page=finding).status_code == 303
    assert "Close the finding" not in officer.get(finding).text
    shown = auditor.get(finding).text
    kept = {**read_page(shown).sent.to_dict(), "f.words": "Which post?"}
    auditor.post("/drafts", kept, page=finding)
    assert "Which post?</textarea>" in auditor.get(finding).text
    assert "The post." in auditor.get(finding).text
    again = auditor.post(f"{finding}/ask-again", {**kept, "f.words": "Which?"}, page=finding)
    assert again.status_code == 303
    officer.post(f"{finding}/answer", {"f.words": "The post of Hebei.", "revision": "3"}, page=finding)
    auditor.post(f"{finding}/close", {"f.words": "Settled.", "revision": "4"}, page=finding)
    page = auditor.get(finding).text
    assert [
        one for one in ("Why so late?", "The post.", "Which?", "The post of Hebei.", "Settled.") if one not in page
    ] == []
    assert "<textarea" not in page
    # What was typed and kept went with what was sent.
    assert "Which post?" not in page
    assert "Why so late?" in auditor.get("/findings?state=closed").text
    assert "Why so late?" not in auditor.get("/findings?state=open").text


def test_an_owner_finds_a_finding_on_the_own_work(browser_for: BrowserFor, number: str, world: World) -> None:
    auditor, officer = browser_for("auditor"), browser_for("officer")
    finding = raised(auditor, number)
    assert "Findings for you to answer" not in officer.get("/").text
    assert "Who answers it" not in officer.get(finding).text
    given = {"owner": world.people["officer"], "due_on": str(today() + timedelta(days=9)), "revision": "1"}
    assert auditor.post(f"{finding}/assign", given, page=finding).status_code == 303
    assert "Officer is to answer it by" in officer.get(finding).text
    # How long is left is counted in one way, wherever it stands.
    (left,) = {
        how
        for reader, address in ((officer, finding), (officer, "/findings"), (auditor, "/findings"))
        for how in re.findall(r"in \d+ (?:working )?days?", reader.get(address).text)
    }
    assert "working" in left
    # The same once more would tell the same person the same again.
    again = {**given, "revision": "2"}
    assert auditor.post(f"{finding}/assign", again, page=finding).status_code == 422
    for address in ("/", "/?tab=open"):
        assert "Findings for you to answer" in officer.get(address).text
    assert "Findings for you to answer" not in officer.get("/?tab=waiting").text
    for address in ("/findings?owner=me&state=open", f"/findings?owner={world.people['officer']}"):
        assert "Why so late?" in auditor.get("/findings").text
        assert "Why so late?" in officer.get(address).text
    assert "Why so late?" not in officer.get("/findings?late=yes").text
    officer.post(f"{finding}/answer", {"f.words": "The post.", "revision": "2"}, page=finding)
    # Nobody is waited for any more, and nothing runs late.
    assert "is to answer it by" not in auditor.get(finding).text
    assert "Why so late?" not in officer.get(f"/findings?owner={world.people['supervisor']}").text


def test_an_owner_who_may_not_and_a_day_that_is_past_are_told_at_the_field(
    browser_for: BrowserFor, number: str, world: World
) -> None:
    auditor = browser_for("auditor")
    finding = raised(auditor, number)
    wrong = {"owner": world.people["manager"], "due_on": str(today() + timedelta(days=9)), "revision": "1"}
    answer = auditor.post(f"{finding}/assign", wrong, page=finding)
    assert answer.status_code == 422
    assert 'id="owner-fault"' in answer.text
    late = auditor.post(
        f"{finding}/assign", {**wrong, "owner": world.people["officer"], "due_on": "2020-01-01"}, page=finding
    )
    assert late.status_code == 422
    assert 'id="due-fault"' in late.text


def test_typed_words_stay_where_they_are_refused(browser_for: BrowserFor, number: str) -> None:
    auditor, officer = browser_for("auditor"), browser_for("officer")
    finding = raised(auditor, number)
    answer = officer.post(f"{finding}/answer", {"f.words": "x" * 4001, "revision": "1"}, page=finding)
    assert answer.status_code == 422
    assert "x" * 4001 in answer.text
    assert "Must have between 1 and 4000 characters" in answer.text
    empty = auditor.post(
        f"/cases/{number}/history/1/findings", {"f.words": " "}, page=f"/cases/{number}/history/1", follow=True
    )
    assert "Say what you found" in empty.text


def test_a_finding_that_has_moved_is_not_answered_unseen(browser_for: BrowserFor, number: str) -> None:
    finding = raised(browser_for("auditor"), number)
    officer = browser_for("officer")
    officer.post(f"{finding}/answer", {"f.words": "So.", "revision": "1"}, page=finding)
    assert (
        browser_for("supervisor")
        .post(f"{finding}/answer", {"f.words": "So.", "revision": "1"}, page=finding)
        .status_code
        == 412
    )


def test_an_auditor_finds_no_button_that_changes_a_case(browser_for: BrowserFor, number: str) -> None:
    browser = browser_for("auditor")
    for path in (
        f"/cases/{number}/history",
        f"/cases/{number}/map",
        f"/cases/{number}/verify",
        "/audit",
        "/findings",
        "/reading",
    ):
        page = browser.get(path).text
        forms = {one.split("?")[0] for one in re.findall(r'<form method="post" action="([^"]+)"', page)}
        # What remains is the reader's own: sign out, language, theme and the words of the first day.
        assert all(one.startswith(("/sign-out", "/preferences", "/account/tour")) for one in forms), (path, forms)


def test_what_auditors_read_is_kept_before_they_see_it(browser_for: BrowserFor, number: str, engine: Engine) -> None:
    auditor = browser_for("auditor")
    auditor.get(f"/cases/{number}/history?show=decisions")
    auditor.get(f"/cases/{number}/verify")
    auditor.get(f"/cases/{number}/history/99999")
    browser_for("officer").get(f"/cases/{number}/history")
    with transaction(engine) as db:
        kept = db.execute(text("SELECT number, address FROM readings WHERE number IS NOT NULL ORDER BY id")).all()
    assert [tuple(row) for row in kept] == [
        (number, f"/cases/{number}/history?show=decisions"),
        (number, f"/cases/{number}/verify"),
    ]
    page = auditor.get(f"/reading?number={number}").text
    assert f"/cases/{number}/verify" in page
    assert browser_for("manager").get("/reading").status_code == 200
    assert browser_for("officer").get("/reading").status_code == 404


def test_what_auditors_read_by_the_api_is_kept_too(
    browser_for: BrowserFor, world: World, number: str, engine: Engine
) -> None:
    client = browser_for("officer").flask.application.test_client()
    address = f"/api/v1/cases/{number}/verify"
    answer = client.get(address, headers={"Authorization": f"Bearer {world.tokens['auditor']}"})
    assert answer.json is not None
    assert (answer.json["whole"], answer.json["allowed"], answer.json["faults"]) == (True, True, [])
    client.get(address, headers={"Authorization": f"Bearer {world.tokens['officer']}"})
    with transaction(engine) as db:
        kept = db.execute(text("SELECT person_id::text, address FROM readings")).all()
    assert [tuple(row) for row in kept] == [(world.people["auditor"], address)]


def test_the_number_of_a_case_leads_to_its_verification(browser_for: BrowserFor, number: str) -> None:
    browser = browser_for("auditor")
    assert browser.get(f"/verification?number={number}").headers["Location"] == f"/cases/{number}/verify"
    assert browser.get(f"/verification?number={number.lower()}+").headers["Location"] == f"/cases/{number}/verify"
    unknown = browser.get("/verification?number=bj-2026-9999").text
    assert "You see no case with this number." in unknown
    assert 'value="BJ-2026-9999"' in unknown
    assert "You see no case" not in browser.get("/verification").text
    assert browser.get("/verification?number=..%2F..%2Fx").status_code == 200


def test_auditors_see_how_far_each_case_is_verified(
    browser_for: BrowserFor, number: str, engine: Engine, superuser_engine: Engine
) -> None:
    browser = browser_for("auditor")
    assert number in browser.get("/verification?state=unread").text
    verify_night(engine)
    assert number not in browser.get("/verification?state=unread").text
    page = browser.get("/verification?state=whole").text
    assert number in page
    assert "Outside the histories of cases nothing was wrong." in page
    assert "/verification?state=wrong" not in browser.get("/audit").text
    fault = '[{"kind": "head", "sentence": "The head is wrong.", "seq": 1, "table": null, "row": null, "column": null}]'
    with superuser_engine.begin() as db:
        db.execute(text("UPDATE verifications SET faults = CAST(:fault AS jsonb)"), {"fault": fault})
        db.execute(text("UPDATE verification_nights SET faults = CAST(:fault AS jsonb)"), {"fault": fault})
    page = browser.get("/verification?state=wrong").text
    assert "The head is wrong." in page
    assert "Outside the histories of cases something is wrong." in page
    assert "No cases here." in browser.get("/verification?state=whole").text
    # What has gone on since says so, whatever was wrong with it by then.
    assert page.count("New entries since") == 1, "the tab alone"
    with superuser_engine.begin() as db:
        db.execute(text("UPDATE verifications SET seq = seq - 1"))
    assert browser.get("/verification?state=wrong").text.count("New entries since") == 2
    # What is wrong stands above all else where an auditor begins.
    home = browser.get("/audit").text
    assert "/verification?state=wrong" in home
    assert "Outside the histories of cases something is wrong." in home
    assert number in browser.get("/verification?state=odd").text, "what there is not shows all"
