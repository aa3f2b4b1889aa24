"""Records of a file, one after the other in little memory: CSV with a header, a JSON array, or JSON lines.

A table has its cells between commas, semicolons or tabs, and a file is in UTF-8 or in what it can only be instead.

Whatever is wrong with the file itself becomes a fault of the row at which it shows; reading never raises for it.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain
from typing import Any, BinaryIO, cast

from casework import reasons
from casework.json_values import JsonMapping, JsonObject, JsonValue
from casework.operations.catalogue.import_encoding import encoding_of, wide_of
from casework.reasons import Why

#: The longest cell, in characters: one that is longer is refused alone. And the longest line, quoted cell or JSON object: what is longer
#: ends the reading.
LONGEST_CELL, LONGEST_RECORD = 200_000, 20_000_000
#: So many values of JSON lie one within the other in a cell at most.
DEEPEST = 20
#: So many columns a record has at most, so long their names are, and so many characters all its cells have together.
MOST_COLUMNS, LONGEST_NAME, LONGEST_ROW = 200, 200, 1_000_000
#: What is left of a row that is too long as a whole, of each cell: it tells which record it is.
_TELLING = 300
#: What stands beside the refused rows of a file that are given back to be put right: their number, and why. Nobody reads it again.
ROW_BESIDE, WHY_BESIDE = "casework_row", "casework_why"
#: What such a file has before what a spreadsheet could take for a formula.
_MADE_SAFE = re.compile("'(?='*[ \u00a0\u200b\ufeff\u3000]*[=+\\-@\t\r\n\0＝＋－＠])")
#: The field to which faults of the file as a whole belong.
FILE = "file"

_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Row:
    """A record as the file has it. `number` counts as a spreadsheet does: a CSV file's header is row 1."""

    number: int
    values: JsonMapping
    #: Pairs of a field and what is wrong with it; such a row is not imported.
    faults: tuple[tuple[str, Why], ...] = ()
    #: Whether semicolons stand between the cells, so that a comma may begin a fraction.
    semicolons: bool = False
    #: What the file has, by the names that it has there.
    raw: JsonMapping = field(default_factory=dict)


def column_name(words: str) -> str:
    """What a column is called, however its blanks and capitals are written: so files and what sources say of them are compared."""
    return " ".join(words.strip("\ufeff \t\r\n").split()).casefold()


def read_rows(
    file: BinaryIO, required: tuple[str, ...], fields: Mapping[str, str | None] | None = None
) -> Generator[Row]:
    """The records of an open file; `required` are the columns that a CSV file must have, once they are called as `fields` says."""
    if isinstance(file, io.BufferedReader):
        yield from _rows(file, required, fields or {})
        return
    # What may be looked into without being used up.
    buffered = io.BufferedReader(cast(io.RawIOBase, file))
    try:
        yield from _rows(buffered, required, fields or {})
    finally:
        # Else it would close the file when it goes, also where nothing was read of it; whoever opened the file closes it.
        buffered.detach()


def _rows(file: io.BufferedReader[Any], required: tuple[str, ...], fields: Mapping[str, str | None]) -> Generator[Row]:
    head = file.peek(4096)[:4096]
    if (why := _not_ours(head)) is not None:
        yield _broken(1, why)
        return
    encoding, place = encoding_of(file) if file.seekable() else ("utf-8-sig", None)
    if place is not None and not encoding:
        yield _broken(place.row, reasons.imports.NOT_UTF_8(byte=f"{place.byte:02X}"))
        return
    # Strict: a character that cannot be read would otherwise be imported as a question mark.
    words = io.TextIOWrapper(file, encoding=encoding, errors="strict", newline="")
    try:
        start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
        read = _array if start == b"[" else _lines if start == b"{" else None
        for row in read(words) if read else _table(words, required, fields):
            told = _put_right(row.values, table=read is None) if WHY_BESIDE in row.values else row.values
            yield Row(row.number, mapped(told, fields), row.faults, row.semicolons, told or row.raw)
    finally:
        words.detach()


def marked_again(words: str) -> str:
    """A cell or a name of a table that is given back: what looks like one made safe has its mark once more, which is taken off again."""
    return f"'{words}" if _MADE_SAFE.match(words) else words


def _put_right(values: JsonMapping, *, table: bool) -> JsonMapping:
    """A row that was refused and given back, as it was before: without what stood beside it."""
    kept = {name: cell for name, cell in values.items() if name not in (ROW_BESIDE, WHY_BESIDE)}
    return {_unmarked(name): _unmarked(cell) for name, cell in kept.items()} if table else kept


def _unmarked(words: Any) -> Any:
    return words[1:] if isinstance(words, str) and _MADE_SAFE.match(words) else words


def mapped(values: JsonMapping, fields: Mapping[str, str | None]) -> JsonMapping:
    """A row under our names: what its source calls otherwise, and without what is not read. Of two with one name the first that says
    something counts."""
    if not fields:
        return values
    told: JsonObject = {}
    for name, value in values.items():
        ours = fields.get(name, name)
        if ours is not None and told.get(ours) in (None, ""):
            told[ours] = value
    return told


def _not_ours(head: bytes) -> Why | None:
    if wide_of(head):
        return reasons.imports.UTF_16
    if head.startswith(b"PK\x03\x04"):
        return reasons.imports.WORKBOOK
    if not head.strip():
        return reasons.imports.EMPTY
    return None


def _broken(number: int, why: Why) -> Row:
    return Row(number, {}, ((FILE, why),))


def _decoding(fault: UnicodeDecodeError) -> Why:
    byte = fault.object[fault.start]
    return reasons.imports.NOT_UTF_8(byte=f"{byte:02X}")


# --- CSV -------------------------------------------------------------------------------------------------------------


class _TooLong(Exception):
    pass


def _bounded(words: io.TextIOWrapper) -> Iterator[str]:
    while line := words.readline(LONGEST_RECORD + 1):
        if len(line) > LONGEST_RECORD:
            raise _TooLong
        yield line


def _names(cells: list[str]) -> list[str]:
    return [column_name(cell) for cell in cells]


def _between(first: str, required: tuple[str, ...], fields: Mapping[str, str | None]) -> str:
    """What stands between the cells of a table, by its first row: what makes the columns of it that must be there."""
    for mark in ",;\t":
        names = {fields.get(name, name) for name in _names(next(csv.reader([first], delimiter=mark), []))}
        if required and all(names & set(name.split("|")) for name in required):
            return mark
    return max(",;\t", key=first.count)


def _opened(
    words: io.TextIOWrapper, required: tuple[str, ...], fields: Mapping[str, str | None]
) -> tuple[Iterator[str], str, int]:
    """The lines of a table, what stands between its cells, and how many rows were passed over. Spreadsheets may say so first: `sep=;`."""
    lines, passed = _bounded(words), 0
    first = next(lines, "")
    while first and (not first.strip() or re.fullmatch(r"sep=[,;\t]\s*", first)):
        first, passed = next(lines, ""), passed + 1
    return chain([first] if first else [], lines), _between(first, required, fields), passed


def _table(words: io.TextIOWrapper, required: tuple[str, ...], fields: Mapping[str, str | None]) -> Iterator[Row]:
    number = 0
    csv.field_size_limit(LONGEST_RECORD)
    header: list[str] | None = None
    try:
        lines, mark, number = _opened(words, required, fields)
        for number, record in enumerate(csv.reader(lines, delimiter=mark, strict=True), number + 1):  # noqa: B020  counts on
            if not any(map(str.strip, record)):
                continue
            if header is None:
                header = _names(record)
                ours = [fields.get(name, name) or "" for name in header]
                if (fault := _header_fault(record, ours, required)) is not None:
                    yield Row(number, {}, (("header", fault),))
                    return
            elif len(record) != len(header):
                why = reasons.imports.CELLS(cells=len(record), columns=len(header))
                # Of one that is too short it is known where its cells belong, as far as it goes.
                cells = dict(zip(header, record, strict=False)) if len(record) < len(header) else {}
                yield Row(number, {}, (("row", why),), raw=cells)
            else:
                yield _bearable(number, dict(zip(header, record, strict=True)), semicolons=mark == ";")
    except (UnicodeDecodeError, _TooLong, csv.Error) as fault:
        yield _broken(number + 1, _ending(fault))


def _ending(fault: UnicodeDecodeError | _TooLong | csv.Error) -> Why:
    if isinstance(fault, UnicodeDecodeError):
        return _decoding(fault)
    return _csv_words(fault) if isinstance(fault, csv.Error) else reasons.imports.LONG_LINE(most=f"{LONGEST_RECORD:,}")


def _bearable(number: int, values: JsonMapping, *, semicolons: bool = False) -> Row:
    """The row; without the cells that are too long, so that nothing keeps them."""
    if len(values) <= MOST_COLUMNS and set(map(type, values.values())) <= {str}:
        # Nearly every row is short, and of texts alone: each of its cells is shorter than all of them together.
        short = sum(map(len, cast(Iterable[str], values.values()))) <= LONGEST_CELL
        if short and max(map(len, values), default=0) <= LONGEST_NAME:
            return Row(number, values, (), semicolons)
    faults: list[tuple[str, Why]] = []
    left, whole = values, 0
    for name, cell in values.items():
        length = len(cell) if isinstance(cell, str) else _length(cell)
        whole += max(length, 0)
        if (why := _unbearable(name, length)) is not None:
            faults.append((name[:100], why))
            # What is left tells which record it is.
            left = {one: said for one, said in left.items() if one != name}
    if len(values) > MOST_COLUMNS:
        faults.append(("row", reasons.imports.TOO_MANY_FIELDS(most=MOST_COLUMNS)))
    elif not faults and whole > LONGEST_ROW:
        faults.append(("row", _long(whole, LONGEST_ROW)))
    if faults and (whole > LONGEST_ROW or len(values) > MOST_COLUMNS):
        left = {name: cell for name, cell in left.items() if _is_short(name, cell)}
        # Where it cannot be told, it is as if the row did not say which one it is.
        left = left if len(left) <= 10 * MOST_COLUMNS else {}
    return Row(number, left, tuple(faults), semicolons)


def _is_short(name: str, cell: JsonValue) -> bool:
    return not isinstance(cell, dict | list) and len(str(cell)) <= _TELLING and len(name) <= LONGEST_NAME


def _unbearable(name: str, length: int) -> Why | None:
    """What is too much of a cell and its name; of a cell that is nested too deeply the length is told as -1."""
    if len(name) > LONGEST_NAME:
        return reasons.imports.NO_COLUMN_NAME
    if length < 0:
        return reasons.imports.NESTED_DEEPLY
    return _long(length, LONGEST_CELL) if length > LONGEST_CELL else None


def _long(length: int, most: int) -> Why:
    return reasons.imports.LONG(length=f"{length:,}", most=f"{most:,}")


def _length(cell: JsonValue) -> int:
    """How long a value that is no text is written."""
    if isinstance(cell, dict | list):
        return -1 if _deeper(cell, DEEPEST) else len(json.dumps(cell, default=str, ensure_ascii=False))
    return 0 if cell is None else len(str(cell))


def _deeper(value: JsonValue, most: int) -> bool:
    """Whether more values lie one within the other."""
    if not isinstance(value, dict | list):
        return False
    within = value.values() if isinstance(value, dict) else value
    return most == 0 or any(_deeper(one, most - 1) for one in within)


def _csv_words(fault: csv.Error) -> Why:
    message = str(fault)
    if "field limit" in message:
        return reasons.imports.LONG_CELL(most=f"{LONGEST_RECORD:,}")
    if "unexpected end" in message:
        return reasons.imports.OPEN_QUOTE
    if "expected after" in message:
        return reasons.imports.WORDS_AFTER_QUOTE
    return reasons.imports.NO_CSV(why=message)


def _header_fault(cells: list[str], header: list[str], required: tuple[str, ...]) -> Why | None:
    if any("\0" in cell for cell in cells):
        return reasons.imports.NUL_IN_HEADER
    twice = sorted(name for name, times in Counter(header).items() if name and times > 1)
    if twice:
        return reasons.imports.COLUMN_TWICE(names=", ".join(twice))
    if len(set(filter(None, header))) > MOST_COLUMNS:
        return reasons.imports.TOO_MANY_FIELDS(most=MOST_COLUMNS)
    if any(len(name) > LONGEST_NAME for name in header):
        return reasons.imports.NO_COLUMN_NAME
    missing = [name for name in required if not set(name.split("|")) & set(header)]
    if not missing:
        return None
    return reasons.imports.NO_COLUMN(names=", ".join(name.split("|")[0] for name in missing))


# --- JSON ------------------------------------------------------------------------------------------------------------


class _Fault(ValueError):
    """What is wrong with a JSON value."""

    def __init__(self, why: Why) -> None:
        super().__init__(str(why))
        self.why = why


def _pairs(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise _Fault(reasons.imports.FIELD_TWICE)
    return fields


def _constant(name: str) -> JsonValue:
    raise _Fault(reasons.imports.NO_NUMBER_HERE(name=name))


_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_constant, object_pairs_hook=_pairs)


def _object(number: int, value: JsonValue) -> Row:
    if not isinstance(value, dict):
        return Row(number, {}, (("row", reasons.imports.NO_OBJECT),))
    named = {column_name(name): cell for name, cell in value.items()}
    return (
        _bearable(number, named)
        if len(named) == len(value)
        else Row(number, {}, (("row", reasons.imports.FIELD_TWICE),))
    )


def _lines(words: io.TextIOWrapper) -> Iterator[Row]:
    number = 0
    lines = _bounded(words)
    while True:
        try:
            line = next(lines, None)
        except UnicodeDecodeError as fault:
            yield _broken(number + 1, _decoding(fault))
            return
        except _TooLong:
            yield _broken(number + 1, reasons.imports.LONG_LINE(most=f"{LONGEST_RECORD:,}"))
            return
        if line is None:
            return
        number += 1
        if not line.strip():
            continue
        row = _parsed(number, lambda line=line: _DECODER.decode(line.strip()))  # type: ignore[misc]  # a default argument keeps the loop's value
        yield row if row is not None else Row(number, {}, (("row", reasons.imports.NOT_ONE_OBJECT),))


def _parsed(number: int, parse: Callable[[], JsonValue]) -> Row | None:
    """The row; None where the words are not JSON, or not yet."""
    try:
        return _object(number, parse())
    except _Fault as fault:
        return Row(number, {}, (("row", fault.why),))
    except RecursionError:
        return Row(number, {}, (("row", reasons.imports.NESTED_DEEPLY),))
    except ValueError:
        return None


class _Window:
    """The text around the object that is being read; no more of it is held."""

    def __init__(self, words: io.TextIOWrapper) -> None:
        self._words = words
        self.text, self.place = "", 0

    def more(self) -> bool:
        # At least doubled: a long object would otherwise be parsed once for every chunk of it.
        chunk = self._words.read(max(_CHUNK, len(self.text) - self.place))
        self.text, self.place = self.text[self.place :] + chunk, 0
        return bool(chunk)

    def skip(self) -> str:
        """Pass over what is blank; gives the mark that stands there, or "" at the end."""
        while True:
            while self.place < len(self.text) and self.text[self.place] in " \t\r\n":
                self.place += 1
            if self.place < len(self.text) or not self.more():
                return self.text[self.place : self.place + 1]

    def next_row(self, number: int) -> Row:
        """The object that begins here. Raises _Unreadable."""
        self.skip()
        while True:
            try:
                value, end = _DECODER.raw_decode(self.text, self.place)
                row = _object(number, value)
            except (_Fault, RecursionError) as fault:
                why = fault.why if isinstance(fault, _Fault) else reasons.imports.NESTED_DEEPLY
                raise _Unreadable(Row(number, {}, (("row", reasons.imports.AND_REST_UNREAD(why=why)),))) from None
            except ValueError:
                if len(self.text) - self.place > LONGEST_RECORD:
                    why = reasons.imports.NO_WHOLE_OBJECT(most=f"{LONGEST_RECORD:,}")
                    raise _Unreadable(_broken(number, why)) from None
                if not self.more():
                    raise _Unreadable(_broken(number, reasons.imports.NO_JSON)) from None
            else:
                self.place = end
                return row


class _Unreadable(Exception):
    """Nothing can be read from here on: the row says why."""

    def __init__(self, row: Row) -> None:
        self.row = row
        super().__init__()


def _array(words: io.TextIOWrapper) -> Iterator[Row]:
    """One object after the other; of the text no more is held than the one that is being read."""
    number, window = 0, _Window(words)
    try:
        window.skip()
        window.place += 1
        if window.skip() == "]":
            return
        while True:
            number += 1
            yield window.next_row(number)
            mark = window.skip()
            if mark == "]":
                return
            if mark != ",":
                yield _broken(number + 1, reasons.imports.NO_COMMA)
                return
            window.place += 1
    except _Unreadable as fault:
        yield fault.row
    except UnicodeDecodeError as fault:
        yield _broken(number + 1, _decoding(fault))
