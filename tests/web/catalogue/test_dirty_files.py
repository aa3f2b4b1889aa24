"""A file as catalogues really are, brought in on pages: each cell is read rightly or refused with row, field and reason, and nothing
comes in by half."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework.operations.catalogue.import_worker import carry_on
from casework.records.database import transaction
from tests.support.web_client import Browser
from tests.support.world import World
from tests.web.cases.two_cases import words_of
from tests.web.catalogue.test_file_import_pages import hand_in, press

Enter = Callable[[str], Browser]


def _play(world: World, db: Connection) -> str:
    return world.new_case(db)


pytestmark = pytest.mark.stage(play=_play)

COLUMNS = ("external_id", "title", "description", "cost", "cost_currency", "published_on", "website", "owner")
#: Cells that are read, each as what it says.
READ: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
    "html": (
        {"title": "Heat &amp; <b>power</b>", "description": "<p>One.</p><script>alert(1)</script><p>Two.</p>"},
        {"title": "Heat & power", "description": "One.\n\nTwo."},
    ),
    "formula": (
        {"title": "=cmd|' /C calc'!A0", "description": "@SUM(1+1)*2"},
        {"title": "=cmd|' /C calc'!A0", "description": "@SUM(1+1)*2"},
    ),
    "decimal comma": ({"cost": "1.234,55", "cost_currency": "EUR"}, {"cost": "1234.55"}),
    "nothing known": ({"description": "N/A", "website": "-", "cost": "k.A.", "owner": "n.a."}, {"description": None, "website": None}),
    "doubled": (
        {"description": "The valve leaks. The valve leaks. It is old."},
        {"description": "The valve leaks. It is old."},
    ),
    "stutter": (
        {"description": "The EU is turning to The EU is turning to clean heat."},
        {"description": "The EU is turning to clean heat."},
    ),
    "day with points": ({"published_on": "31.12.2024"}, {"published_on": "2024-12-31"}),
    "day by name": ({"published_on": "1 March 2024"}, {"published_on": "2024-03-01"}),
    "day in chinese": ({"published_on": "2024年3月1日"}, {"published_on": "2024-03-01"}),
    "month first": ({"published_on": "12/31/2024"}, {"published_on": "2024-12-31"}),
}  # fmt: skip
#: Cells that refuse their row: what stands there, in which column, and why.
REFUSED: dict[str, tuple[str, str, str]] = {
    "control": ("title", "Steam\x07boiler", "has a control character, U+0007"),
    "turned": ("title", "Steam\u202eboiler", "has a character that turns the order of letters, U+202E"),
    "nul": ("title", "Steam\0boiler", "has a NUL character"),
    "either number": ("cost", "1,234", "may mean thousands or a fraction"),
    "either day": ("published_on", "03/04/2024", "may be 2024-04-03 or 2024-03-04"),
    "no day": ("published_on", "2024-02-30", "is no day of the calendar"),
    "script": ("website", "javascript:alert(1)", "must be an address"),
    "long": ("description", "x" * 150_000, "has 150,000 characters; at most 100,000"),
    "longer": ("description", "x" * 10_000_000, "has 10,000,000 characters; at most 200,000"),
}


def _table(rows: list[dict[str, str]], *, delimiter: str = ";") -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, delimiter=delimiter, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _take(browser: Browser, world: World, engine: Engine, content: bytes) -> tuple[str, str]:
    """What the page says before it is taken over, and after."""
    at, shown = hand_in(browser, world, content, "A dirty list")
    press(browser, at, shown, "take_over", **{name: name for name in COLUMNS})
    carry_on(engine, at.rpartition("/")[2])
    return words_of(shown), words_of(browser.get(at).text)


def _of(engine: Engine, statement: str) -> list[Any]:
    with transaction(engine) as db:
        return list(db.execute(text(statement)).all())


def test_each_cell_is_read_rightly_or_refused_with_row_field_and_reason(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    rows = [{"external_id": name, "title": "Boiler"} | cells for name, (cells, _) in READ.items()]
    first = len(rows) + 2
    for name, (column, cell, _) in REFUSED.items():
        beside = {"owner": f"Owner of {name}"} | ({"cost_currency": "CNY"} if column == "cost" else {})
        rows.append({"external_id": name, "title": "Boiler", **beside, column: cell})
    before, after = _take(browser_for("officer"), world, engine, ("\ufeff" + _table(rows)).encode())
    for number, (name, (column, _, why)) in enumerate(REFUSED.items(), first):
        assert f"{number} {column} {why}" in after, name
        # What lies within the part that is looked at, in a row that it has whole, is told beforehand as well.
        assert name in ("long", "longer") or f"{number} {column} {why}" in before, name
    statement = "SELECT external_id, to_jsonb(t) AS row FROM technologies t WHERE source = 'A dirty list'"
    kept = {row.external_id: {**row.row, "cost": str(row.row["cost"])} for row in _of(engine, statement)}
    assert kept.keys() == READ.keys()
    for name, (_, expected) in READ.items():
        assert {field: kept[name][field] for field in expected} == expected, name
    # Of a refused row nothing at all came in, nor did whoever it names.
    assert _of(engine, "SELECT 1 FROM organisations WHERE name LIKE 'Owner of %' OR name = 'n.a.'") == []


def test_what_stands_for_a_text_is_told_and_marked_on_the_page_of_its_record(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    rows = [
        {
            "external_id": "P1",
            "title": "test",
            "description": "Lorem ipsum dolor sit amet.",
            "owner": "Technology Provider",
        }
    ]
    browser = browser_for("officer")
    _, after = _take(browser, world, engine, _table(rows).encode())
    assert "Placeholders 3" in after
    ((id, owner),) = _of(engine, "SELECT id, owner_id FROM technologies WHERE external_id = 'P1'")
    assert owner is None
    assert words_of(browser.get(f"/technologies/{id}").text).count(" placeholder ") == 2


@pytest.mark.parametrize(
    ("encoding", "words", "read"),
    [
        ("utf-8-sig", "Wärmepumpe für Gebäude", True),
        ("cp1252", "Wärmepumpe für große Gebäude, Größe veränderlich", True),
        ("gb18030", "供热厂的低氮燃烧器改造技术，处理工业废水和能源环保", True),
        ("cp1250", "Żółć źródła", False),
        ("gb18030", "𠮷林的热泵系统和污水处理技术，能源与环保", True),
        ("utf-16", "Heat pump", False),
        ("utf-16-le", "供热厂的低氮燃烧器改造技术", False),
        ("utf-16-be", "供热厂的低氮燃烧器改造技术", False),
        ("shift_jis", "ヒートポンプの技術です", False),
    ],
)
def test_another_encoding_is_read_where_it_can_be_no_other_and_else_nothing_is(
    browser_for: Enter, world: World, engine: Engine, encoding: str, words: str, read: bool
) -> None:
    rows = [{"external_id": "A", "title": "Plain"}, {"external_id": "B", "title": words}]
    _take(browser_for("officer"), world, engine, _table(rows).encode(encoding))
    kept = [
        title
        for (title,) in _of(engine, "SELECT title FROM technologies WHERE source = 'A dirty list' ORDER BY external_id")
    ]
    assert kept == (["Plain", words] if read else [])
