"""Tables for spreadsheets: no cell of them becomes a formula."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import pytest

from casework.web.shell.spreadsheets import safe_cell, to_csv, to_xlsx

PAYLOADS = (
    "=1+1", "+1", "-1-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1", "＝1", "＋1", "－1", "＠x", " =1", "\u00a0=1", "\ufeff=1",
    "\u3000=1", "\u200b@x", '=cmd|"/c calc"!A0', '=HYPERLINK("http://x")', "-2+3+cmd|' /C calc'!A0",
    '=WEBSERVICE("http://x")', "=IMPORTXML(A1)", "@A1", "=A1&B1", "{=1+1}", "of:=1+1", "==1+1", '=1+1","=2+2', "=1+1;=2+2", "\n\r =1\t+1",
)  # fmt: skip
#: Of these the ones that no spreadsheet takes for a formula; LibreOffice is asked in `test_spreadsheets.py`.
HARMLESS = ("{=1+1}", "of:=1+1")


@pytest.mark.parametrize("payload", [one for one in PAYLOADS if one not in HARMLESS])
def test_what_could_be_a_formula_is_text(payload: str) -> None:
    assert safe_cell(payload).startswith("'")


@pytest.mark.parametrize("words", ["", "-12.5", "-3", "BJ-2026-0001", "Low-NOx = better", "锅炉", "3 + 4", "'quoted"])
def test_other_words_stay_as_they_are(words: str) -> None:
    assert safe_cell(words) == words


def test_csv_reads_back() -> None:
    rows = [["a", 'say "hi"'], ["line\nbreak", "锅炉"], ["=1", ""]]
    found = list(csv.reader(io.StringIO(to_csv(["x", "y"], rows).decode("utf-8-sig"), newline="")))
    assert found == [["x", "y"], *rows[:2], ["'=1", ""]]


def test_xlsx_holds_text_alone() -> None:
    made = to_xlsx("Cases", ["x"], [[one] for one in (*PAYLOADS, "12", "http://example.org")])
    with zipfile.ZipFile(io.BytesIO(made)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert not any(
            "hyperlink" in book.read(name).decode(errors="replace").lower()
            for name in book.namelist()
            if "rels" in name
        )
    assert "<f>" not in sheet
    assert set(re.findall(r'<c [^>]*t="(\w+)"', sheet)) == {"s"}
    assert len(re.findall(r"<c ", sheet)) == len(PAYLOADS) + 3
