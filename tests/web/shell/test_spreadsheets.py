"""Our spreadsheets in a real LibreOffice: whatever a person wrote comes out as words, and none of it as a formula."""

from __future__ import annotations

import re
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework import reasons
from casework.operations.audit.findings import raise_finding
from casework.operations.catalogue.import_report import Refused
from casework.operations.core.access_log import note_reading
from casework.records.database import transaction
from casework.web.catalogue.refused_files import reasons_file
from casework.web.shell.spreadsheets import safe_cell, to_csv, to_xlsx
from tests.support.programs import CALC, NoProgramError, find_program, may_install
from tests.support.way_to_referral import to_referral
from tests.support.web_client import Browser
from tests.support.world import World, new_request
from tests.web.oversight.test_report_pages import freeze
from tests.web.shell.test_exports import PAYLOADS

pytestmark = pytest.mark.slow

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
#: Commas, quotation marks, UTF-8, from the first line on; what looks like a formula is one.
_CSV = "CSV:44,34,76,1"

#: Each column in which a person's words are exported, and how they get there in a world with one case out to a provider.
WRITTEN = {
    1: "UPDATE cases SET title = :words",
    5: "UPDATE people SET name = :words WHERE email = 'officer@example.org'",
    7: "UPDATE organisations SET name = :words WHERE kind = 'provider'",
}
COLUMNS = 10
EXPORTS = ("/cases.csv", "/cases.xlsx")
#: In these stand names beside numbers: none becomes a formula.
FIGURES = (
    "/figures.csv",
    "/figures.xlsx",
    "/figures/outside.csv",
    "/figures/outside.xlsx",
    "/process.csv",
    "/process.xlsx",
)
#: What auditors take out: in each of these stand words of others, in the column that is named.
AUDIT = {"/findings.csv": 3, "/findings.xlsx": 3, "/reading.csv": 3, "/reading.xlsx": 3}
#: What a provider takes out of its own.
OWN = ("/referrals/figures.csv", "/referrals/figures.xlsx")
#: And in what was frozen of them.
FROZEN = "/reports/<uuid:report>/figures.xlsx"
#: Why rows of a file that somebody handed in are refused.
REFUSED = "/programmes/<uuid:programme>/imports/<records>/<uuid:handed>/refused.csv"


class Calc:
    """LibreOffice without a screen."""

    def __init__(self, program: str, folder: Path) -> None:
        self.program, self.folder = program, folder

    def read(self, files: Mapping[str, bytes]) -> dict[str, list[list[str]]]:
        """Open each file; gives the words of its cells. Raises AssertionError where one is a formula or a link."""
        for name, content in files.items():
            (self.folder / name).write_bytes(content)
        for ending, more in ((".csv", (f"--infilter={_CSV}",)), (".xlsx", ())):
            if chosen := [str(self.folder / name) for name in files if name.endswith(ending)]:
                profile = f"-env:UserInstallation=file://{self.folder}/profile"
                command = [
                    self.program,
                    "--headless",
                    profile,
                    *more,
                    "--convert-to",
                    "fods",
                    "--outdir",
                    str(self.folder / ending[1:]),
                ]
                subprocess.run([*command, *chosen], check=True, capture_output=True, timeout=120)
        made = {name: self.folder / name.rpartition(".")[2] / f"{name.rpartition('.')[0]}.fods" for name in files}
        return {name: _rows(path) for name, path in made.items()}


def _rows(path: Path) -> list[list[str]]:
    rows = []
    for row in ElementTree.parse(path).getroot().iter(f"{_TABLE}table-row"):
        cells = []
        for cell in row.iter(f"{_TABLE}table-cell"):
            assert f"{_TABLE}formula" not in cell.attrib, f"{path.name}: {cell.attrib}"
            assert cell.find(f".//{_TEXT}a") is None, f"{path.name}: {_words(cell)!r} is a link"
            cells += [_words(cell)] * min(int(cell.get(f"{_TABLE}number-columns-repeated", "1")), COLUMNS)
        if any(cells):
            rows.append(cells[:COLUMNS])
    return rows


def _words(cell: ElementTree.Element) -> str:
    return as_lines("\n".join("".join(_pieces(paragraph)) for paragraph in cell.findall(f"{_TEXT}p")))


def _pieces(element: ElementTree.Element) -> Iterator[str]:
    yield element.text or ""
    for inner in element:
        if inner.tag == f"{_TEXT}s":
            yield " " * int(inner.get(f"{_TEXT}c", "1"))
        yield {f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}.get(inner.tag, "")
        yield from _pieces(inner)
        yield inner.tail or ""


def as_lines(words: str) -> str:
    """The words with one kind of line ending: LibreOffice takes one or several letters that end a line for one end."""
    return re.sub(r"[\r\n]+", "\n", words)


@pytest.fixture(scope="module")
def program() -> str:
    try:
        return find_program(CALC, install=may_install())
    except NoProgramError as missing:
        pytest.fail(str(missing), pytrace=False)


@pytest.fixture
def calc(program: str, tmp_path: Path) -> Calc:
    (tmp_path / "tables").mkdir()
    return Calc(program, tmp_path / "tables")


def test_there_are_thirty_of_them() -> None:
    assert len(set(PAYLOADS)) == 30


def test_a_formula_that_nobody_made_safe_is_found(calc: Calc) -> None:
    with pytest.raises(AssertionError, match="formula"):
        calc.read({"bare.csv": b'"=1+1"\r\n'})


@pytest.mark.parametrize("make", [to_csv, lambda head, rows: to_xlsx("Cases", head, rows)], ids=["csv", "xlsx"])
def test_each_string_in_each_column_is_read_as_it_was_written(
    calc: Calc, make: Callable[..., bytes], request: pytest.FixtureRequest
) -> None:
    name = f"all.{request.node.callspec.id}"
    head, rows = [f"column {n}" for n in range(COLUMNS)], [[words] * COLUMNS for words in PAYLOADS]
    assert calc.read({name: make(head, rows)}) == {
        name: [head, *[[as_lines(safe_cell(cell)) for cell in row] for row in rows]]
    }


def test_columns_of_strange_files_are_words_where_their_rows_are_refused(app: Flask, calc: Calc) -> None:
    told = [Refused(n, [(words, reasons.imports.MISSING)], {}) for n, words in enumerate(PAYLOADS)]
    with app.test_request_context("/"):
        data = b"".join(reasons_file(told, "refused.csv").iter_encoded())
    [_, *rows] = calc.read({"refused.csv": data})["refused.csv"]
    assert [row[1] for row in rows] == [as_lines(safe_cell(words)) for words in PAYLOADS]


def test_what_people_wrote_is_words_in_what_auditors_take_out(
    browser_for: Callable[[str], Browser], world: World, owner_engine: Engine, calc: Calc
) -> None:
    with transaction(owner_engine) as db:
        number, _ = to_referral(world, db)
    auditor, files = browser_for("auditor"), dict[str, bytes]()
    words = [one for one in PAYLOADS if "\0" not in one]
    with transaction(owner_engine) as db:
        by = world.actor(db, "auditor")
        for n, one in enumerate(words):
            raise_finding(db, by, number, event=1, words=f"{n}", request=new_request())
            db.execute(text("UPDATE findings SET words = :w WHERE words = :n"), {"w": one, "n": f"{n}"})
            note_reading(db, by, one, number)
            db.execute(text("UPDATE readings SET address = :w WHERE id = (SELECT max(id) FROM readings)"), {"w": one})
    for path in AUDIT:
        answer = auditor.get(path)
        assert answer.status_code == 200, (path, answer.text)
        files[path[1:].replace(".", "-1.")] = answer.data
    wanted = sorted(as_lines(safe_cell(one)) for one in words)
    for (path, column), rows in zip(AUDIT.items(), calc.read(files).values(), strict=True):
        assert sorted(row[column] for row in rows[1:] if row[column] in wanted) == wanted, path


def test_what_people_wrote_is_words_in_every_file_that_we_export(
    app: Flask, browser_for: Callable[[str], Browser], world: World, owner_engine: Engine, calc: Calc
) -> None:
    served = {
        rule.rule for rule in app.url_map.iter_rules() if rule.rule.rpartition(".")[2] in ("csv", "xlsx", "ods", "tsv")
    }
    assert served == {*EXPORTS, *FIGURES, *AUDIT, *OWN, FROZEN, REFUSED}, "an export that this test does not read"
    with transaction(owner_engine) as db:
        number, _ = to_referral(world, db)
    browser, files, wanted = browser_for("auditor"), dict[str, bytes](), dict[str, str]()
    figures = dict[str, bytes]()
    # PostgreSQL stores no such letter.
    for n, words in enumerate(one for one in PAYLOADS if "\0" not in one):
        with transaction(owner_engine) as db:
            for statement in WRITTEN.values():
                db.execute(text(statement), {"words": words})
            # Sixty lists within a minute are more than one person may ask for.
            db.execute(text("DELETE FROM allowances"))
        for path in EXPORTS:
            name, answer = f"{n}.{path.rpartition('.')[2]}", browser.get(path)
            assert answer.status_code == 200, (path, answer.text)
            files[name], wanted[name] = answer.data, words
        for path in (*FIGURES, *OWN):
            answer = (browser_for("provider") if path in OWN else browser).get(path)
            assert answer.status_code == 200, (path, answer.text)
            figures[path[1:].replace("/", "-").replace(".", f"-{n}.")] = answer.data
    report = freeze(browser_for("supervisor"), world)
    answer = browser.get(f"{report}/figures.xlsx")
    assert answer.status_code == 200
    figures["report.xlsx"] = answer.data
    for name, [head, row] in calc.read(files).items():
        assert len(head) == COLUMNS
        assert row[0] == number
        assert [row[column] for column in WRITTEN] == [as_lines(safe_cell(wanted[name]))] * len(WRITTEN), name
    assert calc.read(figures).keys() == figures.keys()
