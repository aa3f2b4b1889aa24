"""Cases in a list: what the filters find, in which order, and that nothing is told of what one does not see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

import pytest
from sqlalchemy import Connection, event, text

from casework.errors import InvalidForm
from casework.operations.cases import list_queries
from casework.operations.cases.list_queries import SORTS, count_cases, export_cases, list_cases
from casework.operations.cases.views import CaseName, CaseOutline, CaseRow, MarkedCaseRow
from casework.operations.core.paging import from_cursor
from casework.operations.core.perform import home_of
from casework.operations.core.views import NamedInBoth, row_as
from casework.operations.notifications.follows import follow_case
from tests.operations.cases.three_cases import play_three_cases
from tests.support.case_dates import write_dates
from tests.support.way_to_referral import to_referral
from tests.support.world import World

pytestmark = pytest.mark.stage(play=play_three_cases)


@pytest.fixture
def numbers(staged: tuple[str, str, str]) -> tuple[str, str, str]:
    return staged


def found(db: Connection, world: World, who: str, sort: str = "number", **filters: str) -> list[str]:
    return [one.number for one in list_cases(db, world.actor(db, who), filters=filters, sort=sort).items]


def test_each_filter_finds_its_cases(db: Connection, world: World, numbers: tuple[str, str, str]) -> None:
    referred, held, fresh = numbers
    lab, bank = world.organisations["lab"], world.organisations["bank"]
    assert found(db, world, "officer") == [referred, held, fresh]
    assert found(db, world, "officer", state="proposed") == [fresh]
    assert found(db, world, "officer", owner=world.people["officer"]) == [referred, held]
    assert found(db, world, "officer", provider=lab) == [referred]
    assert found(db, world, "officer", provider=bank) == []
    assert found(db, world, "officer", waits_for="provider") == [referred]
    assert found(db, world, "officer", waits_for="hold") == [held]
    assert found(db, world, "officer", waits_for="us") == [fresh]
    assert found(db, world, "officer", waits_for="nobody") == []
    assert found(db, world, "officer", open="yes") == [referred, held, fresh]
    assert found(db, world, "officer", open="no") == []
    assert found(db, world, "officer", words=referred[-4:]) == [referred]
    assert found(db, world, "officer", words="steam without") == [referred, held, fresh]
    assert found(db, world, "officer", state="proposed", owner=world.people["officer"]) == []


def test_those_that_one_follows_are_found_by_oneself_and_for_as_long_as_one_reads_them(
    db: Connection, world: World, numbers: tuple[str, str, str]
) -> None:
    referred, held, _ = numbers
    for who, number in (("officer", held), ("manager", referred)):
        follow_case(db, world.actor(db, who), number)
    assert found(db, world, "officer", followed="yes") == [held]
    assert found(db, world, "officer", followed="yes", waits_for="provider") == []
    assert found(db, world, "manager", followed="yes") == [referred]
    assert count_cases(db, world.actor(db, "manager"), filters={"followed": "yes"}) == 1
    assert found(db, world, "auditor", followed="yes") == []
    # A row that was left behind tells nothing to who does not read the case, nor does a provider's own of its referral.
    for name in ("foreign_officer", "provider"):
        db.execute(
            text("INSERT INTO follows (person_id, log_id) VALUES (:person, :log)"),
            {"person": world.people[name], "log": home_of(db, referred)},
        )
        assert found(db, world, name, followed="yes") == []


@pytest.mark.parametrize("words", ["%", "_", "\\", "' OR true --"])
def test_words_are_taken_as_they_stand(db: Connection, world: World, numbers: tuple[str, str, str], words: str) -> None:
    assert found(db, world, "officer", words=words) == []


def test_overdue_finds_what_is_late_on_either_side(db: Connection, world: World, numbers: tuple[str, str, str]) -> None:
    referred, held, fresh = numbers
    assert found(db, world, "officer", overdue="yes") == []
    late = "UPDATE tasks SET due_at = casework_now() - interval '1 day' WHERE {} AND log_id = (SELECT id FROM cases WHERE number = :n)"
    db.execute(text(late.format("organisation_id IS NOT NULL")), {"n": referred})
    write_dates(db)
    assert found(db, world, "officer", overdue="yes") == [referred]
    db.execute(text(late.format("organisation_id IS NULL")), {"n": fresh})
    write_dates(db)
    assert found(db, world, "officer", overdue="yes") == [referred, fresh]
    rows = list_cases(db, world.actor(db, "officer"), filters={"overdue": "yes"}, sort="number").items
    assert [(one.overdue, [late.overdue for late in one.waits_for]) for one in rows if isinstance(one, CaseRow)] == [
        (True, [True]),
        (True, []),
    ]
    exported = export_cases(db, world.actor(db, "officer"), filters={"overdue": "yes"}, sort="number")
    assert [one.number for one in exported] == [referred, fresh]
    # What stands still is nobody's delay.
    db.execute(
        text(
            "UPDATE clocks SET state = 'paused', fires_at = NULL WHERE task_id IN (SELECT id FROM tasks WHERE organisation_id IS NOT NULL)"
        )
    )
    write_dates(db)
    assert found(db, world, "officer", overdue="yes") == [fresh]


def test_a_row_says_where_the_case_stands_and_for_whom_it_waits(
    db: Connection, world: World, numbers: tuple[str, str, str]
) -> None:
    rows = {row.number: row for row in list_cases(db, world.actor(db, "manager")).items if isinstance(row, CaseRow)}
    referred, held, fresh = (rows[number] for number in numbers)
    assert [wait.for_.name for wait in referred.waits_for if isinstance(wait.for_, NamedInBoth)] == [
        "Haidian Assessment Lab"
    ]
    assert (referred.step, held.step, fresh.step) == ("Assess", "Triage", "Triage")
    assert held.state == "on_hold"
    assert held.hold
    assert held.hold["waits_for"] == "need_owner"
    assert fresh.due_at
    assert fresh.owner is None


@pytest.mark.parametrize("sort", sorted(SORTS))
def test_pages_of_every_order_hold_each_case_once(
    db: Connection, world: World, numbers: tuple[str, str, str], sort: str
) -> None:
    actor = world.actor(db, "officer")
    whole = [one.number for one in list_cases(db, actor, sort=sort).items]
    seen, cursor = [], None
    while True:
        part = list_cases(db, actor, sort=sort, cursor=cursor, limit=1)
        seen += [one.number for one in part.items]
        cursor = part.next
        if cursor is None:
            break
    assert seen == whole
    assert sorted(whole) == sorted(numbers)


def test_orders_differ(db: Connection, world: World, numbers: tuple[str, str, str]) -> None:
    referred, held, fresh = numbers
    assert found(db, world, "officer", "newest") == [fresh, held, referred]
    assert found(db, world, "officer", "oldest") == [referred, held, fresh]
    assert found(db, world, "officer", "due")[0] == fresh


def test_a_filter_betrays_nothing(db: Connection, world: World, numbers: tuple[str, str, str]) -> None:
    referred, held, fresh = numbers
    # An observer sees outlines: the state, not who does what.
    assert found(db, world, "observer", state="proposed") == [fresh]
    for hidden in (
        {"owner": world.people["officer"]},
        {"provider": world.organisations["lab"]},
        {"waits_for": "provider"},
        {"waits_for": "us"},
        {"open": "yes"},
        {"overdue": "yes"},
        {"followed": "yes"},
    ):
        assert found(db, world, "observer", **hidden) == []
        assert found(db, world, "provider", **hidden) == []
    # A provider sees its own cases by number and title, and not where they stand.
    assert found(db, world, "provider") == [referred]
    assert found(db, world, "provider", state="assessment") == []
    assert found(db, world, "foreign_officer") == []
    assert type(list_cases(db, world.actor(db, "provider")).items[0]) is CaseName
    assert type(list_cases(db, world.actor(db, "observer")).items[0]) is CaseOutline
    assert {field.name for field in fields(CaseOutline)} == {"number", "title", "state", "step", "outcome", "edition"}


def test_the_count_agrees_and_stops(
    db: Connection, world: World, numbers: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert count_cases(db, world.actor(db, "officer")) == 3
    assert count_cases(db, world.actor(db, "officer"), filters={"state": "proposed"}) == 1
    assert count_cases(db, world.actor(db, "provider")) == 1
    monkeypatch.setattr("casework.operations.cases.list_queries.MOST_COUNTED", 2)
    assert count_cases(db, world.actor(db, "officer")) == 2


def test_an_export_has_the_same_rows(db: Connection, world: World, numbers: tuple[str, str, str]) -> None:
    actor = world.actor(db, "officer")
    # A mark is for whoever looks at the page, and no part of what is taken along.
    marked = list_cases(db, actor, sort="number").items
    assert {type(row) for row in marked} == {MarkedCaseRow}
    assert export_cases(db, actor, sort="number") == [row_as(CaseRow, row) for row in marked]


@pytest.mark.parametrize(
    "given", [{"filters": {"colour": "red"}}, {"filters": {"owner": "me"}}, {"sort": "beauty"}, {"cursor": "x"}]
)
def test_what_is_not_known_is_refused(db: Connection, world: World, given: dict[str, object]) -> None:
    with pytest.raises(InvalidForm):
        list_cases(db, world.actor(db, "officer"), **given)  # type: ignore[arg-type]  # filters, wrong on purpose


@pytest.fixture
def asked(db: Connection) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_: object, __: object, statement: str, *more: object) -> None:
        statements.append(statement)

    event.listen(db, "before_cursor_execute", note)
    yield statements
    event.remove(db, "before_cursor_execute", note)


def test_a_list_is_one_statement_and_one_for_its_marks_however_long(
    db: Connection, world: World, numbers: tuple[str, str, str], asked: list[str]
) -> None:
    actor = world.actor(db, "officer")
    for filters in ({}, {"waits_for": "provider", "overdue": "yes", "words": "x"}):
        for sort in SORTS:
            asked.clear()
            found = list_cases(db, actor, filters=filters, sort=sort).items
            assert len(asked) == (2 if found else 1)


@pytest.mark.parametrize("who", ["provider", "observer"])
def test_a_cursor_tells_nothing_that_the_rows_do_not(db: Connection, world: World, who: str) -> None:
    for _ in range(3):
        to_referral(world, db)
    numbers, cursor = [], None
    while True:
        told = list_cases(db, world.actor(db, who), cursor=cursor, limit=1)
        numbers += [one.number for one in told.items]
        if (cursor := told.next) is None:
            break
        assert from_cursor(cursor, 1) == [len(numbers)]
    assert len(numbers) == len(set(numbers)) == 3


def test_words_in_chinese_find_a_case_by_the_title_of_its_need(
    db: Connection, world: World, numbers: tuple[str, str, str]
) -> None:
    db.execute(text("UPDATE needs SET title_zh = '蒸汽冷能回收'"))
    assert found(db, world, "officer", words="冷能") == list(numbers)
    assert found(db, world, "observer", words="冷能") == list(numbers)
    # Who is named as a provider of one finds that one alone.
    assert found(db, world, "provider", words="冷能") == [numbers[0]]
    assert found(db, world, "foreign_officer", words="冷能") == []
    db.execute(text("UPDATE cases SET title = 'Renamed' WHERE number = :n"), {"n": numbers[1]})
    assert found(db, world, "officer", words="冷能") == [numbers[0], numbers[2]]
    assert count_cases(db, world.actor(db, "officer"), filters={"words": "冷能"}) == 2


def test_latin_words_find_a_case_by_the_chinese_title_of_its_need(
    db: Connection, world: World, numbers: tuple[str, str, str]
) -> None:
    db.execute(text("UPDATE needs SET title_zh = '厂房 LED 照明改造（led+PV.2）'"))
    for words in ("LED", "led", "PV.2", "led+pv", "LED 照明"):
        assert found(db, world, "officer", words=words) == list(numbers), words
        assert count_cases(db, world.actor(db, "officer"), filters={"words": words}) == 3
    # Where a word begins, as it stands; and what stands in the title alone is found within words.
    for words in ("EDs", "PVx2", "LED.照"):
        assert found(db, world, "officer", words=words) == [], words
    assert found(db, world, "provider", words="LED") == [numbers[0]]
    assert found(db, world, "foreign_officer", words="LED") == []
    db.execute(text("UPDATE cases SET title = 'Renamed' WHERE number = :n"), {"n": numbers[1]})
    assert found(db, world, "officer", words="LED") == [numbers[0], numbers[2]]


def test_an_index_of_words_changes_nothing_of_what_a_list_finds(
    db: Connection, world: World, numbers: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    db.execute(text("UPDATE cases SET title = '余热锅炉 for_heat' WHERE number = :n"), {"n": numbers[1]})
    db.execute(
        text(
            "UPDATE needs SET title_zh = 'LNG 冷能回收 for_ice' WHERE id = (SELECT need_id FROM cases WHERE number = :n)"
        ),
        {"n": numbers[2]},
    )
    words = (
        *numbers,
        "team",
        "余热",
        "热锅",
        "锅炉 for",
        "or_hea",
        "r_h",
        "2026-",
        "with",
        "冷能",
        "NG 冷",
        "收 for",
        "收 fo",
        "收 r",
        "LNG",
        "NG",
        "lng\u3000",
        "for_ic",
        "or_ice",
        "_ice",
        "lNG)",
        "zz",
        "é",
        numbers[0][1:].lower(),
    )
    seen = {}
    for few in (500, 1, 0):
        monkeypatch.setattr(list_queries, "_FEW_LISTED", few)
        monkeypatch.setattr(list_queries, "_FEW_COUNTED", few)
        seen[few] = {
            (who, word): (
                found(db, world, who, words=word),
                found(db, world, who, "newest", words=word, open="yes") if who == "officer" else None,
                count_cases(db, world.actor(db, who), filters={"words": word}),
            )
            for who in ("officer", "observer", "provider", "foreign_officer")
            for word in words
        }
    assert seen[500] == seen[1] == seen[0]
    assert seen[500]["officer", "热锅"] == ([numbers[1]], [numbers[1]], 1)
    assert seen[500]["observer", "or_hea"][0] == [numbers[1]]
    assert [found(db, world, "officer", words=word) for word in ("冷能", "NG 冷", "收 fo", "收 r")] == [
        *[[numbers[2]]] * 3,
        [],
    ]
    assert seen[500]["provider", numbers[0]][0] == [numbers[0]]
    assert seen[500]["provider", numbers[1]] == ([], None, 0)
