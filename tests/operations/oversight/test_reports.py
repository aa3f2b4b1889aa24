"""A stage report is frozen once, agreed to by two persons, published and never changed; the next one tells its months anew."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import ProgrammingError

from casework.engine.figures.reports import IS_AGREED, IS_DRAFT, IS_PUBLISHED
from casework.errors import InvalidForm, NotAllowed, NotFound, RecordHasMoved, Refused, UnknownName
from casework.json_values import JsonMapping
from casework.ledger.canonical_json import digest, parse_instant
from casework.operations.core.perform import calendar_of
from casework.operations.oversight import reports
from casework.operations.oversight.figures import count_programme, show_counted
from casework.operations.oversight.outside_figures import last_quarter, tell_outside
from casework.operations.oversight.reports import (
    agree_report,
    freeze_report,
    publish_report,
    read_content,
    read_reports,
    word_report,
)
from casework.operations.people.service import create_phase
from casework.permissions.actors import Actor
from casework.records.database import transaction
from casework.records.event_log import now, read_register
from tests.support.world import World, new_request


def actor(engine: Engine, world: World, name: str) -> Actor:
    with transaction(engine) as db:
        return world.actor(db, name)


def frozen(engine: Engine, world: World, **given: Any) -> JsonMapping:
    """A report that the supervisor has frozen."""
    supervisor = actor(engine, world, "supervisor")
    return freeze_report(engine, supervisor, world.programmes["BJ"], request=new_request(), **given).answer


def published(engine: Engine, world: World, **given: Any) -> int:
    """One that was frozen, agreed to and published; gives its number."""
    number, programme = int(frozen(engine, world, **given)["number"]), world.programmes["BJ"]
    with transaction(engine) as db:
        for name in ("supervisor", "manager"):
            agree_report(db, world.actor(db, name), programme, number, new_request())
        publish_report(db, world.actor(db, "manager"), programme, number, new_request())
    return number


def a_phase(db: Connection, world: World, name: str = "Phase 1", starts_on: date = date(2020, 1, 1)) -> str:
    """A phase of the programme; cases that are opened while it runs are of it."""
    administrator, programme = world.actor(db, "administrator"), world.programmes["BJ"]
    done = create_phase(
        db,
        administrator,
        programme=programme,
        name=name,
        name_zh=None,
        starts_on=starts_on,
        ends_on=None,
        request=new_request(),
    )
    return str(done.answer["id"])


def test_what_is_frozen_is_what_the_logs_said_and_is_bound_by_an_event(engine: Engine, world: World) -> None:
    programme = world.programmes["BJ"]
    with transaction(engine) as db:
        world.open_case(db)
    answer = frozen(engine, world)
    with transaction(engine) as db:
        world.open_case(db, 1)
        content = read_content(db, programme, 1)
        at = parse_instant(str(answer["as_of"]))
        assert content["inside"] == show_counted(count_programme(db, programme, at))
        assert content["outside"] == tell_outside(db, programme, last_quarter(at, calendar_of(db, programme)))()
        assert (content["before"], content["restated"]) == (None, {"inside": [], "outside": []})
        heads = text("SELECT hash FROM events WHERE log_id = CAST(:log AS uuid) AND seq = :seq")
        logs = content["inside"]["as_of"]["logs"]
        assert content["heads"] == {
            log: db.execute(heads, {"log": log, "seq": seq}).scalar_one() for log, seq in logs.items()
        }
        (event,) = (one for one in read_register(db, programme) if one.kind == "report_frozen")
        assert (event.actor, event.role) == (world.people["supervisor"], "supervisor")
        move = event.effects["report"]
        assert move == {"number": 1, "digest": digest(content), "as_of": answer["as_of"], "before": None}
        ((name, row),) = event.body.items()
        assert name.startswith("reports/")
        # The row is told by the same digest.
        assert row["content"] == answer["digest"] == digest(content)


def test_a_report_up_to_a_moment_tells_what_was_known_then(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        world.open_case(db)
    with transaction(engine) as db:
        then = now(db)
        world.open_case(db, 1)
    frozen(engine, world, until=then)
    with transaction(engine) as db:
        rows = read_content(db, world.programmes["BJ"], 1)["inside"]["figures"]["conversion"]["rows"]
    assert next(row for row in rows if row["of"]["step"] == "opened")["denominator"] == 1


def test_two_persons_agree_and_then_it_is_published(engine: Engine, world: World) -> None:
    programme = world.programmes["BJ"]
    frozen(engine, world)
    with transaction(engine) as db:
        supervisor, manager = world.actor(db, "supervisor"), world.actor(db, "manager")
        states = [read_reports(db, programme)[1].state]
        agree_report(db, supervisor, programme, 1, new_request())
        with pytest.raises(Refused, match="You have agreed"):
            agree_report(db, supervisor, programme, 1, new_request())
        with pytest.raises(Refused, match="once two persons have agreed"):
            publish_report(db, manager, programme, 1, new_request())
        states.append(read_reports(db, programme)[1].state)
        agree_report(db, manager, programme, 1, new_request())
        states.append(read_reports(db, programme)[1].state)
        publish_report(db, supervisor, programme, 1, new_request())
        states.append(read_reports(db, programme)[1].state)
        for again in (agree_report, publish_report):
            with pytest.raises(Refused, match="never changed"):
                again(db, manager, programme, 1, new_request())
    assert states == [IS_DRAFT, IS_DRAFT, IS_AGREED, IS_PUBLISHED]


@pytest.mark.parametrize("role", ["officer", "auditor"])
def test_who_reads_figures_does_not_freeze_them(engine: Engine, world: World, role: str) -> None:
    frozen(engine, world)
    reader, programme = actor(engine, world, role), world.programmes["BJ"]
    with pytest.raises(NotAllowed):
        freeze_report(engine, reader, programme, request=new_request())
    with transaction(engine) as db, pytest.raises(NotAllowed):
        agree_report(db, reader, programme, 1, new_request())


@pytest.mark.parametrize("role", ["observer", "provider", "administrator"])
def test_to_others_there_is_no_report(engine: Engine, world: World, role: str) -> None:
    other, programme = actor(engine, world, role), world.programmes["BJ"]
    with pytest.raises(NotFound):
        freeze_report(engine, other, programme, request=new_request())
    with transaction(engine) as db, pytest.raises(NotFound):
        publish_report(db, other, programme, 1, new_request())


def test_a_report_that_is_not_there_is_named(engine: Engine, world: World) -> None:
    programme = world.programmes["BJ"]
    with transaction(engine) as db:
        with pytest.raises(UnknownName, match="report 7"):
            agree_report(db, world.actor(db, "manager"), programme, 7, new_request())
        with pytest.raises(UnknownName, match="report 7"):
            read_content(db, programme, 7)


def test_before_a_programme_began_there_is_nothing_to_freeze(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        then = now(db) - timedelta(days=9000)
    with pytest.raises(NotFound):
        frozen(engine, world, until=then)


def test_the_next_report_tells_the_months_of_the_last_as_they_were_and_as_they_are(
    engine: Engine, world: World
) -> None:
    with transaction(engine) as db:
        world.open_case(db)
    first = published(engine, world)
    # A draft that nobody published binds nobody.
    frozen(engine, world)
    with transaction(engine) as db:
        world.open_case(db, 1)
    frozen(engine, world)
    with transaction(engine) as db:
        content = read_content(db, world.programmes["BJ"], 3)
    assert content["before"]["number"] == first
    told = content["restated"]["inside"]
    opened = next(one for one in told if one["figure"] == "conversion" and one["of"]["step"] == "opened")
    assert (opened["then"]["denominator"], opened["now"]["denominator"]) == (1, 2)


def test_what_was_frozen_before_another_was_published_is_not_published(engine: Engine, world: World) -> None:
    programme = world.programmes["BJ"]
    assert frozen(engine, world)["number"] == 1
    assert published(engine, world) == 2
    with transaction(engine) as db:
        for name in ("supervisor", "manager"):
            agree_report(db, world.actor(db, name), programme, 1, new_request())
        with pytest.raises(Refused, match="Freeze one anew"):
            publish_report(db, world.actor(db, "manager"), programme, 1, new_request())


def test_nothing_is_frozen_up_to_a_moment_that_was_published_already(engine: Engine, world: World) -> None:
    published(engine, world)
    with transaction(engine) as db:
        at = parse_instant(read_reports(db, world.programmes["BJ"])[1].as_of)
    with pytest.raises(Refused, match="later moment"):
        frozen(engine, world, until=at)


def opened(content: Any) -> int:
    """How many cases a report is of."""
    rows = content["inside"]["figures"]["conversion"]["rows"]
    told: int = next((row for row in rows if row["of"].keys() == {"step", "next"}), {"denominator": 0})["denominator"]
    return told


def test_a_report_of_a_phase_or_a_period_is_of_those_cases_alone(engine: Engine, world: World) -> None:
    programme = world.programmes["BJ"]
    with transaction(engine) as db:
        phase, other = a_phase(db, world), a_phase(db, world, "Later", date(2200, 1, 1))
        world.open_case(db)
        today = calendar_of(db, programme).local_date(now(db)).isoformat()
    cohorts = [{"phase": phase}, {"phase": other}, {"opened_to": today}, {"opened_to": "2020-01-01"}]
    for among in cohorts:
        frozen(engine, world, among=among)
    with transaction(engine) as db:
        contents = [read_content(db, programme, number) for number in range(1, 5)]
        assert [read_reports(db, programme)[number].among for number in range(1, 5)] == cohorts
    assert [opened(content) for content in contents] == [1, 0, 1, 0]
    assert [content["inside"]["as_of"]["among"] for content in contents] == cohorts
    # What is told of a whole programme alone is in none.
    assert all("discipline" not in content["inside"]["figures"] for content in contents)
    assert all(content["outside"]["figures"] == {} for content in contents[2:])


@pytest.mark.parametrize(
    "among",
    [
        {"phase": "no phase"},
        {"opened_from": "2026-02-01", "opened_to": "2026-01-01"},
        {"phase": "00000000-0000-7000-8000-000000000000"},
        {"sector": "steel"},
    ],
)
def test_what_is_no_cohort_is_not_frozen(engine: Engine, world: World, among: dict[str, str]) -> None:
    with pytest.raises(InvalidForm):
        frozen(engine, world, among=among)


def test_a_report_tells_anew_the_last_one_of_the_same_cases_alone(engine: Engine, world: World) -> None:
    period = {"opened_from": "2020-01-01"}
    with transaction(engine) as db:
        world.open_case(db)
    of_all = published(engine, world)
    first = published(engine, world, among=period)
    frozen(engine, world, among=period)
    frozen(engine, world)
    with transaction(engine) as db:
        reports = read_reports(db, world.programmes["BJ"])
        content = read_content(db, world.programmes["BJ"], 3)
    assert [reports[number].before for number in (1, 2, 3, 4)] == [None, None, first, of_all]
    assert content["before"]["number"] == first
    assert content["restated"]["outside"] == []


def test_its_own_words_are_agreed_to_and_whoever_changes_them_takes_that_back(engine: Engine, world: World) -> None:
    frozen(engine, world)
    programme = world.programmes["BJ"]
    with transaction(engine) as db:
        supervisor, manager = world.actor(db, "supervisor"), world.actor(db, "manager")
        write = partial(word_report, db, supervisor, programme, 1)
        write(words={"title": "What came of it", "title_zh": " 成果 ", "conclusion": ""}, request=new_request(), seen=0)
        words = read_reports(db, programme)[1].words
        assert words == digest({"title": "What came of it", "title_zh": "成果"})
        agree_report(db, supervisor, programme, 1, new_request(), words=words)
        # The same again is no change.
        write(words={"title": "What came of it", "title_zh": "成果"}, request=new_request())
        agree_report(db, manager, programme, 1, new_request())
        states = [read_reports(db, programme)[1].state]
        write(words={"title": "Something else"}, request=new_request())
        states.append(read_reports(db, programme)[1].state)
        with pytest.raises(Refused, match="once two persons"):
            publish_report(db, manager, programme, 1, new_request())
        with pytest.raises(Refused, match="were changed after you opened it"):
            agree_report(db, manager, programme, 1, new_request(), words=words)
        for person in (supervisor, manager):
            agree_report(db, person, programme, 1, new_request())
        publish_report(db, manager, programme, 1, new_request())
        with pytest.raises(Refused, match="never changed"):
            write(words={}, request=new_request())
        told = [one.effects["report"].get("words") for one in read_register(db, programme) if "report" in one.effects]
    assert states == [IS_AGREED, IS_DRAFT]
    other = digest({"title": "Something else"})
    assert told == [None, words, words, words, other, other, other, other]


def test_words_that_somebody_else_has_written_meanwhile_are_not_lost(engine: Engine, world: World) -> None:
    frozen(engine, world)
    with transaction(engine) as db:
        write = partial(word_report, db, world.actor(db, "manager"), world.programmes["BJ"], 1)
        write(words={"conclusion": "First"}, request=new_request(), seen=0)
        with pytest.raises(RecordHasMoved):
            write(words={"conclusion": "Second"}, request=new_request(), seen=0)


@pytest.mark.parametrize("words", [{"weather": "fine"}, {"title": "x" * 201}, {"title": 7}])
def test_what_is_no_part_of_a_report_is_not_written(engine: Engine, world: World, words: dict[str, Any]) -> None:
    frozen(engine, world)
    with transaction(engine) as db, pytest.raises(InvalidForm):
        word_report(db, world.actor(db, "manager"), world.programmes["BJ"], 1, words=words, request=new_request())


@pytest.mark.parametrize("statement", ["UPDATE reports SET number = 9", "DELETE FROM reports"])
def test_the_application_cannot_change_what_was_frozen(engine: Engine, world: World, statement: str) -> None:
    frozen(engine, world)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction(engine) as db:
        db.execute(text(statement))


def test_who_asks_twice_freezes_once(engine: Engine, world: World) -> None:
    supervisor, request = actor(engine, world, "supervisor"), new_request()
    first = freeze_report(engine, supervisor, world.programmes["BJ"], request=request)
    again = freeze_report(engine, supervisor, world.programmes["BJ"], request=request)
    assert (again.repeated, again.answer) == (True, first.answer)
    with transaction(engine) as db:
        assert list(read_reports(db, world.programmes["BJ"])) == [1]


def test_what_was_counted_while_another_was_frozen_is_not_frozen(
    engine: Engine, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = reports.draft_content

    def meanwhile(*given: Any) -> Any:
        monkeypatch.undo()
        frozen(engine, world)
        return made(*given)

    monkeypatch.setattr(reports, "draft_content", meanwhile)
    with pytest.raises(RecordHasMoved):
        frozen(engine, world)
