"""A report of the demo is counted again from its file: by the product, and by scripts that know nothing of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from casework.operations.oversight.report_file import LEFT, check_report_file, write_file
from casework.operations.oversight.reports import draft_content
from casework.records.database import transaction
from docs.recount import verdict
from docs.recount.every import FIGURES, MEDIATIONS
from docs.recount.reading import File, canonical, sha256
from tests.demo.told import Told


@pytest.fixture(scope="module")
def path(told: Told, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a report that was not frozen yet, with something told outside."""
    return written(told, tmp_path_factory.mktemp("report") / "report.json", {})


def written(told: Told, path: Path, among: dict[str, str]) -> Path:
    with transaction(told.engine) as db:
        programme = db.execute(text("SELECT id::text FROM programmes")).scalar_one()
        made = draft_content(db, programme, None, None, among)
    content = made(1)
    with transaction(told.engine) as db:
        path.write_text("".join(write_file(db, programme, content, state=None)), "utf-8")
    return path


@pytest.fixture(scope="module")
def file(path: Path) -> File:
    return File(str(path))


@pytest.fixture(scope="module")
def counted(file: File) -> verdict.Counted:
    return verdict.count(file)


def test_a_report_of_the_demo_is_what_its_file_adds_up_to(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check_report_file(path).faults == ()
    assert verdict.main(str(path)) == 0, capsys.readouterr().out


def test_a_report_of_a_phase_and_one_of_a_period_are_what_their_files_add_up_to(told: Told, tmp_path: Path) -> None:
    phase = told.rows(
        "SELECT phase_id::text AS id FROM cases WHERE phase_id IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
    )[0].id
    for among in ({"phase": phase}, {"opened_from": "2020-01-01"}):
        path = written(told, tmp_path / "report.json", among)
        assert check_report_file(path).faults == ()
        assert verdict.main(str(path)) == 0
        # Something is told of a phase outside, and nothing of a period.
        outside = File(str(path)).content["outside"]["figures"]
        assert any(row["numerator"] for figure in outside.values() for row in figure["rows"]) == ("phase" in among)


def test_every_figure_that_a_report_has_is_counted_again(file: File, counted: verdict.Counted) -> None:
    inside, outside = (file.content[side]["figures"].keys() for side in ("inside", "outside"))
    assert counted.inside.keys() == FIGURES.keys() == inside - {*LEFT}
    # A quarter has ended, so that something is told there.
    assert counted.outside.keys() == outside - {*LEFT} == inside - {*LEFT, "workload"}
    assert {MEDIATIONS} == {*LEFT}


@pytest.mark.parametrize("name", FIGURES)
def test_whichever_number_of_a_figure_is_changed_it_is_found(file: File, counted: verdict.Counted, name: str) -> None:
    figure = file.content["inside"]["figures"][name]
    lines = {json.dumps(line["of"], sort_keys=True): line for line in counted.inside[name]["rows"]}
    changed = 0
    for row in figure["rows"]:
        line = lines[json.dumps(row["of"], sort_keys=True)]
        counted_line = {name: counted.inside[name] | {"rows": [line]}}
        assert [*verdict.compare_inside({name: figure | {"rows": [row]}}, counted_line)] == []
        for other in otherwise(row):
            assert [*verdict.compare_inside({name: figure | {"rows": [other]}}, counted_line)], other
            changed += 1
    for other in otherwise(figure["beside"]):
        assert [*verdict.compare_inside({name: figure | {"beside": other}}, counted.inside)], other
    assert changed or not figure["rows"]


@pytest.mark.parametrize("name", sorted(FIGURES.keys() - {"workload"}))
def test_whichever_number_that_is_told_outside_is_changed_it_is_found(
    file: File, counted: verdict.Counted, name: str
) -> None:
    figure = file.content["outside"]["figures"][name]
    lines = {json.dumps(line["of"], sort_keys=True): line for line in counted.outside[name]["rows"]}
    for row in figure["rows"]:
        counted_line = {name: counted.outside[name] | {"rows": [lines[json.dumps(row["of"], sort_keys=True)]]}}
        assert [*verdict.compare_outside({name: figure | {"rows": [row]}}, counted_line)] == []
        for other in otherwise(row):
            assert [*verdict.compare_outside({name: figure | {"rows": [other]}}, counted_line)], other


def test_nothing_under_three_may_be_told_outside(file: File, counted: verdict.Counted) -> None:
    """Somebody prints what was hidden."""
    figures = deepcopy(file.content["outside"]["figures"])
    told = 0
    for name, figure in counted.outside.items():
        lines = {json.dumps(line["of"], sort_keys=True): line for line in figure["rows"]}
        for row in figures[name]["rows"]:
            number = lines[json.dumps(row["of"], sort_keys=True)]["numerator"]
            if row["numerator"] == "<3":
                row["numerator"], told = number, told + 1
    faults = [*verdict.compare_outside(figures, counted.outside)]
    assert len(faults) >= told > 0


def test_a_number_of_mediations_is_told_by_their_rule_alone(file: File, counted: verdict.Counted) -> None:
    assert [*verdict.differing(file.content, None, counted)] == []
    for under, numbers in ((5, (4, None, None, None, None)), (5, (10, 8, 8, 8, 5)), (5, (None, 7, 8, 7, None))):
        content = deepcopy(file.content)
        for row, number in zip(content["inside"]["figures"][MEDIATIONS]["rows"], numbers, strict=True):
            row |= {"numerator": number, "under": under if number is None else None}
        assert [*verdict.differing(content, None, counted)], numbers


def test_whatever_is_changed_is_not_what_the_digest_is_of(file: File, path: Path, tmp_path: Path) -> None:
    """Of mediations as well, which nobody counts again; whoever makes the digest anew has not frozen that."""
    told = json.loads(path.read_text("utf-8"))
    told["content"]["inside"]["figures"][MEDIATIONS]["rows"][0]["of"]["until"] = "2001-03-31"
    changed = tmp_path / "report.json"
    changed.write_text(json.dumps(told), "utf-8")
    assert [*File(str(changed)).faults()] == ["What was frozen is not what its digest is of"]
    told |= {"digest": sha256(canonical(told["content"])), "state": "draft"}
    changed.write_text(json.dumps(told), "utf-8")
    assert "the programme's log froze another report" in [*File(str(changed)).faults()]


def otherwise(told: Any) -> Iterator[Any]:
    """The same with one number otherwise, once for each that it has; what it is of is no number."""
    if isinstance(told, dict):
        for name, value in told.items():
            if name not in ("of", "unit"):
                yield from ({**told, name: other} for other in otherwise(value))
    elif isinstance(told, list):
        for n, value in enumerate(told):
            yield from ([*told[:n], other, *told[n + 1 :]] for other in otherwise(value))
    elif isinstance(told, bool):
        yield not told
    elif isinstance(told, int):
        yield told + 1
    elif isinstance(told, str):
        yield told[:-1] + ("1" if told[-1] != "1" else "2")
