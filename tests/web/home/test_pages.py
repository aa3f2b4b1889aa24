"""My work: what to do next, by when, and who is being waited for."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework.operations.tasks import queue_counts, queues
from casework.operations.tasks.my_work import MOST_COUNTED
from casework.operations.tasks.service import claim_task
from casework.records.database import transaction
from casework.web.tasks import list_views
from tests.operations.links.scene import to_consent
from tests.support.queries import counted
from tests.support.way_to_referral import to_referral
from tests.support.web_client import Browser
from tests.support.world import World, new_request, today

BrowserFor = Callable[[str], Browser]


def count_of(page: str, group: str) -> str:
    """The count that stands beside the heading of a group, or on its tab; none where the group is not there."""
    found = re.search(rf">{group} <span class=\"(?:n|count|count late)\">([^<]*)</span>", page)
    return found[1] if found else "0"


def tasks_in(page: str) -> int:
    """How many rows of tasks a page has."""
    return page.count('<tr class="task')


def due(engine: Engine, number: str, task: str, moment: str) -> None:
    with transaction(engine) as db:
        db.execute(
            text(
                f"UPDATE tasks SET due_at = {moment} WHERE name = :task"
                " AND log_id = (SELECT id FROM cases WHERE number = :number)"
            ),
            {"task": task, "number": number},
        )


def test_what_the_owner_must_do_stands_there_without_a_claim(
    engine: Engine, world: World, browser_for: BrowserFor
) -> None:
    with transaction(engine) as db:
        number = world.new_case(db)
        world.fire(db, "officer", number, "take")
    page = browser_for("officer").get("/").text
    assert number in page
    assert "Check the match and declare conflicts of interest" in page
    assert "2 in all" in page
    assert tasks_in(page) == 2
    assert tasks_in(browser_for("other_officer").get("/").text) == 0


def test_what_one_holds_in_the_case_of_another_is_ones_own_work(
    engine: Engine, world: World, browser_for: BrowserFor
) -> None:
    with transaction(engine) as db:
        number = world.new_case(db)
        task = db.execute(text("SELECT id FROM tasks WHERE queue = 'intake'")).scalar_one()
        claim_task(db, world.actor(db, "other_officer"), str(task), new_request())
    assert number in browser_for("other_officer").get("/").text


def test_tabs_part_what_is_late_due_today_and_due_this_week(
    engine: Engine, world: World, browser_for: BrowserFor
) -> None:
    with transaction(engine) as db:
        number = world.new_case(db)
        world.fire(db, "officer", number, "take")
    browser = browser_for("officer")
    due(engine, number, "triage", "casework_now() - interval '3 days'")
    due(engine, number, "triage_check", "casework_now() + interval '1 minute'")
    page = browser.get("/?tab=overdue").text
    assert "working day" in page
    assert "late" in page
    assert (count_of(page, "Overdue"), count_of(page, "All to do"), tasks_in(page)) == ("1", "2", 1)
    # One minute before midnight the next minute is tomorrow's, and of a Sunday next week's.
    assert sum(int(count_of(page, group)) for group in ("Today", "This week", "Later")) == 1
    assert "Check the match" not in page.split("<main")[1]
    due(engine, number, "triage_check", "casework_now() + interval '40 days'")
    page = browser.get("/").text
    counts = {group: count_of(page, group) for group in ("Overdue", "Today", "This week", "Later")}
    assert counts == {"Overdue": "1", "Today": "0", "This week": "0", "Later": "1"}
    assert 'id="overdue"' in page


def test_a_group_shows_its_first_ten_and_leads_to_the_rest(
    engine: Engine, world: World, browser_for: BrowserFor
) -> None:
    with transaction(engine) as db:
        for _ in range(6):
            world.fire(db, "officer", world.new_case(db), "take")
        db.execute(text("UPDATE tasks SET due_at = casework_now() + interval '40 days' WHERE queue = 'officer'"))
    browser = browser_for("officer")
    page = browser.get("/").text
    assert (count_of(page, "Later"), tasks_in(page)) == ("12", 10)
    assert "Show 2 more" in page
    assert tasks_in(browser.get("/?tab=later").text) == 12


def test_the_days_of_four_weeks_lead_to_the_calendar(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    with transaction(engine) as db:
        number = world.new_case(db)
        world.fire(db, "officer", number, "take")
    for task in ("triage", "triage_check"):
        due(engine, number, task, "casework_now() + interval '8 days'")
    browser = browser_for("officer")
    page = browser.get("/").text
    assert "2 tasks are due in these weeks" in page
    links = re.findall(r'href="(/agenda\?day=[^"#]*)#day-', page)
    assert len(links) == 1
    assert number in browser.get(links[0]).text.split("<main")[1].split("</main>")[0]


def test_only_what_was_opened_since_the_visit_before_is_new(
    engine: Engine, world: World, browser_for: BrowserFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fresh() -> int:
        return browser.get("/").text.count('class="fresh" title="New"')

    with transaction(engine) as db:
        number = world.new_case(db)
        world.fire(db, "officer", number, "take")
        db.execute(text("UPDATE tasks SET opened_at = opened_at - interval '2 days' WHERE name = 'triage'"))
        db.execute(text("UPDATE tasks SET opened_at = opened_at - interval '5 minutes'"))
    browser = browser_for("officer")
    # What is older than a day is not new to whoever comes first; the rest stays new for as long as the visit lasts.
    assert (fresh(), fresh()) == (1, 1)
    monkeypatch.setattr(list_views, "PAUSE", timedelta(seconds=-2))
    assert fresh() == 0
    assert browser.get("/", headers={"Cookie": "visits=nonsense.9999999999999999999"}).status_code in (200, 303)


def test_a_preview_says_more_of_a_task_to_whoever_sees_it(
    engine: Engine, world: World, browser_for: BrowserFor
) -> None:
    with transaction(engine) as db:
        number = world.new_case(db)
        world.fire(db, "officer", number, "take")
    browser = browser_for("officer")
    look = re.findall(r'data-look="([^"]*)"', browser.get("/").text)[0]
    page = browser.get(look).text
    part = browser.get(look, headers={"X-Casework": "script"}).text
    for shown in (page, part):
        assert number in shown
        assert "About the case" in shown
        assert "Last news" in shown
        assert "Open the task" in shown
    assert ("<html" in page, "<html" in part) == (True, False)
    assert browser_for("provider").get(look).status_code == 404
    assert browser_for("foreign_officer").get(look).status_code == 404


def test_a_row_leads_to_where_the_work_is_done(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    """Never to the top of a page: to a form, to a page of the task's own, or to a place within a page."""
    with transaction(engine) as db:
        to_referral(world, db)
        world.fire(db, "officer", world.new_case(db), "take")
    browser = browser_for("officer")
    page = browser.get("/").text
    links = re.findall(r'class="stretch" href="([^"]*)"', page)
    assert len(links) == tasks_in(page) > 3
    for link in links:
        assert "#" in link or "/tasks/" in link or re.fullmatch(r"/cases/[^/]*/tracks/.*", link), link
        assert browser.get(link.split("#")[0]).status_code == 200, link


def test_who_is_waited_for_is_named_with_until_when_and_reminders(
    engine: Engine, world: World, browser_for: BrowserFor
) -> None:
    with transaction(engine) as db:
        number, _ = to_referral(world, db)
        db.execute(
            text(
                "UPDATE clocks SET next = 1 WHERE task_id IN (SELECT id FROM tasks WHERE queue = 'provider')"
                " AND steps->0->>1 = 'remind'"
            )
        )
    page = browser_for("officer").get("/?tab=waiting").text
    assert number in page
    assert "Haidian Assessment Lab" in page
    assert "Answer the request" in page
    assert "reminded once" in page


def test_a_body_outside_that_has_the_next_word_is_named_in_the_row(
    engine: Engine, world: World, browser_for: BrowserFor
) -> None:
    with transaction(engine) as db:
        to_consent(world, db)
    page = browser_for("officer").get("/").text
    rows = [row for row in page.split('<tr class="task')[1:] if "Record the party" in row]
    assert [re.findall("waits for: [a-z ]+", row) for row in rows] == [
        ["waits for: need owner"],
        ["waits for: technology owner"],
    ]


def test_a_case_on_hold_says_for_whom_and_until_when(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    until = today() + timedelta(days=30)
    with transaction(engine) as db:
        number, _ = to_referral(world, db)
        world.fire(
            db,
            "officer",
            number,
            "hold",
            {
                "reason": "budget",
                "waits_for": "need_owner",
                "waits_until": "day",
                "resume_by": until.isoformat(),
            },
        )
    browser = browser_for("officer")
    for page in (browser.get("/").text, browser.get("/?tab=frozen").text):
        assert number in page
        assert "The case is on hold" in page
        assert "The need owner" in page
        assert f"{until.day} " in page
    assert int(count_of(page, "Frozen")) >= 1


def test_an_empty_page_says_what_comes_next(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    browser = browser_for("officer")
    page = browser.get("/").text
    assert "Nothing waits for you here." in page
    with transaction(engine) as db:
        world.new_case(db)
    page = browser.get("/").text
    assert "One task may be taken from your queues." in page
    assert "Take next task" in page


def test_who_has_no_role_yet_reads_whom_to_ask(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    with transaction(engine) as db:
        world.add_person(db, "newcomer")
    page = browser_for("newcomer").get("/").text
    assert "You have no role yet." in page
    assert "Ask an administrator" in page
    assert "list of pages" not in page


def test_more_than_was_counted_is_said_to_be_more(
    engine: Engine, world: World, browser_for: BrowserFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction(engine) as db:
        for _ in range(3):
            world.new_case(db)
    monkeypatch.setattr(queue_counts, "_COUNTED_TO", ((queues.FEW, 2),))
    assert "At least 2 tasks may be taken from your queues." in browser_for("officer").get("/").text


def test_an_unknown_tab_is_all_of_ones_work(world: World, browser_for: BrowserFor) -> None:
    assert "<h1>My work</h1>" in browser_for("officer").get("/?tab=nonsense").text


def test_somebody_with_a_declared_interest_sees_nothing_of_the_case_here(
    engine: Engine, world: World, browser_for: BrowserFor
) -> None:
    with transaction(engine) as db:
        number = world.new_case(db)
        world.fire(db, "officer", number, "take")
        db.execute(text("UPDATE cases SET interests = ARRAY[CAST(:p AS text)]"), {"p": world.people["officer"]})
    assert number not in browser_for("officer").get("/").text


def test_counts_stop_at_the_cap(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    with transaction(engine) as db:
        number = world.new_case(db)
        world.fire(db, "officer", number, "take")
        columns = (
            "log_id, programme_id, sealed, shown_to, shut_out, common, track_id, name, edition, rule, type, queue,"
            " organisation_id, state, opened_at, due_at, turn_at, holder_id, about, of, closed_at, closed_by,"
            " acted_for, result, flagged, aftercare, before, position"
        )
        db.execute(
            text(
                f"INSERT INTO tasks (id, {columns}) SELECT gen_random_uuid(), {columns} FROM tasks CROSS JOIN"
                " generate_series(1, :many) WHERE name = 'triage_check'"
            ),
            {"many": MOST_COUNTED + 50},
        )
    page = browser_for("officer").get("/").text
    assert "1,000+ in all" in page
    assert count_of(browser_for("officer").get("/?tab=open").text, "All to do") == "1,000+"


def test_the_number_of_queries_does_not_depend_on_how_much_there_is(
    engine: Engine, world: World, app: Flask, browser_for: BrowserFor
) -> None:
    def how_many(tab: str) -> int:
        with counted(app) as sent:
            assert browser.get(f"/?tab={tab}").status_code == 200
        return len(sent)

    with transaction(engine) as db:
        to_referral(world, db)
    browser = browser_for("officer")
    before = {tab: how_many(tab) for tab in ("", "open", "waiting", "overdue", "frozen", "snoozed")}
    with transaction(engine) as db:
        for _ in range(4):
            to_referral(world, db)
    assert {tab: how_many(tab) for tab in before} == before
    assert max(before.values()) <= 20


def test_a_supervisor_holds_what_was_taken(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    with transaction(engine) as db:
        world.new_case(db)
    page = browser_for("supervisor").get("/").text
    assert "My work" in page
    assert "Decisions" in page
