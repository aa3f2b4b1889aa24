"""The page of one case, as an officer, a supervisor, an observer and others meet it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import Engine, event, text

from casework.definitions import load_library
from casework.operations.cases.case_actions import register_document
from casework.operations.core.perform import home_of
from casework.operations.tasks.service import suspend_task
from casework.playbook.stage import set_clock
from casework.records.case_loader import load
from casework.records.database import transaction
from casework.web.cases.progress import STEPS, order_of
from tests.operations.catalogue.test_screenings import screen
from tests.support.pages import read_page
from tests.support.way_to_referral import complete, to_plan, to_referral
from tests.support.web_client import Browser
from tests.support.world import World, new_request, today
from tests.web.cases.two_cases import play_two_cases, words_of

Enter = Callable[[str], Browser]

#: What an introduction wants a yes to.
AGREED = ("need_owner_agreed", "technology_owner_agreed", "no_interest")

pytestmark = pytest.mark.stage(play=play_two_cases)


@pytest.fixture
def numbers(staged: tuple[str, str]) -> tuple[str, str]:
    return staged


@pytest.fixture
def asked(app: Flask) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_: object, __: object, statement: str, *more: object) -> None:
        statements.append(statement)

    engine = app.extensions["casework"]
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def test_a_case_says_what_is_next_and_who_is_waited_for(browser_for: Enter, numbers: tuple[str, str]) -> None:
    told = words_of(browser_for("officer").get(f"/cases/{numbers[0]}").text)
    assert "Next: Write and send the request" in told
    assert "Waits for: Haidian Assessment Lab" in told
    assert "Need: Hebei Steam Works" in told
    assert re.search(r"Technology: Heat pump boiler, \S+ · Nordwind Boilers", told)
    assert "Owner: Officer" in told


def test_while_another_office_is_next_a_case_says_what_oneself_can_do(
    engine: Engine, world: World, browser_for: Enter
) -> None:
    with transaction(engine) as db:
        number = world.new_case(db)
        world.fire(db, "officer", number, "take")
        complete(
            world,
            db,
            "officer",
            number,
            "triage_check",
            data={
                "need_complete": True,
                "technology_complete": True,
                "duplicate_checked": True,
                "rationale_fits": True,
                "interest": "none",
            },
        )
        world.fire(db, "officer", number, "pass_triage")
        for side in ("need_owner", "technology_owner"):
            complete(
                world,
                db,
                "officer",
                number,
                "record_consent",
                data={
                    "agreed": True,
                    "person": "The director",
                    "given_on": today().isoformat(),
                    "channel": "meeting",
                    "sheet": True,
                },
                about=side,
            )
        world.fire(db, "officer", number, "confirm_interest")
        db.execute(text("UPDATE tasks SET due_at = casework_now() WHERE name = 'screening'"))
    told = words_of(browser_for("officer").get(f"/cases/{number}").text)
    assert re.search("Next: Screen .* You meanwhile: .* Open your task", told)
    assert "You meanwhile" not in words_of(browser_for("compliance").get(f"/cases/{number}").text)


def test_a_step_that_nothing_leads_out_of_yet_names_the_task_that_comes_first(
    engine: Engine, world: World, browser_for: Enter
) -> None:
    with transaction(engine) as db:
        number = world.new_case(db)
        world.fire(db, "officer", number, "take")
        db.execute(text("UPDATE tasks SET due_at = due_at + interval '1 day' WHERE name = 'triage_check'"))
    page = browser_for("officer").get(f"/cases/{number}").text
    assert "Next: Complete the triage" in words_of(page)
    assert "To be done first: Check the match" in words_of(page)
    assert page.count("btn-primary") == 1


def test_a_plan_that_waits_for_its_decision_is_not_the_officers_turn(
    engine: Engine, world: World, browser_for: Enter
) -> None:
    with transaction(engine) as db:
        number = to_plan(world, db)
        db.execute(
            text("UPDATE tasks SET due_at = :now WHERE name = 'decide_plan' OR type = 'step'"),
            {"now": datetime.now(UTC)},
        )
    told = words_of(browser_for("officer").get(f"/cases/{number}").text)
    assert "Next: Decide on the service plan" in told


def test_a_question_of_the_provider_is_our_turn(engine: Engine, world: World, browser_for: Enter) -> None:
    with transaction(engine) as db:
        number, referral = to_referral(world, db)
        world.fire(db, "provider", number, "ask_info", {"items": "The drawings."}, track=referral)
    told = words_of(browser_for("officer").get(f"/cases/{number}").text)
    assert re.search("Our turn Information asked", told)
    assert "Stands still" not in told


@pytest.mark.parametrize("begun", [time(0, 23), time(9), time(17, 1), time(23, 58)])
def test_days_that_all_count_are_counted_in_days(engine: Engine, world: World, browser_for: Enter, begun: time) -> None:
    """Whatever the hour at which they begin to count: that day itself is none of them."""
    with transaction(engine) as db:
        set_clock(db, datetime.combine(today() + timedelta(days=1), begun, ZoneInfo("Asia/Shanghai")))
        number, _ = to_referral(world, db)
    told = words_of(browser_for("officer").get(f"/cases/{number}/clocks").text)
    assert re.search("every day counts 120 days Counted in all 120 days", told)


def test_the_map_says_what_stays_and_what_leads_on(engine: Engine, world: World, browser_for: Enter) -> None:
    with transaction(engine) as db:
        number, _ = to_referral(world, db)
    told = words_of(browser_for("officer").get(f"/cases/{number}/map").text)
    assert "Amend the plan stays here" in told
    assert "Move to structuring leads to Structuring" in told


def test_the_newest_documents_stand_on_the_page_and_the_others_one_click_away(
    engine: Engine, world: World, browser_for: Enter
) -> None:
    with transaction(engine) as db:
        number = world.new_case(db)
        for title in ("One", "Two", "Three", "Four", "Five", "Six", "Seven"):
            register_document(
                db,
                world.actor(db, "officer"),
                number,
                title=f"Paper {title}",
                kind="report",
                party=None,
                language=None,
                valid_until=None,
                revision=world.read_case(db, number).revision,
                request=new_request(),
            )
    page = browser_for("officer").get(f"/cases/{number}").text
    assert re.findall(r"Paper (\w+)</a>", page) == ["Seven", "Six"]
    assert re.search(rf'<a href="/cases/{number}/documents">Documents <span class="n">7</span></a>', page)


def test_the_bar_has_nine_steps(browser_for: Enter, numbers: tuple[str, str]) -> None:
    page = browser_for("officer").get(f"/cases/{numbers[0]}").text
    (bar,) = re.findall(r'<ol class="steps"[^>]*>(.*?)</ol>', page, re.DOTALL)
    assert re.findall(r'<li class="(\w+)"[^>]*>(.*?)<span', bar) == [
        ("done", "Triage"),
        ("done", "Consent"),
        ("done", "Plan"),
        ("now", "Assess"),
        ("ahead", "Structure"),
        ("ahead", "Sign"),
        ("ahead", "Deploy"),
        ("ahead", "Monitor"),
        ("ahead", "Close"),
    ]
    assert page.count('aria-current="step"') == 1


def test_each_track_is_a_lane_that_says_whose_turn_it_is(
    browser_for: Enter, engine: Engine, world: World, numbers: tuple[str, str]
) -> None:
    with transaction(engine) as db:
        tracks = world.read_case(db, numbers[0]).tracks
    page = browser_for("officer").get(f"/cases/{numbers[0]}").text
    lanes = page.split('<ul class="lanes tracks">')[1].split("</ul>")[0]
    assert re.findall(r'id="track-([^"]+)"', lanes) == [track.id for track in tracks]
    words = words_of(lanes)
    assert re.search("The case Officer .*Our turn Assessment", words)
    assert re.search("Referral: green technology assessment Haidian Assessment Lab .*Their turn", words)
    # Today is one line at the same place in all of them.
    assert len(set(re.findall(r'class="g-now" x1="([^"]+)"', page))) == 1
    assert 'fill="url(#p-theirs)"' in lanes
    assert page.count('<pattern id="p-theirs"') == 1
    assert "Show as a table" in page


def test_a_case_says_what_it_is_about(
    browser_for: Enter, engine: Engine, world: World, numbers: tuple[str, str]
) -> None:
    with transaction(engine) as db:
        db.execute(text("UPDATE needs SET problem = 'Heat is lost', budget = 25000000, budget_currency = 'CNY'"))
        db.execute(text("UPDATE matches SET rationale = 'It lifts 30 to 70 degrees'"))
    told = words_of(browser_for("officer").get(f"/cases/{numbers[0]}").text)
    assert "What it is about" in told
    assert "Heat is lost" in told
    assert "Why they fit: It lifts 30 to 70 degrees" in told
    assert "CNY 25,000,000" in told
    # It is the office's own knowledge.
    assert "Heat is lost" not in browser_for("observer").get(f"/cases/{numbers[0]}").text


@pytest.mark.parametrize(("language", "comma"), [("en", ", "), ("zh-Hans", "、")])
def test_where_a_party_is_stands_behind_the_readers_own_comma(
    browser_for: Enter, engine: Engine, numbers: tuple[str, str], language: str, comma: str
) -> None:
    with transaction(engine) as db:
        db.execute(text("UPDATE needs SET district = 'Haidian'"))
    browser = browser_for("officer")
    browser.post("/preferences", {"language": language, "page": "/"}, page="/")
    page = browser.get(f"/cases/{numbers[0]}").text
    assert re.search(rf"<strong>[^<]+</strong>{comma}[^<, ]", page)
    assert not re.search(rf"<strong>[^<]+</strong>{'、' if comma == ', ' else ', '}", page)


@pytest.mark.parametrize(("days", "said"), [(0, "Holds until"), (1, "and has run out")])
def test_a_screening_that_has_run_out_says_so(
    browser_for: Enter, engine: Engine, world: World, numbers: tuple[str, str], days: int, said: str
) -> None:
    last = today() - timedelta(days=days)
    with transaction(engine) as db:
        screen(db, world, world.organisations["need_owner"])
        db.execute(text("UPDATE organisation_screenings SET valid_until = :last"), {"last": last})
    told = words_of(browser_for("officer").get(f"/cases/{numbers[0]}").text)
    assert [words in told for words in ("Holds until", "and has run out")] == [
        said == "Holds until",
        said != "Holds until",
    ]


def test_there_is_one_primary_action(browser_for: Enter, numbers: tuple[str, str]) -> None:
    for name in ("officer", "supervisor", "compliance"):
        browser = browser_for(name)
        for number in numbers:
            assert browser.get(f"/cases/{number}").text.count("btn-primary") <= 1
    page = browser_for("officer").get(f"/cases/{numbers[1]}").text
    assert re.search(r'<a class="btn btn-primary" href="/cases/[^"]+/take">Take the case</a>', page)


def menu_of(page: str) -> str:
    """The menu of the other actions."""
    return page.split('<details class="menu" id="do"')[1].split("</details>")[0]


def test_what_is_not_yet_possible_is_told_with_why(browser_for: Enter, numbers: tuple[str, str]) -> None:
    told = words_of(menu_of(browser_for("officer").get(f"/cases/{numbers[0]}").text))
    assert "Not yet" in told
    assert "Move to structuring" in told
    # What only a provider does is not told as something of ours.
    assert "Accept the referral" not in told


def test_what_only_other_roles_do_is_told_on_request(browser_for: Enter, numbers: tuple[str, str]) -> None:
    browser = browser_for("officer")
    page = browser.get(f"/cases/{numbers[1]}").text
    (link,) = re.findall(r'href="([^"]+actions=all[^"]*)"', page)
    assert "Assign to an officer" not in words_of(menu_of(page))
    whole = browser.get(link.partition("#")[0]).text
    assert "Assign to an officer" in words_of(menu_of(whole))
    assert "actions=all" not in menu_of(whole)
    assert '<details class="menu" id="do" open>' in whole


def test_exceptions_lie_in_the_menu_and_what_ends_the_case_apart(browser_for: Enter, numbers: tuple[str, str]) -> None:
    page = browser_for("officer").get(f"/cases/{numbers[0]}").text
    menu = menu_of(page)
    groups = dict(re.findall(r"<section><h3>(.*?)</h3>(.*?)</section>", menu, re.DOTALL))
    for words in ("Put the case on hold", "Hand over the case", "Declare a conflict of interest"):
        assert words in groups["The case"]
    assert 'class="danger"' not in groups["The case"]
    assert "Propose closing" in groups["End the case"]
    assert 'class="danger"' in groups["End the case"]
    assert "Send the request" not in menu


@pytest.mark.parametrize("name", ["auditor", "manager", "other_officer"])
def test_who_may_only_read_is_offered_nothing(browser_for: Enter, numbers: tuple[str, str], name: str) -> None:
    page = browser_for(name).get(f"/cases/{numbers[0]}").text
    assert 'id="do"' not in page or "Declare a conflict" in menu_of(page)
    assert "Not yet" not in page
    assert "btn-primary" not in page
    assert "Withdraw" not in words_of(page)
    assert "Enter a document" not in page
    assert "Haidian Assessment Lab" in page


def test_the_last_entries_of_the_history_are_sentences(browser_for: Enter, numbers: tuple[str, str]) -> None:
    told = words_of(browser_for("officer").get(f"/cases/{numbers[0]}").text)
    assert "Supervisor approved the plan" in told
    assert "Officer sent the request" in told
    assert "finished the task" not in told


def test_the_last_entries_say_what_was_decided_and_what_a_paper_is_called(
    browser_for: Enter, numbers: tuple[str, str], world: World, engine: Engine
) -> None:
    with transaction(engine) as db:
        number = to_plan(world, db, 1, nda={"status": "waiver_asked", "reason": "A public test."})
        complete(world, db, "supervisor", number, "decide_plan", data={"reason": "Name a bank."})
        register_document(
            db,
            world.actor(db, "officer"),
            number,
            title="Valuation report",
            kind="report",
            party="need_owner",
            language="en",
            valid_until=None,
            revision=load(db, home_of(db, number), "case").revision,
            request=new_request(),
        )
    told = words_of(browser_for("officer").get(f"/cases/{number}").text)
    assert "Supervisor returned the service plan" in told
    assert "Officer added “Valuation report”" in told
    assert "finished the task" not in told


def test_steps_of_every_workflow_are_in_the_catalogue() -> None:
    used = {step for edition in load_library().editions.values() for step in order_of(edition)}
    assert used == set(STEPS)


@pytest.mark.parametrize(
    "path", ["/cases", "/cases?state=proposed", "/cases/{}", "/cases/{}/hand-over", "/cases/{}/documents/new"]
)
@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_pages_keep_to_the_rules_of_the_frame(
    browser_for: Enter, numbers: tuple[str, str], path: str, language: str
) -> None:
    browser = browser_for("officer")
    browser.post("/account/preferences", {"language": language})
    for number in numbers:
        answer = browser.get(path.format(number))
        if answer.status_code == 403:
            continue
        page = read_page(answer.text)
        assert page.tags.count("h1") == 1
        assert page.handlers == []
        assert len(page.ids) == len(set(page.ids))
        assert page.described <= set(page.ids)
        assert set(page.controls) <= page.labelled


def test_pages_ask_the_same_number_of_questions_however_much_there_is(
    browser_for: Enter, engine: Engine, world: World, numbers: tuple[str, str], asked: list[str]
) -> None:
    browser = browser_for("officer")

    def count(path: str) -> int:
        asked.clear()
        assert browser.get(path).status_code == 200
        return len([one for one in asked if not one.lstrip().upper().startswith(("SAVEPOINT", "RELEASE"))])

    few = {path: count(path) for path in ("/cases", "/cases?waits_for=provider&sort=due", f"/cases/{numbers[0]}")}
    with transaction(engine) as db:
        for _ in range(10):
            world.new_case(db)
        to_referral(world, db)
        world.send(db, numbers[0], world.referral(db, numbers[0], "pledge"), "pledge")
    assert {path: count(path) for path in few} == few
    assert few["/cases"] <= 9
    assert few[f"/cases/{numbers[0]}"] <= 16


def test_a_row_is_marked_as_new_until_one_looks(
    world: World, engine: Engine, browser_for: Callable[[str], Browser]
) -> None:
    with transaction(engine) as db:
        number = world.new_case(db)
    compliance = browser_for("compliance")
    # A dot, and the same in words for who does not see it.
    page = compliance.get("/cases").text
    assert page.count('<span class="fresh"') == page.count('<span class="visually-hidden">new: </span>') == 1
    compliance.get(f"/cases/{number}")
    assert '<span class="fresh"' not in compliance.get(f"/cases?q={number}").text


def test_what_comes_next_and_waits_says_for_whom_and_until_when(
    world: World, engine: Engine, browser_for: Enter
) -> None:
    until = today() + timedelta(days=9)
    with transaction(engine) as db:
        number = world.open_case(db)
        world.fire(db, "officer", number, "take")
        for task in list(load(db, home_of(db, number), "case").open_tasks()):
            suspend_task(
                db,
                world.actor(db, "officer"),
                task.id,
                reason="They asked for it.",
                waits_for="need_owner",
                until=until.isoformat(),
                request=new_request(),
            )
    page = browser_for("officer").get(f"/cases/{number}").text
    box = page.split('<section class="sheet next"')[1].split('<div class="doing">')[0]
    assert "Waits for: The need owner" in box
    assert f'datetime="{until.isoformat()}"' in box


def test_a_right_whose_fee_or_term_is_over_is_marked_so(engine: Engine, world: World, browser_for: Enter) -> None:
    with transaction(engine) as db:
        number = world.open_case(db)

    def rights() -> str:
        page = browser_for("officer").get(f"/cases/{number}").text
        return page.split('id="rights-title"')[1].split("</section>")[0]

    assert "fee paid until" in words_of(rights())
    assert "fee paid until" not in "".join(re.findall(r'class="tag warn">.*?</span>', rights()))
    with transaction(engine) as db:
        db.execute(text("UPDATE rights SET fee_paid_to = '2026-01-31', expires_on = '2026-02-28'"))
    marked = words_of(" ".join(re.findall(r'class="tag warn">.*?</span>', rights())))
    assert "fee paid until Sat 31 Jan" in marked
    assert "until Sat 28 Feb" in marked


def test_an_introduction_says_when_it_is_followed_up_and_does_not_urge_to_close(
    world: World, browser_for: Enter, engine: Engine
) -> None:
    with transaction(engine) as db:
        number = world.new_case(db)
        world.fire(db, "officer", number, "take")
    browser = browser_for("officer")
    link = re.search(r'href="([^"]*/introduce)"', browser.get(f"/cases/{number}").text)
    assert link is not None
    # It can become a full case: nothing says that it cannot be undone.
    assert "cannot be undone" not in browser.get(link[1]).text
    with transaction(engine) as db:
        said = {"made_on": today().isoformat(), "channel": "event"} | dict.fromkeys(AGREED, True)
        world.fire(db, "officer", number, "introduce", said)
    page = browser.get(f"/cases/{number}").text
    assert "Before that: Ask what came of the introduction · begins" in words_of(page)
    assert re.search(r'<a class="btn btn-primary"[^>]*>Close the introduction', page) is None
    task = re.search(r'href="(/tasks/[\w-]+)"[^>]*>Ask what came of the introduction', page)
    assert task is not None
    told = words_of(browser.get(task[1]).text)
    assert "not begun · begins" in told
    assert "the task has not begun." in told
