"""Findings and the reading log as files: what the list shows, with what was erased told as erased, and nothing of other programmes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from casework.operations.audit.findings import answer_finding, raise_finding
from casework.records.database import transaction
from casework.settings import Settings
from tests.operations.audit.test_finding_owners import assigned
from tests.support.published import sign_and_publish
from tests.support.web_client import Browser
from tests.support.world import World, new_request

BrowserFor = Callable[[str], Browser]


@pytest.fixture
def number(world: World, engine: Engine) -> str:
    """A case with two findings: one that an officer is to answer, and one that has an answer."""
    with transaction(engine) as db:
        number = world.open_case(db)
        world.fire(db, "officer", number, "take")
        for words in ("Why so late?", "Who agreed?"):
            made = raise_finding(db, world.actor(db, "auditor"), number, event=1, words=words, request=new_request())
            id = str(made.answer["id"])
        answer_finding(db, world.actor(db, "officer"), id, words="Nobody did.", request=new_request())
        first = db.execute(text("SELECT id::text FROM findings WHERE state = 'open'")).scalar_one()
        assigned(world, db, first)
    return number


def rows_of(browser: Browser, address: str) -> list[dict[str, str]]:
    answer = browser.get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def test_the_file_of_findings_has_what_each_says_and_whose_it_is(browser_for: BrowserFor, number: str) -> None:
    two, one = rows_of(browser_for("auditor"), "/findings.csv")
    assert (one["Case"], one["Finding"], one["Owner"], one["Late"], one["Answer"]) == (
        number,
        "Why so late?",
        "Officer",
        "no",
        "",
    )
    assert (two["State"], two["Answer"], two["Answered by"], two["Closed"]) == (
        "Answered",
        "Nobody did.",
        "Officer",
        "",
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [("state=open", ["Why so late?"]), ("state=closed", []), ("owner=me", ["Why so late?"]), ("late=yes", [])],
)
def test_it_has_what_the_list_shows(browser_for: BrowserFor, number: str, query: str, found: list[str]) -> None:
    assert [row["Finding"] for row in rows_of(browser_for("officer"), f"/findings.csv?{query}")] == found


def test_whoever_reads_another_programme_takes_none_of_it_out(browser_for: BrowserFor, number: str) -> None:
    assert rows_of(browser_for("foreign_officer"), "/findings.csv") == []


def test_what_was_erased_is_told_as_erased(browser_for: BrowserFor, number: str, superuser_engine: Engine) -> None:
    with superuser_engine.begin() as db:
        db.execute(text("UPDATE findings SET words = NULL, answer = NULL"))
    assert {(row["Finding"], row["Answer"]) for row in rows_of(browser_for("auditor"), "/findings.csv")} == {
        ("erased", ""),
        ("erased", "erased"),
    }


def test_the_file_of_the_reading_log_has_its_lines_of_one_case_where_it_is_asked_so(
    browser_for: BrowserFor, number: str
) -> None:
    auditor = browser_for("auditor")
    auditor.get(f"/cases/{number}/verify")
    auditor.get("/audit")
    every, some = rows_of(auditor, "/reading.csv"), rows_of(auditor, f"/reading.csv?number={number}")
    assert [(row["Case"], row["Address"]) for row in some] == [(number, f"/cases/{number}/verify")]
    assert "/audit" in [row["Address"] for row in every]


def test_the_readings_are_taken_out_with_their_proof_as_far_as_that_is_published(
    browser_for: BrowserFor, number: str, engine: Engine, superuser_engine: Engine, settings: Settings
) -> None:
    auditor, manager = browser_for("auditor"), browser_for("manager")
    auditor.get(f"/cases/{number}/verify")
    auditor.get("/audit")
    assert f"/readings.json?number={number}" in auditor.get(f"/reading?number={number}").text
    assert auditor.get("/readings.json").status_code == 409
    sign_and_publish(engine, superuser_engine, settings)
    answer = manager.get("/readings.json")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].endswith(".json")
    (one,) = json.loads(answer.data)["readers"]
    assert [each["row"]["path"] for each in one["readings"]][:2] == [f"/cases/{number}/verify", "/audit"]
    (one,) = json.loads(manager.get(f"/readings.json?number={number}").data)["readers"]
    assert {each["row"]["number"] for each in one["readings"]} == {number}
    assert browser_for("foreign_officer").get("/readings.json").status_code == 404
    # And that it was taken out stands in the log.
    assert "/readings.json" in auditor.get("/reading").text


def test_the_findings_are_taken_out_with_their_proof_once_that_is_published(
    browser_for: BrowserFor, number: str, engine: Engine, superuser_engine: Engine, settings: Settings
) -> None:
    auditor = browser_for("auditor")
    assert "/findings.json?state=open" in auditor.get("/findings?state=open").text
    assert auditor.get("/findings.json").status_code == 409
    sign_and_publish(engine, superuser_engine, settings)
    answer = auditor.get("/findings.json?state=open")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].endswith(".json")
    (one,) = json.loads(answer.data)["findings"]
    assert one["row"]["words"] == "Why so late?"
    assert json.loads(browser_for("foreign_officer").get("/findings.json").data)["findings"] == []
    assert "/findings.json?state=open" in auditor.get("/reading").text
