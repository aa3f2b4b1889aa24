"""Judging measures our own path on a folder of documents, and leaves nothing behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from casework.operations.matching.judging import judge, read_collection, significance
from casework.records.database import transaction
from tests.support.databases import ROOT

DOCUMENTS = [
    {"id": "d1", "title": "Heat pump", "text": "lifts waste heat"},
    {"id": "d2", "title": "", "text": "a boiler with little nitrogen oxide"},
    {"id": "d3", "title": "Sludge dryer", "text": "dries sludge"},
]
QUERIES = [{"id": "q1", "text": "waste heat", "language": "en"}, {"id": "q2", "text": "锅炉", "language": "zh"}]


def write(folder: Path, qrels: str = "q1\td1\t2\nq2\td2\t1\nq2\td3\t0\n") -> Path:
    for name, rows in (("documents", DOCUMENTS), ("queries", QUERIES)):
        (folder / f"{name}.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    (folder / "qrels.tsv").write_text(qrels, "utf-8")
    return folder


def test_both_ways_are_measured_and_nothing_stays(engine: Engine, tmp_path: Path) -> None:
    figures = judge(engine, read_collection(write(tmp_path)), similar=False)
    assert figures["ours"] == {"nDCG@10": 1.0, "MAP": 1.0}
    assert figures["bm25"] == {"nDCG@10": 0.5, "MAP": 0.5}
    assert (figures["channels"], figures["documents"], figures["queries"]) == (["words"], 3, 2)
    assert figures["without"] == {"text": {"not_asked": 2}}
    with transaction(engine) as db:
        assert db.execute(text("SELECT count(*) FROM indexed_records")).scalar_one() == 0
        assert db.execute(text("SELECT to_regclass('pg_temp.indexed_records')")).scalar_one() is None


def test_of_a_channel_that_takes_no_part_it_is_said_for_how_many_queries_and_why(
    engine: Engine, tmp_path: Path
) -> None:
    """Nobody takes figures of one channel for those of two."""
    write(tmp_path)
    said = QUERIES[0] | {"text": "A pump that lifts the waste heat of a boiler."}
    lines = [json.dumps(one) for one in (said, QUERIES[1])]
    (tmp_path / "queries.jsonl").write_text("\n".join(lines), "utf-8")
    both = judge(engine, read_collection(tmp_path))
    assert (both["channels"], both["without"]) == (["words", "text"], {"text": {"language": 1}})
    (tmp_path / "qrels.tsv").write_text("q1\td1\t2\n", "utf-8")
    one = judge(engine, read_collection(tmp_path))
    assert (one["channels"], one["without"]) == (["words", "text"], {})
    (tmp_path / "qrels.tsv").write_text("q2\td2\t1\n", "utf-8")
    none = judge(engine, read_collection(tmp_path))
    assert (none["channels"], none["without"]) == (["words"], {"text": {"language": 1}})


#: Needs of both languages against technologies, graded by hand, each grade with its reason. It may not become worse than this.
SHIPPED = ROOT / "tests" / "matching" / "judged"
FLOOR = {"nDCG@10": 0.81, "MAP": 0.68}
#: With similar texts: of this set half is Chinese, which the model cannot read and which stands by its words.
FLOOR_WITH_TEXT = {"nDCG@10": 0.82, "MAP": 0.69}


def test_what_is_found_for_our_own_needs_is_as_good_as_it_was(engine: Engine) -> None:
    figures = judge(engine, read_collection(SHIPPED))
    assert figures["channels"] == ["words", "text"]
    assert figures["queries"] >= 24
    assert figures["documents"] >= 120
    assert {name: value for name, value in figures["ours"].items() if value < FLOOR_WITH_TEXT[name]} == {}
    assert {name: value for name, value in figures["words"].items() if value < FLOOR[name]} == {}
    assert all(figures["ours"][name] > figures["bm25"][name] for name in FLOOR)


def test_each_grade_of_our_own_set_has_its_reason() -> None:
    collection = read_collection(SHIPPED)
    rows = [line.split("\t") for line in (SHIPPED / "qrels.tsv").read_text("utf-8").splitlines()]
    assert all(len(row) == 4 and row[3].strip() and row[2] in "0123" for row in rows)
    assert len({(need, technology) for need, technology, *_ in rows}) == len(rows)
    assert {need for need, *_ in rows} == set(collection.queries)
    assert {technology for _, technology, *_ in rows} <= set(collection.documents)


@pytest.mark.parametrize("grade", ["2", "2.0", "+2", " 2.00 "])
def test_a_grade_is_a_whole_number_however_it_is_written(tmp_path: Path, grade: str) -> None:
    found = read_collection(write(tmp_path, f"q1\td1\t{grade}\nq1\td2\t0.0\nq1\td3\t-1.0\n"))
    assert found.judged == {"q1": {"d1": 2}}


@pytest.mark.parametrize(
    "qrels", ["q1 d1 1\n", "q1\td1\tgood\n", "q1\td1\t0.5\n", "q1\td1\tnan\n", "q1\td1\t²\n", "q1\td1\t\n"]
)
def test_a_file_that_is_none_is_told_of_by_its_line(tmp_path: Path, qrels: str) -> None:
    with pytest.raises(ValueError, match="line 1"):
        read_collection(write(tmp_path, qrels))


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "queries.jsonl").unlink()
    with pytest.raises(ValueError, match="queries.jsonl"):
        read_collection(tmp_path)


def test_what_differs_by_chance_alone_is_told_from_what_does_not() -> None:
    better = [0.5 + n % 7 / 20 for n in range(60)]
    assert significance(better, [one - 0.1 for one in better]) < 0.001
    assert significance(better, better) == 1.0
    assert significance(better, better[::-1]) > 0.5
