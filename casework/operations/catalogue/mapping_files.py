"""A file that says how the columns of a source are read: a JSON object, by the name of each column which field of ours it is, null where
it is not read. The command line and pages read the same file, and say in which line something is wrong.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from casework import reasons
from casework.errors import InvalidForm
from casework.operations.catalogue.import_reader import MOST_COLUMNS, column_name
from casework.operations.catalogue.import_schemas import Kind
from casework.operations.catalogue.sources import checked_fields
from casework.reasons import Why

#: So many bytes a file has at most: twice what as many columns as are read need, with the longest names.
MOST_BYTES = 500_000
#: The field to which what is wrong with the file belongs.
MAPPING = "mapping"
_BLANK = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


def read_mapping(kind: Kind, content: bytes) -> dict[str, str | None]:
    """How the columns of a kind of record are read. Raises InvalidForm, which names the line."""
    if len(content) > MOST_BYTES:
        raise _refused(reasons.imports.MAPPING_LARGE(most=f"{MOST_BYTES:,}"))
    try:
        words = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        raise _refused(reasons.imports.NOT_UTF_8(byte=f"{content[fault.start]:02X}"), line) from None
    fields: dict[str, str | None] = {}
    for line, theirs, ours in _pairs(words):
        name = column_name(theirs)
        if name in fields:
            raise _refused(reasons.imports.COLUMN_TWICE(names=name[:60]), line)
        try:
            # As one alone, so that what is wrong is known to be in this line; what has our name already is said all the same.
            fields[name] = checked_fields(kind, {theirs: ours}).get(name, name)
        except InvalidForm as refusal:
            raise _refused(next(iter(refusal.fields.values())), line) from None
        if len(fields) > MOST_COLUMNS:
            raise _refused(reasons.imports.TOO_MANY_FIELDS(most=MOST_COLUMNS), line)
    return checked_fields(kind, fields)


def write_mapping(fields: Mapping[str, str | None]) -> bytes:
    """The same as a file, one column in each line."""
    pairs = [f"  {_quoted(theirs)}: {_quoted(ours)}" for theirs, ours in fields.items()]
    return ("{\n" + ",\n".join(pairs) + "\n}\n" if pairs else "{}\n").encode()


def _quoted(value: str | None) -> str:
    return json.dumps(value, ensure_ascii=False)


def _refused(why: Why, line: int | None = None) -> InvalidForm:
    return InvalidForm(fields={MAPPING: why if line is None else reasons.imports.MAPPING_LINE(line=line, why=why)})


def _pairs(words: str) -> Iterator[tuple[int, str, str | None]]:
    """Line, column and field of each pair, one after the other: so each fault has its line."""
    place = _after_blanks(words, 0)
    if words[place : place + 1] != "{":
        raise _wrong(words, place, reasons.imports.NO_MAPPING)
    place = _after_blanks(words, place + 1)
    while words[place : place + 1] != "}":
        begin = place
        theirs, place = _value(words, place)
        place = _after_blanks(words, place)
        if not isinstance(theirs, str) or not _whole(theirs) or words[place : place + 1] != ":":
            raise _wrong(words, begin, reasons.imports.NO_PAIR)
        ours, place = _value(words, _after_blanks(words, place + 1))
        if not isinstance(ours, str | None) or ours is not None and not _whole(ours):
            raise _wrong(words, begin, reasons.imports.NO_PAIR)
        yield _line(words, begin), theirs, ours
        place = _after_blanks(words, place)
        if words[place : place + 1] == ",":
            place = _after_blanks(words, place + 1)
        elif words[place : place + 1] != "}":
            raise _wrong(words, place, reasons.imports.NO_PAIR_ENDS)
    rest = _after_blanks(words, place + 1)
    if rest < len(words):
        raise _wrong(words, rest, reasons.imports.NO_MORE)


def _value(words: str, place: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(words, place)
    except (ValueError, RecursionError):
        raise _wrong(words, place, reasons.imports.NO_PAIR) from None


def _whole(words: str) -> bool:
    """Whether it has no half of a character, which cannot be stored."""
    return not any("\ud800" <= letter <= "\udfff" for letter in words)


def _after_blanks(words: str, place: int) -> int:
    found = _BLANK.match(words, place)
    return found.end() if found else place


def _line(words: str, place: int) -> int:
    return words.count("\n", 0, place) + 1


def _wrong(words: str, place: int, why: Why) -> InvalidForm:
    return _refused(why, _line(words, place))
