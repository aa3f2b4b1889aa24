"""People work in a small office through its real processes for some seconds: nothing is refused, lost or done twice.

How long anything took is not looked at: it says nothing here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from benchmarks.kept_databases import kept_server
from benchmarks.load.__main__ import Plan, faults_of, measure
from benchmarks.load.base import BLOCK, OFFICE, find_or_make_office
from benchmarks.load.browser import Done, Record, Sample
from benchmarks.load.counted import count_left
from benchmarks.load.page_forms import WORDS, read_forms
from benchmarks.load.people import ERRANDS
from benchmarks.load.report import page
from benchmarks.load.run import unexpected
from casework.engine.roles import Role
from casework.records.database import connect_engine, transaction
from tests.support.databases import ROOT

CASES, DAYS = 15, 120
#: A third of a second for a page: within the time everybody does several things.
PLAN = Plan(cases=CASES, days=DAYS, people=BLOCK, minutes=0.5, reads_s=0.35, step_s=0, whole=True)


@pytest.fixture(scope="module")
def result(kept_dir: Path) -> Mapping[str, Any]:
    with kept_server(kept_dir) as folder:
        return measure(folder, PLAN)


@pytest.mark.slow
def test_nothing_is_refused_lost_or_done_twice(result: Mapping[str, Any]) -> None:
    assert faults_of(dict(result)) == []
    left = result["left"]
    assert left["acknowledged"] == left["found"] > 20
    assert left["whole"]
    assert left["events"] > result["office"]["events"]


@pytest.mark.slow
def test_everybody_does_what_people_do(result: Mapping[str, Any]) -> None:
    (day,) = result["day"]
    done = {name for name, one in day["by_name"].items() if one["action"]}
    seen = set(day["by_name"]) - done
    assert {"open a case", "step: take", "take a task", "give a task back", "keep a draft"} <= done
    assert {"home", "case", "case: history", "list of cases", "search", "queue", "provider: offers"} <= seen
    assert {"web 1", "web 2", "web master", "worker", "database"} <= set(day["memory_mb"])
    assert all(one["first"] > 1 for one in day["memory_mb"].values())


@pytest.mark.slow
def test_what_is_lost_doubled_or_refused_is_told(result: Mapping[str, Any], kept_dir: Path) -> None:
    """The same count finds what is wrong, where something is."""
    with kept_server(kept_dir) as folder:
        office = find_or_make_office(folder, CASES, BLOCK, DAYS)
        engine = connect_engine(office.settings)
        with transaction(engine) as db:
            kept = db.execute(
                text(
                    "SELECT p.email, r.key FROM requests r JOIN people p ON p.id = r.actor_id WHERE r.log_id IS NOT NULL LIMIT 1"
                )
            ).one()
        engine.dispose()
        record = Record()
        record.done.append(Done("officer-0@load.example", "never sent", "a thing that is not there"))
        record.refused.append(Done(kept.email, kept.key, "a thing that was done"))
        left = count_left(office.settings, record, datetime.now(UTC), whole=False)
    assert left.acknowledged == 1
    assert left.found == 0
    assert left.faults == (
        "lost: a thing that is not there of officer-0@load.example",
        f"refused and yet done: a thing that was done of {kept.email}",
    )


def test_only_being_too_late_is_no_fault() -> None:
    record = Record()
    for status, why in (
        (200, ""),
        (409, "Somebody has it."),
        (422, "Say why."),
        (429, ""),
        (0, "ConnectionResetError()"),
    ):
        record.samples.append(Sample("a page", "POST", 0.0, 0.1, status, 10, why or ("-" if status >= 400 else "")))
    assert unexpected(record)["count"] == 3


def test_the_page_says_what_was_measured() -> None:
    """It is written from the result beside the code, and holds each of its figures."""
    result = json.loads((ROOT / "benchmarks" / "load" / "result.json").read_text("utf-8"))
    assert (ROOT / "docs" / "explanation" / "load.md").read_text("utf-8") == page(result)
    assert faults_of(result) == []


FORM = """<form method="post" action="/cases/BJ-1/hold" class="asks" data-draft><input type="hidden" name="key" value="k">
<fieldset class="field"><legend>Why</legend><input type="radio" name="f-reason" value="money">
<input type="radio" name="f-reason" value="law">
</fieldset>
<div class="field" data-when="reason" data-values='["law"]'><label>Which</label><input name="f-law"></div>
<div class="field" data-when="reason" data-values='["money"]'><label>How much</label><input name="f-sum" inputmode="decimal"></div>
<div class="field"><label>Note <span class="optional">(optional)</span></label><textarea name="f-note"></textarea></div>
<div class="field"><label>Words</label><textarea name="f-words"></textarea></div></form>"""


def test_a_form_is_answered_where_it_must_be() -> None:
    (form,) = read_forms(FORM)
    assert form.keeps_draft
    assert form.answered("hold", datetime(2026, 1, 2, tzinfo=UTC).date(), {}) == [
        ("key", "k"),
        ("f-reason", "money"),
        ("f-sum", "1"),
        ("f-note", ""),
        ("f-words", WORDS),
    ]


def test_every_part_is_played() -> None:
    assert {*OFFICE, Role.PROVIDER} == set(ERRANDS)
