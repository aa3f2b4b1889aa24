"""Tables for spreadsheets: CSV and XLSX in which no cell can become a formula."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence

#: What a spreadsheet may take for the beginning of a formula, full-width forms included.
DANGEROUS = frozenset("=+-@\t\r\n\0＝＋－＠")
CSV = "text/csv; charset=utf-8"
#: What is a number to every program, and no formula.
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
#: A spreadsheet's cell holds no more letters than this.
LONGEST = 32_767
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def safe_cell(words: str) -> str:
    """The words of a cell: with an apostrophe before what could begin a formula, without what cannot be stored; a number as it is."""
    if _NUMBER.fullmatch(words):
        return words
    kept = "".join(letter for letter in words if letter in "\t\r\n" or unicodedata.category(letter) not in ("Cc", "Cs"))
    # Some programs look past the blanks at the beginning, and past an invisible mark.
    first = kept.lstrip(" \u00a0\u200b\ufeff\u3000")[:1] or kept[:1]
    return f"'{kept}" if first in DANGEROUS or words[:1] in DANGEROUS else kept


def to_csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """With a mark at the beginning by which spreadsheets know that this is UTF-8."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    for row in (head, *rows):
        writer.writerow([safe_cell(cell) for cell in row])
    return file.getvalue().encode("utf-8-sig")


def to_xlsx(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """One sheet, whose cells are all text."""
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    sheet, bold = book.add_worksheet(title[:31]), book.add_format({"bold": True})
    widths = [len(cell) for cell in head]
    for at, row in enumerate((head, *rows)):
        for column, cell in enumerate(row):
            sheet.write_string(at, column, safe_cell(cell)[:LONGEST], bold if at == 0 else None)
            widths[column] = max(widths[column], len(cell))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(width + 2, 60))
    sheet.freeze_panes(1, 0)
    book.close()
    return file.getvalue()


__all__ = ["CSV", "LONGEST", "XLSX", "safe_cell", "to_csv", "to_xlsx"]
